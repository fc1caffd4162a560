"""Selection keeps the caps and budgets of an edition, tells further stories in brief, and weighs stories."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
from builders import NOW, article, item, story
from hypothesis import given
from hypothesis import strategies as st

from briefings.editions.locales import locale
from briefings.editions.model import Item, Mood
from briefings.editions.selection import MOST_STORIES, importance, in_brief, select, with_folds
from briefings.editions.sizes import DISPUTE_CHARACTERS, DISPUTE_WORDS, free_characters, free_words, words_of
from briefings.model import Dispute, Wishes

TOPICS = ("relos", "s400", "arctic", "quad", "sanctions")
EVERYTHING = Wishes(None, 2)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def name(number: int) -> str:
    """A word for each number."""
    return (LETTERS[number // 26 % 26] + LETTERS[number % 26]) * 2


def drawn(number: int, words: int = 20, **values: object) -> Item:
    """An item of about so many words, like no other of another number. Its outlet is its own unless given."""
    fact = " ".join(f"{name(number)}{LETTERS[n % 26]}" for n in range(words))
    given = {"facts": (f"{fact}.",), "outlets": (f"Outlet{number}",), "commands": ()} | values
    return item(f"Port {name(number)} opens", story=number, **given)


ITEMS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(TOPICS), max_size=2, unique=True),
        st.sampled_from(["A", "B", "C", "D", ""]),
        st.integers(3, 55),
    ),
    max_size=40,
).map(
    lambda rows: [
        drawn(number, words, commands=tuple(commands), outlets=(outlet,))
        for number, (commands, outlet, words) in enumerate(rows)
    ]
)
MINUTES = st.sampled_from(sorted(MOST_STORIES))


def printed(items: Iterable[Item], wishes: Wishes = EVERYTHING) -> tuple[list[int], list[int]]:
    """The stories told with sentences, and those in brief."""
    chosen = select(items, wishes)
    brief = in_brief(chosen.told, chosen.others, wishes)
    return [each.story for each in chosen.told], [each.story for each in brief]


# Properties


@given(ITEMS, MINUTES)
def test_no_topic_takes_more_than_two_fifths_while_there_is_something_else(items: list[Item], minutes: int) -> None:
    chosen = select(items, Wishes(None, minutes))
    rest = [each for each in items if each not in chosen.told]
    count = Counter(topic for each in chosen.told for topic in each.commands)
    for topic, number in count.items():
        others = [each for each in rest if topic and not each.commands and each.outlets == ("",)]
        assert number <= max(1, 0.4 * len(chosen.told)) or not _any_would_fit(others, chosen.told, minutes)


@given(ITEMS, MINUTES)
def test_no_outlet_is_linked_more_than_twice_while_there_is_something_else(items: list[Item], minutes: int) -> None:
    chosen = select(items, Wishes(None, minutes))
    rest = [each for each in items if each not in chosen.told]
    count = Counter(each.outlets[0] for each in chosen.told if each.outlets[0])
    for outlet, number in count.items():
        others = [each for each in rest if each.outlets == ("",) and not each.commands and outlet]
        assert number <= 2 or not _any_would_fit(others, chosen.told, minutes)


def _any_would_fit(others: list[Item], told: list[Item], minutes: int) -> bool:
    """True if one of the others, which no cap holds back, would fit beside the items told but the last of them."""
    words, characters = free_words(told[:-1], Wishes(None, minutes)), free_characters(told[:-1], Wishes(None, minutes))
    return any(words_of(each) + 100 <= words and len(each.facts[0]) + 200 <= characters for each in others)


@given(ITEMS, MINUTES)
def test_the_order_of_importance_is_kept_and_news_is_never_without_an_item(items: list[Item], minutes: int) -> None:
    told, brief = printed(items, Wishes(None, minutes))
    assert told == sorted(told)
    assert not set(told) & set(brief)
    assert bool(told) == bool(items)


@given(ITEMS, MINUTES)
def test_no_edition_exceeds_its_budget(items: list[Item], minutes: int) -> None:
    wishes = Wishes(None, minutes)
    chosen = select(items, wishes)
    told = [*chosen.told, *in_brief(chosen.told, chosen.others, wishes)]
    assert free_words(told, wishes) >= 0
    assert free_characters(told, wishes) >= 0


# The number of stories

STORIES = {1: 4, 2: 7, 3: 11, 4: 16, 5: 19, 10: 40}
"""Reading minutes → most stories with sentences."""


@pytest.mark.parametrize(("minutes", "most"), STORIES.items())
def test_an_edition_tells_so_many_stories_with_sentences_at_most(minutes: int, most: int) -> None:
    assert printed([drawn(n, 3) for n in range(200)], Wishes(None, minutes))[0] == list(range(most))


WORDS = {1: 200, 2: 420, 3: 620, 4: 890, 5: 1070, 10: 2270}
"""Reading minutes → words that the items may take together, beside the 30 of the frame."""


@pytest.mark.parametrize(("minutes", "words"), WORDS.items())
def test_the_reading_budget_is_what_the_minutes_allow(minutes: int, words: int) -> None:
    assert free_words([], Wishes(None, minutes)) == words


def test_the_words_of_an_item_are_those_that_are_seen() -> None:
    """Lead 2, facts 3, dispute 12, outlets 3 (two of them shown), date 3, count 3, topics 2 each; not `more`."""
    seen = item(
        "Port opens",
        facts=("It holds", "ships"),
        disputes=(Dispute("killed", (("12", ("A",)), ("14", ("B",)))),),
        more=("It is new and large.",),
        outlets=("Sample Wire", "Herald", "Post"),
        count=3,
        commands=("relos", "s400"),
    )
    assert words_of(seen) == 30
    assert free_words([seen, seen], EVERYTHING) == 420 - 2 * 30


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize(
    ("what", "noun"), [("killed", ""), ("killed", "soldiers"), ("shot down", "drones"), ("size", "deal")]
)
def test_a_dispute_takes_no_more_room_than_is_counted(what: str, noun: str, count: int) -> None:
    dispute = Dispute(what, tuple((f"{n}", ("Sample Wire", "B")) for n in range(count)), noun)
    sentence = locale("en").dispute(dispute)
    assert len(sentence.split()) <= len(str(dispute).split()) + DISPUTE_WORDS
    assert len(sentence) <= len(str(dispute)) + DISPUTE_CHARACTERS


def test_the_words_of_an_item_in_brief_are_headline_dot_and_outlet() -> None:
    assert words_of(item("Port opens", facts=(), outlets=("Sample Wire", "Post"))) == 2 + 1 + 2


def test_an_item_that_is_too_large_is_told_when_it_is_the_first() -> None:
    assert printed([drawn(0, 2000), drawn(1)]) == ([0], [])


def test_no_story_is_squeezed_in_before_one_that_does_not_fit() -> None:
    assert printed([drawn(0, 100), drawn(1, 400), drawn(2, 10)]) == ([0], [1, 2])


def test_no_more_is_kept_for_stories_in_brief_than_they_need() -> None:
    """Seven of about 55 words fill the budget but for two lines; an eighth takes one of these."""
    told, brief = printed([drawn(n, 46) for n in range(8)])
    assert (told, brief) == ([0, 1, 2, 3, 4, 5, 6], [7])


def test_a_part_of_the_budget_is_kept_for_stories_in_brief_where_there_are_many() -> None:
    told, brief = printed([drawn(n, 46) for n in range(60)])
    assert len(told) == 6
    assert len(brief) >= 5


def test_a_story_without_sentences_is_told_in_brief() -> None:
    assert printed([drawn(0, facts=()), drawn(1)]) == ([1], [0])


def test_folded_sentences_are_kept_where_room_is_left() -> None:
    """A sentence takes its length and a space."""
    items = [item(story=n, more=("a" * length,)) for n, length in enumerate((99, 200, 99))]
    assert [len(each.more) for each in with_folds(items, 200)] == [1, 0, 1]


def test_no_item_is_composed_that_is_not_looked_at() -> None:
    composed: list[int] = []

    def ranked() -> Iterator[Item]:
        for n in range(1000):
            composed.append(n)
            yield drawn(n)

    printed(ranked())
    assert composed == list(range(6 * 7))


# One event, one story


def event(number: int, headline: str, sentence: str) -> Item:
    return item(headline, story=number, facts=(sentence,))


def fates(*items: Item) -> list[list[int]]:
    """The stories told, those for the lines in brief, and those that repeat another."""
    chosen = select(items, EVERYTHING)
    return [[each.story for each in group] for group in (chosen.told, chosen.others, chosen.repeating)]


def test_an_event_is_told_once() -> None:
    words = "A ferry sank off the coast of Norvell on Tuesday night with many people on board"
    twins = event(1, "Ferry sinks", f"{words}."), event(2, "Ferry lost", f"{words}, police said.")
    assert fates(*twins) == [[1], [], [2]]


@pytest.mark.parametrize(("one", "another"), [("pier 1", "pier 2"), ("the pier of Norvell", "the pier of Estmark")])
def test_like_events_with_other_numbers_or_names_are_both_told(one: str, another: str) -> None:
    events = (
        event(n, f"Fire at {pier}", f"A fire burned {pier} down on Tuesday.") for n, pier in enumerate((one, another))
    )
    assert fates(*events) == [[0, 1], [], []]


def test_another_event_under_the_same_headline_waits() -> None:
    events = event(1, "Morning news", "The port of Norvell opened."), event(2, "Morning news", "A mine fell in at Ulm.")
    assert fates(*events) == [[1], [], []]


# Caps


def test_a_newsroom_with_one_outlet_may_tell_all_it_has() -> None:
    assert printed([drawn(n, outlets=("A",)) for n in range(6)])[0] == [0, 1, 2, 3, 4, 5]


def test_items_without_an_outlet_are_capped_by_none() -> None:
    assert printed([*(drawn(n, outlets=()) for n in range(5)), drawn(5)])[0] == [0, 1, 2, 3, 4, 5]


def test_only_the_first_outlet_of_an_item_counts() -> None:
    assert printed([drawn(n, outlets=(f"{n}", "A")) for n in range(4)])[0] == [0, 1, 2, 3]


def test_an_item_that_a_cap_holds_back_makes_room_for_another_and_comes_in_brief() -> None:
    items = [drawn(n, 46, outlets=("A" if n < 4 else f"B{n}",)) for n in range(12)]
    told, brief = printed(items)
    assert told == [0, 1, 4, 5, 6, 7, 8]
    assert set(brief) >= {9, 10, 11}, "others go first"


def told_by_others(other: Item) -> list[Item]:
    """The items told of three, all by outlet A; the story of the third is told by another outlet as `other`."""
    items = [drawn(0, outlets=("A",)), drawn(1, outlets=("A",)), drawn(2, outlets=("A", "B"), count=2)]
    return list(select(items, EVERYTHING, lambda item, without: other if without == {"A"} else item).told)


def test_a_story_of_several_outlets_is_told_by_one_that_has_no_share_yet() -> None:
    other = drawn(2, 30, outlets=("B", "A"), count=2)
    assert told_by_others(other)[2] == other


def test_a_story_that_no_other_outlet_can_tell_stays_with_its_own() -> None:
    assert told_by_others(drawn(2, facts=(), outlets=("B", "A"), count=2))[2].outlets == ("A", "B")
    assert told_by_others(drawn(2, facts=drawn(0).facts, outlets=("B", "A"), count=2))[2].outlets == ("A", "B")


SHARES = {
    "all-topics-two-fifths": (None, 3, 4),
    "three-topics-two-fifths": ({"relos", "s400", "quad"}, 3, 4),
    "three-topics-where-a-seventh-must-exceed": ({"relos", "s400", "quad"}, 2, 3),
    "two-topics-half-each": ({"relos", "s400"}, 3, 6),
    "two-topics-half-each-rounded-up": ({"relos", "s400"}, 2, 4),
    "one-topic-all-of-it": ({"relos"}, 3, 11),
    "one-topic-in-a-short-edition": ({"relos"}, 1, 4),
    "all-topics-in-a-short-edition": (None, 1, 1),
}


@pytest.mark.parametrize(("topics", "minutes", "expected"), SHARES.values(), ids=SHARES.keys())
def test_a_topic_has_its_share_of_a_full_edition(topics: set[str] | None, minutes: int, expected: int) -> None:
    relos = [drawn(n, 10, commands=("relos",)) for n in range(15)]
    others = [drawn(n, 10, commands=("s400",) if topics else ()) for n in range(15, 22)]
    more = [drawn(n, 10, commands=("quad",) if topics else ()) for n in range(22, 40)]
    wishes = Wishes(None if topics is None else frozenset(topics), minutes)
    assert sum(n < 15 for n in printed([*relos, *others, *more], wishes)[0]) == expected


def test_a_topic_may_have_more_where_nothing_else_is_left() -> None:
    items = [*(drawn(n, commands=("relos",)) for n in range(10)), *(drawn(n) for n in range(10, 13))]
    assert printed(items)[0] == [0, 1, 2, 3, 10, 11, 12]


def test_topics_that_a_reader_does_not_follow_have_no_share() -> None:
    wishes = Wishes(frozenset({"relos", "s400", "quad"}), 2)
    assert printed([drawn(n, commands=("arctic",)) for n in range(7)], wishes)[0] == list(range(7))


# Importance


def reports(*outlets: str, hours: float = 0, about: str = "") -> object:
    topics = frozenset({about} if about else ())
    return story(*(article(source=outlet, hours=hours, about=topics) for outlet in outlets))


WEIGHTS = {
    "one-outlet-just-now": (reports("A"), None, Mood.NEW, 1 + 1 + 0.25),
    "three-outlets": (reports("A", "B", "C"), None, Mood.NEW, 2 + 1 + 0.25),
    "an-update": (reports("A"), None, Mood.UPDATED, 1 + 1),
    "36-hours-old": (reports("A", hours=36), None, Mood.NEW, 1 + 1 / math.e + 0.25),
    "dated-in-the-future": (reports("A", hours=-36), None, Mood.NEW, 1 + 1 + 0.25),
    "about-a-topic": (reports("A", about="relos"), None, Mood.NEW, 1 + 1 + 0.5 + 0.25),
    "about-a-topic-that-is-followed": (reports("A", about="relos"), {"relos"}, Mood.NEW, 1 + 1 + 0.5 + 0.25),
    "about-a-topic-that-is-not": (reports("A", about="relos"), {"s400"}, Mood.NEW, 1 + 1 + 0.25),
}


@pytest.mark.parametrize(("weighed_story", "topics", "mood", "expected"), WEIGHTS.values(), ids=WEIGHTS.keys())
def test_importance_weighs_outlets_age_topics_and_news(
    weighed_story: object, topics: set[str] | None, mood: Mood, expected: float
) -> None:
    wishes = Wishes(None if topics is None else frozenset(topics), 2)
    assert importance(weighed_story, wishes, NOW, mood) == pytest.approx(expected)


def test_a_story_that_was_left_out_weighs_less() -> None:
    assert importance(reports("A"), EVERYTHING, NOW, is_carried=True) == pytest.approx(2.0)


def test_a_story_is_new_unless_it_is_said_to_be_an_update() -> None:
    assert importance(reports("A"), EVERYTHING, NOW) == pytest.approx(2.25)
