"""The memory of a reader: the stories they were lately told, and those that their editions left out. Pure.

1. A story that was left out and is still fresh competes again in the reader's next edition. It is new to them: a story
   that a reader was never told is never an update.
2. Readers share an edition only if their memories are equal. Therefore a memory soon forgets, and what two readers were
   told alike stands alike in both: readers with one rhythm and equal wishes have equal memories after a few days,
   whenever they began.

A story that is not in memory was told long ago, up to the reader's mark, or was left out long ago and is lost.
Never reads a story or a report: it knows them by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FRESH_FOR = timedelta(hours=48)
"""How long after the date of its newest report a story that was left out may still be told."""

TOLD_FOR = timedelta(hours=48)
"""How old the newest report of a story told earlier may be at an edition that the reader is to remember it after.

With 24 hours here, readers who began at different minutes had equal memories after three days instead of four
(`tests/benchmarks/sharing.py`), but half of the stories that came back were not known to have been told.
"""

MOST_LEFT = 30
"""The most stories left out that are remembered: four times what an edition of two minutes tells."""

UNKNOWN_REPORT = 0
"""Stands for the quoted report of a story that was told when it was not noted which report an edition quoted."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A story that a reader was told, or that an edition of theirs left out.

    `report` is the article that was quoted when it was last told, `UNKNOWN_REPORT` if that is not known; None if the
    reader was never told the story. `until` is the time up to which its reports were told, if that is not the mark: it
    is later when a part of an edition arrived and the mark went back, and earlier when an update was left out. It is
    None for a story that was never told. `last` is the date of the story's newest report when it was told or left out.
    """

    story: int
    report: int | None
    until: datetime | None
    last: datetime


Memory = tuple[Remembered, ...]
"""In order of story, each story once."""


def remember(
    memory: Memory,
    *,
    told: Mapping[int, int],
    left: Sequence[int],
    last: Mapping[int, datetime],
    mark: datetime | None,
    told_until: datetime,
    updates: Mapping[int, datetime],
) -> Memory:
    """Return the memory after an edition of a reader who had this memory at `mark` before it.

    `told` maps the stories of the edition to the report that each quotes, `left` are those left out, the most important
    first, and `last` has the date of the newest report of each of both. `updates` are those left out of which the
    reader was told a part before, each with the time of the newest report that they were told. (It is not their mark,
    so that readers are equal who were told the same.) `told_until` is the reader's mark after the edition.

    Stories of this edition are always remembered, earlier ones for `TOLD_FOR`; of those left out `MOST_LEFT` that are
    still fresh.
    """
    before = by_story(memory)
    recent = (entry for entry in memory if entry.last >= told_until - TOLD_FOR and not _is_over(entry, mark))
    after = {entry.story: _closed(entry, told_until) for entry in recent}
    fresh = [story for story in left if story not in told and last[story] >= told_until - FRESH_FOR]
    for story in fresh[:MOST_LEFT]:
        report = (before[story].report if story in before else None) or UNKNOWN_REPORT
        is_update = story in updates
        after[story] = Remembered(story, report if is_update else None, updates.get(story), last[story])
    after |= {story: Remembered(story, report, None, last[story]) for story, report in told.items()}
    return in_order(after.values())


def _closed(entry: Remembered, told_until: datetime) -> Remembered:
    """Return the entry of a told story without an update that the edition neither tells nor leaves out again."""
    is_ahead = entry.until is not None and entry.until > told_until
    return entry if is_ahead or entry.until is None else replace(entry, until=None)


def _is_over(entry: Remembered, mark: datetime | None) -> bool:
    """True if the entry says nothing once it is not left out again: no edition that is remembered told the story."""
    return is_left(entry, mark) and (entry.report is None or entry.report == UNKNOWN_REPORT)


def until_next(memory: Memory, mark: datetime, following: datetime) -> Memory:
    """Return the memory of a reader at `mark` without stories left out that are stale by the `following` edition."""
    carried = frozenset(to_carry_on(memory, mark, following))
    return tuple(entry for entry in memory if entry.story in carried or not is_left(entry, mark))


def by_story(memory: Memory) -> dict[int, Remembered]:
    """Return the entries of a memory by story."""
    return {entry.story: entry for entry in memory}


def in_order(entries: Iterable[Remembered]) -> Memory:
    """Return a memory of these entries, one at most for each story."""
    return tuple(sorted(entries, key=lambda entry: entry.story))


def told_up_to(entry: Remembered, mark: datetime | None) -> datetime | None:
    """Return the time up to which a reader at `mark` was told a remembered story; None if they were never told it."""
    return None if entry.report is None else entry.until or mark


def marks_of(first: Mapping[int, datetime], memory: Memory, mark: datetime | None) -> dict[int, datetime | None]:
    """Return the time up to which a reader at `mark` was told each of these stories; None if they were never told it.

    `first` has the date of the oldest report of each story. A story that is not in memory was told up to the mark,
    unless it is so young that it would be remembered if it had been told.
    """
    remembered = by_story(memory)
    known_from = None if mark is None or not memory else mark - TOLD_FOR  # an older version noted nothing
    marks: dict[int, datetime | None] = {}
    for story, oldest in first.items():
        if story in remembered:
            marks[story] = told_up_to(remembered[story], mark)
        else:
            marks[story] = None if known_from and oldest >= known_from else mark
    return marks


def is_left(entry: Remembered, mark: datetime | None) -> bool:
    """True if an edition left the story, or an update of it, out, and it is to be carried on."""
    return entry.report is None or (entry.until is not None and mark is not None and entry.until < mark)


def to_carry_on(memory: Memory, mark: datetime | None, now: datetime) -> tuple[int, ...]:
    """Return the stories left out that compete again in the next edition of a reader at `mark`, if that is at `now`."""
    return tuple(entry.story for entry in memory if is_left(entry, mark) and entry.last >= now - FRESH_FOR)


def follow(memory: Memory, mark: datetime | None, story_of: Mapping[int, int]) -> Memory:
    """Return the memory of a reader at `mark` with its stories as they are grouped now.

    `story_of` maps quoted reports to their stories. Grouping may have moved a quoted report into another story, which
    is not new to the reader then. Where two stories have become one, it was told if one of them was, up to the later
    time.
    """
    after: dict[int, Remembered] = {}
    for entry in memory:
        story = entry.story if entry.report is None else story_of.get(entry.report, entry.story)
        both = [replace(entry, story=story), *([after[story]] if story in after else [])]
        after[story] = max(both, key=lambda each: (each.report is not None, told_up_to(each, mark) or each.last))
    return in_order(after.values())


def tell_ahead(memory: Memory, arrived: Iterable[Remembered]) -> Memory:
    """Return the memory of a reader of whose edition only a part arrived. `arrived` are the stories of that part."""
    return in_order((by_story(memory) | {entry.story: entry for entry in arrived}).values())
