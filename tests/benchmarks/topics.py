"""The speed of topic matching, and the agreement of three ways to match: inside words, as whole words, and ours.

`python -m tests.benchmarks.topics` from the root prints a table. Times are of the processor, without the first reading,
which makes the patterns. Without the development data the texts are made up.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter

from briefings import starter
from briefings.model import Topic
from briefings.topics.matching import Matcher
from tests.benchmarks.data import DATA

HEADLINES = 4000


def texts() -> dict[str, list[tuple[str, str]]]:
    """Return titles and texts of articles: whole ones, and headlines with or without a lead."""
    if not (DATA / "summaries.jsonl").exists():
        chance = random.Random(1)  # noqa: S311 - made-up texts
        words = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("rn", "st", "l", "nding", "ts")]
        made = [" ".join(chance.choices([*words, "S-400", "sanctions", "India"], k=600)) for _ in range(250)]
        return {"made up": [(text[:60], text) for text in made]}
    whole = [json.loads(line)["text"] for line in (DATA / "summaries.jsonl").open()]
    leads = [json.loads(line) for line in (DATA / "stories.jsonl").open()][:HEADLINES]
    return {
        "articles": [(text[:60], text) for text in whole],
        "headline + lead": [(lead["title"] or "", lead["text"] or "") for lead in leads],
    }


def generated(number: int, corpus: list[tuple[str, str]]) -> list[Topic]:
    """Make topics of four aliases from the rarer words of a corpus: two words, a name, a phrase."""
    seen = Counter(word for _, text in corpus for word in set(re.findall(r"[a-z]{5,}", text.lower())))
    words = sorted(word for word, times in seen.items() if times <= 3) or ["nothing"]
    pick = random.Random(2).choices(words, k=number * 4)  # noqa: S311 - the same every time
    quads = (pick[n * 4 : n * 4 + 4] for n in range(number))
    return [
        Topic(f"t{n}", "T", "D.", aliases=(a, b, c.title(), f"{d} {a}"), exact=(f"ZQ{n}",))
        for n, (a, b, c, d) in enumerate(quads)
    ]


def speed(topics: list[Topic], corpus: list[tuple[str, str]]) -> tuple[float, int]:
    """Return articles a second, and the number of tags given."""
    matcher = Matcher(topics)
    tags = sum(len(matcher.tag(title, text, "en")) for title, text in corpus)
    start = time.process_time()
    for title, text in corpus:
        matcher.tag(title, text, "en")
    return len(corpus) / (time.process_time() - start), tags


def agreement(topics: list[Topic], corpus: list[tuple[str, str]]) -> Counter[tuple[bool, bool, bool]]:
    """Count pairs of topic and article by three answers: matched inside words, as a whole word in any case, by us."""
    matcher, counts = Matcher(topics), Counter[tuple[bool, bool, bool]]()
    for title, text in corpus:
        whole = f"{title}\n{text}".lower()
        ours = matcher.tag(title, text, "en")
        for topic in topics:
            names = [name.lower() for name in (*topic.aliases, *topic.exact)]
            inside = [name for name in names if name in whole]
            as_word = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", whole) for name in inside)
            counts[bool(inside), as_word, topic.command in ours] += 1
    return counts


def rows() -> list[tuple[str, str, str]]:
    """Return corpus, measure and result of each row."""
    table = []
    for name, corpus in texts().items():
        length = sum(len(text.split()) for _, text in corpus) // len(corpus)
        for label, topics in (("31 starter topics", starter.topics()), ("500 topics", generated(500, corpus))):
            each, tags = speed(topics, corpus)
            result = (
                f"{each:,.0f} articles/s, {each * tags / len(corpus):,.0f} tags/s ({tags / len(corpus):.1f} tags each)"
            )
            table.append((f"{name} ({len(corpus)}, {length} words)", label, result))
        for (inside, word, ours), number in sorted(agreement(starter.topics(), corpus).items()):
            if inside or ours:
                way = f"substring {'+-'[not inside]}  whole word {'+-'[not word]}  ours {'+-'[not ours]}"
                table.append((name, way, f"{number}"))
    return table


def main() -> None:
    """Print the table."""
    for row in rows():
        print(" | ".join(row))


if __name__ == "__main__":
    main()
