"""An edition keeps the editorial rules for any stories and wishes."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import re
from datetime import timedelta

import pytest
from builders import NOW, ago, article, open_sample_at, story
from fakes import COMMANDS
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.packing import fit
from briefings.editions.compose import compose, lead, recall
from briefings.editions.model import Draft, Item, Mood, Reason, text_of
from briefings.editions.render import Renderer
from briefings.editions.selection import importance
from briefings.model import Article, Story, Wishes

BUDGET = {1: 230, 2: 450, 3: 650, 5: 1100}
MINUTES = [pytest.param(minutes, id=f"{minutes}-min") for minutes in BUDGET]
SAMPLE_CLOSE = ago(-6)
RENDERER = Renderer(COMMANDS)


@pytest.fixture(scope="module")
def sample() -> list[Story]:
    """The stories of the sample newsroom, when all its reports are in."""

    async def gather() -> list[Story]:
        async with open_sample_at(SAMPLE_CLOSE) as newsroom:
            return await newsroom.editing.stories()

    return asyncio.run(gather())


def words(text: str) -> int:
    return sum(1 for word in text.split() if re.search(r"\w", word))


def unfolded(html: str) -> str:
    return text_of(re.sub(r"<blockquote expandable>.*?</blockquote>", "", html, flags=re.DOTALL))


def edition(stories: list[Story], minutes: int = 2, topics: frozenset[str] | None = None) -> Draft:
    return compose(stories, Wishes(topics, minutes), mark=None, now=SAMPLE_CLOSE)


def draft_of(*stories: Story, mark_hours: float | None = None, topics: frozenset[str] | None = None) -> Draft:
    mark = None if mark_hours is None else ago(mark_hours)
    return compose(stories, Wishes(topics), mark=mark, now=NOW)


WORDS = ("port", "Norvell", "7", "harbour", "the", "of", "Estmark", "1,200", "agreement", "ratification", "supply")
SOURCES = ("Sample Wire", "PTI", "The New Sample Express", "Sample Times of Norvell")
TOPICS = ("relos", "s400", "southchinasea")


def invented(seed: int) -> list[Story]:
    """Up to thirty stories of one to three reports each; a seed always gives the same ones."""
    chance = random.Random(seed)  # noqa: S311 - invents stories

    def words_between(least: int, most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(least, most)))

    def report() -> Article:
        text = " ".join(f"It is {words_between(4, 45)}." for _ in range(chance.randint(1, 4)))
        about = sorted(chance.sample(TOPICS, chance.randint(0, 3)))
        source, hours = chance.choice(SOURCES), chance.randint(1, 150)
        return article(
            words_between(2, 20), text, hours=hours, source=source, topics=tuple(about), about=frozenset(about),
            supplied=chance.random() < 0.3,
        )  # fmt: skip

    def numbered(number: int) -> Story:
        return story(*sorted((report() for _ in range(chance.randint(1, 3))), key=lambda a: a.when), id=number)

    return [numbered(number) for number in range(1, chance.randint(1, 30) + 1)]


NEWSROOMS = st.integers(0, 10_000)
SOURCE = st.sampled_from(SOURCES)


def printed(draft: Draft) -> list[str]:
    return [block.html for block in RENDERER.edition(draft, zone="UTC", now=SAMPLE_CLOSE)]


@settings(max_examples=30)
@given(NEWSROOMS, st.sampled_from(sorted(BUDGET)))
def test_an_edition_keeps_its_budget(seed: int, minutes: int) -> None:
    blocks = printed(edition(invented(seed), minutes))
    assert sum(words(unfolded(block)) for block in blocks) <= BUDGET[minutes]


@settings(max_examples=30)
@given(NEWSROOMS, st.sampled_from([1, 2]))
def test_an_edition_up_to_two_minutes_is_one_message(seed: int, minutes: int) -> None:
    blocks = RENDERER.edition(edition(invented(seed), minutes), zone="UTC", now=NOW)
    assert sum(block.units + 2 for block in blocks) - 2 <= 3500


@settings(max_examples=30)
@given(NEWSROOMS, st.sampled_from([3, 5]))
def test_a_longer_edition_is_at_most_two_messages(seed: int, minutes: int) -> None:
    blocks = RENDERER.edition(edition(invented(seed), minutes), zone="UTC", now=NOW)
    assert fit(blocks[fit(blocks) :]) == len(blocks) - fit(blocks)


@settings(max_examples=30)
@given(NEWSROOMS)
def test_every_item_is_at_most_sixty_visible_words(seed: int) -> None:
    for block in printed(edition(invented(seed), 5))[1:-1]:
        visible = re.sub(r"^(?:🆕 New|📌 Your topics)\n", "", unfolded(block))
        assert words(visible) <= 60, visible


@settings(max_examples=30)
@given(NEWSROOMS, st.sampled_from(sorted(BUDGET)))
def test_every_story_is_shown_or_left_and_none_is_both(seed: int, minutes: int) -> None:
    stories = invented(seed)
    made = edition(stories, minutes)
    shown = [item.story for item in made.items]
    assert made.total == len(stories)
    assert sorted([*shown, *made.left]) == sorted(each.id for each in stories)


@settings(max_examples=30)
@given(NEWSROOMS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(seed: int, chance: object) -> None:
    stories = invented(seed)
    shuffled = list(stories)
    chance.shuffle(shuffled)
    assert edition(shuffled) == edition(stories)


@settings(max_examples=30)
@given(NEWSROOMS, st.sampled_from(sorted(BUDGET)))
def test_every_sentence_stands_in_a_report(seed: int, minutes: int) -> None:
    stories = invented(seed)
    assert_verbatim(edition(stories, minutes), stories)


def assert_verbatim(draft: Draft, stories: list[Story]) -> None:
    """Facts and points stand in a report's text or summary, leads in a title."""
    by_id = {each.id: each for each in stories}
    for item in draft.items:
        reports = by_id[item.story].articles
        assert any(report.title.startswith(item.lead) for report in reports), item.lead
        for fact in (*item.facts, *item.more):
            assert any(fact in report.text or fact in report.summary for report in reports), fact
    whole = [
        text for each in stories for report in each.articles for text in (report.title, report.text, report.summary)
    ]
    for point in draft.points:
        assert any(point in text or point.removesuffix(".") in text for text in whole), point


