"""Knows if a SQLite database's files are still those that were opened.

SQLite does not notice when its file is deleted, moved away, or when another is put in its place: it goes on with the
file it opened, and what is written there is in nobody's hands after the program ends. The device and the inode tell
the files apart, of the database and of the two that SQLite keeps beside it. A file written over in place keeps them;
it is noticed when it came out smaller, because SQLite makes the file smaller only on VACUUM, which we never run.
"""

from __future__ import annotations

import os
from pathlib import Path

from briefings.errors import Problem

BESIDE = ("-wal", "-shm")
"""Ends of the names of the files beside the database. They exist for as long as it is open."""


class OpenedFile:
    """The files of a database that this process holds open, and will until it needs no more answers from here."""

    def __init__(self, path: str) -> None:
        """Take the files as they are now. Raises OSError when one is missing."""
        real = str(Path(path).resolve())
        self._files = (path, *(f"{real}{end}" for end in BESIDE))
        self._file = real
        states = [os.stat(file) for file in self._files]
        self._identities = [(state.st_dev, state.st_ino) for state in states]
        self._size = states[0].st_size

    def lost(self) -> Problem | None:
        """Return what is wrong when a file is gone or is another; None when all are still there.

        Takes some microseconds, so it is asked at every write. A file that is moved back is right again.
        """
        for file, identity in zip(self._files, self._identities, strict=True):
            try:
                state = os.stat(file)
            except OSError:
                return Problem("database-file-gone", {"file": file})
            if (state.st_dev, state.st_ino) != identity:
                return Problem("database-file-replaced", {"file": self._file})
            if file == self._files[0]:
                if state.st_size < self._size:
                    return Problem("database-file-replaced", {"file": self._file})
                self._size = state.st_size
        return None
