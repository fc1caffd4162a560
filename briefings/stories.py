"""Which articles tell the same story, and what is new in one. Pure.

One pass in order of time: an article joins the story it resembles most, or starts one. Likeness is the
cosine of word weights (title counted twice, first 150 words; a word weighs less the more reports use
it) against the story's own sum, among stories that were alive within four days. Names and numbers
weigh more than other words, since they are what two reports of one event share.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from briefings.facts import unsupported
from briefings.model import Article, Story

WINDOW = timedelta(days=4)
THRESHOLD = 0.27
PROBES = 20
CANDIDATES = 12
"""Stories are looked up by the heaviest words of a report, and only those that share most are compared."""

LEAD_WORDS = 150
NAME_WEIGHT = 1.5

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_WHEN = re.compile(
    r"(?i)(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?s?\.?"
    r"|(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)\.?"
)
_STOP = frozenset(
    "a about after all also an and any are as at be been before being but by can could did do does for from had has "
    "have he her his how if in into is it its just may more most new no not of on one or other our out over said says "
    "she should so some such than that the their them then there these they this those to two under up was we were "
    "what when which while who will with would you".split()
)


@dataclass(slots=True)
class _Cluster:
    story: int
    last: datetime
    weights: dict[str, float] = field(default_factory=dict)


class Desk:
    """Places reports into stories. Holds the stories that are still alive; lives for one pass."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._reports = 0
        self._clusters: dict[int, _Cluster] = {}
        self._where: dict[str, set[int]] = {}

    def learn(self, story: int, title: str, text: str, when: datetime) -> None:
        """Note a report whose story is known."""
        terms = _terms(title, text)
        self._count(terms)
        self._join(story, terms, when)

    def place(self, title: str, text: str, when: datetime) -> int | None:
        """The story a new report belongs to, or None when it starts one. Does not note the report."""
        weights = self._weigh(_terms(title, text))
        near: Counter[int] = Counter()
        for term in heapq.nlargest(PROBES, weights, key=weights.__getitem__):
            for story in self._where.get(term, ()):
                near[story] += 1
        best, likeness = None, THRESHOLD
        for story, _ in near.most_common(CANDIDATES):
            cluster = self._clusters[story]
            if abs(when - cluster.last) <= WINDOW:
                found = _cosine(weights, self._weigh(cluster.weights))
                if found > likeness:
                    best, likeness = story, found
        return best

    def _count(self, terms: Iterable[str]) -> None:
        self._reports += 1
        self._seen.update(set(terms))

    def _join(self, story: int, terms: dict[str, float], when: datetime) -> None:
        cluster = self._clusters.setdefault(story, _Cluster(story, when))
        cluster.last = max(cluster.last, when)
        for term, weight in terms.items():
            cluster.weights[term] = cluster.weights.get(term, 0.0) + weight
            self._where.setdefault(term, set()).add(story)

    def _weigh(self, terms: dict[str, float]) -> dict[str, float]:
        total = self._reports + 1
        return {
            term: weight * math.log(1 + total / (1 + self._seen[term]))
            for term, weight in terms.items()
            if self._seen[term] * 2 <= total + 4  # what half the reports say tells no story from another
        }


def news(story: Story, told: datetime) -> frozenset[str]:
    """What makes a story worth telling again: numbers and names since `told` that no report before it states.

    A later weekday or month is no news by itself, nor is a word that only a headline capitalises.
    """
    before = "\n".join(f"{a.title}\n{a.text}" for a in story.articles if a.tellable <= told)
    after = [a for a in story.articles if a.tellable > told and a.copy_of is None]
    stated = [text for a in after for text in (a.summary, "" if _is_title_case(a.title) else a.title)]
    fresh = unsupported("\n".join(stated), before, strict=False)
    return frozenset(piece for piece in fresh if not _WHEN.fullmatch(piece))


def facts_in(sentence: str, wanted: frozenset[str]) -> int:
    """How many of these numbers and names a sentence holds."""
    return sum(bool(re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", sentence)) for piece in wanted)


def _is_title_case(title: str) -> bool:
    """Are most of its words capitalised, so that a capital says nothing?"""
    words = [word for word in title.split()[1:] if word[0].isalpha()]
    return sum(word[0].isupper() for word in words) * 2 > len(words)


def as_of(story: Story, now: datetime) -> Story | None:
    """The story without reports that are dated after now; None when none is left."""
    past = tuple(article for article in story.articles if article.when <= now)
    return Story(story.id, past) if past else None


def newest_original(story: Story) -> Article:
    """The latest report that is not a copy of another."""
    return next((a for a in reversed(story.articles) if a.copy_of is None), story.articles[-1])


def _terms(title: str, text: str) -> dict[str, float]:
    words = [*_WORD.findall(title) * 2, *_WORD.findall(text)[:LEAD_WORDS]]
    counted: Counter[str] = Counter()
    named: set[str] = set()
    for word in words:
        stem = _stem(word.casefold())
        if stem in _STOP or len(stem) < 2:
            continue
        counted[stem] += 1
        if word[0].isupper() or word[0].isdigit():
            named.add(stem)
    return {stem: (1 + math.log(number)) * (NAME_WEIGHT if stem in named else 1.0) for stem, number in counted.items()}


def _stem(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    dot = sum(weight * other[term] for term, weight in one.items() if term in other)
    lengths = math.sqrt(sum(w * w for w in one.values())) * math.sqrt(sum(w * w for w in other.values()))
    return dot / lengths if lengths else 0.0
