"""Reads Telegram's HTML as Telegram does: marked-up text in, plain text and entities out. Pure.

**Promise**: `parse` accepts and refuses the same texts as TDLib's own parser, in its words, and agrees with it on text
and offsets; `tests/bot/simulator/test_simulator.py` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.simulator.entities import Entity, Formatted, in_order, stretch, tidy, units

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler",
    "tg-spoiler": "spoiler", "tg-emoji": "custom_emoji", "a": "text_link", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "tg-time": "date_time",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_SPACE = re.compile(r"[ \t\r\n\0\v]*")
_TAG_NAME = re.compile(r"[^ \t\r\n\0\v>]*")
_ATTRIBUTE_NAME = re.compile(r"[^ \t\r\n\0\v=>/\"']*")
_BARE_VALUE = re.compile(r"[A-Za-z0-9.-]*")
_CHARACTER = re.compile(r"&(?:#[xX]0*([0-9a-fA-F]+)|#0*([0-9]+)|([A-Za-z]+));?")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNIX_TIME = re.compile(r"0*([1-9]\d{0,9})", re.ASCII)
_LATEST_TIME = 2**31 - 1
_TIME_FORMAT = re.compile(r"r|[wdt]*", re.IGNORECASE)
_LINK = re.compile(r"(?:(https?)://)?([^/?#\s]+)(.*)", re.IGNORECASE | re.DOTALL)
_USER_LINK = re.compile(r"tg:(?://)?user\?id=([1-9]\d*)", re.IGNORECASE)


class MarkupError(ValueError):
    """The text is not Telegram's HTML; the message is in Telegram's words."""


@lru_cache(maxsize=512)  # a broadcast is the same text many times over
def read(text: str, entities: tuple[Entity, ...] | None = None) -> Formatted:
    """Return what a phone gets of this HTML, or of this plain text when it comes with entities. Raises MarkupError."""
    return tidy(parse(text) if entities is None else Formatted(text, entities))


def parse(html: str) -> Formatted:
    """Return the text and the entities as they are written, nothing trimmed or joined. Raises MarkupError."""
    return _Parser(html).run()


@dataclass(slots=True)
class _Open:
    tag: str
    at: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Parser:
    """One walk over the text. Positions are characters in the source, offsets are UTF-16 units in the result."""

    html: str
    position: int = 0
    length: int = 0
    parts: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def run(self) -> Formatted:
        while self.position < len(self.html):
            if self.html[self.position] != "<":
                self._text()
            elif self.html.startswith("</", self.position):
                self._end_tag()
            else:
                self._start_tag()
        if self.stack:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        text = "".join(self.parts)
        if _SURROGATE.search(text):
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return Formatted(text, in_order(self.entities))

    def _text(self) -> None:
        end = self.html.find("<", self.position)
        end = len(self.html) if end < 0 else end
        text = _decoded(self.html[self.position : end])
        self.position = end
        self.parts.append(text)
        self.length += units(text)

    def _start_tag(self) -> None:
        begin = self.position
        self.position += 1
        tag = self._take(_TAG_NAME).lower()
        if self._at_end():
            raise self._error("Unclosed start tag", begin)
        if tag not in _TAGS:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        attributes = dict(self._attributes(tag, begin))
        self.position += 1
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self.stack.append(_Open(tag, self.length, attributes))

    def _attributes(self, tag: str, begin: int) -> Iterator[tuple[str, str]]:
        while True:
            self._take(_SPACE)
            if self.html.startswith(">", self.position):
                return
            name = self._take(_ATTRIBUTE_NAME)
            if not name:
                raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
            self._take(_SPACE)
            has_value = self.html.startswith("=", self.position)
            self.position += has_value
            self._take(_SPACE)
            if self._at_end():
                raise self._error(f'Unclosed start tag "{tag}"', begin)
            yield name, self._value(begin) if has_value else ""

    def _value(self, begin: int) -> str:
        quote = self.html[self.position]
        if quote in "\"'":
            end = self.html.find(quote, self.position + 1)
            if end < 0:
                raise self._error("Unclosed start tag", begin)
            value = _decoded(self.html[self.position + 1 : end])
            self.position = end + 1
            return value
        at = self.position
        value = self._take(_BARE_VALUE).lower()
        if self._at_end():
            raise self._error("Unclosed start tag", begin)
        if self.html[self.position] not in " \t\r\n\0\v>":
            raise self._error("Unexpected end of name token", at)
        return value

    def _end_tag(self) -> None:
        begin = self.position
        if not self.stack:
            raise self._error("Unexpected end tag", begin)
        self.position += 2
        tag = self._take(_TAG_NAME).lower()
        self._take(_SPACE)
        if not self.html.startswith(">", self.position):
            raise self._error("Unclosed end tag", begin)
        self.position += 1
        opened = self.stack.pop()
        if tag and tag != opened.tag:
            error = self._error("Unmatched end tag", begin)
            raise MarkupError(f'{error}, expected "</{opened.tag}>", found "</{tag}>"')
        if self.length > opened.at:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity = Entity(_TAGS[opened.tag], opened.at, self.length - opened.at)
        before = self.entities[-1] if self.entities else None
        same = before is not None and (before.offset, before.length) == (entity.offset, entity.length)
        match opened.tag:
            case "a":
                self._link(entity, opened.attributes.get("href", ""))
                return
            case "tg-time":
                self._instant(entity, opened.attributes)
                return
            case "tg-emoji":
                identifier = opened.attributes.get("emoji-id", "")
                if not re.fullmatch(r"-?\d*[1-9]\d*", identifier, re.ASCII):
                    raise MarkupError("Invalid custom emoji identifier specified")
                entity = replace(entity, detail=identifier)
            case "blockquote" if "expandable" in opened.attributes:
                entity = replace(entity, type="expandable_blockquote")
            case "code":
                language = opened.attributes.get("class", "")
                entity = replace(entity, detail=language[9:] if language.startswith("language-") else "")
                if same and before and before.type == "pre" and entity.detail and not before.detail:
                    self.entities[-1] = replace(before, detail=entity.detail)
                    return
            case "pre" if same and before and before.type == "code" and before.detail:
                self.entities[-1] = replace(before, type="pre")
                return
        self.entities.append(entity)

    def _instant(self, entity: Entity, attributes: dict[str, str]) -> None:
        """Note an instant; words without one stay plain. Raises MarkupError for a format that Telegram refuses."""
        form = attributes.get("format", "")
        if not _TIME_FORMAT.fullmatch(form):
            raise MarkupError("Invalid date format used")
        unix = _UNIX_TIME.match(attributes.get("unix", ""))
        if unix and int(unix[1]) <= _LATEST_TIME:
            self.entities.append(replace(entity, detail=f"{unix[1]} {_in_one_order(form)}".rstrip()))

    def _link(self, entity: Entity, address: str) -> None:
        address = address or stretch("".join(self.parts), entity.offset, entity.end)
        if person := _USER_LINK.fullmatch(address):
            self.entities.append(replace(entity, type="text_mention", detail=person[1]))
        elif url := checked_link(address):
            self.entities.append(replace(entity, detail=url))

    def _take(self, pattern: re.Pattern[str]) -> str:
        begin, match = self.position, pattern.match(self.html, self.position)
        self.position = match.end() if match else begin
        return self.html[begin : self.position]

    def _at_end(self) -> bool:
        return self.position >= len(self.html)

    def _error(self, what: str, position: int) -> MarkupError:
        return MarkupError(f"{what} at byte offset {len(self.html[:position].encode())}")


def checked_link(address: str) -> str | None:
    """Return the address as Telegram keeps it, None where Telegram would silently show plain text instead of a link."""
    if re.match(r"(?:tg|ton):(?://)?\w", address, re.IGNORECASE):
        return address
    match = _LINK.fullmatch(address)
    if not match or not ("." in match[2].strip(".") or match[2].startswith("[")) or _SURROGATE.search(address):
        return None
    rest = match[3] if match[3].startswith("/") else "/" + match[3]
    return f"{(match[1] or 'http').lower()}://{match[2].lower()}{rest.replace(' ', '%20')}"


def _in_one_order(form: str) -> str:
    """Return the format of an instant with each part once, the shorter of its kind: `wdt` for `TtdW`."""
    form = form.replace("R", "r").replace("W", "w")
    parts = [part for part in "rwdDtT" if part in form]
    return "".join(part for part in parts if part.islower() or part.lower() not in parts)


def _decoded(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[3]:
            return _NAMED.get(match[3], match[0])
        code = int(match[1] or match[2], 16 if match[1] else 10) if len(match[1] or match[2]) < 8 else 0
        return chr(code) if 0 < code < 0x10FFFF else match[0]

    return _CHARACTER.sub(character, text)