@pytest.mark.parametrize("minutes", MINUTES)
def test_the_sample_edition_keeps_the_rules(sample: list[Story], minutes: int) -> None:
    made = edition(sample, minutes)
    assert_verbatim(made, sample)
    assert 1 <= len(made.headline) <= 80
    assert not re.match(r"(?i)good (morning|evening|day)|hello|here|today|your", made.headline)
    assert len(made.points) == min(3, len(made.top))
    assert all(words(point) <= 20 and "http" not in point and not point.endswith("?") for point in made.points)
    assert all(1 <= len(item.facts) <= 2 for item in made.items)
    assert sum(words(unfolded(block)) for block in printed(made)) <= BUDGET[minutes]


def test_two_minutes_of_the_sample_are_five_to_seven_stories(sample: list[Story]) -> None:
    assert 5 <= len(edition(sample).items) <= 7


def test_editions_of_all_lengths_begin_with_the_same_story(sample: list[Story]) -> None:
    shown = [[item.story for item in edition(sample, minutes).items] for minutes in sorted(BUDGET)]
    assert len({stories[0] for stories in shown}) == 1
    assert [len(stories) for stories in shown] == sorted(len(stories) for stories in shown)


TWELVE = "Russia and India agree to use each other's bases, ports and airfields"
TWENTY = "Russia and India agree to use each other's bases and ports and airfields for fuel and repair and for supply"
LONG = TWENTY + " and for the berthing of warships"


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        pytest.param(["Duma ratifies RELOS"], "Duma ratifies RELOS", id="short"),
        pytest.param([TWELVE], TWELVE, id="twelve-words-are-whole"),
        pytest.param(
            ["Duma ratifies the RELOS pact with India, as Putin prepares to travel to New Delhi on Thursday"],
            "Duma ratifies the RELOS pact with India",
            id="cut-at-a-clause",
        ),
        pytest.param(
            ["Duma ratifies the RELOS pact with India – as Putin prepares to travel to New Delhi on Thursday"],
            "Duma ratifies the RELOS pact with India",
            id="cut-at-a-dash",
        ),
        pytest.param([TWENTY], TWENTY, id="up-to-twenty-words-without-a-clause-whole"),
        pytest.param([LONG, "Duma ratifies RELOS"], "Duma ratifies RELOS", id="longer-gives-way-to-the-next-title"),
        pytest.param([LONG, TWENTY], TWENTY, id="longer-gives-way-to-a-long-one"),
        pytest.param(
            ["If Russia ratifies the pact, India will gain access to ports in the Arctic and the Pacific"],
            "If Russia ratifies the pact, India will gain access to ports in the Arctic and the Pacific",
            id="a-condition-is-not-cut",
        ),
        pytest.param(
            ["Peskov says “we will deliver, and we will do it soon” to reporters before the visit to Delhi"],
            "Peskov says “we will deliver, and we will do it soon” to reporters before the visit to Delhi",
            id="a-quotation-is-not-cut",
        ),
        pytest.param(
            ["Peskov says 'we will deliver, and we will do it soon' to reporters before the visit to Delhi"],
            "Peskov says 'we will deliver, and we will do it soon' to reporters before the visit to Delhi",
            id="a-quotation-in-single-marks-is-not-cut",
        ),
        pytest.param(
            ["Leaders of Germany, France, Italy and Spain agree on a joint fighter project in Berlin on Monday"],
            "Leaders of Germany, France, Italy and Spain agree on a joint fighter project in Berlin on Monday",
            id="a-list-is-not-cut",
        ),
        pytest.param(
            ["Vladimir Putin, president of Russia, arrives in New Delhi for a two-day summit with Narendra Modi"],
            "Vladimir Putin, president of Russia, arrives in New Delhi for a two-day summit with Narendra Modi",
            id="an-apposition-is-not-cut",
        ),
        pytest.param(
            ["Russia and Ukraine war: Kyiv says that 30 drones were shot down over the capital overnight"],
            "Russia and Ukraine war: Kyiv says that 30 drones were shot down over the capital overnight",
            id="a-label-is-no-clause",
        ),
        pytest.param(
            ["Will India buy the Su-57?", "Russia offers the Su-57"],
            "Russia offers the Su-57",
            id="no-question-if-it-can",
        ),
    ],
)
def test_a_lead_is_short_or_whole(titles: list[str], expected: str) -> None:
    assert lead(titles) == expected


