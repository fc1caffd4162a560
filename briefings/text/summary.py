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
from briefings.text.english import AUXILIARIES, MONTHS, SHORT_MONTHS, WEEKDAYS, any_of, fold_case, word_set
from briefings.text.fact_check import supported, unsupported
from briefings.text.sentences import OPENERS, join, split
from briefings.text.words import comparable_words, count_words, find_words

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


_STOP_WORDS = OPENERS | AUXILIARIES | word_set("of into out up down than said says told new more also who whom")
# Beginnings that point back to the sentence before and are not clear without it.
_POINTING = re.compile(
    r"[\"'“‘(`]*(?:(?:he|she|it|they|this|that|these|those(?! who)|such|his|her|its|their|him|them|but|however|"
    r"meanwhile|also|so|and|or|yet|then|instead|moreover|furthermore|additionally|nevertheless|nonetheless|still|here|"
    r"there(?! (?:is|are|was|were|has|have)\b)|both(?! \w+ and)|neither(?! \w+ nor)|another(?! [\d$€£])|others|"
    r"secondly|thirdly|finally|similarly|therefore|thus|hence|otherwise|earlier|later|in addition|as a result|"
    r"for (?:example|instance)|in turn|by contrast|what['’]s more|on the other hand|at the same time)\b"
    r"|the (?-i:first|second|third|fourth|fifth|rest)(?:,| (?:and|is|are|was|were|ones?|has|had|have|will|came)\b)"
    r"|the (?-i:two|three|four|pair|latter|former|same|others?|\d+-year-old|man|woman|couple|boy|girl)\b"
    r"|(?:without|after|before|despite|because of|for|in|at|by|with|under|from|on|of|according to|during|since|like|"
    r"about|following) (?:this|that|these|those(?! who)|it|them|him|her|which)\b)",
    re.IGNORECASE,
)
_EMPTY_SUBJECT = re.compile(r"[Ii]t(?: ?['’]s| is| was| took| has been)\b|[Tt]hat ?['’]s a\b")
"""A lead may begin so, since its "it" points back to nothing."""

_HE_SAID = re.compile(r",[\"”’]? (?:he|she|they) (?:said|says|added|told|wrote)\b[^,]*$")
_PERSON = word_set("he she him her his hers")
# Beginnings that name the person themselves: "A mother who says she …", "After all his work, Rao …".
_NAMES_PERSON = re.compile(r"(?:An?|One|No|Every|Each|Some|Many|Most)\b|[A-Z][^,A-Z]*, [A-Z]")
_DATE = re.compile(rf"(?:{any_of((*WEEKDAYS, *MONTHS, *SHORT_MONTHS))})s?\b")
# "The law" points back to a law that any word of the same line may have named. "The RELOS law" and "the law on exports"
# point to nothing.
_KINDS = (
    word_set("pact agreement deal accord treaty memorandum"),
    word_set("law bill legislation act amendment measure"),
    word_set("decision ruling verdict order"),
    word_set("statement announcement remarks comments report study survey document text letter"),
    word_set("visit trip meeting talks summit"),
    word_set("attack attacks incident strike strikes blast explosion crash raid shooting accident fire"),
    word_set("plan project proposal move scheme contract arrangement"),
    word_set("operation exercise exercises drill mission vote system"),
)
_KIND = {word: kind for kind in _KINDS for word in kind}
_THING = re.compile(
    r"\bthe (?:(?:new|latest|proposed|whole|joint|draft|alleged|landmark|controversial|shorter|planned) )?"
    rf"({'|'.join(_KIND)})\b(?! (?:of|on|between|with|that|which|to|for|in|against|by|at|signed)\b)",
    re.IGNORECASE,
)
_DOUBLE_QUOTES = re.compile("[\"“”«»„]|``|''")
_SINGLE = r"(?<!\w)['‘](?!(?:s|re|ve|ll|d|m|t|em|til|tis|twas|cause|n|\d\d)\b)"  # not "it 's", as cut into tokens
_OPEN_SINGLE = re.compile(rf"{_SINGLE}(?=\w)(?!.*(?:\w[.,!?]?['’](?!\w)|[.!?] ['’]$))|^['‘’]\s(?!.*\s['’])|^''")
_QUOTE = re.compile(rf"[\"“”«»„]|``|''|{_SINGLE}")
_SPEAKING = re.compile(
    r"(?<!War )\b(?:i|i['’](?:m|ve|d|ll)|we|we['’](?:re|ve|d|ll)|you|your|my|our|us|me)\b", re.IGNORECASE
)


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
    if offered and count_words(offered) <= MOST_WORDS and supported(offered, f"{title}\n{text}"):
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
    chosen = _choose(good, _costs(good, pieces), words) or next(([i] for i in good if good[i].words <= words), [])
    if chosen:
        return join(good[i].text for i in sorted(chosen))
    fitting = [text for text in _statements(pieces) if count_words(text) <= words and _is_closed(text)]
    return min(fitting, key=count_words, default=title)


