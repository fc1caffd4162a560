"""A story is told by one report, whose summary is visible from its first sentence on."""

from __future__ import annotations

import dataclasses

import pytest
from builders import NOW, ago, article, story, told

from briefings.editions.candidates import Candidate, candidate_of, news_of
from briefings.editions.model import Item, Mood, Reason
from briefings.editions.sizes import STORY_WORDS, words_of
from briefings.editions.telling import at_the_top, recall, tell
from briefings.model import Article, Story, Wishes


def sentence(words: int, subject: str = "Norvell") -> str:
    """A sentence of so many words."""
    return f"{subject} holds {'ships and ' * ((words - 3) // 2)}{'new ' * ((words - 3) % 2)}boats."


def item_of(*reports: Article, wishes: Wishes | None = None) -> Item:
    return recall(story(*reports)) if wishes is None else tell(candidate(story(*reports)), wishes)


def candidate(each: Story, *, is_told: bool = False) -> Candidate:
    news = news_of(each, NOW)
    assert news
    mark = ago(5) if is_told else None
    made = candidate_of(news, told(each)[0] if is_told else None, mark, mark)
    assert made
    return made


def test_the_first_sentences_that_fit_are_visible_and_the_others_folded() -> None:
    sentences = [sentence(15), sentence(16, "Estmark"), sentence(21, "Ostland"), sentence(8, "Wessland")]
    item = item_of(article(summary=" ".join(sentences)))
    assert [*item.facts, *item.more] == sentences
    assert item.facts == tuple(sentences[:2])
    assert words_of(item) <= STORY_WORDS


def test_no_sentence_is_passed_over_for_one_that_fits() -> None:
    item = item_of(article(summary=f"{sentence(15)} {sentence(40, 'Estmark')} {sentence(8, 'Ostland')}"))
    assert (item.facts, len(item.more)) == ((sentence(15),), 2)


def test_another_report_is_quoted_whose_first_sentence_fits() -> None:
    newest = article("Ferry sinks off Norvell", summary=sentence(55), hours=1, source="A", url="https://a.example/")
    older = article("Ferry sinks", summary=sentence(30), hours=3, source="B", url="https://b.example/")
    item = item_of(older, newest)
    assert item.facts == (sentence(30),)
    assert (item.outlets, item.link, item.when, item.lead) == (("B", "A"), "https://b.example/", ago(3), "Ferry sinks")
    assert item.report == 100


def test_a_first_sentence_that_is_too_long_is_told_whole_where_no_report_has_a_shorter_one() -> None:
    item = item_of(article(summary=sentence(57), hours=3), article(summary=f"{sentence(55)} Few.", hours=1))
    assert (item.facts, item.more) == ((sentence(55),), ("Few.",))


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param("Norvell has opened its port and…", id="a-teaser"),
        pytest.param("By the numbers:", id="a-label"),
        pytest.param(sentence(61), id="longer-than-a-story"),
        pytest.param("Norvell opens a port", id="the-headline-again"),
    ],
)
def test_a_story_without_a_sentence_to_quote_has_no_facts(summary: str) -> None:
    item = item_of(article(summary=summary))
    assert (item.facts, item.more, item.lead) == ((), (), "Norvell opens a port")


def test_a_report_that_cannot_be_quoted_gives_way_to_one_that_can() -> None:
    item = item_of(article(summary=sentence(20), hours=3), article(summary="Norvell has opened…", hours=1))
    assert item.facts == (sentence(20),)


def test_an_undated_report_gives_way_to_a_dated_one() -> None:
    item = item_of(article("Dated", hours=5), article("Undated", published=None, hours=0))
    assert (item.lead, item.when) == ("Dated", ago(5))
    assert item_of(article(published=None)).when is None


def test_a_sentence_that_the_headline_says_is_not_said_again() -> None:
    item = item_of(article("Norvell holds boats", summary=f"Norvell holds boats. {sentence(12, 'Estmark')}"))
    assert (item.lead, item.facts) == ("Norvell holds boats", (sentence(12, "Estmark"),))


def test_the_outlet_named_first_is_the_one_the_link_opens() -> None:
    late = article(source="Late", url="https://late.example/", hours=1)
    item = item_of(article(source="Early", hours=5), late)
    assert (item.outlets[0], item.link, item.count) == ("Late", "https://late.example/", 2)


