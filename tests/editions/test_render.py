"""What is printed can be sent: escaped, measured as Telegram measures, and never broken by a template or a text."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from builders import NOW, ago, article, draft, item, open_sample_at, story, topic
from fakes import COMMANDS
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_parser import accepts, links, parsed, units

from bot.telegram.packing import fit, join
from briefings.editions.compose import compose
from briefings.editions.model import Block, Draft, Mood, text_of
from briefings.editions.render import BLOCK_UNITS, Renderer, measure
from briefings.errors import BadTemplate
from briefings.model import Dossier, Slot, TimelineEvent, Wishes
from briefings.starter import SAMPLE_NOW, topics

RENDERER = Renderer(COMMANDS)
MINUTES = (1, 2, 3, 5)
WORDS = ("drone", "su-57", "source:wire", '"State Duma"', "zebra")


@dataclass(frozen=True)
class Prints:
    """All that the sample newsroom prints."""

    editions: dict[int, tuple[Block, ...]]
    relos: tuple[Block, ...]
    dossiers: dict[str, Block]
    results: dict[str, Block]


@pytest.fixture(scope="module")
def prints() -> Prints:
    async def gather() -> Prints:
        async with open_sample_at() as newsroom:
            room = newsroom
            found = {word: await room.reading.dossier(word) for word in [t.command for t in topics()]}
            return Prints(
                {
                    minutes: (await room.reading.preview(Wishes(None, minutes), SAMPLE_NOW, "Asia/Kolkata"))[0]
                    for minutes in MINUTES
                },
                (await room.reading.preview(Wishes(frozenset({"relos", "s400"})), SAMPLE_NOW, "America/New_York"))[0],
                {word: block for word, (block, _) in found.items() if block},
                {words: (await room.reading.search(words))[0] for words in WORDS},
            )

    return asyncio.run(gather())


def everything(prints: Prints) -> list[Block]:
    editions = [block for blocks in (*prints.editions.values(), prints.relos) for block in blocks]
    return [*editions, *prints.dossiers.values(), *prints.results.values()]


def test_telegram_accepts_all_that_the_sample_prints(prints: Prints) -> None:
    for block in everything(prints):
        assert units(accepts(block.html)) == block.units


def test_no_block_spends_more_entities_than_it_says(prints: Prints) -> None:
    for block in everything(prints):
        assert len(parsed(block.html)["entities"]) <= block.entities


def test_no_bare_address_is_shown(prints: Prints) -> None:
    assert not [block.html for block in everything(prints) if "http" in text_of(block.html)]


def test_emoji_are_section_marks_only(prints: Prints) -> None:
    shown = "".join(text_of(block.html) for block in everything(prints))
    assert set(re.findall("[\u2190-\u2bff\U0001f000-\U0001faff]", shown)) <= set("🆕🔄📌")


def test_every_starter_topic_has_a_dossier_of_one_message(prints: Prints) -> None:
    assert set(prints.dossiers) == {t.command for t in topics()}
    assert all(fit([block]) == 1 and block.units <= BLOCK_UNITS for block in prints.dossiers.values())


def test_two_minutes_of_the_sample_are_one_message(prints: Prints) -> None:
    blocks = prints.editions[2]
    assert fit(blocks) == len(blocks)
    assert units(accepts(join(blocks))) <= 3500


@pytest.mark.parametrize("minutes", MINUTES)
def test_an_edition_takes_no_longer_than_it_may(prints: Prints, minutes: int) -> None:
    assert int(re.search(r"· (\d+) min", text_of(prints.editions[minutes][0].html))[1]) <= minutes


def test_a_sample_edition_is_built_like_a_briefing(prints: Prints) -> None:
    lines = accepts(join(prints.editions[2])).splitlines()
    assert 1 <= len(lines[0]) <= 80
    assert re.fullmatch(r".*Briefing · Thu 4 Dec 2025 · [5-7] stories · [12] min", lines[1])
    assert lines[2] == ""
    assert [line.startswith("• ") for line in lines[3:7]] == [True, True, True, False]
    headings = [line for line in lines if line[:1] in "🆕🔄📌" if line]
    assert headings == ["🆕 New", "📌 Your topics"]
    assert re.fullmatch(r"That is all\. [5-7] of \d+ stories\. /more · /search", lines[-1])


def pages(made: Draft, **values: object) -> list[str]:
    """The edition's blocks as Telegram shows them."""
    blocks = Renderer(COMMANDS).edition(made, **({"zone": "UTC", "now": NOW} | values))
    return [accepts(block.html) for block in blocks]