def test_a_very_long_title_is_cut_to_a_headline_of_eighty_characters() -> None:
    made = draft_of(story(article(LONG)))
    assert len(made.headline) <= 80
    assert words(made.headline.removesuffix("…")) > 5


def only(draft: Draft) -> Item:
    (item,) = draft.items
    return item


def test_a_story_told_before_is_not_repeated() -> None:
    assert draft_of(story(article(hours=5)), mark_hours=4).items == ()


def test_a_story_after_the_mark_is_new() -> None:
    assert only(draft_of(story(article(hours=3)), mark_hours=4)).mood is Mood.NEW


def test_a_report_at_the_mark_itself_has_been_told() -> None:
    assert draft_of(story(article(hours=4)), mark_hours=4).items == ()


def test_every_story_is_new_to_a_newcomer() -> None:
    assert only(draft_of(story(article(hours=100), article(hours=1)))).mood is Mood.NEW


FIRST = article("Three systems have come", "Three systems have come, said Peskov in Delhi. More may follow.", hours=10)


def test_a_story_with_a_material_change_returns_as_updated() -> None:
    again = article("Systems have come", "More may follow. In all it is 7 systems.", hours=1)
    assert only(draft_of(story(FIRST, again), mark_hours=5)).mood is Mood.UPDATED


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(article("Systems have come", "More may follow, said Peskov.", hours=1), id="nothing-new-in-it"),
        pytest.param(article("Systems have come", "It is 7 systems.", hours=1, copy_of=100), id="a-copy"),
    ],
)
def test_a_story_without_a_material_change_does_not_return(again: object) -> None:
    assert draft_of(story(FIRST, again), mark_hours=5).items == ()


