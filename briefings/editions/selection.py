"""Which stories an edition tells: what is no news, how much each matters, what fits, in what proportion. Pure.

Promises that no edition exceeds its reading budget, holds more than two items linked to one outlet (unless
there is only one) or more than 40 % on one topic (unless the reader follows few). Never reorders: what
matters more goes first, and what had no place is left, never squeezed in.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from briefings.editions.model import Item, Mood
from briefings.model import Article, Story, Wishes

BUDGET_WORDS = {1: 230, 2: 450, 3: 650, 5: 1100}
MOST_STORIES = {1: 4, 2: 7, 3: 10, 5: 15}
FRAME_WORDS = 100
"""What headline, dateline, points, section names and end mark may take together."""

SPELLING_WORDS = 12
"""Kept free for acronyms that are then spelled out."""

ONE_MESSAGE = 3500
FRAME_CHARACTERS = 700
TAIL_CHARACTERS = 60
OUTLET_ITEMS = 2
TOPIC_SHARE = 0.4
POOL = 4
"""How many times as many stories are looked at as may be told, since caps pass some over."""

FRESH = timedelta(hours=36)

_NO_NEWS = re.compile(
    r"(?i)^(?:opinion|op-?ed|editorial|comment|commentary|column|letters?|podcast|quiz|crossword|horoscope|watch|video|"
    r"in pictures|photos|live)\s*(?:[:|–—]|-\s)"
    r"|[|–—-]\s*(?:opinion|editorial|column|live)\s*$"
    r"|^live (?:updates|blog)\b|\blive (?:updates|blog)\s*(?:$|[:|])|\bas it happened\b"
)
_NO_NEWS_PATHS = frozenset(
    "opinion opinions op-ed oped editorial editorials commentisfree columnists letters live liveblog live-blog "
    "live-updates podcast podcasts video videos quiz crosswords horoscopes".split()
)


def is_news(article: Article) -> bool:
    """No opinion, no live blog, no page that only announces sound or pictures; told by headline and address."""
    folders = urlsplit(article.url or "").path.lower().split("/")[:-1]
    return not _NO_NEWS.search(article.title) and _NO_NEWS_PATHS.isdisjoint(folders)


def importance(story: Story, wishes: Wishes, now: datetime, mood: Mood = Mood.NEW) -> float:
    """How much a story matters to a reader; never less for another outlet, for a topic of theirs, or for being new."""
    age = max(now - story.last, timedelta(0))
    theirs = story.about if wishes.topics is None else story.about & wishes.topics
    weight = math.log2(1 + len(story.outlets)) + math.exp(-age / FRESH)
    return weight + (0.5 if theirs else 0.0) + (0.25 if mood is Mood.NEW else 0.0)


def select(ranked: Iterable[Item], wishes: Wishes) -> list[Item]:
    """Take items in order while words, characters and caps allow; the room left then holds their `more`."""
    most = MOST_STORIES.get(wishes.minutes, 3 * wishes.minutes)
    pool = _Pool(itertools.islice(ranked, POOL * most))
    taken: list[Item] = []
    for number in range(most, 0, -1):  # a cap in per cent depends on how many there are in the end
        taken = _take(pool, number, wishes)
        if len(taken) == number:
            break
    room = _characters(wishes) - sum(_spent(item)[1] for item in taken)
    kept = []
    for item in taken:
        size = sum(len(sentence) + 1 for sentence in item.more)
        kept.append(item if size <= room else dataclasses.replace(item, more=()))
        room -= size if size <= room else 0
    return kept


class _Pool:
    """Items that are made only when they are asked for, and then kept."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._coming = items
        self._made: list[Item] = []

    def __iter__(self) -> Iterator[Item]:
        for number in itertools.count():
            if number == len(self._made):
                item = next(self._coming, None)
                if item is None:
                    return
                self._made.append(item)
            yield self._made[number]


def _take(pool: Iterable[Item], number: int, wishes: Wishes) -> list[Item]:
    """At most `number` items by the caps that hold for so many."""
    left, room = words_left((), wishes) - SPELLING_WORDS, _characters(wishes)
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
        words, size = _spent(item)
        if len(taken) == number or (taken and (words > left or size > room)):
            break
        taken.append(item)
        by_topic.update(topics)
        by_outlet[outlet] += 1
        left, room = left - words, room - size
    return taken


def _most_of_topic(number: int, wishes: Wishes) -> int:
    followed = None if wishes.topics is None else len(wishes.topics)
    if followed is None or followed * TOPIC_SHARE >= 1:
        return max(1, int(number * TOPIC_SHARE))
    return number if followed < 2 else math.ceil(number / followed)


def _characters(wishes: Wishes) -> int:
    return ONE_MESSAGE * (2 if wishes.minutes >= 3 else 1) - FRAME_CHARACTERS


def words_of(item: Item) -> int:
    """Visible words of an item, its sourcing tail included."""
    return len(_visible(item).split()) + tail_words(item.outlets, item.commands)


def words_left(items: Sequence[Item], wishes: Wishes) -> int:
    """What the reading budget has left beside these."""
    return BUDGET_WORDS.get(wishes.minutes, 230 * wishes.minutes) - FRAME_WORDS - sum(map(words_of, items))


def _spent(item: Item) -> tuple[int, int]:
    """Visible words and characters of an item."""
    tail = " ".join((*item.outlets[:2], *item.commands))
    return words_of(item), len(_visible(item)) + len(tail) + TAIL_CHARACTERS


def _visible(item: Item) -> str:
    return " ".join((item.lead, *item.facts, *item.disputes))


def tail_words(outlets: Sequence[str], commands: Sequence[str]) -> int:
    """Words of `Outlet, Outlet · 3 Dec · 4 outlets · /topic`; a dot between them counts as one, as in print."""
    return len(" ".join(outlets[:2]).split()) + 2 * len(commands) + 6