HOSTILE = [
    pytest.param("<b>x</b>", id="markup"),
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("</b></a></blockquote>", id="ends"),
    pytest.param("a & b &amp; c &lt; d &#39;", id="ampersands"),
    pytest.param("\"double\" 'single' `tick`", id="quotes"),
    pytest.param("{{ 7*7 }} {% raw %} {# x #}", id="template"),
    pytest.param("*bold* _it_ [x](y)", id="markdown"),
    pytest.param("1 < 2 > 1", id="signs"),
    pytest.param("👩‍🚀 𝔘𝔫𝔦 é", id="astral"),
    pytest.param("שלום العربية", id="right-to-left"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_shown_as_it_stands(text: str) -> None:
    one = item(text, facts=(text,), more=(text,), outlets=(text, text), count=2)
    head, block, _ = pages(draft(one, points=(text, text)))
    assert head.count(text) == 3
    assert block.count(text) == 5


@pytest.mark.parametrize("text", HOSTILE)
def test_a_dossier_and_results_show_a_text_as_it_stands(text: str) -> None:
    made = article(text, text, source=text)
    assert accepts(Renderer(COMMANDS).results([made], words=text, zone="UTC", now=NOW).html).count(text) == 3
    held = dossier_of(made, word=text)
    assert accepts(Renderer(COMMANDS).dossier(held, zone="UTC", now=NOW).html).count(text) == 4


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/?a=1&b=2",
        'https://example.org/"><b>x</b>',
        "https://example.org/'x'",
        "https://example.org/ü <i>",
        "javascript:alert(1)",
        "tg://user?id=1",
        "https://example.org/" + "x" * 3000,
        "",
    ],
)
def test_an_address_stays_within_its_link(url: str) -> None:
    blocks = Renderer(COMMANDS).edition(draft(item(link=url)), zone="UTC", now=NOW)
    assert accepts(blocks[1].html) == "🆕 New\nNorvell opens a port\nIt holds 12 ships.\nSample Wire · 4 Dec · /relos"


