"""Counts what became of the articles that `add` was given, and keeps as much of it as is printed at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from briefings.errors import Problem
from briefings.newsroom.editing import IngestResult
from briefings.newsroom.intake import Placed

SHOWN = 20
"""Entries that are printed one by one, and rejected ones that are named in a bulk: a few screens."""


class Outcomes:
    """The outcomes of a run. Of more than `SHOWN` only the first rejected ones are kept, unless `keeps_all`."""

    def __init__(self, *, keeps_all: bool) -> None:
        self.counts: Counter[str] = Counter(stored=0, known=0, changed=0, rejected=0)
        """How many were stored, known and unchanged, changed, and rejected."""

        self.kept: list[tuple[str, IngestResult]] = []
        """Outcomes in the order read, each with its place."""

        self.is_storing = False
        """True while articles are being stored that are not counted yet."""

        self._keeps_all = keeps_all

    @property
    def total(self) -> int:
        """The number of outcomes."""
        return self.counts.total()

    @property
    def is_bulk(self) -> bool:
        """True if there are too many to print each."""
        return self.total > SHOWN

    def add(self, where: str, result: IngestResult) -> None:
        """Count an outcome. `where` is the place of the article."""
        status = "rejected" if not result.article else "changed" if result.changed else "known" if result.known else ""
        self.counts[status or "stored"] += 1
        if self._keeps_all or not self.is_bulk:
            self.kept.append((where if status == "rejected" else "", result))
        else:
            if self.total == SHOWN + 1:
                self.kept = [(place, earlier) for place, earlier in self.kept if not earlier.article]
            if status == "rejected" and len(self.kept) < SHOWN:
                self.kept.append((where, result))

    def stopped(self) -> str:
        """Return the line that says what was done when the run was stopped."""
        counts = self.counts
        known = counts["known"] + counts["changed"]
        stored = f"{'at least ' if self.is_storing else ''}{counts['stored']:,}"
        return f"stopped: {stored} articles stored ({known:,} known); run the same command again to go on"


class PortionOutcomes:
    """Adds the outcomes of a portion's articles in their order, while the results of its entries come in."""

    def __init__(self, name: str, articles: Sequence[Placed], outcomes: Outcomes) -> None:
        self._articles = iter(articles)
        self._name = name
        self._outcomes = outcomes

    def add(self, results: Sequence[IngestResult]) -> None:
        """Add the results of the next entries, and the articles without an entry that stand before these."""
        for result in results:
            self._outcomes.add(self._up_to_entry(), result)

    def end(self) -> None:
        """Add the articles without an entry that stand at the end."""
        self._up_to_entry()

    def _up_to_entry(self) -> str:
        """Add the articles without an entry before the next one that has one. Return the place of that."""
        for article in self._articles:
            place = f"{self._name}: {article.where}" if article.where else self._name
            if not isinstance(article.result, Problem):
                return place
            self._outcomes.add(place, IngestResult(None, reason=article.result))
        return ""
