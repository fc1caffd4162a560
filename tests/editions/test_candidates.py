"""What a reader may be told of a story goes by what they were told before."""

from __future__ import annotations

import dataclasses

import pytest
from builders import NOW, ago, article, story, told

from briefings.editions.candidates import Candidate, candidate_of, news_of, told_everything
from briefings.editions.memory import UNKNOWN_REPORT, Remembered, told_up_to
from briefings.editions.model import Mood
from briefings.model import Article, Story

TWELVE = article("Ferry sinks off Norvell", "A ferry sank off Norvell on Tuesday and 12 people were killed.", hours=10)
EIGHTEEN = article("Toll of ferry rises", "The ferry that sank off Norvell killed 18 people, police said.", hours=1)
FERRY = story(TWELVE, EIGHTEEN)


def standing(each: Story, *, mark_hours: float | None = 5, remembered: Remembered | None = None) -> Candidate | None:
    news = news_of(each, NOW)
    mark = None if mark_hours is None else ago(mark_hours)
    until = told_up_to(remembered, mark) if remembered else mark
    return candidate_of(news, remembered, until, mark) if news else None


def test_every_story_is_new_to_a_newcomer() -> None:
    assert standing(FERRY, mark_hours=None) == Candidate(FERRY, Mood.NEW)


def test_a_story_after_the_mark_is_new() -> None:
    assert standing(story(EIGHTEEN)) == Candidate(story(EIGHTEEN), Mood.NEW)


@pytest.mark.parametrize("hours", [10, 5], ids=["before-the-mark", "at-the-mark"])
def test_a_story_told_before_is_not_repeated(hours: float) -> None:
    each = story(article(hours=hours))
    assert standing(each, remembered=told(each)[0]) is None
    assert standing(each) is None


def test_a_told_story_with_a_material_change_is_updated() -> None:
    candidate = standing(FERRY, remembered=told(FERRY)[0])
    assert candidate
    assert candidate.mood is Mood.UPDATED
    assert candidate.change
    assert candidate.change.report.title == "Toll of ferry rises"


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(article("Ferry sank", "A ferry sank off Norvell, police said.", hours=1), id="nothing-new"),
        pytest.param(dataclasses.replace(EIGHTEEN, copy_of=100), id="a-copy"),
    ],
)
def test_a_told_story_without_a_material_change_does_not_return(again: Article) -> None:
    each = story(TWELVE, again)
    assert standing(each, remembered=told(each)[0]) is None


def test_a_story_that_was_left_out_is_new_and_carried() -> None:
    left_out = Remembered(1, None, None, ago(10))
    assert standing(story(TWELVE), remembered=left_out) == Candidate(story(TWELVE), Mood.NEW, is_carried=True)
    candidate = standing(FERRY, remembered=left_out)
    assert candidate
    assert (candidate.mood, candidate.change) == (Mood.NEW, None)


def test_a_change_that_was_left_out_is_carried_with_the_story() -> None:
    told_of_twelve = Remembered(1, 100, ago(8), ago(1))
    candidate = standing(FERRY, mark_hours=0.5, remembered=told_of_twelve)
    assert candidate
    assert (candidate.mood, candidate.is_carried) == (Mood.UPDATED, True)


def test_a_story_told_ahead_of_the_mark_is_not_repeated() -> None:
    assert standing(FERRY, mark_hours=12, remembered=Remembered(1, 101, ago(0.5), ago(1))) is None


@pytest.mark.parametrize("remembered", [None, Remembered(1, UNKNOWN_REPORT, ago(8), ago(1))])
def test_a_story_that_may_have_been_told_long_ago_needs_a_change_and_is_not_called_updated(
    remembered: Remembered | None,
) -> None:
    candidate = standing(FERRY, remembered=remembered)
    assert candidate
    assert candidate.mood is Mood.NEW
    assert candidate.change
    assert candidate.change.report.title == "Toll of ferry rises"


def test_the_sentences_sent_are_those_of_the_quoted_report_in_its_form_of_then() -> None:
    first = dataclasses.replace(TWELVE, id=100, title="Ferry sinks", ready=ago(10))
    now = dataclasses.replace(TWELVE, id=100, summary="18 people were killed.", ready=ago(1), earlier=(first,))
    each = Story(1, (dataclasses.replace(now, published=ago(10)),))
    candidate = standing(each, remembered=Remembered(1, 100, None, ago(10)))
    assert candidate
    assert candidate.sent == ("Ferry sinks", "A ferry sank off Norvell on Tuesday and 12 people were killed.")


def test_reports_that_no_edition_may_tell_are_left_out() -> None:
    reports = (
        article("Port opens", hours=3),
        article("Port closes", hours=-3, ready=ago(1)),
        article("Opinion: Close the port", hours=2),
        article("Undated", published=None, by_hand=False),
    )
    news = news_of(story(*reports), NOW)
    assert news
    assert [report.title for report in news.articles] == ["Port opens"]
    assert news_of(story(*reports[1:]), NOW) is None


def test_a_report_of_this_moment_and_an_undated_one_of_an_editor_are_news() -> None:
    assert news_of(story(article(hours=0)), NOW)
    assert news_of(story(article(published=None)), NOW)


def test_a_reader_who_was_told_everything_knows_the_newest_report_of_each_story_up_to_their_mark() -> None:
    later = story(EIGHTEEN, id=2)
    assert told_everything([later, FERRY], ago(5)) == (Remembered(1, 100, None, ago(10)),)
