"""Whose article an entry is: only its own source changes it, others point at it, and a stub makes no two the same."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from fakes import MORNING, report, rows
from sqlalchemy import update

from briefings.model import Entry
from briefings.parse.file import read_file
from briefings.passes.enrich import enrich
from briefings.passes.ingest import ingest
from briefings.sources.origin import BY_HAND, Provenance
from briefings.store import stories
from briefings.store.schema import article_versions, articles
from briefings.stories.reports import newest_original

LATER = MORNING + timedelta(hours=1)
PAPER = Provenance(1, "https://feeds.paper.example/all.xml")
BLOG = Provenance(2, "https://grumpy.example/rss")
ADDRESS = "https://www.paper.example/2025/harbour"
TITLE = "Harbour of Aarhus opens a third quay"
WORDS = (
    "The harbour of Aarhus opened its third quay on Monday after four years of work. It cost 310 million kroner and "
    "takes ships of up to 400 metres. The first one, from Gdansk, is expected on Thursday with 2,000 containers."
)
OPINION = (
    "Once more the city pays for concrete that nobody asked for, while the buses stand in the rain and the schools "
    "wait for their roofs. I walked down there this morning and saw three gulls, one crane and no ship at all."
)


def paper(**changes):
    return Entry(**{"title": TITLE, "text": WORDS, "url": ADDRESS, "source": "Aarhus Paper", "published": MORNING,
                    "by_hand": False} | changes)  # fmt: skip


def blog(**changes):
    return paper(**{"source": "Grumpy Blog", "title": "Concrete again", "text": OPINION} | changes)


async def taken(database, *visits):
    """Take each visit (a provenance and its entries), make all ready, and return the stored articles."""
    for provenance, *entries in visits:
        present = frozenset(filter(None, map(provenance.item, entries)))
        await ingest(database, entries, LATER, provenance, present)
        await enrich(database, LATER)
    return await rows(database, articles)


async def the_story(database):
    async with database.read() as connection:
        [story] = await stories.everything(connection)
    return story


# An address is no identity across sources

BROUGHT_BY = {
    "two-feeds": (Provenance(3, "https://planet.example/1"), Provenance(4, "https://planet.example/2")),
    "the-site-and-a-blog": (PAPER, BLOG),
    "two-lines-of-a-file": (BY_HAND, BY_HAND),
    "a-folder-with-both": (Provenance(5), Provenance(5)),
}


@pytest.mark.parametrize(("first", "second"), BROUGHT_BY.values(), ids=BROUGHT_BY.keys())
async def test_another_source_never_changes_an_article(database, first, second):
    stored = await taken(database, (first, paper()), (second, blog()), (second, blog(text=OPINION + " None at all.")))
    assert [(row["source"], row["title"]) for row in stored] == [
        ("Aarhus Paper", TITLE),
        ("Grumpy Blog", "Concrete again"),
    ]
    assert stored[0]["text"] == WORDS
    assert stored[1]["text"].startswith("Once more"), "and is kept beside it under its own name"
    assert (await the_story(database)).outlets == ("Aarhus Paper", "Grumpy Blog")


@pytest.mark.parametrize("together", [True, False], ids=["one-batch", "two-visits"])
async def test_a_stub_that_points_at_an_article_counts_as_no_outlet(database, together):
    stub = blog(title=TITLE, text="Comments")
    if together:
        await ingest(database, [paper(), stub], LATER, BY_HAND)
        await enrich(database, LATER)
    else:
        await taken(database, (PAPER, paper()), (BLOG, stub))
    article, pointer = await rows(database, articles)
    assert (pointer["copy_of"], pointer["story_id"]) == (article["id"], article["story_id"])
    assert (pointer["source"], pointer["text"]) == ("Grumpy Blog", TITLE)
    story = await the_story(database)
    assert story.outlets == ("Aarhus Paper",)


async def test_the_outlets_own_words_win_over_a_stub_that_came_first(database):
    other_stub = Provenance(3, "https://third.example/rss")
    stub, other, own = await taken(
        database,
        (BLOG, blog(title="The harbour story", text="submitted by someone")),
        (other_stub, blog(source="Third Place", title=TITLE, text="Read more")),
        (PAPER, paper()),
    )
    assert (stub["copy_of"], other["copy_of"], own["copy_of"]) == (own["id"], own["id"], None)
    story = await the_story(database)
    assert story.outlets == ("Aarhus Paper",)
    assert {article.text for article in story.articles if article.copy_of is None} == {WORDS}


async def test_a_report_with_a_text_wins_over_a_stub_where_neither_is_the_sites_own(database):
    stub, report_with_text = await taken(
        database, (BLOG, blog(title=TITLE, text="No content.")), (Provenance(3, "https://third.example/"), paper())
    )
    assert (stub["copy_of"], report_with_text["copy_of"]) == (report_with_text["id"], None)


async def test_a_report_of_an_address_stays_in_its_story_whatever_its_words_are(database):
    """The blog's words resemble another story; it points at the harbour all the same."""
    words = f"{report('relos').title}. {report('relos').text[:90]}. {OPINION}"
    stored = await taken(database, (PAPER, paper()), (BLOG, blog(text=words)), (BY_HAND, report("relos")))
    by_source = {row["source"]: row["story_id"] for row in stored}
    assert by_source["Grumpy Blog"] == by_source["Aarhus Paper"] != by_source["Sample Wire"]


