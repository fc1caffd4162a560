"""A dossier says where a topic stands, with reports of its own, dated no later than now, and copies counted once."""

from __future__ import annotations

from builders import NOW, ago, article, story, topic

from briefings.model import Article, Story
from briefings.topics.dossier import Dossier, make_dossier

TOPICS = [topic("s400"), topic("relos"), topic("beca")]


def report(title: str, hours: float, **values: object) -> Article:
    return article(title, hours=hours, topics=("relos",), about=frozenset({"relos"}), **values)


OLD = story(report("Signed", 240, source="A"), id=1)
MID = story(report("Sent", 120, source="B"), report("Sent again", 119, source="C", copy_of=200), id=2)
NEW = story(report("Ratified", 24, source="A"), id=3)
UNDATED = story(report("Explained", 1, source="D", published=None), id=4)


def relos_dossier(*stories: Story, **values: object) -> Dossier:
    reports = sorted((a for s in stories for a in s.articles), key=lambda a: a.when, reverse=True)
    return make_dossier("relos", topic("relos", **values), reports, list(stories), TOPICS, NOW)


def test_a_timeline_runs_from_the_oldest_dated_story_to_the_newest() -> None:
    entries = [(entry.text, entry.when) for entry in relos_dossier(NEW, UNDATED, OLD, MID).timeline]
    assert entries == [("Signed", ago(240)), ("Sent", ago(120)), ("Ratified", ago(24))]


def test_the_latest_story_is_the_newest() -> None:
    assert relos_dossier(NEW, OLD, MID).latest_story == NEW


def test_a_story_that_only_mentions_the_topic_is_not_the_latest() -> None:
    passing = story(article("Cricket", hours=1, topics=("relos",)), id=9)
    made = relos_dossier(NEW, passing)
    assert made.latest_story == NEW
    assert [entry.text for entry in made.timeline] == ["Ratified"]


def test_an_opinion_is_not_the_latest_beside_news() -> None:
    opinion = story(report("Opinion: RELOS is a bargain", 1, source="E"), id=5)
    made = relos_dossier(NEW, opinion)
    assert (made.latest_story, made.articles) == (NEW, 2)
    assert [entry.text for entry in made.timeline] == ["Ratified"]


def test_an_opinion_is_not_the_latest_beside_undated_news() -> None:
    opinion = story(report("Opinion: RELOS is a bargain", 1, source="E"), id=5)
    assert relos_dossier(UNDATED, opinion).latest_story == UNDATED


def test_an_opinion_is_not_the_latest_report_of_a_story_with_news() -> None:
    mixed = story(report("Sent", 5), article("Duma votes", hours=4), report("Why we should fear RELOS", 1), id=3)
    assert relos_dossier(mixed).latest_report.title == "Sent"
    mentioned = story(article("Duma votes", hours=4), report("Why we should fear RELOS", 5), id=3)
    assert relos_dossier(mentioned).latest_report.title == "Duma votes"


def test_opinions_alone_make_a_dossier_without_a_timeline() -> None:
    made = relos_dossier(story(report("Opinion: RELOS is a bargain", 1), id=5))
    assert made.latest_report.title == "Opinion: RELOS is a bargain"
    assert made.timeline == ()


def test_a_timeline_names_a_story_by_its_first_report_of_news() -> None:
    mixed = story(report("What RELOS means", 9), report("Ratified", 8), report("Signed into law", 1), id=3)
    assert [(entry.text, entry.when) for entry in relos_dossier(mixed).timeline] == [("Ratified", ago(8))]


def test_an_undated_story_is_not_the_latest_beside_a_dated_one() -> None:
    assert relos_dossier(UNDATED, NEW).latest_story == NEW


def test_a_report_dated_after_now_is_in_no_dossier() -> None:
    tomorrow = story(report("Cancelled", -24, source="E"), id=5)
    made = relos_dossier(NEW, tomorrow)
    assert (made.latest_story, made.articles, made.outlets) == (NEW, 1, ("A",))


def test_the_latest_report_is_about_the_topic() -> None:
    passing = article("Cricket in Goa", hours=1, topics=("relos",))
    assert relos_dossier(story(*NEW.articles, passing, id=3)).latest_report.title == "Ratified"


def test_a_copy_adds_no_outlet() -> None:
    made = relos_dossier(OLD, MID, NEW)
    assert set(made.outlets) == {"A", "B"}


def test_a_copy_and_its_original_count_once() -> None:
    assert relos_dossier(MID).articles == 1


def test_only_topics_that_exist_are_related() -> None:
    assert relos_dossier(NEW, related=("nowhere", "s400", "beca")).related == ("s400", "beca")


def test_the_first_report_is_the_oldest() -> None:
    assert relos_dossier(NEW, OLD).first == ago(240)


def test_an_undated_report_alone_makes_a_dossier_without_a_timeline() -> None:
    made = relos_dossier(UNDATED)
    assert (made.timeline, made.latest_story) == ((), UNDATED)


def test_a_topic_without_reports_has_an_empty_dossier() -> None:
    made = relos_dossier()
    assert (made.articles, made.latest_story, made.first, made.timeline) == (0, None, None, ())


def test_words_that_are_no_topic_are_related_to_the_topics_met_most_often() -> None:
    reports = [article(about=frozenset(about)) for about in ({"s400", "relos"}, {"s400"}, {"gone"})]
    assert make_dossier("radar", None, reports, [], TOPICS, NOW).related == ("s400", "relos")
