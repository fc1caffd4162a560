"""Decides when a refusal of the bot's token is believed.

Promises that no single answer, and no page of a proxy, ends a running bot: the Bot API itself must refuse the token at
every call for a minute, and then to getMe as well. Any other answer in between begins the minute anew.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from telegram.error import InvalidToken, NetworkError

from bot.errors import BadToken
from bot.telegram.retry import SHIPPED, Answer
from bot.telegram.transport import Transport

REFUSALS = (401, 404)
"""Bot API: 401 for a token that is not valid (any more), 404 for a token of a wrong form."""


def refuses_token(answer: object) -> bool:
    """Return True if a decoded answer is the Bot API's refusal of the token."""
    return isinstance(answer, dict) and answer.get("ok") is False and answer.get("error_code") in REFUSALS


class TokenDoubt:
    """Weighs the answers of one caller. `endpoint` holds the token: it is never shown.

    `seconds`: how long the token must be refused. `monotonic` gives seconds that only grow.
    """

    def __init__(
        self,
        transport: Transport,
        endpoint: str,
        seconds: float = SHIPPED.token_refused,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._get_me = f"{endpoint}/getMe"
        self._seconds = seconds
        self._monotonic = monotonic
        self._refused_since: float | None = None

    async def weigh(self, *, is_refused: bool) -> None:
        """Take one answer into account. Raises BadToken once the refusals are believed."""
        if not is_refused:
            self._refused_since = None
            return
        now = self._monotonic()
        if self._refused_since is None:
            self._refused_since = now
        elif now - self._refused_since >= self._seconds:
            if await self.is_refused_to_get_me():
                raise BadToken("bad-token")
            self._refused_since = None

    async def guard(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Make a call of python-telegram-bot's and weigh its answer. Raises BadToken, and the call's own errors."""
        try:
            answer = await call()
        except Exception as error:  # any other error says nothing against the token
            await self.weigh(is_refused=isinstance(error, InvalidToken))
            raise
        await self.weigh(is_refused=False)
        return answer

    async def is_refused_to_get_me(self) -> bool:
        """Ask Telegram who the bot is. Return True if the Bot API itself refuses the token."""
        try:
            _, payload = await self._transport.post_json(self._get_me, b"{}")
            return refuses_token(Transport.parse_json_payload(payload))
        except (NetworkError, RecursionError):  # the standard library's parser gives up on JSON nested too deeply
            return False
