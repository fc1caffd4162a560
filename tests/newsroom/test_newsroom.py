"""The door: what a face may ask for, and what it is answered."""

from datetime import datetime, time, timedelta

import pytest
from fakes import MORNING, NEWS, UTC_0730, FakeMessenger, report, rows, states

from briefings import starter
from briefings.editions.model import text_of
from briefings.errors import BadInput, BadQuery, BadTime, BadZone, Problem, stated
from briefings.model import Entry, Rhythm, Status, Wishes
from briefings.newsroom.opening import put_together
from briefings.newsroom.readers import next_in_words, offset_in_words
from briefings.passes.dispatch import Dispatcher
from briefings.passes.publish import publish
from briefings.passes.rate_limit import RateLimit
from briefings.store import outbox, subscribers
from briefings.store.schema import articles, deliveries, editions
from briefings.store.schema import subscribers as readers_table


@pytest.fixture
async def topical(newsroom):
    """A newsroom with the starter topics."""
    await newsroom.editing.seed_topics(starter.topics())
    return newsroom


def told(blocks):
    return "\n".join(text_of(block.html) for block in blocks)


# Subscribing


async def test_a_new_reader_gets_the_default_rhythm_all_topics_and_a_first_edition(newsroom, database):
    await newsroom.editing.add([report("relos")])
    reader, first = await newsroom.readers.subscribe("5")
    assert first
    assert (reader.subscriber.address, reader.subscriber.rhythm, reader.subscriber.wishes) == ("5", UTC_0730, Wishes())
    assert (next_in_words(reader), offset_in_words(reader)) == ("Thu 4 Dec 07:30", "UTC+00:00")
    [edition] = await rows(database, editions)
    assert (edition["kind"], edition["slot_day"]) == ("first", None)
    assert await states(database) == ["waiting"]


async def test_subscribing_nudges_the_dispatcher(database, renderer, clock):
    nudged = []
    newsroom = put_together(database, renderer, clock, UTC_0730, nudge=nudged.append)
    await newsroom.readers.subscribe("5")
    assert nudged == ["dispatch"]
    await newsroom.readers.subscribe("5")
    assert nudged == ["dispatch"]


async def test_subscribing_again_changes_nothing(newsroom, database):
    await newsroom.readers.subscribe("5")
    await newsroom.readers.set_times("5", "18:00")
    reader, first = await newsroom.readers.subscribe("5")
    assert not first
    assert reader.subscriber.rhythm.times == (time(18),)
    assert await states(database) == ["waiting"]


async def test_leaving_keeps_the_settings_and_closes_what_is_open(newsroom, database):
    await newsroom.readers.subscribe("5")
    await newsroom.readers.set_times("5", "18:00")
    assert await newsroom.readers.unsubscribe("5")
    assert await newsroom.readers.find("5") is None
    assert await states(database) == ["failed"]
    assert not await newsroom.readers.unsubscribe("5")
    assert not await newsroom.readers.unsubscribe("nobody")
    [row] = await rows(database, readers_table)
    assert row["status"] == Status.STOPPED


@pytest.fixture
def delivered(database, clock):
    """Carry all that is queued."""

    async def delivered():
        rate_limit = RateLimit(database, clock, 100_000)
        await Dispatcher(database, FakeMessenger(), rate_limit, clock, per_second=100).run()
        await rate_limit.close()

    return delivered


async def test_who_comes_back_finds_their_settings_and_one_edition_of_all_they_missed(
    newsroom, database, renderer, clock, delivered
):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    await delivered()
    await newsroom.readers.set_zone("5", "Asia/Kolkata")
    await newsroom.readers.unsubscribe("5")
    await newsroom.editing.add([report("tejas")])
    await publish(database, renderer, clock.at(7, 30))
    clock.at(9, 0, day=6)
    reader, first = await newsroom.readers.subscribe("5")
    assert first
    assert reader.subscriber.rhythm.zone == "Asia/Kolkata"
    assert reader.next.key == "2025-12-07 07:30"
    _, missed = await rows(database, editions)
    assert "Tejas" in str(missed["blocks"])
    assert "RELOS" not in str(missed["blocks"])


