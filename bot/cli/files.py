"""The files, pages and standard input that a verb reads, and the files that it writes.

Promises that a file that cannot be read or written is one error that names it, as the operator wrote it, and says why.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from pathlib import Path

from briefings.errors import BadInput, Problem, cause_of
from briefings.model import Entry
from briefings.newsroom.editing import Rejected, fetch_page, read_file
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


async def read_entries(name: str, fetcher: Fetcher) -> list[Entry | Rejected]:
    """Read the entries of a file, a page or standard input. A rejected one says which input it was in.

    Raises BriefingsError when the input cannot be read at all.
    """
    if name.startswith(("http://", "https://")):
        return [await fetch_page(fetcher, name)]
    try:
        data = await asyncio.to_thread(read_input, name)
    except BadInput as error:
        raise BadInput("nothing-added", problem=error.problem) from None
    if name == STANDARD_STREAM:
        return read_file(name, data)
    return [_in_input(name, item) if isinstance(item, Rejected) else item for item in read_file(Path(name).name, data)]


def _in_input(name: str, rejected: Rejected) -> Rejected:
    """Return a rejected entry whose place begins with the name that the operator wrote, folders included."""
    is_whole_file = rejected.where == Path(name).name
    return dataclasses.replace(rejected, where=name if is_whole_file else f"{name}: {rejected.where}")
