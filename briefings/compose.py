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
from briefings.headline import first_line, lead
from briefings.model import Article, Draft, Item, Mood, Story, Wishes
from briefings.sentences import split

BUDGET_WORDS = {1: 230, 2: 450, 3: 650, 5: 1100}
MOST_STORIES = {1: 4, 2: 7, 3: 10, 5: 15}
POINT_WORDS = 20
POINTS = 3
STORY_WORDS = 60
FRAME_WORDS = 100
"""What headline, dateline, points, section names and end mark may take together."""

ONE_MESSAGE = 3500
FRAME_CHARACTERS = 700
TAIL_CHARACTERS = 60
LONGEST_SENTENCE = 400
"""Characters; what is longer is no sentence for a phone."""

FRESH = timedelta(hours=36)

_DANGLING = re.compile(
    r"(he|she|it|its|they|their|his|her|this|that|these|those|but|and|however|also|instead|earlier|meanwhile)\b", re.I
)
_PERSON = re.compile(r"\b(he|she|him|her|hers|his|they|them|their|theirs)\b", re.I)
"""Who stands alone in a point has nobody before them to stand for."""

_NAME = re.compile(r"\b[A-Z][\w-]{2,}")
_TELLING = re.compile(r"\d|(?<=\w )[A-Z]\w")
"""A number, or a name within the sentence: what makes it a fact."""

_Told = tuple[Item, Story]


