"""Composes an edition of stories and a reader's wishes. Pure.

1. A story is *new* when all its reports came after the reader's mark, or when the reader's memory says that they were
   never told it. It is *updated* when some of them did and brought a new number or name. Any other story has been told
   and stays out.
2. More important stories go first, as many as fit (`selection`). Of two equally important ones, the later goes first.
3. Stories that do not fit are counted and listed as left. Opinion, live blogs, future-dated reports and undated
   ones of a source stay out. What an editor added undated goes after all dated news.
4. Every word of a lead, point or fact is a source's own. Sentences are taken whole or not at all.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from briefings.editions.memory import DISCOUNT, Memory, is_left, marks_of, remember
from briefings.editions.model import Draft, Item, Mood, Reason
from briefings.editions.selection import dispute_words, free_words, importance, is_news, select, tail_words, words_of
from briefings.model import Article, Story, Wishes, outlets_of
from briefings.stories.changes import facts_in, news
from briefings.stories.disputes import find_disputes
from briefings.stories.reports import as_of, fit_for_editions, is_dated, newest_original
from briefings.text.acronyms import expand_first, expansions
from briefings.text.headline import first_line, lead
from briefings.text.sentences import split

POINT_WORDS = 20
"""Most words of a point."""

POINTS = 3
"""Most points of an edition."""

STORY_WORDS = 60
"""Most visible words of a story, its sourcing tail included."""

LONGEST_SENTENCE = 400
"""Characters. A longer sentence fills a phone's screen."""

POINT_CHARACTERS = 200
"""Most characters of a point; twenty words are rarely longer."""

TEXT_READ = 6000
"""Characters of a report in which sentences are looked for."""

REASON_CHANGES = 5
"""Most new numbers and names that a reason states."""

_DANGLING = re.compile(
    r"(he|she|it|its|they|their|his|her|this|that|these|those|but|and|however|also|instead|earlier|meanwhile)\b", re.I
)
"""Beginnings of a sentence that needs the one before it."""

_PERSON = re.compile(r"\b(he|she|him|her|hers|his|they|them|their|theirs)\b", re.I)
"""A point stands alone: a pronoun in it refers to nobody."""

_NAME = re.compile(r"\b[A-Z][\w-]{2,}")
_TELLING = re.compile(r"\d|(?<=\w )[A-Z]\w")
"""A number, or a name after the first word of a sentence. A sentence without either states no fact."""

_Chosen = tuple[Item, Story]


def compose(
    stories: Iterable[Story],
    wishes: Wishes,
    *,
    mark: datetime | None,
    now: datetime,
    acronyms: Mapping[str, str] | None = None,
    memory: Memory = (),
) -> Draft:
    """Fill a reader's reading budget with stories they have not been told. Reports dated after `now` are left out.

    `mark` is None for a reader who has been told nothing yet. `acronyms` maps those that the operator's topics spell
    out to their long forms; a report's own long form goes first.
    """
    # Before the wishes are asked: a story must not be wanted for the topics of a report that is dated after now.
    stories = [fit for story in stories if (past := as_of(story, now)) and (fit := fit_for_editions(past))]
    marks = marks_of({story.id: story.first for story in stories}, memory, mark)
    published = (news_only for story in stories if wishes.want(story) and (news_only := _news_of(story)))
    wanted = [(story, mood) for story in published if (mood := _mood(story, marks[story.id]))]
    wanted = _ranked(wanted, wishes, now, carried={entry.story for entry in memory if is_left(entry, mark)})
    by_id = {story.id: story for story, _ in wanted}
    chosen = select((_item(story, mood, marks[story.id], wishes) for story, mood in wanted), wishes)
    shown = {item.story for item in chosen}
    chosen.sort(key=lambda item: item.mood is not Mood.NEW)
    spelled_out = _spelled_out([(item, by_id[item.story]) for item in chosen], acronyms or {}, wishes)
    new = [pair for pair in spelled_out if pair[0].mood is Mood.NEW]
    updated = [pair for pair in spelled_out if pair[0].mood is Mood.UPDATED]
    is_led_by_new = bool(new) and (is_dated(new[0][1]) or not any(is_dated(story) for _, story in updated))
    leaders, followers = (new, updated) if is_led_by_new else (updated, new)
    points, leading = _points(leaders[:POINTS], marks)
    return Draft(
        headline=first_line([item.lead for item, _ in leaders]),
        points=points,
        top=leading if is_led_by_new else (),
        updated=_items(followers) if is_led_by_new else leading + _items(leaders[POINTS:]),
        topics=_items(leaders[POINTS:] if is_led_by_new else followers),
        left=tuple(story.id for story, _ in wanted if story.id not in shown),
        total=len(wanted),
        minutes=wishes.minutes,
        since=mark,
        followed=None if wishes.topics is None else len(wishes.topics),
        reports=sum(article.copy_of is None for story, _ in wanted for article in story.articles),
        outlets=len(outlets_of(article for story, _ in wanted for article in story.originals)),
        memory=_memory_after(memory, chosen, wanted, marks, mark, now),
    )


