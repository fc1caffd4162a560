"""Finds what is new in a story for a reader: a number, a decision, an event, a person who acts. Pure.

Promises material changes only, seen in the title or the first sentences of a report that came after what the reader was
told. Titles of persons, abbreviations, spellings, other words for a told event, days and ages are no changes. Precision
goes first: what an earlier report states anywhere in its text is not new. Never decides which reports make a story.

The rules for decisions, events and persons are English. In other languages only a number that changed with its noun
counts, and growth from one outlet to three.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from briefings.model import Article, outlets_of
from briefings.stories.earlier_news import EarlierNews, are_different_bodies, first_sentences, is_english
from briefings.text.actors import read_actors
from briefings.text.counts import Count, read_counts
from briefings.text.events import Event, Stage, meanings_of
from briefings.text.headline import is_title_case

MOST_WORDS = 5
"""Most words of a change."""

GROWN_TO = 3
"""Outlets that a story of one outlet must reach to be told again (an editorial rule)."""

MOST_TOLD = 0.5
"""A sentence of which a larger share was told is not new."""

_HISTORIC = 100_000
"""A toll from here on is of an epidemic or a war, and mostly background."""

_MEANING_OF = {"killed": "kill", "injured": "injure", "arrested": "arrest", "freed": "release", "rescued": "release"}
"""Fate → the meaning of the verb that tells it."""

_STRONG, _NUMBER, _ACTOR, _GROWTH = 3, 2, 1, 0
_GROWN = re.compile(r"\d+ outlets")
_ANOTHER = re.compile(r"\b(?:second|third|another|again|next|new|more|also|remaining|final|further)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Change:
    """A material change of a story. `report` brought it: the one to quote.

    `words` are what is new, as the report states it, at most MOST_WORDS: "18 killed", "approved", "Umerov"; after
    growth alone, the number of outlets: "3 outlets".
    """

    report: Article
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fact:
    """A new fact of a report: the words that state it, how strong a change it is, and the meanings that it has."""

    words: str
    strength: int
    meanings: frozenset[str]


def find_change(before: Sequence[Article], after: Sequence[Article], *, sent: Sequence[str] = ()) -> Change | None:
    """Return the strongest change that reports in `after` bring, from the newest that brings it; None if none does.

    `before` are the reports that the reader was told, or that were stored up to then, copies and earlier forms
    included; `sent` are the titles and sentences that editions sent the reader on the story. Copies in `after` bring no
    change, nor does a report that goes back. Reports are compared within a language: what one in another language
    says may have been told.
    """
    earlier_in = {language: EarlierNews(reports, sent) for language, reports in _by_language(before).items()}
    best: tuple[int, Change] | None = None
    for report in sorted(after, key=lambda report: (report.when, report.id), reverse=True):
        earlier = earlier_in.get(_language(report)) or (EarlierNews((), sent) if sent and not before else None)
        if earlier is None or report.copy_of is not None:
            continue
        facts = _new_facts(report, earlier)
        strength = max((fact.strength for fact in facts), default=-1)
        if strength > (best[0] if best else -1) and not _goes_back(report, earlier):
            facts.sort(key=lambda fact: -fact.strength)  # keeps the order among equals
            best = strength, Change(report, _words(facts))
            if strength == _STRONG:
                break  # no older report can bring a stronger one
    return best[1] if best else _growth(before, after)


def _by_language(reports: Iterable[Article]) -> dict[str, list[Article]]:
    by_language: dict[str, list[Article]] = {}
    for report in reports:
        by_language.setdefault(_language(report), []).append(report)
    return by_language


def _language(report: Article) -> str:
    return "en" if is_english(report) else report.language[:2]


def place_of_news(
    sentences: Sequence[str], change: Change, before: Sequence[Article], sent: Sequence[str] = ()
) -> int | None:
    """Return the place of the first sentence that holds the change and at least half of whose content was not told.

    `before` and `sent` are those of `find_change`. Returns None where no sentence is new, and after growth alone.
    """
    if _GROWN.fullmatch(change.words[0]):
        return None
    earlier = EarlierNews(before, sent)
    for place, sentence in enumerate(sentences):
        if _holds(sentence, change) and earlier.share_of(sentence) <= MOST_TOLD:
            return place
    return None


def goes_back(report: Article, before: Sequence[Article]) -> bool:
    """True if a report tells as planned what earlier reports told as done, of the same subject and object.

    A plan for another body, thing or time ("a second pact") does not go back.
    """
    return _goes_back(report, EarlierNews([other for other in before if _language(other) == _language(report)]))


def _goes_back(report: Article, earlier: EarlierNews) -> bool:
    if not is_english(report):
        return False
    events = [
        (event, text) for text in (report.title, *first_sentences(report, 1)) for event in earlier.events_in(text)
    ]
    done = {meaning for event, _ in events if event.stage is not Stage.PLANNED for meaning in event.meanings}
    plans = [event for event, text in events if event.stage is Stage.PLANNED and not _ANOTHER.search(text)]
    return any(
        _is_done_already(plan, event)
        for plan in plans
        if plan.meanings.isdisjoint(done)
        for event in earlier.events_like(plan)
        if event.stage is Stage.DONE
    )


def _is_done_already(plan: Event, done: Event) -> bool:
    if plan.meanings.isdisjoint(done.meanings):
        return False
    if plan.body and done.body and are_different_bodies(plan.body, done.body):
        return False
    has_subject = not plan.subject or not plan.subject.isdisjoint(done.context)
    has_object = not plan.object or not plan.object.isdisjoint(done.context)
    return has_subject and has_object and bool(plan.subject or plan.object)


def _new_facts(report: Article, earlier: EarlierNews) -> list[_Fact]:
    """Return the facts in the title and the first sentences of a report that were not told.

    A first number of a thing, an event and an actor must stand in the title or the first sentence: what follows is
    mostly background. A number that changed may stand in the second, too.
    """
    lead = first_sentences(report)
    facts: list[_Fact] = []
    for piece in (report.title, *lead):
        facts += (
            _Fact(count.words, _strength(count), frozenset((_MEANING_OF.get(count.thing, count.thing),)))
            for count in earlier.counts_in(piece)
            if (_tells_first(count, piece, report, lead) or earlier.gave_number_of(count, piece))
            and not earlier.has_count(count)
        )
    for piece in (report.title, *lead[:1]) if is_english(report) else ():
        is_title = piece == report.title
        events = earlier.events_in(piece, is_title=is_title)
        done = (event for event in events if event.stage is Stage.DONE and not earlier.has_event(event))
        facts += (_Fact(event.words, _STRONG, event.meanings) for event in done)
        actors = () if is_title and is_title_case(piece) else read_actors(piece, report.text)
        facts += (_Fact(actor, _ACTOR, frozenset((actor,))) for actor in actors if not earlier.has_name(actor))
    return facts


def _tells_first(count: Count, piece: str, report: Article, lead: Sequence[str]) -> bool:
    """True if a number tells something although no number of its thing was told."""
    if count.thing != "killed" and count.value == 1:
        return False
    if piece == report.title:
        return count.is_toll or count.is_money
    return count.is_toll and piece == lead[0] and count.value < _HISTORIC


def _strength(count: Count) -> int:
    return _STRONG if count.is_toll else _NUMBER


def _words(facts: Iterable[_Fact]) -> tuple[str, ...]:
    """Return the words of the facts, one for each meaning."""
    words: list[str] = []
    meanings: set[str] = set()
    for fact in facts:
        if meanings.isdisjoint(fact.meanings):
            words.append(fact.words)
        meanings |= fact.meanings
    return tuple(words[:MOST_WORDS])


def _growth(before: Sequence[Article], after: Sequence[Article]) -> Change | None:
    originals = [article for article in after if article.copy_of is None]
    first = outlets_of(article for article in before if article.copy_of is None)
    now = outlets_of([article for article in (*before, *after) if article.copy_of is None])
    if len(first) != 1 or len(now) < GROWN_TO:
        return None
    for report in sorted(originals, key=lambda report: (report.when, report.id), reverse=True):
        if not goes_back(report, before):
            return Change(report, (f"{len(now)} outlets",))
    return None


def _holds(sentence: str, change: Change) -> bool:
    """True if a sentence states any of the words of a change, or the same number or event in other words."""
    low = sentence.casefold()
    counts = {(count.thing, count.value) for count in read_counts(sentence)}
    meanings = {meaning for event in EarlierNews.events_in(sentence) for meaning in event.meanings}
    for words in change.words:
        if re.search(rf"(?<!\w){re.escape(words.casefold())}(?!\w)", low):
            return True
        if any((count.thing, count.value) in counts for count in read_counts(words)):
            return True
        if meanings and not meanings.isdisjoint(meanings_of(words)):
            return True
    return False
