"""Chooses the stories that an edition tells: how much each matters, how many fit, and which are told in brief. Pure.

Promises that no edition exceeds its reading budget, tells one event twice, or holds more than two items linked to one
outlet or more than 40 % on one topic while there is something else to print. Never reorders: items that matter more go
first. Items that have no room are told in a line each as far as the budget goes.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from briefings.editions.model import Item, Mood
from briefings.editions.sizes import (
    brief_characters,
    brief_words,
    budget,
    characters_of,
    free_characters,
    free_words,
    words_of,
)
from briefings.model import Story, Wishes
from briefings.stories.terms import weigh_terms
from briefings.text.sentences import OPENERS

MOST_STORIES = {1: 4, 2: 7, 3: 11, 5: 19}
STORIES_A_MINUTE = 4
"""The most stories with sentences, for a number of minutes that is not in the table."""

MOST_BRIEF, BRIEF_CHARACTERS = 40, 3000
"""The most stories in brief, and their most characters: they stand in one block."""

BRIEF_SHARES = (0.0, 0.05, 0.1, 0.15)
"""Parts of the budget that are kept for stories in brief: the least with which all can be told, else the greatest."""

SPELLING_WORDS = 12
"""Words kept free for acronyms that are spelled out, and for dates beside weekdays, after the selection."""

OUTLET_ITEMS = 2
TOPIC_SHARE = 0.4
LEADS_UNTOLD = 3
"""Outlets of a story that leads an edition even if no report of it can be quoted."""

POOL = 6
"""How many times as many stories are looked at as may be told with sentences."""

FRESH = timedelta(hours=36)
"""The age at which the weight of being new has fallen to 1/e."""

TOPIC_WEIGHT = 0.5
NEW_WEIGHT = 0.25
"""Importance for a topic of the reader's, and for a story they were never told. A first outlet and being new are worth
1 each."""

CARRIED_DISCOUNT = 0.25
"""Importance that a story loses which an edition left out before."""

LONGEST_NUMBER = 20
"""Digits."""

SAME_EVENT = 0.6
"""Two items tell of one event if they have this share of their words in common, and the same numbers and names."""

_NAME, _NUMBER = re.compile(r"[A-Z]\w+"), re.compile(r"\d+(?:\.\d+)?")

TellWithout = Callable[[Item, Collection[str]], Item]
"""Tells the story of an item by a report of none of these outlets, if it has one."""


def importance(
    story: Story, wishes: Wishes, now: datetime, mood: Mood = Mood.NEW, *, is_carried: bool = False
) -> float:
    """Return how much a story matters to a reader, above 0.

    Another outlet, a topic of the reader's, or a later report never makes it matter less. `is_carried`: an edition left
    it out before.
    """
    age = max(now - story.last, timedelta(0))
    wanted_topics = story.about if wishes.topics is None else story.about & wishes.topics
    weight = math.log2(1 + len(story.outlets)) + math.exp(-age / FRESH)
    weight += (TOPIC_WEIGHT if wanted_topics else 0.0) + (NEW_WEIGHT if mood is Mood.NEW else 0.0)
    return weight - (CARRIED_DISCOUNT if is_carried else 0.0)


@dataclasses.dataclass(frozen=True, slots=True)
class Selection:
    """Items to tell with their sentences, those to tell in brief as far as there is room, and those not to tell.

    `repeating` tell of an event that another item tells of.
    """

    told: Sequence[Item]
    others: Sequence[Item]
    repeating: Sequence[Item]


def select(ranked: Iterable[Item], wishes: Wishes, tell_without: TellWithout | None = None) -> Selection:
    """Take items with sentences in order while words, characters and caps allow.

    `ranked` are items, the most important first; no more of them are composed than are looked at. `tell_without` tells
    a story of several outlets by another than those that have their share already.
    """
    most = MOST_STORIES.get(wishes.minutes, STORIES_A_MINUTE * wishes.minutes)
    pool = _Pool(itertools.islice(ranked, POOL * most))
    for share in BRIEF_SHARES:
        chosen = _select(pool, most, wishes, tell_without, kept_free=SPELLING_WORDS + int(share * budget(wishes)))
        if len(in_brief(chosen.told, chosen.others, wishes)) == len(chosen.others):
            break
    return chosen


def in_brief(told: Sequence[Item], others: Sequence[Item], wishes: Wishes) -> list[Item]:
    """Return those of the others that fit beside the items told, in their order, without their sentences.

    Items that a cap holds back come when nothing else fits.
    """
    words, characters = free_words(told, wishes), min(free_characters(told, wishes), BRIEF_CHARACTERS)
    caps = _Caps(wishes, told)
    brief: list[Item] = []
    for may_exceed in (False, True):
        for item in others:
            short = dataclasses.replace(item, facts=(), more=(), disputes=(), news=None)
            needed = brief_words(short), brief_characters(short)
            is_full = len(brief) == MOST_BRIEF or needed[0] > words or needed[1] > characters
            if short in brief or is_full or (not may_exceed and caps.hold_back(item, len(told) + len(brief) + 1)):
                continue
            brief.append(short)
            caps.count(item)
            words, characters = words - needed[0], characters - needed[1]
    place = {item.story: number for number, item in enumerate(others)}
    return sorted(brief, key=lambda item: place[item.story])


def with_folds(items: Iterable[Item], characters: int) -> list[Item]:
    """Return the items, each with its folded sentences as far as these characters reach."""
    folded = []
    for item in items:
        needed = sum(len(sentence) + 1 for sentence in item.more)
        if needed > characters:
            item = dataclasses.replace(item, more=())
        else:
            characters -= needed
        folded.append(item)
    return folded


class _Pool:
    """Items that are composed only when they are looked at, and can be looked at again."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items_to_come = items
        self._composed: list[Item] = []

    def __iter__(self) -> Iterator[Item]:
        for number in itertools.count():
            if number == len(self._composed):
                item = next(self._items_to_come, None)
                if item is None:
                    return
                self._composed.append(item)
            yield self._composed[number]


