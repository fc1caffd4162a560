"""What is new in a story. Pure. Which reports make one is for `desk.py`."""

from __future__ import annotations

import re
from datetime import datetime

from briefings.model import Article, Story
from briefings.text.fact_check import unsupported

_WHEN = re.compile(
    r"(?i)(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?s?\.?"
    r"|(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)\.?"
)


def news(story: Story, told: datetime) -> frozenset[str]:
    """What makes a story worth telling again: numbers and names since `told` that no report before it states.

    A later weekday or month is no news by itself, nor is a word that only a headline capitalises.
    """
    before = "\n".join(f"{a.title}\n{a.text}" for a in story.articles if a.tellable <= told)
    after = [a for a in story.articles if a.tellable > told and a.copy_of is None]
    stated = [text for a in after for text in (a.summary, "" if _is_title_case(a.title) else a.title)]
    fresh = unsupported("\n".join(stated), before, strict=False)
    return frozenset(piece for piece in fresh if not _WHEN.fullmatch(piece))


def facts_in(sentence: str, wanted: frozenset[str]) -> int:
    """How many of these numbers and names a sentence holds."""
    return sum(bool(re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", sentence)) for piece in wanted)


def _is_title_case(title: str) -> bool:
    """Are most of its words capitalised, so that a capital says nothing?"""
    words = [word for word in title.split()[1:] if word[0].isalpha()]
    return sum(word[0].isupper() for word in words) * 2 > len(words)


def as_of(story: Story, now: datetime) -> Story | None:
    """The story without reports that are dated after now; None when none is left."""
    past = tuple(article for article in story.articles if article.when <= now)
    return Story(story.id, past) if past else None


def newest_original(story: Story) -> Article:
    """The latest report that is not a copy of another."""
    return next((a for a in reversed(story.articles) if a.copy_of is None), story.articles[-1])