async def test_a_story_is_told_by_the_report_that_others_point_at(database):
    await taken(database, (PAPER, paper()), (BLOG, blog(published=LATER)))
    story = await the_story(database)
    assert (story.title, newest_original(story).source) == (TITLE, "Aarhus Paper")


async def test_a_stub_that_changes_into_words_of_its_own_counts_from_then_on(database):
    await taken(database, (PAPER, paper()), (BLOG, blog(text="Comments")), (BLOG, blog()))
    assert (await the_story(database)).outlets == ("Aarhus Paper", "Grumpy Blog")


async def test_a_stub_that_changes_into_another_stub_still_counts_as_no_outlet(database):
    await taken(database, (PAPER, paper()), (BLOG, blog(text="Comments")), (BLOG, blog(title="Look", text="Read on")))
    assert (await the_story(database)).outlets == ("Aarhus Paper",)


async def test_the_site_itself_changes_its_article_through_any_of_its_feeds(database):
    front, local = Provenance(7, "https://paper.example/front.xml"), Provenance(8, "https://rss.paper.example/local")
    changed = WORDS + " A second ship, from Riga, follows on Friday with 900 containers."
    [article] = await taken(database, (front, paper(key="f-1")), (local, paper(key="l-9", text=changed)))
    assert article["text"] == changed


async def test_an_editor_speaks_for_the_source_they_name_in_any_case(database):
    [article] = await taken(
        database, (PAPER, paper()), (BY_HAND, paper(source="AARHUS PAPER", text=WORDS + " The mayor is 61."))
    )
    assert article["text"].endswith("The mayor is 61.")
    assert article["source"] == "Aarhus Paper"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (paper(by_hand=True), paper(by_hand=True, source="aarhus paper", url=f"{ADDRESS}-2")),
        (paper(source="Paper: Local"), paper(source="Paper: World", url=f"{ADDRESS}-2")),
    ],
    ids=["another-case", "two-feeds-of-one-site"],
)
async def test_an_outlet_counts_once_in_a_story_however_its_report_came_in(database, first, second):
    second = Entry(**{name: getattr(second, name) for name in Entry.__slots__} | {"text": WORDS + " " + OPINION})
    provenances = (BY_HAND, BY_HAND) if first.by_hand else (PAPER, Provenance(9, "https://paper.example/world"))
    await taken(database, (provenances[0], first), (provenances[1], second))
    assert (await the_story(database)).outlets == (first.source,)


async def test_outlets_of_one_owner_count_once(database):
    one = Provenance(1, "https://a.example/rss", outlet="Reuters", owner="Thomson Reuters")
    other = Provenance(2, "https://b.example/rss", outlet="Reuters India", owner="thomson reuters")
    await taken(
        database, (one, paper(url=None)), (other, paper(url=None, title=f"{TITLE} today", text=f"{WORDS} {OPINION}"))
    )
    assert (await the_story(database)).outlets == ("Reuters",)


