"""The door's editing: adding entries and topics, and listing what is stored."""

from dataclasses import replace
from datetime import timedelta

from fakes import MORNING, NEWS, report, rows, shown_text

from briefings import starter
from briefings.passes.publish import publish
from briefings.store.schema import articles, editions


async def test_an_added_entry_is_stored_and_made_ready(topical):
    [added] = await topical.editing.add([report("relos")])
    assert (added.status, added.reason) == ("stored", None)
    assert added.article.summary
    assert "relos" in added.article.topics
    assert (await topical.editing.articles())[0].id == added.article.id


async def test_an_entry_at_a_stored_address_is_known_and_returns_the_stored_article(newsroom):
    [first] = await newsroom.editing.add([report("relos")])
    tracked = report("relos", url="https://www.example.org/relos?utm_source=x", title="Another title", text="Other.")
    [again] = await newsroom.editing.add([tracked])
    assert (again.status, again.article.id, again.article.title) == ("known", first.article.id, NEWS["relos"][0])


async def test_the_same_text_at_another_address_is_a_copy_in_the_same_story_and_counts_once(newsroom):
    first, copy = await newsroom.editing.add(
        [report("relos"), report("relos", url="https://b.example/x", source="Other")]
    )
    assert (copy.status, copy.article.copy_of) == ("stored", first.article.id)
    [story] = await newsroom.editing.stories()
    assert len(story.articles) == 2
    assert story.outlets == ("Sample Wire",)


async def test_a_stored_text_without_an_address_is_known(newsroom):
    [first] = await newsroom.editing.add([report("relos")])
    [again] = await newsroom.editing.add([report("relos", url=None)])
    assert (again.status, again.article.id) == ("known", first.article.id)


async def test_adding_no_entries_returns_none(newsroom):
    assert await newsroom.editing.add([]) == []


async def test_results_come_in_the_order_of_the_entries(newsroom):
    await newsroom.editing.add([report("tejas")])
    added = await newsroom.editing.add([report("relos"), report("tejas"), report("arctic"), report("relos")])
    assert [result.status for result in added] == ["stored", "known", "stored", "known"]
    assert [result.article.title for result in added] == [NEWS[e][0] for e in ("relos", "tejas", "arctic", "relos")]


async def test_undated_text_is_told_only_when_it_was_added_by_hand(newsroom):
    by_hand, from_source = report("relos", published=None), report("tejas", published=None, by_hand=False)
    await newsroom.editing.add([by_hand, from_source])
    reading = shown_text((await newsroom.reading.today("stranger")).blocks)
    assert "RELOS" in reading
    assert "undated" in reading
    assert "Tejas" not in reading
    _, hits = await newsroom.reading.search("tejas")
    assert len(hits) == 1, "it serves searches and dossiers"


async def test_news_dated_tomorrow_waits_for_tomorrow_and_is_not_lost(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("5")
    await newsroom.editing.add([report("relos", published=MORNING + timedelta(hours=20))])
    assert "RELOS" not in shown_text((await newsroom.reading.today("5")).blocks)
    await publish(database, renderer, clock.at(7, 30))
    await publish(database, renderer, clock.at(7, 30, day=5))
    printed = [str(row["blocks"]).split("Last told")[0] for row in await rows(database, editions, kind="scheduled")]
    assert ["RELOS" in text for text in printed] == [False, True]


async def test_stored_articles_are_listed_newest_first(newsroom, database):
    await newsroom.editing.add([report(event) for event in NEWS])
    assert [article.title for article in await newsroom.editing.articles(2)] == [NEWS["arctic"][0], NEWS["taiwan"][0]]
    assert len(await newsroom.editing.articles()) == len(await rows(database, articles)) == len(NEWS)


async def test_the_newest_stories_are_listed_whole_and_counted(newsroom):
    later = MORNING + timedelta(hours=1)
    copied = [report("relos"), report("relos", url="https://b.example/x", published=later)]
    removed, *_ = await newsroom.editing.add([report("arctic", published=later), *copied, report("tejas")])
    await newsroom.editing.remove_articles([removed.article.id])
    everything = await newsroom.editing.stories()
    assert await newsroom.editing.counts() == (3, 2)
    assert [len(story.articles) for story in everything] == [2, 1]
    assert await newsroom.editing.stories(1) == everything[:1]
    assert await newsroom.editing.stories(9) == everything


async def test_topics_are_seeded_only_into_a_newsroom_without_any(topical):
    topics = await topical.reading.topics()
    assert topics == sorted(starter.topics(), key=lambda topic: topic.command)
    await topical.editing.seed_topics(starter.topics()[:1])
    assert await topical.reading.topics() == topics


def numbered(number):
    """An entry with a text of its own."""
    words = " ".join(f"{word}{number}" for word in NEWS["relos"][1].split()[:20])
    return report("relos", title=f"Report {number}", text=words, url=f"https://a.example/{number}")


async def test_entries_that_share_an_address_are_stored_together(newsroom):
    """Ingest tells several articles at one address from changes of one article only where it is given all of them."""
    entries = [numbered(number) for number in range(450)]
    entries[10] = replace(entries[10], url="https://a.example/live")
    entries[440] = replace(entries[440], url="https://www.a.example/live?utm_source=x", source="Other")
    pieces = []
    await newsroom.editing.store(entries, pieces.append)
    assert [len(piece) for piece in pieces] == [441, 9]


async def test_results_come_piece_by_piece_in_order(newsroom):
    entries = [numbered(number) for number in range(450)]
    entries[205] = replace(entries[205], text="")
    pieces = []
    await newsroom.editing.store(entries, pieces.append)
    assert [len(piece) for piece in pieces] == [200, 200, 50]
    assert [number for number, result in enumerate(pieces[1]) if not result.article] == [5]
    ids = [result.article for piece in pieces for result in piece if result.article]
    assert ids == sorted(set(ids))
