"""Entities, the marked stretches of a message, and the changes that Telegram makes to them on the way. Pure.

**Promise**: `tidy` returns the text and the entities that a reader's phone would get: control characters replaced,
Telegram's nesting rules kept, commands and addresses detected, ends trimmed, no more than 100 entities.
`tests/bot/simulator/test_simulator.py` compares it with TDLib. Offsets and lengths are UTF-16 code units, as everywhere
in the Bot API.

Simplified: addresses are detected by a short list of endings; e-mail, phone and cash tags are not; entities that were
detected count among the 100.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

MAX_ENTITIES = 100  # https://core.telegram.org/api/config#message-entities

_QUOTES = {"blockquote", "expandable_blockquote"}
_UNSTYLED = {"code", "pre", "date_time"}
_STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
_ORDER = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 1, "code": 2, "date_time": 3, "text_link": 4, "text_mention": 4,
    "bold": 6, "italic": 7, "underline": 8, "strikethrough": 9, "spoiler": 10, "custom_emoji": 11,
}  # fmt: skip
_DETECTED_ORDER = 5
_DETAIL = {"text_link": "url", "pre": "language", "custom_emoji": "custom_emoji_id"}

_CONTROL = re.compile(r"[\0-\x09\x0b-\x1f\u2028\u2029]")
_INVISIBLE = re.compile(r"[\r\u202a-\u202e]")
_DETECTED = re.compile(
    r"(?P<url>(?<![\w@./-])(?:https?://(?:[\w-]+\.)+[a-z]{2,}|(?:[\w-]+\.)+(?:com|org|net|info|io|me|in|ru|uk|eu|gov))"
    r"(?![\w-]|\.\w)(?::\d+)?(?:[/?#][^\s<>\"]*[^\s<>\".,;:!?)'»”]|/)?)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{4,32}(?!\w))"
    r"|(?P<hashtag>(?<!\w)#(?=\w*[^\W\d_])\w{1,256}(?!\w*#))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A marked stretch of text.

    `detail` is a link's address, a user's or an emoji's id, a language, or an instant as `1647531900 wdt`.
    """

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
        elif self.type == "date_time":
            unix, _, form = self.detail.partition(" ")
            shown |= {"unix_time": int(unix)} | ({"date_time_format": form} if form else {})
        elif self.detail:
            shown[_DETAIL[self.type]] = self.detail
        return shown


@dataclass(frozen=True, slots=True)
class Formatted:
    """Plain text with its entities, outermost first. `dropped` counts those beyond the limit of 100."""

    text: str
    entities: tuple[Entity, ...] = ()
    dropped: int = 0


def units(text: str) -> int:
    """Return the number of UTF-16 code units in the text, which is how Telegram measures length."""
    return len(text) + sum(character > "\uffff" for character in text)


def detect(text: str) -> tuple[Entity, ...]:
    """Return the entities that stand in the text unmarked: commands, addresses, mentions, hashtags."""
    return tuple(
        Entity(str(match.lastgroup), units(text[: match.start()]), units(match[0]))
        for match in _DETECTED.finditer(text)
    )


def stretch(text: str, start: int, end: int) -> str:
    """Return the text from one UTF-16 offset to another."""
    return text.encode("utf-16-le", "surrogatepass")[start * 2 : end * 2].decode("utf-16-le", "surrogatepass")


def in_order(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return the entities outermost first; those of the same stretch in Telegram's order."""
    return tuple(
        sorted(entities, key=lambda e: (e.offset, -e.length, _ORDER.get(e.type, _DETECTED_ORDER), not e.detail))
    )


def tidy(sent: Formatted) -> Formatted:
    """Return what reaches the reader's phone of a text that was sent; its entities come outermost first."""
    sent = _without_invisible(sent)
    text = _CONTROL.sub(" ", sent.text)
    solid = _solid(sent.entities)
    solid += [new for new in detect(text) if all(_apart(new, other) for other in solid if other.type not in _QUOTES)]
    entities = in_order([*solid, *_styles(sent.entities, solid)])
    trimmed = text.strip(" \n")
    left = len(text) - len(text.lstrip(" \n"))  # blanks are one unit each
    clipped = [_clipped(entity, left, left + units(trimmed)) for entity in entities]
    clipped = [entity for entity in clipped if entity.length > 0]
    return Formatted(trimmed, tuple(clipped[:MAX_ENTITIES]), max(len(clipped) - MAX_ENTITIES, 0))


def _clipped(entity: Entity, start: int, end: int) -> Entity:
    offset = max(entity.offset, start)
    return replace(entity, offset=offset - start, length=min(entity.end, end) - offset)


def _without_invisible(sent: Formatted) -> Formatted:
    """Remove carriage returns and direction overrides, and move the offsets accordingly."""
    if not _INVISIBLE.search(sent.text):
        return sent

    def moved(offset: int) -> int:
        return offset - len(_INVISIBLE.findall(stretch(sent.text, 0, offset)))

    entities = [
        replace(entity, offset=moved(entity.offset), length=moved(entity.end) - moved(entity.offset))
        for entity in sent.entities
    ]
    return Formatted(_INVISIBLE.sub("", sent.text), tuple(entity for entity in entities if entity.length))


def _apart(entity: Entity, other: Entity) -> bool:
    return entity.end <= other.offset or other.end <= entity.offset


def _inside(entity: Entity, outer: Entity) -> bool:
    return outer.offset <= entity.offset and entity.end <= outer.end


def _solid(entities: Iterable[Entity]) -> list[Entity]:
    """Return all but the styles. Quotes do not nest; links, code, instants and emoji neither nest nor leave a quote."""
    whole = [entity for entity in entities if entity.type not in _STYLES]
    quotes = _outermost(entity for entity in whole if entity.type in _QUOTES)
    others = _outermost(entity for entity in whole if entity.type not in _QUOTES)
    allowed = [entity for entity in others if all(_apart(entity, quote) or _inside(entity, quote) for quote in quotes)]
    return quotes + [replace(entity, detail="") if entity.type == "code" else entity for entity in allowed]


def _outermost(entities: Iterable[Entity]) -> list[Entity]:
    outermost: list[Entity] = []
    for entity in entities:
        if not outermost or _apart(entity, outermost[-1]):
            outermost.append(entity)
    return outermost


def _styles(entities: Iterable[Entity], solid: list[Entity]) -> Iterator[Entity]:
    """Yield the styles, cut where a solid entity begins or ends and where another style begins; else joined."""
    styles = [entity for entity in entities if entity.type in _STYLES]
    unstyled = [entity for entity in solid if entity.type in _UNSTYLED]
    edges = {edge for entity in solid for edge in (entity.offset, entity.end)}
    begun: dict[str, int] = {}
    for at in sorted(edges | {edge for entity in styles for edge in (entity.offset, entity.end)}):
        is_plain = any(entity.offset <= at < entity.end for entity in unstyled)
        wanted = {entity.type for entity in styles if entity.offset <= at < entity.end and not is_plain}
        cut = at in edges or not wanted <= begun.keys()
        for style in [style for style in begun if cut or style not in wanted]:
            yield Entity(style, begun[style], at - begun.pop(style))
        begun.update({style: at for style in wanted if style not in begun})