def _statements(pieces: Sequence[str]) -> Iterator[str]:
    small = all(piece == piece.lower() for piece in pieces)
    for place, piece in enumerate(pieces):
        statement = without_boilerplate(piece, place == 0)
        if is_statement(statement, first=place == 0, small=small):
            yield statement


def _good(title: str, pieces: Sequence[str], language: str) -> dict[int, _Sentence]:
    """Return the candidates by their place: statements that are clear, no echo of the title and no repetition.

    A lead that repeats the headline stays if the next sentence would be unclear without it.
    """
    headline, seen, is_speech = _bag(title), set[str](), False
    good: dict[int, _Sentence] = {}
    for place, text in enumerate(_statements(pieces)):
        words = count_words(text)
        is_speech = not _is_closed(text) or (is_speech and _speaks(text))  # a quotation may go on without marks
        if words >= FEWEST and text not in seen and not is_speech and has_verb(text, language):
            good[place] = _Sentence(text, words, _bag(text), _leans(text, not place), _things(text, not place))
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
    return Counter(word for word in comparable_words(text, compounds=False) if word not in _STOP_WORDS)


def _is_closed(sentence: str) -> bool:
    """True if every quotation that begins in a sentence ends in it."""
    return len(_DOUBLE_QUOTES.findall(sentence)) % 2 == 0 and not _OPEN_SINGLE.search(sentence)


def _speaks(sentence: str) -> bool:
    """True if the sentence says "we" or "you" outside of a quotation."""
    return not _QUOTE.search(sentence) and bool(_SPEAKING.search(re.sub(r"\bU\.?S\b", "", sentence)))


def _leans(sentence: str, lead: bool) -> bool:
    """True if a sentence begins by pointing back, or says "he" before it names a person."""
    if _HE_SAID.search(sentence) or (_POINTING.match(sentence) and not (lead and _EMPTY_SUBJECT.match(sentence))):
        return True
    if sentence.islower() or _NAMES_PERSON.match(sentence):
        return False
    for order, word in enumerate(find_words(sentence, compounds=False)[:5]):
        if word.lower() in _PERSON:
            return True
        if word[0].isupper() and not _DATE.match(word) and (order or word.lower() not in OPENERS):
            return False
    return False


def _things(sentence: str, lead: bool) -> tuple[str, ...]:
    """Return the things that a sentence calls "the law" and the like without saying which.

    In a lead only its first words count.
    """
    matches = [match for match in _THING.finditer(sentence) if match.start() <= 1 or not lead]
    return tuple(fold_case(match[1]) for match in matches)


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
    return not sentence.leans and all(_KIND[thing] & words_before for thing in sentence.things)


def _costs(good: dict[int, _Sentence], pieces: Sequence[str]) -> dict[int, float]:
    """Return the cost of each candidate: low if it is early, clear by itself and close to the article's centre.

    The centre is the article's words, each weighted by its inverse sentence frequency (TF-IDF).
    """
    spread, centre = Counter[str](), Counter[str]()  # word → sentences that hold it, and its uses
    for piece in pieces:
        words = comparable_words(piece, compounds=False)
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
        leaning = sentence.leans or bool(_THING.match(sentence.text))
        return (
            POSITION * order
            - CENTRE * dot / (size * norm or 1.0)
            + LEANING * leaning
            + SPEAKING * _speaks(sentence.text)
        )

    return {place: cost(order, sentence) for order, (place, sentence) in enumerate(good.items())}
