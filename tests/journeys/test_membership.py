"""Where the bot can speak changes: threads die, groups get another id, the bot is added, removed or silenced."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from journey import READER, Journey, report

from bot.conversation import replies
from bot.simulator import Sent
from briefings.model import Status
from briefings.store.schema import subscribers

GROUP, FORUM, SUPERGROUP = -500, -100600, -100500
THREAD = 40


def group(journey: Journey, chat: int, **values: Any) -> None:
    journey.simulator.state.group(chat, "Desk", [READER], **values)


async def say(journey: Journey, chat: int, text: str, answers: int = 1, **values: Any) -> list[Sent]:
    before = len(journey.simulator.state.sent(chat))
    journey.simulator.state.say(chat, text, user_id=READER, **values)
    return (await journey.simulator.state.wait(chat, before + answers))[before:]


async def status_of(journey: Journey, address: str, expected: Status) -> None:
    """Wait until the reader has this status; the database does not say when it changes."""
    async with asyncio.timeout(20):
        while True:
            async with journey.newsroom.database.read() as connection:
                status = await connection.scalar(
                    subscribers.select().with_only_columns(subscribers.c.status).where(subscribers.c.address == address)
                )
            if status == expected:
                return
            await asyncio.sleep(0.05)


async def addresses(journey: Journey) -> list[str]:
    async with journey.newsroom.database.read() as connection:
        return sorted(await connection.scalars(subscribers.select().with_only_columns(subscribers.c.address)))


# Threads


async def test_a_subscription_in_a_thread_that_is_gone_goes_on_in_the_forum_and_says_so_once(journey: Journey) -> None:
    group(journey, FORUM, threads=[THREAD])
    await say(journey, FORUM, "/start", answers=2, thread=THREAD)
    await say(journey, FORUM, "/at 08:00", thread=THREAD)
    journey.simulator.state.chat(FORUM).threads.clear()
    told = len(journey.simulator.state.sent(FORUM))
    for day, number in ((4, 60), (5, 61)):
        await journey.newsroom.editing.add([report(number)])
        journey.move_to(8, 0, day=day)
        message = (await journey.receive(told + day - 3, chat=FORUM))[-1]
        assert message.thread is None
        assert message.text.startswith(replies.THREAD_GONE) is (day == 4)
        assert report(number).title in message.text
    assert await addresses(journey) == [str(FORUM)]
    reader = await journey.newsroom.readers.find(str(FORUM))
    assert reader is not None
    assert f"{reader.subscriber.rhythm.times[0]:%H:%M}" == "08:00", "settings are kept"


async def test_a_dead_thread_of_a_private_chat_falls_back_to_the_chat(journey: Journey) -> None:
    journey.simulator.state.chat(READER).threads.add(7)
    await say(journey, READER, "/start", answers=2, thread=7)
    journey.simulator.state.chat(READER).threads.clear()
    await journey.newsroom.editing.add([report(60)])
    journey.move_to(7, 30)
    message = (await journey.receive(3))[-1]
    assert (message.thread, message.text.startswith(replies.THREAD_GONE)) == (None, True)
    assert await addresses(journey) == [str(READER)]


async def test_a_dead_thread_beside_a_subscription_of_the_chat_itself_ends(journey: Journey) -> None:
    group(journey, FORUM, threads=[THREAD])
    await say(journey, FORUM, "/start", answers=2, thread=THREAD)
    await say(journey, FORUM, "/start", answers=2)
    journey.simulator.state.chat(FORUM).threads.clear()
    await journey.newsroom.editing.add([report(60)])
    journey.move_to(7, 30)
    await status_of(journey, f"{FORUM}/{THREAD}", Status.GONE)
    await journey.receive(5, chat=FORUM)
    assert sum(report(60).title in message.text for message in journey.simulator.state.sent(FORUM)) == 1


@pytest.mark.parametrize(("first", "second"), [(None, 7), (7, None), (7, 8)])
async def test_one_person_is_subscribed_once_whichever_thread_they_speak_in(
    journey: Journey, first: int | None, second: int | None
) -> None:
    journey.simulator.state.chat(READER).threads.update({7, 8})
    await say(journey, READER, "/start", answers=2, thread=first)
    [again] = await say(journey, READER, "/start", thread=second)
    assert again.text.startswith("You are subscribed")
    assert again.thread == second, "the answer comes where the question was"
    [changed] = await say(journey, READER, "/at 09:00", thread=second)
    assert "09:00" in changed.text
    assert len(await addresses(journey)) == 1


async def test_an_answer_in_a_thread_that_is_gone_comes_to_the_chat(journey: Journey) -> None:
    group(journey, FORUM, threads=[THREAD])
    journey.simulator.state.fail("slow", method="sendMessage", delay=0)
    journey.simulator.state.say(FORUM, "/help", user_id=READER, thread=THREAD)
    journey.simulator.state.chat(FORUM).threads.clear()
    [answer] = await journey.receive(1, chat=FORUM)
    assert (answer.thread, "/today" in answer.text) == (None, True)


# Groups


async def test_a_group_that_becomes_a_supergroup_is_followed_before_anybody_speaks(journey: Journey) -> None:
    group(journey, GROUP, kind="group")
    await say(journey, GROUP, "/start", answers=2)
    journey.simulator.state.migrate(GROUP, SUPERGROUP, tell=True)
    await status_of(journey, str(SUPERGROUP), Status.ACTIVE)
    await journey.newsroom.editing.add([report(60)])
    journey.move_to(7, 30)
    assert report(60).title in (await journey.receive(1, chat=SUPERGROUP))[0].text
    refused = [call for call in journey.simulator.state.calls if call.status == 400]
    assert refused == [], "nothing was sent to the old id"
    assert await addresses(journey) == [str(SUPERGROUP)]


async def test_a_bot_that_was_removed_is_gone_at_once_and_says_hello_when_it_is_added_again(journey: Journey) -> None:
    group(journey, SUPERGROUP)
    await say(journey, SUPERGROUP, "/start", answers=2)
    journey.simulator.state.block(SUPERGROUP, "kicked", tell=True)
    await status_of(journey, str(SUPERGROUP), Status.GONE)
    journey.simulator.state.unblock(SUPERGROUP, tell=True)
    hello = (await journey.receive(3, chat=SUPERGROUP))[-1]
    assert hello.text == replies.ADDED
    welcome, _ = await say(journey, SUPERGROUP, "/start", answers=2)
    assert welcome.text.startswith("Subscribed")


async def test_a_person_who_blocks_the_bot_is_gone_at_once(journey: Journey) -> None:
    await journey.ask("/start", answers=2)
    journey.simulator.state.block(READER, tell=True)
    await status_of(journey, str(READER), Status.GONE)
    journey.simulator.state.unblock(READER, tell=True)
    await journey.ask("/start", answers=2)
    await status_of(journey, str(READER), Status.ACTIVE)


async def test_a_silenced_bot_prints_nothing_and_tells_everything_once_it_may_speak(journey: Journey) -> None:
    group(journey, SUPERGROUP)
    await say(journey, SUPERGROUP, "/start", answers=2)
    journey.simulator.state.chat(SUPERGROUP).trouble = "muted"
    journey.simulator.state.bot_status(SUPERGROUP, "restricted")
    await status_of(journey, str(SUPERGROUP), Status.PAUSED)
    await journey.newsroom.editing.add([report(60)])
    journey.move_to(7, 30)
    journey.simulator.state.unblock(SUPERGROUP, tell=True)
    await status_of(journey, str(SUPERGROUP), Status.ACTIVE)
    journey.move_to(7, 30, day=5)
    assert report(60).title in (await journey.receive(3, chat=SUPERGROUP))[-1].text
    assert await journey.newsroom.upkeep.deliveries(failed=True) == [], "nothing was refused meanwhile"
