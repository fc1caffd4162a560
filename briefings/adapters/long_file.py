"""Reads a file or a stream of any length piece by piece, unpacked if it is packed with gzip.

Promises pieces of the length asked for, the last one excepted, and to keep no more than one of them in memory, however
much the content grows when it is unpacked. Blocks: callers leave the event loop for it.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO

from briefings.errors import BadInput

_GZIP = b"\x1f\x8b"
_PACKED_PIECE = (
    65_536  # bytes; unpacked they are at most a thousand times as much, and that is cut at what is asked for
)


class LongFile:
    """A file opened for reading bytes; `read` moves on in it. OSErrors of the file are raised as they are."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.taken = 0
        """Bytes of the file, packed as it is, that were read so far."""

        self._packed = self._take(len(_GZIP))
        self.is_packed = self._packed == _GZIP
        self._part: zlib._Decompress | None = None
        self._ahead = b""

    def read(self, length: int) -> tuple[bytes, bool]:
        """Return the next bytes, so many, and True if they are the last: then they may be fewer.

        Raises BadInput for a broken gzip file.
        """
        pieces, missing = [self._ahead], length + 1 - len(self._ahead)
        while missing > 0 and (piece := self._unpack(missing) if self.is_packed else self._as_it_is(missing)):
            pieces.append(piece)
            missing -= len(piece)
        data = b"".join(pieces)
        self._ahead = data[length:]
        return data[:length], not self._ahead

    def _as_it_is(self, most: int) -> bytes:
        data, self._packed = self._packed or self._take(most), b""
        return data

    def _unpack(self, most: int) -> bytes:
        """Return some of the content, at most so many bytes; empty at its end."""
        try:
            while True:
                if self._part is None:
                    self._packed += (
                        self._take(len(_GZIP) - len(self._packed)) if len(self._packed) < len(_GZIP) else b""
                    )
                    if not self._packed.startswith(_GZIP):  # the file has no further part
                        return b""
                    self._part = zlib.decompressobj(wbits=31)
                self._packed = self._packed or self._take(_PACKED_PIECE)
                if not self._packed:
                    raise BadInput("gzip-broken")
                data = self._part.decompress(self._packed, most)
                self._packed = self._part.unconsumed_tail or self._part.unused_data
                if self._part.eof:
                    self._part = None
                if data:
                    return data
        except zlib.error:
            raise BadInput("gzip-broken") from None

    def _take(self, most: int) -> bytes:
        data = self._file.read(most)
        self.taken += len(data)
        return data
