"""The reports of a story up to a time, and its newest original."""

from __future__ import annotations

from builders import NOW, ago, article, story

from briefings.stories.reports import as_dated, as_of, newest_original


def test_a_story_as_of_a_time_is_without_later_reports() -> None:
    told = story(article("One", hours=3), article("Two", hours=1))
    past = as_of(told, ago(2))
    assert past is not None
    assert [report.title for report in past.articles] == ["One"]
    assert as_of(told, NOW) == told


def test_there_is_no_story_before_its_first_report() -> None:
    assert as_of(story(article("One", hours=3)), ago(4)) is None


def test_the_newest_original_is_not_a_copy() -> None:
    copied = story(article("One", hours=3), article("Two", hours=2), article("Three", hours=1, copy_of=100))
    assert newest_original(copied).title == "Two"


def test_among_copies_alone_the_newest_stands_for_the_original() -> None:
    copies = story(article("One", hours=3, copy_of=100), article("Two", hours=2, copy_of=100))
    assert newest_original(copies).title == "Two"


def test_a_report_as_dated_was_added_and_ready_at_its_date_and_so_were_its_earlier_forms() -> None:
    before = article("Norvell opens a port", hours=9, ready=ago(1))
    dated = article("Norvell opens two ports", hours=5, added=ago(1), ready=ago(1), earlier=(before,))
    undated = article("Estmark buys boats", published=None, added=ago(3), ready=ago(1))
    rehearsed = as_dated(story(dated, undated))
    assert [(a.added, a.ready, a.tellable) for a in rehearsed.articles] == [(ago(5),) * 3, (ago(3),) * 3]
    [earlier] = rehearsed.articles[0].earlier
    assert earlier.tellable == ago(9)
