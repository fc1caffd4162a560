"""Watches a folder on this machine: finds its new and changed files and reads the articles in them.

Reads ordinary files with the endings in `ENDINGS`, in subfolders too. Never follows a link, never reads hidden files,
writes nothing. A file that cannot be read is named and tried again at the next visit. A program that writes a long
file should give it its ending last. Blocks: callers leave the event loop for it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from briefings.errors import BadInput, Problem, cause_of
from briefings.parse.feed import FeedItem
from briefings.parse.file import Rejected, read_file

ENDINGS = frozenset(".txt .text .md .markdown .html .htm .xhtml .jsonl .ndjson .json .csv .tsv".split())
MOST_FILES = 20_000
LARGEST_FILE = 20_000_000  # bytes
_DEEPEST = 8  # folders within folders
_BATCH_SIZE = 1_000_000  # bytes of files read together, about 3 s of CPU; the last file of a batch may exceed it


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was when the folder was listed. `digest` changes with its name, size or time."""

    path: Path
    name: str
    size: int
    digest: str


def look_into(folder: Path) -> list[File]:
    """Return the files of a folder, sorted by name. Raises BadInput when it cannot be listed or holds too many."""
    files: list[File] = []
    try:
        for file in _walk(folder, "", 0):
            files.append(file)
            if len(files) > MOST_FILES:
                raise BadInput("folder-too-full", most=MOST_FILES)
    except OSError as error:
        raise BadInput("folder-unreadable", cause=cause_of(error)) from None
    return sorted(files, key=lambda file: file.name)


def batches(files: Sequence[File], known_digests: Collection[str]) -> Iterator[list[File]]:
    """Yield the files whose digest is not known, in batches that are small enough to read at once."""
    batch: list[File] = []
    for file in files:
        if file.digest not in known_digests:
            batch.append(file)
            if sum(member.size for member in batch) > _BATCH_SIZE:
                yield batch
                batch = []
    if batch:
        yield batch


def read_files(files: Sequence[File]) -> list[FeedItem]:
    """Return the items of these files: one for each article, and one with its reason for each that is refused.

    An item's digest is that of its file, empty if the file could not be read. Never raises.
    """
    items: list[FeedItem] = []
    for file in files:
        if file.size > LARGEST_FILE:
            reason = Problem("file-too-long", {"megabytes": LARGEST_FILE // 1_000_000})
            items.append(refused(file, reason))
            continue
        try:
            data = file.path.read_bytes()
        except OSError as error:
            reason = Problem("unreadable", {"cause": cause_of(error)})
            items.append(FeedItem(file.name, "", None, _within(file.name, reason)))
            continue
        results = read_file(file.path.name, data)
        for result in results:
            if isinstance(result, Rejected):
                whole = result.where == file.path.name
                reason = result.reason if whole else _within(result.where, result.reason)
                items.append(refused(file, reason))
            else:
                key = file.name if len(results) == 1 else f"{file.name} {result.key}" if result.key else None
                items.append(FeedItem(file.name, file.digest, replace(result, key=key)))
    return items


def refused(file: File, reason: Problem) -> FeedItem:
    """Return the item of a file that cannot be read until it changes."""
    return FeedItem(file.name, file.digest, None, _within(file.name, reason))


def _within(place: str, reason: Problem) -> Problem:
    return Problem("within", {"place": place, "problem": reason})


def _walk(folder: Path, within: str, depth: int) -> Iterator[File]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = os.fsencode(f"{within}{entry.name}").decode(errors="replace")
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth < _DEEPEST:
                    yield from _walk(Path(entry.path), f"{within}{entry.name}/", depth + 1)
            elif entry.is_file(follow_symlinks=False) and Path(entry.name).suffix.lower() in ENDINGS:
                state = entry.stat(follow_symlinks=False)
                stamp = f"{name}\0{state.st_size}\0{state.st_mtime_ns}"
                yield File(Path(entry.path), name, state.st_size, blake2b(stamp.encode(), digest_size=8).hexdigest())
