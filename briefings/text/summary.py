"""Makes the extract of an article, and takes a summary from elsewhere only when `fact_check.py` finds it supported.

Promises of an extract: whole sentences of the text, verbatim and in its order, or the title. Never writes a word of its
own, never cuts a sentence, never lets a sentence stand without the one it points back to.

Of all sets of early sentences that fit, the one is taken that is closest to the article's words as a whole (TF-IDF) and
covers most of them, with a bonus for the lead. Choosing sentence by sentence, until the next did not fit, filled 46 of
60 words and scored 1.3 ROUGE-1 points lower. Graph algorithms scored 5 to 10 points below an article's first sentences.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from briefings.text.best_set import Candidate, best_set
from briefings.text.boilerplate import has_verb, is_statement, without_boilerplate
from briefings.text.english import AUXILIARIES, word_set
from briefings.text.fact_check import supported, unsupported
from briefings.text.sentences import OPENERS, join, split
from briefings.text.standing import (
    KINDS,
    is_closed,
    is_cut,
    leans,
    names_all,
    noun_taken_up,
    speaks,
    stands_alone,
    things_meant,
)
from briefings.text.words import comparable_words, count_words

__all__ = ["MOST_WORDS", "extract", "offered_or_extract", "supplied", "supported", "unsupported"]

MOST_WORDS = 60
"""Words of an article's summary."""

MOST_SUPPLIED = 150
"""Words of a summary that came without a text; a longer one is an article that a field's name calls a summary."""

# The worth of a set of sentences: likeness of all its words to the article's centre, the share of the centre's weight
# that it covers, a bonus for the first candidate and for a beginning that is clear by itself; less for each place down
# the text, for pointing back, for "we" and "you". The values are the middle of a plateau that cross-validation on
# FRANK, REALSumm, XSum and Spanish reports gave (tests/benchmarks/summaries.py), not its peak. Without the bonus
# for the lead, texts score 0.6 points more and hide every sixth lead.
LEAD, ALONE, POSITION, LEANING, SPEAKING = 1.0, 1.0, 0.1, 0.25, 0.2
CANDIDATES = 7
"""Sentences: only the first good ones are candidates."""

OPENINGS = 4
"""Sentences: only the first candidates are asked whether they are clear by themselves."""

FEWEST = 6
"""Words: a shorter sentence says too little."""

ECHO = 0.8
"""A sentence repeats the headline if they have this share of their words in common."""

_SCANNED = 3_000  # characters: later sentences never make the summary, and the limit bounds the work


