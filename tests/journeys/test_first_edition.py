"""An article becomes a briefing on a reader's phone, on both databases."""

from __future__ import annotations

import re

import pytest
from journey import MORNING, READER, Journey, report, reports

from bot.simulator import Sent


@pytest.fixture
def journey_url(url: str) -> str:
    """On both databases."""
    return url


def instants_of(message: Sent) -> list[str]:
    """The Unix times that a message holds, each with its format."""
    return [entity.detail for entity in message.entities if entity.type == "date_time"]


async def test_subscribing_brings_the_first_edition_at_once(journey: Journey) -> None:
    await journey.newsroom.editing.add(reports(1, 60))
    welcome, edition = await journey.ask("/start", answers=2)
    assert "07:30, every day, UTC" in welcome.text
    assert "Next: Thu 4 Dec 07:30" in welcome.text
    assert instants_of(welcome) == [f"{MORNING.timestamp() + 90 * 60:.0f}"]
    assert "/at" in welcome.text
    headline, dateline = edition.text.splitlines()[:2]
    assert len(headline) <= 80
    assert dateline.startswith("Briefing · Thu 4 Dec 2025 · ")
    assert re.search(r"That is all\. \d\d of 60 stories\. /more · /search", edition.text)


async def test_the_scheduled_edition_holds_only_news_since_the_first_one(journey: Journey) -> None:
    await journey.newsroom.editing.add(reports(1, 3))
    await journey.ask("/start", answers=2)
    await journey.newsroom.editing.add([report(50, title="Senate approves the harbour bill")])
    journey.move_to(7, 30)
    edition = (await journey.receive(3))[-1]
    assert edition.text.startswith("Senate approves the harbour bill")
    assert "That is all. 1 of 1 story." in edition.text


async def test_an_edition_without_news_says_so(journey: Journey) -> None:
    await journey.newsroom.editing.add(reports(1, 2))
    await journey.ask("/start", answers=2)
    journey.move_to(7, 30)
    quiet = (await journey.receive(3))[-1]
    assert quiet.text.startswith("Nothing new since 06:00")
    assert instants_of(quiet) == [f"{MORNING.timestamp():.0f} t"]
    assert len(quiet.text.split()) <= 60
    assert quiet.silent


async def test_every_reader_gets_the_edition_once_at_their_own_hour(journey: Journey) -> None:
    kolkata, newyork = 2001, 2002
    for chat, zone in ((kolkata, "Asia/Kolkata"), (newyork, "America/New_York")):
        journey.simulator.state.person(chat)
        await journey.ask("/start", chat=chat, answers=2)
        await journey.ask(f"/zone {zone}", chat=chat)
        await journey.ask("/at 12:45", chat=chat)
    journey.move_to(7, 15)  # 12:45 in Kolkata
    await journey.receive(5, chat=kolkata)
    assert len(journey.simulator.state.sent(newyork)) == 4
    journey.move_to(17, 45)  # 12:45 in New York
    await journey.receive(5, chat=newyork)
    await journey.ask("/help", chat=kolkata)
    assert len(journey.simulator.state.sent(kolkata)) == 6, "one edition and the answer to /help"


async def test_stories_left_out_can_be_read_page_by_page(journey: Journey) -> None:
    await journey.newsroom.editing.add(reports(1, 60))
    _, edition = await journey.ask("/start", answers=2)
    left = 60 - int(re.search(r"(\d+) of 60", edition.text)[1])
    (rest,) = await journey.ask("/more")
    assert f"1–5 of the {left} stories" in rest.text
    journey.simulator.state.press(READER, rest.message_id, rest.buttons[0][-1][1])
    await journey.simulator.state.wait_for(lambda state: state.sent(READER)[-1].edited)
    assert f"6–10 of the {left} stories" in journey.simulator.state.sent(READER)[-1].text


async def test_a_late_edition_names_its_intended_hour(journey: Journey) -> None:
    await journey.ask("/start", answers=2)
    await journey.ask("/at 06:30 23:00")
    await journey.newsroom.editing.add(reports(1, 1))
    journey.move_to(7, 10)
    assert "meant for 06:30" in (await journey.receive(4))[-1].text


async def test_stop_ends_the_editions_and_start_brings_the_settings_back(journey: Journey) -> None:
    await journey.ask("/start", answers=2)
    await journey.ask("/at 09:15")
    (stopped,) = await journey.ask("/stop")
    assert stopped.text.startswith("Stopped")
    journey.move_to(9, 16)
    await journey.ask("/help")
    assert len(journey.simulator.state.sent(READER)) == 5, "nothing came at 09:15"
    back = await journey.ask("/start", answers=2)
    assert "09:15" in back[0].text
