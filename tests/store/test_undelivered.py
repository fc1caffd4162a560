"""Told means delivered: the arrows e and g, and the mark of a reader who could not be told."""

from datetime import timedelta

import pytest
from fakes import MORNING, blocks, join, queue, rows, states
from sqlalchemy import update

from briefings.editions.memory import UNKNOWN_REPORT, Remembered, in_order
from briefings.editions.model import DeliveryState
from briefings.errors import Problem, stated
from briefings.model import Status
from briefings.store import memories, outbox, subscribers, undelivered
from briefings.store.outbox import Result
from briefings.store.schema import deliveries, editions
from briefings.store.schema import subscribers as readers_table

DELIVERED, FAILED, UNKNOWN = DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.UNKNOWN
WAITING, SENDING = DeliveryState.WAITING, DeliveryState.SENDING
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
NO_RIGHTS = stated("not enough rights")


@pytest.fixture(autouse=True)
async def readers(database):
    await join(database, "1", "2", at=MORNING - 30 * DAY)


async def claim(database, *, now=MORNING):
    """Claim reader 1's oldest delivery."""
    async with database.write() as connection:
        claims = await outbox.claim(connection, now, limit=10, token="ours", until=now + 30 * SECOND)
    return next(claim for claim in claims if claim.subscriber == 1)


async def give_up(database, claim, reason=NO_RIGHTS):
    async with database.write() as connection:
        return await undelivered.give_up(connection, claim, reason)


async def close(database, subscriber, reason):
    async with database.write() as connection:
        await undelivered.close(connection, subscriber, stated(reason))


async def retry(database, delivery, now=MORNING):
    async with database.write() as connection:
        return await undelivered.retry(connection, delivery, now)


async def refusals(database):
    async with database.read() as connection:
        return await undelivered.refusals(connection, 1)


async def change(database, table, row_id, **values):
    async with database.write() as connection:
        await connection.execute(update(table).where(table.c.id == row_id).values(**values))


async def print_for_reader(
    database, mark, told, *, stories=(), brief=(), left=(), reports=None, state=WAITING, cursor=0, memory=()
):
    """Queue an edition of these stories for reader 1, who stood at `mark` with this memory; it has got this far.

    The report that a story quotes is a hundred times the story, unless `reports` are given.
    """
    printed = ["masthead", *map(str, stories), *(["in brief"] if brief else []), "end"]
    [delivery] = await queue(database, blocks(*printed), "1", now=told)
    [row] = await rows(database, deliveries, id=delivery)
    all_stories = [*stories, *brief]
    quoted = [100 * story for story in all_stories] if reports is None else reports
    after = [told_story(story, until=None, last=told - HOUR) for story in all_stories]
    after += [Remembered(story, None, None, told - HOUR) for story in left]
    async with database.write() as connection:
        values = {
            "mark": mark,
            "memory_id": await memories.number(connection, memory),
            "told": told,
            "memory_after_id": await memories.number(connection, in_order(after)),
            "stories": all_stories,
            "reports": quoted,
        }
    await change(database, editions, row["edition_id"], **values)
    await change(database, deliveries, delivery, cursor=cursor, state=state)
    await change(database, readers_table, 1, mark=told, memory_id=values["memory_after_id"])
    return delivery


def told_story(story, *, until, last, report=None):
    """A story as a reader who was told it remembers it."""
    return Remembered(story, 100 * story if report is None else report, until, last)


def ahead(*stories, until, report=None):
    """The memory of a reader who was told these stories up to a time after their mark."""
    return tuple(told_story(story, until=until, last=until - HOUR, report=report) for story in stories)


async def told(database):
    """Return reader 1's mark and memory."""
    [row] = await rows(database, readers_table, id=1)
    async with database.read() as connection:
        return row["mark"], await memories.load(connection, row["memory_id"])


async def reasons(database):
    stored = [row["reason"] for row in await rows(database, deliveries)]
    return [reason and Problem.from_text(reason) for reason in stored]


# What was not told


async def test_e_a_refused_edition_was_not_told(database):
    await print_for_reader(database, MORNING - HOUR, MORNING, stories=(1, 2))
    assert await give_up(database, await claim(database))
    assert await told(database) == (MORNING - HOUR, ())
    assert await states(database) == ["failed"]
    assert await reasons(database) == [NO_RIGHTS]


async def test_e_editions_printed_behind_a_refused_one_are_closed_and_the_mark_goes_to_the_first(database):
    await print_for_reader(database, MORNING - 3 * HOUR, MORNING - 2 * HOUR)
    await print_for_reader(database, MORNING - 2 * HOUR, MORNING - HOUR)
    await print_for_reader(database, MORNING - HOUR, MORNING)
    assert await give_up(database, await claim(database))
    assert await told(database) == (MORNING - 3 * HOUR, ())
    assert await states(database) == ["failed"] * 3
    assert await reasons(database) == [NO_RIGHTS, undelivered.BEHIND, undelivered.BEHIND]


