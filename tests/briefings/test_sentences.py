"""Where sentences end: one line a case, `|` marks the ends."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.sentences import count_words, split

CASES = [
    ("plain", "It rained.| We stayed."),
    ("dotted-country-within", "The U.S. President met him.| Then he left."),
    ("dotted-country-at-the-end", "Ties with the U.S.| The pact holds."),
    ("dotted-then-but", "He flew to the U.K.| But it rained."),
    ("under-secretary", "U.S. Under Secretary Lee came.| Under the deal it ends."),
    ("ranks", "Lt. Gen. Ray and Col. Po met Mr. Rao.| They agreed."),
    ("initials", "J. D. Vance met A. B. Rao.| He left."),
    ("designation", "S-400 units came.| Su-57 did not."),
    ("month", "He comes on Dec. 4–5.| She stays."),
    ("month-opener", "It was signed in Dec.| The rest followed."),
    ("number-sign", "He sat in No. 5.| She sat down."),
    ("plain-no", "She said no.| Five left."),
    ("latin", "Some, e.g. Kargil, i.e. Ladakh, vs. Pakistan.| Next."),
    ("decimals", "It cost 3.5 million.| It sank."),
    ("clock-day", "It began at 5 p.m. Monday.| It ended."),
    ("clock-end", "It began at 5 p.m.| The talks ended."),
    ("company", "Acme Corp. Chairman Po left.| Acme Inc.| The firm fell."),
    ("quote-after-stop", "It was a “tested partnership.”| He left."),
    ("bracket-after-stop", "(It rained.)| We stayed."),
    ("quote-before-stop", "He said “no”.| She left."),
    ("question-he-asked", "“Why?” he asked.| Nobody knew!| All left."),
    ("ellipsis", "He waited…| Then he left... and came back.| He sat..."),
    ("ordinary-words-that-look-short", "He fell ill.| Putin left.| We saw the sun.| Rain came.| We did it.| Po won."),
    ("address", "See example.com/a.b and www.example.org.uk now.| Then go."),
    ("glued", "They signed the deal.|The two met."),
    ("list-number", "1. Russia signs.| 2. India waits."),
    ("year", "It ended in 2025.| Moscow waited."),
    ("tokenised", "he came .| she left ."),
    ("danda", "भारत ने कहा।| रूस ने माना।"),
    ("chinese", "他说了。|她走了！|真的？"),
    ("arabic", "قال نعم؟| ثم ذهب."),
    ("no-stop", "A line without an end"),
]


@pytest.mark.parametrize("marked", [pytest.param(text, id=name) for name, text in CASES])
def test_sentence_ends(marked: str) -> None:
    assert split(marked.replace("|", "")) == [piece.strip() for piece in marked.split("|")]


def test_a_line_end_ends_a_sentence() -> None:
    assert split("A heading\nThe text begins\n\nand ends.") == ["A heading", "The text begins", "and ends."]


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        pytest.param("de", "Am 3. Dezember kam Dr. Rau.| Er ging.", id="german-ordinal"),
        pytest.param("ru", "Он родился в 1950 г. в Москве.| Потом уехал.", id="russian-year"),
    ],
)
def test_other_languages(language: str, marked: str) -> None:
    assert split(marked.replace("|", ""), language) == [piece.strip() for piece in marked.split("|")]


@given(st.text(alphabet=st.sampled_from('aB .!?…"”)(\n。5U')), st.sampled_from(["en", "de", "xx"]))
def test_nothing_is_lost_or_altered(text: str, language: str) -> None:
    pieces = split(text, language)
    assert "".join("".join(piece.split()) for piece in pieces) == "".join(text.split())
    assert all(piece in text and piece == piece.strip() and piece for piece in pieces)


@given(st.text())
def test_any_text_splits(text: str) -> None:
    assert re.sub(r"\s", "", "".join(split(text))) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(("text", "words"), [("", 0), ("two words", 2), ("他说了吗", 3), ("S-400 – now", 3)])
def test_words(text: str, words: int) -> None:
    assert count_words(text) == words