def _ranked(
    wanted: Iterable[tuple[Story, Mood]], wishes: Wishes, now: datetime, *, carried: Collection[int]
) -> list[tuple[Story, Mood]]:
    """Return stories in their order: dated ones first, then by importance, then the later first."""

    def place(pair: tuple[Story, Mood]) -> tuple[bool, float, datetime, int]:
        story, mood = pair
        discount = DISCOUNT if story.id in carried else 0.0
        return is_dated(story), importance(story, wishes, now, mood) - discount, story.last, story.id

    return sorted(wanted, key=place, reverse=True)


def _memory_after(
    memory: Memory,
    chosen: Iterable[Item],
    wanted: Sequence[tuple[Story, Mood]],
    marks: Mapping[int, datetime | None],
    mark: datetime | None,
    now: datetime,
) -> Memory:
    """Return the memory of the readers once they are told these items of the stories that they want."""
    told = {item.story: item.report for item in chosen}
    left = [(story, mood) for story, mood in wanted if story.id not in told]
    return remember(
        memory,
        told=told,
        left=[story.id for story, _ in left],
        last={story.id: story.last for story, _ in wanted},
        mark=mark,
        told_until=now,
        updates={s.id: time for s, mood in left if mood is Mood.UPDATED and (time := _told_last(s, marks[s.id]))},
    )


def _told_last(story: Story, mark: datetime | None) -> datetime | None:
    """Return the time of the newest report up to the mark."""
    times = (article.tellable for article in _with_earlier(story).articles)
    return max((each for each in times if mark and each <= mark), default=None)


def _items(chosen: Iterable[_Chosen]) -> tuple[Item, ...]:
    return tuple(item for item, _ in chosen)


def recall(story: Story) -> Item:
    """Return a story as an item on its own, whatever has been told of it: for a quiet day and for stories left out."""
    return _item(story, Mood.NEW, None, Wishes())


def _news_of(story: Story) -> Story | None:
    """Return the story without opinion pieces and live blogs; None when no report is left."""
    reports = tuple(article for article in story.articles if is_news(article))
    return Story(story.id, reports) if reports else None


def _with_earlier(story: Story) -> Story:
    """Return the story with its articles' earlier forms, which readers may have been told."""
    return Story(story.id, tuple(form for article in story.articles for form in (*article.earlier, article)))


def _mood(story: Story, mark: datetime | None) -> Mood | None:
    """Return how a story stands to the mark; None when the reader has been told it."""
    story = _with_earlier(story)
    if mark is None or all(article.tellable > mark for article in story.articles):
        return Mood.NEW
    if all(article.tellable <= mark for article in story.articles):
        return None
    return Mood.UPDATED if news(story, mark) else None


def _item(story: Story, mood: Mood, mark: datetime | None, wishes: Wishes) -> Item:
    report = newest_original(story)
    others = [a.title for a in reversed(story.articles) if a is not report and a.copy_of is None]
    title = lead([report.title, *others])
    outlets = outlets_of((report, *story.originals))
    commands = tuple(t for t in story.topics if t in story.about)[:2] or story.topics[:1]
    summary = [s for s in split(report.summary, report.language) if not _same(s, report.title)]
    change = news(_with_earlier(story), mark) if mood is Mood.UPDATED and mark else frozenset()
    summary.sort(key=lambda sentence: -facts_in(sentence, change))  # the change first
    room = STORY_WORDS - _count(title) - tail_words(outlets, commands, supplied=report.supplied)
    disputes = find_disputes(story.articles)[:1] if len(story.outlets) > 1 else ()
    disputes = disputes if sum(map(dispute_words, disputes)) <= room // 2 else ()
    room -= sum(map(dispute_words, disputes))
    facts = _facts(report, summary, room - 1)  # one word less, for the "New:" before it
    return Item(
        story=story.id,
        mood=mood,
        lead=title,
        facts=facts,
        more=tuple(s for s in summary if s not in facts),
        outlets=outlets[:3],
        author=report.author if not report.source else "",
        count=len(story.outlets),
        when=report.published,
        added=report.added,
        link=report.url,
        commands=commands,
        changed=bool(facts) and facts_in(facts[0], change) > 0,
        why=_reason(story, mood, wishes, change),
        disputes=disputes,
        supplied=report.supplied,
        report=report.id,
    )


