"""Removal: what goes with a topic or an article, what is counted before, and what stays out afterwards."""

from __future__ import annotations

import pytest
from builders import topic
from fakes import MORNING, join, report, rows

from briefings import starter
from briefings.model import Status, Wishes
from briefings.passes.backfill import backfill
from briefings.store import removal, subscribers, topics
from briefings.store.removal import TopicEffects
from briefings.store.schema import article_topics, removed_topics
from briefings.store.schema import topics as topics_table

# Topics


@pytest.fixture
async def three_topics(newsroom):
    """A newsroom with /relos, /arctic, which names it as related, and /tejas; each has an article."""
    relos, arctic = topic("relos", "RELOS"), topic("arctic", "icebreakers", related=("relos", "tejas"))
    await newsroom.editing.store_topics([relos, arctic, topic("tejas", "Tejas")])
    await newsroom.editing.add([report("relos"), report("arctic"), report("tejas")])
    return newsroom


async def effects(database, *commands):
    async with database.read() as connection:
        return await removal.topic_effects(connection, commands)


async def remove(database, *commands):
    async with database.write() as connection:
        await removal.remove_topics(connection, commands, MORNING)


async def test_a_removed_topic_goes_with_its_tags_and_from_the_related_topics_of_others(three_topics, database):
    tagged = {row["topic"] for row in await rows(database, article_topics)}
    assert tagged == {"relos", "arctic", "tejas"}
    await remove(database, "relos")
    assert {row["topic"] for row in await rows(database, article_topics)} == {"arctic", "tejas"}
    assert {row["command"]: row["related"] for row in await rows(database, topics_table)} == {
        "arctic": ["tejas"],
        "tejas": [],
    }


async def test_the_articles_with_any_of_the_topics_are_counted_once(three_topics, database):
    with_relos = await rows(database, article_topics, topic="relos")
    with_either = {row["article_id"] for row in await rows(database, article_topics) if row["topic"] != "tejas"}
    assert (await effects(database, "relos")).tagged == len(with_relos)
    assert (await effects(database, "relos", "arctic")).tagged == len(with_either)


async def test_subscribed_readers_who_chose_the_topic_by_name_are_counted(three_topics, database):
    await join(database, "1", "2", at=MORNING, wishes=Wishes(frozenset({"relos"})))
    await join(database, "3", at=MORNING, wishes=Wishes(frozenset({"relos"}), 5))
    await join(database, "4", at=MORNING, wishes=Wishes(frozenset({"relos", "tejas"})))
    await join(database, "5", at=MORNING)
    await join(database, "6", at=MORNING, wishes=Wishes(frozenset()))
    await join(database, "7", at=MORNING, wishes=Wishes(frozenset({"relos"})))
    async with database.write() as connection:
        gone = await subscribers.find(connection, "7")
        await subscribers.set_status(connection, gone.id, Status.STOPPED)
    assert await effects(database, "relos") == TopicEffects(1, followers=4, stranded=3)
    assert (await effects(database, "relos", "tejas")).stranded == 4
    assert (await effects(database, "arctic")).followers == 0


async def test_readers_keep_their_wishes_and_follow_a_topic_that_is_added_again(three_topics, database):
    await join(database, "1", at=MORNING, wishes=Wishes(frozenset({"relos"})))
    await remove(database, "relos")
    assert not (await three_topics.reading.preview(Wishes(frozenset({"relos"}))))[1]
    await three_topics.editing.store_topics([topic("relos", "RELOS")])
    async with database.read() as connection:
        reader = await subscribers.find(connection, "1")
    assert [item.commands[0] for item in (await three_topics.reading.preview(reader.wishes))[1]] == ["relos"]


async def test_the_starter_topics_do_not_come_back_after_the_last_topic_was_removed(three_topics, database):
    await remove(database, "relos", "arctic", "tejas")
    await three_topics.editing.seed_topics(starter.topics())
    assert await three_topics.reading.topics() == []


async def test_a_topic_can_be_removed_again_after_it_was_added_again(three_topics, database):
    for _ in range(2):
        await remove(database, "relos")
        await three_topics.editing.store_topics([topic("relos", "RELOS")])
    assert [row["command"] for row in await rows(database, removed_topics)] == ["relos"]


async def test_a_topic_that_still_waits_for_its_backfill_can_be_removed(three_topics, database):
    async with database.write() as connection:
        await topics.keep(connection, topic("navy", "navy"))
    await remove(database, "navy")
    assert await backfill(database) == 0
