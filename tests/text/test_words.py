"""Words are found, compared and counted in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.text.words import comparable, comparable_words, count_words, find_words, stands_apart

ODD = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("aB-'’ भार्ी ัก中国の한글\u200c\u0301والم٤S4")), max_size=40
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("Don't wait – S-400s", ["Don't", "wait", "S-400s"], id="english"),
        pytest.param("a_b, 12.5", ["a", "b", "12", "5"], id="underscore-and-point"),
        pytest.param("cafe\u0301 l’été", ["cafe\u0301", "l’été"], id="accents-set-apart"),
        pytest.param("भारत में आपूर्ति", ["भारत", "में", "आपूर्ति"], id="hindi"),
        pytest.param("நாடாளுமன்றம் கூடியது", ["நாடாளுமன்றம்", "கூடியது"], id="tamil"),
        pytest.param("می‌خواهم بروم", ["می‌خواهم", "بروم"], id="persian-with-a-joiner"),
        pytest.param("שָׁלוֹם עולם", ["שָׁלוֹם", "עולם"], id="hebrew-with-vowels"),
        pytest.param("他说了。好", ["他说", "说了", "好"], id="chinese"),
        pytest.param("购买S-400吗", ["购买", "S-400", "吗"], id="latin-inside-chinese"),
        pytest.param("港の倉庫", ["港の", "の倉", "倉庫"], id="japanese"),
        pytest.param("ที่ไฟ", ["ที่ไ", "ไฟ"], id="thai-with-tone-marks"),
        pytest.param("កម្ពុជា", ["កម្", "ម្ពុ", "ពុជា"], id="khmer"),
        pytest.param("대통령은 4명", ["대통", "통령", "령은", "4", "명"], id="korean"),
        pytest.param("𠮷野家", ["𠮷野", "野家"], id="rare-han"),
    ],
)
def test_words_of_every_script_stay_whole(text: str, words: list[str]) -> None:
    assert find_words(text) == words


@pytest.mark.parametrize("text", ["well-known man’s", "well-known man’s भारत"])
def test_hyphens_and_apostrophes_part_words_if_asked(text: str) -> None:
    assert find_words(text, compounds=False)[:4] == ["well", "known", "man", "s"]


@pytest.mark.parametrize(
    ("word", "other"),
    [
        pytest.param("Straße", "STRASSE", id="case"),
        pytest.param("cafe\u0301", "café", id="accent"),
        pytest.param("Ｓ４００", "S400", id="width"),
        pytest.param("٤٠٠", "400", id="arabic-digits"),
        pytest.param("१२", "12", id="hindi-digits"),
        pytest.param("क\u093c", "\u0958", id="hindi-dot-below"),
        pytest.param("unortho\u00addox", "unorthodox", id="soft-hyphen"),
        pytest.param("می‌خواهم", "میخواهم", id="joiner"),
        pytest.param("الاتفاق", "اتفاق", id="article"),
        pytest.param("والاتفاق", "اتفاق", id="and-the"),
        pytest.param("بالاتفاق", "اتفاق", id="with-the"),
        pytest.param("كالاتفاق", "اتفاق", id="like-the"),
        pytest.param("فالاتفاق", "اتفاق", id="so-the"),
        pytest.param("للاتفاق", "اتفاق", id="for-the"),
        pytest.param("وللاتفاق", "اتفاق", id="and-for-the"),
        pytest.param("اتِّفاق", "اتفاق", id="short-vowels"),
        pytest.param("اتفـــاق", "اتفاق", id="stretched"),
        pytest.param("الأمريكية", "امريكيه", id="alef-and-end"),
    ],
)
def test_spellings_of_one_word_compare_equal(word: str, other: str) -> None:
    assert comparable(word) == comparable(other)
    assert comparable_words(word) == comparable_words(other)


@pytest.mark.parametrize(
    ("word", "other"),
    [("الله", "له"), ("بال", ""), ("والد", "د"), ("भारत", "भरत"), ("मत", "मात"), ("naïve", "naive"), ("وقال", "قال")],
)
def test_different_words_do_not_compare_equal(word: str, other: str) -> None:
    assert comparable(word) != comparable(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("two words", 2),
        ("S-400 – now", 3),
        ("他说了吗", 2),
        ("他说：“购买S-400。”", 3),
        ("भारत ने कहा", 3),
        ("대통령은 서울에", 2),
        ("ไฟไหม้โกดัง", 5),
    ],
)
def test_words_are_counted_as_readers_count_them(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param("the [pact] holds", True, id="word"),
        pytest.param("the im[pact] holds", False, id="end-of-a-word"),
        pytest.param("[S-400]0", False, id="number-goes-on"),
        pytest.param("([S-400])", True, id="brackets"),
        pytest.param("[भारत] में", True, id="hindi-word"),
        pytest.param("[भारत]ीय", False, id="hindi-vowel-sign"),
        pytest.param("[cafe]\u0301", False, id="accent"),
        pytest.param("在[北京]说", True, id="inside-chinese"),
        pytest.param("购买[S-400]吗", True, id="latin-inside-chinese"),
        pytest.param("ไ[ฟไหม]้", False, id="thai-tone-mark"),
        pytest.param("[서울]은", True, id="korean-particle"),
        pytest.param("남[서울]", False, id="end-of-a-korean-word"),
        pytest.param("[4]명", True, id="number-before-korean"),
    ],
)
def test_a_piece_stands_apart_at_the_borders_of_words(marked: str, expected: bool) -> None:
    text = marked.replace("[", "").replace("]", "")
    assert stands_apart(text, marked.index("["), marked.index("]") - 1) is expected


@given(ODD)
def test_words_stand_in_the_text_and_hold_all_its_letters(text: str) -> None:
    words = find_words(text)
    assert all(word in text for word in words)
    assert {letter for letter in text if letter.isalnum()} == {x for word in words for x in word if x.isalnum()}
    assert comparable_words(text) == [comparable(word) for word in words]


@given(ODD)
def test_a_word_counts_the_same_alone_and_among_others(text: str) -> None:
    assert count_words(f"{text} one") == count_words(text) + 1
    assert 0 <= count_words(text) <= len(text)