CHANGE = "In all it is 7 systems, said Peskov."
SO_FAR = "Three systems have come to Delhi so far. More may follow soon."
CHANGED = article("Peskov speaks of systems", f"{SO_FAR} {CHANGE}", hours=1)


@pytest.mark.parametrize("others", [0, 1, 4], ids=["alone", "beside-a-new-story", "beside-four-new-stories"])
def test_the_change_comes_first(others: int) -> None:
    beside = [story(article(f"Norvell opens port {n}", hours=1), id=n) for n in range(2, others + 2)]
    made = draft_of(story(FIRST, CHANGED), *beside, mark_hours=5)
    updated = next(item for item in made.items if item.mood is Mood.UPDATED)
    assert updated.facts[0] == CHANGE


def test_new_stories_come_before_updated_ones_and_topics_last() -> None:
    new = [story(article(f"Norvell opens port {n}", hours=n), id=n) for n in range(2, 7)]
    made = draft_of(story(FIRST, CHANGED), *new, mark_hours=8)
    assert [item.story for item in made.top] == [2, 3, 4]
    assert [item.story for item in made.updated] == [1]
    assert [item.story for item in made.topics] == [5, 6]
    assert made.headline == made.top[0].lead


def test_future_dated_reports_stay_out() -> None:
    assert draft_of(story(article(hours=-1))).total == 0


def test_a_future_dated_report_of_a_running_story_stays_out() -> None:
    made = only(draft_of(story(article("Port opens", hours=3), article("Port closes", hours=-3, ready=ago(1)))))
    assert made.lead == "Port opens"


def test_a_story_published_at_this_moment_is_in() -> None:
    assert len(draft_of(story(article(hours=0))).items) == 1


RELOS, GAZA = frozenset({"relos"}), frozenset({"gaza"})


def test_only_stories_that_are_about_a_followed_topic_are_in() -> None:
    ours = story(article(topics=("relos",), about=RELOS), id=1)
    mentioned = story(article(topics=("relos",)), id=2)
    others = story(article(topics=("gaza",), about=GAZA), id=3)
    made = draft_of(ours, mentioned, others, topics=RELOS)
    assert {item.story for item in made.items} == {1}
    assert (made.total, made.followed) == (1, 1)


def test_a_reader_who_follows_no_topic_gets_no_story() -> None:
    assert draft_of(story(article(topics=("relos",))), topics=frozenset()).total == 0


def test_an_edition_of_no_stories_is_empty() -> None:
    made = draft_of()
    assert (made.items, made.headline, made.points, made.left, made.total) == ((), "", (), (), 0)


def test_the_outlet_named_first_is_the_one_the_link_opens() -> None:
    late = article(source="Late", url="https://late.example/", hours=1)
    made = only(draft_of(story(article(source="Early", hours=5), late)))
    assert (made.outlets[0], made.link, made.count) == ("Late", "https://late.example/", 2)


def test_an_item_is_marked_as_supplied_by_the_report_it_quotes_alone() -> None:
    supplied = article("The port opens", "Norvell opened its port on Monday.", hours=3, supplied=True)
    written = article("Norvell opens a port", "The port of Norvell holds 12 ships.", hours=2)
    newer = dataclasses.replace(supplied, published=ago(1))
    assert [item.supplied for item in draft_of(story(supplied, written)).items] == [False]
    assert [item.supplied for item in draft_of(story(written, newer)).items] == [True]


def test_copies_are_not_outlets() -> None:
    made = only(draft_of(story(article(source="A", hours=5), article(source="B", hours=1, copy_of=100))))
    assert (made.outlets, made.count) == (("A",), 1)


def test_an_undated_report_has_no_date() -> None:
    assert only(draft_of(story(article(published=None)))).when is None


