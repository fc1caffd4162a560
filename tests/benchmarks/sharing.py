"""How many editions one slot costs when readers began at different minutes: real composition of made-up news.

Readers of one rhythm and one set of wishes begin at random minutes of a day, each with a first edition of their own.
From then on they are due together, once a day. Without memories they share one edition from the second slot on; with
them, those whose memories are equal do. What is counted is the editions of each slot.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from briefings.editions.compose import compose
from briefings.editions.memory import Memory, to_carry_on, until_next
from briefings.model import Article, Story, Wishes
from briefings.passes.edition_cache import earliest_news
from tests.benchmarks.archive import word

READERS = 250
"""Readers of one rhythm and one set of wishes: a million, in 400 zones with ten sets of wishes."""

DAYS = 7
FIRST_SLOT = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
HISTORY = timedelta(days=8)
VOLUMES = (15, 40, 120, 400)
"""Reports a day: a quiet newsroom to a busy one."""

TOPICS = tuple(f"topic{number}" for number in range(12))
WISHES = (Wishes(), Wishes(minutes=5), Wishes(frozenset(TOPICS[:2])), Wishes(frozenset(TOPICS[:6]), 1))
OUTLETS, NAMES, WORDS = 40, 400, 3000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class News:
    """Stories with all their reports, and each story's reports by the time they became ready."""

    stories: tuple[Story, ...]

    def since(self, mark: datetime | None, now: datetime, carried: frozenset[int]) -> Iterator[Story]:
        """Yield the stories that compete at `now`, as they are then, as the edition cache chooses them."""
        window = earliest_news(now, mark)
        for story in self.stories:
            ready = tuple(each for each in story.articles if each.ready <= now)
            dated = (each for each in ready if each.when >= window)
            is_news = any(each.ready > mark if mark else each.ready >= window for each in dated)
            if ready and (is_news or story.id in carried):
                yield Story(story.id, ready)


def main() -> None:
    """Print the editions of each slot, by the number of reports a day."""
    print(f"editions for {READERS} readers of one rhythm and one set of wishes; without memories 1 from slot 2 on")
    print(f"{'reports a day':>13} {'wishes':>22} " + " ".join(f"{f'slot {n}':>7}" for n in range(1, DAYS + 1)))
    after_three_days = []
    for volume, wishes in itertools.product(VOLUMES, WISHES):
        counts = editions(made_up(volume), wishes, READERS)
        after_three_days += counts[3:]
        name = f"{'all' if wishes.topics is None else len(wishes.topics)} topics, {wishes.minutes} min"
        print(f"{volume:>13} {name:>22} " + " ".join(f"{count:>7}" for count in counts), flush=True)
    mean = sum(after_three_days) / len(after_three_days)
    print(f"after three days {mean:.2f} editions where there was one; at most {max(after_three_days)}")


def editions(news: News, wishes: Wishes, readers: int, seed: int = 1) -> list[int]:
    """Return how many editions each slot costs readers who begin at random minutes before the first."""
    chance = random.Random(seed)  # noqa: S311 - the same readers every time
    begins = sorted(FIRST_SLOT - timedelta(minutes=chance.randrange(1, 1440)) for _ in range(readers))
    groups: Counter[tuple[datetime, Memory]] = Counter()
    for begin in begins:
        groups[begin, _memory_after(news, wishes, None, (), begin)] += 1
    counts = []
    for day in range(DAYS):
        slot = FIRST_SLOT + day * DAY
        counts.append(len(groups))
        after: Counter[tuple[datetime, Memory]] = Counter()
        for (mark, memory), count in groups.items():
            after[slot, _memory_after(news, wishes, mark, memory, slot)] += count
        groups = after
    return counts


def _memory_after(news: News, wishes: Wishes, mark: datetime | None, memory: Memory, now: datetime) -> Memory:
    carried = frozenset(to_carry_on(memory, mark, now))
    draft = compose(news.since(mark, now, carried), wishes, mark=mark, now=now, memory=memory)
    days_gone = (now - FIRST_SLOT) // DAY
    return until_next(draft.memory, now, FIRST_SLOT + (days_gone + 1) * DAY)


def made_up(reports_a_day: int, seed: int = 1) -> News:
    """Make up stories: most have one report, some many within a day or two, a few go on for a week."""
    chance = random.Random(f"{seed} {reports_a_day}")  # noqa: S311 - the same news every time
    begin, end = FIRST_SLOT - HISTORY - DAY, FIRST_SLOT + DAYS * DAY
    total = int(reports_a_day * (end - begin) / DAY)
    stories: list[Story] = []
    number = itertools.count(1)
    written = 0
    while written < total:
        first = begin + (end - begin) * chance.random()
        reports = 1 + min(int(chance.expovariate(0.6)), 30)
        spread = DAY * 6 if chance.random() < 0.03 else timedelta(hours=30)
        names = [_name(chance) for _ in range(3)]
        topics = tuple(chance.sample(TOPICS, 1 if chance.random() < 0.7 else 2))
        story = len(stories) + 1
        whens = sorted(first + spread * chance.random() for _ in range(reports))
        stories.append(Story(story, tuple(_report(chance, next(number), story, when, names, topics) for when in whens)))
        written += reports
    return News(tuple(stories))


def _report(
    chance: random.Random, number: int, story: int, when: datetime, names: list[str], topics: tuple[str, ...]
) -> Article:
    title = f"{chance.choice(names)} {_words(chance, 7)}".strip()
    others = [*names, _name(chance)] if chance.random() < 0.3 else names
    sentences = [
        f"{chance.choice(others)} {_words(chance, chance.randint(10, 30))} {chance.randint(2, 90)} {_words(chance, 2)}."
        for _ in range(3)
    ]
    summary = " ".join(sentences)
    late = timedelta(minutes=chance.randrange(1, 90))
    return Article(
        id=number,
        title=title,
        text=summary,
        summary=summary,
        url=f"https://example.org/{number}",
        published=when,
        source=f"Outlet {chance.randrange(OUTLETS)}",
        language="en",
        added=when + late,
        ready=when + late,
        story=story,
        topics=topics,
        about=frozenset(topics[:1]),
    )


def _name(chance: random.Random) -> str:
    return word(WORDS + chance.randrange(NAMES)).capitalize()


def _words(chance: random.Random, count: int) -> str:
    return " ".join(word(chance.randrange(WORDS)) for _ in range(count))


if __name__ == "__main__":
    main()
