"""Reads the body of an HTTP answer, bounded in size before and after it is unpacked.

Promises that the bytes count and not their label: a feed sent as `application/octet-stream` is read, and so is one that
was compressed on the server's disk, of which no header speaks. Raises `Unreachable` for a body that is no text.
"""

from __future__ import annotations

import asyncio
import re
import zlib

import aiohttp

from briefings.errors import Unreachable

_CHUNK = 65_536  # bytes; aiohttp hands decompressed data over in pieces of this order, never the whole bomb
_QUOTED = 60  # characters of a content type that an error repeats
_LOOKED_AT = 1000  # bytes by which text is told from other data
_TEXT = re.compile(r"text/|application/(?:xhtml|xml|json|feed\+json)|.*\+xml$")
_NO_TEXT = re.compile(
    r"(?:image|audio|video|font|multipart)/|application/(?:pdf|zip|msword|vnd\.)(?!.*\+(?:xml|json)$)"
)
_GZIP = b"\x1f\x8b\x08"
_MOST_PARTS = 100  # of an archive; each costs a copy of the rest
_ZLIB = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")  # the fourth level's mark, 78 5e, is text: "x^"
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff", b"<\0", b"\0<", b"\0\0\0<")  # UTF-16 and UTF-32


async def read_body(answer: aiohttp.ClientResponse, host: str, largest: int) -> bytes:
    """Return the body of an answer from `host`, unpacked; at most `largest` bytes.

    Raises `Unreachable` for more bytes, for a broken archive, and for data that is no text.
    """
    kind = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if _NO_TEXT.match(kind):
        raise Unreachable("answer-not-text", host=host, kind=kind[:_QUOTED])
    too_long = Unreachable("answer-too-long", host=host, megabytes=largest // 1_000_000)
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(_CHUNK):
        size += len(piece)
        if size > largest:
            raise too_long
        pieces.append(piece)
    data = b"".join(pieces)
    if data.startswith((_GZIP, *_ZLIB)):
        try:
            data = await asyncio.to_thread(_unpacked, data, largest)
        except zlib.error:
            raise Unreachable("answer-unreadable", host=host) from None
        if len(data) > largest:
            raise too_long
    if not _TEXT.match(kind) and not _is_text(data[:_LOOKED_AT]):
        raise Unreachable("answer-not-text", host=host, kind=kind[:_QUOTED] or "binary data")
    return data


def _unpacked(data: bytes, largest: int) -> bytes:
    """Return the content of all parts of a gzip or zlib archive; one byte more than `largest` of a larger one.

    Raises `zlib.error` for an archive that is broken, or broken into very many parts.
    """
    pieces, room = list[bytes](), largest + 1
    for _ in range(_MOST_PARTS):
        if not data.startswith((_GZIP, *_ZLIB)) or room <= 0:
            return b"".join(pieces)
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # tells the two formats apart by itself
        pieces.append(unpacking.decompress(data, room))
        room -= len(pieces[-1])
        if not unpacking.eof and room > 0:
            raise zlib.error("broken off")
        data = unpacking.unused_data
    raise zlib.error("too many parts")


def _is_text(head: bytes) -> bool:
    """True if data begins as text does: without a zero byte, unless it has several bytes a letter, and not as a PDF."""
    return head.startswith(_WIDE_TEXT) or (b"\0" not in head and not head.startswith((b"%PDF", b"PK\x03\x04")))
