"""Every block can be sent: escaped, measured as Telegram measures, and never broken by a template or a text.

The words of the shipped templates are compared in `test_shipped_templates.py` alone.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

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
from briefings.model import Article, Slot, Wishes
from briefings.starter import topics
from briefings.topics.dossier import Dossier
from briefings.topics.timeline import TimelineEvent

RENDERER = Renderer(COMMANDS)
MINUTES = (1, 2, 3, 5)
WORDS = ("drone", "su-57", "source:wire", '"State Duma"', "zebra")


@dataclass(frozen=True)
class Prints:
    """Editions by reading minutes, an edition of two topics, dossiers by command, search results by words."""

    editions: dict[int, tuple[Block, ...]]
    two_topics: tuple[Block, ...]
    dossiers: dict[str, Block]
    results: dict[str, Block]


@pytest.fixture(scope="module")
def prints() -> Prints:
    async def gather() -> Prints:
        async with open_sample_at() as newsroom:
            reading = newsroom.reading
            two_topics = Wishes(frozenset({"relos", "s400"}))
            dossiers = {topic.command: (await reading.dossier_with_block(topic.command))[0] for topic in topics()}
            return Prints(
                {minutes: (await reading.preview(Wishes(None, minutes), "Asia/Kolkata")).blocks for minutes in MINUTES},
                (await reading.preview(two_topics, "America/New_York")).blocks,
                {word: block for word, block in dossiers.items() if block},
                {words: (await reading.search(words))[0] for words in WORDS},
            )

    return asyncio.run(gather())


def everything(prints: Prints) -> list[Block]:
    editions = [block for blocks in (*prints.editions.values(), prints.two_topics) for block in blocks]
    return [*editions, *prints.dossiers.values(), *prints.results.values()]


def test_telegram_accepts_every_block_of_the_sample(prints: Prints) -> None:
    for block in everything(prints):
        assert units(accepts(block.html)) == block.units


def test_no_block_spends_more_entities_than_it_says(prints: Prints) -> None:
    for block in everything(prints):
        assert len(parsed(block.html)["entities"]) <= block.entities


def test_no_bare_address_is_shown(prints: Prints) -> None:
    assert not [block.html for block in everything(prints) if "http" in text_of(block.html)]


def test_emoji_are_section_marks_only(prints: Prints) -> None:
    shown = "".join(text_of(block.html) for block in everything(prints))
    assert set(re.findall("[\u2190-\u2bff\U0001f000-\U0001faff]", shown)) <= set("🔄▪")


def test_every_starter_topic_has_a_dossier_of_one_message(prints: Prints) -> None:
    assert set(prints.dossiers) == {t.command for t in topics()}
    assert all(fit([block]) == 1 and block.units <= BLOCK_UNITS for block in prints.dossiers.values())


def test_two_minutes_of_the_sample_are_one_message(prints: Prints) -> None:
    blocks = prints.editions[2]
    assert fit(blocks) == len(blocks)
    assert units(accepts(join(blocks))) <= 3500


@pytest.mark.parametrize("minutes", MINUTES)
def test_an_edition_takes_no_longer_than_its_minutes(prints: Prints, minutes: int) -> None:
    assert int(re.search(r"· (\d+) min", text_of(prints.editions[minutes][0].html))[1]) <= minutes


def test_a_sample_edition_is_built_like_a_briefing(prints: Prints) -> None:
    text = accepts(join(prints.editions[2]))
    lines = text.splitlines()
    assert 1 <= len(lines[0]) <= 80
    assert "Thu 4 Dec 2025" in lines[1]
    assert text.count(lines[0]) == 1
    assert [line for line in lines if line[:1] in tuple("🔄▪")] == ["▪️ In brief"]
    assert re.search(r"\bThat is all\. \d+ of \d+", text)


def pages(made: Draft, **values: object) -> list[str]:
    """The edition's blocks as Telegram shows them."""
    blocks = RENDERER.edition(made, **({"zone": "UTC", "now": NOW} | values))
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
    hostile = item(text, facts=(text,), more=(text,), outlets=(text, text), count=2)
    head, block, brief, _ = pages(draft(hostile, brief=(hostile,)))
    assert [shown.count(text) for shown in (head, block, brief)] == [1, 4, 2]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_dossier_and_results_show_a_text_as_it_stands(text: str) -> None:
    made = article(text, text, source=text)
    assert accepts(RENDERER.results([made], words=text, zone="UTC", now=NOW).html).count(text) == 3
    assert shown_dossier(dossier_of(made, word=text)).count(text) == 4


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
    assert pages(draft(item(link=url))) == pages(draft(item(link=None)))


