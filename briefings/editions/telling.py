"""Tells one story: under which headline, by whose report, and how much of that report's summary is visible. Pure.

1. The visible sentences are the beginning of the quoted report's summary: whole sentences from its first on. None is
   left out before one that is shown, and none is taken from elsewhere in the report.
2. Of the newest reports the most usual one is quoted whose first sentence stands alone, speaks of the story, and fits.
   An updated story quotes the report that brought the change.
3. The headline is the quoted report's own, cut where a clause ends, or that of a report that says the same.
4. A story none of whose reports begins with such a sentence has no facts: it is told in brief.
5. Every word of a headline or a sentence is a source's own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from briefings.editions.candidates import Candidate
from briefings.editions.model import Item, Mood, Reason
from briefings.editions.sizes import STORY_WORDS, dispute_words, tail_words
from briefings.model import Article, Story, Wishes, outlets_of
from briefings.stories.changes import goes_back, place_of_news
from briefings.stories.disputes import find_disputes
from briefings.stories.terms import weigh_terms
from briefings.text.headline import lead, top_line
from briefings.text.sentences import split
from briefings.text.standing import is_cut, stands_alone
from briefings.text.words import count_words

LONGEST_SENTENCE = 60
"""Words. A longer first sentence is no summary of a story; the story is told in brief."""

FRESH = timedelta(hours=2)
"""Of the reports of a story's last hours, so many, the one most like the others is quoted, and not the newest."""

COMPARED, TEXT_COMPARED = 12, 600
"""The most reports that are compared with each other, and the characters of their texts that are."""

SHARED = 2
"""Words that another report's title must share with the quoted report, to stand over it."""

STEM = 5
"""Letters of a word that its forms share."""

NAMED_OUTLETS = 3
COMMANDS = 2
"""Most outlets and topics that an item names."""


def tell(candidate: Candidate, wishes: Wishes, *, without: Collection[str] = ()) -> Item:
    """Return a story as an edition tells it, by a report of none of the outlets `without` if there is one."""
    story, change = candidate.story, candidate.change
    # A number that its readers may know, and that a later report changed, is overtaken and not disputed.
    unknown = [
        report for report in story.articles if candidate.known_until is None or report.tellable > candidate.known_until
    ]
    disputes = find_disputes(unknown)[:1] if len(story.outlets) > 1 else ()
    reports = [change.report] if change else _best_first(story)
    quote = _quote([report for report in reports if report.source not in without] or reports, candidate)
    report, room = quote.report, quote.room
    disputes = disputes if quote.sentences and sum(map(dispute_words, disputes)) <= room // 3 else ()
    facts = _visible(quote.sentences, room - sum(map(dispute_words, disputes)))
    is_update = candidate.mood is Mood.UPDATED
    return Item(
        story=story.id,
        report=report.id,
        mood=candidate.mood,
        lead=quote.title,
        facts=facts,
        more=tuple(quote.sentences[len(facts) :]),
        outlets=_outlets(candidate, report, quote.title),
        count=len(story.outlets),
        when=report.published,
        added=report.added,
        link=report.url,
        commands=_labels(story, report),
        language=report.language,
        news=place_of_news(facts, change, candidate.before, candidate.sent) if change and is_update else None,
        why=_reason(candidate, report, wishes),
        disputes=disputes,
        supplied=report.supplied,
        author=report.author if not report.source else "",
    )


def recall(story: Story) -> Item:
    """Return a story as an item on its own, whatever has been told of it: for a quiet day and for stories left out."""
    return tell(Candidate(story, Mood.NEW), Wishes())


def at_the_top(candidate: Candidate, item: Item) -> Item:
    """Return the item under the headline that is the first line of an edition."""
    [report] = [form for form in _forms(candidate) if form.id == item.report][:1]
    headline = top_line(list(dict.fromkeys([item.lead, *_titles(candidate, report, item.facts)])), item.facts)
    return dataclasses.replace(item, lead=headline, outlets=_outlets(candidate, report, headline))


def _forms(candidate: Candidate) -> list[Article]:
    """Return the reports of a story, that which brought a change first."""
    return [*([candidate.change.report] if candidate.change else []), *candidate.story.articles]


def _outlets(candidate: Candidate, quoted: Article, headline: str) -> tuple[str, ...]:
    """Return the outlets to name: that of the quoted report, that of the headline, and the others."""
    originals = candidate.story.originals
    titled = [report for report in originals if report.title.startswith(headline)]
    own = [] if quoted.title.startswith(headline) else titled
    return outlets_of((quoted, *own, *originals))[:NAMED_OUTLETS]


def _labels(story: Story, quoted: Article) -> tuple[str, ...]:
    """Return the topics of which the quoted report is, or at least half of the reports are, the strongest first."""
    half = len(story.originals) / 2
    return tuple(
        topic
        for topic in story.topics
        if topic in quoted.about or sum(topic in report.about for report in story.originals) >= half
    )[:COMMANDS]


