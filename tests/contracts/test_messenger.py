"""What `dispatch.Messenger` promises, kept by the fake the other tests use and by Telegram's over real HTTP.

Each house below is the same street seen from two sides: a messenger, readers it can reach, and orders for trouble.
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
"""Units of a block of which two fit one message, and three do not."""


def _block(message):
    return Block(message * BIG, BIG, 0)


A, B, C, D, E = EDITION = tuple(map(_block, "ABCDE"))


class FakeHouse:
    """The fake, told its story."""

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
        self.messenger.says(Later(stated(f"retry after {seconds}"), timedelta(seconds=seconds), everyone=True))

    def ill(self):
        self.messenger.says(Later(stated("Telegram answers 502")))

    def loses_the_answer(self):
        def lost(message):
            self.messenger._take(message)
            return Unknown(stated("the line died before the answer"))

        self.messenger.says(lost)


class TelegramHouse:
    """The real messenger, talking HTTP to the stand-in."""

    def __init__(self, simulator, transport):
        self._state = simulator.state
        self._state.person(int(READER))
        self._state.person(int(OTHER))
        self._state.group(int(GROUP), "Desk", kind="group")
        seconds = itertools.count(step=10_000)  # every look is much later: no chat must wait
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

    def ill(self):
        self._state.fail("502")

    def loses_the_answer(self):
        self._state.fail("lost")


@pytest.fixture(params=["fake", "telegram"])
async def house(request, simulator):
    if request.param == "fake":
        yield FakeHouse()
        return
    transport = Transport(connections=4)
    await transport.initialize()
    yield TelegramHouse(simulator, transport)
    await transport.shutdown()


def message(cursor=0, address=READER, blocks=EDITION, edition=1):
    return OutgoingMessage(edition, blocks, cursor, address)


async def test_one_message_is_sent_and_it_says_how_many_blocks_it_took(house):
    outcome = await house.messenger.send(message())
    assert isinstance(outcome, Sent)
    assert outcome.blocks == 2
    assert outcome.reference
    assert house.received(READER) == ["AB"]


async def test_it_goes_on_from_the_cursor(house):
    outcome = await house.messenger.send(message(cursor=2))
    assert outcome.blocks == 2
    assert house.received(READER) == ["CD"]


async def test_an_edition_sent_from_cursor_to_cursor_arrives_whole_and_in_order(house):
    cursor = 0
    while cursor < len(EDITION):
        cursor += (await house.messenger.send(message(cursor))).blocks
    assert house.received(READER) == ["AB", "CD", "E"]


async def test_every_message_has_a_reference_of_its_own(house):
    references = [(await house.messenger.send(message(0, address))).reference for address in (READER, OTHER, READER)]
    assert len(set(references)) == 3


async def test_many_letters_at_once_each_reach_their_own_reader(house):
    outcomes = await asyncio.gather(
        *(house.messenger.send(message(cursor, address)) for cursor in (0, 2) for address in (READER, OTHER))
    )
    assert [outcome.blocks for outcome in outcomes] == [2] * 4
    assert sorted(house.received(READER)) == sorted(house.received(OTHER)) == ["AB", "CD"]


async def test_two_editions_are_not_taken_for_each_other(house):
    await house.messenger.send(message(edition=1, blocks=(A, B)))
    await house.messenger.send(message(edition=2, blocks=(C, D)))
    assert house.received(READER) == ["AB", "CD"]


async def test_who_is_gone_is_told_apart(house):
    house.gone(READER)
    assert isinstance(outcome := await house.messenger.send(message()), Gone)
    assert outcome.reason
    assert house.received(READER) == []
    assert isinstance(await house.messenger.send(message(address=OTHER)), Sent)


async def test_who_moved_is_told_with_the_new_address_where_the_letter_arrives(house):
    house.moved(GROUP, SUPERGROUP)
    outcome = await house.messenger.send(message(address=GROUP))
    assert outcome == Moved(SUPERGROUP)
    assert isinstance(await house.messenger.send(message(address=outcome.address)), Sent)
    assert (house.received(GROUP), house.received(SUPERGROUP)) == ([], ["AB"])


async def test_what_is_refused_says_why(house):
    house.refuses(GROUP)
    assert isinstance(outcome := await house.messenger.send(message(address=GROUP)), Refused)
    assert "not enough rights" in str(outcome.reason)
    assert house.received(GROUP) == []


@pytest.mark.parametrize("seconds", [1, 35, 3600])
async def test_later_gives_the_other_sides_own_time_for_everyone(house, seconds):
    house.busy(seconds)
    outcome = await house.messenger.send(message())
    assert isinstance(outcome, Later)
    assert (outcome.after, outcome.everyone) == (timedelta(seconds=seconds), True)
    assert house.received(READER) == []
    assert isinstance(await house.messenger.send(message()), Sent)


async def test_an_illness_of_the_other_side_is_later_without_a_time(house):
    house.ill()
    outcome = await house.messenger.send(message())
    assert isinstance(outcome, Later)
    assert (outcome.after, outcome.everyone) == (None, False)
    assert house.received(READER) == []


async def test_a_lost_answer_is_unknown_though_the_message_arrived(house):
    house.loses_the_answer()
    outcome = await house.messenger.send(message())
    assert isinstance(outcome, Unknown)
    assert outcome.reason
    assert house.received(READER) == ["AB"]