def test_an_address_with_signs_is_the_one_that_opens() -> None:
    blocks = RENDERER.edition(draft(item(link="https://example.org/?a=1&b='2'")), zone="UTC", now=NOW)
    assert links(blocks[1].html) == ["https://example.org/?a=1&b='2'"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_telegram_makes_links_of_web_addresses_only(url: str) -> None:
    assert links(RENDERER.edition(draft(item(link=url)), zone="UTC", now=NOW)[1].html) == []


def test_an_edition_is_its_masthead_the_top_story_new_and_updated_ones_those_in_brief_then_its_end() -> None:
    made = draft(
        item("First"), item("Second"), headline="Norvell opens",
        updated=(item("Third", mood=Mood.UPDATED), item("Fourth", mood=Mood.UPDATED)),
        brief=(item("Fifth", facts=()), item("Sixth", facts=())), left=(9,), total=41, since=ago(24),
    )  # fmt: skip
    assert [block.kind for block in RENDERER.edition(made, zone="UTC", now=NOW)] == [
        "masthead", "story", "story", "story", "story", "brief", "end"
    ]  # fmt: skip
    masthead, top, *stories, brief, end = pages(made)
    assert masthead.startswith("Norvell opens\n")
    assert "First" not in masthead + top
    assert all(lead in story for lead, story in zip(("Second", "Third", "Fourth"), stories, strict=True))
    assert [story[0] for story in (top, *stories, brief)] == ["I", "S", "🔄", "F", "▪"]
    assert [line.split(" · ")[0] for line in brief.splitlines()[1:]] == ["Fifth", "Sixth"]
    assert "6 of 41" in end


def test_an_updated_story_that_leads_says_so_in_its_last_line() -> None:
    made = draft(item("First", mood=Mood.UPDATED), since=ago(24))
    assert pages(made)[1].splitlines()[-1].endswith(" · 🔄 updated")


@pytest.mark.parametrize(("place", "shown"), [(0, "New: One. Two."), (1, "One. New: Two."), (None, "One. Two.")])
def test_new_stands_before_the_sentence_that_holds_what_is_new(place: int | None, shown: str) -> None:
    made = draft(
        item(), updated=(item("Second", mood=Mood.UPDATED, facts=("One.", "Two."), news=place),), since=ago(24)
    )
    assert shown in pages(made)[2].splitlines()


def test_the_rest_of_a_summary_is_folded() -> None:
    html = RENDERER.edition(draft(item(more=("It was cold.", "It rained."))), zone="UTC", now=NOW)[1].html
    assert "<blockquote expandable>It was cold. It rained.</blockquote>" in html


@pytest.mark.parametrize(
    ("shown", "total", "count", "command"),
    [
        pytest.param(6, 41, "6 of 41", "/more", id="some"),
        pytest.param(2, 2, "2 of 2", "/topics", id="all"),
    ],
)
def test_the_end_offers_more_only_where_stories_were_left(shown: int, total: int, count: str, command: str) -> None:
    made = draft(*[item(f"Port {n}", story=n) for n in range(shown)], total=total)
    end = pages(made)[-1]
    assert count in end
    assert [name for name in ("/more", "/topics") if name in end] == [command]


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
    assert expected in pages(draft(item()), zone=zone, now=now)[0]
    assert expected in pages(draft(), zone=zone, now=now)[0]


SLOT = Slot(NOW.date(), time(7, 30), datetime(2025, 12, 4, 2, tzinfo=UTC))


@pytest.mark.parametrize("made", [draft(item()), draft()], ids=["news", "quiet"])
def test_a_late_edition_names_the_hour_it_was_meant_for(made: Draft) -> None:
    assert "07:30" in pages(made, zone="Asia/Kolkata", slot=SLOT, late=True)[0]
    assert "07:30" not in pages(made, zone="Asia/Kolkata", slot=SLOT)[0]


def test_a_quiet_day_names_an_open_story_and_is_short() -> None:
    title = "Russia and India agree to use each other's bases and ports and airfields for fuel and repair there"
    (page,) = pages(draft(open_story=item(title), since=ago(24), followed=4))
    assert title in page
    assert len(page.split()) <= 60


def test_lines_in_brief_that_one_message_cannot_hold_are_left_out() -> None:
    commands = tuple(item(" ".join(f"/{letter}" for letter in "abcdefghij"), story=n, facts=()) for n in range(20))
    brief = pages(draft(item(), brief=commands))[2]
    assert 5 <= len(brief.splitlines()) - 1 < 20


@pytest.mark.parametrize(("before", "count"), [(0, "1–2"), (2, "3–4")])
def test_stories_left_out_are_shown_in_order_without_sections(before: int, count: str) -> None:
    blocks = RENDERER.rest([item(), item("Second")], before=before, left=5, zone="UTC", now=NOW)
    first, second, end = [accepts(block.html) for block in blocks]
    assert first.startswith("Norvell opens a port\n")
    assert second.startswith("Second\n")
    assert count in end
    assert not set("🔄▪") & set(first + second)


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
def test_no_text_of_a_source_stops_an_edition_or_a_dossier(values: dict[str, str]) -> None:
    made = article(**values)
    assert pages(compose([story(made)], Wishes(), mark=None, now=NOW))
    assert shown_dossier(dossier_of(made))
    assert accepts(RENDERER.results([made], words="x", zone="UTC", now=NOW).html)


def dossier_of(*reports: Article, word: str = "relos", lines: int = 1) -> Dossier:
    """A dossier of one story of these reports, the last of them the latest, with so many timeline lines."""
    title, last = reports[0].title, reports[-1]
    timeline = tuple(TimelineEvent(ago(lines - n), f"{title}{f' {n}' if n else ''}", None) for n in range(lines))
    return Dossier(
        word=word,
        topic=None,
        latest_story=story(*reports),
        latest_report=last,
        latest_statement=last.summary,
        disputes=(),
        timeline=timeline,
        articles=len(reports),
        outlets=tuple(report.source for report in reports),
        first=ago(9),
        related=("s400",),
    )


def shown_dossier(made: Dossier) -> str:
    return accepts(RENDERER.dossier(made, zone="UTC", now=NOW).html)


def test_a_dossier_says_what_it_is_then_where_it_stands_then_its_timeline() -> None:
    made = dataclasses.replace(
        dossier_of(article("Ratified", "The Duma ratified it.")),
        topic=topic("relos", title="RELOS", expansion="Reciprocal Exchange", definition="A pact."),
    )
    text = shown_dossier(made)
    parts = ("RELOS", "Reciprocal Exchange", "A pact.", "The Duma ratified it.", "Sample Wire", "Ratified", "/s400")
    assert [part for part in parts if part not in text] == []
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)