class _Caps:
    """Counts the items on a topic and of an outlet."""

    def __init__(self, wishes: Wishes, items: Iterable[Item] = ()) -> None:
        self._wishes = wishes
        self._by_topic: Counter[str] = Counter()
        self._by_outlet: Counter[str] = Counter()
        for item in items:
            self.count(item)

    def count(self, item: Item) -> None:
        self._by_topic.update(self._topics(item))
        self._by_outlet.update(outlet for outlet in item.outlets[:1] if outlet)

    def hold_back(self, item: Item, number: int) -> bool:
        """True if the item is one too many on a topic or of an outlet, in an edition of `number` items."""
        most = _most_of_topic(number, self._wishes)
        return any(self._by_topic[topic] >= most for topic in self._topics(item)) or any(
            self._by_outlet[outlet] >= OUTLET_ITEMS for outlet in item.outlets[:1]
        )

    def full_outlets(self) -> frozenset[str]:
        """Return the outlets that have their share of items."""
        return frozenset(outlet for outlet, number in self._by_outlet.items() if number >= OUTLET_ITEMS)

    def _topics(self, item: Item) -> frozenset[str]:
        topics = self._wishes.topics
        return frozenset(item.commands) if topics is None else topics.intersection(item.commands)


def _select(
    pool: Iterable[Item], most: int, wishes: Wishes, tell_without: TellWithout | None, *, kept_free: int
) -> Selection:
    for number in range(most, 0, -1):  # a cap in per cent depends on how many there are in the end
        chosen, is_full = _take(pool, number, wishes, tell_without, kept_free)
        if len(chosen.told) >= number or not is_full:
            break
    return chosen


def _take(
    pool: Iterable[Item], number: int, wishes: Wishes, tell_without: TellWithout | None, kept_free: int
) -> tuple[Selection, bool]:
    """Take at most `number` items under the caps of an edition of so many. Return True if there is no room for more."""
    words, characters = free_words((), wishes) - kept_free, free_characters((), wishes)
    caps = _Caps(wishes)
    taken: list[Item] = []
    held_back: list[Item] = []
    others: list[Item] = []
    repeating: list[Item] = []
    is_full = False

    def take(item: Item) -> None:
        nonlocal words, characters, is_full
        fits = words_of(item) <= words and characters_of(item) <= characters
        # The first item is taken whatever its size: an edition with news is never empty.
        is_full = is_full or len(taken) == number or (bool(taken) and not fits)
        if is_full:
            others.append(item)
            return
        taken.append(item)
        caps.count(item)
        words, characters = words - words_of(item), characters - characters_of(item)

    for item in pool:
        earlier = (*taken, *others, *held_back)
        if any(_tell_same(item, other) for other in earlier):
            repeating.append(item)
        elif any(_say_same(item, other) for other in earlier):
            continue  # another event under the same words: it waits for an edition without the other
        elif not item.facts and (taken or item.count < LEADS_UNTOLD):
            others.append(item)
        else:
            if tell_without and item.count > 1 and (full := caps.full_outlets()).intersection(item.outlets[:1]):
                other = tell_without(item, full)
                # One that cannot be quoted, or says what stands there already, is no better than one held back.
                item = other if other.facts and not any(_say_same(other, each) for each in earlier) else item
            if caps.hold_back(item, number):
                held_back.append(item)
            else:
                take(item)
    for item in held_back:
        take(item)
    place = {item.story: number for number, item in enumerate(pool)}
    return Selection(sorted(taken, key=lambda item: place[item.story]), others, repeating), is_full


def _tell_same(item: Item, other: Item) -> bool:
    """True if two items tell of one event, by their headlines and first sentences."""
    words, others = _gist(item.lead, item.facts[:1]), _gist(other.lead, other.facts[:1])
    is_alike = len(words & others) >= SAME_EVENT * len(words | others)
    names, other_names = _names(item), _names(other)
    return is_alike and _numbers(item) == _numbers(other) and (names <= other_names or other_names <= names)


def _say_same(item: Item, other: Item) -> bool:
    """True if two items have their headline or a sentence in common."""
    return item.lead.casefold() == other.lead.casefold() or not set(item.facts).isdisjoint(other.facts)


@lru_cache(maxsize=1 << 12)
def _gist(headline: str, first: tuple[str, ...]) -> frozenset[str]:
    return frozenset(weigh_terms(headline, " ".join(first)))


def _names(item: Item) -> set[str]:
    """Return the words with a capital: where two items both have some of their own, the events differ."""
    return {word for word in _NAME.findall(_headline_and_lead(item)) if word.lower() not in OPENERS}


def _numbers(item: Item) -> set[int]:
    """Return the numbers, rounded: "$1.2 trillion" may be "$1 trillion" elsewhere."""
    return {
        round(float(number)) for number in _NUMBER.findall(_headline_and_lead(item)) if len(number) < LONGEST_NUMBER
    }


def _headline_and_lead(item: Item) -> str:
    return " ".join((item.lead, *item.facts[:1]))


def _most_of_topic(number: int, wishes: Wishes) -> int:
    """Items on one topic in an edition of so many: 40 %, or equal parts where fewer than three topics are followed."""
    followed = None if wishes.topics is None else len(wishes.topics)
    if followed is None or followed * TOPIC_SHARE >= 1:
        return max(1, int(number * TOPIC_SHARE))
    return number if followed < 2 else math.ceil(number / followed)
