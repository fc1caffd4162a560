"""What is chosen for an edition keeps the caps, and opinion is no news."""

from __future__ import annotations

from collections import Counter

import pytest
from builders import article, item
from hypothesis import given
from hypothesis import strategies as st

from briefings.editions.model import Item
from briefings.editions.selection import MOST_STORIES, is_news, select
from briefings.model import Wishes

NEWS = [
    pytest.param("Duma ratifies RELOS", "https://example.org/world/relos", True, id="news"),
    pytest.param("Opinion: Delhi should wait", None, False, id="opinion-first"),
    pytest.param("Delhi should wait | Opinion", None, False, id="opinion-last"),
    pytest.param("Opinion polls show a lead for Brandt", None, True, id="opinion-polls"),
    pytest.param("Editorial — The price of delay", None, False, id="editorial"),
    pytest.param("Delhi should wait", "https://example.org/opinion/2025/delhi", False, id="opinion-folder"),
    pytest.param("Opinion in Delhi is divided", "https://example.org/opinion-in-delhi", True, id="opinion-in-the-name"),
    pytest.param("Live: summit in Delhi", None, False, id="live"),
    pytest.param("Summit in Delhi – live", None, False, id="live-last"),
    pytest.param("Summit in Delhi: live updates", None, False, id="live-updates"),
    pytest.param("Live ammunition found in the port", None, True, id="live-ammunition"),
    pytest.param("The summit as it happened", None, False, id="as-it-happened"),
    pytest.param("Video shows tanker on fire", None, True, id="video-shows"),
    pytest.param("Video: tanker on fire", None, False, id="video"),
]


@pytest.mark.parametrize(("title", "url", "expected"), NEWS)
def test_opinion_and_live_blogs_are_no_news(title: str, url: str | None, expected: bool) -> None:
    assert is_news(article(title, url=url)) is expected


TOPICS = ("relos", "s400", "arctic", "quad", "sanctions")
ITEMS = st.lists(
    st.builds(
        lambda commands, outlet: item(commands=tuple(commands), outlets=(outlet,)),
        st.lists(st.sampled_from(TOPICS), max_size=2, unique=True),
        st.sampled_from(["A", "B", "C", "D", ""]),
    ),
    max_size=40,
).map(lambda items: [numbered(one, n) for n, one in enumerate(items)])
MINUTES = st.sampled_from(sorted(MOST_STORIES))


def numbered(one: Item, number: int) -> Item:
    return item(story=number, commands=one.commands, outlets=one.outlets)


@given(ITEMS, MINUTES)
def test_no_topic_takes_more_than_two_fifths(items: list[Item], minutes: int) -> None:
    taken = select(items, Wishes(None, minutes))
    count = Counter(topic for one in taken for topic in one.commands)
    assert all(number <= max(1, 0.4 * len(taken)) for number in count.values())


@given(ITEMS, MINUTES)
def test_no_outlet_is_linked_more_than_twice(items: list[Item], minutes: int) -> None:
    taken = select(items, Wishes(None, minutes))
    if len({one.outlets for one in items}) > 1:
        count = Counter(one.outlets[0] for one in taken if one.outlets[0])
        assert all(number <= 2 for number in count.values())


@given(ITEMS, MINUTES)
def test_the_order_of_what_matters_is_kept_and_something_is_told(items: list[Item], minutes: int) -> None:
    taken = [one.story for one in select(items, Wishes(None, minutes))]
    assert taken == sorted(taken)
    assert bool(taken) == bool(items)


def test_a_newsroom_with_one_outlet_may_tell_all_it_has() -> None:
    assert len(select([item(story=n, outlets=("A",), commands=()) for n in range(6)], Wishes(None, 2))) == 6


def test_who_follows_one_topic_gets_all_of_it() -> None:
    items = [item(story=n, outlets=(f"{n}",), commands=("relos",)) for n in range(6)]
    assert len(select(items, Wishes(frozenset({"relos"}), 2))) == 6


def test_who_follows_two_topics_gets_both_in_equal_parts() -> None:
    items = [item(story=n, outlets=(f"{n}",), commands=("relos" if n < 6 else "s400",)) for n in range(12)]
    taken = select(items, Wishes(frozenset({"relos", "s400"}), 2))
    assert Counter(one.commands for one in taken) == {("relos",): 4, ("s400",): 3}


def test_what_a_cap_passes_over_makes_room_for_the_next() -> None:
    items = [item(story=n, outlets=("A" if n < 4 else "B",), commands=()) for n in range(6)]
    assert [one.story for one in select(items, Wishes(None, 2))] == [0, 1, 4, 5]