def test_a_timeline_too_long_for_a_block_loses_its_oldest_lines() -> None:
    block = RENDERER.dossier(dossier_of(article("Norvell " * 8), lines=100), zone="UTC", now=NOW)
    text = accepts(block.html)
    assert block.units <= BLOCK_UNITS
    numbers = [int(n) for n in re.findall(r"Norvell +(\d+)$", text, re.MULTILINE)]
    assert numbers == list(range(numbers[0], 100))
    assert numbers[0] > 0


def test_the_newest_six_lines_stand_outside_the_fold() -> None:
    block = RENDERER.dossier(dossier_of(article("Norvell"), lines=8), zone="UTC", now=NOW)
    fold = re.search(r"<blockquote expandable>(.*?)</blockquote>", block.html, re.DOTALL)[1]
    assert len(fold.splitlines()) == 2
    assert fold.splitlines()[0].endswith("Norvell")


def test_as_many_results_as_fit_are_shown_in_their_order() -> None:
    hits = [article(f"Hit {n} " + "Norvell " * 60, id=n) for n in range(50)]
    block = RENDERER.results(hits, words="norvell", zone="UTC", now=NOW)
    assert block.units <= BLOCK_UNITS
    numbers = [int(n) for n in re.findall(r"Hit (\d+)", accepts(block.html))]
    assert numbers == list(range(len(numbers)))
    assert 1 < len(numbers) < 50


def renderer_with(**templates: str) -> Renderer:
    """A renderer that uses these templates of an operator, beside an end of theirs."""
    files = {f"{name}.html.j2": text for name, text in {"end": "Ende: {{ shown }}", **templates}.items()}
    renderer = Renderer(COMMANDS)
    for name in ("end", *templates):
        renderer.use(name, files.get)
    return renderer


def shown_by(renderer: Renderer, made: Draft | None = None) -> str:
    return accepts(join(renderer.edition(made or draft(item()), zone="UTC", now=NOW)))


def test_an_operators_template_replaces_one_template() -> None:
    text = shown_by(renderer_with())
    assert text.endswith("\n\nEnde: 1")
    assert "Norvell opens a port" in text


