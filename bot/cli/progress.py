"""The progress bar of a verb that takes long.

Promises that it is on stderr, on a terminal only, and gone when the work is done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[str, int, int], None]
"""Call it with what is being done, how much of it is done, and how much there is."""


@contextmanager
def progress_bar() -> Iterator[Advance]:
    """Show a bar until the block ends. It appears with the first call of the function given."""
    if not sys.stderr.isatty():
        yield lambda _doing, _done, _total: None
        return
    from rich.console import Console  # takes 0.1 s to load, and only a terminal shows a bar
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda doing, done, total: bar.update(task, description=doing, completed=done, total=total, visible=True)
