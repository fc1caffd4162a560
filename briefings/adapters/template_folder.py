"""Reads the operator's folder of templates, with its subfolders.

Reads ordinary files only. Never follows a link in the folder, never waits for a pipe or a device, never reads hidden
files or more than the limits below; each file that is refused is named with its reason. The folder itself may be a
link. Blocks: callers leave the event loop for it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from briefings.errors import BadInput, Problem, cause_of

LARGEST_FILE = 100_000
"""Bytes of a template. The largest that is shipped has 2,300; this many are read and compiled in 1 s."""

MOST_FILES = 200
"""Files and folders in a folder of templates. Six can be replaced, and each may be made of some parts."""

DEEPEST = 4
"""Folders within folders."""

Stamp = tuple[tuple[str, int, int, int, int], ...]
"""Name, kind, size, time of the last change and number of each file: it changes with the folder."""


@dataclass(frozen=True, slots=True)
class TemplateFolder:
    """Texts by name (`parts/head.html.j2`), and the names of files and folders that must not be read, with reasons."""

    files: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, Problem] = field(default_factory=dict)


def stamp(folder: Path) -> Stamp:
    """Return the stamp of a folder; opens no file. Raises BadInput for one that cannot be listed or is too full."""
    states = [(name, state) for name, _, state in _listed(folder)]
    return tuple(sorted((name, s.st_mode, s.st_size, s.st_mtime_ns, s.st_ino) for name, s in states))


def read_templates(folder: Path) -> TemplateFolder:
    """Return the texts in a folder. Raises BadInput for a folder that cannot be listed or is too full."""
    files, refused = {}, {}
    for name, path, state in _listed(folder):
        if stat.S_ISDIR(state.st_mode):
            continue
        try:
            _refuse_all_but_files(state)
            files[name] = _text(path)
        except BadInput as error:
            refused[name] = error.problem
        except OSError as error:
            refused[name] = Problem("unreadable", {"cause": cause_of(error)})
    return TemplateFolder(files, refused)


def _listed(folder: Path) -> list[tuple[str, Path, os.stat_result]]:
    """Return what a folder holds, as (name, path, state); the state of a link is its own."""
    listed = []
    try:
        for entry in _walk(folder, "", 0):
            listed.append(entry)
            if len(listed) > MOST_FILES:
                raise BadInput("folder-too-full", most=MOST_FILES)
    except OSError as error:
        raise BadInput("folder-unreadable", cause=cause_of(error)) from None
    return listed


def _walk(folder: Path, within: str, depth: int) -> Iterator[tuple[str, Path, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = within + os.fsencode(entry.name).decode(errors="replace")
            yield name, Path(entry.path), entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False) and depth < DEEPEST:
                yield from _walk(Path(entry.path), f"{name}/", depth + 1)


def _refuse_all_but_files(state: os.stat_result) -> None:
    if stat.S_ISLNK(state.st_mode):
        raise BadInput("template-is-link")
    if not stat.S_ISREG(state.st_mode):
        raise BadInput("template-not-file")


def _text(path: Path) -> str:
    """Return the text of an ordinary file. What has taken its place since it was listed is not waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        _refuse_all_but_files(os.fstat(file.fileno()))
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise BadInput("template-too-long", kilobytes=LARGEST_FILE // 1000)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadInput("not-utf-8") from None
