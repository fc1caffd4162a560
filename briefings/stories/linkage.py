"""Groups reports by how alike they are, and decides which story each group continues. Pure; reads no text.

Average linkage: the two groups that are most alike on average become one, again and again, until no two are alike
enough. Never makes a group of one long chain of likenesses, as joining by the single best pair would; the order of the
reports does not matter.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

Pair = tuple[float, int, int]
"""How alike two reports are (0 to 1), and the places of the two in a list."""


def group(whens: Sequence[float], pairs: Iterable[Pair], *, least: float, window: float) -> list[list[int]]:
    """Group reports, the most alike first, as long as two groups are alike by at least `least` on average.

    `whens` are the reports' days. Only reports within `window` days of each other are compared, so neighbours in time
    hold a long story together. A pair that is not given counts as not alike at all. Return the places of each group's
    reports in order.
    """
    members = {report: [report] for report in range(len(whens))}
    days = {report: [when] for report, when in enumerate(whens)}
    alike: dict[int, dict[int, float]] = {report: {} for report in members}  # group → other group → sum of likenesses
    for likeness, a, b in pairs:
        alike[a][b] = alike[b][a] = likeness
    heap = [(-likeness, a, b) for a in alike for b, likeness in alike[a].items() if a < b and likeness >= least]
    heapq.heapify(heap)
    merged = len(whens)  # a merged group gets a number of its own, so that entries of its parts in the heap are void
    while heap:
        _, a, b = heapq.heappop(heap)
        if a not in members or b not in members:
            continue
        sums, fewer_sums = sorted((alike.pop(a), alike.pop(b)), key=len, reverse=True)
        for third, likeness in fewer_sums.items():
            sums[third] = sums.get(third, 0.0) + likeness
        sums.pop(a, None)
        sums.pop(b, None)
        members[merged] = members.pop(a) + members.pop(b)
        days[merged] = sorted(days.pop(a) + days.pop(b))
        alike[merged] = sums
        for third, likeness in sums.items():
            sums_of_third = alike[third]
            sums_of_third.pop(a, None)
            sums_of_third.pop(b, None)
            sums_of_third[merged] = likeness
            average = likeness / _compared_pairs(days[merged], days[third], window)
            if average >= least:
                heapq.heappush(heap, (-average, third, merged))
        merged += 1
    return [sorted(reports) for reports in members.values()]


def _compared_pairs(days: Sequence[float], others: Sequence[float], window: float) -> int:
    """Count the pairs of days within the window, at least 1. Both lists are in order."""
    if max(days[-1], others[-1]) - min(days[0], others[0]) <= window:
        return len(days) * len(others)
    few, many = sorted((days, others), key=len)
    return max(1, sum(bisect_right(many, day + window) - bisect_left(many, day - window) for day in few))


def heirs(groups: Sequence[Sequence[int]], story_of: Mapping[int, int]) -> list[int | None]:
    """Return the old story that each group of reports continues; None for a new story.

    A story that was split stays with its larger part; a merged group continues the story that gave it most reports, of
    equals the older one. No story is given twice.
    """
    shared = [
        (-number, story, index)
        for index, reports in enumerate(groups)
        for story, number in Counter(story_of[report] for report in reports).items()
    ]
    continued: dict[int, int] = {}
    taken: set[int] = set()
    for _, story, index in sorted(shared):
        if index not in continued and story not in taken:
            continued[index] = story
            taken.add(story)
    return [continued.get(index) for index in range(len(groups))]
