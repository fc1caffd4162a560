"""Revise: a change replaces the article whole, is told again only when it is news, and the old form is stored."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest
from fakes import MORNING, NEWS, in_line, report, rows

from briefings import starter
from briefings.editions.candidates import told_everything
from briefings.model import Wishes
from briefings.passes.ingest import ingest
from briefings.passes.publish import draft_for
from briefings.passes.revise import MOST_FORMS, Change, revise
from briefings.store import removal, search, stories
from briefings.store.schema import article_sketches, article_versions, articles
from briefings.stories.duplicates import ReportText
from briefings.stories.identity import fingerprint
from briefings.topics.query import parse_query

TITLE, TEXT = NEWS["tejas"]
LATER = MORNING + timedelta(hours=1)
NEW_NUMBER = TEXT.replace("180 of the jets", "212 of the jets")
TYPO, CORRECT = TEXT.replace("delayed", "delaid").replace("engines", "enignes"), TEXT


def _from_feed(**changes):
    return report("tejas", by_hand=False, **changes)


async def _draft(database, mark, now=LATER):
    """The edition of a reader who was told everything up to a mark."""
    async with database.read() as connection:
        story_ids = [story.id for story in await stories.everything(connection)]
        memory = told_everything(await stories.by_ids(connection, story_ids), mark) if mark else ()
        draft, _ = await draft_for(connection, Wishes(), mark, now, memory)
    return draft


async def _add_hourly(newsroom, clock, *entries):
    """Add these entries an hour apart. Returns a mark that lies after the first and before the second."""
    await newsroom.editing.add([entries[0]])
    mark = clock.advance(minutes=30)
    for entry in entries[1:]:
        clock.advance(minutes=30)
        await newsroom.editing.add([entry])
    return mark


async def test_a_changed_text_replaces_the_article_and_the_earlier_form_is_stored(newsroom, database, clock):
    await newsroom.editing.seed_topics(starter.topics())
    [first] = await newsroom.editing.add([_from_feed()])
    clock.advance(hours=1)
    added = "The Duma has now ratified RELOS as well. "
    [again] = await newsroom.editing.add([_from_feed(title="Tejas handed over", text=added + NEW_NUMBER)])
    assert (again.status, again.article.id, again.article.added) == ("known", first.article.id, first.article.added)
    assert (again.article.title, again.article.text) == ("Tejas handed over", added + NEW_NUMBER)
    assert again.article.story == first.article.story
    assert "relos" in again.article.topics
    assert "relos" not in first.article.topics
    assert all(sentence in added + NEW_NUMBER for sentence in again.article.summary.rstrip(".").split(". "))
    [version] = await rows(database, article_versions)
    assert (version["article_id"], version["title"], version["text"]) == (first.article.id, TITLE, TEXT)
    assert (version["published"], version["replaced_at"]) == (first.article.published, clock.now)


async def test_a_search_finds_the_new_text_and_not_the_old_one(newsroom, database):
    await newsroom.editing.add([_from_feed()])
    await newsroom.editing.add([_from_feed(text=TEXT.replace("Nashik plant", "Zeppelin works"))])
    async with database.read() as connection:
        assert len(await search.find(connection, parse_query("zeppelin"), 5)) == 1
        assert await search.find(connection, parse_query("nashik"), 5) == []


# Told again?

AGAIN = {
    "a-new-number": (TEXT, NEW_NUMBER, True),
    "a-person-who-acts": (TEXT, f"Rajnath Singh flew to Nashik on Monday. {TEXT}", True),
    "a-name-of-nobody-who-acts": (TEXT, TEXT.replace("on Monday", "on Monday near Pimpalgaon"), False),
    "a-typo": (TEXT.replace("engines", "enignes"), TEXT, False),
    "a-name-spelt-right": (TEXT.replace("Aeronautics", "Aeronatics"), TEXT, False),
    "another-day": (TEXT, TEXT.replace("on Monday", "on Tuesday"), False),
    "other-words": (TEXT, TEXT.replace("held up", "delayed").replace("almost", "nearly"), False),
    "a-clause-less": (TEXT, TEXT.replace(" in two contracts", ""), False),
}


@pytest.mark.parametrize(("before", "after", "again"), AGAIN.values(), ids=AGAIN.keys())
async def test_a_change_is_told_again_only_when_it_is_material(newsroom, database, clock, before, after, again):
    mark = await _add_hourly(newsroom, clock, _from_feed(text=before), _from_feed(text=after))
    assert (await newsroom.editing.articles())[0].text == after
    draft = await _draft(database, mark, clock.now)
    assert [item.mood for item in draft.items] == (["updated"] if again else [])
    if again:
        assert draft.items[0].why.changes


async def test_another_title_over_the_same_text_is_shown_and_not_told_again(newsroom, database, clock):
    mark = await _add_hourly(
        newsroom, clock, _from_feed(), _from_feed(title="Nashik plant hands over its first Tejas Mk1A")
    )
    [article] = await newsroom.editing.articles()
    assert article.title == "Nashik plant hands over its first Tejas Mk1A"
    assert (await _draft(database, mark, clock.now)).items == ()


@pytest.mark.parametrize("after", [NEW_NUMBER, TEXT.replace("held up", "delayed")], ids=["material", "not"])
async def test_readers_who_were_not_told_the_article_are_told_its_change_as_new(newsroom, database, clock, after):
    await _add_hourly(newsroom, clock, _from_feed(), _from_feed(text=after))
    for mark in (None, MORNING - timedelta(hours=1)):
        [item] = (await _draft(database, mark, clock.now)).items
        assert item.mood == "new"


async def test_a_change_is_ready_after_every_mark_even_when_the_clock_is_set_back(newsroom, database, clock):
    await newsroom.editing.add([_from_feed()])
    clock.advance(hours=1)
    await newsroom.readers.subscribe("5")
    mark = clock.now
    clock.advance(hours=-2)
    await newsroom.editing.add([_from_feed(text=NEW_NUMBER)])
    assert [item.mood for item in (await _draft(database, mark)).items] == ["updated"]


async def test_an_earlier_form_is_printed_nowhere(newsroom, database, clock):
    old = "Twelve jets burnt in Nashik"
    mark = await _add_hourly(newsroom, clock, _from_feed(title=old), _from_feed(text=NEW_NUMBER), report("relos"))
    for since in (mark, None):
        draft = await _draft(database, since, clock.now)
        assert old not in repr(draft)
    [tejas] = [story for story in await newsroom.editing.stories() if len(story.articles) and story.title == TITLE]
    assert len(tejas.articles) == 1


# Entries that are no change

NO_CHANGE = {
    "the-same": {},
    "typography": {"text": TEXT.replace(" ", "  ").replace("Mk1A", "MK1A")},
    "a-teaser": {"text": TEXT[:70]},
    "cut-at-the-end": {"text": TEXT[: int(len(TEXT) * 0.7)]},
    "an-older-form": {"text": NEW_NUMBER, "published": MORNING - timedelta(days=3)},
}


@pytest.mark.parametrize("changes", NO_CHANGE.values(), ids=NO_CHANGE.keys())
async def test_an_entry_that_is_no_change_changes_nothing(newsroom, database, changes):
    await newsroom.editing.add([_from_feed()])
    before = await rows(database, articles)
    [again] = await newsroom.editing.add([_from_feed(**changes)])
    assert again.status == "known"
    assert await rows(database, articles) == before
    assert await rows(database, article_versions) == []


async def test_two_sources_that_state_an_article_differently_change_it_once(newsroom, database):
    first, other = _from_feed(), _from_feed(title=f"{TITLE} – Wire", text=NEW_NUMBER)
    for _ in range(3):
        await newsroom.editing.add([first])
        await newsroom.editing.add([other])
    [article] = await rows(database, articles)
    assert article["text"] == NEW_NUMBER
    assert len(await rows(database, article_versions)) == 1


async def test_a_page_that_changes_for_ever_is_left_alone_at_last(newsroom, database):
    for number in range(MOST_FORMS + 3):
        await newsroom.editing.add([_from_feed(text=f"{TEXT} Read {number} times.")])
    assert len(await rows(database, article_versions)) == MOST_FORMS


async def test_an_article_that_waits_for_its_summary_is_not_changed(database):
    await ingest(database, [_from_feed()], MORNING)
    await ingest(database, [_from_feed(text=NEW_NUMBER)], LATER)
    [article] = await rows(database, articles)
    assert (article["text"], await rows(database, article_versions)) == (TEXT, [])


# Dates, other texts, copies


async def test_the_date_changes_only_with_a_change_worth_telling(newsroom, clock):
    [first] = await newsroom.editing.add([_from_feed()])
    [typo] = await newsroom.editing.add([_from_feed(text=TEXT.replace("held up", "delayed"), published=MORNING)])
    assert typo.article.published == first.article.published
    [news] = await newsroom.editing.add([_from_feed(text=NEW_NUMBER, published=MORNING)])
    assert news.article.published == MORNING


async def test_undated_text_of_a_source_is_told_once_it_bears_a_date(newsroom, database, clock):
    mark = await _add_hourly(newsroom, clock, _from_feed(published=None), _from_feed())
    assert [item.mood for item in (await _draft(database, mark, clock.now)).items] == ["new"]


async def test_an_article_replaced_by_another_text_moves_to_another_story(newsroom, database, clock):
    [first] = await newsroom.editing.add([_from_feed()])
    mark = clock.advance(minutes=30)
    clock.advance(minutes=30)
    [again] = await newsroom.editing.add([_from_feed(title=NEWS["arctic"][0], text=NEWS["arctic"][1])])
    assert (again.article.id, again.article.title) == (first.article.id, NEWS["arctic"][0])
    assert again.article.story != first.article.story
    assert [item.mood for item in (await _draft(database, mark, clock.now)).items] == ["new"]
    assert len(await rows(database, article_versions)) == 1


LONG = TEXT + " The plant employs 900 people, who had the day off afterwards and went home with a box of sweets each."


async def test_the_first_copy_becomes_the_original_when_the_original_is_replaced(newsroom, database):
    papers = [report("tejas", text=LONG, url=f"https://{n}.example/a", source=f"Paper {n}") for n in range(3)]
    first, second, third = [result.article.id for result in await newsroom.editing.add(papers)]
    await newsroom.editing.add([dataclasses.replace(papers[0], title=NEWS["arctic"][0], text=NEWS["arctic"][1])])
    assert {row["id"]: row["copy_of"] for row in await rows(database, articles)} == {
        first: None,
        second: None,
        third: second,
    }
    [late] = await newsroom.editing.add(
        [report("tejas", text=LONG + " More soon.", url="https://9.example/a", source="Paper 9")]
    )
    assert late.article.copy_of == second


async def test_a_copy_that_adds_something_is_a_copy_no_longer(newsroom, database, clock):
    original = report("tejas", text=LONG)
    copy = report("tejas", text=LONG, url="https://b.example/a", source="B")
    await newsroom.editing.add([original, copy])
    mark = clock.advance(minutes=30)
    clock.advance(minutes=30)
    [changed] = await newsroom.editing.add(
        [dataclasses.replace(copy, text=f"Rajnath Singh flew to Nashik and paid 4,300 crowns. {LONG}")]
    )
    assert changed.article.copy_of is None
    assert {row["article_id"] for row in await rows(database, article_sketches)} == {1, 2}
    assert [item.mood for item in (await _draft(database, mark, clock.now)).items] == ["updated"]


HOSTILE = {
    "capitals": ("NEWS FROM VIK AND KARST " * 800, "NEWS FROM VIK AND SELBY " * 800),
    "one-place-many-names": (
        " ".join(f"he saw A{n}x go by" for n in range(3000)),
        " ".join(f"he saw B{n}x go by" for n in range(3000)),
    ),
    "names-spelt-otherwise": (
        " ".join(f"then Ann{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]} went" for n in range(3000)),
        " ".join(f"then Anm{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]} went" for n in range(3000)),
    ),
}


@pytest.mark.parametrize(("before", "after"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_texts_are_revised_like_others(newsroom, before, after):
    await newsroom.editing.add([_from_feed(text=before)])
    [again] = await newsroom.editing.add([_from_feed(text=after)])
    [copy] = await newsroom.editing.add(
        [report("tejas", text=before + " More.", url="https://b.example/b", source="B")]
    )
    assert (again.status, copy.status) == ("known", "stored")


async def test_a_topic_that_is_removed_while_a_change_is_judged_is_not_given_to_the_article(newsroom, database):
    await newsroom.editing.seed_topics(starter.topics())
    [added] = await newsroom.editing.add([_from_feed()])
    entry = _from_feed(text=NEW_NUMBER)
    change = Change(added.article.id, entry, ReportText(entry.title, entry.text, "Wire"), fingerprint(entry.text))
    async with database.write() as connection:
        revising = asyncio.create_task(revise(database, [change], LATER))
        await in_line(database, 1)
        await removal.remove_topics(connection, ["tejas"], LATER)
    assert len(await revising) == 1
    [article] = await newsroom.editing.articles()
    assert (article.text, "tejas" in article.topics) == (NEW_NUMBER, False)


async def test_a_text_that_comes_after_its_summary_takes_its_place(newsroom, clock):
    beginning = TEXT.split(". ")[0] + "."
    await newsroom.editing.add([_from_feed(text=beginning, summary=beginning, supplied=True)])
    clock.advance(hours=1)
    [again] = await newsroom.editing.add([_from_feed()])
    assert (again.article.text, again.article.supplied) == (TEXT, False)


async def test_a_changed_supplied_summary_stays_supplied_and_whole(newsroom, clock):
    await newsroom.editing.add([_from_feed(text=TEXT, summary=TEXT, supplied=True)])
    clock.advance(hours=1)
    [again] = await newsroom.editing.add([_from_feed(text=NEW_NUMBER, summary=NEW_NUMBER, supplied=True)])
    assert (again.article.summary, again.article.supplied) == (NEW_NUMBER, True)
