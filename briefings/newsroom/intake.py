"""Reads the articles of files and web pages that an editor adds. Part of the door.

Promises that foreign bytes are parsed in a worker process, never in the program's own, and that of a file of any length
only a few portions are in memory. Stores nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO
from urllib.parse import urlsplit

from briefings.adapters.fetch import Fetcher
from briefings.adapters.long_file import LongFile
from briefings.adapters.worker import Worker
from briefings.errors import BadInput, Problem
from briefings.model import Entry
from briefings.parse.file import FileContent, read_content
from briefings.parse.portions import PORTION, Position, read_portion
from briefings.parse.records import LeftOut, Placed

__all__ = ["ArticleFile", "FileContent", "Placed", "ReadArticles", "Worker", "fetch_content", "open_worker"]

CPU_SECONDS = 30.0
"""CPU that a portion may take. One of 2,200 ordinary articles takes 2 s; a small machine is five times as slow."""


def open_worker() -> Worker:
    """Make a worker that reads portions. No process starts before the first one is read."""
    return Worker(cpu_seconds=CPU_SECONDS)


async def fetch_content(fetcher: Fetcher, worker: Worker, address: str) -> FileContent:
    """Fetch the page, or the file of articles, at an address and read it. Raises BriefingsError when fetching fails."""
    async with fetcher:
        page = await fetcher.get(address)
    path = urlsplit(page.url).path
    try:
        return await worker.run(read_content, path, page.data, page.url, page.charset)
    except BadInput as error:
        return FileContent((Placed("", error.problem),))


@dataclass(frozen=True, slots=True)
class ReadArticles:
    """Articles that were read together, and the number of the file's bytes down to the first and down to the last."""

    articles: Sequence[Placed]
    begin: int = 0
    end: int = 0

    @property
    def entries(self) -> list[Entry]:
        """The entries of those articles that have one."""
        return [article.result for article in self.articles if isinstance(article.result, Entry)]


class ArticleFile:
    """The articles of an opened file or stream. `name` tells the kind of file where its bytes do not."""

    def __init__(self, name: str, file: BinaryIO, worker: Worker) -> None:
        self._name = name
        self._file = file
        self._worker = worker
        self._left_out = LeftOut()

    async def portions(self) -> AsyncIterator[ReadArticles]:
        """Yield the articles in order, a portion at a time. Raises OSError when the file cannot be read any further."""
        file = await asyncio.to_thread(LongFile, self._file)
        path = PurePath(self._name)
        name = str(path.with_suffix("")) if file.is_packed and path.suffix.lower() == ".gz" else self._name
        position: Position | None = None
        rest, is_last = b"", False
        while not is_last:
            begin = file.taken
            try:
                data, is_last = await asyncio.to_thread(file.read, PORTION)
                portion = await self._worker.run(read_portion, name, rest + data, position, is_last=is_last)
            except BadInput as error:
                yield ReadArticles([Placed(_remainder(position), error.problem)], begin, file.taken)
                return
            self._left_out.add(portion.left_out)
            yield ReadArticles(portion.articles, begin, file.taken)
            if portion.next is None:
                return
            rest, position = portion.rest, portion.next

    def notes(self) -> list[tuple[str, Problem]]:
        """Return notes on what was left out of the articles read so far, each with its place."""
        return self._left_out.notes()


def _remainder(position: Position | None) -> str:
    """Return the place of all that comes after a position; empty for the whole file."""
    if position is None or position.kind == "whole":
        return ""
    return f"from {'item' if position.kind == 'list' else 'line'} {position.number} on"
