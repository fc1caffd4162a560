"""The articles' shelf: kept, made ready once, found again; and no search a reader types does any harm."""

from datetime import timedelta

import pytest
from fakes import MORNING, join, report

from briefings.editions.model import Edition
from briefings.model import Entry, Query, Topic
from briefings.store import articles, editions, search, stories, topics
from briefings.store.articles import New
from briefings.topics.query import parse_query

HOUR = timedelta(hours=1)


async def _keep(database, *entries, ready=MORNING, tags=None):
    """Keep entries, each a story of its own, ready at an instant (None: not yet); their ids."""
    ids = []
    async with database.write() as connection:
        for entry in entries:
            [kept] = await articles.keep(connection, [New(entry, entry.url, entry.text)], MORNING - HOUR)
            if ready is not None:
                story = await stories.start(connection, MORNING)
                await articles.make_ready(
                    connection, kept, summary=entry.summary or "", story=story, topics=tags or {}, ready=ready
                )
            ids.append(kept)
    return ids


def _entry(title, text="Some text.", **known):
    return Entry(title, text, source=known.pop("source", "Wire"), language="en", **known)


async def _titles(database, query):
    async with database.read() as connection:
        return [article.title for article in await search.find(connection, query, 20)]


# Keeping and finding


async def test_an_article_comes_back_as_it_was_kept(database):
    async with database.write() as connection:
        await topics.seed(connection, [Topic("relos", "RELOS", "A pact."), Topic("arctic", "Arctic", "The north.")])
    entry = report("relos", summary="It was ratified.")
    [kept] = await _keep(database, entry, tags={"arctic": False, "relos": True})
    async with database.read() as connection:
        [article] = await articles.by_ids(connection, [kept])
    assert (article.title, article.text, article.url) == (entry.title, entry.text, entry.url)
    assert (article.summary, article.source, article.published) == ("It was ratified.", "Sample Wire", entry.published)
    assert (article.added, article.ready, article.when) == (MORNING - HOUR, MORNING, entry.published)
    assert (article.topics, article.about) == (("relos", "arctic"), {"relos"})


async def test_an_address_is_found_and_an_unknown_one_is_not(database):
    [kept] = await _keep(database, _entry("One", url="https://example.org/one"))
    async with database.read() as connection:
        found = await articles.under(connection, ["https://example.org/one", "https://example.org/two"])
    assert {address: known.id for address, known in found.items()} == {"https://example.org/one": kept}


async def test_a_text_is_found_by_its_first_article(database):
    first, _ = await _keep(database, _entry("One", "Same."), _entry("Two", "Same."))
    async with database.read() as connection:
        assert await articles.with_texts(connection, ["Same.", "Other."]) == {"Same.": first}


async def test_articles_come_in_the_order_asked_for_without_the_unknown_and_the_unready(database):
    one, two = await _keep(database, _entry("One"), _entry("Two"))
    [raw] = await _keep(database, _entry("Raw"), ready=None)
    async with database.read() as connection:
        found = await articles.by_ids(connection, [two, 999, raw, one])
    assert [article.id for article in found] == [two, one]


async def test_any_number_of_articles_may_be_asked_for(database):
    [kept] = await _keep(database, _entry("One"))
    async with database.read() as connection:
        assert [a.id for a in await articles.by_ids(connection, range(40_000))] == [kept]
        assert [a.id for a in await articles.of_stories(connection, range(40_000))] == [kept]


async def test_what_is_not_ready_is_waiting_oldest_first_and_nowhere_else(database):
    first, second, _ = await _keep(database, _entry("One"), _entry("Two"), _entry("Three"), ready=None)
    async with database.read() as connection:
        assert [raw.id for raw in await articles.next_raw(connection, 2)] == [first, second]
        assert await articles.not_ready(connection, [first, 999]) == {first}
        assert await articles.newest(connection, None) == []
        assert await articles.latest_ready(connection) is None


async def test_the_newest_come_first_and_no_more_than_asked_for(database):
    await _keep(database, *(_entry(f"Number {n}") for n in range(5)))
    async with database.read() as connection:
        assert [a.title for a in await articles.newest(connection, 2)] == ["Number 4", "Number 3"]
        assert len(await articles.newest(connection, None)) == 5


WEEK = timedelta(days=7)
TELLABLE = {
    "dated-since-the-window": ({"published": MORNING - HOUR}, True),
    "dated-before-the-window": ({"published": MORNING - WEEK - HOUR}, False),
    "undated-by-hand": ({"published": None, "by_hand": True}, True),
    "undated-from-a-source": ({"published": None, "by_hand": False}, False),
}


@pytest.mark.parametrize(("known", "told"), TELLABLE.values(), ids=TELLABLE.keys())
async def test_what_can_be_told_depends_on_its_date(database, known, told):
    await _keep(database, report("relos", **known))
    async with database.read() as connection:
        for mark in (None, MORNING - HOUR):
            assert bool(await articles.stories_since(connection, mark, MORNING - WEEK)) is told
        assert await articles.stories_since(connection, MORNING, MORNING - WEEK) == []


# Arrival


async def _mark(database, told):
    await join(database, "5", at=MORNING)
    async with database.write() as connection:
        edition = Edition(0, "first", (), told=told, printed=told)
        await editions.save(connection, edition, rhythm_id=1, wishes_id=1, mark=None)


ARRIVALS = {
    "clock-runs-on": timedelta(seconds=1),
    "in-the-same-instant": timedelta(0),
    "clock-set-back-an-hour": -HOUR,
    "clock-set-back-a-year": timedelta(days=-365),
}