def test_an_address_with_signs_is_the_one_that_opens() -> None:
    blocks = Renderer(COMMANDS).edition(draft(item(link="https://example.org/?a=1&b='2'")), zone="UTC", now=NOW)
    assert links(blocks[1].html) == ["https://example.org/?a=1&b='2'"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_telegram_makes_links_of_web_addresses_only(url: str) -> None:
    assert links(RENDERER.edition(draft(item(link=url)), zone="UTC", now=NOW)[1].html) == []


def test_everything_in_an_edition_is_in_its_place() -> None:
    updated = item("Estmark waits", mood=Mood.UPDATED, facts=("It is 7 now.",))
    made = draft(
        item(), headline="Norvell opens", points=("One.", "Two."), updated=(updated,), topics=(item("Third"),),
        left=(9,), total=41, since=ago(24),
    )  # fmt: skip
    assert pages(made) == [
        "Norvell opens\nBriefing · Thu 4 Dec 2025 · 3 stories · 1 min\n\n• One.\n• Two.",
        "🆕 New\nNorvell opens a port\nIt holds 12 ships.\nSample Wire · 4 Dec · /relos",
        "🔄 Updated since Wed 06:00\nEstmark waits\nNew: It is 7 now.\nSample Wire · 4 Dec · /relos",
        "📌 Your topics\nThird\nIt holds 12 ships.\nSample Wire · 4 Dec · /relos",
        "That is all. 3 of 41 stories. /more · /search",
    ]


@pytest.mark.parametrize(
    ("shown", "total", "expected"),
    [
        pytest.param(6, 41, "That is all. 6 of 41 stories. /more · /search", id="some"),
        pytest.param(2, 2, "That is all. 2 of 2 stories. /topics · /search", id="all"),
        pytest.param(1, 1, "That is all. 1 of 1 story. /topics · /search", id="one"),
    ],
)
def test_the_end_mark(shown: int, total: int, expected: str) -> None:
    made = draft(*[item(f"Port {n}", story=n) for n in range(shown)], total=total)
    assert pages(made)[-1] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, "Sample Wire · 4 Dec", id="one"),
        pytest.param({"outlets": ("A", "B"), "count": 2}, "A, B · 4 Dec", id="two"),
        pytest.param({"outlets": ("A", "B", "C"), "count": 4}, "A · 4 Dec · 4 outlets", id="four"),
        pytest.param({"when": None}, "Sample Wire · undated, added 4 Dec 2025", id="undated"),
        pytest.param({"when": ago(9000)}, "Sample Wire · 24 Nov 2024", id="last-year"),
        pytest.param({"link": None}, "Sample Wire · 4 Dec", id="no-link"),
        pytest.param({"outlets": ("",), "link": None}, "Source not named · 4 Dec", id="no-outlet"),
        pytest.param({"outlets": (), "count": 0, "link": None}, "Source not named · 4 Dec", id="no-outlets"),
        pytest.param({"outlets": ("",)}, "Source · 4 Dec", id="no-outlet-but-a-link"),
    ],
)
def test_the_sourcing_tail(values: dict[str, object], expected: str) -> None:
    assert pages(draft(item(commands=(), **values)))[1].splitlines()[-1] == expected


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        pytest.param("UTC", NOW, "Thu 4 Dec 2025", id="utc"),
        pytest.param("Asia/Kolkata", datetime(2025, 12, 3, 20, tzinfo=UTC), "Thu 4 Dec 2025", id="ahead"),
        pytest.param("America/New_York", datetime(2025, 12, 4, 3, tzinfo=UTC), "Wed 3 Dec 2025", id="behind"),
        pytest.param("Pacific/Kiritimati", datetime(2025, 12, 31, 10, tzinfo=UTC), "Thu 1 Jan 2026", id="next-year"),
    ],
)
def test_the_dateline_is_in_the_readers_zone(zone: str, now: datetime, expected: str) -> None:
    assert f"Briefing · {expected} · " in pages(draft(item()), zone=zone, now=now)[0]
    assert f"Briefing · {expected} · " in pages(draft(), zone=zone, now=now)[0]


SLOT = Slot(NOW.date(), time(7, 30), datetime(2025, 12, 4, 2, tzinfo=UTC))


@pytest.mark.parametrize("made", [draft(item()), draft()], ids=["news", "quiet"])
def test_a_late_edition_names_the_hour_it_was_meant_for(made: Draft) -> None:
    assert "· meant for 07:30" in pages(made, zone="Asia/Kolkata", slot=SLOT, late=True)[0]
    assert "meant for" not in pages(made, zone="Asia/Kolkata", slot=SLOT)[0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"since": None}, "Nothing to report yet", id="newcomer"),
        pytest.param({"since": ago(24)}, "Nothing new since Wed 06:00", id="all-topics"),
        pytest.param({"since": ago(2), "followed": 4}, "Nothing new on your 4 topics since 04:00", id="four-topics"),
        pytest.param({"since": ago(24), "followed": 1}, "Nothing new on your 1 topic since Wed 06:00", id="one-topic"),
        pytest.param({"since": ago(240)}, "Nothing new since 24 Nov", id="long-ago"),
    ],
)
def test_a_quiet_day_says_so(values: dict[str, object], expected: str) -> None:
    recalled = item(
        "Russia and India agree to use each other's bases and ports and airfields for fuel and repair there"
    )
    (page,) = pages(draft(open_story=recalled, **values))
    assert page.splitlines()[0] == expected
    assert page.splitlines()[-1] == "That is all. /topics · /search"
    assert "Russia and India" in page
    assert len(page.split()) <= 60


def test_every_point_of_an_edition_is_told() -> None:
    """Even where there is but one story, and no list of points."""
    report = article(
        "Norvell opens port", "Norvell opens 12 berths on Friday at last. The parliament of Norvell agreed to it."
    )
    made = compose([story(report)], Wishes(), mark=None, now=NOW)
    assert "12 berths" in "\n".join(pages(made))


