"""Stories and a reader's wishes become an edition. Pure; the rules are those of the editorial page.

1. A story is *new* when all of it came after the reader's mark, *updated* when some of it did and that
   brought a new number or name; anything else has been told and stays out.
2. What matters more goes first and what fits is told (`selection`); ties go to the later story.
3. What is left is counted and kept for who asks. Opinion, live blogs and future-dated reports stay out.
4. Every word of a lead, point or fact is a source's own. Sentences are taken whole or not at all.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from briefings.editions.model import Draft, Item, Mood
from briefings.editions.selection import importance, is_news, select, tail_words, words_left, words_of
from briefings.model import Article, Story, Wishes
from briefings.stories import changes as rules
from briefings.stories import disputes
from briefings.text.acronyms import expand_first, expansions
from briefings.text.headline import first_line, lead
from briefings.text.sentences import split

POINT_WORDS = 20
POINTS = 3
STORY_WORDS = 60
LONGEST_SENTENCE = 400
"""Characters; what is longer is no sentence for a phone."""

_DANGLING = re.compile(
    r"(he|she|it|its|they|their|his|her|this|that|these|those|but|and|however|also|instead|earlier|meanwhile)\b", re.I
)
_PERSON = re.compile(r"\b(he|she|him|her|hers|his|they|them|their|theirs)\b", re.I)
"""Who stands alone in a point has nobody before them to stand for."""

_NAME = re.compile(r"\b[A-Z][\w-]{2,}")
_TELLING = re.compile(r"\d|(?<=\w )[A-Z]\w")
"""A number, or a name within the sentence: what makes it a fact."""

_Told = tuple[Item, Story]


def compose(
    stories: Iterable[Story],
    wishes: Wishes,
    *,
    mark: datetime | None,
    now: datetime,
    acronyms: Mapping[str, str] | None = None,
) -> Draft:
    """Fill a reader's budget from the stories they have not been told; `now` keeps tomorrow's reports out.

    `acronyms`: what the operator's topics spell out, beside what each report spells out itself.
    """
    stories = [past for story in stories if (past := rules.as_of(story, now))]  # a later report lends it no topic
    published = (known for story in stories if wishes.want(story) and (known := _news_of(story, now)))
    wanted = [(story, mood) for story in published if (mood := _mood(story, mark))]
    wanted.sort(key=lambda pair: (importance(pair[0], wishes, now, pair[1]), pair[0].last, pair[0].id), reverse=True)
    by_id = {story.id: story for story, _ in wanted}
    chosen = select((_item(*one, mark, wishes) for one in wanted), wishes)
    shown = {item.story for item in chosen}
    chosen.sort(key=lambda item: item.mood is not Mood.NEW)
    taken = _spelled_out([(item, by_id[item.story]) for item in chosen], acronyms or {}, wishes)
    fresh = [told for told in taken if told[0].mood is Mood.NEW]
    updated = [told for told in taken if told[0].mood is Mood.UPDATED]
    points, told = _points(fresh[:POINTS] or updated[:POINTS], mark)
    return Draft(
        headline=first_line([item.lead for item, _ in fresh or updated]),
        points=points,
        top=told if fresh else (),
        updated=tuple(item for item, _ in updated) if fresh else told + tuple(item for item, _ in updated[POINTS:]),
        topics=tuple(item for item, _ in fresh[POINTS:]),
        left=tuple(story.id for story, _ in wanted if story.id not in shown),
        total=len(wanted),
        minutes=wishes.minutes,
        since=mark,
        followed=None if wishes.topics is None else len(wishes.topics),
        reports=sum(article.copy_of is None for story, _ in wanted for article in story.articles),
        outlets=len({outlet for story, _ in wanted for outlet in story.outlets}),
    )


def recall(story: Story) -> Item:
    """A story told before, as a quiet day remembers it."""
    return _item(story, Mood.NEW, None, Wishes())


def _news_of(story: Story, now: datetime) -> Story | None:
    """The story without reports dated after now, opinion pieces and live blogs; None when none is left."""
    known = rules.as_of(story, now)
    reports = tuple(article for article in known.articles if is_news(article)) if known else ()
    return Story(story.id, reports) if reports else None


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


def _item(story: Story, mood: Mood, mark: datetime | None, wishes: Wishes) -> Item:
    report = rules.newest_original(story)
    others = [a.title for a in reversed(story.articles) if a is not report and a.copy_of is None]
    top = lead([report.title, *others])
    outlets = tuple(dict.fromkeys((report.source, *story.outlets)))
    commands = tuple(t for t in story.topics if t in story.about)[:2] or story.topics[:1]
    summary = [s for s in split(report.summary, report.language) if not _same(s, report.title)]
    change = rules.news(_as_told(story), mark) if mood is Mood.UPDATED and mark else frozenset()
    summary.sort(key=lambda sentence: -rules.facts_in(sentence, change))  # the change first
    room = STORY_WORDS - _count(top) - tail_words(outlets, commands)
    first_dispute = disputes.find_disputes(story.articles)[:1] if len(story.outlets) > 1 else ()
    disputed = tuple(map(disputes.in_words, first_dispute))
    disputed = disputed if _count(" ".join(disputed)) <= room // 2 else ()
    room -= _count(" ".join(disputed))
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
        why=_why(story, mood, wishes, change),
        disputes=disputed,
    )


def _why(story: Story, mood: Mood, wishes: Wishes, change: frozenset[str]) -> str:
    """New · 3 outlets · about /relos; or: updated: 7, Peskov · 1 outlet · you follow /s400"""
    told = "new" if mood is Mood.NEW else f"updated: {', '.join(sorted(change)[:5])}"
    count = len(story.outlets)
    theirs = [t for t in story.topics if wishes.topics is None or t in wishes.topics]
    theirs = [t for t in theirs if t in story.about] or theirs
    parts = [told, f"{count} outlet" if count == 1 else f"{count} outlets"]
    if theirs:
        parts.append(f"{'about' if wishes.topics is None else 'you follow'} /{' /'.join(theirs[:2])}")
    return " · ".join(parts)


def _spelled_out(taken: Sequence[_Told], acronyms: Mapping[str, str], wishes: Wishes) -> list[_Told]:
    """The items with each acronym spelled out where the edition's facts first use it, as far as there is room."""
    seen: set[str] = set()
    room = words_left([item for item, _ in taken], wishes)
    result = []
    for item, story in taken:
        report = rules.newest_original(story)
        known = {**acronyms, **expansions(report.text)}
        facts: list[str] = []
        for fact in item.facts:
            spelled = expand_first(fact, {short: long for short, long in known.items() if short not in seen})
            more = _count(spelled) - _count(fact)
            if more <= room and words_of(item) + more <= STORY_WORDS and len(spelled) <= LONGEST_SENTENCE:
                room -= more
                item = dataclasses.replace(item, facts=(*facts, spelled, *item.facts[len(facts) + 1 :]))
                fact = spelled
            facts.append(fact)
            seen.update(short for short in known if re.search(rf"\b{re.escape(short)}\b", fact))
        result.append((item, story))
    return result


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
