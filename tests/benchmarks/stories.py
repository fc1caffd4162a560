"""The quality of grouping into stories, compared with a plain single pass in the same run.

`python tests/benchmarks/stories.py [DIRECTORY]`: DIRECTORY holds `stories.jsonl`, one article a line with its `set`,
gold `story`, `title`, `text` and `published` (ISO 8601, or null: all on one day). Without it the table is skipped, with
a line that says so. `questions.jsonl` beside it, if there, gives paragraphs in other scripts. Scores are BCubed; speed
is articles per second of processor time, reading included.
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from briefings.stories.grouping import GROUPING_WINDOW, StoryGrouper
from briefings.stories.terms import weigh_terms
from briefings.text.sentences import split
from briefings.text.words import find_words
from tests.benchmarks.data import DATA

UNDATED = datetime(2025, 1, 1, tzinfo=UTC)
PLAIN_THRESHOLD = 0.2
"""The threshold with which the plain single pass scores best on `neus-val`."""

SUBSETS, SUBSET_STORIES = 3, 300
PARAGRAPHS_OF_AN_ARTICLE = 5  # of `questions.jsonl`, in a row: they are on one subject
TITLE_WORDS = 8

Item = dict[str, Any]
Labels = list[int]
Rows = list[tuple[str, int, int, str, int, float, float, float, float]]
HEADER = ("set", "articles", "stories", "method", "found", "P", "R", "F1", "articles/s")


def bcubed(gold: Sequence[Any], labels: Sequence[Any]) -> tuple[float, float, float]:
    """Return precision, recall and their harmonic mean, each article counted once (Bagga and Baldwin 1998)."""
    gold_sizes, sizes, overlaps = Counter(gold), Counter(labels), Counter(zip(gold, labels, strict=True))
    precision = sum(n * n / sizes[label] for (_, label), n in overlaps.items()) / len(gold)
    recall = sum(n * n / gold_sizes[story] for (story, _), n in overlaps.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def plain(items: Sequence[Item]) -> Labels:
    """Group by the baseline: each article joins the story with the nearest TF-IDF centroid, or starts one."""
    vectors = [weigh_terms(item["title"], item["text"]) for item in items]
    uses = Counter(word for vector in vectors for word in vector)
    centroids: list[dict[str, float]] = []
    last: list[datetime] = []
    holding: dict[str, set[int]] = {}
    labels: Labels = []
    for item, counted in zip(items, vectors, strict=True):
        vector = _unit({word: n * math.log(1 + len(items) / uses[word]) for word, n in counted.items()})
        shared = Counter(story for word in vector for story in holding.get(word, ()))
        best, most = len(centroids), PLAIN_THRESHOLD
        for story, _ in shared.most_common(20):
            if abs(_when(item) - last[story]) <= GROUPING_WINDOW:
                length = math.sqrt(sum(weight * weight for weight in centroids[story].values()))
                likeness = sum(weight * centroids[story].get(word, 0.0) for word, weight in vector.items()) / length
                if likeness > most:
                    best, most = story, likeness
        if best == len(centroids):
            centroids.append({})
            last.append(_when(item))
        last[best] = max(last[best], _when(item))
        for word, weight in vector.items():
            centroids[best][word] = centroids[best].get(word, 0.0) + weight
            holding.setdefault(word, set()).add(best)
        labels.append(best)
    return labels


def at_once(items: Sequence[Item]) -> Labels:
    """Group as we do when an article comes in."""
    grouper = StoryGrouper()
    return [grouper.place(n, i["title"], i["text"], _when(i)) for n, i in enumerate(items, 1)]


def afresh(items: Sequence[Item]) -> Labels:
    """Group as we do at the end of a run."""
    grouper = StoryGrouper()
    for number, item in enumerate(items, 1):
        grouper.place(number, item["title"], item["text"], _when(item))
    groups = grouper.regroup(range(1, len(items) + 1))
    label = {number: place for place, numbers in enumerate(groups) for number in numbers}
    return [label[number] for number in range(1, len(items) + 1)]


METHODS: dict[str, Callable[[Sequence[Item]], Labels]] = {
    "plain single pass": plain,
    "ours, at once": at_once,
    "ours, grouped afresh": afresh,
}


def rows(directory: Path = DATA) -> Rows:
    """Return a row for each set and method, with the columns of HEADER; none when there are no data."""
    if not (directory / "stories.jsonl").is_file():
        return []
    table: Rows = []
    for name, items in (*_sets(directory / "stories.jsonl"), *_paragraphs(directory / "questions.jsonl")):
        gold = [item["story"] for item in items]
        for method, run in METHODS.items():
            started = time.process_time()
            labels = run(items)
            speed = len(items) / (time.process_time() - started)
            scores = bcubed(gold, labels)
            table.append((name, len(items), len(set(gold)), method, len(set(labels)), *scores, speed))
    return table


def _sets(file: Path) -> Iterator[tuple[str, list[Item]]]:
    """Yield each set in a shuffled order, random parts of the largest, and all neus articles, put on one day."""
    items = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    chance = random.Random(1)  # noqa: S311 an order, not a secret
    chance.shuffle(items)
    for name in ("allsides", "neus-val"):
        yield name, [item for item in items if item["set"] == name]
    train = [item for item in items if item["set"] == "neus-train"]
    stories = sorted({item["story"] for item in train})
    for number in range(SUBSETS):
        chosen = set(chance.sample(stories, SUBSET_STORIES))
        yield f"neus-train, part {number + 1}", [item for item in train if item["story"] in chosen]
    yield "all neus on one day", [item for item in items if item["set"].startswith("neus")]


def _paragraphs(file: Path) -> Iterator[tuple[str, list[Item]]]:
    """Yield for each language a set of unrelated paragraphs, each twice: as it is, and with its first sentence last."""
    if not file.is_file():
        return
    languages: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        languages.setdefault((row := json.loads(line))["language"], []).append(row["text"])
    for language, texts in sorted(languages.items()):
        items = []
        for number, text in enumerate(texts[::PARAGRAPHS_OF_AN_ARTICLE]):
            first, *others = split(text, language)
            for form in (text, " ".join([*others, first])):
                title = " ".join(find_words(form)[:TITLE_WORDS])
                items.append({"story": number, "title": title, "text": form, "published": None})
        yield f"paragraphs twice, {language}", items


def _when(item: Item) -> datetime:
    if not item["published"]:
        return UNDATED
    when = datetime.fromisoformat(item["published"])
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()} if length else {}


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    directory = Path(arguments[0]) if arguments else DATA
    table = rows(directory)
    if not table:
        sys.stdout.write(f"skipped: no stories.jsonl in {directory}\n")
        return
    sys.stdout.write("{:22} {:>8} {:>7}  {:22} {:>5} {:>5} {:>5} {:>5} {:>10}\n".format(*HEADER))
    for name, count, gold, method, groups, precision, recall, f1, speed in table:
        scores = f"{100 * precision:5.1f} {100 * recall:5.1f} {100 * f1:5.1f}"
        sys.stdout.write(f"{name:22} {count:8} {gold:7}  {method:22} {groups:5} {scores} {speed:10.0f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