def test_an_old_sentence_is_never_called_new() -> None:
    """The change stands in the headline alone; what the text repeats was told before."""
    before = article("Three systems have come", "Three systems have come to Delhi.", hours=10)
    after = article("In all it is 7 systems", "Three systems have come to Delhi.", hours=1)
    made = compose([story(before, after)], Wishes(), mark=ago(5), now=NOW)
    assert made.updated
    assert "New: Three systems" not in "\n".join(pages(made))


@pytest.mark.parametrize(
    ("before", "left", "end"),
    [
        (0, 5, "1–2 of the 5 stories your last edition left out. /today · /search"),
        (2, 5, "3–4 of the 5 stories your last edition left out. /today · /search"),
        (0, 2, "That is all your last edition left out. /today · /search"),
    ],
)
def test_the_rest_is_told_without_sections(before: int, left: int, end: str) -> None:
    blocks = Renderer(COMMANDS).rest([item(), item("Second")], before=before, left=left, zone="UTC", now=NOW)
    assert [accepts(block.html).splitlines()[0] for block in blocks] == ["Norvell opens a port", "Second", end]


def test_a_very_long_title_can_be_told() -> None:
    long = story(article("Norvell " * 700, "Short."), id=1)
    made = compose([long, story(article("Port"), id=2)], Wishes(), mark=None, now=NOW)
    assert pages(made)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"text": "It is " + "x" * 5000 + "."}, id="word"),
        pytest.param({"title": "y" * 5000}, id="title"),
        pytest.param({"source": "z" * 5000}, id="outlet"),
        pytest.param({"title": " ".join("/a" for _ in range(300))}, id="commands"),
    ],
)
def test_nothing_a_source_says_stops_an_edition_or_a_dossier(values: dict[str, str]) -> None:
    made = article(**values)
    assert pages(compose([story(made)], Wishes(), mark=None, now=NOW))
    assert accepts(Renderer(COMMANDS).dossier(dossier_of(made), zone="UTC", now=NOW).html)
    assert accepts(Renderer(COMMANDS).results([made], words="x", zone="UTC", now=NOW).html)


def dossier_of(*reports: object, word: str = "relos", lines: int = 1) -> Dossier:
    timeline = tuple(
        TimelineEvent(ago(lines - n), f"{reports[0].title}{f' {n}' if n else ''}", None) for n in range(lines)
    )
    outlets = tuple(a.source for a in reports)
    return Dossier(
        word,
        None,
        story(*reports),
        reports[-1],
        reports[-1].summary,
        (),
        timeline,
        len(reports),
        outlets,
        ago(9),
        ("s400",),
    )


def test_a_dossier_is_in_its_order() -> None:
    held = dataclasses.replace(
        dossier_of(article("Ratified", "The Duma ratified it.")),
        topic=topic("relos", title="RELOS", expansion="Reciprocal Exchange", definition="A pact."),
    )
    assert accepts(Renderer(COMMANDS).dossier(held, zone="UTC", now=NOW).html).splitlines() == [
        "RELOS · Reciprocal Exchange",
        "A pact.",
        "",
        "Where it stands (4 Dec 2025, 1 outlet)",
        "The Duma ratified it.",
        "Sample Wire",
        "",
        "Timeline",
        "4 Dec 2025 · Ratified",
        "",
        "1 article, 1 outlet, first 3 Dec 2025 · see /s400",
    ]


def test_a_dossier_of_nothing_says_so() -> None:
    held = Dossier("relos", topic(), None, None, "", (), (), 0, (), None, ())
    assert "No report on it is kept yet." in accepts(Renderer(COMMANDS).dossier(held, zone="UTC", now=NOW).html)


def test_a_timeline_gives_way_oldest_first() -> None:
    held = dossier_of(article("Norvell " * 8), lines=100)
    block = Renderer(COMMANDS).dossier(held, zone="UTC", now=NOW)
    text = accepts(block.html)
    assert block.units <= BLOCK_UNITS
    numbers = [int(n) for n in re.findall(r"Norvell +(\d+)$", text, re.MULTILINE)]
    assert numbers == list(range(numbers[0], 100))
    assert numbers[0] > 0


def test_the_newest_six_lines_stand_outside_the_fold() -> None:
    block = Renderer(COMMANDS).dossier(dossier_of(article("Norvell"), lines=8), zone="UTC", now=NOW)
    fold = re.search(r"<blockquote expandable>(.*?)</blockquote>", block.html, re.DOTALL)[1]
    assert len(fold.splitlines()) == 2
    assert fold.splitlines()[0].endswith("Norvell")


