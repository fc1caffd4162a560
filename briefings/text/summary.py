"""The extract of an article. What a summary from elsewhere may say is judged in `facts.py` and offered here.

Promises whole sentences of the text, verbatim and in its order, or the title. Never writes a word of its
own, never cuts a sentence, never lets one stand without the sentence it points back to. Position is the method:
content.md measured every graph algorithm 5 to 10 ROUGE points below the first sentences, which cleaning and a TF-IDF
centroid only refine; so where the next best sentence does not fit, the summary ends and reaches no further down.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from briefings.text.boilerplate import has_verb, is_statement, without_furniture
from briefings.text.fact_check import supported, unsupported
from briefings.text.sentences import OPENERS, count_words, split

__all__ = ["extract", "supported", "unsupported"]

# What a sentence costs: each place down the text, pointing back, "we" and "you"; likeness to the whole article earns.
# Only the first good sentences are candidates. The middle of a plateau found by cross-validation on FRANK, REALSumm
# and XSum (tests/benchmarks/summaries.py), not its peak. Preferring short sentences only lost.
POSITION, CENTRE, LEANING, SPEAKING = 0.25, 0.8, 0.25, 0.2
CANDIDATES, FEWEST = 6, 6  # sentences, words
ECHO = 0.8
"""From this share of words in common on, a sentence says the headline again."""

SAME = 0.7
"""From this share of its words on, a sentence says another again."""

_SCANNED = 3_000  # characters; what an article says later is never its summary, and work stays bounded
_WORD = re.compile(r"[^\W_]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STOP_WORDS = OPENERS | _set(
    "is are was were be been has have had do does did will would can could may might should must of into out up "
    "down than said says told new more also who whom"
)
# Beginnings that point back; with the sentence before they are clear, without it they are not.
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
_NOTHING = re.compile(r"[Ii]t(?: ?['’]s| is| was| took| has been)\b|[Tt]hat ?['’]s a\b")
"""A lead may begin so: its "it" stands for nothing."""

_TOLD = re.compile(r",[\"”’]? (?:he|she|they) (?:said|says|added|told|wrote)\b[^,]*$")
_PERSON = _set("he she him her his hers")
# "A mother who says she …", "After all his work, Rao …"
_SAYS_WHO = re.compile(r"(?:An?|One|No|Every|Each|Some|Many|Most)\b|[A-Z][^,A-Z]*, [A-Z]")
_DATE = re.compile("(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|March|April|May|June|July|Aug|Sep|Oct|Nov|Dec")
# "The law" without its name; "the RELOS law" and "the law on exports" say which. Any word of a line names its thing.
_KINDS = (
    _set("pact agreement deal accord treaty memorandum"),
    _set("law bill legislation act amendment measure"),
    _set("decision ruling verdict order"),
    _set("statement announcement remarks comments report study survey document text letter"),
    _set("visit trip meeting talks summit"),
    _set("attack attacks incident strike strikes blast explosion crash raid shooting accident fire"),
    _set("plan project proposal move scheme contract arrangement"),
    _set("operation exercise exercises drill mission vote system"),
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
    """A sentence that may stand in a summary. `leans`: on the one before; `things`: what must be named before it."""

    text: str
    words: int
    bag: Counter[str]
    leans: bool
    things: tuple[str, ...]


def extract(title: str, text: str, language: str | None = None, *, words: int = 60) -> str:
    """The best whole sentences of `text`, verbatim, in its order, at most `words` words in all.

    Where no sentence is good the shortest that fits stands in; where none fits, the title.
    """
    pieces = split(text[:_SCANNED], language)
    if len(text) > _SCANNED:
        pieces = pieces[:-1]  # cut by us
    good = _good(title, pieces, language or "en")
    chosen = _choose(good, _costs(good, pieces), words) or next(([i] for i in good if good[i].words <= words), [])
    if chosen:
        return " ".join(good[i].text for i in sorted(chosen))
    fitting = [text for text in _statements(pieces) if count_words(text) <= words and _is_closed(text)]
    return min(fitting, key=count_words, default=title)


def _statements(pieces: Sequence[str]) -> Iterator[str]:
    small = all(piece == piece.lower() for piece in pieces)
    for place, piece in enumerate(pieces):
        statement = without_furniture(piece, place == 0)
        if is_statement(statement, first=place == 0, small=small):
            yield statement


def _good(title: str, pieces: Sequence[str], language: str) -> dict[int, _Sentence]:
    """By place: the first statements that say something by themselves, are not the title and were not said before.

    A lead that says the headline again stays where the next sentence would be unclear without it.
    """
    headline, seen, speech = _bag(title), set[str](), False
    good: dict[int, _Sentence] = {}
    for place, text in enumerate(_statements(pieces)):
        words = count_words(text)
        speech = not _is_closed(text) or (speech and _speaks(text))  # what somebody goes on to say
        if words >= FEWEST and text not in seen and not speech and has_verb(text, language):
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
    """Whether a sentence says the headline again. A title that was made of the sentence itself is no headline."""
    made_of_it = is_statement(title) if sentence.text == title else sentence.text.startswith(f"{title.rstrip(' .…')} ")
    if not headline or made_of_it:
        return False
    return len(sentence.bag.keys() & headline.keys()) >= ECHO * len(sentence.bag.keys() | headline.keys())


def _bag(text: str) -> Counter[str]:
    return Counter(word for word in _WORD.findall(text.casefold()) if word not in _STOP_WORDS)


def _is_closed(sentence: str) -> bool:
    """Whether every quotation that begins in a sentence ends in it."""
    return len(_DOUBLE_QUOTES.findall(sentence)) % 2 == 0 and not _OPEN_SINGLE.search(sentence)


def _speaks(sentence: str) -> bool:
    """Whether somebody says "we" or "you" outside of a quotation."""
    return not _QUOTE.search(sentence) and bool(_SPEAKING.search(re.sub(r"\bU\.?S\b", "", sentence)))


def _leans(sentence: str, lead: bool) -> bool:
    """Whether a sentence begins with what points back, or speaks of a "he" that nobody was named for."""
    if _TOLD.search(sentence) or (_POINTING.match(sentence) and not (lead and _NOTHING.match(sentence))):
        return True
    if sentence.islower() or _SAYS_WHO.match(sentence):
        return False
    for order, word in enumerate(_WORD.findall(sentence)[:5]):
        if word.lower() in _PERSON:
            return True
        if word[0].isupper() and not _DATE.match(word) and (order or word.lower() not in OPENERS):
            return False
    return False


def _things(sentence: str, lead: bool) -> tuple[str, ...]:
    """What a sentence calls "the law" and the like without saying which; a lead may, except with its first words."""
    found = [match for match in _THING.finditer(sentence) if match.start() <= 1 or not lead]
    return tuple(match[1].lower() for match in found)


def _choose(good: dict[int, _Sentence], costs: dict[int, float], room: int) -> list[int]:
    """The cheapest sentences, one by one, each clear by those chosen before it, until the next does not fit."""
    chosen: list[int] = []
    while clear := [place for place in costs if _is_clear(place, good, chosen)]:
        best = min(clear, key=costs.__getitem__)
        del costs[best]
        if any(_alike(good[best].bag, good[place].bag) for place in chosen):
            continue
        if good[best].words <= room:
            chosen.append(best)
            room -= good[best].words
        elif chosen:
            break
    return chosen


def _alike(one: Counter[str], other: Counter[str]) -> bool:
    """Whether the shorter of two sentences says little that the longer does not."""
    return len(one.keys() & other.keys()) >= SAME * min(len(one), len(other))


def _is_clear(place: int, good: dict[int, _Sentence], chosen: Collection[int]) -> bool:
    sentence = good[place]
    if place - 1 in chosen:
        return True
    known = {word for before in chosen if before < place for word in good[before].bag}
    return not sentence.leans and all(_KIND[thing] & known for thing in sentence.things)


def _costs(good: dict[int, _Sentence], pieces: Sequence[str]) -> dict[int, float]:
    """What each good sentence costs: little if early, clear alone and close to what the article dwells on."""
    spread, centre = Counter[str](), Counter[str]()
    for piece in pieces:
        words = _WORD.findall(piece.casefold())
        if len(words) >= FEWEST:
            spread.update(set(words))
            centre.update(words)
    worth = [math.log(1 + len(pieces) / max(n, 1)) ** 2 for n in range(len(pieces) + 1)]
    weight = {word: worth[n] for word, n in spread.items() if word not in _STOP_WORDS}
    norm = math.sqrt(sum(centre[word] ** 2 * worth for word, worth in weight.items()))

    def cost(order: int, sentence: _Sentence) -> float:
        known = [(word, count) for word, count in sentence.bag.items() if word in weight]
        dot = sum(count * centre[word] * weight[word] for word, count in known)
        size = math.sqrt(sum(count * count * weight[word] for word, count in known))
        leaning = sentence.leans or bool(_THING.match(sentence.text))
        return (
            POSITION * order
            - CENTRE * dot / (size * norm or 1.0)
            + LEANING * leaning
            + SPEAKING * _speaks(sentence.text)
        )

    return {place: cost(order, sentence) for order, (place, sentence) in enumerate(good.items())}