def test_undated_news_added_by_hand_goes_after_all_dated_news() -> None:
    undated = story(article("Estmark closes a mine", published=None, hours=0), id=1)
    old = story(article("Norvell opens a port", hours=40), id=2)
    draft = draft_of(undated, old)
    assert draft.headline == "Norvell opens a port"
    assert [item.story for item in draft.items] == [2, 1]


def test_undated_news_does_not_lead_before_an_update_either() -> None:
    undated = story(article("Estmark closes a mine", published=None, hours=0), id=1)
    updated = story(article(hours=40), article("Norvell opens a port for 7 ships", hours=1), id=2)
    draft = draft_of(undated, updated, mark_hours=20)
    assert [item.mood for item in draft.items] == [Mood.UPDATED, Mood.NEW]
    assert draft.headline == "Norvell opens a port for 7 ships"


def test_of_a_story_the_dated_report_is_told() -> None:
    told = only(draft_of(story(article("Dated", hours=5), article("Undated", published=None, hours=0))))
    assert (told.lead, told.when) == ("Dated", ago(5))


def test_an_undated_report_of_a_source_is_in_no_edition_also_beside_one_of_the_future() -> None:
    undated = article("Estmark closes a mine", published=None, by_hand=False)
    assert draft_of(story(undated)).items == ()
    assert draft_of(story(undated, article("Tomorrow", hours=-24, ready=ago(1)))).items == ()
    told = only(draft_of(story(article("Dated", hours=5, source="A"), dataclasses.replace(undated, source="B"))))
    assert (told.lead, told.outlets) == ("Dated", ("A",))


def test_a_point_is_at_most_twenty_words_even_of_a_long_title() -> None:
    made = draft_of(*(story(article(LONG, "No.", hours=n), id=n) for n in (1, 2, 3)))
    assert all(words(point) <= 20 for point in made.points)


def test_a_point_bears_no_address() -> None:
    text = "Read it at https://example.org/x on 3 December now. The port of Norvell holds 12 ships."
    made = draft_of(*(story(article(f"Norvell opens port {n}", text), id=n) for n in (1, 2)))
    assert not any("http" in point for point in made.points)


def test_a_point_is_no_question() -> None:
    text = "Will Norvell open the port in 2026? The port of Norvell holds 12 ships."
    made = draft_of(*(story(article(f"Norvell opens port {n}", text), id=n) for n in (1, 2)))
    assert not any(point.endswith("?") for point in made.points)


def test_a_point_is_no_question_of_another_outlet() -> None:
    asked = article("Will Estmark allow it?", hours=3, source="Sample Post")
    made = draft_of(*(story(asked, article(f"Norvell opens port {n}"), id=n) for n in (1, 2)))
    assert not any("?" in point for point in made.points)


@pytest.mark.parametrize(
    "text", ["On Monday she opened the port of Norvell with 12 ships.", "In Norvell they hold 12."]
)
def test_a_point_refers_to_no_unnamed_person(text: str) -> None:
    made = draft_of(*(story(article(f"Norvell opens port {n}", text), id=n) for n in (1, 2)))
    assert not any(point in text for point in made.points)


def test_a_future_dated_report_makes_no_point() -> None:
    later = article("Estmark closes all harbours", hours=-3, ready=ago(1), source="Sample Post")
    made = draft_of(*(story(article(f"Norvell opens port {n}", hours=1), later, id=n) for n in (1, 2)))
    assert not any("Estmark" in text for text in (made.headline, *made.points))


def test_a_recalled_story_shows_its_newest_report() -> None:
    assert recall(story(FIRST, CHANGED)).lead == CHANGED.title


HOURS = st.floats(0, 200)
REPORT = st.builds(lambda hours, source: article(hours=hours, source=source, about=RELOS), HOURS, SOURCE)
STORY = st.lists(REPORT, min_size=1, max_size=5).map(lambda reports: story(*sorted(reports, key=lambda r: r.when)))
ALL = Wishes()


