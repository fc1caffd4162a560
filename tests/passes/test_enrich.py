"""Enrich: articles get a summary that they support, topics and a story; once, whole, and later than every mark."""

import asyncio
from datetime import timedelta

import pytest
from fakes import MORNING, NEWS, FakeSummariser, in_line, keyed, report, rows

from briefings import starter
from briefings.model import Wishes
from briefings.passes.enrich import enrich
from briefings.passes.ingest import ingest
from briefings.passes.publish import draft_for, publish
from briefings.store import articles, recognition, stories
from briefings.store.database import Database
from briefings.store.schema import article_topics, editions
from briefings.stories import identity
from briefings.stories.keyed import NewArticle

HOUR = timedelta(hours=1)
TITLE, TEXT = NEWS["relos"]
REWORDED = (
    "Russia's State Duma has ratified RELOS, a pact on logistics with India, on Tuesday. Ambassador Vinay Kumar and "
    "Alexander Fomin signed the agreement in Moscow. Ships and aircraft of either country may then refuel."
)
ANOTHER = (
    "The logistics agreement RELOS between Russia and India was ratified on Tuesday by the State Duma. With it ships "
    "of the one may call at ports of the other and refuel. It was signed in Moscow by Fomin and Kumar on 18 February."
)
HANDED_OVER = (
    "The first Tejas Mk1A fighter has been handed over by Hindustan Aeronautics at Nashik. The Indian Air Force, which "
    "has ordered 180 jets, waited almost two years, since engines from General Electric came late."
)


async def _made_ready(database, *entries, now=MORNING):
    await ingest(database, entries, now)
    await enrich(database, now)
    async with database.read() as connection:
        return list(reversed(await articles.newest(connection, None)))


# The summary

OFFERED = {
    "supported": ("The State Duma ratified the RELOS pact between Russia and India.", True),
    "another-number": ("The State Duma ratified the RELOS pact after 14 years.", False),
    "another-name": ("The State Duma ratified the RELOS pact, Sergey Lavrov said.", False),
    "another-date": ("The pact was signed in Moscow on 19 February.", False),
    "too-long": ("The State Duma ratified the RELOS pact between Russia and India. " * 12, False),
    "blank": ("   ", False),
    "none": (None, False),
}


@pytest.mark.parametrize(("offered", "used"), OFFERED.values(), ids=OFFERED.keys())
async def test_a_summary_that_came_with_the_article_is_used_only_when_the_article_supports_it(database, offered, used):
    [article] = await _made_ready(database, report("relos", summary=offered))
    assert (article.summary == offered) is used
    assert article.summary.strip()
    if not used:
        assert all(sentence in TEXT for sentence in article.summary.rstrip(".").split(". "))


async def test_an_article_without_a_good_sentence_has_its_title_as_summary(database):
    [article] = await _made_ready(database, report("relos", text="Watch: the video"))
    assert article.summary == TITLE


# A summary without a text

SUPPLIED = (
    "It was ratified on Tuesday. Warships of each country may refuel at ports of the other! The pact, which took seven "
    "years and 14 rounds of talks, had been signed by Ambassador Vinay Kumar and Alexander Fomin in Moscow on 18 "
    "February; it lets aircraft of either side use airfields of the other for repair, rest and fuel, at equal cost."
)
"""More than sixty words with a beginning that points back: an extract would leave some of it out."""


async def test_a_supplied_summary_is_used_as_it_is(database):
    supplied = report("relos", text=SUPPLIED, summary=SUPPLIED, supplied=True)
    [article] = await _made_ready(database, supplied)
    assert (article.summary, article.supplied) == (SUPPLIED, True)


async def test_a_long_supplied_summary_is_cut_after_a_whole_sentence(database):
    long_text = " ".join(f"{SUPPLIED} It has {number} articles." for number in range(9))
    [article] = await _made_ready(database, report("relos", text=long_text, summary=long_text, supplied=True))
    assert long_text.startswith(f"{article.summary} ")
    assert article.summary[-1] in ".!"
    assert 75 < len(article.summary.split()) <= 150


async def test_a_supplied_summary_is_not_rewritten(database):
    summariser = FakeSummariser().writes(WRITTEN)
    entry = report("relos", text=TEXT * 3, summary=TEXT * 3, supplied=True)
    assert WRITTEN not in await _written_by(summariser, database, entry)
    assert summariser.asked == []


async def test_an_article_with_a_text_is_not_marked_as_supplied(database):
    [article] = await _made_ready(database, report("relos", summary=OFFERED["supported"][0]))
    assert not article.supplied


# A summariser

WRITTEN = "Russia's State Duma ratified the RELOS pact with India."


async def _written_by(summariser, database, *entries):
    await ingest(database, entries, MORNING)
    await enrich(database, MORNING, summarise=summariser)
    async with database.read() as connection:
        return [article.summary for article in reversed(await articles.newest(connection, None))]


