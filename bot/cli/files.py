"""The files, pages and standard input that a verb reads, and the files that it writes.

Promises that a file that cannot be read or written is one error that names it, as the operator wrote it, and says why.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from briefings.errors import BadInput, Problem, cause_of
from briefings.newsroom.editing import FileContent, Placed, fetch_content, read_content
from briefings.newsroom.sources import Fetcher

STANDARD_STREAM = "-"
"""Standard input or output, where a verb takes the name of a file."""


def read_bytes(name: str) -> bytes:
    """Read a file. Raises BadInput."""
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise BadInput("within", place=name, problem=Problem("unreadable", {"cause": cause_of(error)})) from None


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


async def read_articles(name: str, fetcher: Fetcher) -> FileContent:
    """Read the articles of a file, a page or standard input. Each place in the result begins with the name of it.

    The name is as the operator wrote it, folders included. Raises BriefingsError when the input cannot be read at all.
    """
    if name.startswith(("http://", "https://")):
        return _within(name, await fetch_content(fetcher, name))
    try:
        data = await asyncio.to_thread(read_input, name)
    except BadInput as error:
        raise BadInput("nothing-added", problem=error.problem) from None
    content = await asyncio.to_thread(read_content, name, data)
    return _within("standard input" if name == STANDARD_STREAM else name, content)


def _within(name: str, content: FileContent) -> FileContent:
    articles = (Placed(_place(name, article.where), article.result) for article in content.articles)
    return FileContent(tuple(articles), tuple((_place(name, where), note) for where, note in content.notes))


def _place(name: str, where: str) -> str:
    return f"{name}: {where}" if where else name