async def test_an_edition_that_never_arrived_is_told_to_who_comes_back(newsroom, database):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    await newsroom.readers.unsubscribe("5")
    await newsroom.readers.subscribe("5")
    _, again = await rows(database, editions)
    assert "RELOS" in str(again["blocks"])


async def test_who_changes_the_hour_as_a_slot_comes_gets_that_slot_first(newsroom, database, clock):
    await newsroom.readers.subscribe("5")
    clock.at(7, 30, day=5)
    await newsroom.readers.set_times("5", "18:00")  # before the tick that would have printed 07:30
    _, due = await rows(database, deliveries)
    assert due["slot"] == "2025-12-05 07:30"


async def test_who_was_gone_comes_back_too(newsroom, database):
    reader, _ = await newsroom.readers.subscribe("5")
    async with database.write() as connection:
        await subscribers.set_status(connection, reader.subscriber.id, Status.GONE, reason=stated("blocked"))
    assert await newsroom.readers.find("5") is None
    reader, first = await newsroom.readers.subscribe("5")
    assert first
    assert reader.subscriber.status is Status.ACTIVE


async def test_a_reader_on_a_quiet_day_gets_a_first_edition_too(newsroom, database):
    await newsroom.readers.subscribe("5")
    [edition] = await rows(database, editions)
    assert "Nothing to report yet" in str(edition["blocks"])


# Hours and zones

HOURS = {
    "later-today-is-today": ("09:00", (time(9),), "2025-12-04 09:00"),
    "earlier-is-tomorrow": ("05:00", (time(5),), "2025-12-05 05:00"),
    "this-minute-is-tomorrow": ("06:00", (time(6),), "2025-12-05 06:00"),
    "several": ("18:00 7:30", (time(7, 30), time(18)), "2025-12-04 07:30"),
    "with-days": ("09:00 sat", (time(9),), "2025-12-06 09:00"),
}


@pytest.mark.parametrize(("words", "hours", "key"), HOURS.values(), ids=HOURS.keys())
async def test_hours_are_set_and_the_next_edition_told(newsroom, words, hours, key):
    await newsroom.readers.subscribe("5")
    reader = await newsroom.readers.set_times("5", words)
    assert reader.subscriber.rhythm.times == hours
    assert reader.next.key == key


async def test_setting_the_hour_keeps_the_zone_and_setting_the_zone_keeps_the_hour(newsroom):
    await newsroom.readers.subscribe("5")
    await newsroom.readers.set_zone("5", "kolkata")
    reader = await newsroom.readers.set_times("5", "18:15 mon-fri")
    assert reader.subscriber.rhythm == Rhythm((time(18, 15),), "Asia/Kolkata", frozenset(range(5)))
    assert (next_in_words(reader), offset_in_words(reader)) == ("Thu 4 Dec 18:15", "UTC+05:30")
    reader = await newsroom.readers.set_zone("5", "America/New_York")
    assert reader.subscriber.rhythm == Rhythm((time(18, 15),), "America/New_York", frozenset(range(5)))


async def test_the_offset_told_is_that_of_the_next_edition(newsroom, clock):
    clock.now = datetime(2026, 3, 28, 12, tzinfo=MORNING.tzinfo)  # the night before the clocks go forward in Paris
    await newsroom.readers.subscribe("5")
    reader = await newsroom.readers.set_zone("5", "Paris")
    assert (next_in_words(reader), offset_in_words(reader)) == ("Sun 29 Mar 07:30", "UTC+02:00")


async def test_a_bad_hour_or_zone_changes_nothing(newsroom):
    await newsroom.readers.subscribe("5")
    with pytest.raises(BadTime):
        await newsroom.readers.set_times("5", "25:00")
    with pytest.raises(BadZone):
        await newsroom.readers.set_zone("5", "Mars/Olympus")
    assert (await newsroom.readers.find("5")).subscriber.rhythm == UTC_0730


