"""Articles in the store: stored, made ready once, read back; and no search a reader types does any harm."""

from datetime import timedelta

import pytest
from builders import topic
from fakes import MORNING, join, keyed, report

from briefings.editions.model import Edition
from briefings.model import Entry
from briefings.store import articles, editions, recognition, search, stories, topics
from briefings.store.articles import Decided
from briefings.stories.keyed import NewArticle
from briefings.topics.query import Query, parse_query
from briefings.topics.tag import Tag

HOUR = timedelta(hours=1)


async def _keep(database, *entries, ready=MORNING, tags=None):
    """Store entries, each with a story of its own, ready at an instant (None: not ready). Returns their ids."""
    ids = []
    async with database.write() as connection:
        for entry in entries:
            [article] = await articles.keep(connection, [NewArticle(keyed(entry))], MORNING - HOUR)
            if ready is not None:
                story = await stories.start(connection, MORNING)
                decided = Decided(article, entry.summary or "", story, tags or {})
                await articles.make_ready(connection, [decided], ready)
            ids.append(article)
    return ids


def _entry(title, text="Some text.", **fields):
    return Entry(title, text, source=fields.pop("source", "Wire"), language="en", **fields)


async def _titles(database, query):
    async with database.read() as connection:
        return [article.title for article in await search.find(connection, query, 20)]


# Storing and reading


async def test_an_article_is_read_back_as_it_was_stored(database):
    async with database.write() as connection:
        await topics.seed(connection, [topic(command) for command in ("relos", "arctic", "quad", "s400")])
    entry = report("relos", summary="It was ratified.")
    tags = {"arctic": Tag(False, 3), "quad": Tag(True, 1), "relos": Tag(True, 2), "s400": Tag(False, 4)}
    [number] = await _keep(database, entry, tags=tags)
    async with database.read() as connection:
        [article] = await articles.by_ids(connection, [number])
    assert (article.title, article.text, article.url) == (entry.title, entry.text, entry.url)
    assert (article.summary, article.source, article.published) == ("It was ratified.", "Sample Wire", entry.published)
    assert (article.added, article.ready, article.when) == (MORNING - HOUR, MORNING, entry.published)
    assert (article.topics, article.about) == (("relos", "quad", "s400", "arctic"), {"relos", "quad"})


async def test_articles_are_found_by_their_key_their_address_and_their_text(database):
    by_key, by_address, by_text, _ = await _keep(
        database,
        _entry("One", "A text.", key="1"),
        _entry("Two", "Another text.", url="https://example.org/two"),
        _entry("Three", "The same."),
        _entry("Four", "Not the same.", url="https://example.org/four"),
    )
    wanted = [
        _entry("New", "1", key="1"),
        _entry("New", "2", url="https://example.org/two"),
        _entry("New", "The same."),
    ]
    async with database.read() as connection:
        known = await recognition.known(connection, list(map(keyed, wanted)))
    assert [article.id for article in known] == [by_key, by_address, by_text]


async def test_articles_come_in_the_order_of_the_ids_without_unknown_and_unready_ones(database):
    first, second = await _keep(database, _entry("One"), _entry("Two"))
    [raw] = await _keep(database, _entry("Raw"), ready=None)
    async with database.read() as connection:
        by_ids = await articles.by_ids(connection, [second, 999, raw, first])
    assert [article.id for article in by_ids] == [second, first]


async def test_any_number_of_articles_may_be_asked_for(database):
    [number] = await _keep(database, _entry("One"))
    async with database.read() as connection:
        assert [a.id for a in await articles.by_ids(connection, range(40_000))] == [number]
        assert [a.id for a in await articles.of_stories(connection, range(40_000))] == [number]


async def test_an_article_is_moved_with_its_copies_also_with_one_of_another_wording(database):
    first, other = await _keep(database, _entry("One"), _entry("Two", "Another text."))
    async with database.write() as connection:
        copies = [NewArticle(keyed(_entry("One", text)), first) for text in ("Some text.", "Some text, edited.")]
        copied = await articles.keep(connection, copies, MORNING)
        for article in copied:
            await articles.make_ready(connection, [Decided(article, "", 1, {})], MORNING)
        goal = await stories.start(connection, MORNING)
        await articles.move(connection, {first: goal})
    async with database.read() as connection:
        story_of = await articles.stories_of(connection, [first, *copied, other])
    assert [story_of[article] for article in (first, *copied)] == [goal] * 3
    assert story_of[other] != goal


async def test_articles_that_are_not_ready_wait_oldest_first_and_are_listed_nowhere_else(database):
    first, second, _ = await _keep(database, _entry("One"), _entry("Two"), _entry("Three"), ready=None)
    async with database.read() as connection:
        assert [raw.id for raw in await articles.next_raw(connection, 2)] == [first, second]
        assert await articles.not_ready(connection, [first, 999]) == {first}
        assert await articles.newest(connection, None) == []
        assert await articles.latest_ready(connection) is None


async def test_the_newest_articles_come_first_up_to_the_limit(database):
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


@pytest.mark.parametrize(("fields", "is_told"), TELLABLE.values(), ids=TELLABLE.keys())
async def test_a_story_is_told_or_not_by_the_date_of_its_article(database, fields, is_told):
    await _keep(database, report("relos", **fields))
    async with database.read() as connection:
        for mark in (None, MORNING - HOUR):
            assert bool(await articles.stories_since(connection, mark, MORNING - WEEK)) is is_told
        assert await articles.stories_since(connection, MORNING, MORNING - WEEK) == []


# Arrival


