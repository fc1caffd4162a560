"""Trouble with Telegram while editions go out: nothing is lost, nothing is sent twice without need, all is visible."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from fakes import blocks
from journey import READER, Journey, reports

from briefings.editions.model import DeliveryReport
from briefings.errors import stated
from briefings.store.schema import deliveries, subscribers

OTHERS = (2001, 2002, 2003)


async def subscribe_all(journey: Journey) -> None:
    """Subscribe four readers, all due at 07:30, and add two articles for their next edition."""
    for chat in (READER, *OTHERS):
        journey.simulator.state.person(chat)
    await asyncio.gather(*(journey.ask("/start", chat=chat, answers=2) for chat in (READER, *OTHERS)))
    await journey.newsroom.editing.add(reports(60, 2))


async def everyone_receives_it(journey: Journey, *, but: tuple[int, ...] = ()) -> None:
    """Wait until every reader has the scheduled edition, except `but` these."""
    for chat in {READER, *OTHERS} - set(but):
        edition = (await journey.receive(3, chat=chat))[2]
        assert "That is all. 2 of 2 stories." in edition.text


async def outbox(
    journey: Journey, is_so: Callable[[list[DeliveryReport]], bool], *, failed: bool = False
) -> list[DeliveryReport]:
    """Wait until the outbox fulfils a condition; the database does not say when it changes."""
    async with asyncio.timeout(20):
        while not is_so(reports := await journey.newsroom.upkeep.deliveries(failed=failed)):  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.05)
        return reports


async def check_that_nothing_failed(journey: Journey) -> None:
    assert await journey.newsroom.upkeep.deliveries(failed=True) == []


@pytest.mark.parametrize("kind", ["500", "502", "503", "reset", "429"])
async def test_a_broadcast_survives_an_error_and_sends_each_edition_once(journey: Journey, kind: str) -> None:
    await subscribe_all(journey)
    journey.simulator.state.fail(kind, times=2, retry_after=1 if kind == "429" else None)
    journey.move_to(7, 30)
    await everyone_receives_it(journey)
    for chat in (READER, *OTHERS):
        assert len(journey.simulator.state.sent(chat)) == 3, "once each"
    await check_that_nothing_failed(journey)


async def test_a_message_whose_answer_was_lost_is_sent_again(journey: Journey) -> None:
    await subscribe_all(journey)
    journey.simulator.state.fail("lost", chat_id=READER)
    journey.move_to(7, 30)
    await everyone_receives_it(journey)
    twice = await journey.receive(4)
    assert twice[2].text == twice[3].text, "that one message may come twice"


GONE = {
    "blocked": "Forbidden: bot was blocked by the user",
    "deactivated": "Forbidden: user is deactivated",
    "left": "Forbidden: bot is not a member of the private chat",
    "kicked": "Forbidden: bot was kicked from the private chat",
}


@pytest.mark.parametrize("how", GONE)
async def test_a_reader_who_is_gone_is_retired_and_the_rest_is_served(journey: Journey, how: str) -> None:
    await subscribe_all(journey)
    journey.simulator.state.block(READER, how)
    journey.move_to(7, 30)
    await everyone_receives_it(journey, but=(READER,))
    failed = await outbox(journey, bool, failed=True)
    assert [(delivery.address, delivery.reason) for delivery in failed] == [(str(READER), stated(GONE[how]))]
    assert await journey.newsroom.readers.find(str(READER)) is None


async def test_a_chat_that_does_not_exist_is_retired(journey: Journey) -> None:
    await subscribe_all(journey)
    async with journey.newsroom.database.write() as connection:
        await connection.execute(
            subscribers.update().where(subscribers.c.address == str(READER)).values(address="9999")
        )
    journey.move_to(7, 30)
    await everyone_receives_it(journey, but=(READER,))
    [failed] = await outbox(journey, bool, failed=True)
    assert failed.reason == stated("Bad Request: chat not found")


async def test_a_429_in_one_chat_is_obeyed_to_the_second_and_nothing_is_lost(journey: Journey) -> None:
    await subscribe_all(journey)
    journey.simulator.state.fail("429", method="sendMessage", chat_id=2002, retry_after=2)
    journey.move_to(7, 30)
    await everyone_receives_it(journey)
    calls = [call for call in journey.simulator.state.calls if call.params.get("chat_id") == 2002][-2:]
    assert calls[1].at - calls[0].at >= 2
    assert len(journey.simulator.state.sent(2002)) == 3


async def test_a_chat_that_must_wait_an_hour_delays_no_other(journey: Journey) -> None:
    await subscribe_all(journey)
    journey.simulator.state.fail("429", method="sendMessage", chat_id=2002, times=1_000, retry_after=3600)
    journey.move_to(7, 30)
    await everyone_receives_it(journey, but=(2002,))
    [answer] = await journey.ask("/help")
    assert "/today" in answer.text
    refused = [call for call in journey.simulator.state.calls if call.params.get("chat_id") == 2002]
    assert len(refused) == 2 + 1, "two messages before, and one 429 that is obeyed"


async def test_a_storm_of_429s_loses_nothing_and_repeats_nothing(journey: Journey) -> None:
    readers = range(4000, 4020)
    for chat in readers:
        journey.simulator.state.person(chat)
        await journey.newsroom.readers.subscribe(str(chat))
    for chat in readers[::3]:
        journey.simulator.state.fail("429", method="sendMessage", chat_id=chat, retry_after=1)
    for chat in readers:
        await journey.receive(1, chat=chat)
    assert [len(journey.simulator.state.sent(chat)) for chat in readers] == [1] * len(readers)
    await check_that_nothing_failed(journey)


async def test_slow_answers_are_waited_for_and_nothing_is_repeated(journey: Journey) -> None:
    await subscribe_all(journey)
    journey.simulator.state.fail("slow", method="sendMessage", times=4, delay=1.5)
    journey.move_to(7, 30)
    await everyone_receives_it(journey)
    await journey.ask("/help")
    assert [len(journey.simulator.state.sent(chat)) for chat in (READER, *OTHERS)] == [4, 3, 3, 3]


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_jumps_an_hour_in_the_middle_of_an_edition_loses_and_repeats_nothing(
    journey: Journey, hours: int
) -> None:
    await subscribe_all(journey)
    await journey.queue(blocks(*(f"{part} {'word ' * 600}".strip() for part in "123")), READER, *OTHERS)
    await journey.receive(3)
    journey.clock.move_to(journey.clock() + timedelta(hours=hours))
    for chat in (READER, *OTHERS):
        messages = await journey.receive(5, chat=chat)
        assert [message.text[0] for message in messages[2:]] == list("123")
    await check_that_nothing_failed(journey)


async def test_refused_markup_goes_out_as_plain_text(journey: Journey, caplog: pytest.LogCaptureFixture) -> None:
    await journey.ask("/start", answers=2)
    await journey.queue(blocks("<b>late news"), READER)
    assert (await journey.receive(3))[2].text == "late news"
    assert "markup refused" in caplog.text


async def test_a_group_that_becomes_a_supergroup_in_the_middle_of_an_edition_gets_the_rest(journey: Journey) -> None:
    old, new = -500, -100500
    journey.simulator.state.group(old, "Desk", [READER], kind="group")
    await journey.newsroom.readers.subscribe(str(old))
    await journey.receive(1, chat=old)
    parts = blocks(*(f"{part} {'word ' * 600}".strip() for part in "123"))
    await journey.queue(parts, old)
    await journey.receive(2, chat=old)
    journey.simulator.state.migrate(old, new)
    rest = await journey.receive(2, chat=new)
    assert [message.text.split()[0] for message in rest] == ["2", "3"]


async def test_a_group_that_became_a_supergroup_is_followed(journey: Journey) -> None:
    old, new = -500, -100500
    journey.simulator.state.group(old, "Desk", [READER], kind="group")
    journey.simulator.state.say(old, "/start", user_id=READER)
    await journey.receive(2, chat=old)
    journey.simulator.state.migrate(old, new)
    await journey.newsroom.editing.add(reports(60, 2))
    journey.move_to(7, 30)
    assert "2 of 2 stories" in (await journey.receive(1, chat=new))[0].text


async def test_what_waits_is_sent_at_once_when_the_line_is_back(journey: Journey) -> None:
    await subscribe_all(journey)
    journey.simulator.state.down = True
    journey.move_to(7, 30)
    await outbox(journey, lambda reports: len(reports) == 4 and all(report.attempts for report in reports))
    async with journey.newsroom.database.write() as connection:
        put_off = deliveries.update().where(deliveries.c.unknown_sends > 0)  # not for their own chat's second
        await connection.execute(put_off.values(not_before=journey.clock() + timedelta(hours=1)))
    journey.simulator.state.down = False
    await everyone_receives_it(journey)


async def test_an_outage_of_two_minutes_loses_nothing(journey: Journey, caplog: pytest.LogCaptureFixture) -> None:
    await subscribe_all(journey)
    journey.simulator.state.down = True
    journey.move_to(7, 30)
    await outbox(journey, lambda reports: len(reports) == 4 and all(report.attempts for report in reports))
    journey.move_to(7, 32)
    journey.simulator.state.down = False
    await everyone_receives_it(journey)
