"""Understands a text: which handler it asks for, and with which words. Pure; topics are looked up later.

Words are read here, not by the library's filters: `/TODAY@our_bot now` is the command `today` with the word `now`; a
command addressed to another bot is not for us. The name after the slash ends at a blank, without the punctuation at its
end: `/s.400` asks for `s.400`, `/stop.` is the command `stop`. In a group only commands are for us, in private every
text is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.conversation.commands import BY_NAME, Handler
from bot.conversation.handlers import topics

MOST_CHARACTERS = 300
"""Characters of a message that are read; no keyword is longer."""

_COMMAND = re.compile(r"/([A-Za-z0-9_-](?:[^\s@]*[\w-])?)[^\w\s@-]*(?:@(\w+)\S*)?(?:\s+(.*))?", re.DOTALL)
"""A slash and a name, the punctuation at its end left out; the bot that it is addressed to; the words."""


@dataclass(frozen=True, slots=True)
class Intent:
    """The meaning of a text: a handler, the words for it, and the name of its command, empty for a keyword."""

    handler: Handler
    command: str
    words: str
    changes_settings: bool = False


def understand(text: str, username: str, *, group: bool) -> Intent | None:
    """Return what a text asks of the bot called `username`, None when it is not for us."""
    text = text.strip()
    match = _COMMAND.match(text)
    if match is None:
        return None if group else Intent(topics.keyword, "", text[:MOST_CHARACTERS])
    name, addressee, words = match[1], match[2], (match[3] or "").strip()
    if addressee and addressee.lower() != username.lower():
        return None
    if command := BY_NAME.get(name.lower()):
        return Intent(command.handler, command.name, words[:MOST_CHARACTERS], command.changes_settings)
    if words:
        return Intent(topics.several_words, "", f"{name} {words}"[:MOST_CHARACTERS])
    return Intent(topics.keyword, "", name[:MOST_CHARACTERS])
