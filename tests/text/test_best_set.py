"""Of all sets of sentences that fit, the one closest to the whole text is taken."""

from __future__ import annotations

import math
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from briefings.text.best_set import CENTRE, COVERAGE, SAME, Candidate, best_set

CENTRE_OF_TEXT = {"harbour": 4.0, "accord": 3.0, "ferry": 2.0, "storm": 1.0}


def _candidate(words: int, vector: str, *, needs: tuple[frozenset[int], ...] = (), opening: float = 0.0) -> Candidate:
    return Candidate(words, 0.0, opening, dict.fromkeys(vector.split(), 1.0), needs)


def test_sentences_that_cover_more_of_the_text_together_win() -> None:
    candidates = [_candidate(20, "harbour accord"), _candidate(20, "harbour storm"), _candidate(20, "ferry storm")]
    assert best_set(candidates, CENTRE_OF_TEXT, 40) == (0, 2)


def test_a_sentence_that_does_not_fit_is_passed_over() -> None:
    candidates = [_candidate(30, "harbour"), _candidate(31, "accord"), _candidate(10, "storm")]
    assert best_set(candidates, CENTRE_OF_TEXT, 40) == (0, 2)


def test_a_sentence_comes_only_after_one_that_it_needs() -> None:
    needy = _candidate(5, "accord", needs=(frozenset({0}),))
    assert best_set([_candidate(50, "storm"), needy], CENTRE_OF_TEXT, 20) == ()
    assert best_set([_candidate(10, "storm"), needy], CENTRE_OF_TEXT, 20) == (0, 1)


def test_sentences_that_repeat_each_other_are_not_both_taken() -> None:
    assert len(best_set([_candidate(5, "harbour accord"), _candidate(5, "accord harbour")], CENTRE_OF_TEXT, 20)) == 1


def test_a_good_opening_comes_first() -> None:
    candidates = [_candidate(20, "accord harbour"), _candidate(20, "harbour ferry", opening=2.0)]
    assert best_set(candidates, CENTRE_OF_TEXT, 20) == (1,)


def test_nothing_is_chosen_from_nothing() -> None:
    assert best_set([], CENTRE_OF_TEXT, 20) == ()
    assert best_set([_candidate(5, "unknown")], {}, 20) == (0,)


WORDS = st.frozensets(st.sampled_from("abcdefg"), min_size=1)


@given(st.lists(st.tuples(st.integers(1, 30), WORDS, st.floats(0, 2)), max_size=6), st.integers(0, 60))
def test_no_other_set_that_fits_is_worth_more(sentences: list[tuple[int, frozenset[str], float]], room: int) -> None:
    centre = dict(zip("abcdef", range(1, 7), strict=True))
    candidates = [Candidate(n, -0.1, opening, dict.fromkeys(words, 1.0), ()) for n, words, opening in sentences]

    def worth(chosen: tuple[int, ...]) -> float:
        bags = [candidates[index].vector for index in chosen]
        together = {word: sum(word in bag for bag in bags) for bag in bags for word in bag}
        alike = sum(n * centre.get(word, 0) for word, n in together.items())
        length = math.sqrt(sum(n * n for n in together.values()) * sum(w * w for w in centre.values()))
        covered = sum(centre.get(word, 0) for bag in bags for word in bag) - sum(
            centre.get(word, 0) for a, b in combinations(bags, 2) for word in a.keys() & b.keys()
        )
        own = sum(candidates[index].worth for index in chosen) + candidates[chosen[0]].opening
        return own + CENTRE * alike / length + COVERAGE * covered / sum(centre.values())

    def is_allowed(chosen: tuple[int, ...]) -> bool:
        pairs = [(candidates[a].vector.keys(), candidates[b].vector.keys()) for a, b in combinations(chosen, 2)]
        fits = sum(candidates[index].words for index in chosen) <= room
        return fits and all(len(a & b) < SAME * min(len(a), len(b)) for a, b in pairs)

    indices = range(len(candidates))
    allowed = [c for size in range(1, 7) for c in combinations(indices, size) if is_allowed(c)]
    chosen = best_set(candidates, centre, room)
    assert bool(chosen) == bool(allowed)
    if chosen:
        assert is_allowed(chosen)
        assert worth(chosen) >= max(map(worth, allowed)) - 1e-9
