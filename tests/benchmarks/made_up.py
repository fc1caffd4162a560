"""Makes up any number of articles from the real ones of `stories.jsonl`, the same ones every time.

An event takes its sentences from two real stories, and several reports tell it, each with a choice of these sentences
in which every sixth word is exchanged. So reports of one event resemble each other as real ones do, none is a copy, and
the vocabulary is that of real news. Without the data set, the words are invented and follow Zipf's law.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from briefings.text.sentences import split
from tests.benchmarks.archive import word
from tests.benchmarks.data import DATA

DAYS = 60
LAST = datetime(2026, 5, 30, tzinfo=UTC)
MEAN_LENGTH, SHORTEST, LONGEST = 650, 300, 3000
"""Characters of a text."""

EXCHANGED = 6
"""One word in so many is exchanged for another: too many for two reports to pass for copies."""

MOST_REPORTS, OUTLETS = 8, 200
SPREAD = timedelta(hours=30)
"""The reports of an event are dated within this time."""

INVENTED_STORIES, INVENTED_WORDS = 3_000, 50_000


def articles(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Yield so many articles as the lines of a file hold them, ordered by their time."""
    chance = random.Random(seed)  # noqa: S311 - the same articles every time
    stories = _real_stories() or _invented_stories()
    words = [each for _, sentences in stories for sentence in sentences for each in sentence.split()]
    reports: list[tuple[datetime, int]] = []
    while len(reports) < count:
        event = len(reports)
        begins = LAST - timedelta(seconds=chance.uniform(0, DAYS * 86_400))
        for _ in range(min(1 + int(chance.expovariate(0.5)), MOST_REPORTS, count - len(reports))):
            reports.append((begins + chance.random() * SPREAD, event))
    for number, (when, event) in enumerate(sorted(reports)):
        of_event = random.Random(f"{seed} {event}")  # noqa: S311 - the same two stories for each report of an event
        titles, sentences = _merged(of_event.choice(stories), of_event.choice(stories))
        yield {
            "title": _exchanged(chance.choice(titles), words, chance)[:200],
            "text": _text(sentences, words, chance),
            "url": f"https://outlet{event % OUTLETS}.example/{seed}/{number}",
            "published": when.isoformat(),
            "source": f"Outlet {chance.randrange(OUTLETS)}",
        }


Story = tuple[list[str], list[str]]
"""The titles and the sentences of the reports that tell a story."""


def _real_stories() -> list[Story]:
    path = DATA / "stories.jsonl"
    if not path.exists():
        return []
    stories: dict[tuple[str, str], Story] = {}
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        titles, sentences = stories.setdefault((row["set"], row["story"]), ([], []))
        if row["title"]:
            titles.append(row["title"])
        sentences += split(row["text"])
    return [story for story in stories.values() if story[0] and len(story[1]) > 1]


def _invented_stories() -> list[Story]:
    chance = random.Random(0)  # noqa: S311 - the same words every time
    words = [word(rank) for rank in range(INVENTED_WORDS)]
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(INVENTED_WORDS)))

    def sentence(length: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=length)).capitalize() + "."

    return [
        ([sentence(9) for _ in range(3)], [sentence(chance.randint(8, 30)) for _ in range(12)])
        for _ in range(INVENTED_STORIES)
    ]


def _merged(first: Story, second: Story) -> Story:
    return first[0] + second[0], first[1] + second[1]


def _text(sentences: list[str], words: list[str], chance: random.Random) -> str:
    """Return a text of these sentences whose length is near a random one, about `MEAN_LENGTH` on average."""
    wanted = min(max(SHORTEST, int(chance.expovariate(1 / (MEAN_LENGTH - SHORTEST))) + SHORTEST), LONGEST)
    text = ""
    for sentence in chance.sample(sentences, len(sentences)):
        if len(text) >= wanted - 60:
            break
        text += _exchanged(sentence, words, chance) + " "
    return text[:LONGEST].strip()


def _exchanged(text: str, words: list[str], chance: random.Random) -> str:
    return " ".join(chance.choice(words) if chance.randrange(EXCHANGED) == 0 else word for word in text.split())
