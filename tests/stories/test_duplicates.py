"""The golden set of copies and of what only looks like one; and what holds for any two texts."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.stories.duplicates import (
    CROWD,
    FEWEST_COMMON,
    SKETCH,
    WINDOW_DAYS,
    Originals,
    Report,
    announced,
    is_copy,
    likeness,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "copies.json").read_text())
ORIGINALS = {
    name: Report(given["title"], "\n\n".join(given["text"]), given["source"])
    for name, given in GOLDEN["reports"].items()
}


def _report(case):
    """A case's report; a number in its text is a paragraph of the original."""
    paragraphs = GOLDEN["reports"][case["of"]]["text"]
    text = [part if isinstance(part, str) else paragraphs[part] for part in case["text"]]
    return Report(case["title"], "\n\n".join(text), case.get("source", "Another Paper"))


CASES = [pytest.param(_report(case), ORIGINALS[case["of"]], case["copy"], id=case["id"]) for case in GOLDEN["cases"]]
COPIES = [pytest.param(*case.values[:2], id=case.id) for case in CASES if case.values[2]]


@pytest.mark.parametrize(("one", "original", "copy"), CASES)
def test_a_copy_says_nothing_but_what_its_original_says_in_its_words(one, original, copy):
    assert is_copy(one, original) is copy


@pytest.mark.parametrize(("one", "original"), COPIES)
def test_a_copy_is_found_by_its_sketch_among_the_others(one, original):
    names = list(ORIGINALS)
    rows = [(shingle, 100, n) for n, name in enumerate(names) for shingle in sketch(ORIGINALS[name].text)]
    assert names[Originals(rows).near(sketch(one.text), 100 + WINDOW_DAYS)[0]] == next(
        name for name in names if ORIGINALS[name] is original
    )


def test_no_original_of_the_set_is_a_copy_of_another():
    assert not any(is_copy(a, b) for a in ORIGINALS.values() for b in ORIGINALS.values() if a is not b)


# Sketches


def sketch(text):
    return Report("", text, "").sketch


PORT = ORIGINALS["port"].text


def test_a_sketch_is_the_same_in_every_process_and_on_every_machine():
    assert sketch(PORT)[:3] == (65713722, 78645511, 107288518)


def test_a_text_too_short_has_no_sketch():
    assert sketch("Too short a text to be known by.") == ()


@pytest.mark.parametrize(
    ("day", "found"), [(93, [1]), (100, [1]), (107, [1]), (92, []), (108, [])], ids=lambda value: str(value)
)
def test_originals_are_looked_for_within_a_week_on_either_side(day, found):
    assert Originals((shingle, 100, 1) for shingle in sketch(PORT)).near(sketch(PORT), day) == found


def test_one_phrase_in_common_is_no_likeness():
    assert Originals([(sketch(PORT)[0], 100, 1)]).near(sketch(PORT), 100) == []


def test_what_shares_more_comes_first_then_what_was_kept_first():
    whole = sketch(PORT)
    rows = [(s, 100, 7) for s in whole[:3]] + [(s, 100, 5) for s in whole[:3]] + [(s, 100, 9) for s in whole[:8]]
    assert Originals(rows).near(whole, 100) == [9, 5, 7]


def test_a_phrase_that_everybody_uses_finds_nobody_new():
    shingle, *others = sketch(PORT)
    originals = Originals((shingle, 100, n) for n in range(CROWD))
    assert originals.add([shingle, *others], 100, 99) == others
    assert originals.add([shingle], 100 + WINDOW_DAYS + 1, 99) == [shingle], "a week later it may tell something"


WORDS = st.lists(st.sampled_from("port ship grain 12 Tuesday Norvell the of 7.5 – ü 港 \ud800".split()), max_size=80)
TEXTS = st.one_of(st.text(max_size=400), WORDS.map(" ".join))


@settings(deadline=None)
@given(TEXTS)
def test_any_text_has_a_sketch_of_few_numbers(text):
    shingles = sketch(text)
    assert len(shingles) <= SKETCH
    assert list(shingles) == sorted(set(shingles))
    assert all(0 <= shingle < 2**32 for shingle in shingles)


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_no_two_texts_cannot_be_compared(one, other, title):
    assert 0 <= likeness(Report("", one, ""), Report("", other, "")) <= 1
    assert is_copy(Report(title, one, "A"), Report(title, other, "")) in (True, False)
    assert isinstance(announced(Report(title, one, ""), Report(one, title, "")), list)


@settings(deadline=None)
@given(WORDS.filter(lambda words: len(words) >= 50).map(" ".join))
def test_every_text_long_enough_is_a_copy_of_itself_and_is_found(text):
    same = Report("", text, "")
    if sketch(text):
        assert is_copy(same, same)
    if len(sketch(text)) >= FEWEST_COMMON:
        assert Originals((shingle, 1, 5) for shingle in sketch(text)).near(sketch(text), 1) == [5]
