"""Readers' sentences: one for each key of a problem that a reader can cause, naming the bot's commands.

Promises a sentence for every problem, and nothing of the program's insides: a key that no reader can cause gets a
general one. The sentences are plain text: the caller that puts one into a message escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping

from briefings.errors import BriefingsError

_HOURS = "Use 00:00 to 23:59, for example /at 07:30."
_CITY = "Try a city, for example /zone Kolkata, or an IANA name such as Europe/Moscow."

SENTENCES: Mapping[str, str] = {
    "rhythm-empty": "A rhythm needs an hour and a weekday, for example /at 07:30.",
    "not-hour": f"“{{word}}” is not an hour. {_HOURS}",
    "not-hour-nor-weekday": "“{word}” is neither an hour nor a weekday. Try for example /at 07:30 mon-fri.",
    "no-hour": f"“{{text}}” names no hour. {_HOURS}",
    "which-hour": f"Which hour? {_HOURS}",
    "too-many-hours": "{hours} hours a day are too many. Use at most {most}, for example /at 07:30 12:00.",
    "which-zone": f"Which zone? {_CITY}",
    "zone-is-offset": f"“{{text}}” is an offset; unlike a zone it knows no summer time. {_CITY}",
    "unknown-zone": f"I know no zone “{{text}}”. {_CITY}",
    "empty-query": 'Search for what? For example: /search "air defence" -cricket since:2025-11-01',
    "since-not-date": "“{text}” is not a date. Write it like since:2025-11-01.",
}
"""Key → the reader's sentence, a format string over the problem's arguments."""

OTHERWISE = "This cannot be used."


def sentence(error: BriefingsError) -> str:
    """Return the reader's sentence for an error."""
    words = SENTENCES.get(error.key)
    return words.format(**error.arguments) if words else OTHERWISE