async def test_a_summarisers_text_is_used_when_the_article_supports_it(database):
    assert await _written_by(FakeSummariser().writes(WRITTEN), database, report("relos")) == [WRITTEN]


UNUSED = {
    "another-number": f"{WRITTEN} It has 14 articles.",
    "another-name": f"{WRITTEN} Sergey Lavrov said so.",
    "another-date": "The State Duma ratified the RELOS pact on 19 February.",
    "trouble": None,
    "bug": RuntimeError("a bug"),
}


@pytest.mark.parametrize("answer", UNUSED.values(), ids=UNUSED)
async def test_the_extract_is_used_when_the_article_does_not_support_the_summariser(database, answer):
    [summary] = await _written_by(FakeSummariser().writes(answer), database, report("relos"))
    assert all(sentence in TEXT for sentence in summary.rstrip(".").split(". "))


async def test_copies_and_articles_with_a_supported_summary_cost_no_call_of_the_summariser(database):
    summariser = FakeSummariser().writes(WRITTEN)
    given = report("relos", summary=OFFERED["supported"][0])
    copy = report("relos", url="https://copy.example/relos")
    assert (await _written_by(summariser, database, given, copy))[0] == OFFERED["supported"][0]
    assert summariser.asked == []


async def test_a_bug_in_one_call_of_the_summariser_spoils_no_other(database):
    summariser = FakeSummariser().writes(RuntimeError("a bug"), WRITTEN)
    other = report("relos", url="https://other.example/relos", text=REWORDED)
    assert WRITTEN in await _written_by(summariser, database, report("relos"), other)


async def test_a_run_does_not_wait_longer_than_its_patience_for_a_silent_summariser(database):
    summariser = FakeSummariser().falls_silent()
    await ingest(database, [report("relos"), report("relos", url="https://other.example/", text=REWORDED)], MORNING)
    assert await enrich(database, MORNING, summarise=summariser, patience=0.1) == 2
    assert len(summariser.asked) == 2


