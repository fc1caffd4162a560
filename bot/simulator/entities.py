"""The stretches of a message that mean something, and what Telegram does to them on the way. Pure.

**Promise**: `tidy` gives the text and the entities a reader's phone would get: control characters cleaned, Telegram's
nesting rules kept, commands and addresses found, ends trimmed, no more than 100 entities. Held against TDLib's own
rules by `tests/bot/test_simulator.py`. Offsets and lengths are UTF-16 code units, as everywhere in the Bot API.

Simplified: addresses are found by a short list of endings; e-mail, phone and cash tags are not looked for; what was
found counts among the 100.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

MAX_ENTITIES = 100  # https://core.telegram.org/api/config#message-entities

_QUOTES = {"blockquote", "expandable_blockquote"}
_CODE = {"code", "pre"}
_STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
_ORDER = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 1, "code": 2, "text_link": 3, "text_mention": 3,
    "bold": 5, "italic": 6, "underline": 7, "strikethrough": 8, "spoiler": 9, "custom_emoji": 10,
}  # fmt: skip
_DETAIL = {"text_link": "url", "pre": "language", "custom_emoji": "custom_emoji_id"}

_CONTROL = re.compile(r"[\0-\x09\x0b-\x1f\u2028\u2029]")
_INVISIBLE = re.compile(r"[\r\u202a-\u202e]")
_FOUND = re.compile(
    r"(?P<url>(?<![\w@./-])(?:https?://(?:[\w-]+\.)+[a-z]{2,}|(?:[\w-]+\.)+(?:com|org|net|info|io|me|in|ru|uk|eu|gov))"
    r"(?![\w-]|\.\w)(?::\d+)?(?:[/?#][^\s<>\"]*[^\s<>\".,;:!?)'»”]|/)?)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{4,32}(?!\w))"
    r"|(?P<hashtag>(?<!\w)#(?=\w*[^\W\d_])\w{1,256}(?!\w*#))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of text that means something; `detail` is a link's address, a user's or emoji's id, a language."""

    type: str
    offset: int
    length: int
    detail: str = ""

    @property
    def end(self) -> int:
        return self.offset + self.length

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        if self.type == "text_mention":
            shown["user"] = {"id": int(self.detail), "is_bot": False, "first_name": "Reader"}
        elif self.detail:
            shown[_DETAIL[self.type]] = self.detail
        return shown


@dataclass(frozen=True, slots=True)
class Formatted:
    """Plain text with its entities, outermost first; `dropped` counts those past the limit of 100."""

    text: str
    entities: tuple[Entity, ...] = ()
    dropped: int = 0


def units(text: str) -> int:
    """How many UTF-16 code units the text takes: Telegram's measure of length."""
    return len(text) + sum(character > "\uffff" for character in text)


def detect(text: str) -> tuple[Entity, ...]:
    """The entities that nobody marked: commands, addresses, mentions, hashtags."""
    return tuple(
        Entity(str(found.lastgroup), units(text[: found.start()]), units(found[0])) for found in _FOUND.finditer(text)
    )


def stretch(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[start * 2 : end * 2].decode("utf-16-le", "surrogatepass")


def in_order(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Outermost first; of the same stretch, in Telegram's order."""
    return tuple(sorted(entities, key=lambda e: (e.offset, -e.length, _ORDER.get(e.type, 4), not e.detail)))


def tidy(given: Formatted) -> Formatted:
    """What reaches the reader's phone of a text whose entities come outermost first."""
    given = _without_invisible(given)
    text = _CONTROL.sub(" ", given.text)
    solid = _solid(given.entities)
    solid += [found for found in detect(text) if all(_apart(found, one) for one in solid if one.type not in _QUOTES)]
    entities = in_order([*solid, *_styles(given.entities, solid)])
    trimmed = text.strip(" \n")
    left = len(text) - len(text.lstrip(" \n"))  # blanks are one unit each
    kept = [one for entity in entities if (one := _clipped(entity, left, left + units(trimmed))).length > 0]
    return Formatted(trimmed, tuple(kept[:MAX_ENTITIES]), max(len(kept) - MAX_ENTITIES, 0))


def _clipped(entity: Entity, start: int, end: int) -> Entity:
    offset = max(entity.offset, start)
    return replace(entity, offset=offset - start, length=min(entity.end, end) - offset)


def _without_invisible(given: Formatted) -> Formatted:
    """Carriage returns and direction overrides go, and offsets move with them."""
    if not _INVISIBLE.search(given.text):
        return given

    def moved(offset: int) -> int:
        return offset - len(_INVISIBLE.findall(stretch(given.text, 0, offset)))

    entities = [
        replace(one, offset=moved(one.offset), length=moved(one.end) - moved(one.offset)) for one in given.entities
    ]
    return Formatted(_INVISIBLE.sub("", given.text), tuple(one for one in entities if one.length))


def _apart(one: Entity, other: Entity) -> bool:
    return one.end <= other.offset or other.end <= one.offset


def _inside(one: Entity, other: Entity) -> bool:
    return other.offset <= one.offset and one.end <= other.end


def _solid(entities: Iterable[Entity]) -> list[Entity]:
    """Quotes do not nest; links, code and emoji do not nest and do not reach across the edge of a quote."""
    whole = [entity for entity in entities if entity.type not in _STYLES]
    quotes = _outermost(entity for entity in whole if entity.type in _QUOTES)
    others = _outermost(entity for entity in whole if entity.type not in _QUOTES)
    kept = [one for one in others if all(_apart(one, quote) or _inside(one, quote) for quote in quotes)]
    return quotes + [replace(one, detail="") if one.type == "code" else one for one in kept]


def _outermost(entities: Iterable[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in entities:
        if not kept or _apart(entity, kept[-1]):
            kept.append(entity)
    return kept


def _styles(entities: Iterable[Entity], solid: list[Entity]) -> Iterator[Entity]:
    """Bold and its kin end where something solid begins or ends and where another style begins; else they join."""
    styles = [entity for entity in entities if entity.type in _STYLES]
    code = [entity for entity in solid if entity.type in _CODE]
    edges = {edge for entity in solid for edge in (entity.offset, entity.end)}
    begun: dict[str, int] = {}
    for at in sorted(edges | {edge for entity in styles for edge in (entity.offset, entity.end)}):
        in_code = any(one.offset <= at < one.end for one in code)
        wanted = {one.type for one in styles if one.offset <= at < one.end and not in_code}
        cut = at in edges or not wanted <= begun.keys()
        for style in [style for style in begun if cut or style not in wanted]:
            yield Entity(style, begun[style], at - begun.pop(style))
        begun.update({style: at for style in wanted if style not in begun})
