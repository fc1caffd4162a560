"""What a chat could not take was not told: the next edition brings it, once, and nothing is lost in silence."""

from __future__ import annotations

import asyncio

import pytest
from fakes import blocks
from journey import READER, Journey, report

from briefings.editions.model import DeliveryReport, DeliveryState
from briefings.errors import Problem, stated
from briefings.model import Status

GROUP = -100500
CHATS = {"private": READER, "group": GROUP}

REFUSALS = {
    "no-rights": (400, "Bad Request: not enough rights to send text messages to the chat"),
    "topic-closed": (400, "Bad Request: TOPIC_CLOSED"),
    "restricted": (400, "Bad Request: CHAT_RESTRICTED"),
    "write-forbidden": (403, "Forbidden: CHAT_WRITE_FORBIDDEN"),
    "no-administrator": (400, "Bad Request: need administrator rights in the channel chat"),
    "payment-required": (402, "Payment Required"),
    "not-acceptable": (406, "Not Acceptable"),
    "flood": (420, "FLOOD_WAIT"),
    "never-heard-of": (400, "Bad Request: THE_MOON_IS_FULL"),
}


async def subscribe(journey: Journey, chat: int) -> None:
    if chat == GROUP:
        journey.simulator.state.group(GROUP, "Desk", [READER])
    journey.simulator.state.say(chat, "/start", user_id=READER)
    await journey.receive(2, chat=chat)


def refuse(journey: Journey, chat: int, status: int, description: str) -> None:
    """Refuse every message to the chat until the simulator is healed."""
    answer = {"ok": False, "error_code": status, "description": description}
    journey.simulator.state.answer(status, answer, method="sendMessage", chat_id=chat, times=1_000)


async def deliveries(journey: Journey, count: int, *, failed: bool) -> list[DeliveryReport]:
    """Wait until so many deliveries are open, or have failed; the database does not say when it changes."""
    async with asyncio.timeout(20):
        while len(reports := await journey.newsroom.upkeep.deliveries(failed=failed)) < count:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.05)
        return reports


def times_told(journey: Journey, chat: int, *numbers: int) -> list[int]:
    """Return how often the story of each of these reports is told in the chat, by its headline."""
    messages = journey.simulator.state.sent(chat)
    return [sum(f"\n{report(number).title}\n" in f"\n{message.text}" for message in messages) for number in numbers]


@pytest.mark.parametrize("chat", CHATS.values(), ids=CHATS)
@pytest.mark.parametrize(("status", "description"), REFUSALS.values(), ids=REFUSALS)
async def test_an_edition_refused_on_one_day_is_told_on_the_next(
    journey: Journey, chat: int, status: int, description: str
) -> None:
    await subscribe(journey, chat)
    await journey.newsroom.editing.add([report(60), report(61)])
    refuse(journey, chat, status, description)
    journey.move_to(7, 30)
    [delivery] = await deliveries(journey, 1, failed=True)
    assert (delivery.state, delivery.reason, delivery.cursor) == (DeliveryState.FAILED, stated(description), 0)
    journey.simulator.state.heal()
    await journey.newsroom.editing.add([report(62)])
    journey.move_to(7, 30, day=5)
    assert "3 of 3 stories" in (await journey.receive(3, chat=chat))[2].text
    assert times_told(journey, chat, 60, 61, 62) == [1, 1, 1]
    assert await journey.newsroom.readers.find(str(chat)) is not None, "they still are a reader"


async def test_an_edition_printed_behind_a_refused_one_is_closed_and_the_next_tells_both(journey: Journey) -> None:
    await subscribe(journey, READER)
    state = journey.simulator.state
    state.answer(502, b"bad gateway", method="sendMessage", chat_id=READER, times=1_000)
    for day, number in ((4, 60), (5, 61)):
        await journey.newsroom.editing.add([report(number)])
        journey.move_to(7, 30, day=day)
        await deliveries(journey, day - 3, failed=False)
    state.heal()
    refuse(journey, READER, 400, "Bad Request: CHAT_RESTRICTED")
    journey.move_to(7, 40, day=5)
    refused, behind = await deliveries(journey, 2, failed=True)
    assert (refused.reason, behind.reason) == (
        stated("Bad Request: CHAT_RESTRICTED"),
        Problem("edition-before-not-told"),
    )
    state.heal()
    await journey.newsroom.editing.add([report(62)])
    journey.move_to(7, 30, day=6)
    await journey.receive(3)
    assert times_told(journey, READER, 60, 61, 62) == [1, 1, 1]


