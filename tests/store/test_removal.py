"""Removal: what goes with a topic or an article, what is counted before, and what stays out afterwards."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta

import pytest
from builders import topic
from fakes import MORNING, in_line, join, keyed, report, rows

from briefings import starter
from briefings.errors import Problem
from briefings.model import Entry, Status, Wishes
from briefings.passes.backfill import backfill
from briefings.passes.ingest import ingest
from briefings.store import articles as articles_of_store
from briefings.store import removal, subscribers, topics
from briefings.store.removal import ArticleEffects, TopicEffects
from briefings.store.schema import article_sketches, article_topics, article_versions, articles, removed_topics, stories
from briefings.store.schema import topics as topics_table
from briefings.stories.identity import fingerprint
from briefings.stories.keyed import NewArticle

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
    assert not (await three_topics.reading.preview(Wishes(frozenset({"relos"})))).draft.items
    await three_topics.editing.store_topics([topic("relos", "RELOS")])
    async with database.read() as connection:
        reader = await subscribers.find(connection, "1")
    assert [item.commands[0] for item in (await three_topics.reading.preview(reader.wishes)).draft.items] == ["relos"]


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


# Articles


async def remove_articles(database, *ids):
    async with database.write() as connection:
        await removal.remove_articles(connection, ids, MORNING)


async def article_effects(database, *ids):
    async with database.read() as connection:
        return await removal.article_effects(connection, ids)


@pytest.fixture
async def with_copies(newsroom):
    """An article (1) with two copies (2, 3), and another one (4)."""
    copies = [report("relos", url=f"https://{name}.example/", source=name) for name in ("b", "c")]
    await newsroom.editing.add([report("relos"), *copies, report("tejas")])
    return newsroom


async def test_an_article_goes_with_everything_that_hangs_on_it(newsroom, database, clock):
    await newsroom.editing.seed_topics(starter.topics())
    [added] = await newsroom.editing.add([report("relos")])
    clock.advance(hours=1)
    await newsroom.editing.add([report("relos", text=f"{report('relos').text} It cost 12 million roubles.")])
    number = added.article.id
    assert await rows(database, article_versions, article_id=number)
    assert await article_effects(database, number) == ArticleEffects({number: report("relos").title}, 1, 0, MORNING)
    await remove_articles(database, number)
    for table in (articles, article_versions, article_topics, article_sketches):
        assert await rows(database, table) == []
    assert (await newsroom.reading.search("roubles"))[1] == []
    assert await newsroom.editing.stories() == []


async def test_the_first_remaining_copy_becomes_the_original_of_the_others(with_copies, database):
    assert (await article_effects(database, 1)).heirs == 1
    sketch = {row["shingle"] for row in await rows(database, article_sketches, article_id=1)}
    await remove_articles(database, 1)
    assert {row["id"]: row["copy_of"] for row in await rows(database, articles)} == {2: None, 3: 2, 4: None}
    assert {row["shingle"] for row in await rows(database, article_sketches, article_id=2)} == sketch


@pytest.mark.parametrize("ids", [(1, 2), (2, 1)])
async def test_a_copy_that_is_removed_too_becomes_no_original(with_copies, database, ids):
    assert (await article_effects(database, *ids)).heirs == 1
    await remove_articles(database, *ids)
    assert {row["id"]: row["copy_of"] for row in await rows(database, articles)} == {3: None, 4: None}


async def test_an_original_whose_copies_all_go_with_it_has_no_heir(with_copies, database):
    assert (await article_effects(database, 1, 2, 3)).heirs == 0
    await remove_articles(database, 1, 2, 3)
    assert [row["id"] for row in await rows(database, articles)] == [4]


async def test_a_story_keeps_the_date_of_its_remaining_reports(newsroom, database):
    later = MORNING + timedelta(hours=1)
    first, last = await newsroom.editing.add(
        [report("relos"), report("relos", url="https://b.example/", published=later)]
    )
    await remove_articles(database, last.article.id)
    [story] = await rows(database, stories)
    assert story["last"] == first.article.published


async def test_the_id_of_a_removed_article_or_story_is_not_given_again(newsroom):
    [removed] = await newsroom.editing.add([report("relos")])
    await newsroom.editing.remove_articles([removed.article.id])
    [added] = await newsroom.editing.add([report("tejas")])
    assert added.article.id > removed.article.id
    assert added.article.story > removed.article.story


async def test_an_article_that_is_not_ready_yet_can_be_removed(newsroom, database):
    await ingest(database, [report("relos")], MORNING)
    await newsroom.editing.remove_articles([1])
    await newsroom.editing.enrich()
    assert await newsroom.editing.articles() == []


async def test_an_article_that_is_removed_while_it_is_searched_for_a_topic_gets_no_tag(newsroom, database):
    first, second = await newsroom.editing.add([report("relos"), report("relos", url="https://b.example/")])
    async with database.write() as connection:
        await topics.keep(connection, topic("relos", "RELOS"))
    async with database.write() as connection:
        searching = asyncio.create_task(backfill(database))
        await in_line(database, 1)
        await removal.remove_articles(connection, [second.article.id], MORNING)
    await searching
    assert [row["article_id"] for row in await rows(database, article_topics)] == [first.article.id]


# Items and texts that are kept out


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="as it was"),
        pytest.param(
            {"title": "Corrected", "text": "Another text about the pact, with 12 new words in it."}, id="changed"
        ),
        pytest.param({"url": "https://www.example.org/relos?utm_source=x"}, id="the address written otherwise"),
        pytest.param({"url": "https://example.org/moved"}, id="at another address"),
        pytest.param({"url": None}, id="without an address"),
    ],
)
async def test_a_source_does_not_bring_a_removed_article_back(newsroom, database, changes):
    [removed] = await newsroom.editing.add([report("relos", by_hand=False)])
    await newsroom.editing.remove_articles([removed.article.id])
    again, other = await newsroom.editing.add(
        [report("relos", by_hand=False, **changes), report("tejas", by_hand=False)]
    )
    assert (again.status, again.reason) == ("rejected", Problem("removed-earlier"))
    assert other.status == "stored"
    assert len(await rows(database, articles)) == 1


async def test_an_article_without_a_text_keeps_no_other_without_one_out(database):
    async with database.write() as connection:
        stub = keyed(Entry("Weather", "Weather", url="https://a.example/1"), fingerprint=fingerprint("Weather"))
        other = dataclasses.replace(stub, item="name: another", canonical="https://a.example/2")
        ids = await articles_of_store.keep(connection, [NewArticle(stub)], MORNING)
        await removal.remove_articles(connection, ids, MORNING)
        assert await removal.kept_out(connection, [stub, other]) == {stub}


async def test_an_address_stays_out_for_the_source_that_brought_it_and_for_no_other(database):
    async with database.write() as connection:
        blog = keyed(Entry("Weather", "It rains.", url="https://a.example/1", source="Blog"))
        paper = keyed(Entry("Weather", "The sun shines.", url="https://a.example/1", source="Paper"))
        edited = dataclasses.replace(blog, item="site:x https://a.example/1", fingerprint="It snows.")
        ids = await articles_of_store.keep(connection, [NewArticle(blog)], MORNING)
        await removal.remove_articles(connection, ids, MORNING)
        other_item = dataclasses.replace(edited, item="feed:1 guid-2")
        assert await removal.kept_out(connection, [blog, paper, edited, other_item]) == {blog, edited}


async def test_a_report_that_was_attached_to_a_removed_article_stays(newsroom, database):
    stub = report("relos", source="Blog", text="Comments")
    [article, _] = await newsroom.editing.add([report("relos"), stub])
    await newsroom.editing.remove_articles([article.article.id])
    [left] = await rows(database, articles)
    assert (left["source"], left["copy_of"], left["attached_to"]) == ("Blog", None, None)


async def test_a_copy_that_was_not_removed_still_follows_its_source(with_copies, database):
    await remove_articles(database, 1)
    copy = report("relos", url="https://b.example/", source="b", by_hand=False)
    changed = dataclasses.replace(copy, text=f"{copy.text} It cost 12 million roubles.")
    assert [result.status for result in await with_copies.editing.add([copy])] == ["known"]
    assert [result.status for result in await with_copies.editing.add([changed])] == ["known"]
    assert "roubles" in (await rows(database, articles, id=2))[0]["text"]


async def test_an_editor_can_add_a_removed_article_again_and_its_source_may_change_it_then(newsroom):
    [removed] = await newsroom.editing.add([report("relos", by_hand=False)])
    await newsroom.editing.remove_articles([removed.article.id])
    [added] = await newsroom.editing.add([report("relos")])
    assert (added.status, added.article.title) == ("stored", removed.article.title)
    [again] = await newsroom.editing.add([report("relos", by_hand=False)])
    assert (again.status, again.article.id) == ("known", added.article.id)
