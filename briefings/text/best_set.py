"""Finds the set of sentences that together is closest to a whole text. Pure.

Promises the best of all sets that fit and are allowed, in the order given. Looks at each of them, so the work doubles
with every candidate: for ten sentences, not for a hundred.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CENTRE, COVERAGE = 3.2, 3.0
"""The worth of a set's likeness to the centre (cosine), and of its share of the centre's weight. See `summary.py`."""

SAME = 0.7
"""A sentence repeats another if this share of the shorter one's words stands in the longer. A set holds no two such."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen.

    `worth` is its own, `opening` is added where it comes first, `vector` maps its words to their weights. It may come
    only after one of each group of candidates, named by their indices, in `needs`.
    """

    words: int
    worth: float
    opening: float
    vector: Mapping[str, float]
    needs: tuple[frozenset[int], ...]


def best_set(candidates: Sequence[Candidate], centre: Mapping[str, float], room: int) -> tuple[int, ...]:
    """Return the indices of the candidates that together are worth most, at most `room` words; empty if none may come.

    `centre` maps the words of the whole text to their weights.
    """
    norm = math.sqrt(sum(weight * weight for weight in centre.values())) or 1.0
    total = sum(centre.values()) or 1.0
    likeness = [sum(w * centre[word] for word, w in c.vector.items() if word in centre) / norm for c in candidates]
    own = [c.worth + COVERAGE * sum(centre[word] for word in c.vector if word in centre) / total for c in candidates]
    products, shared, repeated = _pairs(candidates, centre, total)
    best: tuple[float, tuple[int, ...]] = (-math.inf, ())

    def extend(chosen: tuple[int, ...], room: int, worth: float, alike: float, square: float) -> None:
        """Try each candidate after those chosen. `square` is the squared length of the sum of their vectors."""
        nonlocal best
        for index in range(chosen[-1] + 1 if chosen else 0, len(candidates)):
            candidate = candidates[index]
            if candidate.words > room or not repeated[index].isdisjoint(chosen):
                continue
            if candidate.needs and any(group.isdisjoint(chosen) for group in candidate.needs):
                continue
            now, near = worth + own[index], alike + likeness[index]
            length = square + products[index][index]
            if not chosen:
                now += candidate.opening
            for before in chosen:
                now -= shared[index][before]
                length += 2 * products[index][before]
            score = now + CENTRE * near / math.sqrt(length or 1.0)
            if score > best[0]:
                best = score, (*chosen, index)
            extend((*chosen, index), room - candidate.words, now, near, length)

    extend((), room, 0.0, 0.0, 0.0)
    return best[1]


def _pairs(
    candidates: Sequence[Candidate], centre: Mapping[str, float], total: float
) -> tuple[list[list[float]], list[list[float]], list[set[int]]]:
    """Compare each candidate with those before it.

    Return the products of their vectors, its own square last; the worth of what both cover; and those that it repeats.
    """
    products, shared, repeated = list[list[float]](), list[list[float]](), list[set[int]]()
    for index, candidate in enumerate(candidates):
        vector = candidate.vector
        products.append([])
        shared.append([])
        repeated.append(set())
        for before, other in enumerate(candidates[:index]):
            common = vector.keys() & other.vector.keys()
            products[index].append(sum([vector[word] * other.vector[word] for word in common]))
            shared[index].append(COVERAGE * sum([centre[word] for word in common if word in centre]) / total)
            if len(common) >= SAME * min(len(vector), len(other.vector)):
                repeated[index].add(before)
        products[index].append(sum([weight * weight for weight in vector.values()]))
    return products, shared, repeated