async def test_e_of_an_edition_that_arrived_in_part_the_stories_that_arrived_are_told(database):
    await print_for_reader(database, MORNING - HOUR, MORNING, stories=(11, 12, 13), cursor=3)  # masthead, 11, 12
    assert await give_up(database, await claim(database))
    assert await told(database) == (MORNING - HOUR, ahead(11, 12, until=MORNING))


BLOCKS_THAT_ARRIVED = {
    "nothing": (0, ()),
    "masthead": (1, ()),
    "first-story": (2, (11,)),
    "all-but-those-in-brief": (3, (11, 12)),
    "those-in-brief": (4, (11, 12, 13, 14)),
    "end": (5, (11, 12, 13, 14)),
}


@pytest.mark.parametrize(("cursor", "stories"), BLOCKS_THAT_ARRIVED.values(), ids=BLOCKS_THAT_ARRIVED)
async def test_e_the_stories_in_brief_arrive_together_in_one_block(database, cursor, stories):
    await print_for_reader(database, MORNING - HOUR, MORNING, stories=(11, 12), brief=(13, 14), cursor=cursor)
    await give_up(database, await claim(database))
    assert await told(database) == (MORNING - HOUR, ahead(*stories, until=MORNING))


async def test_e_the_memory_goes_back_with_the_mark_and_keeps_what_was_left_out_before(database):
    before = (told_story(5, until=None, last=MORNING - DAY), Remembered(11, None, None, MORNING - DAY))
    await print_for_reader(database, MORNING - HOUR, MORNING, stories=(12,), left=(11, 13), memory=before)
    await give_up(database, await claim(database))
    assert await told(database) == (MORNING - HOUR, before)


async def test_e_a_story_left_out_before_is_told_once_it_arrives(database):
    before = (Remembered(11, None, None, MORNING - DAY),)
    await print_for_reader(database, MORNING - HOUR, MORNING, stories=(11, 12), cursor=2, memory=before)
    await give_up(database, await claim(database))
    assert await told(database) == (MORNING - HOUR, ahead(11, until=MORNING))


async def test_e_it_is_not_known_which_report_an_edition_of_an_earlier_version_quoted(database):
    await print_for_reader(database, MORNING - HOUR, MORNING, stories=(11,), reports=[], cursor=2)
    await give_up(database, await claim(database))
    assert await told(database) == (MORNING - HOUR, ahead(11, until=MORNING, report=UNKNOWN_REPORT))


async def test_e_a_part_that_holds_no_story_yet_tells_none(database):
    await print_for_reader(database, MORNING - HOUR, MORNING, stories=(11, 12), cursor=1)
    await give_up(database, await claim(database))
    assert await told(database) == (MORNING - HOUR, ())


async def test_e_what_was_told_ahead_before_is_remembered_when_the_next_edition_is_refused_too(database):
    before = ahead(11, until=MORNING - HOUR)
    await print_for_reader(database, MORNING - DAY, MORNING, stories=(12, 13), cursor=2, memory=before)
    await give_up(database, await claim(database))
    assert await told(database) == (MORNING - DAY, before + ahead(12, until=MORNING))


async def test_e_the_next_edition_that_is_queued_brings_its_own_memory(database):
    await print_for_reader(database, MORNING - HOUR, MORNING, stories=(11, 12), cursor=2)
    await give_up(database, await claim(database))
    after = (Remembered(13, None, None, MORNING),)
    await queue(database, blocks("next"), "1", now=MORNING + DAY, memory=after)
    assert await told(database) == (MORNING + DAY, after)


@pytest.mark.parametrize("state", [DELIVERED, UNKNOWN])
async def test_e_what_a_later_edition_told_stays_told(database, state):
    old = await print_for_reader(database, MORNING - 2 * HOUR, MORNING - HOUR, state=UNKNOWN)
    await print_for_reader(database, MORNING - HOUR, MORNING, state=state, cursor=2)
    assert await retry(database, old) is None
    await give_up(database, await claim(database))
    assert await told(database) == (MORNING, ())


@pytest.mark.parametrize("state", [DELIVERED, UNKNOWN])
async def test_a_closed_edition_before_leaves_the_mark_to_the_open_ones(database, state):
    await print_for_reader(database, MORNING - 3 * HOUR, MORNING - 2 * HOUR, state=state)
    await print_for_reader(database, MORNING - 2 * HOUR, MORNING - HOUR)
    await close(database, 1, "unsubscribed")
    assert await told(database) == (MORNING - 2 * HOUR, ())


async def test_e_a_claim_that_has_ended_closes_nothing(database):
    await print_for_reader(database, MORNING - HOUR, MORNING)
    old = await claim(database)
    async with database.write() as connection:
        await outbox.give_back(connection, "ours")
    assert not await give_up(database, old)
    assert await told(database) == (MORNING, ())
    assert await states(database) == ["waiting"]


