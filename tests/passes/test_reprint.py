"""Reprint: no edition tells an article after it was removed, and no briefing is lost or sent twice by that."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from fakes import MORNING, in_line, join, report, rows, shown_text

from briefings.editions.model import DeliveryState
from briefings.newsroom.editing import Reprinted
from briefings.passes.publish import print_due, publish
from briefings.store import editions, outbox, removal
from briefings.store.outbox import Result
from briefings.store.schema import deliveries
from briefings.store.schema import editions as editions_table
from briefings.store.schema import subscribers as subscribers_table

SECOND = timedelta(seconds=1)
NOTHING = Reprinted(0, 0)


@pytest.fixture
async def relos(newsroom, clock) -> int:
    """The id of the article on RELOS; there is one on Tejas too, and two readers who are due at 07:30."""
    await join(newsroom.database, "1", "2", at=MORNING)
    added = await newsroom.editing.add([report("relos"), report("tejas")])
    clock.at(7, 30)
    return added[0].article.id


async def printed_for(database, subscriber=1):
    """The text of each edition that is queued for a reader or was delivered, in the order of queueing."""
    async with database.read() as connection:
        of = await editions.by_ids(connection, [row["id"] for row in await rows(database, editions_table)])
    queued = await rows(database, deliveries, subscriber_id=subscriber)
    return [shown_text(of[row["edition_id"]].blocks) for row in queued]


async def claim(database, now):
    async with database.write() as connection:
        return await outbox.claim(connection, now, limit=10, token="ours", until=now + 30 * SECOND)


async def record(database, claim, state, cursor, now):
    async with database.write() as connection:
        result = Result(claim.delivery, claim.token, state, cursor, 0, now)
        await outbox.record(connection, [result])


async def test_an_edition_that_waits_is_printed_again_without_the_removed_article(
    newsroom, database, renderer, clock, relos
):
    await publish(database, renderer, clock())
    clock.advance(minutes=5)
    removed = await newsroom.editing.remove_articles([relos])
    assert removed.editions == Reprinted(again=1, under_way=0)
    for subscriber in (1, 2):
        [text] = await printed_for(database, subscriber)
        assert "RELOS" not in text
        assert "Tejas" in text
    old, new = await rows(database, editions_table)
    same = ("kind", "told", "printed", "slot_day", "slot_hour", "slot_at", "mark", "rhythm_id", "wishes_id")
    assert {name: old[name] for name in same} == {name: new[name] for name in same}


async def test_an_edition_of_which_readers_are_not_queued_yet_is_printed_again_for_them(
    newsroom, database, renderer, clock, relos
):
    await print_due(database, renderer, clock())
    async with database.write() as connection:
        assert await editions.fan_out(connection, clock(), 1) == 1
    await newsroom.editing.remove_articles([relos])
    await publish(database, renderer, clock())
    for subscriber in (1, 2):
        [text] = await printed_for(database, subscriber)
        assert "RELOS" not in text
    assert len({row["slot"] for row in await rows(database, deliveries)}) == 1


async def test_a_reader_who_has_a_part_of_an_edition_gets_the_rest_of_that(newsroom, database, renderer, clock, relos):
    await publish(database, renderer, clock())
    begun, untouched = await claim(database, clock())
    await record(database, begun, DeliveryState.WAITING, 2, clock())
    await record(database, untouched, DeliveryState.WAITING, 0, clock())
    removed = await newsroom.editing.remove_articles([relos])
    assert removed.editions == Reprinted(again=1, under_way=1)
    assert "RELOS" in (await printed_for(database, begun.subscriber))[0]
    assert "RELOS" not in (await printed_for(database, untouched.subscriber))[0]


async def test_an_edition_that_is_being_sent_goes_on_as_it_was_printed(newsroom, database, renderer, clock, relos):
    await publish(database, renderer, clock())
    await claim(database, clock())
    removed = await newsroom.editing.remove_articles([relos])
    assert removed.editions == Reprinted(again=0, under_way=1)
    assert len(await rows(database, editions_table)) == 1


async def test_delivered_editions_stay_as_they_were(newsroom, database, renderer, clock, relos):
    await publish(database, renderer, clock())
    for claimed in await claim(database, clock()):
        await record(database, claimed, DeliveryState.DELIVERED, 4, clock())
    assert (await newsroom.editing.remove_articles([relos])).editions == NOTHING
    assert len(await rows(database, editions_table)) == 1


async def test_an_edition_that_did_not_tell_the_article_is_left_alone(newsroom, database, renderer, clock, relos):
    [unread] = await newsroom.editing.add([report("arctic", published=None, by_hand=False)])
    clock.advance(minutes=1)
    await publish(database, renderer, clock())
    assert (await newsroom.editing.remove_articles([unread.article.id])).editions == NOTHING


async def test_an_edition_whose_only_story_was_removed_still_comes(newsroom, database, renderer, clock, relos):
    await publish(database, renderer, clock())
    for article in await newsroom.editing.articles():
        await newsroom.editing.remove_articles([article.id])
    [text] = await printed_for(database)
    assert text.startswith("Nothing to report yet")


async def test_news_that_came_after_an_edition_waits_for_the_next(newsroom, database, renderer, clock, relos):
    await publish(database, renderer, clock())
    clock.advance(minutes=5)
    await newsroom.editing.add([report("arctic")])
    await newsroom.editing.remove_articles([relos])
    await publish(database, renderer, clock.at(7, 30, day=5))
    first, second = await printed_for(database)
    assert ["icebreakers" in text for text in (first, second)] == [False, True]
    assert "Tejas" not in second


async def test_a_failed_delivery_that_is_asked_for_again_brings_the_edition_without_the_article(
    newsroom, database, renderer, clock, relos
):
    await publish(database, renderer, clock())
    for claimed in await claim(database, clock()):
        await record(database, claimed, DeliveryState.UNKNOWN, 0, clock())
    await newsroom.editing.remove_articles([relos])
    assert "RELOS" not in (await printed_for(database))[0]


async def test_an_article_that_is_removed_while_an_edition_is_printed_is_not_in_it(
    newsroom, database, renderer, clock, relos
):
    async with database.write() as connection:
        publishing = asyncio.create_task(publish(database, renderer, clock()))
        await in_line(database, 1)
        await removal.remove_articles(connection, [relos], clock())
    await publishing
    assert "RELOS" not in (await printed_for(database))[0]


async def test_an_article_that_is_removed_while_somebody_subscribes_is_not_in_their_first_edition(
    newsroom, database, relos, clock
):
    async with database.write() as connection:
        subscribing = asyncio.create_task(newsroom.readers.subscribe("new"))
        await in_line(database, 1)
        await removal.remove_articles(connection, [relos], clock())
    await subscribing
    [reader] = await rows(database, subscribers_table, address="new")
    assert "RELOS" not in (await printed_for(database, reader["id"]))[0]
