"""Answers if a reader was told something of a story, or could have read it there: a number, an event, a name. Pure.

Promises to call told all that any earlier report states anywhere in its text, or that an edition sent, in these or
other words. Where it cannot tell, it calls a thing told. Never looks at what came later.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from briefings.model import Article
from briefings.text.counts import FATE_OF, Count, agree, read_counts
from briefings.text.english import AUXILIARIES, SMALL_NUMBERS, any_of, word_set
from briefings.text.event_senses import IMPLIED, NOUNS_OF, PERSONAL
from briefings.text.event_words import GERUNDS_OF, WORDS_OF
from briefings.text.events import BODIES, Event, Stage, read_events
from briefings.text.headline import is_title_case
from briefings.text.sentences import OPENERS, split

MOST_TEXT = 3000
"""Characters of each report that are read."""

_LEAD_TEXT = 700
_LEAD_SENTENCES = 3
_SAME_BEGINNING = 80
"""Characters: a text that begins as its summary does is not read for its first sentences again."""

_AROUND = 110
"""Characters on each side of a number or verb deep in a text that are read with it."""

_STEMS_TRIED = 3
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_LONGEST_SENTENCE = 300
"""Characters on each side of a word in which its sentence ends."""

_MOST_HITS = 30
"""Places of one number or verb in the texts that are looked at: it bounds the work."""

_SHARED = 2
"""Words with content that two clauses deep in texts, or asides, must share to tell one event."""

_GROWING = frozenset(("killed", "injured", "arrested", "displaced", "rescued", "infected", "freed"))
"""Counts that only grow: a smaller number is an older one."""

_TELLING_BY_ITSELF = 20
"""A number from here on is told wherever it stands; a smaller one may count something else there."""

_MAGNITUDE_STEP = Decimal("0.3")
_MORE_WORDS = {"killed": ("toll", "fatal"), "infected": ("case", "infection"), "arrested": ("arrest",)}
_WORDS_OF_FATES = {
    fate: (*(word for word, its_fate in FATE_OF.items() if its_fate == fate), *_MORE_WORDS.get(fate, ()))
    for fate in set(FATE_OF.values())
}
_PLANNING = re.compile(r"\b(?:will|would|could|may|might|to|plans?|seeks?|awaits?|ahead of|expected|if|before)\b", re.I)
_PLANNED_BEFORE = 30
"""Characters before a noun such as "approval" in which "seeks" and the like make it a plan."""

_STOP_WORDS = OPENERS | AUXILIARIES | word_set("says said told have been into over more than their about which")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_INDEXED = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[$€£₹¥]")
_STEM = 6
"""Letters that forms of one word share."""


def content_of(sentence: str) -> frozenset[str]:
    """Return the stems of the words of a sentence that bear content, numbers in digits."""
    low = (word.casefold().replace("’", "'").removesuffix("'s") for word in _WORD.findall(sentence))
    words = (str(SMALL_NUMBERS[word]) if word in SMALL_NUMBERS and word != "one" else word for word in low)
    return frozenset(w[:_STEM] for w in words if (len(w) > 2 or w.isdigit()) and w not in _STOP_WORDS)


def first_sentences(report: Article, most: int = 2) -> list[str]:
    """Return the first sentences of a report as readers see it: of its summary, else of its text."""
    return split((report.summary or report.text)[:_LEAD_TEXT], report.language)[:most]


def is_english(report: Article) -> bool:
    """True for a report in English, or in no stated language."""
    return report.language[:2] in ("", "en")


class EarlierNews:
    """The numbers, events and names in a story's earlier reports and in the sentences that were sent of it."""

    def __init__(self, reports: Sequence[Article], sent: Sequence[str] = ()) -> None:
        self._reports = reports
        self._sent = tuple(sent)
        self._counts: dict[str, tuple[Count, ...]] = {}
        self.is_english = all(map(is_english, reports))

    @cached_property
    def leads(self) -> tuple[str, ...]:
        """The sentences that were sent, and the titles and first sentences of the reports, each once."""
        sentences = dict.fromkeys(self._sent)
        for report in self._reports:
            sentences[report.title] = None
            sentences |= dict.fromkeys(first_sentences(report, _LEAD_SENTENCES))
            if report.summary and not report.text.startswith(report.summary[:_SAME_BEGINNING]):
                sentences |= dict.fromkeys(split(report.text[:_LEAD_TEXT], report.language)[:_LEAD_SENTENCES])
        return tuple(sentences)

    @cached_property
    def text(self) -> str:
        """All that is stored and was sent, in small letters, numbers without commas."""
        pieces = (piece for r in self._reports for piece in (r.title, r.text[:MOST_TEXT], r.summary))
        text = "\n".join((*self._sent, *pieces)).replace("’", "'").casefold()
        return re.sub(r"(?<=\d),(?=\d{3})", "", text)

    @cached_property
    def content(self) -> frozenset[str]:
        """The content of what was sent; of titles and first sentences where nothing is known to be sent."""
        return frozenset().union(*map(content_of, self._sent or self.leads))

    def has_count(self, count: Count) -> bool:
        """True if this number of this thing was told, rounded or exactly; for a toll, if a greater one was."""
        if any(_covers(other, count) for _, other in self._counts_of(count)):
            return True
        return any(self._stands_near(form, count) for form in _forms(count))

    def gave_number_of(self, count: Count, sentence: str) -> bool:
        """True if any number of this thing was told in a title or a first sentence.

        For what tells less by itself than a toll, that sentence must share words with the one that states the count.
        """
        content = content_of(sentence) - content_of(count.words)
        needed = 0 if count.is_toll else min(_SHARED, len(content))
        return any(
            other.thing == count.thing and len(content & content_of(lead)) >= needed
            for lead, other in self._counts_of(count)
        )

    def _counts_of(self, count: Count) -> Iterator[tuple[str, Count]]:
        # in other languages than English a thing is a stem, which the index does not hold
        for lead in self._leads_with(_words_of(count)) if self.is_english else self.leads:
            yield from ((lead, other) for other in self.counts_in(lead) if _are_of_a_kind(other, count))

    def counts_in(self, sentence: str) -> tuple[Count, ...]:
        """Return the numbers of a sentence or title with what they count."""
        if sentence not in self._counts:
            self._counts[sentence] = read_counts(sentence, is_english=self.is_english)
        return self._counts[sentence]

    def _leads_with(self, words: Iterable[str]) -> list[str]:
        """Return the leads that hold one of these words, in order."""
        places = set[int]().union(*(self._places[word] for word in words if word in self._places))
        return [self.leads[place] for place in sorted(places)]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Word in small letters, or sign of a currency → the places of the leads that hold it."""
        places: dict[str, list[int]] = {}
        for place, sentence in enumerate(self.leads):
            for word in set(_INDEXED.findall(sentence.casefold())):
                places.setdefault(word, []).append(place)
        return places

    def _stands_near(self, form: str, count: Count) -> bool:
        """True if a number stands in the texts near a word of its thing; a large one, wherever it stands."""
        words = _words_of(count)
        for place in self._hits(form):
            window = self.text[max(0, place - _AROUND) : place + _AROUND]
            if (form.isdigit() and count.value >= _TELLING_BY_ITSELF) or any(word in window for word in words):
                return True
        return False

    def _hits(self, piece: str, *, is_stem: bool = False) -> Iterator[int]:
        """Yield the first places where a piece stands in the texts as a word, or, if `is_stem`, as the start of one."""
        place = self.text.find(piece)
        for _ in range(_MOST_HITS):
            if place < 0:
                return
            before, after = self.text[place - 1 : place], self.text[place + len(piece) : place + len(piece) + 2]
            is_decimal = piece[-1].isdigit() and (after[:1] == "%" or (after[:1] == "." and after[1:].isdigit()))
            if not before.isalnum() and before != "." and not is_decimal and (is_stem or not after[:1].isalnum()):
                yield place
            place = self.text.find(piece, place + 1)

    def has_event(self, event: Event) -> bool:
        """True if an event of this meaning was told as done, of this body and, where it happens to one, this person."""
        if self._happens_to_another(event):
            return False
        hints = _hints_of(event.meanings)
        for sentence in self._leads_with(hints.words):
            events = self.events_in(sentence)
            if any(self._is_same(event, other) for other in events):
                return True
            is_read = any(not event.meanings.isdisjoint(other.meanings) for other in events)
            is_hinted = _is_hinted(sentence.casefold(), hints.done) or hints.gerunds.search(sentence)
            if not is_read and is_hinted and _may_be_of(event.body, sentence):
                return True  # a noun, or ", blocking", which are read as no events
        return any(self._tells(place, event) for word in sorted(hints.verbs) for place in self._hits(word))

    def _tells(self, place: int, event: Event) -> bool:
        """True if the sentence around a place in the texts tells the event."""
        start = max(0, place - _LONGEST_SENTENCE)
        opening = _SENTENCE_END.split(self.text[start:place])[-1]
        ending = _SENTENCE_END.split(self.text[place : place + _LONGEST_SENTENCE], maxsplit=1)[0]
        events = read_events(opening + ending, has_names=False)
        return any(self._is_same(event, e) and len(event.context & e.context) >= _SHARED for e in events)

    def events_like(self, event: Event) -> Iterator[Event]:
        """Yield the events of titles and first sentences that share a meaning with this one."""
        for sentence in self._leads_with(_hints_of(event.meanings).words):
            yield from (other for other in self.events_in(sentence) if not event.meanings.isdisjoint(other.meanings))

    def _is_same(self, event: Event, other: Event) -> bool:
        implied = other.meanings.union(*(IMPLIED.get(meaning, ()) for meaning in other.meanings))
        if other.stage is Stage.PLANNED or event.meanings.isdisjoint(implied):
            return False
        shared = len(event.context & other.context)
        if other.stage is Stage.BACKGROUND and shared < _SHARED:
            return False  # another event, told by the way
        if event.meanings.isdisjoint(other.meanings) and not shared:
            return False  # what follows from it is of something else
        return not (event.body and other.body and are_different_bodies(event.body, other.body))

    def _happens_to_another(self, event: Event) -> bool:
        """True for an event of a person none of whose names was told."""
        is_personal = not event.meanings.isdisjoint(PERSONAL)
        has_name = any(not name.endswith("s") for name in event.patients)  # others may be a people: "Israelis"
        return is_personal and has_name and not any(map(self.has_word, event.patients))

    @staticmethod
    def events_in(sentence: str, *, is_title: bool = True) -> list[Event]:
        """Return the events of a sentence or title; as in a title, where asides are told too, unless stated."""
        return read_events(sentence, is_title=is_title, has_names=not (is_title and is_title_case(sentence)))

    def has_word(self, word: str) -> bool:
        """True if a word was told."""
        return any(True for _ in self._hits(word.casefold()))

    def has_name(self, name: str) -> bool:
        """True if the last word of a name was told, in this or another spelling."""
        last = name.split()[-1].casefold()
        if self.has_word(last):
            return True
        sound = _sound(last)
        first = "kcqg" if last[0] in "kcqg" else re.escape(last[0])
        return len(sound) > 1 and any(
            _sound(other) == sound for other in set(re.findall(rf"(?<!\w)[{first}][^\W\d_]{{2,}}", self.text))
        )

    def share_of(self, sentence: str) -> float:
        """Return the share of the content of a sentence that was told: among all that was sent, or in one place."""
        content = content_of(sentence)
        if not content:
            return 1.0
        in_one_place = max((len(content & content_of(lead)) for lead in self.leads), default=0)
        return max(len(content & self.content), in_one_place, self._most_in_a_passage(content)) / len(content)

    def _most_in_a_passage(self, content: frozenset[str]) -> int:
        """Return how much of the content stands together in one passage of the texts."""
        most = 0
        for stem in sorted(content, key=lambda stem: (-len(stem), stem))[:_STEMS_TRIED]:
            for place in self._hits(stem, is_stem=True):
                passage = self.text[max(0, place - _AROUND) : place + _AROUND]
                most = max(most, len(content & content_of(passage)))
        return most


@dataclass(frozen=True, slots=True)
class _Hints:
    """The words that hint at an event: `words` are all, `done` those that are not in "ing", `verbs` the verbs alone.

    `gerunds` finds a verb in "ing" that tells something by the way: ", blocking the bill".
    """

    words: frozenset[str]
    done: frozenset[str]
    verbs: frozenset[str]
    gerunds: re.Pattern[str]


@lru_cache(maxsize=512)
def _hints_of(meanings: frozenset[str]) -> _Hints:
    later = {meaning for meaning, sooner in IMPLIED.items() if not sooner.isdisjoint(meanings)}
    verbs = frozenset(word for meaning in meanings | later for word in WORDS_OF[meaning])
    nouns = frozenset(noun for meaning in meanings | later for noun in NOUNS_OF.get(meaning, ()))
    gerunds = frozenset(gerund for meaning in meanings for gerund in GERUNDS_OF[meaning])
    by_the_way = re.compile(rf"(?:[,–—-] ?|\b(?:after|by|then) )(?:{any_of(gerunds)})\b", re.IGNORECASE)
    return _Hints(verbs | nouns | gerunds, verbs | nouns, verbs, by_the_way)


def _is_hinted(low: str, stating: frozenset[str]) -> bool:
    """True if any of the words stands in a sentence, given in small letters, without a word of planning before it."""
    hits = (match for match in _INDEXED.finditer(low) if match[0] in stating)
    return any(not _PLANNING.search(low[max(0, hit.start() - _PLANNED_BEFORE) : hit.start()]) for hit in hits)


def _may_be_of(body: str, sentence: str) -> bool:
    """True if a sentence names this body, or no body."""
    bodies = BODIES.intersection(word.casefold() for word in _WORD.findall(sentence))
    return not body or not bodies or body.split()[-1] in bodies


def are_different_bodies(body: str, other: str) -> bool:
    """True for "house" and "senate", "supreme court" and "appeals court"; not for "supreme court" and "court"."""
    *qualifiers, noun = body.split()
    *other_qualifiers, other_noun = other.split()
    return noun != other_noun or bool(qualifiers and other_qualifiers and qualifiers != other_qualifiers)


def _covers(earlier: Count, count: Count) -> bool:
    """True if a count adds nothing to an earlier one of its thing."""
    if count.thing == "magnitude":
        return abs(earlier.value - count.value) < _MAGNITUDE_STEP
    is_older = (count.thing in _GROWING or not count.is_named) and earlier.value >= count.value
    return is_older or agree(earlier, count)


def _are_of_a_kind(count: Count, other: Count) -> bool:
    """True for counts of one thing, and for sums in one currency: a bill is also a plan and a package."""
    return count.thing == other.thing or (count.is_money and count.thing.split()[0] == other.thing.split()[0])


def _words_of(count: Count) -> tuple[str, ...]:
    """Return the words with which a thing is told, in small letters."""
    if count.is_money:
        return (count.thing.split()[0][-1],)
    return _WORDS_OF_FATES.get(count.thing) or (count.thing, f"{count.thing}s")


def _forms(count: Count) -> Iterator[str]:
    """Yield the spellings of a value in small letters: "18", "eighteen", "1.2 million"."""
    value = count.value.normalize()
    yield f"{value:f}"
    for power, scales in ((12, "trillion tn"), (9, "billion bn b"), (6, "million mn m"), (3, "thousand k")):
        if value >= Decimal(10) ** power:
            scaled = f"{(value / Decimal(10) ** power).normalize():f}"
            for scale in scales.split():
                yield from (f"{scaled} {scale}", f"{scaled}{scale}", f"{scaled}-{scale}")
            break
    yield from (word for word, number in SMALL_NUMBERS.items() if number == value)


def _sound(name: str) -> str:
    """Return the consonants of a name: "Kyiv" and "Kiev", "Gaddafi" and "Qadhafi" share them."""
    low = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    low = low.translate(str.maketrans("qgc", "kkk"))
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouyhwj']", "", low))
