"""One chat in trouble beside others that are not: how much later the others are served, and what the trouble costs.

The whole program against the simulator, in one process, at the free 30 messages a second. Each line is measured with
and without the trouble in the same run. `python -m tests.benchmarks.isolation`
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable

from fakes import blocks
from journey import READER, Journey, running

READERS, ASKERS, PRESSES = 200, 20, 8
FLOOD, MANY, EACH = 2_000, 300, 3
FIRST = 10_001
CHATS = range(FIRST, FIRST + READERS)
TROUBLED, OTHERS = CHATS[100], [*CHATS[:100], *CHATS[101:]]
LONGEST = 90.0
"""Seconds that any of it may take before the table says so."""

Trouble = Callable[[Journey], None]


def none(_: Journey) -> None:
    """Nothing is wrong."""


def refused(seconds: int, method: str = "sendMessage") -> Trouble:
    """The troubled chat is always answered 429."""

    def order(journey: Journey) -> None:
        journey.simulator.state.fail("429", method=method, chat_id=TROUBLED, times=10_000, retry_after=seconds)

    return order


def silent(journey: Journey) -> None:
    """The troubled chat's messages arrive, and no answer comes."""
    journey.simulator.state.fail("lost", chat_id=TROUBLED, times=10_000)


async def broadcast(journey: Journey, order: Trouble) -> str:
    """Return how long a broadcast takes for the chats that are not in trouble."""
    state = journey.simulator.state
    for chat in CHATS:
        state.person(chat)
        await journey.newsroom.readers.subscribe(str(chat))
    await state.wait_for(lambda state: all(state.sent(chat) for chat in CHATS), LONGEST)
    order(journey)
    await journey.queue(blocks("late news"), *CHATS)
    began = time.monotonic()
    try:
        await state.wait_for(lambda state: all(len(state.sent(chat)) > 1 for chat in OTHERS), LONGEST)
    except TimeoutError:
        served = sum(len(state.sent(chat)) > 1 for chat in OTHERS)
        return f"{served} of {len(OTHERS)} served in {LONGEST:.0f} s"
    return f"{len(OTHERS)} served in {time.monotonic() - began:.2f} s"


async def answers(journey: Journey, order: Trouble) -> str:
    """Return the slowest answer to people who ask at once, just after the troubled chat was refused."""
    state = journey.simulator.state
    for chat in (TROUBLED, *OTHERS[:ASKERS]):
        state.person(chat)
    await journey.ask("/start", chat=TROUBLED, answers=2)
    await journey.ask("/topics", chat=TROUBLED)
    listing = state.sent(TROUBLED)[-1]
    await asyncio.sleep(1.1)  # the chat's own second passes
    order(journey)
    calls = len(state.calls)
    state.press(TROUBLED, listing.message_id, listing.buttons[0][0][1])
    state.say(TROUBLED, "/help")
    in_chat = ("sendMessage", "editMessageText")
    await state.wait_for(lambda state: any(call.method in in_chat for call in state.calls[calls:]), LONGEST)
    began = time.monotonic()
    for chat in OTHERS[:ASKERS]:
        state.say(chat, "/help")
    try:
        await state.wait_for(lambda state: all(state.sent(chat) for chat in OTHERS[:ASKERS]), LONGEST)
    except TimeoutError:
        return f"not all answered in {LONGEST:.0f} s"
    return f"{ASKERS} answered in {time.monotonic() - began:.2f} s"


async def presses(journey: Journey, _: Trouble) -> str:
    """Return how long the spinners of presses at once turn, and the edits that follow."""
    state = journey.simulator.state
    await journey.ask("/start", answers=2)
    await journey.ask("/topics")
    await asyncio.sleep(1.1)
    listing = state.sent(READER)[-1]
    data = [data for row in listing.buttons for _, data in row][:PRESSES]
    first_call, began = len(state.calls), time.monotonic()
    ids = [state.press(READER, listing.message_id, each) for each in data]
    await state.wait_for(lambda state: all(state.presses[id].text is not None for id in ids), LONGEST)
    spinning = time.monotonic() - began
    await asyncio.sleep(12)  # for as many edits as there may be, one a second
    edits = [call.at - began for call in state.calls[first_call:] if call.method == "editMessageText"]
    return f"spinners gone in {spinning:.2f} s; {len(edits)} edits, the last after {edits[-1]:.2f} s"