def test_an_operators_template_is_used_until_the_shipped_one_is_wanted_again() -> None:
    renderer = renderer_with(story="OURS")
    renderer.use_shipped("story")
    assert "OURS" not in shown_by(renderer)
    assert shown_by(renderer).endswith("Ende: 1")


BROKEN = [
    pytest.param("{{ nobody }}", id="undefined-name"),
    pytest.param("{{ item.nobody }}", id="undefined-attribute"),
    pytest.param("{% include 'nowhere.j2' %}", id="missing-include"),
    pytest.param("{% include 'story.html.j2' %}", id="includes-itself"),
    pytest.param("{{ 1 / 0 }}", id="division"),
    pytest.param("{{ item.lead + 1 }}", id="types"),
    pytest.param("{{ item.lead() }}", id="not-callable"),
    pytest.param("{{ item.lead|day }}", id="date-of-a-word"),
    pytest.param("{{ none|day }}", id="date-of-nothing"),
    pytest.param("{{ ''.__class__.__mro__ }}", id="forbidden"),
    pytest.param("{% for n in range(10 ** 9) %}x{% endfor %}", id="range-without-end"),
    pytest.param("{{ item.lead * 800 }}", id="too-large"),
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
def test_a_template_that_fails_gives_way_with_one_warning(template: str, caplog: pytest.LogCaptureFixture) -> None:
    renderer, made = renderer_with(story=template), draft(item(), item("Second"))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            *blocks, end = renderer.edition(made, zone="UTC", now=NOW)
    assert blocks == list(RENDERER.edition(made, zone="UTC", now=NOW)[:-1])
    assert end.html == "Ende: 2"
    (record,) = caplog.records
    assert "story.html.j2" in record.getMessage()
    assert "\n" not in record.getMessage()


def test_a_template_that_was_changed_is_warned_of_again(caplog: pytest.LogCaptureFixture) -> None:
    renderer = renderer_with(story="{{ 1 / 0 }}")
    shown_by(renderer)
    renderer.use("story", {"story.html.j2": "{{ 2 / 0 }}"}.get)
    shown_by(renderer)
    assert len(caplog.records) == 2


def test_a_template_that_prints_nothing_gives_way() -> None:
    assert shown_by(renderer_with(quiet="{# nothing #}"), draft()) == shown_by(RENDERER, draft())


def test_an_operators_dossier_loses_timeline_lines_too(caplog: pytest.LogCaptureFixture) -> None:
    renderer = renderer_with(dossier="OURS\n\n{% for line in timeline %}{{ line.text }}\n{% endfor %}")
    block = renderer.dossier(dossier_of(article("Norvell " * 8), lines=100), zone="UTC", now=NOW)
    assert block.html.startswith("OURS\n\nNorvell")
    assert not caplog.records


def test_an_operators_story_template_is_given_the_section() -> None:
    renderer = renderer_with(story="{% if section %}§ {% endif %}<b>{{ item.lead }}</b>")
    assert "§ Norvell opens a port" in shown_by(renderer)


def instants_of(html: str) -> list[tuple[str, int]]:
    """The instants that Telegram makes of a text: their words and Unix times, those that it writes itself."""
    answer = parsed(html)
    text = answer["text"].encode("utf-16-le")
    return [
        (text[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"), e["type"]["unix_time"])
        for e in answer["entities"]
        if "formatting_type" in e["type"]
    ]


def test_instants_of_ours_are_told_to_the_readers_program() -> None:
    slot = Slot(NOW.date(), time(7, 30), datetime(2025, 12, 4, 2, tzinfo=UTC))
    made = draft(item(), updated=(item("Second", mood=Mood.UPDATED),), since=ago(24))
    blocks = RENDERER.edition(made, zone="Asia/Kolkata", now=NOW, slot=slot, late=True)
    quiet = RENDERER.edition(draft(since=ago(24)), zone="Asia/Kolkata", now=NOW, slot=slot, late=True)
    late, since = ("07:30", int(slot.at.timestamp())), ("Wed 3 Dec 11:30", int(ago(24).timestamp()))
    assert [instant for block in blocks for instant in instants_of(block.html)] == [late, since]
    assert sorted(instant for block in quiet for instant in instants_of(block.html)) == [late, since]


def test_an_edition_that_was_meant_for_yesterday_names_the_day() -> None:
    slot = Slot(ago(20).date(), time(10), ago(20))
    assert "meant for Wed 3 Dec 10:00" in pages(draft(item()), slot=slot, late=True)[0]


@pytest.mark.parametrize(
    ("form", "words"),
    [("", "Wed 3 Dec 06:00"), ("('hour')", "06:00"), ("('day')", "3 Dec"), ("('date')", "3 Dec 2025"),
     ("('weekday')", "Wed 3 Dec 2025"), ("('moment')", "Wed 3 Dec 06:00")],
)  # fmt: skip
def test_an_operators_template_marks_an_instant(form: str, words: str) -> None:
    renderer = renderer_with(story="{{ item.lead }} {{ item.when|instant" + form + " }}")
    block = renderer.edition(draft(item("Port", when=ago(24))), zone="UTC", now=NOW)[1]
    assert instants_of(block.html) == [(words, int(ago(24).timestamp()))]
    assert text_of(block.html) == f"Port {words}"


def test_an_operators_template_escapes_too() -> None:
    assert "<b>x</b> & y" in shown_by(renderer_with(story="{{ item.lead }}"), draft(item("<b>x</b> & y")))


def test_a_template_in_use_is_read_once() -> None:
    read: list[str] = []

    def load(file: str) -> str | None:
        read.append(file)
        return {"story.html.j2": "{% include 'part' %}", "part": "{{ item.lead }}"}.get(file)

    renderer = Renderer(COMMANDS)
    renderer.use("story", load)
    for _ in range(3):
        shown_by(renderer, draft(item(), item("Second")))
    assert read == ["story.html.j2", "part"]


@pytest.mark.parametrize(
    ("html", "units", "entities"),
    [
        pytest.param("", 0, 0, id="nothing"),
        pytest.param("abc", 3, 0, id="plain"),
        pytest.param("<b>abc</b>", 3, 1, id="bold"),
        pytest.param("<b>a<i>b</i></b>", 2, 2, id="nested"),
        pytest.param('<a href="https://example.org/">x</a>', 1, 1, id="link"),
        pytest.param("<blockquote expandable>x</blockquote>", 1, 1, id="fold"),
        pytest.param('<tg-time unix="1764748800" format="wdt">Wed 3 Dec</tg-time>', 9, 1, id="instant"),
        pytest.param('<tg-time unix="1764748800" format="">Wed 3 Dec</tg-time>', 9, 1, id="instant-without-format"),
        pytest.param("a &amp; b &lt;", 7, 0, id="escaped"),
        pytest.param("&#39;&#34;&quot;", 3, 0, id="numbered"),
        pytest.param("𝔘 👩‍🚀", 8, 0, id="astral"),
        pytest.param("/relos · /s400", 14, 2, id="commands"),
        pytest.param("@someone #tag https://example.org", 33, 3, id="found-by-readers"),
        pytest.param("and/or a@b", 10, 0, id="within-words"),
    ],
)
def test_a_block_is_measured_as_telegram_does(html: str, units: int, entities: int) -> None:
    assert measure(html) == Block(html, units, entities)


@pytest.mark.parametrize("html", ["&nbsp;", "&hellip; &copy;", "&lt", "&#x1F600;", "&apos;"])
def test_a_character_reference_is_measured_as_telegram_shows_it(html: str) -> None:
    assert measure(html).units == units(accepts(html))


@pytest.mark.parametrize(
    "html",
    ["<b>", "</b>", "<b><i></b></i>", "<p>x</p>", "<script>x</script>", "a < b", "<", "<B>x</B>", "<b", "<!-- x -->"]
    + [
        f"<tg-time{attributes}>x</tg-time>"
        for attributes in ("", ' unix="1"', ' unix="0" format="t"', ' unix="x" format="t"')
    ]
    + [f'<tg-time unix="1" format="{form}">x</tg-time>' for form in ("z", "rw", "tw", "D T")],
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
        pytest.param('<a href="https://x.org/' + "x" * 300_000 + '">x</a>', False, id="too-long-to-measure"),
    ],
)
def test_a_block_over_its_limits_is_refused(html: str, fits: bool) -> None:
    if fits:
        assert measure(html)
    else:
        with pytest.raises(BadTemplate):
            measure(html)


PIECES = ["<b>", "</b>", "<i>", "</i>", '<a href="https://x.org/">', "</a>", "<blockquote expandable>", "</blockquote>"]
PIECES += ["<code>", "</code>", "<pre>", "</pre>", "x ", "&amp;", "&", "&nbsp;", ">", '"', "\n", "</b >", "<b >", "𝔘"]
PIECES += ['<tg-time unix="1764748800" format="wDT">', '<tg-time unix="7" format="r">', "</tg-time>"]
PIECES += ["<a href='x\">", "<a href=x>", '<a href="x>', "<b x=y>", "<blockquote>"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_telegram_accepts_whatever_is_measured(html: str) -> None:
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
