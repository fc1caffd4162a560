"""Selection keeps the caps and budgets of an edition and weighs stories."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import pytest
from builders import NOW, article, item, story
from hypothesis import given
from hypothesis import strategies as st

from briefings.editions.model import Item, Mood
from briefings.editions.selection import MOST_STORIES, free_words, importance, select, words_of
from briefings.model import Dispute, Wishes

# Properties

TOPICS = ("relos", "s400", "arctic", "quad", "sanctions")
EVERYTHING = Wishes(None, 2)


def numbered(drawn: Item, number: int) -> Item:
    return item(story=number, commands=drawn.commands, outlets=drawn.outlets)


ITEMS = st.lists(
    st.builds(
        lambda commands, outlet: item(commands=tuple(commands), outlets=(outlet,)),
        st.lists(st.sampled_from(TOPICS), max_size=2, unique=True),
        st.sampled_from(["A", "B", "C", "D", ""]),
    ),
    max_size=40,
).map(lambda items: [numbered(drawn, n) for n, drawn in enumerate(items)])
MINUTES = st.sampled_from(sorted(MOST_STORIES))


@given(ITEMS, MINUTES)
def test_no_topic_takes_more_than_two_fifths(items: list[Item], minutes: int) -> None:
    taken = select(items, Wishes(None, minutes))
    count = Counter(topic for selected in taken for topic in selected.commands)
    assert all(number <= max(1, 0.4 * len(taken)) for number in count.values())


@given(ITEMS, MINUTES)
def test_no_outlet_is_linked_more_than_twice(items: list[Item], minutes: int) -> None:
    taken = select(items, Wishes(None, minutes))
    if len({drawn.outlets for drawn in items}) > 1:
        count = Counter(selected.outlets[0] for selected in taken if selected.outlets[0])
        assert all(number <= 2 for number in count.values())


@given(ITEMS, MINUTES)
def test_the_order_of_importance_is_kept_and_news_is_never_without_an_item(items: list[Item], minutes: int) -> None:
    taken = [selected.story for selected in select(items, Wishes(None, minutes))]
    assert taken == sorted(taken)
    assert bool(taken) == bool(items)


# The number of stories


def short(number: int, *commands: str, outlet: str = "") -> Item:
    """An item of a few words; its outlet is its own unless given."""
    return item("Port opens", story=number, facts=(), outlets=(outlet or f"Outlet{number}",), commands=commands)


def stories_told(items: Iterator[Item] | list[Item], wishes: Wishes = EVERYTHING) -> list[int]:
    """The stories selected of these items."""
    return [selected.story for selected in select(items, wishes)]


STORIES = {1: 4, 2: 7, 3: 10, 4: 12, 5: 15, 10: 30}
"""Reading minutes → most stories."""


@pytest.mark.parametrize(("minutes", "most"), STORIES.items())
def test_an_edition_tells_so_many_stories_at_most(minutes: int, most: int) -> None:
    assert stories_told([short(n) for n in range(200)], Wishes(None, minutes)) == list(range(most))


WORDS = {1: 130, 2: 350, 3: 550, 4: 820, 5: 1000, 10: 2200}
"""Reading minutes → words that the items may take together, beside the 100 of the frame."""


@pytest.mark.parametrize(("minutes", "words"), WORDS.items())
def test_the_reading_budget_is_what_the_minutes_allow(minutes: int, words: int) -> None:
    assert free_words([], Wishes(None, minutes)) == words


def test_the_words_of_an_item_are_those_that_are_seen() -> None:
    """lead 2, facts 3, dispute 9, outlets 3 (two of them shown), date and count 6, topics 2 each; not `more`."""
    seen = item(
        "Port opens",
        facts=("It holds", "ships"),
        disputes=(Dispute("killed", (("12", ("A",)), ("14", ("B",)))),),
        more=("It is new and large.",),
        outlets=("Sample Wire", "Herald", "Post"),
        commands=("relos", "s400"),
    )
    assert words_of(seen) == 27
    assert free_words([seen, seen], EVERYTHING) == 350 - 2 * 27


def of_words(number: int, words: int) -> Item:
    """An item of so many words, all of one letter, without outlets or topics."""
    return item(" ".join("a" * (words - 6)), story=number, facts=(), outlets=(), commands=())


@pytest.mark.parametrize(("words", "expected"), [(338, [0, 1]), (339, [0])], ids=["full", "one-word-too-many"])
def test_items_fill_the_words_but_for_twelve_that_acronyms_may_take(words: int, expected: list[int]) -> None:
    assert stories_told([of_words(0, 100), of_words(1, words - 100)]) == expected


def of_characters(number: int, characters: int, **values: object) -> Item:
    """An item of a single word and so many characters: 60 are counted for its last line, 12 for outlet and topic."""
    given = {"facts": (), "outlets": ("Herald",), "commands": ("relos",)} | values
    return item("a" * (characters - 60 - 12), story=number, **given)


CHARACTERS = {1: 2800, 2: 2800, 3: 6300, 5: 6300}
"""Reading minutes → characters of all items: one message of 3,500, or two, but for 700 of the frame."""


@pytest.mark.parametrize(("minutes", "characters"), CHARACTERS.items())
def test_items_fill_the_characters_of_one_message_or_two(minutes: int, characters: int) -> None:
    only_relos = Wishes(frozenset({"relos"}), minutes)
    full = [of_characters(0, 1000), of_characters(1, characters - 1000), of_characters(2, 73)]
    assert stories_told(full, only_relos) == [0, 1]
    assert stories_told([full[0], of_characters(1, characters - 999)], only_relos) == [0]


@pytest.mark.parametrize(("characters", "expected"), [(1795, [0, 1]), (1796, [0])], ids=["full", "one-too-many"])
def test_the_characters_of_two_outlets_count(characters: int, expected: list[int]) -> None:
    """The second outlet and its space are five characters more; a third outlet is not shown."""
    first = of_characters(0, 1000, outlets=("Herald", "Post", "Sample Wire"))
    assert stories_told([first, of_characters(1, characters)], Wishes(frozenset({"relos"}), 2)) == expected


def test_an_item_that_is_too_large_is_told_when_it_is_the_first() -> None:
    assert stories_told([of_words(0, 2000), of_words(1, 10)]) == [0]


def test_an_item_that_does_not_fit_ends_the_edition() -> None:
    assert stories_told([of_words(0, 100), of_words(1, 300), of_words(2, 10)]) == [0], "nothing is squeezed in"


def test_more_is_kept_where_room_is_left() -> None:
    """Two items take 2,000 of the 2,800 characters. A sentence of `more` takes its length and a space."""
    items = [
        of_characters(0, 1000, more=("a" * 499, "a" * 99)),
        of_characters(1, 500, more=("a" * 200,)),
        of_characters(2, 500, more=("a" * 199,)),
    ]
    selected = select(items, Wishes(frozenset({"relos"}), 2))
    assert [(len(each.lead), len(each.more)) for each in selected] == [(928, 2), (428, 0), (428, 1)]


def test_no_item_is_composed_that_is_not_looked_at() -> None:
    composed: list[int] = []

    def ranked() -> Iterator[Item]:
        for n in range(100):
            composed.append(n)
            yield short(n)

    assert stories_told(ranked()) == list(range(7))
    assert composed == list(range(8))


# Caps


@pytest.mark.parametrize(("place", "expected"), [(15, [0, 1, 15]), (16, [0, 1, 2, 3])], ids=["seen", "too-far"])
def test_four_times_as_many_items_are_looked_at_as_may_be_told(place: int, expected: list[int]) -> None:
    items = [short(n, outlet="B" if n == place else "A") for n in range(40)]
    assert stories_told(items, Wishes(None, 1)) == expected


def test_a_newsroom_with_one_outlet_may_tell_all_it_has() -> None:
    assert stories_told([short(n, outlet="A") for n in range(6)]) == [0, 1, 2, 3, 4, 5]


def test_a_newsroom_has_one_outlet_when_every_item_is_linked_to_the_same() -> None:
    items = [item("Port opens", story=n, facts=(), outlets=("A", f"{n}"), commands=()) for n in range(4)]
    assert stories_told(items) == [0, 1, 2, 3]


def test_items_without_an_outlet_are_capped_by_none() -> None:
    items = [item("Port opens", story=n, facts=(), outlets=(), commands=()) for n in range(5)]
    assert stories_told([*items, short(5)]) == [0, 1, 2, 3, 4, 5]


def test_only_the_first_outlet_of_an_item_is_linked() -> None:
    items = [item("Port opens", story=n, facts=(), outlets=(f"{n}", "A"), commands=()) for n in range(4)]
    assert stories_told(items) == [0, 1, 2, 3]


def test_an_item_that_a_cap_passes_over_makes_room_for_the_next() -> None:
    assert stories_told([short(n, outlet="A" if n < 4 else "B") for n in range(6)]) == [0, 1, 4, 5]


SHARES = {
    "all-topics-two-fifths": (None, 3, 4),
    "three-topics-two-fifths": ({"relos", "s400", "quad"}, 3, 4),
    "three-topics-two-fifths-rounded-down": ({"relos", "s400", "quad"}, 2, 2),
    "two-topics-half-each": ({"relos", "s400"}, 3, 5),
    "two-topics-half-each-rounded-up": ({"relos", "s400"}, 2, 4),
    "one-topic-all-of-it": ({"relos"}, 3, 10),
    "one-topic-in-a-short-edition": ({"relos"}, 1, 4),
    "all-topics-in-a-short-edition": (None, 1, 1),
}


@pytest.mark.parametrize(("topics", "minutes", "expected"), SHARES.values(), ids=SHARES.keys())
def test_a_topic_has_its_share_of_a_full_edition(topics: set[str] | None, minutes: int, expected: int) -> None:
    relos = [short(n, "relos") for n in range(15)]
    others = [short(n, *(["s400"] if topics else [])) for n in range(15, 20)]
    more = [short(n, *(["quad"] if topics else [])) for n in range(20, 40)]
    wishes = Wishes(None if topics is None else frozenset(topics), minutes)
    assert sum(n < 15 for n in stories_told([*relos, *others, *more], wishes)) == expected


def test_a_share_is_one_of_the_items_that_there_are_in_the_end() -> None:
    """Five of ten would be too many once only five others are left to tell: two fifths of five are two."""
    items = [*(short(n, "relos") for n in range(10)), *(short(n) for n in range(10, 13))]
    assert stories_told(items) == [0, 1, 10, 11, 12]


def test_topics_that_a_reader_does_not_follow_have_no_share() -> None:
    wishes = Wishes(frozenset({"relos", "s400", "quad"}), 2)
    assert stories_told([short(n, "arctic") for n in range(7)], wishes) == list(range(7))


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


def test_a_story_is_new_unless_it_is_said_to_be_an_update() -> None:
    assert importance(reports("A"), EVERYTHING, NOW) == pytest.approx(2.25)
