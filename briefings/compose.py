"""Stories and a reader's wishes become an edition. Pure; the rules are those of the editorial page.

1. A story is *new* when all of it came after the reader's mark, *updated* when some of it did and that
   brought a new number or name; anything else has been told and stays out, as do future-dated reports.
2. Importance is outlets, freshness and the reader's topics; ties go to the later story.
3. Stories are taken in that order until the reading budget is full (230 words a minute). What is left
   is counted and kept for who asks; it is never squeezed in.
4. Every word of a lead, point or fact is a source's own. Sentences are taken whole or not at all.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from briefings import stories as rules
from briefings.model import Article, Draft, Item, Mood, Story, Wishes
from briefings.sentences import split

BUDGET_WORDS = {1: 230, 2: 450, 3: 650, 5: 1100}
ONE_MESSAGE = 3300
"""Characters of one edition's stories; a five-minute edition may fill two messages."""

MOST_STORIES = {1: 4, 2: 7, 3: 10, 5: 15}
HEADLINE_CHARACTERS = 80
LEAD_WORDS = 12
LEAD_WORDS_UNCUT = 20
POINT_WORDS = 20
POINTS = 3
STORY_WORDS = 60
TAIL_WORDS = 8
FRAME_WORDS = 90
"""What an edition spends on headline, dateline, points and end mark."""

FRESH = timedelta(hours=36)

_CLAUSE = re.compile(r"[,;:]\s|\s[–—-]\s")
_CONDITION = re.compile(r"(?i)(if|when|while|as|after|before|unless|although|though|despite|because|without)\b")
_DANGLING = re.compile(
    r"(he|she|it|its|they|their|his|her|this|that|these|those|but|and|however|also|instead|earlier|meanwhile)\b", re.I
)
_NAME = re.compile(r"\b[A-Z][\w-]{2,}")
_TELLING = re.compile(r"\d|(?<=\w )[A-Z]\w")
"""A number, or a name within the sentence: what makes it a fact."""


def compose(stories: Iterable[Story], wishes: Wishes, *, mark: datetime | None, now: datetime) -> Draft:
    """Fill a reader's budget from the stories they have not been told; `now` keeps tomorrow's news out."""
    wanted = [(story, mood) for story in stories if wishes.want(story) if (mood := _mood(story, mark, now))]
    wanted.sort(key=lambda pair: (importance(pair[0], wishes, now), pair[0].last, pair[0].id), reverse=True)
    items, left = _fill([(_item(story, mood, mark), story) for story, mood in wanted], wishes.minutes)
    fresh = [pair for pair in items if pair[0].mood is Mood.NEW]
    updated = [pair for pair in items if pair[0].mood is Mood.UPDATED]
    leading = [_point(item, story, mark) for item, story in (fresh or updated)[:POINTS]]
    told = [item for _, item in leading]
    return Draft(
        headline=_headline([item.lead for item, _ in fresh or updated]),
        points=tuple(point for point, _ in leading),
        top=tuple(told if fresh else ()),
        updated=tuple([item for item, _ in updated] if fresh else told + [item for item, _ in updated[POINTS:]]),
        topics=tuple(item for item, _ in fresh[POINTS:]),
        left=tuple(left),
        total=len(wanted),
        minutes=wishes.minutes,
        since=mark,
        followed=None if wishes.topics is None else len(wishes.topics),
    )


def recall(story: Story) -> Item:
    """A story told before, as a quiet day remembers it."""
    return _item(story, Mood.NEW, None)


def importance(story: Story, wishes: Wishes, now: datetime) -> float:
    """How much a story matters to a reader; never less for another outlet, or for a topic of theirs."""
    age = max(now - story.last, timedelta(0))
    theirs = story.about if wishes.topics is None else story.about & wishes.topics
    return math.log2(1 + len(story.outlets)) + math.exp(-age / FRESH) + (0.5 if theirs else 0.0)


def lead(titles: Sequence[str]) -> str:
    """The best title that is short, or can be cut where a clause ends; whole if it must be (rule 4)."""
    for title in titles:
        if _count(title) <= LEAD_WORDS:
            return title
        if cut := _first_clause(title, LEAD_WORDS):
            return cut
        if _count(title) <= LEAD_WORDS_UNCUT:
            return title
    return min(titles, key=_count)


def _mood(story: Story, mark: datetime | None, now: datetime) -> Mood | None:
    if story.first > now:
        return None
    if mark is None or all(article.ready > mark for article in story.articles):
        return Mood.NEW
    if all(article.ready <= mark for article in story.articles):
        return None
    return Mood.UPDATED if rules.is_material(story, mark) else None