async def test_a_stranger_has_no_hours_zone_or_topics(topical):
    assert await topical.readers.set_times("stranger", "09:00") is None
    assert await topical.readers.set_zone("stranger", "Kolkata") is None
    assert await topical.readers.toggle_topic("stranger", "relos") is None
    assert await topical.readers.find("stranger") is None


async def test_an_hour_set_for_later_today_brings_an_edition_today(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("5")
    await newsroom.readers.set_times("5", "06:01")
    await publish(database, renderer, clock.at(6, 1))
    slots = [row["slot"] for row in await rows(database, deliveries)]
    assert slots == [None, "2025-12-04 06:01"]


# Topics


async def test_toggling_a_topic_takes_it_from_all_and_puts_it_back(topical):
    await topical.readers.subscribe("5")
    commands = {topic.command for topic in await topical.reading.topics()}
    reader = await topical.readers.toggle_topic("5", "relos")
    assert reader.subscriber.wishes.topics == commands - {"relos"}
    reader = await topical.readers.toggle_topic("5", "relos")
    assert reader.subscriber.wishes.topics is None, "each of them is all of them, and the topics still to come"


async def test_no_topic_at_all_is_not_all_of_them(topical):
    await topical.readers.subscribe("5")
    for topic in await topical.reading.topics():
        reader = await topical.readers.toggle_topic("5", topic.command)
    assert reader.subscriber.wishes.topics == frozenset()
    reader = await topical.readers.toggle_topic("5", "relos")
    assert reader.subscriber.wishes.topics == {"relos"}


async def test_a_topic_nobody_knows_changes_nothing(topical):
    await topical.readers.subscribe("5")
    reader = await topical.readers.toggle_topic("5", "zeppelin")
    assert reader.subscriber.wishes.topics is None


async def test_a_reader_is_told_only_what_they_follow(topical, database, renderer, clock):
    await topical.readers.subscribe("5")
    await topical.readers.toggle_topic("5", "tejas")
    await topical.editing.add([report("relos"), report("tejas")])
    reading = await topical.reading.today("5")
    assert "RELOS" in told(reading.blocks)
    assert "Tejas" not in told(reading.blocks)


async def test_topics_are_seeded_once(topical):
    topics = await topical.reading.topics()
    assert topics == sorted(starter.topics(), key=lambda topic: topic.command)
    await topical.editing.seed_topics(starter.topics()[:1])
    assert await topical.reading.topics() == topics


# Reading


async def test_today_tells_what_is_new_since_the_mark(newsroom):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    await newsroom.editing.add([report("tejas")])
    reading = await newsroom.reading.today("5")
    assert (reading.again, reading.stranger) == (False, False)
    assert "Tejas" in told(reading.blocks)
    assert "RELOS" not in told(reading.blocks)


async def test_today_is_the_last_edition_again_when_nothing_is_new(newsroom):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    reading = await newsroom.reading.today("5")
    assert (reading.again, reading.stranger) == (True, False)
    assert "RELOS" in told(reading.blocks)


@pytest.mark.parametrize("who", ["stranger", "left"])
async def test_today_gives_a_stranger_the_general_edition(newsroom, who):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("left")
    await newsroom.readers.unsubscribe("left")
    reading = await newsroom.reading.today(who)
    assert reading.stranger
    assert "RELOS" in told(reading.blocks)


async def test_today_queues_nothing(newsroom, database):
    await newsroom.readers.subscribe("5")
    await newsroom.editing.add([report("relos")])
    await newsroom.reading.today("5")
    assert len(await states(database)) == 1


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
    shown = "\n".join(told(page.blocks) for page in pages)
    stories = {story.id: story for story in await newsroom.editing.stories()}
    for number in edition["left_out"]:
        assert shown.count(stories[number].articles[0].source) == 1
    for number in edition["stories"]:
        assert stories[number].articles[0].source not in shown
    assert await newsroom.reading.more("5", 99) == pages[-1]


async def test_more_is_nothing_when_nothing_was_left_or_nobody_asks(newsroom):
    assert (await newsroom.reading.more("stranger")).blocks == ()
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    assert (await newsroom.reading.more("5")).blocks == ()


WORDS = ["relos", "RELOS", "/relos", "Reciprocal Exchange of Logistics Support"]


@pytest.mark.parametrize("word", WORDS)
async def test_a_keyword_is_answered_with_its_dossier(topical, word):
    await topical.editing.add([report("relos")])
    found = await topical.reading.look_up(word)
    assert found.topic.command == "relos"
    assert "RELOS" in text_of(found.dossier.html)
    assert (found.nearest, found.archive) == ((), None)


async def test_a_topic_without_articles_has_a_dossier_all_the_same(topical):
    found = await topical.reading.look_up("relos")
    assert found.topic.definition[:30] in text_of(found.dossier.html)


async def test_a_word_that_is_nearly_a_topic_names_it(topical):
    found = await topical.reading.look_up("relas")
    assert found.topic is None
    assert "relos" in found.nearest


async def test_any_other_word_brings_the_archives_hits(topical):
    await topical.editing.add([report("arctic")])
    found = await topical.reading.look_up("Helsinki")
    assert (found.topic, found.nearest) == (None, ())
    assert "icebreakers" in text_of(found.archive.html)


@pytest.mark.parametrize("word", ["zeppelin", "", "   ", "-", '"', "🚀", "since:never", "(" * 300, "\x00"])
async def test_a_word_that_brings_nothing_is_no_error(topical, word):
    found = await topical.reading.look_up(word)
    assert (found.topic, found.dossier, found.archive) == (None, None, None)


async def test_a_dossier_on_words_that_are_no_topic_comes_from_the_archive(topical):
    await topical.editing.add([report("arctic")])
    block, held = await topical.reading.dossier("icebreakers")
    assert block is not None
    assert (held.topic, held.articles) == (None, 1)
    block, held = await topical.reading.dossier("zeppelin")
    assert (block, held.articles) == (None, 0)


async def test_a_search_finds_and_says_so(newsroom):
    await newsroom.editing.add([report(event) for event in NEWS])
    block, found = await newsroom.reading.search('"logistics pact" -cricket source:wire since:2025-01-01')
    assert [article.title for article in found] == [NEWS["relos"][0]]
    assert NEWS["relos"][0] in text_of(block.html)


async def test_a_search_for_nothing_is_refused(newsroom):
    with pytest.raises(BadQuery, match="empty-query"):
        await newsroom.reading.search("   ")


async def test_what_a_reader_types_and_a_source_writes_is_escaped(newsroom):
    hostile = "<b>Bold</b> & <a href='https://evil.example'>pact</a>"
    await newsroom.editing.add([report("relos", title=hostile, source="<i>Wire</i>")])
    block, found = await newsroom.reading.search("pact <b>&")
    assert found
    assert hostile in text_of(block.html)
    await newsroom.readers.subscribe("5")
    assert "&lt;b&gt;Bold" in "".join(b.html for b in (await newsroom.reading.today("5")).blocks)


async def test_a_preview_sends_nothing_and_moves_nothing(newsroom, database):
    await newsroom.editing.add([report("relos")])
    await newsroom.readers.subscribe("5")
    blocks, _ = await newsroom.reading.preview(Wishes(), MORNING, "Asia/Kolkata")
    assert "RELOS" in told(blocks)
    assert len(await states(database)) == 1


# The desk


async def test_what_is_added_is_stored_and_ready(topical):
    [added] = await topical.editing.add([report("relos")])
    assert (added.status, added.reason) == ("stored", None)
    assert added.article.summary
    assert "relos" in added.article.topics
    assert (await topical.editing.articles())[0].id == added.article.id


async def test_the_same_address_again_names_the_one_that_is_kept(newsroom):
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


async def test_the_same_text_without_an_address_is_known(newsroom):
    [first] = await newsroom.editing.add([report("relos")])
    [again] = await newsroom.editing.add([report("relos", url=None)])
    assert (again.status, again.article.id) == ("known", first.article.id)


async def test_adding_nothing_adds_nothing(newsroom):
    assert await newsroom.editing.add([]) == []


async def test_answers_come_in_the_order_of_the_entries(newsroom):
    await newsroom.editing.add([report("tejas")])
    added = await newsroom.editing.add([report("relos"), report("tejas"), report("arctic"), report("relos")])
    assert [one.status for one in added] == ["stored", "known", "stored", "known"]
    assert [one.article.title for one in added] == [NEWS[e][0] for e in ("relos", "tejas", "arctic", "relos")]


async def test_undated_text_is_told_when_added_by_hand_only(newsroom):
    by_hand, from_source = report("relos", published=None), report("tejas", published=None, by_hand=False)
    await newsroom.editing.add([by_hand, from_source])
    reading = told((await newsroom.reading.today("stranger")).blocks)
    assert "RELOS" in reading
    assert "undated" in reading
    assert "Tejas" not in reading
    _, found = await newsroom.reading.search("tejas")
    assert len(found) == 1, "it serves searches and dossiers"


async def test_news_dated_tomorrow_waits_for_tomorrow_and_is_not_lost(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("5")
    await newsroom.editing.add([report("relos", published=MORNING + timedelta(hours=20))])
    assert "RELOS" not in told((await newsroom.reading.today("5")).blocks)
    await publish(database, renderer, clock.at(7, 30))
    await publish(database, renderer, clock.at(7, 30, day=5))
    printed = [str(row["blocks"]).split("Last told")[0] for row in await rows(database, editions, kind="scheduled")]
    assert ["RELOS" in text for text in printed] == [False, True]


async def test_the_outbox_is_shown_and_what_failed_is_queued_again(newsroom, database, clock):
    await newsroom.readers.subscribe("5")
    assert [one.address for one in await newsroom.upkeep.deliveries(failed=False)] == ["5"]
    assert await newsroom.upkeep.deliveries(failed=True) == []
    assert not await newsroom.upkeep.retry(1)
    async with database.write() as connection:
        await outbox.close(connection, 1, stated("blocked"))
    [failed] = await newsroom.upkeep.deliveries(failed=True)
    assert failed.reason == stated("blocked")
    assert await newsroom.upkeep.retry(failed.id)
    assert await states(database) == ["waiting"]


async def test_errors_that_a_reader_causes_are_named_by_their_keys(newsroom):
    await newsroom.readers.subscribe("5")
    for ask, problem in (
        (newsroom.readers.set_times("5", "\n\n"), Problem("which-hour")),
        (newsroom.readers.set_zone("5", "x\ny"), Problem("unknown-zone", {"text": "x y"})),
        (newsroom.reading.search("since:never\nx"), Problem("since-not-date", {"text": "never"})),
    ):
        with pytest.raises(BadInput) as bad:
            await ask
        assert bad.value.problem == problem


async def test_an_empty_newsroom_answers_everything(newsroom):
    assert await newsroom.editing.articles() == []
    assert await newsroom.editing.stories() == []
    assert await newsroom.reading.topics() == []
    assert told((await newsroom.reading.today("stranger")).blocks)
    block, found = await newsroom.reading.search("anything")
    assert found == []
    assert text_of(block.html)
    assert (await newsroom.reading.look_up("anything")).archive is None


async def test_everything_kept_is_listed_newest_first(newsroom, database):
    await newsroom.editing.add([report(event) for event in NEWS])
    assert [article.title for article in await newsroom.editing.articles(2)] == [NEWS["arctic"][0], NEWS["taiwan"][0]]
    assert len(await newsroom.editing.articles()) == len(await rows(database, articles)) == len(NEWS)
