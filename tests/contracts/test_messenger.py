"""The contract of a messenger, held by the fake that other tests use and by the one for Telegram over real HTTP.

Each class below prepares the same situations for one of the two: readers it can reach, and trouble on demand.
"""

import asyncio
import itertools
from datetime import timedelta

import pytest
from fakes import FakeMessenger

from bot.telegram.chat_limits import ChatClock
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.transport import Transport
from briefings.editions.model import Block
from briefings.errors import stated
from briefings.passes.messenger import Gone, Later, Moved, OutgoingMessage, Refused, Sent, Unknown

READER, OTHER, GROUP, SUPERGROUP = "5", "6", "-100", "-1000100"
BIG = 2000
"""Units of a block: two such blocks fit one message, three do not."""


def _block(message):
    return Block(message * BIG, BIG, 0)


A, B, C, D, E = EDITION = tuple(map(_block, "ABCDE"))


class FakeSide:
    """The fake messenger."""

    def __init__(self):
        self.messenger = FakeMessenger(per_message=2)

    def received(self, address):
        return ["".join(html[0] for html in blocks) for blocks in self.messenger.received(address)]

    def gone(self, address):
        self.messenger.says(Gone(stated("Forbidden: bot was blocked by the user")), to=address)

    def moved(self, address, to):
        self.messenger.says(Moved(to), to=address)

    def refuses(self, address):
        self.messenger.says(
            Refused(stated("Bad Request: not enough rights to send text messages to the chat")), to=address
        )

    def busy(self, seconds):
        self.messenger.says(Later(stated(f"retry after {seconds}"), timedelta(seconds=seconds)))

    def fails(self):
        self.messenger.says(Later(stated("Telegram answers 502")))

    def loses_the_answer(self):
        def lost(message):
            self.messenger._take(message)
            return Unknown(stated("the line died before the answer"), 2)

        self.messenger.says(lost)


class TelegramSide:
    """The real messenger, which sends HTTP requests to the simulator."""

    def __init__(self, simulator, transport):
        self._state = simulator.state
        self._state.person(int(READER))
        self._state.person(int(OTHER))
        self._state.group(int(GROUP), "Desk", kind="group")
        seconds = itertools.count(step=10_000)  # each reading of the clock is much later, so that no chat has to wait
        endpoint = f"{simulator.url}/bot{simulator.token}"
        self.messenger = TelegramMessenger(transport, endpoint, ChatClock(lambda: float(next(seconds))))

    def received(self, address):
        return ["".join(part[0] for part in sent.text.split("\n\n")) for sent in self._state.sent(int(address))]

    def gone(self, address):
        self._state.block(int(address))

    def moved(self, address, to):
        self._state.migrate(int(address), int(to))

    def refuses(self, address):
        self._state.block(int(address), "muted")

    def busy(self, seconds):
        self._state.fail("429", retry_after=seconds)

    def fails(self):
        self._state.fail("502")

    def loses_the_answer(self):
        self._state.fail("lost")


@pytest.fixture(params=["fake", "telegram"])
async def side(request, simulator):
    if request.param == "fake":
        yield FakeSide()
        return
    transport = Transport(connections=4)
    await transport.initialize()
    yield TelegramSide(simulator, transport)
    await transport.shutdown()


def message(cursor=0, address=READER, blocks=EDITION, edition=1):
    return OutgoingMessage(edition, blocks, cursor, address)


async def test_one_message_is_sent_and_the_outcome_counts_its_blocks(side):
    outcome = await side.messenger.send(message())
    assert isinstance(outcome, Sent)
    assert outcome.blocks == 2
    assert outcome.reference
    assert side.received(READER) == ["AB"]


async def test_sending_goes_on_from_the_cursor(side):
    outcome = await side.messenger.send(message(cursor=2))
    assert outcome.blocks == 2
    assert side.received(READER) == ["CD"]


async def test_an_edition_sent_from_cursor_to_cursor_arrives_whole_and_in_order(side):
    cursor = 0
    while cursor < len(EDITION):
        cursor += (await side.messenger.send(message(cursor))).blocks
    assert side.received(READER) == ["AB", "CD", "E"]


async def test_every_message_has_a_reference_of_its_own(side):
    references = [(await side.messenger.send(message(0, address))).reference for address in (READER, OTHER, READER)]
    assert len(set(references)) == 3


async def test_messages_sent_at_once_reach_each_its_own_reader(side):
    outcomes = await asyncio.gather(
        *(side.messenger.send(message(cursor, address)) for cursor in (0, 2) for address in (READER, OTHER))
    )
    assert [outcome.blocks for outcome in outcomes] == [2] * 4
    assert sorted(side.received(READER)) == sorted(side.received(OTHER)) == ["AB", "CD"]


async def test_two_editions_are_not_confused(side):
    await side.messenger.send(message(edition=1, blocks=(A, B)))
    await side.messenger.send(message(edition=2, blocks=(C, D)))
    assert side.received(READER) == ["AB", "CD"]


async def test_a_reader_who_is_gone_is_gone_with_a_reason(side):
    side.gone(READER)
    assert isinstance(outcome := await side.messenger.send(message()), Gone)
    assert outcome.reason
    assert side.received(READER) == []
    assert isinstance(await side.messenger.send(message(address=OTHER)), Sent)


async def test_a_reader_who_moved_comes_with_the_new_address_where_the_message_arrives(side):
    side.moved(GROUP, SUPERGROUP)
    outcome = await side.messenger.send(message(address=GROUP))
    assert outcome == Moved(SUPERGROUP)
    assert isinstance(await side.messenger.send(message(address=outcome.address)), Sent)
    assert (side.received(GROUP), side.received(SUPERGROUP)) == ([], ["AB"])


async def test_a_refusal_has_a_reason(side):
    side.refuses(GROUP)
    assert isinstance(outcome := await side.messenger.send(message(address=GROUP)), Refused)
    assert "not enough rights" in str(outcome.reason)
    assert side.received(GROUP) == []


@pytest.mark.parametrize("seconds", [1, 35, 3600])
async def test_later_has_the_waiting_time_of_the_other_side_and_concerns_one_reader(side, seconds):
    side.busy(seconds)
    outcome = await side.messenger.send(message())
    assert isinstance(outcome, Later)
    assert (outcome.after, outcome.everyone) == (timedelta(seconds=seconds), False)
    assert side.received(READER) == []
    assert isinstance(await side.messenger.send(message()), Sent)


async def test_a_failure_of_the_other_side_is_later_without_a_time(side):
    side.fails()
    outcome = await side.messenger.send(message())
    assert isinstance(outcome, Later)
    assert (outcome.after, outcome.everyone) == (None, False)
    assert side.received(READER) == []


async def test_a_lost_answer_is_unknown_though_the_message_arrived(side):
    side.loses_the_answer()
    outcome = await side.messenger.send(message())
    assert isinstance(outcome, Unknown)
    assert outcome.reason
    assert outcome.blocks == 2
    assert side.received(READER) == ["AB"]