def compose(stories: Iterable[Story], wishes: Wishes, *, mark: datetime | None, now: datetime) -> Draft:
    """Fill a reader's budget from the stories they have not been told; `now` keeps tomorrow's reports out."""
    published = (known for story in stories if wishes.want(story) and (known := rules.as_of(story, now)))
    wanted = [(story, mood) for story in published if (mood := _mood(story, mark))]
    wanted.sort(key=lambda pair: (importance(pair[0], wishes, now), pair[0].last, pair[0].id), reverse=True)
    taken = _fill(((_item(story, mood, mark), story) for story, mood in wanted), wishes.minutes)
    fresh = [told for told in taken if told[0].mood is Mood.NEW]
    updated = [told for told in taken if told[0].mood is Mood.UPDATED]
    points, told = _points(fresh[:POINTS] or updated[:POINTS], mark)
    return Draft(
        headline=first_line([item.lead for item, _ in fresh or updated]),
        points=points,
        top=told if fresh else (),
        updated=tuple(item for item, _ in updated) if fresh else told + tuple(item for item, _ in updated[POINTS:]),
        topics=tuple(item for item, _ in fresh[POINTS:]),
        left=tuple(story.id for story, _ in wanted[len(taken) :]),
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


def _as_told(story: Story) -> Story:
    """With what its articles said before, each of which counts as a copy: what readers may have been told."""
    return Story(story.id, tuple(form for article in story.articles for form in (*article.earlier, article)))


def _mood(story: Story, mark: datetime | None) -> Mood | None:
    story = _as_told(story)
    if mark is None or all(article.tellable > mark for article in story.articles):
        return Mood.NEW
    if all(article.tellable <= mark for article in story.articles):
        return None
    return Mood.UPDATED if rules.news(story, mark) else None


def _fill(wanted: Iterable[_Told], minutes: int) -> list[_Told]:
    """Take stories in order while words and characters last, then let the room left hold their `more`."""
    budget = BUDGET_WORDS.get(minutes, 230 * minutes) - FRAME_WORDS
    room = ONE_MESSAGE * (2 if minutes >= 3 else 1) - FRAME_CHARACTERS
    taken: list[_Told] = []
    for item, story in itertools.islice(wanted, MOST_STORIES.get(minutes, 3 * minutes)):
        words, size = _spent(item)
        if taken and (words > budget or size > room):
            break
        taken.append((item, story))
        budget, room = budget - words, room - size
    kept = []
    for item, story in taken:
        size = sum(len(sentence) + 1 for sentence in item.more)
        kept.append((item if size <= room else dataclasses.replace(item, more=()), story))
        room -= size if size <= room else 0
    return kept


def _spent(item: Item) -> tuple[int, int]:
    """Visible words and characters of an item, its sourcing tail included."""
    visible = " ".join((item.lead, *item.facts))
    tail = " ".join((*item.outlets[:2], *item.commands))
    return _count(visible) + _tail_words(item.outlets, item.commands), len(visible) + len(tail) + TAIL_CHARACTERS


def _tail_words(outlets: Sequence[str], commands: Sequence[str]) -> int:
    """Words of `Outlet, Outlet · 3 Dec · 4 outlets · /topic`; a dot between them counts as one, as in print."""
    return _count(" ".join(outlets[:2])) + 2 * len(commands) + 6


def _item(story: Story, mood: Mood, mark: datetime | None) -> Item:
    report = rules.newest_original(story)
    others = [a.title for a in reversed(story.articles) if a is not report and a.copy_of is None]
    top = lead([report.title, *others])
    outlets = tuple(dict.fromkeys((report.source, *story.outlets)))
    commands = tuple(t for t in story.topics if t in story.about)[:2] or story.topics[:1]
    summary = [s for s in split(report.summary, report.language) if not _same(s, report.title)]
    change = rules.news(_as_told(story), mark) if mood is Mood.UPDATED and mark else frozenset()
    summary.sort(key=lambda sentence: -rules.facts_in(sentence, change))  # the change first
    room = STORY_WORDS - _count(top) - _tail_words(outlets, commands)
    facts = _facts(report, summary, room - 1)  # a word for "New:"
    return Item(
        story=story.id,
        mood=mood,
        lead=top,
        facts=facts,
        more=tuple(s for s in summary if s not in facts),
        outlets=outlets[:3],
        count=len(story.outlets),
        when=report.published,
        added=report.added,
        link=report.url,
        commands=commands,
        changed=bool(facts) and rules.facts_in(facts[0], change) > 0,
    )


def _facts(report: Article, summary: Sequence[str], room: int) -> tuple[str, ...]:
    """One or two whole sentences that fit the room, the second only if it follows the first."""
    facts: list[str] = []
    for sentence in summary or _sentences(report):
        fits = _count(sentence) <= room and len(sentence) <= LONGEST_SENTENCE
        if len(facts) == 2 or (facts and not fits):
            break
        if fits:
            facts.append(sentence)
            room -= _count(sentence)
    if not facts:
        short = (s for s in _sentences(report) if _count(s) <= room and not _DANGLING.match(s))
        facts = list(itertools.islice(short, 1))
    return tuple(facts)


def _points(leading: Sequence[_Told], mark: datetime | None) -> tuple[tuple[str, ...], tuple[Item, ...]]:
    """What to know if one stops here, and the items without what the points say already; none for a single story."""
    if len(leading) < 2:
        return (), tuple(item for item, _ in leading)
    pairs = [_point(item, story, mark) for item, story in leading]
    return tuple(point for point, _ in pairs if point), tuple(item for _, item in pairs)


def _point(item: Item, story: Story, mark: datetime | None) -> tuple[str, Item]:
    """What to know of a story in at most 20 words; its item loses that sentence only where it has another.

    Another outlet's headline says it best; else a short sentence of the report that shares a name with the lead.
    """
    report = rules.newest_original(story)
    others = [a.title for a in reversed(story.articles) if a is not report and (mark is None or a.tellable > mark)]
    if headline := next((title for title in others if _is_point(title) and _differ(title, item.lead)), ""):
        return headline if headline.endswith((".", "!", "”")) else f"{headline}.", item
    names = set(_NAME.findall(item.lead))
    told = [*item.facts, *item.more]
    for point in (*told, *_sentences(report)[:6]):
        if _is_point(point) and _TELLING.search(point) and names & set(_NAME.findall(point)):
            follower = next((after for before, after in itertools.pairwise(told) if before == point), "")
            spare = len(item.facts) > 1 and item.mood is Mood.NEW and not _DANGLING.match(follower)
            facts = tuple(fact for fact in item.facts if fact != point) if spare else item.facts
            return point, dataclasses.replace(item, facts=facts, more=tuple(m for m in item.more if m != point))
    return item.lead if _is_point(item.lead) else "", item


def _is_point(text: str) -> bool:
    words = _count(text)
    whole = 4 <= words <= POINT_WORDS and len(text) <= 200 and not text.endswith("?")
    return whole and not _DANGLING.match(text) and not _PERSON.search(text)


def _differ(one: str, other: str) -> bool:
    """Do two headlines say different things, by less than half of their words in common?"""
    first, second = set(one.casefold().split()), set(other.casefold().split())
    return len(first & second) * 2 < min(len(first), len(second))


def _sentences(report: Article) -> list[str]:
    return [s for s in split(report.text[:6000], report.language) if len(s) <= LONGEST_SENTENCE]


def _same(sentence: str, title: str) -> bool:
    return sentence.casefold().rstrip(". ") == title.casefold().rstrip(". ")


def _count(text: str) -> int:
    return len(text.split())