@given(STORY)
def test_another_outlet_never_makes_a_story_less_important(any_story: Story) -> None:
    more = story(*any_story.articles, dataclasses.replace(any_story.articles[-1], source="Another"))
    assert importance(more, ALL, NOW) > importance(any_story, ALL, NOW)


@given(STORY)
def test_a_copy_makes_no_story_more_important(any_story: Story) -> None:
    more = story(*any_story.articles, dataclasses.replace(any_story.articles[-1], source="Another", copy_of=100))
    assert importance(more, ALL, NOW) == importance(any_story, ALL, NOW)


@given(STORY, st.floats(0, 100))
def test_a_later_date_never_makes_a_story_less_important(any_story: Story, hours: float) -> None:
    earlier = (dataclasses.replace(a, published=a.when - timedelta(hours=hours)) for a in any_story.articles)
    assert importance(any_story, ALL, NOW) >= importance(story(*earlier), ALL, NOW)


@given(STORY, st.sets(st.sampled_from(["relos", "gaza", "quad"])))
def test_a_followed_topic_never_makes_a_story_less_important(any_story: Story, followed: set[str]) -> None:
    more = Wishes(frozenset(followed) | RELOS)
    assert importance(any_story, more, NOW) >= importance(any_story, Wishes(frozenset(followed)), NOW)


def test_the_higher_number_goes_first_of_equally_important_stories() -> None:
    equals = [story(article(f"Norvell opens port {n}"), id=n) for n in (2, 3, 1)]
    assert [item.story for item in draft_of(*equals).items] == [3, 2, 1]


# Reasons

ABOUT = story(article(about=frozenset({"relos"}), topics=("relos", "quad")))


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        pytest.param(draft_of(ABOUT), Reason(Mood.NEW, (), 1, ("relos",)), id="new"),
        pytest.param(
            draft_of(ABOUT, topics=RELOS), Reason(Mood.NEW, (), 1, ("relos",), is_followed=True), id="followed"
        ),
        pytest.param(draft_of(story(article(), article(source="Sample Post"))), Reason(Mood.NEW, (), 2), id="no-topic"),
        pytest.param(draft_of(story(FIRST, CHANGED), mark_hours=5), Reason(Mood.UPDATED, ("7",), 1), id="updated"),
    ],
)
def test_each_item_has_the_reason_why_it_is_told(draft: Draft, why: Reason) -> None:
    assert only(draft).why == why


# Acronyms, and numbers that differ


def test_an_acronym_is_spelled_out_at_its_first_use_only() -> None:
    text = "Norvell joined the NHA on Monday with 12 ships. The NHA has 4 members."
    stories = [story(article(f"Norvell opens port {n}", text, hours=n), id=n) for n in (1, 2)]
    made = compose(stories, Wishes(), mark=None, now=NOW, acronyms={"NHA": "Northern Harbour Association"})
    shown = " ".join((*made.points, *(fact for item in made.items for fact in item.facts)))
    assert shown.startswith("Norvell joined the Northern Harbour Association (NHA) on Monday")
    assert shown.count("Northern Harbour Association") == 1


def test_an_acronym_is_spelled_out_as_its_own_report_does() -> None:
    text = (
        "Norvell joined the NHA on Monday. The Norvell Harbour Authority (NHA) has 4 members. " + "It was cold. " * 20
    )
    [only_item] = draft_of(story(article("Norvell opens a port", text))).items
    assert "Norvell Harbour Authority (NHA)" in " ".join(only_item.facts)


def test_different_numbers_of_two_reports_are_shown_side_by_side() -> None:
    reports = (
        article("Ferry sinks off Norvell", "At least 12 people were killed when a ferry sank.", hours=3, source="A"),
        article("Ferry disaster off Norvell", "The sinking of a ferry killed 15 people.", hours=2, source="B"),
    )
    [item] = draft_of(story(*reports)).items
    [dispute] = item.disputes
    assert "12 (A)" in str(dispute)
    assert "15 (B)" in str(dispute)
    assert "Reports differ" in printed(draft_of(story(*reports)))[1]