def _fill(wanted: list[tuple[Item, Story]], minutes: int) -> tuple[list[tuple[Item, Story]], list[int]]:
    """Take stories in order while words and characters last, then let the room left hold their `more`."""
    budget = BUDGET_WORDS.get(minutes, 230 * minutes) - FRAME_WORDS
    room = ONE_MESSAGE * (2 if minutes >= 5 else 1)
    taken: list[tuple[Item, Story]] = []
    for item, story in wanted[: MOST_STORIES.get(minutes, 3 * minutes)]:
        visible = " ".join((item.lead, *item.facts))
        spent = _count(visible) + TAIL_WORDS
        if taken and (spent > budget or len(visible) + 80 > room):
            break
        taken.append((item, story))
        budget, room = budget - spent, room - len(visible) - 80
    kept = []
    for item, story in taken:
        spent = sum(len(sentence) + 1 for sentence in item.more)
        if spent > room:
            item = dataclasses.replace(item, more=())
        else:
            room -= spent
        kept.append((item, story))
    return kept, [item.story for item, _ in wanted[len(taken) :]]


def _item(story: Story, mood: Mood, mark: datetime | None) -> Item:
    report = rules.newest_original(story)
    others = [a.title for a in reversed(story.articles) if a is not report and a.copy_of is None]
    top = lead([report.title, *others])
    facts, more = _facts(story, report, STORY_WORDS - TAIL_WORDS - _count(top), mood, mark)
    return Item(
        story=story.id,
        mood=mood,
        lead=top,
        facts=facts,
        more=more,
        outlets=story.outlets[:3],
        count=len(story.outlets),
        when=report.published,
        added=report.added,
        link=report.url,
        commands=tuple(t for t in story.topics if t in story.about)[:2] or story.topics[:1],
    )


def _facts(
    story: Story, report: Article, room: int, mood: Mood, mark: datetime | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """One or two sentences that fit the room, and those of the summary that did not."""
    summary = [s for s in split(report.summary, report.language) if not _same(s, report.title)]
    if mood is Mood.UPDATED and mark is not None:
        fresh = rules.news(story, mark)
        summary.sort(key=lambda sentence: -rules.facts_in(sentence, fresh))  # the change first
    candidates = summary or _sentences(report)
    facts: list[str] = []
    for sentence in candidates:
        if len(facts) < 2 and _count(sentence) <= room:
            facts.append(sentence)
            room -= _count(sentence)
    if not facts:
        facts = [s for s in _sentences(report) if _count(s) <= room and not _DANGLING.match(s)][:1]
    return tuple(facts), tuple(s for s in summary if s not in facts)


def _point(item: Item, story: Story, mark: datetime | None) -> tuple[str, Item]:
    """What to know of a story in at most 20 words, and its item without that sentence where it can be spared.

    Another outlet's headline says it best; else a short sentence of the report that shares a name with the lead.
    """
    report = rules.newest_original(story)
    others = [a.title for a in reversed(story.articles) if a is not report and (mark is None or a.ready > mark)]
    headline = next((title for title in others if _count(title) <= POINT_WORDS and _differ(title, item.lead)), "")
    if headline:
        return headline if headline.endswith((".", "!", "?", "”")) else f"{headline}.", item
    told = [*item.facts, *item.more]
    candidates = [*told, *_sentences(report)[:6]]
    short = [s for s in candidates if 5 <= _count(s) <= POINT_WORDS and not _DANGLING.match(s) and _TELLING.search(s)]
    names = set(_NAME.findall(item.lead))
    point = next((s for s in short if names & set(_NAME.findall(s))), "")
    if not point:
        return item.lead, item
    follower = next((after for before, after in itertools.pairwise(told) if before == point), "")
    if item.facts == (point,) or _DANGLING.match(follower):
        return point, item
    facts = tuple(fact for fact in item.facts if fact != point)
    return point, dataclasses.replace(item, facts=facts, more=tuple(fact for fact in item.more if fact != point))


def _differ(one: str, other: str) -> bool:
    """Do two headlines say different things, by less than half of their words in common?"""
    first, second = set(one.casefold().split()), set(other.casefold().split())
    return len(first & second) * 2 < min(len(first), len(second))


def _headline(leads: Sequence[str]) -> str:
    """The first line, which is all a notification shows: the top fact in at most 80 characters."""
    for text in leads[:1]:
        if len(text) <= HEADLINE_CHARACTERS:
            return text
        if cut := _first_clause(text, LEAD_WORDS_UNCUT, HEADLINE_CHARACTERS):
            return cut
    short = [text for text in leads if len(text) <= HEADLINE_CHARACTERS]
    if short or not leads:
        return short[0] if short else ""
    return leads[0][: HEADLINE_CHARACTERS - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _first_clause(title: str, most_words: int, most_characters: int = 1000) -> str:
    """The longest opening of a title that ends where a clause does, and can stand alone."""
    if _CONDITION.match(title):
        return ""
    ends = [match.start() for match in _CLAUSE.finditer(title)]
    openings = [title[:end] for end in reversed(ends)]
    fitting = (o for o in openings if 4 <= _count(o) <= most_words and len(o) <= most_characters and _balanced(o))
    return next(fitting, "")


def _balanced(text: str) -> bool:
    return text.count("“") == text.count("”") and text.count('"') % 2 == 0 and text.count("(") == text.count(")")


def _sentences(report: Article) -> list[str]:
    return split(report.text[:6000], report.language)


def _same(sentence: str, title: str) -> bool:
    return sentence.casefold().rstrip(". ") == title.casefold().rstrip(". ")


def _count(text: str) -> int:
    return len(text.split())
