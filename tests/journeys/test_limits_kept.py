"""Telegram's limits are kept against a server that enforces them: 30 messages in any sliding second, one in a chat.

The small broadcast belongs to every suite; `pytest -m long -k limits` makes one to three thousand chats.
"""

from __future__ import annotations

import pytest
from fakes import blocks
from journey import READER, Journey

PER_SECOND = 30
ASKERS = range(9001, 9006)


@pytest.mark.parametrize(
    "readers", [pytest.param(120, id="120"), pytest.param(3000, id="3000", marks=pytest.mark.long)]
)
async def test_a_broadcast_while_people_ask_draws_no_429(journey: Journey, readers: int) -> None:
    state = journey.simulator.state
    chats = range(10_001, 10_001 + readers)
    for chat in (*chats, *ASKERS):
        state.person(chat)
    await journey.ask("/help")  # once it is answered, starting up sends nothing more
    for chat in chats:
        await journey.newsroom.readers.subscribe(str(chat))
    await state.wait_for(lambda state: all(state.sent(chat) for chat in chats), 60 + readers / 20)
    state.enforce(PER_SECOND)
    await journey.queue(blocks("late news"), *chats)
    began = len(state.calls)
    rounds = 0
    while not all(len(state.sent(chat)) == 2 for chat in chats):
        rounds += 1
        for chat in ASKERS:
            await journey.ask("/help", chat=chat)
    assert state.refused_by_rate_limits == 0
    assert rounds > 1, "people were answered during the broadcast"
    sends = sorted(call.at for call in state.calls[began:] if call.method == "sendMessage")
    floor = (len(sends) - PER_SECOND) / PER_SECOND
    print(f"{len(sends)} messages in {sends[-1] - sends[0]:.1f} s; the limit's floor is {floor:.1f} s")  # noqa: T201 - the result
    assert journey.simulator.state.sent(READER)
