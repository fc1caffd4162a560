"""The queue and the lock: the urgent go first, others in the order they came; a waiter that gives up delays nobody."""

import asyncio

import pytest

from briefings.store.priority import PriorityLock, WaitingQueue

ORDERS = {
    "by-arrival": ("abc", "", "abc"),
    "one-urgent": ("abc", "c", "cab"),
    "two-urgent-by-arrival": ("abcd", "db", "bdac"),
    "all-urgent": ("abc", "abc", "abc"),
}
"""Waiters in the order they come, those of them that are urgent, and the order in which they leave."""


# The queue


def join(queue, names, urgent=""):
    return {name: queue.join(urgent=name in urgent) for name in names}


def leave(queue, waiters):
    """The names of those who still wait, in the order in which they leave."""
    names = {waiter: name for name, waiter in waiters.items()}
    order = ""
    while (waiter := queue.pop()) is not None:
        order += names[waiter]
    return order


@pytest.mark.parametrize(("arriving", "urgent", "leaving"), ORDERS.values(), ids=ORDERS.keys())
async def test_waiters_leave_the_queue_by_urgency_then_by_arrival(arriving, urgent, leaving):
    queue = WaitingQueue()
    assert leave(queue, join(queue, arriving, urgent)) == leaving


async def test_a_waiter_that_arrives_later_stands_behind_those_as_urgent():
    queue = WaitingQueue()
    first = join(queue, "ab", urgent="b")
    assert queue.pop() is first["b"]
    assert leave(queue, first | join(queue, "cd", urgent="d")) == "dac"


@pytest.mark.parametrize("gone", ["a", "b", "c", "ab", "abc"])
async def test_a_waiter_that_gave_up_is_passed_over(gone):
    queue = WaitingQueue()
    waiters = join(queue, "abc")
    for name in gone:
        waiters[name].cancel()
    assert queue.has_waiters() is (gone != "abc")
    assert leave(queue, waiters) == "".join(name for name in "abc" if name not in gone)
    assert (queue.has_waiters(), queue.pop()) == (False, None)


async def test_the_queue_counts_its_waiters():
    queue = WaitingQueue()
    assert (len(queue), queue.has_waiters()) == (0, False)
    join(queue, "ab")
    assert (len(queue), queue.has_waiters()) == (2, True)
    queue.pop()
    assert (len(queue), queue.has_waiters()) == (1, True)


async def test_a_waiter_gets_what_it_is_given():
    queue = WaitingQueue()
    waiter = queue.join(urgent=False)
    queue.pop().set_result("a send time")
    assert await waiter == "a send time"


# The lock


class Users:
    """Users of one lock: each notes when it has the lock, and keeps it for a moment."""

    def __init__(self):
        self.lock = PriorityLock()
        self.order = []
        self.at_once = 0

    async def use(self, name, *, urgent=False):
        async with self.lock.acquired(urgent=urgent):
            assert self.at_once == 0
            self.at_once += 1
            self.order.append(name)
            await asyncio.sleep(0)
            self.at_once -= 1

    async def line_up(self, names, urgent=""):
        tasks = {}
        for name in names:
            tasks[name] = asyncio.create_task(self.use(name, urgent=name in urgent))
            await asyncio.sleep(0)
        return tasks

    async def use_free_lock(self):
        async with asyncio.timeout(5):
            await self.use("later")


@pytest.mark.parametrize(("arriving", "urgent", "leaving"), ORDERS.values(), ids=ORDERS.keys())
async def test_the_lock_is_handed_on_by_urgency_then_by_arrival(arriving, urgent, leaving):
    users = Users()
    async with users.lock.acquired(urgent=False):
        tasks = await users.line_up(arriving, urgent)
        assert users.lock.waiting == len(arriving)
    await asyncio.gather(*tasks.values())
    assert "".join(users.order) == leaving
    assert users.lock.waiting == 0


async def test_nobody_slips_in_while_the_lock_is_handed_on():
    users = Users()
    async with users.lock.acquired(urgent=False):
        tasks = await users.line_up("a")
    await users.use("newcomer", urgent=True)  # the lock is a's already, but a has not run since
    await asyncio.gather(*tasks.values())
    assert users.order == ["a", "newcomer"]


@pytest.mark.parametrize("gone", ["a", "b", "c", "abc"])
async def test_a_user_that_gives_up_waiting_delays_nobody(gone):
    users = Users()
    async with users.lock.acquired(urgent=False):
        tasks = await users.line_up("abc")
        for name in gone:
            tasks[name].cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert users.order == [name for name in "abc" if name not in gone]
    await users.use_free_lock()


async def test_a_user_that_is_cancelled_when_it_gets_the_lock_hands_it_on():
    users = Users()
    async with users.lock.acquired(urgent=False):
        tasks = await users.line_up("ab")
    tasks["a"].cancel()  # the lock is a's already, but a has not run since
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert users.order == ["b"]
    await users.use_free_lock()


async def test_an_exception_frees_the_lock():
    users = Users()
    with pytest.raises(LookupError):
        async with users.lock.acquired(urgent=False):
            raise LookupError
    await users.use_free_lock()
    assert users.order == ["later"]
