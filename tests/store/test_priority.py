"""The turnstile: the urgent first, then the patient, and who gives up holds up nobody."""

import asyncio

import pytest

from briefings.store.database import Turnstile


class Queue:
    """People at a turnstile: each notes when they are through, and holds it for a moment."""

    def __init__(self):
        self.turnstile = Turnstile()
        self.through = []

    async def person(self, name, *, first=False):
        async with self.turnstile.taken(first=first):
            self.through.append(name)
            await asyncio.sleep(0)

    async def line_up(self, *names, first=()):
        tasks = {}
        for name in names:
            tasks[name] = asyncio.create_task(self.person(name, first=name in first))
            await asyncio.sleep(0)
        return tasks


ORDERS = {
    "as-they-came": ("abc", "", "abc"),
    "one-first": ("abc", "c", "cab"),
    "two-first-as-they-came": ("abcd", "db", "bdac"),
    "all-first": ("abc", "abc", "abc"),
}


@pytest.mark.parametrize(("came", "first", "left"), ORDERS.values(), ids=ORDERS.keys())
async def test_the_turnstile_lets_the_urgent_through_then_the_patient(came, first, left):
    queue = Queue()
    async with queue.turnstile.taken(first=False):
        tasks = await queue.line_up(*came, first=first)
    await asyncio.gather(*tasks.values())
    assert "".join(queue.through) == left


GIVERS_UP = {"the-next": "a", "the-middle": "b", "the-last": "c", "all": "abc"}


@pytest.mark.parametrize("gone", GIVERS_UP.values(), ids=GIVERS_UP.keys())
async def test_who_gives_up_waiting_holds_up_nobody(gone):
    queue = Queue()
    async with queue.turnstile.taken(first=False):
        tasks = await queue.line_up(*"abc")
        for name in gone:
            tasks[name].cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert queue.through == [name for name in "abc" if name not in gone]
    async with asyncio.timeout(1):
        await queue.person("later")


async def test_who_is_cancelled_in_the_moment_of_their_turn_gives_it_on():
    queue = Queue()
    async with queue.turnstile.taken(first=False):
        tasks = await queue.line_up(*"ab")
    tasks["a"].cancel()  # the turn is a's already, but a has not run since
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert queue.through == ["b"]
    async with asyncio.timeout(1):
        await queue.person("later")


async def test_an_exception_frees_the_turnstile():
    queue = Queue()
    with pytest.raises(LookupError):
        async with queue.turnstile.taken(first=False):
            raise LookupError
    async with asyncio.timeout(1):
        await queue.person("later")
    assert queue.through == ["later"]
