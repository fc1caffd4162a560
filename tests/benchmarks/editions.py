"""Editions as readers would get them: real news replayed day by day, and what is wrong with what is printed.

`python -m tests.benchmarks.editions [--print N] [FOLDER]`: FOLDER holds `stories.jsonl`; its set `allsides` is loaded
into a newsroom at once and rehearsed as by `briefings preview --since`: a reader of all topics, two minutes, 07:30 UTC,
told on from edition to edition. The set holds about eight reports a day: in the first column, of an edition every day,
nearly everything fits; in the others, of rarer editions, stories are left out. `--print N` also prints as text the N
editions with the fewest defects and the N with the most, each with its defects; `--print 0` prints all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes import COMMANDS

from briefings.editions.model import Item, Mood, text_of
from briefings.model import Article, Entry, Story, Wishes
from briefings.newsroom.opening import Newsroom, open_newsroom
from briefings.newsroom.reading import Preview
from briefings.settings import NewsroomSettings
from briefings.store import stories
from briefings.text.sentences import split
from tests.benchmarks import edition_defects as defects
from tests.benchmarks.data import DATA
from tests.benchmarks.edition_defects import Defect

HOUR = timedelta(hours=7, minutes=30)
BUDGET = 450
"""Words of an edition of two minutes, by the rules for editions."""

EVERY = (1, 3, 7)
"""Days from one edition to the next, a column each."""

TOLD_SHARE = 0.6
"""A sentence is told before when so many of its longer words stand in what the reader was told of its story."""

_FOLD = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)


@dataclass
class Told:
    """One story as an edition tells it: its item, its reports until then, and the report that is quoted."""

    item: Item
    reports: tuple[Article, ...]
    quoted: Article | None
    is_brief: bool
    printed: str

    @property
    def visible(self) -> str:
        return " ".join(self.item.facts)

    @property
    def extract(self) -> list[str]:
        """The sentences of the quoted report's stored extract; a repeated title is none."""
        if self.quoted is None:
            return []
        title = defects.tokens(self.quoted.title)
        return [s for s in split(self.quoted.summary, self.quoted.language) if defects.tokens(s) != title]


@dataclass
class Measured:
    """One edition and what was found in it."""

    preview: Preview
    told: list[Told]
    words: int
    found: list[Defect] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def entries(folder: Path) -> tuple[list[Entry], dict[str, str]]:
    """Return the dated reports, oldest first, and the gold story of each by its address."""
    file = folder / "stories.jsonl"
    rows = [json.loads(row) for row in file.read_text("utf-8").splitlines()] if file.is_file() else []
    rows = sorted((row for row in rows if row["set"] == "allsides"), key=lambda row: str(row["published"]))
    return [_entry(row) for row in rows], {row["url"]: row["story"] for row in rows}


def _entry(row: dict[str, Any]) -> Entry:
    published = datetime.fromisoformat(row["published"]).astimezone(UTC)
    given = {name: row[name] for name in ("title", "text", "url", "source")}
    return Entry(**given, published=published, language="en", by_hand=False)


async def replay(newsroom: Newsroom, days: Sequence[datetime], gold: dict[str, str]) -> list[Measured]:
    """Rehearse editions at these instants and measure each; a reader starts a day before the first."""
    editions = await newsroom.reading.rehearse(Wishes(), days, days[0] - timedelta(days=1), "UTC")
    told_before: dict[int, str] = {}
    gold_before: set[str] = set()
    measured = []
    for edition in editions:
        if not edition.draft.items:
            continue
        async with newsroom.database.read() as connection:
            whole = await stories.by_ids(connection, [item.story for item in edition.draft.items])
        result = _measure(edition, {story.id: story for story in whole})
        _compare_with_told(result, told_before)
        _compare_with_gold(result, gold, gold_before)
        measured.append(result)
    return measured


def _measure(edition: Preview, by_id: dict[int, Story]) -> Measured:
    blocks = [block for block in edition.blocks if block.kind == "story"]
    told = []
    for place, item in enumerate(edition.draft.items):
        reports = tuple(r for r in by_id[item.story].articles if r.when <= edition.at)
        quoted = next((r for r in reports if r.id == item.report), None)
        is_brief = place >= len(blocks)
        told.append(Told(item, reports, quoted, is_brief, "" if is_brief else text_of(blocks[place].html)))
    visible_text = " ".join(text_of(_FOLD.sub("", block.html)) for block in edition.blocks)
    result = Measured(edition, told, len(visible_text.split()))
    _check_line_1(result)
    for story in told:
        _check_story(result, story)
    result.found += defects.twice(_lines(edition))
    return result


