"""Buttons have plain labels, and their callback data fits 64 bytes."""

from __future__ import annotations

import pytest
from builders import topic

from bot.conversation import keyboards
from bot.conversation.commands import BUTTONS
from bot.conversation.keyboards import Button, Keyboard
from briefings.model import Topic


def some_topics(number: int) -> list[Topic]:
    return [topic(f"t{n}", title=f"T{n}") for n in range(number)]


def labels(keyboard: Keyboard) -> list[list[str]]:
    return [[button.label for button in row] for row in keyboard]


LONGEST = topic("z" * 32, title="Ж" * 32)


@pytest.mark.parametrize(
    "keyboard",
    [
        pytest.param(keyboards.follow(LONGEST), id="follow"),
        pytest.param(keyboards.unfollow(LONGEST), id="unfollow"),
        pytest.param(keyboards.topics([LONGEST] * 9000, None, 1100), id="topics"),
    ],
)
def test_callback_data_is_a_known_verb_in_64_bytes(keyboard: Keyboard) -> None:
    for row in keyboard:
        for button in row:
            assert 1 <= len(button.data.encode()) <= 64
            assert button.data.partition(":")[0] in BUTTONS


def test_two_topics_share_a_row() -> None:
    assert labels(keyboards.topics(some_topics(3), None, 0)) == [["✅ T0", "✅ T1"], ["✅ T2"]]


@pytest.mark.parametrize(
    ("followed", "expected"),
    [
        pytest.param(None, ["✅ T0", "✅ T1"], id="all"),
        pytest.param(frozenset(), ["▫️ T0", "▫️ T1"], id="none"),
        pytest.param(frozenset({"t1"}), ["▫️ T0", "✅ T1"], id="one"),
        pytest.param(frozenset({"gone"}), ["▫️ T0", "▫️ T1"], id="one-that-is-no-more"),
    ],
)
def test_a_tick_marks_the_topics_that_are_followed(followed: frozenset[str] | None, expected: list[str]) -> None:
    assert labels(keyboards.topics(some_topics(2), followed, 0)) == [expected]


@pytest.mark.parametrize(
    ("number", "page", "expected"),
    [
        pytest.param(8, 0, None, id="one-page-has-no-arrows"),
        pytest.param(0, 0, None, id="no-topics"),
        pytest.param(17, 0, ("topics:2", "1 of 3", "topics:1"), id="first-goes-round-to-the-last"),
        pytest.param(17, 1, ("topics:0", "2 of 3", "topics:2"), id="middle"),
        pytest.param(17, 2, ("topics:1", "3 of 3", "topics:0"), id="last-goes-round-to-the-first"),
        pytest.param(17, 99, ("topics:1", "3 of 3", "topics:0"), id="beyond-the-last"),
        pytest.param(17, -5, ("topics:2", "1 of 3", "topics:1"), id="before-the-first"),
    ],
)
def test_arrows_lead_to_the_pages_before_and_after(
    number: int, page: int, expected: tuple[str, str, str] | None
) -> None:
    keyboard = keyboards.topics(some_topics(number), None, page)
    arrows = [row for row in keyboard if row[0].data.startswith("topics:")]
    assert [(before.data, here.label, after.data) for before, here, after in arrows] == ([expected] if expected else [])


def test_a_topic_button_names_the_state_it_sets_and_its_page() -> None:
    assert keyboards.topics(some_topics(9), frozenset(), 1)[0] == (Button("▫️ T8", "on:t8:1"),)
    assert keyboards.topics(some_topics(9), None, 1)[0] == (Button("✅ T8", "off:t8:1"),)


def test_every_topic_is_on_one_page() -> None:
    pages = [keyboards.topics(some_topics(20), None, page) for page in range(3)]
    sent = [b.data.split(":")[1] for page in pages for row in page for b in row if b.data.startswith("off")]
    assert sent == [f"t{n}" for n in range(20)]


def test_the_button_under_a_dossier_names_the_state_it_sets() -> None:
    relos = topic("relos", title="RELOS")
    assert keyboards.follow(relos) == ((Button("➕ Follow RELOS", "on:relos"),),)
    assert keyboards.unfollow(relos) == ((Button("✅ Following RELOS", "off:relos"),),)


@pytest.mark.parametrize(
    ("data", "label", "expected"),
    [
        pytest.param("follow:relos", "➕ Follow RELOS", "on:relos", id="follow"),
        pytest.param("follow:relos", "✅ Following RELOS", "off:relos", id="following"),
        pytest.param("follow:relos", "", "show:relos", id="a-dossier-without-label"),
        pytest.param("toggle:2:relos", "▫️ RELOS", "on:relos:2", id="left-out"),
        pytest.param("toggle:2:relos", "✅ RELOS", "off:relos:2", id="followed"),
        pytest.param("toggle:2:relos", "", "show:relos:2", id="a-listing-without-label"),
        pytest.param("toggle:2:relos", "RELOS", "show:relos:2", id="a-label-of-another-kind"),
        pytest.param("toggle:", "✅ RELOS", "off::", id="damaged"),
        pytest.param("on:relos", "✅ Following RELOS", "on:relos", id="of-today"),
        pytest.param("topics:2", "▶", "topics:2", id="an-arrow"),
        pytest.param("", "", "", id="nothing"),
    ],
)
def test_an_old_button_does_what_its_label_offered_and_without_a_label_only_shows(
    data: str, label: str, expected: str
) -> None:
    assert keyboards.renewed(data, label) == expected