def _reason(story: Story, mood: Mood, wishes: Wishes, change: frozenset[str]) -> Reason:
    wanted = [t for t in story.topics if wishes.topics is None or t in wishes.topics]
    wanted = [t for t in wanted if t in story.about] or wanted
    changes = tuple(sorted(change)[:REASON_CHANGES])
    return Reason(mood, changes, len(story.outlets), tuple(wanted[:2]), is_followed=wishes.topics is not None)


def _spelled_out(chosen: Sequence[_Chosen], acronyms: Mapping[str, str], wishes: Wishes) -> list[_Chosen]:
    """Spell out each acronym where the edition's facts first use it, as far as there is room."""
    used: set[str] = set()
    room = free_words([item for item, _ in chosen], wishes)
    result = []
    for item, story in chosen:
        report = newest_original(story)
        long_forms = {**acronyms, **expansions(report.text)}
        facts: list[str] = []
        for fact in item.facts:
            spelled = expand_first(fact, {short: long for short, long in long_forms.items() if short not in used})
            added = _count(spelled) - _count(fact)
            if added <= room and words_of(item) + added <= STORY_WORDS and len(spelled) <= LONGEST_SENTENCE:
                room -= added
                item = dataclasses.replace(item, facts=(*facts, spelled, *item.facts[len(facts) + 1 :]))
                fact = spelled
            facts.append(fact)
            used.update(short for short in long_forms if re.search(rf"\b{re.escape(short)}\b", fact))
        result.append((item, story))
    return result


def _facts(report: Article, summary: Sequence[str], room: int) -> tuple[str, ...]:
    """Return one or two whole sentences of at most `room` words; the second only if it follows the first."""
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


def _points(
    leading: Sequence[_Chosen], marks: Mapping[int, datetime | None]
) -> tuple[tuple[str, ...], tuple[Item, ...]]:
    """Return the points, and the items without sentences that are points. A single story gets no points."""
    if len(leading) < 2:
        return (), tuple(item for item, _ in leading)
    pairs = [_point(item, story, marks[story.id]) for item, story in leading]
    return tuple(point for point, _ in pairs if point), tuple(item for _, item in pairs)


def _point(item: Item, story: Story, mark: datetime | None) -> tuple[str, Item]:
    """Return a story's point, and its item, which loses that sentence if it is new and has another fact to show.

    The point is another outlet's headline; else a short sentence of the report that shares a name with the lead; else
    the lead; empty if none of them is short enough.
    """
    report = newest_original(story)
    others = [a.title for a in reversed(story.articles) if a is not report and (mark is None or a.tellable > mark)]
    if headline := next((title for title in others if _is_point(title) and _differ(title, item.lead)), ""):
        return headline if headline.endswith((".", "!", "”")) else f"{headline}.", item
    names = set(_NAME.findall(item.lead))
    sentences = [*item.facts, *item.more]
    for point in (*sentences, *_sentences(report)[:6]):
        if _is_point(point) and _TELLING.search(point) and names & set(_NAME.findall(point)):
            follower = next((after for before, after in itertools.pairwise(sentences) if before == point), "")
            can_spare = len(item.facts) > 1 and item.mood is Mood.NEW and not _DANGLING.match(follower)
            facts = tuple(fact for fact in item.facts if fact != point) if can_spare else item.facts
            return point, dataclasses.replace(item, facts=facts, more=tuple(m for m in item.more if m != point))
    return item.lead if _is_point(item.lead) else "", item


def _is_point(text: str) -> bool:
    """True if the text is short, no question, and refers to nothing outside itself."""
    is_short = 4 <= _count(text) <= POINT_WORDS and len(text) <= POINT_CHARACTERS
    return is_short and not text.endswith("?") and not _DANGLING.match(text) and not _PERSON.search(text)


def _differ(first: str, second: str) -> bool:
    """True if two headlines share less than half of the shorter one's words."""
    words, others = set(first.casefold().split()), set(second.casefold().split())
    return len(words & others) * 2 < min(len(words), len(others))


def _sentences(report: Article) -> list[str]:
    return [s for s in split(report.text[:TEXT_READ], report.language) if len(s) <= LONGEST_SENTENCE]


def _same(sentence: str, title: str) -> bool:
    return sentence.casefold().rstrip(". ") == title.casefold().rstrip(". ")


def _count(text: str) -> int:
    return len(text.split())