@pytest.mark.parametrize("step", ARRIVALS.values(), ids=ARRIVALS.keys())
async def test_an_article_arrives_later_than_every_mark(database, step):
    await _mark(database, MORNING)
    async with database.read() as connection:
        arrival = await articles.arrival(connection, MORNING + step)
    assert arrival > MORNING
    assert arrival == MORNING + step or step <= timedelta(0)


async def test_before_the_first_edition_an_article_arrives_now(database):
    async with database.read() as connection:
        assert await articles.arrival(connection, MORNING) == MORNING


# Searching

SHELF = (
    ("Russia ratifies the pact", "The Duma has ratified RELOS. Ports and airfields are open.", "Sample Wire"),
    ("Café diplomacy in São Paulo", "Übung beendet. Ёлка.", "Der Bote"),
    ("Air defence over Kyiv", "The air was clear, the defence was not. S-400 systems moved.", "Kyiv_Post 50%"),
    ("Cricket and the pact of friends", "India won. The air defence regiment's team clapped.", "Sample Wire"),
)
PACT, CAFE, KYIV, CRICKET = (title for title, *_ in SHELF)

SEARCHES = {
    "one-word-newest-first": ("pact", [CRICKET, PACT]),
    "any-case": ("PACT", [CRICKET, PACT]),
    "both-words": ("pact russia", [PACT]),
    "in-the-text": ("airfields", [PACT]),
    "words-need-not-touch": ("air defence", [CRICKET, KYIV]),
    "a-phrase-must": ('"air defence" kyiv', [KYIV]),
    "phrase-in-order": ('"defence air"', []),
    "minus-a-word": ("pact -cricket", [PACT]),
    "minus-a-phrase": ('pact -"pact of friends"', [PACT]),
    "minus-two": ("pact -cricket -duma", []),
    "without-diacritics": ("cafe sao", [CAFE]),
    "with-diacritics": ("café são", [CAFE]),
    "other-scripts": ("ёлка", [CAFE]),
    "hyphenated": ("s-400", [KYIV]),
    "source-alone": ("source:bote", [CAFE]),
    "source-in-quotes": ('pact source:"sample wire"', [CRICKET, PACT]),
    "source-with-percent": ("source:50%", [KYIV]),
    "source-percent-is-no-joker": ("source:%", [KYIV]),
    "source-underscore-is-no-joker": ("source:_", [KYIV]),
    "minus-a-source": ('"air defence" -source:wire', [KYIV]),
    "minus-a-source-alone": ('-source:"sample wire"', [KYIV, CAFE]),
    "minus-a-source-percent-is-no-joker": ("air -source:%", [CRICKET]),
    "minus-two-sources": ("-source:wire -source:bote", [KYIV]),
    "before-a-day-all-came-after": ("pact -since:2001-01-01", []),
    "before-a-day-all-came-before": ("pact -since:2999-01-01", [CRICKET, PACT]),
    "nobody-has-it": ("zeppelin", []),
}


@pytest.fixture
async def shelf(database):
    await _keep(database, *(_entry(title, text, source=source) for title, text, source in SHELF))
    return database


@pytest.mark.parametrize(("words", "found"), SEARCHES.values(), ids=SEARCHES.keys())
async def test_a_search_finds(shelf, words, found):
    assert await _titles(shelf, parse_query(words)) == found


HARMLESS = {
    "or": "pact OR cricket",
    "and": "AND pact",
    "not": "pact NOT duma",
    "near": "NEAR(pact duma, 2)",
    "star": "pac*",
    "caret": "^pact",
    "column": "title:pact",
    "columns": "{title text} : pact",
    "plus": "pact + duma",
    "quote": 'pact" OR "1',
    "lone-quote": '"',
    "apostrophe": "o'clock'; DROP TABLE articles; --",
    "parentheses": "((pact",
    "backslash": "pact\\",
    "minus-only-after-a-word": "pact - -- ---x",
    "signs": "pact _ ... !!",
    "underscore": "_",
    "emoji": "pact 🚀",
    "zero-width": "pa\u200bct \u200b",
    "nul": "pact\x00duma",
    "half-a-character": "pact \ud800",
    "long": "pact " + "x" * 5000,
}


@pytest.mark.parametrize("words", HARMLESS.values(), ids=HARMLESS.keys())
async def test_nothing_a_reader_types_is_an_operator_or_an_error(shelf, words):
    literal = Query(words=tuple(words.split()))  # as hostile as can be: not even read by `parse_query`
    assert len(await _titles(shelf, literal)) <= 2
    assert len(await _titles(shelf, Query(words=("pact",), without=tuple(words.split())))) <= 2
    assert len(await _titles(shelf, Query(source=words))) <= 1


async def test_search_since_a_day_counts_from_its_first_moment(database):
    day = MORNING.replace(hour=0)
    await _keep(
        database,
        _entry("Before", published=day - timedelta(seconds=1)),
        _entry("Midnight", published=day),
        _entry("Undated, added at five"),
    )
    assert await _titles(database, Query(since=day.date())) == ["Undated, added at five", "Midnight"]


async def test_what_is_not_ready_is_not_found(database):
    await _keep(database, _entry("Raw pact"), ready=None)
    assert await _titles(database, parse_query("pact")) == []


async def test_a_summary_given_later_is_found_too(database):
    [kept] = await _keep(database, _entry("One"), ready=None)
    async with database.write() as connection:
        story = await stories.start(connection, MORNING)
        await articles.make_ready(connection, kept, summary="A zeppelin.", story=story, topics={}, ready=MORNING)
    assert await _titles(database, parse_query("zeppelin")) == ["One"]
