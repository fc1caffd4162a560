"""Takes the operator's secrets out of text that is about to be shown.

Promises that no secret of the settings stays in a text, in any of its usual spellings: as it was written, with or
without percent-encoding, as JSON and Python print it. `user:password@` is taken out of every address, also of those
that no setting names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import parse_qsl, quote, unquote

from bot.settings import TelegramSettings
from briefings.settings import NewsroomSettings

SHORTEST_SECRET = 8
"""Characters; what is shorter would be taken out of ordinary words. It is taken out as a part of an address only."""

INSTEAD = "<secret>"

_USER_AND_PASSWORD = re.compile(r"""(?<=://)[^\s/?#"'<>]*:[^\s/?#"'<>]*@""")


class Redaction:
    """Call it with a text: it returns the text without these secrets."""

    def __init__(self, secrets: Collection[str]) -> None:
        spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
        longest_first = sorted(filter(_can_be_told_from_words, spellings), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")  # without a secret: no match

    def __call__(self, text: str) -> str:
        """Return the text with INSTEAD in place of each secret."""
        return _USER_AND_PASSWORD.sub(f"{INSTEAD}@", self._secrets.sub(INSTEAD, text))


def secrets_of(newsroom: NewsroomSettings, telegram: TelegramSettings | None = None) -> frozenset[str]:
    """Return all secrets in the settings: tokens and keys, and passwords and keys inside addresses."""
    secrets = set(secrets_of_database(newsroom.database_url))
    for address in (newsroom.proxy, newsroom.summary_api_url, telegram and telegram.api_url):
        secrets.update(_of_address(address or ""))
    if newsroom.summary_api_key:
        secrets.add(newsroom.summary_api_key.get_secret_value())
    if telegram:
        token = telegram.bot_token.get_secret_value()
        secrets |= {token, token.rpartition(":")[2], telegram.webhook_secret.get_secret_value()}
    return frozenset(secrets - {""})


def secrets_of_database(address: str) -> frozenset[str]:
    """Return the secrets in a database's address."""
    passwords = (value for name, value in parse_qsl(address.partition("?")[2]) if "pass" in name.lower())
    return frozenset({*_of_user(address), *passwords} - {""})


def _of_address(address: str) -> Iterator[str]:
    """Give the secrets in a web address: user and password, and the query, in which some services want their key."""
    yield from _of_user(address)
    if query := address.partition("?")[2]:
        yield f"?{query}"
        yield from (value for _, value in parse_qsl(query))


def _of_user(address: str) -> Iterator[str]:
    """Give `user:password@` and the password. A password with @ or / in it may have been written as it is."""
    rest = address.partition("://")[2]
    if "@" in rest:
        for user in (rest.partition("@")[0], rest.rpartition("@")[0]):
            if user.strip(":"):
                yield f"{user}@"
            yield user.partition(":")[2]


def _spellings(secret: str) -> Iterator[str]:
    for plain in {secret, unquote(secret)}:
        for spelling in {plain, quote(plain, safe=""), quote(plain)}:
            yield from (spelling, json.dumps(spelling)[1:-1], repr(spelling)[1:-1])


def _can_be_told_from_words(spelling: str) -> bool:
    is_part_of_address = spelling.endswith("@") or spelling.startswith("?")
    return len(spelling) >= SHORTEST_SECRET or (is_part_of_address and len(spelling) > 1)
