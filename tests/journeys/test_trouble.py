"""Trouble on the line while editions go out: nothing lost, nothing said twice without need, all of it visible."""

from __future__ import annotations

import pytest
from journey import READER, Journey, reports

OTHERS = (2001, 2002, 2003)


async def subscribed(journey: Journey) -> None:
    """Four readers, all due at 07:30."""
    for chat in (READER, *OTHERS):
        journey.simulator.state.person(chat)
        await journey.ask("/start", chat=chat, answers=2)
    await journey.newsroom.add(reports(60, 2))


async def everyone_has_it(journey: Journey, *, but: tuple[int, ...] = ()) -> None:
    for chat in {READER, *OTHERS} - set(but):
        edition = (await journey.hear(3, chat=chat))[2]
        assert "That is all. 2 of 2 stories." in edition.text


async def nothing_is_open(journey: Journey) -> None:
    """The answer to a question comes after whatever was still on its way to that chat."""
    assert await journey.newsroom.outbox(failed=True) == []


@pytest.mark.parametrize("kind", ["500", "502", "503", "reset", "429"])
async def test_a_broadcast_outlives(journey: Journey, kind: str) -> None:
    await subscribed(journey)
    journey.simulator.state.fail(kind, times=2, retry_after=1 if kind == "429" else None)
    journey.move_to(7, 30)
    await everyone_has_it(journey)
    for chat in (READER, *OTHERS):
        assert len(journey.simulator.state.sent(chat)) == 3, "once each"
    await nothing_is_open(journey)


async def test_an_answer_that_was_lost_is_sent_again(journey: Journey) -> None:
    await subscribed(journey)
    journey.simulator.state.fail("lost", chat_id=READER)
    journey.move_to(7, 30)
    await everyone_has_it(journey)
    twice = await journey.hear(4)
    assert twice[2].text == twice[3].text, "that one message may come twice"


async def test_a_reader_who_blocked_us_is_retired_and_the_rest_is_served(journey: Journey) -> None:
    await subscribed(journey)
    journey.simulator.state.block(READER)
    journey.move_to(7, 30)
    await everyone_has_it(journey, but=(READER,))
    failed = await journey.newsroom.outbox(failed=True)
    assert [(one.address, one.reason) for one in failed] == [(str(READER), "Forbidden: bot was blocked by the user")]
    assert await journey.newsroom.reader(str(READER)) is None


async def test_a_group_that_became_a_supergroup_is_followed(journey: Journey) -> None:
    old, new = -500, -100500
    journey.simulator.state.group(old, "Desk", [READER], kind="group")
    journey.simulator.state.say(old, "/start", user_id=READER)
    await journey.hear(2, chat=old)
    journey.simulator.state.migrate(old, new)
    await journey.newsroom.add(reports(60, 2))
    journey.move_to(7, 30)
    assert "2 of 2 stories" in (await journey.hear(1, chat=new))[0].text


async def test_telegram_away_for_a_while_loses_nothing(journey: Journey) -> None:
    await subscribed(journey)
    journey.simulator.state.down = True
    journey.move_to(7, 30)
    calls = len(journey.simulator.state.calls)
    await journey.simulator.state.wait_for(lambda state: state.down)
    journey.simulator.state.down = False
    await everyone_has_it(journey)
    assert len(journey.simulator.state.calls) > calls
