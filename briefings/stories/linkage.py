"""Which reports belong together, given how alike they are, and which story each group goes on. Pure; reads no text.

Average linkage: the two groups that are most alike on average become one, again and again, until no two are alike
enough. A group is never one chain of likenesses, as joining by the single best pair would make it, and what came
first does not matter.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

Pair = tuple[float, int, int]
"""How alike two reports are, and which: by their place in a list."""


def group(whens: Sequence[float], pairs: Iterable[Pair], *, least: float, window: float) -> list[list[int]]:
    """Put reports together whose groups are alike by `least` on average, most alike first.

    `whens` are the reports' days; only what lies within `window` days of each other is compared, so a long story
    is held together by its neighbours in time. A pair that is not named is not alike at all.
    """
    members = {report: [report] for report in range(len(whens))}
    days = {report: [when] for report, when in enumerate(whens)}
    alike: dict[int, dict[int, float]] = {report: {} for report in members}
    for likeness, one, other in pairs:
        alike[one][other] = alike[other][one] = likeness
    heap = [(-likeness, one, other) for one in alike for other, likeness in alike[one].items() if one < other]
    heap = [entry for entry in heap if -entry[0] >= least]
    heapq.heapify(heap)
    following = len(whens)  # a group that grows gets another number, so that what the heap says of the old one is void
    while heap:
        _, one, other = heapq.heappop(heap)
        if one not in members or other not in members:
            continue
        near, further = sorted((alike.pop(one), alike.pop(other)), key=len, reverse=True)
        for third, likeness in further.items():
            near[third] = near.get(third, 0.0) + likeness
        near.pop(one, None)
        near.pop(other, None)
        members[following] = members.pop(one) + members.pop(other)
        days[following] = sorted(days.pop(one) + days.pop(other))
        alike[following] = near
        for third, likeness in near.items():
            theirs = alike[third]
            theirs.pop(one, None)
            theirs.pop(other, None)
            theirs[following] = likeness
            average = likeness / _compared(days[following], days[third], window)
            if average >= least:
                heapq.heappush(heap, (-average, third, following))
        following += 1
    return [sorted(found) for found in members.values()]


def _compared(some: Sequence[float], others: Sequence[float], window: float) -> int:
    """How many pairs of them lie within the window; both are in order."""
    if max(some[-1], others[-1]) - min(some[0], others[0]) <= window:
        return len(some) * len(others)
    few, many = sorted((some, others), key=len)
    return max(1, sum(bisect_right(many, day + window) - bisect_left(many, day - window) for day in few))


def heirs(groups: Sequence[Sequence[int]], story_of: Mapping[int, int]) -> list[int | None]:
    """Which of the old stories each group of reports goes on; None: it is a new one.

    A story that was split stays with its larger part, a merged one with the larger of its parts; of equals, with
    the older story. No story is given twice.
    """
    shared = [
        (-number, story, index)
        for index, reports in enumerate(groups)
        for story, number in Counter(story_of[report] for report in reports).items()
    ]
    kept: dict[int, int] = {}
    taken: set[int] = set()
    for _, story, index in sorted(shared):
        if index not in kept and story not in taken:
            kept[index] = story
            taken.add(story)
    return [kept.get(index) for index in range(len(groups))]