def test_the_outlet_of_the_headline_is_named_when_it_is_another() -> None:
    long_title = "word " * 21 + "Norvell opens port"
    reports = [article("Port opens", hours=h, source=s) for h, s in ((9, "A"), (8, "B"))]
    titled = article("Norvell opens port", summary=sentence(70), hours=5, source="C")
    item = item_of(*reports, titled, article(long_title, summary=sentence(20), hours=1, source="D"))
    assert (item.lead, item.outlets) == ("Norvell opens port", ("D", "C", "A"))


def test_copies_are_not_outlets() -> None:
    item = item_of(article(source="A", hours=5), article(source="B", hours=1, copy_of=100))
    assert (item.outlets, item.count) == (("A",), 1)


def test_an_item_is_marked_as_supplied_by_the_report_it_quotes_alone() -> None:
    supplied = article("The port opens", "Norvell opened its port on Monday.", hours=3, supplied=True)
    written = article("Norvell opens a port", "The port of Norvell holds 12 ships.", hours=2)
    assert not item_of(supplied, written).supplied
    assert item_of(written, dataclasses.replace(supplied, published=ago(1))).supplied


def test_labels_are_what_the_story_is_about() -> None:
    about = frozenset({"relos", "quad", "gaza"})
    assert item_of(article(topics=("s400", "relos", "quad", "gaza"), about=about)).commands == ("relos", "quad")
    assert item_of(article(topics=("s400",))).commands == ()


def test_the_reason_names_what_the_story_is_about_of_the_topics_followed() -> None:
    report = article(topics=("s400", "relos", "quad"), about=frozenset({"relos", "quad"}))
    assert item_of(report, wishes=Wishes()).why == Reason(Mood.NEW, (), 1, ("relos", "quad"))
    follower = Wishes(frozenset({"s400", "quad"}))
    assert item_of(report, wishes=follower).why == Reason(Mood.NEW, (), 1, ("quad",), is_followed=True)


TWELVE = article("Ferry sinks off Norvell", "A ferry sank off Norvell on Tuesday and 12 people were killed.", hours=10)
EIGHTEEN = article(
    "Toll of Norvell ferry rises to 18",
    "Divers went on with their search off Norvell. In Brevik, Commander Ilva Brandt said 18 people were killed.",
    hours=3,
    source="Sample Post",
)


def test_an_update_quotes_the_report_that_brought_the_change() -> None:
    later = article("Norvell ferry: search goes on", "The search off Norvell went on on Wednesday.", hours=1)
    item = tell(candidate(story(TWELVE, EIGHTEEN, later), is_told=True), Wishes())
    assert (item.mood, item.report, item.lead) == (Mood.UPDATED, 101, "Toll of Norvell ferry rises to 18")
    assert item.facts[0] == "Divers went on with their search off Norvell."
    assert item.news == 1
    assert item.why.changes


def test_an_update_has_no_headline_of_a_report_that_was_told() -> None:
    title = "Toll of the ferry " + "and of the ships " * 6 + "rises to 18 people"
    long_title = dataclasses.replace(EIGHTEEN, title=title)
    made = candidate(story(TWELVE, long_title), is_told=True)
    assert at_the_top(made, tell(made, Wishes())).lead == long_title.title


def test_the_first_line_is_the_shortest_way_to_name_the_story() -> None:
    long_title = "Norvell opens a port " + "and a harbour " * 6 + "for ships"
    made = candidate(story(article("Port opens", hours=5), article(long_title, hours=1)))
    assert at_the_top(made, tell(made, Wishes())).lead == "Port opens"


def test_a_recalled_story_shows_its_newest_report() -> None:
    assert recall(story(TWELVE, EIGHTEEN)).lead == EIGHTEEN.title


def test_a_number_that_was_told_is_overtaken_by_an_update_and_not_disputed() -> None:
    made = candidate(story(TWELVE, EIGHTEEN), is_told=True)
    assert tell(made, Wishes()).disputes == ()


def test_different_numbers_of_two_reports_are_shown_side_by_side() -> None:
    item = item_of(
        article("Ferry sinks off Norvell", "At least 12 people were killed when a ferry sank.", hours=3, source="A"),
        article("Ferry disaster off Norvell", "The sinking of a ferry killed 15 people.", hours=2, source="B"),
    )
    [dispute] = item.disputes
    assert dispute.values == (("at least 12", ("A",)), ("15", ("B",)))
