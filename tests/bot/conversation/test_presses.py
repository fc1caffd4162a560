"""Presses are shown by one edit of the newest state; what is under way is finished at a stop, or given up in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from telegram import CallbackQuery, User
from telegram.ext import ExtBot

from bot.conversation.presses import ACKNOWLEDGED_AT_ONCE, PressAnswers, Screen, Settling
from bot.conversation.request import Reply
from bot.conversation.sending import Place, Sender
from bot.simulator import Sent, Simulator
from bot.telegram.chat_limits import ChatClock
from bot.telegram.transport import Transport

ANN, BOB = 5, 6


class State:
    """A setting that presses change, and the view of it."""

    def __init__(self) -> None:
        self.value = 0
        self.times_viewed = 0

    async def view(self) -> Reply:
        self.times_viewed += 1
        return Reply(f"state {self.value}")


async def broken_view() -> Reply:
    raise LookupError("a bug")


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[ExtBot[None]]:
    for chat in (ANN, BOB):
        simulator.state.person(chat)
    async with Transport(connections=16) as transport:
        yield ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=transport)


@pytest.fixture
def chats() -> ChatClock:
    return ChatClock(time.monotonic)


@pytest.fixture
async def presses(bot: ExtBot[None], chats: ChatClock) -> AsyncIterator[PressAnswers]:
    presses = PressAnswers(Sender(bot), chats, settling=Settling(0.05, 0.2))
    yield presses
    await presses.finish(0)


def message_of(simulator: Simulator, chat: int = ANN) -> Sent:
    """Put a message of the bot into a chat."""
    return simulator.state.add(simulator.state.chat(chat), text="a keyboard", method="sendMessage")


def query(bot: ExtBot[None], id: str) -> CallbackQuery:
    """Return a press, as the library reads it."""
    pressed = CallbackQuery(id, User(ANN, "Ann", is_bot=False), "instance")
    pressed.set_bot(bot)
    return pressed


def edits(simulator: Simulator) -> int:
    return sum(call.method == "editMessageText" for call in simulator.state.calls)


async def test_states_shown_together_are_one_edit_of_the_newest(simulator: Simulator, presses: PressAnswers) -> None:
    message, state = message_of(simulator), State()
    for number in range(8):
        state.value = number
        presses.show(Screen(Place(ANN), message.message_id, state.view))
    await presses.finish(10)
    assert (message.text, edits(simulator), state.times_viewed) == ("state 7", 1, 1)


async def test_presses_without_a_pause_are_shown_before_they_end(simulator: Simulator, presses: PressAnswers) -> None:
    message, state = message_of(simulator), State()

    async def press_on() -> None:
        while True:
            presses.show(Screen(Place(ANN), message.message_id, state.view))
            await asyncio.sleep(0.01)

    pressing = asyncio.create_task(press_on())
    await simulator.state.wait_for(lambda _: message.edited)
    pressing.cancel()


async def test_a_state_changed_while_its_edit_waits_for_its_turn_is_the_one_that_is_shown(
    simulator: Simulator, presses: PressAnswers, chats: ChatClock
) -> None:
    message, state = message_of(simulator), State()
    chats.hold(ANN, 0.5)
    presses.show(Screen(Place(ANN), message.message_id, state.view))
    await asyncio.sleep(0.2)  # now it has settled, and waits for the chat
    state.value = 1
    await presses.finish(10)
    assert (message.text, edits(simulator)) == ("state 1", 1)


async def test_each_message_of_a_chat_gets_its_own_edit(simulator: Simulator, presses: PressAnswers) -> None:
    messages, state = [message_of(simulator) for _ in range(2)], State()
    for message in messages:
        presses.show(Screen(Place(ANN), message.message_id, state.view))
    await presses.finish(10)
    assert [message.text for message in messages] == ["state 0", "state 0"]


async def test_a_screen_that_is_not_editable_is_sent_anew(simulator: Simulator, presses: PressAnswers) -> None:
    presses.show(Screen(Place(ANN), 77, State().view, is_editable=False))
    await presses.finish(10)
    assert [message.text for message in simulator.state.sent(ANN)] == ["state 0"]


async def test_a_broken_view_stops_no_other_edit_of_its_chat(
    simulator: Simulator, presses: PressAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = message_of(simulator), message_of(simulator)
    presses.show(Screen(Place(ANN), first.message_id, broken_view))
    presses.show(Screen(Place(ANN), second.message_id, State().view))
    await presses.finish(10)
    assert second.text == "state 0"
    assert "a pressed button is not shown" in caplog.text


async def test_a_chat_that_must_wait_an_hour_is_not_waited_for_and_keeps_no_other(
    simulator: Simulator, presses: PressAnswers, chats: ChatClock
) -> None:
    held, free = message_of(simulator, ANN), message_of(simulator, BOB)
    chats.hold(ANN, 3600)
    for place, message in ((Place(ANN), held), (Place(BOB), free)):
        presses.show(Screen(place, message.message_id, State().view))
    await presses.finish(10)
    assert (held.text, free.text) == ("a keyboard", "state 0")


async def test_a_stop_gives_up_what_takes_longer(simulator: Simulator, presses: PressAnswers, chats: ChatClock) -> None:
    message = message_of(simulator)
    chats.hold(ANN, 50)
    presses.show(Screen(Place(ANN), message.message_id, State().view))
    async with asyncio.timeout(10):
        await presses.finish(0.1)
    assert message.text == "a keyboard"


async def test_a_press_after_an_edit_is_shown_by_the_next(simulator: Simulator, presses: PressAnswers) -> None:
    message, state = message_of(simulator), State()
    for number in (1, 2):
        state.value = number
        presses.show(Screen(Place(ANN), message.message_id, state.view))
        await simulator.state.wait_for(lambda _, number=number: message.edited == number)
    assert message.text == "state 2"


async def test_of_many_presses_of_a_chat_no_more_than_eight_are_acknowledged_at_once(
    simulator: Simulator, bot: ExtBot[None], presses: PressAnswers
) -> None:
    """Eight is less than there are connections, so that other chats find one."""
    simulator.state.fail("slow", method="answerCallbackQuery", times=8, delay=60)
    message = message_of(simulator)
    ids = [simulator.state.press(ANN, message.message_id, f"on:{number}") for number in range(12)]
    for id in ids:
        presses.acknowledge(query(bot, id), ANN)

    def asked() -> int:
        return sum(call.method == "answerCallbackQuery" for call in simulator.state.calls)

    await simulator.state.wait_for(lambda _: asked() == ACKNOWLEDGED_AT_ONCE)
    await presses.finish(0.1)
    assert asked() == ACKNOWLEDGED_AT_ONCE
