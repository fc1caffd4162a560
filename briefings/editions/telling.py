"""Tells one story: under which headline, by whose report, and how much of that report's summary is visible. Pure.

1. The visible sentences are the beginning of the quoted report's summary: whole sentences from its first on. None is
   left out before one that is shown, and none is taken from elsewhere in the report.
2. The newest report is quoted whose first sentence stands alone and fits; else the newest whose first sentence stands
   alone. An updated story quotes the report that brought the change.
3. A story none of whose reports begins with such a sentence has no facts: it is told in brief.
4. Every word of a headline or a sentence is a source's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from briefings.editions.candidates import Candidate
from briefings.editions.model import Item, Mood, Reason
from briefings.editions.sizes import STORY_WORDS, dispute_words, tail_words
from briefings.model import Article, Story, Wishes, outlets_of
from briefings.stories.changes import goes_back, place_of_news
from briefings.stories.disputes import find_disputes
from briefings.text.headline import lead, top_line
from briefings.text.sentences import split
from briefings.text.standing import is_cut, stands_alone
from briefings.text.words import count_words

LONGEST_SENTENCE = 60
"""Words. A longer first sentence is no summary of a story; the story is told in brief."""

NAMED_OUTLETS = 3
COMMANDS = 2
"""Most outlets and topics that an item names."""


def tell(candidate: Candidate, wishes: Wishes) -> Item:
    """Return a story as an edition tells it."""
    story, change = candidate.story, candidate.change
    disputes = find_disputes(story.articles)[:1] if len(story.outlets) > 1 else ()
    commands = labels(story)
    reports = [change.report] if change else _newest_first(story)
    report, title, sentences = _quoted(reports, story, candidate, commands)
    outlets = outlets_of((report, *(r for r in story.originals if r.title == title), *story.originals))
    room = STORY_WORDS - count_words(title) - _tail(report, outlets, story, commands)
    disputes = disputes if sentences and sum(map(dispute_words, disputes)) <= room // 3 else ()
    facts = _visible(sentences, room - sum(map(dispute_words, disputes)))
    is_update = candidate.mood is Mood.UPDATED
    return Item(
        story=story.id,
        report=report.id,
        mood=candidate.mood,
        lead=title,
        facts=facts,
        more=tuple(sentences[len(facts) :]),
        outlets=outlets[:NAMED_OUTLETS],
        count=len(story.outlets),
        when=report.published,
        added=report.added,
        link=report.url,
        commands=commands,
        language=report.language,
        news=place_of_news(facts, change, candidate.before, candidate.sent) if change and is_update else None,
        why=_reason(candidate, wishes),
        disputes=disputes,
        supplied=report.supplied,
        author=report.author if not report.source else "",
    )


def recall(story: Story) -> Item:
    """Return a story as an item on its own, whatever has been told of it: for a quiet day and for stories left out."""
    return tell(Candidate(story, Mood.NEW), Wishes())


def headline(candidate: Candidate, item: Item) -> str:
    """Return the first line of an edition that this story leads."""
    return top_line([item.lead, *_titles(candidate, item.report)], item.facts)


def labels(story: Story) -> tuple[str, ...]:
    """Return the topics that the story is about, the strongest first, at most two."""
    return tuple(topic for topic in story.topics if topic in story.about)[:COMMANDS]


def _newest_first(story: Story) -> list[Article]:
    """Return the reports that may be quoted: dated ones first, then the newest, those that lead the story."""
    reports = sorted(reversed(story.leading), key=lambda report: report.published is None)
    forward = [report for report in reports if not goes_back(report, [r for r in reports if r.when < report.when])]
    return forward or reports


def _quoted(
    reports: Sequence[Article], story: Story, candidate: Candidate, commands: Sequence[str]
) -> tuple[Article, str, list[str]]:
    """Return the report to quote, the headline, and the sentences of its summary; none if it cannot be quoted."""
    too_long: tuple[Article, str, list[str]] | None = None
    for report in reports:
        sentences = split(report.summary, report.language)
        if not sentences or not stands_alone(sentences[0], report.language):
            continue
        title = lead(_titles(candidate, report.id))
        if _same(sentences[0], title):  # the headline says it
            sentences = sentences[1:]
            if not sentences or not stands_alone(sentences[0], report.language):
                continue
        words = count_words(sentences[0])
        outlets = outlets_of((report, *story.originals))
        if words <= STORY_WORDS - count_words(title) - _tail(report, outlets, story, commands):
            return report, title, sentences
        if words <= LONGEST_SENTENCE and too_long is None:
            too_long = (report, title, sentences)
    return too_long or (reports[0], lead(_titles(candidate, reports[0].id)), [])


def _tail(report: Article, outlets: Sequence[str], story: Story, commands: Sequence[str]) -> int:
    dated = report.published is not None
    return tail_words(outlets, len(story.outlets), commands, dated=dated, supplied=report.supplied)


def _titles(candidate: Candidate, quoted: int) -> list[str]:
    """Return the titles that may stand over the story, that of the quoted report first, then the newest.

    Of an updated story only reports that came with the change or later give a title: an older one is old news.
    """
    known = {(form.id, form.title) for form in candidate.before}
    reports = [r for r in reversed(candidate.story.leading) if (r.id, r.title) not in known or r.id == quoted]
    reports.sort(key=lambda report: report.id != quoted)
    titles = [report.title for report in reports] or [candidate.story.title]
    if candidate.change and candidate.change.report.id == quoted:
        titles.insert(0, candidate.change.report.title)
    return list(dict.fromkeys(titles))


def _visible(sentences: Sequence[str], room: int) -> tuple[str, ...]:
    """Return the first sentence, and those after it that fit into `room` words with it."""
    visible: list[str] = []
    for sentence in sentences:
        room -= count_words(sentence)
        if visible and (room < 0 or is_cut(sentence)):
            break
        visible.append(sentence)
    return tuple(visible)


def _reason(candidate: Candidate, wishes: Wishes) -> Reason:
    story = candidate.story
    topics = labels(story) if wishes.topics is None else _wanted(story, wishes.topics)
    changes = candidate.change.words if candidate.change and candidate.mood is Mood.UPDATED else ()
    return Reason(candidate.mood, changes, len(story.outlets), topics, is_followed=wishes.topics is not None)


def _wanted(story: Story, topics: Iterable[str]) -> tuple[str, ...]:
    return tuple(topic for topic in story.topics if topic in story.about and topic in topics)[:COMMANDS]


def _same(sentence: str, title: str) -> bool:
    return sentence.casefold().rstrip(". ") == title.casefold().rstrip(". ")
