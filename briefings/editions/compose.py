"""Composes an edition of stories and a reader's wishes. Pure.

1. Stories that its readers may be told as new or updated (`candidates.py`) are ranked by importance.
2. As many as fit are told with sentences, and further ones in a line each, until the reading budget is filled
   (`selection.py`). No event, headline or sentence stands twice.
3. The most important story leads: its headline is the first line, and its text comes first. New stories follow, then
   updated ones, then those in brief.
4. Stories that do not fit are counted, listed as left, and remembered for the next edition (`memory.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from briefings.editions.candidates import Candidate, candidate_of, news_of
from briefings.editions.memory import Memory, by_story, marks_of, remember
from briefings.editions.model import Draft, Item, Mood
from briefings.editions.selection import SPELLING_WORDS, Selection, importance, in_brief, select, with_folds
from briefings.editions.sizes import free_characters
from briefings.editions.spelling import spell_out
from briefings.editions.telling import at_the_top, recall, tell
from briefings.model import Story, Wishes, outlets_of
from briefings.stories.reports import is_dated


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

    `mark` is None for a reader who has been told nothing yet. `memory` holds what its readers were told lately, and
    what was left out. `acronyms` maps those that the operator's topics spell out to their long forms; a report's own
    long form goes first.
    """
    # Before the wishes are asked: a story must not be wanted for the topics of a report that is dated after now.
    news = [fit for story in stories if (fit := news_of(story, now))]
    by_id = _candidates([story for story in news if wishes.want(story)], wishes, mark, now, memory)

    def tell_without(item: Item, outlets: Collection[str]) -> Item:
        return tell(by_id[item.story], wishes, without=outlets)

    selection = select((tell(candidate, wishes) for candidate in by_id.values()), wishes, tell_without)
    told = _told(selection, by_id, wishes, acronyms or {})
    brief = in_brief(told, [item for item in selection.others if item.story not in _stories(told)], wishes)
    told = with_folds(told, free_characters([*told, *brief], wishes))
    shown, repeating = _stories([*told, *brief]), _stories(selection.repeating)
    left = tuple(id for id in by_id if id not in shown and id not in repeating)
    choice = [by_id[id].story for id in by_id if id not in repeating]
    return Draft(
        headline=told[0].lead if told else "",
        top=tuple(told[:1]),
        new=tuple(item for item in told[1:] if item.mood is Mood.NEW),
        updated=tuple(item for item in told[1:] if item.mood is Mood.UPDATED),
        brief=tuple(brief),
        left=left,
        total=len(choice),
        minutes=wishes.minutes,
        since=mark,
        followed=None if wishes.topics is None else len(wishes.topics),
        reports=sum(len(story.originals) for story in choice),
        outlets=len(outlets_of(article for story in choice for article in story.originals)),
        memory=_memory_after(memory, [*told, *brief, *selection.repeating], left, by_id, news, mark, now),
    )


def _memory_after(
    memory: Memory,
    told: Iterable[Item],
    left: Sequence[int],
    by_id: Mapping[int, Candidate],
    news: Iterable[Story],
    mark: datetime | None,
    now: datetime,
) -> Memory:
    """Return the memory of the readers once they are told these items."""
    return remember(
        memory,
        told={item.story: item.report for item in told},
        left=left,
        last={story.id: story.last for story in news},
        mark=mark,
        told_until=now,
        updates={id: time for id in left if (time := by_id[id].known_until)},
    )


def _candidates(
    news: Sequence[Story], wishes: Wishes, mark: datetime | None, now: datetime, memory: Memory
) -> dict[int, Candidate]:
    """Return the stories that may be told, by id, the most important first."""
    remembered = by_story(memory)
    marks = marks_of({story.id: story.first for story in news}, memory, mark)
    standing = (candidate_of(story, remembered.get(story.id), marks[story.id], mark) for story in news)
    ranked = sorted(filter(None, standing), key=lambda candidate: _place(candidate, wishes, now), reverse=True)
    return {candidate.story.id: candidate for candidate in ranked}


def most_important(stories: Iterable[Story], wishes: Wishes, now: datetime) -> Item | None:
    """Return the most important of these stories that the reader wants, as an item on its own; None without any."""
    wanted = [story for story in stories if wishes.want(story)]
    story = max(wanted, key=lambda story: _place(Candidate(story, Mood.UPDATED), wishes, now), default=None)
    return recall(story) if story else None


def _place(candidate: Candidate, wishes: Wishes, now: datetime) -> tuple[bool, float, datetime, int]:
    """Return the place of a story among others, the greatest first: dated ones, then by importance, then the later."""
    story = candidate.story
    weight = importance(story, wishes, now, candidate.mood, is_carried=candidate.is_carried)
    return is_dated(story), weight, story.last, story.id


def _told(
    selection: Selection, by_id: Mapping[int, Candidate], wishes: Wishes, acronyms: Mapping[str, str]
) -> list[Item]:
    """Return the items with sentences as they are printed, the top story first. Where none has any, the first item."""
    told = list(selection.told or selection.others[:1])
    if told:
        told[0] = at_the_top(by_id[told[0].story], told[0])
    told[1:] = sorted(told[1:], key=lambda item: item.mood is not Mood.NEW)
    texts = {article.id: article.text for item in told for article in by_id[item.story].story.articles}
    return spell_out(told, texts, acronyms, SPELLING_WORDS)


def _stories(items: Iterable[Item]) -> frozenset[int]:
    return frozenset(item.story for item in items)