def _lines(edition: Preview) -> Iterator[str]:
    """Yield the lines that tell news: those of outlets and dates are none; in brief, what stands before the outlet."""
    for block in edition.blocks:
        for row in text_of(block.html).splitlines():
            if " · " not in row:
                yield row.removeprefix("• ").removeprefix("New: ")
            elif block.kind == "brief":
                yield row.split(" · ")[0]


def _check_line_1(result: Measured) -> None:
    line = text_of(result.preview.blocks[0].html).splitlines()[0]
    if fault := _headline_fault(line, result.told[0]):
        result.found.append(Defect(f"line 1: {fault}", line))


def _headline_fault(line: str, story: Told) -> str:
    leads = [
        sentence for r in story.reports for text in (r.summary, r.text) for sentence in split(text, r.language)[:1]
    ]
    return defects.of_headline(line, [r.title for r in story.reports], leads)


def _check_story(result: Measured, story: Told) -> None:
    counts = result.counts
    if fault := _headline_fault(story.item.lead, story):
        result.found.append(Defect(f"headline: {fault}", story.item.lead))
    shown = "" if story.is_brief else story.visible
    result.found += defects.no_news(story.item.lead, (*story.item.outlets, "")[0], shown)
    if story.is_brief:
        return
    extract = story.extract
    counts["items"] += 1
    if extract and defects.begins_with(story.visible, extract[0]):
        counts["begins"] += 1
    elif extract and story.visible and not defects.holds(story.visible, extract[0]):
        result.found.append(Defect("hidden lead", f"{extract[0][:60]} … printed: {story.visible[:60]}"))
    for fact in story.item.facts:
        if not any(defects.begins_with(fact, sentence) for sentence in extract):
            result.found.append(Defect("raw sentence", fact))
    result.found += defects.of_visible(story.visible)
    not_alone = list(defects.alone(story.visible))
    counts["not alone"] += bool(not_alone)
    result.found += not_alone
    if story.item.mood is Mood.UPDATED:
        shown = f"{story.item.lead} {story.visible}"
        counts["updated"] += 1
        counts["updated shown"] += any(_stands_in(change, shown) for change in story.item.why.changes)


def _stands_in(change: str, text: str) -> bool:
    return f" {' '.join(defects.tokens(change))} " in f" {' '.join(defects.tokens(text))} "


def _compare_with_told(result: Measured, told_before: dict[int, str]) -> None:
    """Count each “New:” and those before a sentence that the reader was told, or without the new words."""
    for story in result.told:
        if match := re.search(r"\bNew: (.+)", story.printed):
            sentence = split(match[1], "en")[0]
            before = set(defects.tokens(told_before.get(story.item.story, "")))
            long_words = [word for word in defects.tokens(sentence) if len(word) > 3]
            result.counts["new mark"] += 1
            result.counts["new mark right"] += any(_stands_in(c, sentence) for c in story.item.why.changes)
            if long_words and sum(word in before for word in long_words) >= TOLD_SHARE * len(long_words):
                result.found.append(Defect("“New:” before what was told", sentence))
    for story in result.told:
        told = f"{story.item.lead} {story.visible} {' '.join(story.item.more)}"
        told_before[story.item.story] = f"{told_before.get(story.item.story, '')} {told}"


def _compare_with_gold(result: Measured, gold: dict[str, str], gold_before: set[str]) -> None:
    """Count events that are two stories of one edition, and events told before that come again as new."""
    seen: set[str] = set()
    for story in result.told:
        events = {gold[report.url] for report in story.reports if report.url in gold}
        if events & seen:
            result.found.append(Defect("one event as two stories", story.item.lead))
        if story.item.mood is Mood.NEW and events & gold_before:
            result.found.append(Defect("told before, again as new", story.item.lead))
        seen |= events
    gold_before |= seen


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


Editions = list[Measured]


def _total(name: str) -> Callable[[Editions], int]:
    return lambda editions: sum(edition.counts[name] for edition in editions)


def _found(*beginnings: str) -> Callable[[Editions], int]:
    return lambda editions: sum(defect.kind.startswith(beginnings) for e in editions for defect in e.found)


def _of(part: Callable[[Editions], int], whole: Callable[[Editions], int]) -> Callable[[Editions], str]:
    return lambda editions: _share(part(editions), whole(editions))


def _filled(editions: Editions) -> str:
    """Return the share of the budget that is used where stories were left out, and in how many editions some were."""
    words = [edition.words for edition in editions if edition.preview.draft.left]
    return f"{_share(sum(words), BUDGET * len(words))} of {len(words)}"


