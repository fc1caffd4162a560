"""The progress of a verb that takes long: a bar on a terminal, elsewhere a line a minute. Both are on stderr.

Promises that the bar is gone when the work is done, and that a verb of less than a minute prints nothing elsewhere.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import click

EVERY = 60.0
"""Seconds between two lines where no terminal shows a bar."""


class Advance(Protocol):
    """Call it with what is being done, how much of it is done, and how much there is; None if nobody knows.

    `articles` is the number of articles done, where `done` counts something else.
    """

    def __call__(self, doing: str, done: int, total: int | None, articles: int | None = None, /) -> None: ...


@contextmanager
def progress_bar(clock: Callable[[], float] = time.monotonic) -> Iterator[Advance]:
    """Show progress until the block ends. A bar appears with the first call of the function given.

    `clock` gives seconds that only grow.
    """
    if not sys.stderr.isatty():
        yield _Lines(clock)
        return
    from rich.console import Console  # takes 0.1 s to load, and only a terminal shows a bar
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[figures]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, pace = bar.add_task("", total=None, visible=False, figures=""), _Pace(clock)

        def advance(doing: str, done: int, total: int | None, articles: int | None = None, /) -> None:
            figures = pace.figures(doing, done, total, articles)
            bar.update(task, description=doing, completed=done, total=total, visible=True, figures=figures)

        yield advance


class _Lines:
    """Prints how far the work is, a line a minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pace = _Pace(clock)
        self._next = clock() + EVERY

    def __call__(self, doing: str, done: int, total: int | None, articles: int | None = None, /) -> None:
        figures = self._pace.figures(doing, done, total, articles)
        if self._clock() >= self._next:
            self._next = self._clock() + EVERY
            click.echo(f"{doing}: {figures}", err=True)


class _Pace:
    """Puts into words how far one kind of work is, how fast it goes, and how long it will still take."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._doing = ""
        self._began = 0.0
        self._at_begin = (0, 0)

    def figures(self, doing: str, done: int, total: int | None, articles: int | None) -> str:
        """Return `3/7`, or `41,200 articles, 160 a second`; and the time that remains, once the pace can be told."""
        counted = done if articles is None else articles
        if doing != self._doing or not self._at_begin[0]:  # the wait for the first of them tells nothing of the pace
            self._doing, self._began, self._at_begin = doing, self._clock(), (done, counted)
        seconds = self._clock() - self._began
        parts = [f"{done:,}/{total:,}" if articles is None and total is not None else f"{counted:,} articles"]
        if seconds >= 1:
            if articles is not None:
                parts.append(f"{(counted - self._at_begin[1]) / seconds:,.0f} a second")
            progress = done - self._at_begin[0]
            if total and progress > 0:
                parts.append(_left(seconds * max(0, total - done) / progress))
        return ", ".join(parts)


def _left(seconds: float) -> str:
    return f"about {math.ceil(seconds / 60)} min left" if seconds > 90 else f"about {math.ceil(seconds)} s left"