async def test_e_all_open_deliveries_of_a_reader_are_closed_and_no_others(database):
    await print_for_reader(database, None, MORNING, state=DELIVERED)
    await print_for_reader(database, None, MORNING)
    await claim(database)
    await queue(database, blocks("waiting"), "1", "2", now=MORNING)
    await close(database, 1, "unsubscribed")
    assert await states(database) == ["delivered", "failed", "failed", "waiting"]
    assert await reasons(database) == [None, stated("unsubscribed"), stated("unsubscribed"), None]
    assert [row["token"] for row in await rows(database, deliveries)] == [None] * 4


async def test_closing_nothing_leaves_the_mark(database):
    await print_for_reader(database, MORNING - HOUR, MORNING, state=DELIVERED)
    await close(database, 1, "blocked")
    assert await told(database) == (MORNING, ())


# Refused in a row


async def refuse(database, created):
    await print_for_reader(database, created - DAY, created)
    await give_up(database, await claim(database, now=created))


async def test_refusals_in_a_row_are_counted_from_the_latest(database):
    for day in (0, 1, 2):
        await refuse(database, MORNING + day * DAY)
    assert await refusals(database) == [MORNING + 2 * DAY, MORNING + DAY, MORNING]


async def test_a_delivery_that_arrived_ends_the_row(database):
    await refuse(database, MORNING)
    await print_for_reader(database, MORNING, MORNING + HOUR, state=DELIVERED)
    await refuse(database, MORNING + DAY)
    assert await refusals(database) == [MORNING + DAY]


async def test_deliveries_that_were_closed_behind_others_or_by_the_reader_are_no_refusals(database):
    await print_for_reader(database, None, MORNING)
    await print_for_reader(database, None, MORNING)
    await give_up(database, await claim(database))
    await print_for_reader(database, None, MORNING + HOUR)
    async with database.write() as connection:
        await undelivered.close(connection, 1, undelivered.UNSUBSCRIBED)
    assert await refusals(database) == [MORNING]


async def test_refusals_before_the_reader_subscribed_again_do_not_count(database):
    await refuse(database, MORNING)
    async with database.write() as connection:
        await subscribers.rearm(connection, 1, MORNING + HOUR)
    assert await refusals(database) == []


# Asked for again


@pytest.mark.parametrize("state", [FAILED, UNKNOWN])
async def test_g_a_delivery_that_is_asked_for_again_goes_on_at_its_cursor(database, state):
    await print_for_reader(database, None, MORNING, stories=(1,))
    claimed = await claim(database)
    failed = Result(claimed.delivery, "ours", state, 1, 7, MORNING, reason=NO_RIGHTS, unknown_sends=2)
    async with database.write() as connection:
        await outbox.record(connection, [failed])
    assert await retry(database, claimed.delivery, MORNING + SECOND) is None
    again = await claim(database, now=MORNING + SECOND)
    assert (again.cursor, again.attempts, again.unknown_sends, again.reason) == (1, 0, 0, None)


async def test_g_the_mark_moves_on_again_with_the_edition_that_is_asked_for(database):
    delivery = await print_for_reader(database, MORNING - HOUR, MORNING, stories=(1, 2), cursor=2)
    await give_up(database, await claim(database))
    assert await retry(database, delivery) is None
    after = tuple(told_story(story, until=None, last=MORNING - HOUR) for story in (1, 2))
    assert await told(database) == (MORNING, after)
    await give_up(database, await claim(database))
    assert await told(database) == (MORNING - HOUR, ahead(1, until=MORNING))


NOT_AGAIN = {"waiting": WAITING, "sending": SENDING, "delivered": DELIVERED}


@pytest.mark.parametrize("state", NOT_AGAIN.values(), ids=NOT_AGAIN)
async def test_g_only_a_failed_or_unknown_delivery_can_be_asked_for_again(database, state):
    delivery = await print_for_reader(database, None, MORNING, state=state)
    assert await retry(database, delivery) == Problem("no-failed-delivery", {"number": delivery})
    assert await retry(database, 999) == Problem("no-failed-delivery", {"number": 999})
    assert await states(database) == [state.value]


async def test_g_a_delivery_to_a_reader_who_is_not_active_cannot_be_asked_for_again(database):
    delivery = await print_for_reader(database, None, MORNING, state=FAILED)
    async with database.write() as connection:
        await subscribers.set_status(connection, 1, Status.GONE)
    assert await retry(database, delivery) == Problem("no-failed-delivery", {"number": delivery})


async def test_g_an_edition_whose_stories_another_brings_is_not_sent_again(database):
    first = await print_for_reader(database, MORNING - 2 * HOUR, MORNING - HOUR)
    behind = await print_for_reader(database, MORNING - HOUR, MORNING)
    await give_up(database, await claim(database))
    assert await retry(database, behind) == Problem("stories-come-otherwise", {"number": behind})
    await queue(database, blocks("all of it"), "1", now=MORNING + DAY)
    assert await retry(database, first) == Problem("stories-come-otherwise", {"number": first})
    assert await states(database) == ["failed", "failed", "waiting"]