async def test_a_run_cancelled_while_waiting_leaves_nothing_half_done(database):
    summariser = FakeSummariser().falls_silent()
    await ingest(database, [report("relos")], MORNING)
    waiting = asyncio.create_task(enrich(database, MORNING, summarise=summariser))
    async with asyncio.timeout(10):
        while not summariser.asked:
            await asyncio.wait([waiting], timeout=0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await enrich(database, MORNING) == 1


# Topics


async def test_an_article_gets_the_topics_its_text_speaks_of(newsroom, database):
    await newsroom.editing.seed_topics(starter.topics())
    [article] = await _made_ready(database, report("relos"))
    assert "relos" in article.about
    assert "indiarussia" in article.topics
    assert "tejas" not in article.topics


# Stories


async def test_reports_of_one_event_share_a_story_and_another_event_has_its_own(database):
    second = report(
        "relos",
        url="https://other.example/relos",
        source="Other Wire",
        title="State Duma ratifies RELOS logistics pact between Russia and India",
        text="Russia's State Duma ratified the RELOS logistics pact with India, which opens ports and airfields.",
    )
    first, again, other = await _made_ready(database, report("relos"), second, report("tejas"))
    assert first.story == again.story != other.story


async def test_a_later_report_joins_the_story_of_an_earlier_run(database):
    [first] = await _made_ready(database, report("relos"))
    followed = report("relos", url="https://other.example/relos", text=TEXT + " President Putin has to sign it.")
    [_, second] = await _made_ready(database, followed, now=MORNING + HOUR)
    assert second.story == first.story


@pytest.mark.parametrize("together", [True, False], ids=["in-one-run", "in-two-runs"])
async def test_a_copy_shares_the_story_of_its_original(database, together):
    copy = report("relos", url="https://other.example/relos", source="Other Wire", published=MORNING + 30 * 24 * HOUR)
    if not together:
        await _made_ready(database, report("relos"))
    ready = await _made_ready(database, *([report("relos"), copy] if together else [copy]))
    assert len({article.story for article in ready}) == 1
    assert [article.copy_of for article in ready] == [None, ready[0].id]


async def test_undated_text_stays_undated(database):
    [article] = await _made_ready(database, report("relos", published=None))
    assert article.published is None
    assert article.when == MORNING


# Grouping again

ELSEWHERE = {
    "url": "https://other.example/relos",
    "source": "Other Wire",
    "title": "State Duma ratifies RELOS logistics pact between Russia and India",
}


async def _put_into_a_story_of_its_own(database, article):
    async with database.write() as connection:
        story = await stories.start(connection, article.when)
        await articles.move(connection, {article.id: story})
        return story


async def test_two_stories_of_one_event_become_one_with_the_older_id_and_take_copies_along(database):
    second = report("relos", **ELSEWHERE, text=REWORDED)
    copied = report("relos", **ELSEWHERE | {"url": "https://third.example/"}, text=second.text)
    before = await _made_ready(database, report("relos"), second, copied, report("tejas"))
    apart = await _put_into_a_story_of_its_own(database, before[1])
    third = report("relos", url="https://fourth.example/", text=ANOTHER)
    first, second, copied, other, third = await _made_ready(database, third, now=MORNING + HOUR)
    assert copied.copy_of == second.id
    assert [a.story for a in (first, second, copied, third)] == [before[0].story] * 4
    assert other.story == before[3].story
    async with database.read() as connection:
        assert await stories.by_ids(connection, [apart]) == []
        assert sorted(s.id for s in await stories.everything(connection)) == sorted({first.story, other.story})


async def test_a_story_of_two_events_is_split_and_the_larger_part_keeps_its_id(database):
    second = report("relos", **ELSEWHERE, text=REWORDED)
    relos, again, tejas = await _made_ready(database, report("relos"), second, report("tejas"))
    async with database.write() as connection:
        await articles.move(connection, {tejas.id: relos.story})
    title, _ = NEWS["tejas"]
    more = report("tejas", url="https://other.example/tejas", title=title, text=HANDED_OVER)
    relos, again, tejas, more = await _made_ready(database, more, now=MORNING + HOUR)
    assert relos.story == again.story != tejas.story == more.story
    async with database.read() as connection:
        assert (await stories.by_ids(connection, [tejas.story]))[0].articles == (tejas, more)


async def test_regrouping_does_not_make_told_articles_news_again(database):
    second = report("relos", **ELSEWHERE, text=REWORDED)
    _, second = await _made_ready(database, report("relos"), second)
    await _put_into_a_story_of_its_own(database, second)
    async with database.read() as connection:
        _, mark = await draft_for(connection, Wishes(), None, MORNING)
    third = report("relos", url="https://fourth.example/", text=TEXT.rpartition(". ")[0] + ".")
    ready = await _made_ready(database, third, now=MORNING + HOUR)
    assert len({article.story for article in ready}) == 1
    async with database.read() as connection:
        draft, _ = await draft_for(connection, Wishes(), mark, MORNING + HOUR)
    assert draft.items == ()


# Once, whole, and later than every mark


async def test_a_run_without_waiting_articles_returns_zero(database):
    assert await enrich(database, MORNING) == 0


async def test_more_than_a_batch_is_made_ready_in_one_run(database):
    entries = [report("relos", url=f"https://example.org/{n}", text=f"{TEXT} Paragraph {n}.") for n in range(120)]
    assert len(await _made_ready(database, *entries)) == 120


async def test_two_runs_at_once_make_each_article_ready_once(newsroom, url):
    await newsroom.editing.seed_topics(starter.topics())
    async with Database(url) as ours, Database(url) as theirs:
        await ingest(ours, [report(event) for event in NEWS], MORNING)
        counts = await asyncio.gather(enrich(ours, MORNING), enrich(theirs, MORNING), enrich(ours, MORNING))
        async with ours.read() as connection:
            stored = await articles.newest(connection, None)
        assert len(stored) == len(NEWS)
        assert len({article.story for article in stored}) == len(NEWS)
        tagged = [(row["article_id"], row["topic"]) for row in await rows(ours, article_topics)]
        assert len(tagged) == len(set(tagged)) > 0
        assert sum(counts) == len(NEWS), "each run counts what it made ready itself"


async def test_a_copy_joins_its_original_even_when_another_run_makes_the_original_ready_first(database):
    await ingest(database, [report("relos")], MORNING)
    hold, let_go = asyncio.Event(), asyncio.Event()

    async def keep_the_writer_busy():
        async with database.write(urgent=True):
            hold.set()
            await let_go.wait()

    async with database.write():
        early = asyncio.create_task(enrich(database, MORNING))  # has read the original only
        await in_line(database, 1)
        adding = asyncio.create_task(_add_urgently(database, report("relos", url="https://other.example/relos")))
        busy = asyncio.create_task(keep_the_writer_busy())
        await in_line(database, 3)
    await adding
    await hold.wait()
    late = asyncio.create_task(enrich(database, MORNING))  # has read both, neither of them ready
    await in_line(database, 2)
    let_go.set()
    await asyncio.gather(early, late, busy)
    async with database.read() as connection:
        copy, original = await articles.newest(connection, None)
    assert copy.copy_of == original.id
    assert copy.story == original.story


async def _add_urgently(database, entry):
    """Store a copy as `ingest` does, but ahead of all waiting writers."""
    async with database.write(urgent=True) as connection:
        copy = keyed(entry, fingerprint=identity.fingerprint(entry.text))
        [original] = await recognition.known(connection, [copy])
        await articles.keep(connection, [NewArticle(copy, original.id)], MORNING)


async def test_news_becomes_ready_after_every_mark_even_when_the_clock_is_set_back(newsroom, database, renderer, clock):
    await newsroom.readers.subscribe("5")
    clock.advance(hours=-3)
    await newsroom.editing.add([report("relos", published=clock.now - HOUR)])
    await publish(database, renderer, clock.at(7, 30))
    [_, scheduled] = await rows(database, editions)
    assert TITLE.split(" with")[0] in str(scheduled["blocks"])