async def copies(journey: Journey, order: Trouble) -> str:
    """Return how many copies a chat gets whose answers are always lost."""
    state = journey.simulator.state
    state.person(TROUBLED)
    await journey.ask("/start", chat=TROUBLED, answers=2)
    order(journey)
    await journey.queue(blocks("late news"), TROUBLED)
    await asyncio.sleep(60)
    return f"{len(state.sent(TROUBLED)) - 2} in 60 s"


def flooded(journey: Journey) -> None:
    """One chat has asked 2,000 times."""
    for number in range(FLOOD):
        journey.simulator.state.say(TROUBLED, f"/word{number}")


async def one_answer(journey: Journey, order: Trouble) -> str:
    """Return how long another reader waits for an answer."""
    journey.simulator.state.person(TROUBLED)
    await journey.ask("/help")
    await asyncio.sleep(1.1)
    order(journey)
    began = time.monotonic()
    await _asked(journey, READER)
    return f"/help answered in {time.monotonic() - began:.2f} s"


async def many_questions(journey: Journey, _: Trouble) -> str:
    """Return in which order many chats are answered that ask several questions each, and when a late-comer is."""
    state = journey.simulator.state
    chats = range(FIRST, FIRST + MANY)
    for chat in chats:
        state.person(chat)
    for chat in chats:
        for number in range(EACH):
            state.say(chat, f"/word{number}")
    began = time.monotonic()
    late = asyncio.create_task(_late_comer(journey))
    await state.wait_for(lambda state: all(state.sent(chat) for chat in chats), LONGEST)
    firsts = time.monotonic() - began
    before = sum(len(state.sent(chat)) - 1 for chat in chats)
    waited = await late
    await state.wait_for(lambda state: all(len(state.sent(chat)) == EACH for chat in chats), LONGEST)
    return (
        f"every first answer after {firsts:.1f} s, {before} second ones before the last of them;"
        f" a late-comer's after {waited:.1f} s; all after {time.monotonic() - began:.1f} s"
    )


async def _late_comer(journey: Journey) -> float:
    """Ask five seconds later; return how long the answer took."""
    await asyncio.sleep(5)
    began = time.monotonic()
    await _asked(journey, READER)
    return time.monotonic() - began


async def _asked(journey: Journey, chat: int) -> None:
    state = journey.simulator.state
    before = len(state.sent(chat))
    state.say(chat, "/help")
    await state.wait(chat, before + 1, LONGEST)


async def line_back(journey: Journey, _: Trouble) -> str:
    """Return how long after the first answer the editions come that waited for the line."""
    state = journey.simulator.state
    for chat in CHATS[:5]:
        state.person(chat)
        await journey.newsroom.readers.subscribe(str(chat))
    await state.wait_for(lambda state: all(state.sent(chat) for chat in CHATS[:5]), LONGEST)
    state.down = True
    await journey.queue(blocks("late news"), *CHATS[:5])
    await asyncio.sleep(45)
    state.say(READER, "/help")
    state.down = False
    began = time.monotonic()
    await state.wait(READER, 1, LONGEST)
    answered = time.monotonic() - began
    await state.wait_for(lambda state: all(len(state.sent(chat)) > 1 for chat in CHATS[:5]), LONGEST)
    return f"answer after {answered:.2f} s, the last edition after {time.monotonic() - began:.2f} s"


SCENES: tuple[tuple[str, Callable[[Journey, Trouble], Awaitable[str]], Trouble], ...] = (
    (f"broadcast to {READERS}, no trouble", broadcast, none),
    ("… one chat: 429, 5 s, each time", broadcast, refused(5)),
    ("… one chat: 429, 3,600 s", broadcast, refused(3600)),
    ("… one chat: no answer comes", broadcast, silent),
    (f"{ASKERS} people ask, no trouble", answers, none),
    ("… one chat's message: 429, 30 s", answers, refused(30)),
    ("… one chat's edit: 429, 30 s", answers, refused(30, "editMessageText")),
    ("… one chat's message: 429, 3,600 s", answers, refused(3600)),
    ("another asks, no trouble", one_answer, none),
    (f"… behind {FLOOD:,} commands of one chat", one_answer, flooded),
    (f"{MANY} chats ask {EACH} questions each", many_questions, none),
    (f"{PRESSES} buttons at once", presses, none),
    ("copies where no answer ever comes", copies, silent),
    ("the line comes back after 45 s", line_back, none),
)


async def main() -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)
    for name, measure, order in SCENES:
        with tempfile.TemporaryDirectory() as folder:
            async with running(f"sqlite:///{folder}/briefings.db") as journey:
                journey.simulator.state.person(READER)
                result = await measure(journey, order)
                journey.simulator.state.down = False
        print(f"{name:40} {result}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
