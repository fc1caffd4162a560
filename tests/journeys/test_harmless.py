"""Odd and hostile messages: after each of them the bot answers the next one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from journey import MORNING, READER, Journey

from bot.simulator import State

BIDI = "\u202e\u2066\u200f<b><script>&amp;</b>\u2069\u202c" * 200


@pytest.mark.parametrize(
    ("send", "answers"),
    [
        pytest.param(lambda state: state.say(READER, "/relos", edited=True), 0, id="an edited message"),
        pytest.param(lambda state: state.photo(READER), 1, id="a photo"),
        pytest.param(lambda state: state.sticker(READER), 1, id="a sticker"),
        pytest.param(lambda state: state.say(READER, BIDI[:3000]), 1, id="3,000 characters of marks and tags"),
        pytest.param(lambda state: state.say(READER, "/" + "a" * 3000), 1, id="an endless command"),
        pytest.param(lambda state: state.say(READER, "/search " + '"' * 3000), 1, id="a search of quotes"),
        pytest.param(lambda state: state.say(READER, "/start \x00 ' OR 1=1; --"), 2, id="a deep link of SQL"),
        pytest.param(lambda state: state.raw({"message": {"nonsense": True}}), 0, id="an update that cannot be read"),
        pytest.param(lambda state: state.raw({"poll_answer": {}}), 0, id="an update we did not ask for"),
    ],
)
async def test_an_odd_message_is_harmless(journey: Journey, send: Callable[[State], object], answers: int) -> None:
    send(journey.simulator.state)
    if answers:
        await journey.receive(answers)
    (answer,) = await journey.ask("/help")
    assert answer.text.startswith("/start · ")
    assert len(journey.simulator.state.sent(READER)) == answers + 1


async def test_a_button_that_is_out_of_date_says_so(journey: Journey) -> None:
    await journey.ask("/start", answers=2)
    (listing,) = await journey.ask("/topics")
    query = journey.simulator.state.press(READER, listing.message_id, "nothing:of:ours")
    pressed = await journey.simulator.state.wait_for(lambda state: state.presses[query].text)
    assert pressed == "That button is out of date."


async def test_questions_that_waited_too_long_are_excused_once(journey: Journey) -> None:
    long_ago = MORNING - timedelta(minutes=30)
    for word in ("/relos", "/s400", "/quad"):
        journey.simulator.state.say(READER, word, sent_at=long_ago)
    (answer,) = await journey.receive(1)
    assert answer.text.startswith("I was away")
    await journey.ask("/help")
    assert len(journey.simulator.state.sent(READER)) == 2


async def test_a_stop_that_waited_too_long_is_obeyed(journey: Journey) -> None:
    await journey.ask("/start", answers=2)
    journey.simulator.state.say(READER, "/stop", sent_at=MORNING - timedelta(minutes=30))
    assert (await journey.receive(3))[-1].text.startswith("Stopped")
