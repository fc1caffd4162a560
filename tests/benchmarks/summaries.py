"""The quality of extracts: ROUGE against summaries that people wrote, compared with the first sentences.

For every set of `summaries.jsonl` the extract is scored beside the lead of as many sentences, cut by the same rules, so
that length alone wins nothing; ROUGE-1, -2 and -Lsum F1 with stemming, in points. The interval is a paired bootstrap's
95 % of the mean of the three. The sets hold no headlines, so the first words of each text stand in for one.

`python -m pip install rouge-score`, then `python tests/benchmarks/summaries.py [FOLDER]` from the project's folder;
the folder of the data may also be named by BRIEFINGS_BENCHMARK_DATA. Without data or rouge-score there are no rows.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from briefings.text.sentences import split
from briefings.text.summary import extract
from tests.benchmarks.data import DATA

KINDS = ("rouge1", "rouge2", "rougeLsum")
HEADLINE_WORDS = 9
DRAWS = 2_000

Scores = tuple[float, float, float]


class Row(NamedTuple):
    """One set: mean scores of the extracts and of as many first sentences, and the bounds of the mean difference."""

    name: str
    articles: int
    sentences: float
    words: float
    ours: Scores
    lead: Scores
    low: float
    high: float


class _Pair(NamedTuple):
    ours: Scores
    lead: Scores
    sentences: int
    words: int


def rows(folder: Path = DATA) -> list[Row]:
    """Return a row for each set and one for all; none when the data or rouge-score is missing."""
    articles, scorer = _articles(folder), _scorer()
    if not articles or scorer is None:
        return []
    sets: dict[str, list[_Pair]] = {}
    for article in articles:
        sets.setdefault(article["set"], []).append(_pair(scorer, article))
    return [*(_row(name, pairs) for name, pairs in sets.items()), _row("all", [p for s in sets.values() for p in s])]


def speed(folder: Path = DATA) -> float:
    """Return how many articles of 400 to 800 words are summed up in a second of one core; 0 without data."""
    texts = [article["text"] for article in _articles(folder) if 400 <= len(article["text"].split()) <= 800]
    start = time.process_time()
    for text in texts:
        extract("A headline", text, "en")
    return len(texts) / (time.process_time() - start) if texts else 0.0


def _articles(folder: Path) -> list[dict[str, str]]:
    path = folder / "summaries.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def _scorer() -> Any:
    """Return the scorer of rouge-score, None when that is not installed: the project itself never needs it."""
    try:
        return importlib.import_module("rouge_score.rouge_scorer").RougeScorer(list(KINDS), use_stemmer=True)
    except ImportError:
        return None


def _pair(scorer: Any, article: dict[str, str]) -> _Pair:
    text = article["text"]
    chosen = split(extract(" ".join(text.split()[:HEADLINE_WORDS]), text, "en"))
    reference = "\n".join(split(article["reference"]))
    ours, lead = (
        tuple(100 * scorer.score(reference, "\n".join(sentences))[kind].fmeasure for kind in KINDS)
        for sentences in (chosen, split(text)[: len(chosen)])
    )
    return _Pair(ours, lead, len(chosen), sum(len(sentence.split()) for sentence in chosen))  # type: ignore[arg-type] # three


def _row(name: str, pairs: list[_Pair]) -> Row:
    gains = [(sum(pair.ours) - sum(pair.lead)) / 3 for pair in pairs]
    chance = random.Random(1)  # noqa: S311 - the same draws each time
    means = sorted(_mean(chance.choices(gains, k=len(gains))) for _ in range(DRAWS))
    ours, lead = (tuple(_mean([pair[side][kind] for pair in pairs]) for kind in range(3)) for side in (0, 1))
    return Row(
        name,
        len(pairs),
        _mean([pair.sentences for pair in pairs]),
        _mean([pair.words for pair in pairs]),
        ours,  # type: ignore[arg-type] # three kinds
        lead,  # type: ignore[arg-type] # three kinds
        means[DRAWS // 40],
        means[-DRAWS // 40],
    )


def _mean(values: list[Any]) -> float:
    return sum(values) / len(values)


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    write = sys.stdout.write
    if _scorer() is None:
        write("skipped: rouge-score is not installed (python -m pip install rouge-score)\n")
        return
    table = rows(folder)
    if not table:
        write(f"skipped: no summaries.jsonl in {folder}\n")
        return
    write("set           articles  sentences  words   extract: R1 / R2 / RL    lead: R1 / R2 / RL       gain, 95 %\n")
    for row in table:
        ours, lead = (" / ".join(f"{score:5.2f}" for score in scores) for scores in (row.ours, row.lead))
        gain = " ".join(f"{a - b:+.2f}" for a, b in zip(row.ours, row.lead, strict=True))
        write(
            f"{row.name:12}  {row.articles:8}  {row.sentences:9.2f}  {row.words:5.1f}   {ours}    {lead}    "
            f"{gain}  [{row.low:+.2f}, {row.high:+.2f}]\n"
        )
    write(f"{speed(folder):.0f} articles of 400 to 800 words a second of one core\n")


if __name__ == "__main__":
    main()
