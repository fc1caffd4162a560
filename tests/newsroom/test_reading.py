"""The door's reading: editions, stories left out, dossiers, search, previews. Reading changes nothing."""

from datetime import timedelta

import pytest
from fakes import MORNING, NEWS, report, rows, shown_text, states

from briefings.editions.model import text_of
from briefings.errors import BadQuery
from briefings.model import Entry, Wishes
from briefings.store.schema import editions

# Editions, and the stories they left out


async def test_today_tells_what_is_new_since_the_mark(newsroom):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    await newsroom.editing.add([report("tejas")])
    reading = await newsroom.reading.today("5")
    assert (reading.again, reading.stranger) == (False, False)
    assert "Tejas" in shown_text(reading.blocks)
    assert "RELOS" not in shown_text(reading.blocks)


async def test_today_repeats_the_last_edition_when_nothing_is_new(newsroom):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    reading = await newsroom.reading.today("5")
    assert (reading.again, reading.stranger) == (True, False)
    assert "RELOS" in shown_text(reading.blocks)


async def test_today_repeats_the_last_edition_although_it_left_stories_out(newsroom, database):
    await newsroom.editing.add(_many())
    await newsroom.readers.subscribe("5")
    [edition] = await rows(database, editions)
    assert edition["left_out"]
    assert (await newsroom.reading.today("5")).again


async def test_today_repeats_no_edition_from_before_an_article_was_removed(newsroom, clock):
    [added] = await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    clock.advance(minutes=1)
    await newsroom.editing.remove_articles([added.article.id])
    reading = await newsroom.reading.today("5")
    assert not reading.again
    assert shown_text(reading.blocks).startswith("Nothing new")


@pytest.mark.parametrize("who", ["stranger", "left"])
async def test_today_gives_a_stranger_the_general_edition(newsroom, who):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("left")
    await newsroom.readers.unsubscribe("left")
    reading = await newsroom.reading.today(who)
    assert reading.stranger
    assert "RELOS" in shown_text(reading.blocks)


async def test_today_queues_nothing(newsroom, database):
    await newsroom.readers.subscribe("5")
    await newsroom.editing.add([report("relos")])
    await newsroom.reading.today("5")
    assert len(await states(database)) == 1


async def test_today_tells_only_the_topics_a_reader_follows(topical, database, renderer, clock):
    await topical.readers.subscribe("5")
    await topical.readers.set_topic("5", "tejas", is_followed=False)
    await topical.editing.add([report("relos"), report("tejas")])
    reading = await topical.reading.today("5")
    assert "RELOS" in shown_text(reading.blocks)
    assert "Tejas" not in shown_text(reading.blocks)


MANY = 25


def _many():
    """News enough for several editions, each story of its own."""
    places = (
        "Oslo Lima Cairo Quito Hanoi Accra Riga Doha Tunis Sofia Dakar Minsk Lagos Paris Delhi Kabul Seoul "
        "Tokyo Bonn Turin Basel Perth Osaka Milan Davos"
    ).split()
    assert len(places) == MANY
    return [
        Entry(
            f"{place} opens harbour number {1000 + 7 * n} after {place} council vote",
            f"The council of {place} opened harbour number {1000 + 7 * n} on Tuesday after a vote of {20 + n} to {n}. "
            f"Mayor Ada {place}son said that {place} had waited {n + 3} years for it. "
            f"Work on the quays of {place} cost {40 + 3 * n} million euros.",
            f"https://example.org/{place}",
            MORNING - timedelta(hours=1, minutes=n),
            f"{place} Post",
            "en",
        )
        for n, place in enumerate(places)
    ]


async def test_more_gives_the_stories_left_out_of_the_last_edition(newsroom, database):
    await newsroom.editing.add(_many())
    await newsroom.readers.subscribe("5")
    [edition] = await rows(database, editions)
    assert 0 < len(edition["left_out"]) < MANY
    first = await newsroom.reading.more("5")
    pages = [first, *[await newsroom.reading.more("5", page) for page in range(1, first.pages)]]
    assert [page.page for page in pages] == list(range(len(pages)))
    shown = "\n".join(shown_text(page.blocks) for page in pages)
    stories = {story.id: story for story in await newsroom.editing.stories()}
    for number in edition["left_out"]:
        assert shown.count(stories[number].articles[0].source) == 1
    for number in edition["stories"]:
        assert stories[number].articles[0].source not in shown
    assert await newsroom.reading.more("5", 99) == pages[-1]


