"""The files, pages and standard input that a verb reads, and the files that it writes.

Promises that a file that cannot be read or written is one error that names it, as the operator wrote it, and says why.
"""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from briefings.errors import BadInput, Problem, cause_of
from briefings.newsroom.intake import ArticleFile, FileContent, ReadArticles, Worker, fetch_content
from briefings.newsroom.sources import Fetcher

STANDARD_STREAM = "-"
"""Standard input or output, where a verb takes the name of a file."""


def read_bytes(name: str) -> bytes:
    """Read a file. Raises BadInput."""
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


def read_input(name: str) -> bytes:
    """Read a file or standard input. Raises BadInput."""
    return sys.stdin.buffer.read() if name == STANDARD_STREAM else read_bytes(name)


def write_output(name: str, data: bytes) -> None:
    """Write a file or standard output. Raises BadInput."""
    if name == STANDARD_STREAM:
        sys.stdout.buffer.write(data)
        return
    try:
        Path(name).write_bytes(data)
    except (OSError, ValueError) as error:
        raise unwritable(name, error) from None


def unwritable(name: str, error: OSError | ValueError) -> BadInput:
    """Return the error to raise for a file or folder that cannot be written."""
    return BadInput("within", place=name, problem=Problem("unwritable", {"cause": cause_of(error)}))


class Input:
    """An input of `add` that can be read. `place` is its name in messages; `size` is in bytes, None if it is a stream.

    `content` is that of a web page; any other input is read a portion at a time.
    """

    def __init__(self, name: str, worker: Worker, size: int | None, content: FileContent | None = None) -> None:
        self.place = "standard input" if name == STANDARD_STREAM else name
        self.size = size
        self._name = name
        self._worker = worker
        self._content = content
        self._file: ArticleFile | None = None

    async def portions(self) -> AsyncIterator[ReadArticles]:
        """Yield the articles a portion at a time. Raises BadInput when the file cannot be read any further."""
        if self._content:
            yield ReadArticles(self._content.articles)
            return
        try:
            with await asyncio.to_thread(_opened, self._name) as stream:  # a pipe opens when it is written to
                self._file = ArticleFile(self._name, stream, self._worker)
                async for portion in self._file.portions():
                    yield portion
        except OSError as error:
            raise _unreadable(self._name, error) from None

    def notes(self) -> list[tuple[str, Problem]]:
        """Return notes on what was left out of the articles read so far, each with its place."""
        notes = self._content.notes if self._content else self._file.notes() if self._file else ()
        return [(f"{self.place}: {where}" if where else self.place, note) for where, note in notes]


async def open_inputs(names: Sequence[str], worker: Worker, open_fetcher: Callable[[], Fetcher]) -> list[Input]:
    """Fetch the web pages among the inputs, and look at the files. Raises BriefingsError when one cannot be read."""
    inputs = []
    for name in names:
        if name.startswith(("http://", "https://")):
            inputs.append(Input(name, worker, 0, await fetch_content(open_fetcher(), worker, name)))
        elif name == STANDARD_STREAM:
            inputs.append(Input(name, worker, None))
        else:
            try:
                inputs.append(Input(name, worker, _size(name)))
            except (OSError, ValueError) as error:
                raise BadInput("nothing-added", problem=_unreadable(name, error).problem) from None
    return inputs


def _size(name: str) -> int | None:
    """Return the length of a file in bytes, None for a pipe, whose content could be read only once."""
    state = Path(name).stat()
    if not (stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)):
        return None
    with Path(name).open("rb"):  # fails as reading would
        return state.st_size


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if name == STANDARD_STREAM else Path(name).open("rb")


def _unreadable(name: str, error: OSError | ValueError) -> BadInput:
    return BadInput("within", place=name, problem=Problem("unreadable", {"cause": cause_of(error)}))
