"""The golden set of copies and of reports that only look like one; and properties of any two texts."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.stories.duplicates import (
    COMMON_IN,
    FEWEST_COMMON,
    SKETCH,
    WINDOW_DAYS,
    Originals,
    ReportText,
    headline_additions,
    is_copy,
    likeness,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "copies.json").read_text())
ORIGINALS = {
    name: ReportText(given["title"], "\n\n".join(given["text"]), given["source"])
    for name, given in GOLDEN["reports"].items()
}


def _report(case):
    """Returns a case's report. A number in its text stands for that paragraph of the original."""
    paragraphs = GOLDEN["reports"][case["of"]]["text"]
    text = [part if isinstance(part, str) else paragraphs[part] for part in case["text"]]
    return ReportText(case["title"], "\n\n".join(text), case.get("source", "Another Paper"))


CASES = [pytest.param(_report(case), ORIGINALS[case["of"]], case["copy"], id=case["id"]) for case in GOLDEN["cases"]]
COPIES = [pytest.param(*case.values[:2], id=case.id) for case in CASES if case.values[2]]


@pytest.mark.parametrize(("report", "original", "expected"), CASES)
def test_a_copy_says_nothing_but_what_its_original_says_in_its_words(report, original, expected):
    assert is_copy(report, original) is expected


@pytest.mark.parametrize(("report", "original"), COPIES)
def test_a_sketch_finds_the_original_of_a_copy_among_the_others(report, original):
    names = list(ORIGINALS)
    rows = [(shingle, 100, n) for n, name in enumerate(names) for shingle in sketch(ORIGINALS[name].text)]
    assert names[Originals(rows).near(sketch(report.text), 100 + WINDOW_DAYS)[0]] == next(
        name for name in names if ORIGINALS[name] is original
    )


def test_no_original_of_the_set_is_a_copy_of_another():
    assert not any(is_copy(a, b) for a in ORIGINALS.values() for b in ORIGINALS.values() if a is not b)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("भारत की आपूर्ति", ["भारत", "की", "आपूर्ति"]),
        ("他说1,200吨", ["他", "说", "1,200", "吨"]),
        ("The port_a, 7.5", ["the", "port_a", "7.5"]),
        ("ที่ไฟ", ["ที่", "ไ", "ฟ"]),
    ],
)
def test_texts_are_compared_by_words_or_by_letters_where_there_are_no_blanks(text, words):
    assert ReportText("", text, "").folded == words


# Sketches


def sketch(text):
    return ReportText("", text, "").sketch


PORT = ORIGINALS["port"].text


def test_a_sketch_is_the_same_in_every_process_and_on_every_machine():
    assert sketch(PORT)[:3] == (65713722, 78645511, 107288518)


def test_a_text_that_is_too_short_has_no_sketch():
    assert sketch("Too short a text to be known by.") == ()


@pytest.mark.parametrize(
    ("day", "numbers"), [(93, [1]), (100, [1]), (107, [1]), (92, []), (108, [])], ids=lambda value: str(value)
)
def test_originals_are_searched_within_a_week_on_either_side(day, numbers):
    assert Originals((shingle, 100, 1) for shingle in sketch(PORT)).near(sketch(PORT), day) == numbers


def test_one_common_phrase_does_not_find_an_original():
    assert Originals([(sketch(PORT)[0], 100, 1)]).near(sketch(PORT), 100) == []


def test_originals_that_share_more_come_first_and_of_equals_the_older():
    whole = sketch(PORT)
    rows = [(s, 100, 7) for s in whole[:3]] + [(s, 100, 5) for s in whole[:3]] + [(s, 100, 9) for s in whole[:8]]
    assert Originals(rows).near(whole, 100) == [9, 5, 7]


def test_a_phrase_of_many_originals_is_not_noted_again_within_the_window():
    shingle, *others = sketch(PORT)
    originals = Originals((shingle, 100, n) for n in range(COMMON_IN))
    assert originals.add([shingle, *others], 100, 99) == others
    assert originals.add([shingle], 100 + WINDOW_DAYS + 1, 99) == [shingle], "beyond the window it is rare again"


WORDS = st.lists(st.sampled_from("port ship grain 12 Tuesday Norvell the of 7.5 – ü 港 \ud800".split()), max_size=80)
TEXTS = st.one_of(st.text(max_size=400), WORDS.map(" ".join))


@settings(deadline=None)
@given(TEXTS)
def test_a_sketch_is_a_few_sorted_32_bit_numbers(text):
    shingles = sketch(text)
    assert len(shingles) <= SKETCH
    assert list(shingles) == sorted(set(shingles))
    assert all(0 <= shingle < 2**32 for shingle in shingles)


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_any_two_texts_can_be_compared(text, other, title):
    assert 0 <= likeness(ReportText("", text, ""), ReportText("", other, "")) <= 1
    assert is_copy(ReportText(title, text, "A"), ReportText(title, other, "")) in (True, False)
    assert isinstance(headline_additions(ReportText(title, text, ""), ReportText(text, title, "")), list)


@settings(deadline=None)
@given(WORDS.filter(lambda words: len(words) >= 50).map(" ".join))
def test_a_text_of_enough_words_is_a_copy_of_itself_and_its_sketch_finds_it(text):
    same = ReportText("", text, "")
    if sketch(text):
        assert is_copy(same, same)
    if len(sketch(text)) >= FEWEST_COMMON:
        assert Originals((shingle, 1, 5) for shingle in sketch(text)).near(sketch(text), 1) == [5]
