"""Makes the extract of an article, and takes a summary from elsewhere only when `fact_check.py` finds it supported.

Promises of an extract: whole sentences of the text, verbatim and in its order, or the title. Never writes a word of its
own, never cuts a sentence, never lets a sentence stand without the one it points back to.

The method is position: graph algorithms scored 5 to 10 ROUGE points below the first sentences of an article, which
cleaning and a TF-IDF centroid only refine. So the summary ends where the next best sentence does not fit, and does not
look for a shorter one further down.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from briefings.text.boilerplate import has_verb, is_statement, without_boilerplate
from briefings.text.fact_check import supported, unsupported
from briefings.text.sentences import OPENERS, count_words, split
from briefings.text.standing import KINDS, is_closed, is_cut, leans, speaks, things_meant
from briefings.text.words import AUXILIARIES, word_set

__all__ = ["MOST_WORDS", "extract", "offered_or_extract", "supplied", "supported", "unsupported"]

MOST_WORDS = 60
"""Words of an article's summary."""

MOST_SUPPLIED = 150
"""Words of a summary that came without a text; a longer one is an article that a field's name calls a summary."""

# The cost of a sentence: each place down the text, pointing back, "we" and "you". Likeness to the whole article
# (CENTRE) lowers it. The values are the middle of a plateau that cross-validation on FRANK, REALSumm and XSum gave
# (tests/benchmarks/summaries.py), not its peak. A preference for short sentences lowered every score.
POSITION, CENTRE, LEANING, SPEAKING = 0.25, 0.8, 0.25, 0.2
CANDIDATES = 6
"""Sentences: only the first good ones are candidates."""

FEWEST = 6
"""Words: a shorter sentence says too little."""

ECHO = 0.8
"""A sentence repeats the headline if they have this share of their words in common."""

SAME = 0.7
"""A sentence repeats another if this share of the shorter one's words stands in the longer."""

_SCANNED = 3_000  # characters: later sentences never make the summary, and the limit bounds the work
_WORD = re.compile(r"[^\W_]+")


_STOP_WORDS = OPENERS | AUXILIARIES | word_set("of into out up down than said says told new more also who whom")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that may stand in a summary.

    `leans` says that it points back to the sentence before; `things` are the things that must be named before it.
    """

    text: str
    words: int
    bag: Counter[str]
    leans: bool
    things: tuple[str, ...]


def offered_or_extract(offered: str | None, title: str, text: str, language: str) -> str:
    """Return the offered summary when it is short and the article supports it, otherwise an extract.

    `offered` is None when the article came without a summary.
    """
    offered = (offered or "").strip()
    if offered and len(offered.split()) <= MOST_WORDS and supported(offered, f"{title}\n{text}"):
        return offered
    return extract(title, text, language, words=MOST_WORDS)


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
    return " ".join(sentences) or title


def extract(title: str, text: str, language: str | None = None, *, words: int = MOST_WORDS) -> str:
    """Return the best whole sentences of `text`, verbatim, in its order, at most `words` words in all.

    Where no sentence is good, return the shortest that fits; where none fits, the title. `language` is an ISO 639-1
    code, English by default.
    """
    pieces = split(text[:_SCANNED], language)
    if len(text) > _SCANNED:
        pieces = pieces[:-1]  # the limit may have cut the last one
    good = _good(title, pieces, language or "en")
    chosen = _choose(good, _costs(good, pieces), words) or next(([i] for i in good if good[i].words <= words), [])
    if chosen:
        return " ".join(good[i].text for i in sorted(chosen))
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
            good[place] = _Sentence(text, words, _bag(text), leans(text, not place), things_meant(text, not place))
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


def _echoes(sentence: _Sentence, headline: Counter[str], title: str) -> bool:
    """True if a sentence repeats the headline. A title that was made from the sentence itself is no headline."""
    is_made_of_it = (
        is_statement(title) if sentence.text == title else sentence.text.startswith(f"{title.rstrip(' .…')} ")
    )
    if not headline or is_made_of_it:
        return False
    return len(sentence.bag.keys() & headline.keys()) >= ECHO * len(sentence.bag.keys() | headline.keys())


def _bag(text: str) -> Counter[str]:
    return Counter(word for word in _WORD.findall(text.casefold()) if word not in _STOP_WORDS)


def _choose(good: dict[int, _Sentence], costs: dict[int, float], room: int) -> list[int]:
    """Take the cheapest clear sentence again and again until the next one does not fit into `room` words."""
    chosen: list[int] = []
    while clear := [place for place in costs if _is_clear(place, good, chosen)]:
        best = min(clear, key=costs.__getitem__)
        del costs[best]
        if any(_repeats(good[best].bag, good[place].bag) for place in chosen):
            continue
        if good[best].words <= room:
            chosen.append(best)
            room -= good[best].words
        elif chosen:
            break
    return chosen


def _repeats(bag: Counter[str], other: Counter[str]) -> bool:
    """True if the shorter of two sentences says little that the longer does not."""
    return len(bag.keys() & other.keys()) >= SAME * min(len(bag), len(other))


def _is_clear(place: int, good: dict[int, _Sentence], chosen: Collection[int]) -> bool:
    """True if the sentence before is chosen, or the sentence needs none and its things were named."""
    sentence = good[place]
    if place - 1 in chosen:
        return True
    words_before = {word for before in chosen if before < place for word in good[before].bag}
    return not sentence.leans and all(KINDS[thing] & words_before for thing in sentence.things)


def _costs(good: dict[int, _Sentence], pieces: Sequence[str]) -> dict[int, float]:
    """Return the cost of each candidate: low if it is early, clear by itself and close to the article's centre.

    The centre is the article's words, each weighted by its inverse sentence frequency (TF-IDF).
    """
    spread, centre = Counter[str](), Counter[str]()  # word → sentences that hold it, and its uses
    for piece in pieces:
        words = _WORD.findall(piece.casefold())
        if len(words) >= FEWEST:
            spread.update(set(words))
            centre.update(words)
    rarity = [math.log(1 + len(pieces) / max(n, 1)) ** 2 for n in range(len(pieces) + 1)]
    weight = {word: rarity[n] for word, n in spread.items() if word not in _STOP_WORDS}
    norm = math.sqrt(sum(centre[word] ** 2 * rarity_of_word for word, rarity_of_word in weight.items()))

    def cost(order: int, sentence: _Sentence) -> float:
        weighted = [(word, count) for word, count in sentence.bag.items() if word in weight]
        dot = sum(count * centre[word] * weight[word] for word, count in weighted)
        size = math.sqrt(sum(count * count * weight[word] for word, count in weighted))
        leaning = sentence.leans or bool(things_meant(sentence.text, True))
        return (
            POSITION * order
            - CENTRE * dot / (size * norm or 1.0)
            + LEANING * leaning
            + SPEAKING * speaks(sentence.text)
        )

    return {place: cost(order, sentence) for order, (place, sentence) in enumerate(good.items())}
