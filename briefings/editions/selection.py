"""Chooses the stories that an edition tells: which are news, how much each matters, and how many fit. Pure.

Promises that no edition exceeds its reading budget, holds more than two items linked to one outlet (unless
there is only one) or more than 40 % on one topic (unless the reader follows few). Never reorders: items that
matter more go first, and an item that has no place is left out, never squeezed in.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from briefings.editions.model import Item, Mood
from briefings.model import Dispute, Story, Wishes
from briefings.text.genre import is_news as is_news  # compose asks for it here

BUDGET_WORDS = {1: 230, 2: 450, 3: 650, 5: 1100}
"""Words of a whole edition by the reading minutes it was asked for; people read about 230 words a minute."""

WORDS_A_MINUTE = 230
"""The budget of a number of minutes that is not in the table."""

MOST_STORIES = {1: 4, 2: 7, 3: 10, 5: 15}
STORIES_A_MINUTE = 3
"""The most stories for a number of minutes that is not in the table."""

FRAME_WORDS = 100
"""Words that headline, dateline, points, section names and end mark may take together."""

SPELLING_WORDS = 12
"""Words kept free for acronyms that are spelled out after the selection."""

ONE_MESSAGE = 3500
"""Characters that one message holds, as a block does."""

FRAME_CHARACTERS = 700
"""Characters of a message that headline, points and section names may take."""

DISPUTE_WORDS, DISPUTE_CHARACTERS = 3, 21
"""The words and characters that the English sentence about a dispute has beside its numbers and outlets."""

TAIL_CHARACTERS = 60
"""Characters of an item's last line beside its outlets and commands: date, count of outlets, markup between them."""

SUPPLIED_WORDS, SUPPLIED_CHARACTERS = 3, 19
"""The words and characters of ` · summary supplied` in that line."""

OUTLET_ITEMS = 2
TOPIC_SHARE = 0.4
POOL = 4
"""How many times as many stories are looked at as may be told, because caps pass some over."""

FRESH = timedelta(hours=36)
"""The age at which the weight of being new has fallen to 1/e."""

TOPIC_WEIGHT = 0.5
NEW_WEIGHT = 0.25
"""Importance for a topic of the reader's, and for a story they were never told. A first outlet and being new are worth
1 each."""


def importance(story: Story, wishes: Wishes, now: datetime, mood: Mood = Mood.NEW) -> float:
    """Return how much a story matters to a reader, above 1.

    Another outlet, a topic of the reader's, or a later report never makes it matter less.
    """
    age = max(now - story.last, timedelta(0))
    wanted_topics = story.about if wishes.topics is None else story.about & wishes.topics
    weight = math.log2(1 + len(story.outlets)) + math.exp(-age / FRESH)
    return weight + (TOPIC_WEIGHT if wanted_topics else 0.0) + (NEW_WEIGHT if mood is Mood.NEW else 0.0)


def select(ranked: Iterable[Item], wishes: Wishes) -> list[Item]:
    """Take items in order while words, characters and caps allow. Items keep their `more` where room is left for it.

    `ranked` are items, the most important first; no more of them are composed than are looked at.
    """
    most = MOST_STORIES.get(wishes.minutes, STORIES_A_MINUTE * wishes.minutes)
    pool = _Pool(itertools.islice(ranked, POOL * most))
    taken: list[Item] = []
    for number in range(most, 0, -1):  # a cap in per cent depends on how many there are in the end
        taken = _take(pool, number, wishes)
        if len(taken) == number:
            break
    characters_free = _most_characters(wishes) - sum(_size(item)[1] for item in taken)
    selected = []
    for item in taken:
        characters = sum(len(sentence) + 1 for sentence in item.more)
        if characters <= characters_free:
            characters_free -= characters
            selected.append(item)
        else:
            selected.append(dataclasses.replace(item, more=()))
    return selected


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


def _take(pool: Iterable[Item], number: int, wishes: Wishes) -> list[Item]:
    """Take at most `number` items, under the caps of an edition of so many."""
    words_free, characters_free = free_words((), wishes) - SPELLING_WORDS, _most_characters(wishes)
    by_topic: Counter[str] = Counter()
    by_outlet: Counter[str] = Counter()
    most_of_topic = _most_of_topic(number, wishes)
    taken: list[Item] = []
    for item in pool:
        topics = set(item.commands) if wishes.topics is None else wishes.topics.intersection(item.commands)
        outlet = item.outlets[0] if item.outlets else ""
        if any(by_topic[topic] >= most_of_topic for topic in topics):
            continue
        if outlet and by_outlet[outlet] >= OUTLET_ITEMS and any(other.outlets[:1] != (outlet,) for other in pool):
            continue
        words, characters = _size(item)
        if len(taken) == number or (taken and (words > words_free or characters > characters_free)):
            break  # the first item is taken whatever its size: an edition with news is never empty
        taken.append(item)
        by_topic.update(topics)
        by_outlet[outlet] += 1
        words_free, characters_free = words_free - words, characters_free - characters
    return taken


def _most_of_topic(number: int, wishes: Wishes) -> int:
    """Items on one topic in an edition of so many: 40 %, or equal parts where fewer than three topics are followed."""
    followed = None if wishes.topics is None else len(wishes.topics)
    if followed is None or followed * TOPIC_SHARE >= 1:
        return max(1, int(number * TOPIC_SHARE))
    return number if followed < 2 else math.ceil(number / followed)


def _most_characters(wishes: Wishes) -> int:
    """Three minutes and more may fill two messages."""
    return ONE_MESSAGE * (2 if wishes.minutes >= 3 else 1) - FRAME_CHARACTERS


def words_of(item: Item) -> int:
    """Return the visible words of an item, those of its last line included."""
    words = len(_visible(item).split()) + sum(map(dispute_words, item.disputes))
    return words + tail_words(item.outlets, item.commands, supplied=item.supplied)


def dispute_words(dispute: Dispute) -> int:
    """Return the words of the sentence that tells of a dispute."""
    return len(str(dispute).split()) + DISPUTE_WORDS


def free_words(items: Sequence[Item], wishes: Wishes) -> int:
    """Return the words of the reading budget that these items leave free."""
    return BUDGET_WORDS.get(wishes.minutes, WORDS_A_MINUTE * wishes.minutes) - FRAME_WORDS - sum(map(words_of, items))


def _size(item: Item) -> tuple[int, int]:
    """Return the visible words and characters of an item, without its `more`."""
    tail = " ".join((*item.outlets[:2], *item.commands))
    disputes = sum(len(str(dispute)) + DISPUTE_CHARACTERS for dispute in item.disputes)
    marked = SUPPLIED_CHARACTERS if item.supplied else 0
    return words_of(item), len(_visible(item)) + disputes + len(tail) + TAIL_CHARACTERS + marked


def _visible(item: Item) -> str:
    return " ".join((item.lead, *item.facts))


def tail_words(outlets: Sequence[str], commands: Sequence[str], *, supplied: bool) -> int:
    """Return the words of the line `Outlet, Outlet · 3 Dec · 4 outlets · /topic`; each dot counts as a word.

    `supplied`: the line says also that the summary was supplied.
    """
    return len(" ".join(outlets[:2]).split()) + 2 * len(commands) + 6 + (SUPPLIED_WORDS if supplied else 0)