async def test_of_an_edition_that_arrived_in_part_only_the_rest_is_told_again(journey: Journey) -> None:
    await subscribe(journey, READER)
    reader = await journey.newsroom.readers.find(str(READER))
    assert reader is not None
    long = [report(60, title="Genga opens barga " + "very " * 20 + "milga in Porga"), report(61)]
    added = await journey.newsroom.editing.add(long)
    stories = [each.article.story for each in added if each.article]
    assert len(stories) == 2
    state = journey.simulator.state
    accepted = len(state.sent(READER))
    # The edition is split: its masthead and first story fill one message, and the second message is refused.
    padding = "word " * 600
    printed = blocks("masthead", f"{long[0].title} {padding}".strip(), f"{long[1].title} {padding}".strip(), "end")
    await journey.queue(printed, READER, stories=stories)
    await journey.receive(accepted + 1)
    refuse(journey, READER, 400, "Bad Request: CHAT_RESTRICTED")
    [delivery] = await deliveries(journey, 1, failed=True)
    assert (delivery.cursor, delivery.blocks) == (2, 4)
    state.heal()
    journey.move_to(7, 30)
    edition = (await journey.receive(accepted + 2))[-1].text
    assert long[1].title in edition
    assert long[0].title not in edition
    assert "1 of 1 stories" in edition or "1 of 1 story" in edition


async def test_an_edition_that_is_left_as_unknown_counts_as_told(journey: Journey) -> None:
    await subscribe(journey, READER)
    await journey.newsroom.editing.add([report(60)])
    journey.simulator.state.fail("lost", chat_id=READER, times=1_000)
    journey.move_to(7, 30)
    [left] = await deliveries(journey, 1, failed=True)
    assert left.state is DeliveryState.UNKNOWN
    journey.simulator.state.heal()
    assert times_told(journey, READER, 60) == [3], "sent again twice, and no more"
    await journey.newsroom.editing.add([report(61)])
    journey.move_to(7, 30, day=5)
    edition = (await journey.receive(6))[-1].text
    assert report(61).title in edition
    assert report(60).title not in edition


async def test_a_chat_that_refuses_for_a_week_is_paused_and_start_brings_everything(journey: Journey) -> None:
    await subscribe(journey, READER)
    refuse(journey, READER, 400, "Bad Request: CHAT_RESTRICTED")
    for count, day in enumerate((4, 5, 11), 1):
        await journey.newsroom.editing.add([report(60 + count, hours_ago=3 - 24 * (day - 4))])
        journey.move_to(7, 30, day=day)
        refused = await deliveries(journey, count, failed=True)
    assert [delivery.reader for delivery in refused] == [Status.PAUSED] * 3
    assert await journey.newsroom.readers.find(str(READER)) is None
    journey.simulator.state.heal()
    welcome, edition = await journey.ask("/start", answers=2)
    assert welcome.text.startswith("Subscribed")
    assert report(63).title in edition.text


@pytest.mark.parametrize("words", ["Bad Request: INPUT_USER_DEACTIVATED", "Forbidden: user is deactivated"])
async def test_a_deleted_account_is_retired_at_once(journey: Journey, words: str) -> None:
    await subscribe(journey, READER)
    await journey.newsroom.editing.add([report(60)])
    refuse(journey, READER, 400, words)
    journey.move_to(7, 30)
    [delivery] = await deliveries(journey, 1, failed=True)
    assert (delivery.reason, delivery.reader) == (stated(words), Status.GONE)