# Within a source the key decides

FOUR = {
    "one-link": [{"key": f"g{n}", "url": "https://paper.example/live"} for n in range(4)],
    "fragments": [{"url": f"https://paper.example/live#{n}"} for n in range(4)],
    "fragments-as-keys": [
        {"key": f"https://paper.example/live#{n}", "url": "https://paper.example/live"} for n in "abcd"
    ],
    "the-front-page": [{"key": f"g{n}", "url": "https://paper.example/"} for n in range(4)],
    "no-link": [{"key": f"g{n}", "url": None} for n in range(4)],
}
EVENTS = ["relos", "tejas", "taiwan", "arctic"]


@pytest.mark.parametrize("fields", FOUR.values(), ids=FOUR.keys())
@pytest.mark.parametrize("provenance", [PAPER, BY_HAND], ids=["feed", "file"])
async def test_four_items_are_four_articles_and_the_next_visit_overwrites_none(database, provenance, fields):
    entries = [report(event, **changes) for event, changes in zip(EVENTS, fields, strict=True)]
    stored = await taken(database, (provenance, *entries), (provenance, *entries), (provenance, *reversed(entries)))
    assert [row["title"] for row in stored] == [entry.title for entry in entries]
    assert await rows(database, article_versions) == []


async def test_items_of_one_link_that_come_one_after_the_other_are_all_kept(database):
    """A feed that always shows its latest item only, each with a new GUID and the link of the same page."""
    visits = [(BLOG, report(event, key=f"g{event}", url="https://paper.example/live")) for event in EVENTS]
    assert len(await taken(database, *visits)) == 4


@pytest.mark.parametrize(
    "again",
    [
        {"key": "new-guid"},
        {"key": "new-guid", "published": LATER},
        {"key": "new-guid", "text": WORDS + " A second ship follows on Friday with 900 containers."},
        {"key": "new-guid", "url": f"{ADDRESS}?utm_source=rss"},
        {"key": "guid", "title": "Third quay opened", "url": f"{ADDRESS}-corrected"},
    ],
    ids=["regenerated-guid", "re-dated", "edited-too", "tracked", "new-title-and-link"],
)
async def test_an_item_that_comes_again_is_the_same_article(database, again):
    stored = await taken(database, (PAPER, paper(key="guid")), (PAPER, paper(**again)))
    assert len(stored) == 1


async def test_a_record_id_that_comes_again_with_another_article_overwrites_nothing(database):
    """Row numbers pass for ids: two files of one source both begin with 1."""
    stored = await taken(
        database, (BY_HAND, report("relos", key="1", url=None)), (BY_HAND, report("tejas", key="1", url=None))
    )
    assert len(stored) == 2
    assert await rows(database, article_versions) == []


# A stub is no text

STUBS = ["Comments", "Read more", "No content.", "Continue reading", "Lesen Sie hier weiter.", "続きを読む", "查看全文"]


@pytest.mark.parametrize("stub", STUBS)
@pytest.mark.parametrize("same_site", [True, False], ids=["one-source", "many-sources"])
async def test_different_news_with_one_stub_are_no_copies_and_the_stub_is_printed_nowhere(database, stub, same_site):
    visits = [
        (
            PAPER if same_site else Provenance(number, f"https://site{number}.example/rss"),
            report(event, text=stub, url=f"https://site{number}.example/{event}", key=event),
        )
        for number, event in enumerate(EVENTS)
    ]
    stored = await taken(database, *visits)
    assert [row["copy_of"] for row in stored] == [None] * 4
    assert [row["text"] for row in stored] == [row["summary"] for row in stored] == [row["title"] for row in stored]


async def test_a_text_under_three_titles_of_one_source_is_furniture(database):
    furniture = "Our reporters follow this for you around the clock. " * 8
    visits = [
        (PAPER, report(event, text=furniture, url=f"https://paper.example/{event}", key=event)) for event in EVENTS
    ]
    stored = await taken(database, *visits, *visits)
    assert [row["copy_of"] for row in stored] == [None] * 4
    assert [row["text"] for row in stored] == [row["title"] for row in stored]