async def _print_edition(database, told):
    await join(database, "5", at=MORNING)
    async with database.write() as connection:
        edition = Edition(0, "first", (), told_until=told, printed=told)
        await editions.save(connection, edition, rhythm_id=1, wishes_id=1, mark=None)


CLOCK_STEPS = {
    "clock-runs-on": timedelta(seconds=1),
    "in-the-same-instant": timedelta(0),
    "clock-set-back-an-hour": -HOUR,
    "clock-set-back-a-year": timedelta(days=-365),
}


@pytest.mark.parametrize("step", CLOCK_STEPS.values(), ids=CLOCK_STEPS.keys())
async def test_an_article_becomes_ready_later_than_every_mark(database, step):
    await _print_edition(database, MORNING)
    async with database.read() as connection:
        ready = await articles.ready_time(connection, MORNING + step)
    assert ready > MORNING
    assert ready == MORNING + step or step <= timedelta(0)


async def test_before_the_first_edition_an_article_becomes_ready_now(database):
    async with database.read() as connection:
        assert await articles.ready_time(connection, MORNING) == MORNING


# Searching

ARCHIVE = (
    ("Russia ratifies the pact", "The Duma has ratified RELOS. Ports and airfields are open.", "Sample Wire"),
    ("Café diplomacy in São Paulo", "Übung beendet. Ёлка.", "Der Bote"),
    ("Air defence over Kyiv", "The air was clear, the defence was not. S-400 systems moved.", "Kyiv_Post 50%"),
    ("港口起火", "诺维尔市旧港口的粮仓星期二夜间起火，S-400导弹未受影响。市长下令调查。", "北方日报"),
    ("เรือเข้าท่า", "เรือสินค้าเข้าเทียบท่าเรือนอร์เวลเมื่อวันอังคาร", "ข่าวท่าเรือ"),
    ("항구 화재", "화요일 밤 노르벨 항구에서 창고가 불에 탔다.", "북부일보"),
    ("बंदरगाह में आग", "नोरवेल के बंदरगाह में गोदाम जल गया। भारत ने आपूर्ति रोकी।", "उत्तर समाचार"),
    ("Cricket and the pact of friends", "India won. The air defence regiment's team clapped.", "Sample Wire"),
)
PACT, CAFE, KYIV, CHINESE, THAI, KOREAN, HINDI, CRICKET = (title for title, *_ in ARCHIVE)

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
    "minus-a-source-alone": ('-source:"sample wire" -source:报 -source:ท -source:일 -source:स', [KYIV, CAFE]),
    "minus-a-source-percent-is-no-joker": ("air -source:%", [CRICKET]),
    "minus-two-sources": ("air -source:wire -source:bote", [KYIV]),
    "before-a-day-all-came-after": ("pact -since:2001-01-01", []),
    "before-a-day-all-came-before": ("pact -since:2999-01-01", [CRICKET, PACT]),
    "nobody-has-it": ("zeppelin", []),
    "inside-a-chinese-sentence": ("粮仓", [CHINESE]),
    "chinese-words-need-not-touch": ("市长 粮仓", [CHINESE]),
    "chinese-phrase": ('"下令调查"', [CHINESE]),
    "chinese-with-latin": ("s-400导弹", [CHINESE]),
    "chinese-and-a-latin-word": ("导弹 s-400", [CHINESE]),
    "chinese-that-nobody-has": ("大桥", []),
    "minus-a-chinese-word": ("s-400 -粮仓", [KYIV]),
    "chinese-minus-a-latin-word": ("粮仓 -S-400", []),
    "inside-a-thai-sentence": ("สินค้า", [THAI]),
    "korean-without-its-particle": ("창고", [KOREAN]),
    "hindi-with-vowel-signs": ("आपूर्ति", [HINDI]),
    "hindi-with-other-vowel-signs": ("भरत", []),
    "part-of-a-hindi-word": ("बंदर", []),
}


@pytest.fixture
async def archive(database):
    await _keep(database, *(_entry(title, text, source=source) for title, text, source in ARCHIVE))
    return database


@pytest.mark.parametrize(("words", "titles"), SEARCHES.values(), ids=SEARCHES.keys())
async def test_a_search_returns_these_titles(archive, words, titles):
    assert await _titles(archive, parse_query(words)) == titles


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
async def test_nothing_a_reader_types_is_an_operator_or_an_error(archive, words):
    literal = Query(words=tuple(words.split()))  # more hostile than `parse_query` would let it be
    assert len(await _titles(archive, literal)) <= 2
    assert len(await _titles(archive, Query(words=("pact",), without=tuple(words.split())))) <= 2
    assert len(await _titles(archive, Query(source=words))) <= 1


async def test_a_search_since_a_day_begins_at_midnight_utc(database):
    day = MORNING.replace(hour=0)
    await _keep(
        database,
        _entry("Before", published=day - timedelta(seconds=1)),
        _entry("Midnight", published=day),
        _entry("Undated, added at five"),
    )
    assert await _titles(database, Query(since=day.date())) == ["Undated, added at five", "Midnight"]


async def test_an_article_that_is_not_ready_is_not_found(database):
    await _keep(database, _entry("Raw pact"), ready=None)
    assert await _titles(database, parse_query("pact")) == []


async def test_a_search_finds_the_words_of_a_summary_added_later(database):
    [number] = await _keep(database, _entry("One"), ready=None)
    async with database.write() as connection:
        story = await stories.start(connection, MORNING)
        await articles.make_ready(connection, [Decided(number, "A zeppelin.", story, {})], MORNING)
    assert await _titles(database, parse_query("zeppelin")) == ["One"]
