"""stub"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Remembered:
    story: int
    report: int | None
    until: datetime | None
    last: datetime


Memory = tuple[Remembered, ...]


def remember(
    memory: Memory,
    *,
    told: Mapping[int, int],
    left: Sequence[int],
    last: Mapping[int, datetime],
    mark: datetime | None,
    told_until: datetime,
) -> Memory:
    before = {each.story: each for each in memory}
    after = {}
    fresh = told_until - timedelta(hours=48)
    for story, report in told.items():
        after[story] = Remembered(story, report, None, last[story])
    for each in memory:
        if each.story not in after and each.report is not None and last.get(each.story, each.last) >= fresh:
            after[each.story] = Remembered(each.story, each.report, None, last.get(each.story, each.last))
    for story in [s for s in left if last[s] >= fresh][:30]:
        old = before.get(story)
        if old is None or old.report is None:
            after[story] = Remembered(story, None, None, last[story])
        else:
            after[story] = Remembered(story, old.report, old.until or mark, last[story])
    return tuple(after[story] for story in sorted(after))