async def test_one_wire_text_under_the_titles_of_ten_papers_is_still_one_report(database):
    titles = [report(event).title for event in EVENTS]
    visits = [
        (Provenance(n, f"https://p{n}.example/rss"), paper(title=title, url=f"https://p{n}.example/a", source=f"P{n}"))
        for n, title in enumerate([TITLE, *titles])
    ]
    stored = await taken(database, *visits)
    assert [row["copy_of"] for row in stored] == [None, *[stored[0]["id"]] * 4]


async def test_one_headline_without_a_text_in_two_papers_is_one_report_within_a_week(database):
    def stub(number, day):
        return (
            Provenance(number, f"https://p{number}.example/rss"),
            paper(text="Read more", url=f"https://p{number}.example/a", published=MORNING - timedelta(days=day)),
        )

    stored = await taken(database, stub(1, 0), stub(2, 1), stub(3, 30))
    assert [row["copy_of"] for row in stored] == [None, stored[0]["id"], None]


async def test_two_sources_that_are_named_by_their_hosts_are_two(database):
    lines = [
        {"title": TITLE, "text": WORDS, "url": ADDRESS, "source": "paper.example"},
        {"title": "Concrete again", "text": OPINION, "url": ADDRESS, "source": "grumpy.example"},
    ]
    entries = read_file("two.jsonl", "\n".join(map(json.dumps, lines)).encode())
    stored = await taken(database, (BY_HAND, *entries))
    assert [(row["source"], row["title"]) for row in stored] == [
        ("paper.example", TITLE),
        ("grumpy.example", "Concrete again"),
    ]


async def test_a_comment_of_another_feed_of_the_site_never_becomes_the_article(database):
    comments = Provenance(8, "https://paper.example/comments/feed")
    lie = "This is all a lie. The ship never left the dock, and its engines were stolen in May by the crew itself."
    stored = await taken(
        database,
        (PAPER, paper(key="p-1")),
        (comments, paper(key="c-7", url=f"{ADDRESS}#comment-7", title="By: Bob", text=lie)),
    )
    assert [(row["title"], row["text"]) for row in stored] == [(TITLE, WORDS), ("By: Bob", lie)]


async def test_items_of_another_feed_of_the_site_that_share_a_link_are_told_apart(database):
    live = Provenance(8, "https://paper.example/live.xml")
    items = [report(event, key=event, url=ADDRESS, source="Aarhus Paper") for event in EVENTS]
    assert len(await taken(database, (PAPER, paper(key="p-1")), (live, *items))) == 5


async def test_a_guid_that_comes_again_with_another_link_and_other_words_is_another_item(database):
    visits = [(BLOG, report(event, key="same", url=f"https://site.example/{event}", source="Blog")) for event in EVENTS]
    assert len(await taken(database, *visits)) == 4


async def test_a_file_that_holds_another_outlets_report_today_is_another_article(database):
    folder = Provenance(5)
    ap = report("relos", key="latest.json", url="https://ap.example/b2", source="AP", title=f"{TITLE} today")
    stored = await taken(database, (folder, paper(key="latest.json", url="https://r.example/a1")), (folder, ap))
    assert [row["source"] for row in stored] == ["Aarhus Paper", "AP"]


@pytest.mark.parametrize(
    ("provenance", "articles_then"),
    [(PAPER, 1), (BY_HAND, 1), (Provenance(9, "https://evil.example/rss"), 2)],
    ids=["its-site", "by-hand", "a-feed-that-takes-its-name"],
)
async def test_an_article_older_than_origins_is_changed_by_its_site_or_an_editor_only(
    database, provenance, articles_then
):
    await taken(database, (BY_HAND, paper()))
    async with database.write() as connection:
        await connection.execute(update(articles).values(origin=None, item=articles.c.canonical))
    stored = await taken(database, (provenance, paper(text=f"{WORDS} The mayor is 61.")))
    assert len(stored) == articles_then
    assert stored[0]["text"].endswith("61.") == (articles_then == 1)