_STOP_WORDS = OPENERS | AUXILIARIES | word_set("of into out up down than said says told new more also who whom")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that may stand in a summary.

    `leans` says that it points back to the sentence before; `things` are the things that must be named before it:
    of each the words that may name it.
    """

    text: str
    words: int
    bag: Counter[str]
    leans: bool
    things: tuple[frozenset[str], ...]


def offered_or_extract(offered: str | None, title: str, text: str, language: str) -> str:
    """Return the offered summary when it is short, whole, clear from its first sentence on, and the article supports
    it; otherwise an extract.

    `offered` is None when the article came without a summary. An unclear one is better than the title alone.
    """
    offered = (offered or "").strip()
    made = ""
    if offered and count_words(offered) <= MOST_WORDS and not is_cut(offered):
        if not stands_alone(split(offered, language)[0], language):
            made = extract(title, text, language, words=MOST_WORDS)
        if made in ("", title) and supported(offered, f"{title}\n{text}"):
            return offered
    return made or extract(title, text, language, words=MOST_WORDS)


def supplied(offered: str, title: str, language: str) -> str:
    """Return a summary that came without a text: all of it, or of a long one the first whole sentences that fit.

    Where the first sentence does not fit, return the title.
    """
    if count_words(offered) <= MOST_SUPPLIED:
        return offered
    room, sentences = MOST_SUPPLIED, list[str]()
    for sentence in split(offered, language):
        room -= count_words(sentence)
        if room < 0:
            break
        sentences.append(sentence)
    return join(sentences) or title


def extract(title: str, text: str, language: str | None = None, *, words: int = MOST_WORDS) -> str:
    """Return the best whole sentences of `text`, verbatim, in its order, at most `words` words in all.

    Where no sentence is good, return the shortest that fits; where none fits, the title. `language` is an ISO 639-1
    code, English by default.
    """
    pieces = split(text[:_SCANNED], language)
    if len(text) > _SCANNED:
        pieces = pieces[:-1]  # the limit may have cut the last one
    good = _good(title, pieces, language or "en")
    chosen = _choose(good, pieces, words, language or "en")
    chosen = chosen or next(([i] for i in good if good[i].words <= words), [])
    if chosen:
        return join(good[i].text for i in chosen)
    fitting = [text for text in _statements(pieces) if count_words(text) <= words and is_closed(text)]
    return min(fitting, key=count_words, default=title)


def _statements(pieces: Sequence[str]) -> Iterator[str]:
    small = all(piece == piece.lower() for piece in pieces)
    for place, piece in enumerate(pieces):
        statement = without_boilerplate(piece, place == 0)
        if is_statement(statement, first=place == 0, small=small) and not is_cut(statement):
            yield statement


def _good(title: str, pieces: Sequence[str], language: str) -> dict[int, _Sentence]:
    """Return the candidates by their place: statements that are clear, no echo of the title and no repetition.

    A lead that repeats the headline stays if the next sentence would be unclear without it.
    """
    headline, seen, is_speech = _bag(title), set[str](), False
    good: dict[int, _Sentence] = {}
    for place, text in enumerate(_statements(pieces)):
        words = count_words(text)
        is_speech = not is_closed(text) or (is_speech and speaks(text))  # a quotation may go on without marks
        if words >= FEWEST and text not in seen and not is_speech and has_verb(text, language):
            things = (*(KINDS[thing] for thing in things_meant(text, not place)), *_taken_up(text, seen, headline))
            good[place] = _Sentence(text, words, _bag(text), leans(text, not place), things)
            if _echoes(good[place], headline, title) and place:
                del good[place]
            if len(good) == CANDIDATES:
                break
        seen.add(text)
    if 0 in good and _echoes(good[0], headline, title):
        after = good.get(1)
        if after is None or not (after.leans or after.things):
            del good[0]
    return good


def _taken_up(sentence: str, before: set[str], headline: Counter[str]) -> Iterator[frozenset[str]]:
    """Yield the forms of the noun that a sentence takes up ("The groups, which …") from one before it.

    A noun of the headline is clear by it.
    """
    if before and (noun := noun_taken_up(sentence)):
        stem = noun.removesuffix("s")
        forms = frozenset({stem, f"{stem}s"})
        if forms.isdisjoint(headline) and any(stem in other and not forms.isdisjoint(_bag(other)) for other in before):
            yield forms


def _echoes(sentence: _Sentence, headline: Counter[str], title: str) -> bool:
    """True if a sentence repeats the headline. A title that was made from the sentence itself is no headline."""
    is_made_of_it = (
        is_statement(title) if sentence.text == title else sentence.text.startswith(f"{title.rstrip(' .…')} ")
    )
    if not headline or is_made_of_it:
        return False
    return len(sentence.bag.keys() & headline.keys()) >= ECHO * len(sentence.bag.keys() | headline.keys())


def _bag(text: str) -> Counter[str]:
    return Counter(word for word in comparable_words(text, compounds=False) if word not in _STOP_WORDS)


def _choose(good: dict[int, _Sentence], pieces: Sequence[str], room: int, language: str) -> list[int]:
    """Return the places of the best set of clear sentences that fits into `room` words; empty if no set is clear."""
    rarity, centre = _centre(pieces)
    sentences, places = list(good.values()), list(good)
    candidates = [
        Candidate(
            sentence.words,
            *_worths(sentence, index, language),
            {word: count * rarity[word] for word, count in sentence.bag.items() if word in rarity},
            _needs(sentence, sentences[:index], index - 1 if places[index] - 1 in good else None),
        )
        for index, sentence in enumerate(sentences)
    ]
    return [places[index] for index in best_set(candidates, centre, room)]


def _worths(sentence: _Sentence, order: int, language: str) -> tuple[float, float]:
    """Return the worth of a sentence of its own, and what is added where it opens the extract."""
    leaning = sentence.leans or bool(things_meant(sentence.text, lead=True))
    speaking = speaks(sentence.text)
    worth = -POSITION * order - LEANING * leaning - SPEAKING * speaking
    if order >= OPENINGS or leaning or speaking or not names_all(sentence.text, language):
        return worth, 0.0
    return worth, ALONE if order else ALONE + LEAD


def _needs(sentence: _Sentence, before: Sequence[_Sentence], last: int | None) -> tuple[frozenset[int], ...]:
    """Return, for each thing that a sentence leaves unclear, the candidates before it that would make it clear.

    `last` is the one directly before it, which makes everything clear; None if that is no candidate.
    """
    directly = frozenset[int]() if last is None else frozenset({last})
    if sentence.leans:
        return (directly,)
    return tuple(
        directly.union(index for index, other in enumerate(before) if thing & other.bag.keys())
        for thing in sentence.things
    )


def _centre(pieces: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the rarity of each word, its inverse sentence frequency, and the centre: each word's uses times it."""
    spread, centre = Counter[str](), Counter[str]()  # word → sentences that hold it, and its uses
    split_pieces = [comparable_words(piece, compounds=False) for piece in pieces]
    for words in [words for words in split_pieces if len(words) >= FEWEST] or split_pieces:
        spread.update(set(words))
        centre.update(words)
    by_spread = [math.log(1 + len(pieces) / max(n, 1)) for n in range(len(pieces) + 1)]
    rarity = {word: by_spread[n] for word, n in spread.items() if word not in _STOP_WORDS}
    return rarity, {word: centre[word] * weight for word, weight in rarity.items()}
