"""A word that a pattern matched without regard to case is found in the word lists."""

from __future__ import annotations

import re
import sys

import pytest

from briefings.text.english import MONTHS, SCALES, SMALL_NUMBERS, TENS, WEEKDAYS, fold_case

LETTERS = sorted(set("".join((*MONTHS, *WEEKDAYS, *SMALL_NUMBERS, *TENS, *SCALES)).lower()))
EVERY_CHARACTER = "".join(map(chr, range(sys.maxunicode + 1)))


@pytest.mark.parametrize("letter", LETTERS)
def test_folding_gives_the_letter_for_every_character_that_matches_it(letter: str) -> None:
    matches = re.findall(letter, EVERY_CHARACTER, re.IGNORECASE)
    assert {fold_case(character) for character in matches} == {letter}
