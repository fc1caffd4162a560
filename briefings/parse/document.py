"""Makes an XML document from outside safe for a parser: UTF-8, nothing before its first element, no entity bomb.

Promises that `body` is UTF-8 without byte-order mark, declaration, DOCTYPE or a character that XML forbids. The
entities that a DOCTYPE declared stand beside it; they neither nest nor grow. Bytes without a meaning become U+FFFD.
Never fetches: external entities are left out unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from briefings.errors import BadInput
from briefings.parse.plain import decode

LARGEST_DOCUMENT = 20_000_000  # bytes
_LONGEST_ENTITY = 1000  # characters
_MOST_GROWTH = 2_000_000  # bytes of all entities put in
_MOST_ENTITIES = 500  # HTML 4 has 252
# The first four bytes of "<?xml" in encodings without a mark that do not spell "<" as ASCII (XML 1.0, appendix F).
_SNIFFED = {
    b"\x4c\x6f\xa7\x94": "cp037",
    b"\x00\x3c\x00\x3f": "utf-16-be",
    b"\x3c\x00\x3f\x00": "utf-16-le",
    b"\x00\x00\x00\x3c": "utf-32-be",
    b"\x3c\x00\x00\x00": "utf-32-le",
}
_FORBIDDEN = bytes.maketrans(bytes({*range(32)} - {9, 10, 13}), b" " * 29)
_FORBIDDEN_WIDE = re.compile(b"\xef\xbf[\xbe\xbf]")  # U+FFFE, U+FFFF
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+))")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,300}\?>")


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes from the first element on, and the values of the entities that they may name."""

    body: bytes
    entities: dict[str, str] = field(default_factory=dict)

    def whole(self, body: bytes) -> bytes:
        """Return `body`, a part of this document, as a document of its own: declaration, entities, content."""
        declared = "".join(
            f'<!ENTITY {name} "{value}">\n'
            for name, value in self.entities.items()
            if re.fullmatch(r"\w+", name) and not re.search('["<%]', value)
        )
        doctype = f"<!DOCTYPE feed [\n{declared}]>\n" if declared else ""
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + doctype.encode() + body


def read_document(data: bytes, charset: str | None = None) -> Document:
    """Return `data` ready to be parsed. It need not be well-formed, nor XML at all.

    `charset` is the one that the HTTP header names; it counts as in `plain.decode`.
    Raises `BadInput` for too many bytes, and for entities that nest, are long, or add more than 2 MB when put in.
    """
    if len(data) > LARGEST_DOCUMENT:
        raise BadInput("file-too-long", megabytes=LARGEST_DOCUMENT // 1_000_000)
    body = _as_utf8(data, charset)
    prolog = _Prolog(body)
    if prolog.start is None:  # nobody knows where its DOCTYPE ends, and no parser may guess
        if re.search(rb"<!ENTITY", body, re.IGNORECASE):
            raise BadInput("entities-in-broken-prolog")
        return Document(body)
    body = body[prolog.start :]
    longest = max((len(value.encode()) for value in prolog.entities.values()), default=0)
    if longest > len("&#x10FFFF;") and body.count(b"&") * longest > _MOST_GROWTH:
        raise BadInput("entities-grow")
    return Document(body, prolog.entities)


def _as_utf8(data: bytes, charset: str | None) -> bytes:
    """Return the text in UTF-8 without mark and declaration, forbidden characters replaced by blanks."""
    sniffed = _SNIFFED.get(data[:4])
    text = data.decode(sniffed, errors="replace") if sniffed else decode(data, charset)
    body = text.encode("utf-8", "replace").translate(_FORBIDDEN)
    body = _REFERENCE.sub(_allowed, _FORBIDDEN_WIDE.sub(b"   ", body)).lstrip()
    return body[declaration.end() :] if (declaration := _DECLARATION.match(body)) else body


def _allowed(reference: re.Match[bytes]) -> bytes:
    """Return a reference to a character as it is, or one to U+FFFD where XML forbids the character."""
    digits = (reference[1] or reference[2]).lstrip(b"0")
    number = int(digits or b"0", 16 if reference[1] else 10) if len(digits) <= 7 else 0
    is_allowed = (
        number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
    )
    return reference[0] if is_allowed else b"&#xFFFD"


class _Prolog:
    """The part before the first element. `start` is that element's offset in bytes, None if the prolog is broken."""

    def __init__(self, body: bytes) -> None:
        self.start: int | None = None
        self.entities: dict[str, str] = {}
        self._parser = expat.ParserCreate("utf-8")
        self._parser.EntityDeclHandler = self._on_entity
        self._parser.StartElementHandler = self._on_element
        try:
            self._parser.Parse(body, True)
        except (expat.ExpatError, StopIteration):
            return

    def _on_element(self, *_: object) -> None:
        self.start = self._parser.CurrentByteIndex
        raise StopIteration

    def _on_entity(self, name: str, parameter: bool, value: str | None, *_: object) -> None:
        if value is None:
            return  # external entities are never read
        nests = "&" in value and not re.fullmatch(r"&(?:#\w{1,8};)?", value)
        if parameter or nests or len(value) > _LONGEST_ENTITY or len(self.entities) >= _MOST_ENTITIES:
            raise BadInput("entities-grow")
        self.entities.setdefault(name, "&#38;" if value == "&" else value)