_FURNITURE = (*defects.FURNITURE, "ends in", "half a quotation", "leaning opener")
_items, _updated, _marked = _total("items"), _total("updated"), _total("new mark")

ROWS: list[tuple[str, str, Callable[[Editions], object]]] = [
    ("editions with news", "", len),
    ("stories told at length", "", _items),
    ("stories in brief", "", lambda editions: sum(t.is_brief for e in editions for t in e.told)),
    ("words printed of the budget", "", lambda e: _share(sum(m.words for m in e), BUDGET * len(e))),
    ("  when stories were left out", "≥ 95 %", _filled),
    ("visible text begins with the extract", "≥ 95 %", _of(_total("begins"), _items)),
    ("hidden leads", "≤ 2 %", _of(_found("hidden lead"), _items)),
    ("sentences the extract did not choose", "0", _found("raw sentence")),
    ("line 1 another's or cut, of editions", "0", _of(_found("line 1"), len)),
    ("  another story's", "0", _found("line 1: another")),
    ("  cut inside a clause", "0", _found("line 1: cut")),
    ("  ends in …", "0", _found("line 1: ends")),
    ("headlines cut or another's", "0", _found("headline")),
    ("sentences or headlines printed twice", "0", _found("printed twice")),
    ("furniture, cut or leaning, visible", "0", _found(*_FURNITURE)),
    *((f"  {kind}", "0", _found(kind)) for kind in _FURNITURE),
    ("stories that do not stand alone", "0", _of(_total("not alone"), _items)),
    ("opinion, questions, lists", "0", _found("no news")),
    ("“Updated”, an edition", "", lambda e: f"{_updated(e) / len(e):.2f}"),
    ("“Updated”, all", "", _updated),
    ("  with their new words in print", "100 %", _of(_total("updated shown"), _updated)),
    ("“New:” before the new words", "100 %", _of(_total("new mark right"), _marked)),
    ("“New:” before what was told", "0", _found("“New:”")),
    ("one event as two stories of an edition", "0", _found("one event")),
    ("told before, again as new", "0", _found("told before")),
]
"""Name, what is wanted, and the value in a column of editions."""


async def columns(folder: Path) -> list[list[Measured]]:
    """Return the editions of each column of EVERY; none without data."""
    given, gold = entries(folder)
    if not given:
        return []
    began = time.process_time()
    with tempfile.TemporaryDirectory() as home:
        settings = NewsroomSettings(database_url=f"sqlite:///{Path(home) / 'b.db'}", _env_file=None)
        async with open_newsroom(settings, COMMANDS) as newsroom:
            await newsroom.editing.add(given)
            sys.stdout.write(f"{len(given):,} reports loaded in {time.process_time() - began:.0f} CPU-s\n")
            dates = [entry.published for entry in given if entry.published]
            first, last = min(dates).replace(hour=0, minute=0) + HOUR, max(dates)
            days = [first + timedelta(days=day) for day in range((last - first).days + 2)]
            began = time.process_time()
            results = [await replay(newsroom, days[every - 1 :: every], gold) for every in EVERY]
            sys.stdout.write(
                f"{len(days)} days replayed {len(EVERY)} times in {time.process_time() - began:.0f} CPU-s\n\n"
            )
    return results


def _show(edition: Measured) -> None:
    sys.stdout.write(f"\n{'=' * 30} {edition.preview.at:%Y-%m-%d}: {len(edition.found)} defects\n")
    sys.stdout.write("\n\n".join(text_of(block.html) for block in edition.preview.blocks) + "\n\n")
    for defect in edition.found:
        sys.stdout.write(f"   ! {defect.kind}: {defect.words}\n")


def main() -> None:
    """Print the table, and with `--print` editions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--print", dest="editions", type=int, metavar="N")
    options = parser.parse_args()
    results = asyncio.run(columns(options.folder))
    if not results:
        sys.stdout.write(f"skipped: no stories.jsonl in {options.folder}\n")
        return
    names = ("every day", *(f"every {every} days" for every in EVERY[1:]))
    sys.stdout.write(f"{'':42} {'want':>7}" + "".join(f" {name:>14}" for name in names) + "\n")
    for name, want, value in ROWS:
        sys.stdout.write(f"{name:42} {want:>7}" + "".join(f" {value(column)!s:>14}" for column in results) + "\n")
    if options.editions is not None:
        ranked = sorted((e for column in results for e in column), key=lambda e: (len(e.found), -len(e.told)))
        most = options.editions or len(ranked)
        for place, edition in enumerate(ranked):
            if place < most or place >= len(ranked) - most:
                _show(edition)


if __name__ == "__main__":
    main()