def _best_first(story: Story) -> list[Article]:
    """Return the reports that may be quoted: dated ones first, then the newest; of the newest the most usual one first.

    Of reports of the last hours that which shares most words with the others stands for them best.
    """
    reports = list(reversed(story.leading))
    terms = {report.id: set(weigh_terms(report.title, report.text[:TEXT_COMPARED])) for report in reports[:COMPARED]}
    likeness = {
        number: sum(
            len(own & other) / len(own | other) for key, other in terms.items() if key != number and own | other
        )
        for number, own in terms.items()
    }
    fresh_from = story.last - FRESH
    reports.sort(
        key=lambda report: (
            report.published is None,
            report.when < fresh_from,
            -likeness.get(report.id, 0.0) if report.when >= fresh_from else 0.0,
        )
    )
    forward = [
        report
        for report in reports
        if not goes_back(report, [other for other in reports if other.when <= report.when and other is not report])
    ]
    return forward or reports


@dataclass(frozen=True, slots=True)
class _Quote:
    """A report to quote, the headline above it, the sentences of its summary, and the words that these may take."""

    report: Article
    title: str
    sentences: Sequence[str]
    room: int


def _quote(reports: Sequence[Article], candidate: Candidate) -> _Quote:
    """Return how the best of these reports is quoted: one whose first sentence fits, else the first that can be quoted.

    Without any, the first report without sentences.
    """
    quotes = (quote for report in reports if (quote := _quote_of(report, candidate)))
    first: _Quote | None = None
    for quote in quotes:
        if count_words(quote.sentences[0]) <= quote.room and not quote.sentences[0].startswith(quote.title):
            return quote
        if first is None and count_words(quote.sentences[0]) <= LONGEST_SENTENCE:
            first = quote
    return first or _Quote(reports[0], lead(_titles(candidate, reports[0], ())), (), 0)


def _quote_of(report: Article, candidate: Candidate) -> _Quote | None:
    """Return how a report is quoted; None if its first sentence cannot be read alone, or does not tell the story."""
    sentences = split(report.summary, report.language)
    if not sentences or not stands_alone(sentences[0], report.language):
        return None
    titles = [each.title for each in candidate.story.leading]
    if not _share_words(sentences[0], [report.title, *titles]):
        return None
    title = lead(_titles(candidate, report, sentences[:1]))
    if _is_said(sentences[0], title, report.title):
        sentences = sentences[1:]
        if not sentences or not stands_alone(sentences[0], report.language):
            return None
    room = STORY_WORDS - count_words(title) - _tail(report, candidate, title)
    return _Quote(report, title, sentences, room)


def _share_words(sentence: str, titles: Iterable[str]) -> bool:
    """True if a sentence has a word of meaning in common with one of these titles, whatever its ending."""
    of_titles = {term[:STEM] for title in titles for term in weigh_terms(title, "")}
    return not of_titles or any(term[:STEM] in of_titles for term in weigh_terms("", sentence))


def _tail(report: Article, candidate: Candidate, title: str) -> int:
    """Return the words of the sourcing tail below a report."""
    outlets, labels = _outlets(candidate, report, title), _labels(candidate.story, report)
    count = len(candidate.story.outlets)
    return tail_words(outlets, count, labels, dated=report.published is not None, supplied=report.supplied)


def _titles(candidate: Candidate, quoted: Article, sentences: Sequence[str]) -> list[str]:
    """Return the titles that may stand over a quoted report: its own, then those that speak of what it says.

    Of an updated story only reports that came with the change or later give a title: an older one is old news.
    """
    known = {(form.id, form.title) for form in candidate.before}
    others = [r for r in reversed(candidate.story.leading) if (r.id, r.title) not in known and r.id != quoted.id]
    said = weigh_terms(quoted.title, " ".join(sentences[:1]))
    shared = {report.id: len(said.keys() & weigh_terms(report.title, "").keys()) for report in others}
    fitting = [report for report in others if shared[report.id] >= SHARED]
    fitting.sort(key=lambda report: -shared[report.id])
    return list(dict.fromkeys([quoted.title, *(report.title for report in fitting)]))


def _visible(sentences: Sequence[str], room: int) -> tuple[str, ...]:
    """Return the first sentence, and those after it that fit into `room` words with it."""
    visible: list[str] = []
    for sentence in sentences:
        room -= count_words(sentence)
        if visible and (room < 0 or is_cut(sentence)):
            break
        visible.append(sentence)
    return tuple(visible)


def _reason(candidate: Candidate, quoted: Article, wishes: Wishes) -> Reason:
    story = candidate.story
    topics = _labels(story, quoted)
    if wishes.topics is not None:
        topics = tuple(topic for topic in story.topics if topic in story.about and topic in wishes.topics)[:COMMANDS]
    changes = candidate.change.words if candidate.change and candidate.mood is Mood.UPDATED else ()
    return Reason(candidate.mood, changes, len(story.outlets), topics, is_followed=wishes.topics is not None)


def _is_said(sentence: str, *titles: str) -> bool:
    """True if a headline says all of a sentence."""
    words = sentence.casefold().rstrip(". ")
    return any(words == title.casefold().rstrip(". ") for title in titles)
