"""Tries an operator's template: prints all that the shipped one can print, from invented news. Pure.

Promises that a template which passes knows every name it uses and prints blocks that can be sent, for each case that a
shipped template tells apart (a test holds the material to that). Sets no limit on time and memory: the caller runs it
in a process that has both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from briefings.editions.environment import fault_of
from briefings.editions.model import CommandNames, Draft, Item, Mood
from briefings.editions.render import VALUES, Renderer
from briefings.errors import BadTemplate, Problem
from briefings.model import Article, Dispute, Slot, Story, Topic
from briefings.topics.dossier import Dossier
from briefings.topics.timeline import TimelineEvent

TEMPLATES = tuple(VALUES)
"""The names of the templates that an operator may replace."""

_NOW = datetime(2025, 12, 4, 6, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_SLOT = Slot(date(2025, 12, 4), time(5, 30), _NOW - _HOUR / 2)
_TITLE = "Norvell & Estmark agree to share “ports”, <airfields> and fuel"
_TEXT = "The parliament of Norvell agreed on Friday that 12 ships of Estmark may call at its ports for fuel and repair."
_DISPUTES = (Dispute("killed", (("12", ("Sample Post",)), ("15", ("Sample Wire", "Sample Herald")))),)


@dataclasses.dataclass(frozen=True, slots=True)
class Tried:
    """The result of a trial: the files that the template is made of, as far as it got, and why it is not used."""

    files: Mapping[str, str]
    problem: Problem | None = None


def try_template(name: str, files: Mapping[str, str], refused: Mapping[str, Problem], commands: CommandNames) -> Tried:
    """Try the template of a name (`story`). `files` are the texts in the operator's folder by their names in it.

    `refused` are names in the folder, of files and of folders, that must not be read, with the reason.
    """
    used: dict[str, str] = {}

    def load(file: str) -> str | None:
        parts = file.split("/")
        for end in range(1, len(parts) + 1):
            if problem := refused.get("/".join(parts[:end])):
                raise BadTemplate("within", place="/".join(parts[:end]), problem=problem)
        if file in files:
            used[file] = files[file]
        return files.get(file)

    try:
        renderer = Renderer(commands, report=_fail)
        renderer.check(name, load)
        renderer.use(name, load)
        _print_everything(renderer)
    except MemoryError:
        raise
    except Exception as error:  # a template may fail in any way
        return Tried(used, fault_of(error, name).problem)
    return Tried(used)


def _fail(name: str, error: Exception) -> None:
    if isinstance(error, MemoryError):
        raise error  # the process must end
    raise fault_of(error, name) from None


def _print_everything(renderer: Renderer) -> None:
    for zone in ("UTC", "Asia/Kolkata"):
        for draft in _drafts():
            renderer.edition(draft, zone=zone, now=_NOW)
            renderer.edition(draft, zone=zone, now=_NOW, slot=_SLOT, late=False)
            renderer.edition(draft, zone=zone, now=_NOW, slot=_SLOT, late=True)
        items = _items()
        renderer.rest(items[:5], before=0, left=len(items), zone=zone, now=_NOW)
        renderer.rest(items[5:], before=5, left=len(items), zone=zone, now=_NOW)
        renderer.rest(items, before=0, left=len(items), zone=zone, now=_NOW)
        for dossier in _dossiers():
            renderer.dossier(dossier, zone=zone, now=_NOW)
        for articles in ((), _articles()[:1], _articles()):
            renderer.results(articles, words="norvell", zone=zone, now=_NOW)


def _item(number: int = 1, **changes: Any) -> Item:
    plain = Item(
        story=number,
        report=number,
        mood=Mood.NEW,
        lead=_TITLE,
        facts=(_TEXT,),
        more=(),
        outlets=("Sample Wire",),
        count=1,
        when=_NOW - 2 * _HOUR,
        added=_NOW - 2 * _HOUR,
        link=f"https://example.org/{number}?a=1&b=2",
        commands=("relos", "s400"),
    )
    return dataclasses.replace(plain, **changes)


def _items() -> list[Item]:
    """Return stories of every kind: sourced in each way, dated and undated, with disputes, with a supplied summary."""
    changes: Sequence[dict[str, Any]] = (
        {"more": (_TEXT, _TEXT)},
        {"outlets": ("Sample Wire", "Sample Post"), "count": 2, "link": None},
        {"outlets": ("Sample Wire", "Sample Post", "Sample Herald"), "count": 7},
        {"outlets": ("",), "author": "A. Writer"},
        {"outlets": ("",), "author": "A. Writer", "link": None, "facts": ()},
        {"outlets": (), "count": 0, "link": None, "commands": ()},
        {"when": None, "supplied": True},
        {"when": _NOW - 9000 * _HOUR, "commands": ("relos",), "disputes": _DISPUTES},
        {"mood": Mood.UPDATED, "news": 0, "disputes": _DISPUTES},
    )
    return [_item(number, **change) for number, change in enumerate(changes, 1)]


def _drafts() -> Iterator[Draft]:
    """Yield editions: full, with one story, and quiet ones."""
    full = Draft(
        headline=_TITLE,
        top=tuple(_items()[:1]),
        new=tuple(_items()[1:]),
        updated=(_item(20, mood=Mood.UPDATED, news=0, disputes=_DISPUTES), _item(21, mood=Mood.UPDATED)),
        brief=tuple(dataclasses.replace(item, facts=(), more=()) for item in _items()),
        left=(24, 25),
        total=15,
        minutes=5,
        since=_NOW - 24 * _HOUR,
        followed=3,
        reports=30,
        outlets=9,
    )
    one = dataclasses.replace(full, top=(_item(),), new=(), updated=(), brief=(), left=(), total=1)
    yield full
    yield dataclasses.replace(full, new=(), since=_NOW - 200 * _HOUR, followed=None)
    yield dataclasses.replace(full, top=full.updated[:1], new=())
    yield dataclasses.replace(one, since=None)
    yield dataclasses.replace(one, reports=1, outlets=1, since=None)
    yield dataclasses.replace(one, reports=2, outlets=1)
    quiet = dataclasses.replace(one, headline="", top=(), total=0, reports=0, outlets=0)
    last_told = (None, _item(), _item(commands=(), when=None))
    for followed in (None, 0, 1, 3):
        for since in (None, _NOW - 2 * _HOUR, _NOW - 24 * _HOUR, _NOW - 9000 * _HOUR):
            for story in last_told:
                yield dataclasses.replace(quiet, followed=followed, since=since, open_story=story)


def _articles() -> list[Article]:
    """Return reports of every kind: dated and undated, with and without address, outlet, author, own text; opinion."""
    plain = Article(
        id=1,
        title=_TITLE,
        text=_TEXT,
        summary=_TEXT,
        url="https://example.org/1?a=1&b=2",
        published=_NOW - 2 * _HOUR,
        source="Sample Wire",
        language="en",
        added=_NOW - _HOUR,
        ready=_NOW - _HOUR,
        story=1,
        topics=("relos", "s400", "brahmos"),
        about=frozenset({"relos", "s400"}),
        author="A. Writer",
    )
    return [
        plain,
        dataclasses.replace(
            plain, id=2, url=None, topics=(), published=_NOW - 9000 * _HOUR, title=f"Opinion: {_TITLE}"
        ),
        dataclasses.replace(plain, id=3, source="", published=None, supplied=True),
        dataclasses.replace(plain, id=4, source="", url=None, author="", topics=("relos",)),
    ]


def _dossiers() -> Iterator[Dossier]:
    """Yield dossiers: on a topic and on words, with each kind of latest report, with timelines of each length."""
    topic = Topic(command="relos", title="RELOS", definition="A pact.", aliases=("relos",), expansion="Reciprocal Aid")
    reports = _articles()
    lines = tuple(TimelineEvent(_NOW - n * 30 * _HOUR, f"{_TITLE} {n}", None) for n in range(12, 0, -1))
    empty = Dossier(
        word="norvell",
        topic=None,
        latest_story=None,
        latest_report=None,
        latest_statement="",
        disputes=(),
        timeline=(),
        articles=0,
        outlets=(),
        first=None,
        related=(),
    )
    full = dataclasses.replace(
        empty,
        topic=topic,
        latest_story=Story(1, tuple(reports)),
        latest_report=reports[0],
        latest_statement=_TEXT,
        disputes=_DISPUTES,
        timeline=lines,
        articles=4,
        outlets=("Sample Wire", "Sample Post", ""),
        first=_NOW - 9000 * _HOUR,
        related=("s400", "brahmos"),
    )
    yield empty
    yield full
    yield dataclasses.replace(empty, topic=topic)
    yield dataclasses.replace(full, topic=dataclasses.replace(topic, expansion=""), timeline=lines[-6:])
    yield dataclasses.replace(full, topic=None, disputes=(), timeline=lines[-1:], first=None)
    for report in reports:
        story = Story(1, (report,))
        outlets = (report.source,)
        yield dataclasses.replace(
            full, latest_story=story, latest_report=report, outlets=outlets, related=(), articles=1
        )
        yield dataclasses.replace(full, latest_story=None, latest_report=None, timeline=(), outlets=())
