"""An answer that Telegram does not take is sent again, in order; a chat that has to wait costs nobody else anything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from fakes import blocks
from journey import READER, Journey
from program import free_port
from pydantic import SecretStr

from bot.simulator import Call, Sent

OTHER, THIRD = 2001, 2002
PAGE = b"<html><title>502 Bad Gateway</title></html>"
SECONDS = 60


@pytest.fixture
def arrival() -> str:
    """The way on which updates arrive."""
    return "polling"


@pytest.fixture
def telegram_values(arrival: str) -> dict[str, Any]:
    if arrival == "polling":
        return {}
    port = free_port()
    return {
        "webhook_url": f"http://127.0.0.1:{port}/hook",
        "webhook_secret": SecretStr("se-cret_1"),
        "listen": f"127.0.0.1:{port}",
    }


both_ways = pytest.mark.parametrize("arrival", ["polling", "webhook"])


def sends(journey: Journey, chat: int = READER) -> list[Call]:
    """Return all tries to send the chat a message."""
    return [
        call
        for call in journey.simulator.state.calls
        if call.method == "sendMessage" and call.params.get("chat_id") == chat
    ]


async def receive(journey: Journey, count: int, chat: int = READER) -> list[Sent]:
    return await journey.simulator.state.wait(chat, count, SECONDS)


# Trying again

FAILURES: dict[str, Callable[[Journey], None]] = {
    "500": lambda journey: journey.simulator.state.fail("500", chat_id=READER, times=3),
    "502": lambda journey: journey.simulator.state.fail("502", chat_id=READER, times=3),
    "a proxy's page": lambda journey: journey.simulator.state.answer(
        502, PAGE, method="sendMessage", chat_id=READER, times=3
    ),
    "a page with 200": lambda journey: journey.simulator.state.answer(
        200, PAGE, method="sendMessage", chat_id=READER, times=3
    ),
    "429": lambda journey: journey.simulator.state.fail("429", chat_id=READER, times=2, retry_after=1),
    "closed": lambda journey: journey.simulator.state.fail("reset", chat_id=READER),
}


@both_ways
@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
async def test_an_answer_that_fails_is_sent_again_in_order_while_other_chats_go_on(
    journey: Journey, fail: Callable[[Journey], None]
) -> None:
    state = journey.simulator.state
    state.person(OTHER)
    fail(journey)
    state.say(READER, "/help")
    state.say(READER, "/search")
    await journey.ask("/help", chat=OTHER)
    first, second = await receive(journey, 2)
    assert "/today" in first.text
    assert second.text.startswith("Search for what?")
    await journey.ask("/help")
    assert len(state.sent(READER)) == 3, "each once"


async def test_an_answer_whose_connection_cannot_be_made_is_sent_when_it_can(journey: Journey) -> None:
    simulator = journey.simulator
    simulator.state.fail("500")
    simulator.state.say(READER, "/help")
    await simulator.state.wait_for(lambda _: any(call.status == 500 for call in sends(journey)), SECONDS)
    await simulator.stop()
    await asyncio.sleep(3)  # the outage
    await simulator.start()
    (answer,) = await receive(journey, 1)
    assert "/today" in answer.text


async def test_an_answer_that_may_have_arrived_is_sent_twice_at_most(journey: Journey) -> None:
    state = journey.simulator.state
    state.fail("lost", chat_id=READER, times=1_000)
    state.say(READER, "/help")
    await receive(journey, 2)
    state.person(OTHER)
    await journey.ask("/help", chat=OTHER)
    state.heal()
    (answer,) = await journey.ask("/search")
    assert answer.text.startswith("Search for what?")
    assert len(state.sent(READER)) == 3


# Replies of two messages


@pytest.fixture
async def two_messages(journey: Journey) -> Journey:
    """A reader whose last edition takes two messages; /today shows it again."""
    await journey.ask("/start", answers=2)
    await journey.queue(blocks(*(f"{part} {'word ' * 600}".strip() for part in "12")), READER)
    await receive(journey, 4)
    return journey


ODD = {
    "true": {"ok": True, "result": True},
    "no-result": {"ok": True},
    "no-date": {"ok": True, "result": {"message_id": 77}},
    "a-list": {"ok": True, "result": [1, 2]},
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
async def test_a_message_with_an_odd_result_counts_as_sent_and_the_next_one_follows(
    two_messages: Journey, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    state = two_messages.simulator.state
    state.answer(200, body, method="sendMessage", chat_id=READER)
    tries = len(sends(two_messages))
    state.say(READER, "/today")
    *_, second = await receive(two_messages, 5)
    assert second.text.startswith("2 word")
    (answer,) = await two_messages.ask("/search")
    assert answer.text.startswith("Search for what?")
    assert len(sends(two_messages)) == tries + 3, "the first was not sent again"
    assert "Traceback" not in caplog.text


async def test_when_the_first_message_is_refused_the_second_does_not_come_alone(two_messages: Journey) -> None:
    state = two_messages.simulator.state
    refused = {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}
    state.answer(400, refused, method="sendMessage", chat_id=READER)
    state.say(READER, "/today")
    state.say(READER, "/search")
    *_, after = await receive(two_messages, 5)
    assert after.text.startswith("Search for what?")


async def test_when_the_first_message_fails_for_a_moment_both_come_in_order(two_messages: Journey) -> None:
    state = two_messages.simulator.state
    state.fail("502", chat_id=READER, times=2)
    state.say(READER, "/today")
    *_, first, second = await receive(two_messages, 6)
    assert "1 word" in first.text
    assert second.text.startswith("2 word")


# A chat that has to wait


async def hours(journey: Journey) -> list[str]:
    reader = await journey.newsroom.readers.find(str(READER))
    assert reader is not None
    return [hour.isoformat("minutes") for hour in reader.subscriber.rhythm.times]


async def other_chats_delay(journey: Journey) -> float:
    """Have another chat ask behind all questions of the reader. Returns the seconds until its answer comes.

    By a webhook it asks once they are brought, because the simulator brings one after another.
    """
    state = journey.simulator.state
    asked = time.monotonic()
    if state.webhook:
        await state.wait_for(lambda state: not state.updates, SECONDS)
        asked = time.monotonic()
    (answer,) = await journey.ask("/search", chat=OTHER)
    assert answer.text.startswith("Search for what?")
    return time.monotonic() - asked


@both_ways
async def test_a_chat_held_for_an_hour_that_asks_a_thousand_times_delays_no_other(journey: Journey) -> None:
    state = journey.simulator.state
    state.person(OTHER)
    state.person(THIRD)
    await journey.ask("/start", answers=2)
    began = time.monotonic()
    await journey.ask("/help", chat=THIRD)
    usual = time.monotonic() - began
    state.fail("429", chat_id=READER, times=1_000_000, retry_after=3600)
    tries = len(sends(journey))
    for _ in range(500):
        state.say(READER, "/relos")
    state.say(READER, "/at 09:15")
    for _ in range(500):
        state.say(READER, "/today")
    delay = await other_chats_delay(journey)
    await state.wait_for(lambda state: not state.updates, SECONDS)
    async with asyncio.timeout(SECONDS):
        while await hours(journey) != ["09:15"]:  # noqa: ASYNC110 - the database does not say when it changes
            await asyncio.sleep(0.05)
    await state.wait_for(lambda _: len(sends(journey)) > tries, SECONDS)
    await journey.ask("/help", chat=THIRD)
    assert len(sends(journey)) == tries + 1, "one 429, which is obeyed"
    print(f"another chat's answer: {usual:.2f} s, behind a thousand questions of a held chat {delay:.2f} s")  # noqa: T201 - the result


@both_ways
async def test_a_chat_that_asks_a_thousand_times_delays_no_other(journey: Journey) -> None:
    """Its answers go out once a second; the other chat's question stands behind all of them."""
    state = journey.simulator.state
    state.person(OTHER)
    await journey.ask("/help")
    for _ in range(1000):
        state.say(READER, "/help")
    delay = await other_chats_delay(journey)
    assert len(state.sent(READER)) < 30
    print(f"another chat's answer behind a thousand questions of one chat: {delay:.2f} s")  # noqa: T201 - the result
