"""Finds what is new in a story: the numbers and names that no earlier report states. Pure.

Promises to compare only reports of one story. Never decides which reports make a story; `grouping.py` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.model import Article, Story
from briefings.text.dates import is_weekday_or_month
from briefings.text.fact_check import unsupported
from briefings.text.headline import is_title_case


def news(story: Story, mark: datetime) -> frozenset[str]:
    """Return the numbers and names that reports after `mark` state and no report up to then does.

    `mark` is the instant up to which a reader was told. A later weekday or month is no news by itself, nor is a
    word that has its capital only in a headline. Copies add nothing.
    """
    before = "\n".join(f"{a.title}\n{a.text}" for a in story.articles if a.tellable <= mark)
    after = [a for a in story.articles if a.tellable > mark and a.copy_of is None]
    stated = [text for a in after for text in (a.summary, "" if is_title_case(a.title) else a.title)]
    additions = unsupported("\n".join(stated), before, strict=False)
    return frozenset(piece for piece in additions if not is_weekday_or_month(piece))


def facts_in(sentence: str, facts: frozenset[str]) -> int:
    """Count the numbers and names among `facts` that a sentence holds."""
    return sum(bool(re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", sentence)) for fact in facts)


@dataclass(frozen=True, slots=True)
class Change:
    report: Article
    words: tuple[str, ...]


def find_change(before: Sequence[Article], after: Sequence[Article], *, sent: Sequence[str] = ()) -> Change | None:
    earlier = "\n".join(f"{a.title}\n{a.text}" for a in before)
    for report in reversed([a for a in after if a.copy_of is None]):
        additions = unsupported(f"{report.title}\n{report.summary}", earlier, strict=False)
        if additions:
            return Change(report, tuple(sorted(additions)[:5]))
    return None


def place_of_news(
    sentences: Sequence[str], change: Change, before: Sequence[Article], sent: Sequence[str] = ()
) -> int | None:
    return next((i for i, s in enumerate(sentences) if facts_in(s, frozenset(change.words))), None)


def goes_back(report: Article, before: Sequence[Article]) -> bool:
    return False