def test_results_fit_one_message() -> None:
    found = [article(f"{n} " + "Norvell " * 60, id=n) for n in range(50)]
    block = Renderer(COMMANDS).results(found, words="norvell", zone="UTC", now=NOW)
    assert block.units <= BLOCK_UNITS
    assert accepts(block.html).startswith("From the archive: norvell\n\n0 Norvell")


def test_no_results_say_so() -> None:
    assert (
        accepts(Renderer(COMMANDS).results([], words="<x>", zone="UTC", now=NOW).html)
        == "The archive holds nothing on <x>."
    )


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    (tmp_path / "end.html.j2").write_text("Ende: {{ shown }}")
    return tmp_path


def shown_with(folder: Path, made: Draft | None = None) -> str:
    blocks = Renderer(COMMANDS, folder).edition(made or draft(item()), zone="UTC", now=NOW)
    return accepts(join(blocks))


def test_an_operators_template_replaces_one_file(theirs: Path) -> None:
    text = shown_with(theirs)
    assert text.endswith("\n\nEnde: 1")
    assert "Norvell opens a port" in text


BROKEN = [
    pytest.param("{{ nobody }}", id="undefined-name"),
    pytest.param("{{ item.nobody }}", id="undefined-attribute"),
    pytest.param("{% if %}", id="syntax"),
    pytest.param("{% include 'nowhere.j2' %}", id="missing-include"),
    pytest.param("{% include 'story.html.j2' %}", id="includes-itself"),
    pytest.param("{{ 1 / 0 }}", id="division"),
    pytest.param("{{ item.lead + 1 }}", id="types"),
    pytest.param("{{ item.lead() }}", id="not-callable"),
    pytest.param("{{ item.lead|day }}", id="date-of-a-word"),
    pytest.param("{{ none|day }}", id="date-of-nothing"),
    pytest.param("{{ item|nobody }}", id="unknown-filter"),
    pytest.param("{{ ''.__class__.__mro__ }}", id="forbidden"),
    pytest.param("{% for n in range(10 ** 9) %}x{% endfor %}", id="range-without-end"),
    pytest.param("{{ item.lead * 400 }}", id="too-large"),
    pytest.param("<b>x</b> " * 101, id="too-many-entities"),
    pytest.param("<b>x", id="never-closed"),
    pytest.param("x</b>", id="never-opened"),
    pytest.param("<b><i>x</b></i>", id="crossed"),
    pytest.param("<h1>x</h1>", id="unknown-tag"),
    pytest.param("1 < 2", id="bare-sign"),
    pytest.param('<a href="https://x.org>x</a>', id="quote-never-closed"),
    pytest.param("<b>x</b y>", id="attribute-of-an-end"),
]


@pytest.mark.parametrize("template", BROKEN)
def test_a_broken_template_gives_way_with_one_warning(
    theirs: Path, template: str, caplog: pytest.LogCaptureFixture
) -> None:
    (theirs / "story.html.j2").write_text(template)
    renderer = Renderer(COMMANDS, theirs)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            blocks = renderer.edition(draft(item(), item("Second")), zone="UTC", now=NOW)
    text = accepts(join(blocks))
    assert "Norvell opens a port\nIt holds 12 ships." in text
    assert text.endswith("Ende: 2")
    assert [record.getMessage()[:22] for record in caplog.records] == ["template story.html.j2"]
    assert "\n" not in caplog.records[0].getMessage()


def test_a_template_in_another_encoding_gives_way(theirs: Path) -> None:
    (theirs / "story.html.j2").write_bytes(b"\xff\xfe{{")
    assert "Norvell opens a port" in shown_with(theirs)


def test_an_empty_message_gives_way(theirs: Path) -> None:
    (theirs / "quiet.html.j2").write_text("{# nothing #}")
    assert "Nothing to report yet" in shown_with(theirs, draft())