async def test_more_is_empty_for_a_stranger_and_when_nothing_was_left_out(newsroom):
    assert (await newsroom.reading.more("stranger")).blocks == ()
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    assert (await newsroom.reading.more("5")).blocks == ()


# Keywords and dossiers

WORDS = ["relos", "RELOS", "/relos", "Reciprocal Exchange of Logistics Support"]


@pytest.mark.parametrize("word", WORDS)
async def test_a_keyword_is_answered_with_its_dossier(topical, word):
    await topical.editing.add([report("relos")])
    answer = await topical.reading.look_up(word)
    assert answer.topic.command == "relos"
    assert "RELOS" in text_of(answer.dossier_block.html)
    assert (answer.nearest, answer.archive_block) == ((), None)


@pytest.mark.parametrize(("name", "command"), [("S.400", "s400"), ("s 400", "s400"), ("s 400 now", None), ("", None)])
async def test_a_topic_is_found_by_any_of_its_names(topical, name, command):
    topic = await topical.reading.topic_named(name)
    assert (topic and topic.command) == command


async def test_a_topic_without_articles_has_a_dossier_with_its_definition(topical):
    answer = await topical.reading.look_up("relos")
    assert answer.topic.definition[:30] in text_of(answer.dossier_block.html)


async def test_a_misspelt_topic_is_among_the_nearest(topical):
    answer = await topical.reading.look_up("relas")
    assert answer.topic is None
    assert "relos" in answer.nearest


async def test_any_other_word_is_answered_from_the_archive(topical):
    await topical.editing.add([report("arctic")])
    answer = await topical.reading.look_up("Helsinki")
    assert (answer.topic, answer.nearest) == (None, ())
    assert "icebreakers" in text_of(answer.archive_block.html)


@pytest.mark.parametrize("word", ["zeppelin", "", "   ", "-", '"', "🚀", "since:never", "(" * 300, "\x00"])
async def test_a_word_without_any_hit_is_no_error(topical, word):
    answer = await topical.reading.look_up(word)
    assert (answer.topic, answer.dossier_block, answer.archive_block) == (None, None, None)


async def test_a_dossier_on_other_words_comes_from_the_archive(topical):
    await topical.editing.add([report("arctic")])
    block, dossier = await topical.reading.dossier_with_block("icebreakers")
    assert block is not None
    assert (dossier.topic, dossier.articles) == (None, 1)
    block, dossier = await topical.reading.dossier_with_block("zeppelin")
    assert (block, dossier.articles) == (None, 0)


# Search and preview


async def test_a_search_returns_its_hits_and_a_block_that_shows_them(newsroom):
    await newsroom.editing.add([report(event) for event in NEWS])
    block, hits = await newsroom.reading.search('"logistics pact" -cricket source:wire since:2025-01-01')
    assert [article.title for article in hits] == [NEWS["relos"][0]]
    assert NEWS["relos"][0] in text_of(block.html)


async def test_an_empty_search_is_refused(newsroom):
    with pytest.raises(BadQuery, match="empty-query"):
        await newsroom.reading.search("   ")


async def test_words_of_readers_and_sources_are_escaped(newsroom):
    hostile = "<b>Bold</b> & <a href='https://evil.example'>pact</a>"
    await newsroom.editing.add([report("relos", title=hostile, source="<i>Wire</i>")])
    block, hits = await newsroom.reading.search("pact <b>&")
    assert hits
    assert hostile in text_of(block.html)
    await newsroom.readers.subscribe("5")
    assert "&lt;b&gt;Bold" in "".join(b.html for b in (await newsroom.reading.today("5")).blocks)


async def test_a_preview_queues_nothing(newsroom, database):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    [preview] = await newsroom.reading.rehearse(Wishes(), [MORNING], None, "Asia/Kolkata")
    assert "RELOS" in shown_text(preview.blocks)
    assert len(await states(database)) == 1


async def test_an_empty_newsroom_answers_every_question(newsroom):
    assert await newsroom.editing.articles() == []
    assert await newsroom.editing.stories() == []
    assert await newsroom.reading.topics() == []
    assert shown_text((await newsroom.reading.today("stranger")).blocks)
    block, hits = await newsroom.reading.search("anything")
    assert hits == []
    assert text_of(block.html)
    assert (await newsroom.reading.look_up("anything")).archive_block is None
