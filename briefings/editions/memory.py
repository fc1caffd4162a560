"""The memory of a reader: the stories they were lately told, and those that their editions left out. Pure.

1. A story that was left out and is still fresh competes again in the reader's next edition. It is new to them: a story
   that a reader was never told is never an update.
2. Readers share an edition only if their memories are equal. Therefore a memory holds nothing that is older than
   `FRESH_FOR`, and readers whose editions were the same for so long have equal memories again, however they began.

A story that is not in memory was told up to the reader's mark, or was left out so long ago that it is told no more.
Never reads a story or a report: it knows them by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FRESH_FOR = timedelta(hours=48)
"""How long after the date of its newest report a story is remembered. Yesterday's news may still be told, older not."""

MOST_LEFT = 30
"""The most stories left out that are remembered: four times what an edition of two minutes tells."""

DISCOUNT = 0.25
"""Importance that a story loses by having been left out before, beside what it loses by its age."""

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
    updates: Iterable[int] = (),
) -> Memory:
    """Return the memory after an edition of a reader who had this memory at `mark`.

    `told` maps the stories of the edition to the report that each quotes, `left` are those left out, the most important
    first, and `last` has the date of the newest report of each of both. `told_until` is the reader's mark after the
    edition. `updates` are stories left out that the reader was told before though they are not in memory.

    Stories of this edition are always remembered, others while they are fresh; of those left out `MOST_LEFT` are.
    """
    oldest = told_until - FRESH_FOR
    before, known_before = by_story(memory), frozenset(updates)
    after = {entry.story: _once_told(entry, told_until) for entry in memory if entry.report is not None}
    after = {story: entry for story, entry in after.items() if entry.last >= oldest}
    fresh = [story for story in left if story not in told and last[story] >= oldest]
    for story in fresh[:MOST_LEFT]:
        entry = before.get(story)
        if entry is None:
            report, until = (UNKNOWN_REPORT, mark) if story in known_before else (None, None)
        else:
            report, until = entry.report, told_up_to(entry, mark)
        after[story] = Remembered(story, report, until, last[story])
    after |= {story: Remembered(story, report, None, last[story]) for story, report in told.items()}
    return in_order(after.values())


def _once_told(entry: Remembered, told_until: datetime) -> Remembered:
    """Return the entry of a told story that an edition neither tells nor leaves out: nothing is left to carry on."""
    is_ahead = entry.until is not None and entry.until > told_until
    return entry if is_ahead or entry.until is None else replace(entry, until=None)


def by_story(memory: Memory) -> dict[int, Remembered]:
    """Return the entries of a memory by story."""
    return {entry.story: entry for entry in memory}


def in_order(entries: Iterable[Remembered]) -> Memory:
    """Return a memory of these entries, one at most for each story."""
    return tuple(sorted(entries, key=lambda entry: entry.story))


def told_up_to(entry: Remembered | None, mark: datetime | None) -> datetime | None:
    """Return the time up to which a reader at `mark` was told a story; None if they were told nothing of it.

    `entry` is the story's place in the reader's memory, None if it has none.
    """
    if entry is None:
        return mark
    return None if entry.report is None else entry.until or mark


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