def test_an_operators_dossier_gives_way_line_by_line_too(theirs: Path, caplog: pytest.LogCaptureFixture) -> None:
    template = "OURS\n\n{% for line in timeline %}{{ line.text }}\n{% endfor %}"
    (theirs / "dossier.html.j2").write_text(template)
    block = Renderer(COMMANDS, theirs).dossier(dossier_of(article("Norvell " * 8), lines=100), zone="UTC", now=NOW)
    assert block.html.startswith("OURS\n\nNorvell")
    assert not caplog.records


def test_a_shipped_template_may_be_extended_by_name(theirs: Path) -> None:
    (theirs / "story.html.j2").write_text("{% if section %}§ {% endif %}<b>{{ item.lead }}</b>")
    assert "§ Norvell opens a port" in shown_with(theirs)


def test_an_operators_template_escapes_too(theirs: Path) -> None:
    (theirs / "story.html.j2").write_text("{{ item.lead }}")
    assert "<b>x</b> & y" in shown_with(theirs, draft(item("<b>x</b> & y")))


@pytest.mark.parametrize(
    ("html", "units", "entities"),
    [
        pytest.param("", 0, 0, id="nothing"),
        pytest.param("abc", 3, 0, id="plain"),
        pytest.param("<b>abc</b>", 3, 1, id="bold"),
        pytest.param("<b>a<i>b</i></b>", 2, 2, id="nested"),
        pytest.param('<a href="https://example.org/">x</a>', 1, 1, id="link"),
        pytest.param("<blockquote expandable>x</blockquote>", 1, 1, id="fold"),
        pytest.param("a &amp; b &lt;", 7, 0, id="escaped"),
        pytest.param("&#39;&#34;&quot;", 3, 0, id="numbered"),
        pytest.param("𝔘 👩‍🚀", 8, 0, id="astral"),
        pytest.param("/relos · /s400", 14, 2, id="commands"),
        pytest.param("@someone #tag https://example.org", 33, 3, id="found-by-readers"),
        pytest.param("and/or a@b", 10, 0, id="within-words"),
    ],
)
def test_a_block_is_weighed(html: str, units: int, entities: int) -> None:
    assert measure(html) == Block(html, units, entities)


@pytest.mark.parametrize("html", ["&nbsp;", "&hellip; &copy;", "&lt", "&#x1F600;", "&apos;"])
def test_an_entity_weighs_what_telegram_makes_of_it(html: str) -> None:
    assert measure(html).units == units(accepts(html))


@pytest.mark.parametrize(
    "html",
    ["<b>", "</b>", "<b><i></b></i>", "<p>x</p>", "<script>x</script>", "a < b", "<", "<B>x</B>", "<b", "<!-- x -->"],
)
def test_markup_that_cannot_be_sent_is_refused(html: str) -> None:
    with pytest.raises(BadTemplate):
        measure(html)


@pytest.mark.parametrize(
    ("html", "fits"),
    [
        pytest.param("x" * 3500, True, id="largest"),
        pytest.param("x" * 3501, False, id="too-large"),
        pytest.param("𝔘" * 1751, False, id="too-large-in-units"),
        pytest.param("<b>x</b>" * 100, True, id="most-entities"),
        pytest.param("<b>x</b>" * 101, False, id="too-many-entities"),
    ],
)
def test_the_limits_of_a_block(html: str, fits: bool) -> None:
    if fits:
        assert measure(html)
    else:
        with pytest.raises(BadTemplate):
            measure(html)


PIECES = ["<b>", "</b>", "<i>", "</i>", '<a href="https://x.org/">', "</a>", "<blockquote expandable>", "</blockquote>"]
PIECES += ["<code>", "</code>", "<pre>", "</pre>", "x ", "&amp;", "&", "&nbsp;", ">", '"', "\n", "</b >", "<b >", "𝔘"]
PIECES += ["<a href='x\">", "<a href=x>", '<a href="x>', "<b x=y>", "<blockquote>"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_telegram_accepts_what_is_measured(html: str) -> None:
    try:
        block = measure(html)
    except BadTemplate:
        return
    assert units(accepts(html).rstrip()) <= block.units
    assert len(parsed(html)["entities"]) <= block.entities


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), max_size=60))
def test_any_title_can_be_printed(title: str) -> None:
    blocks = RENDERER.edition(draft(item(title, facts=(title,))), zone="UTC", now=NOW + timedelta(hours=1))
    assert all(accepts(block.html) for block in blocks)
