"""Builders of the newsroom's nouns with defaults, so that a test states only the values it is about."""

from __future__ import annotations

import atexit
import dataclasses
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes import COMMANDS

from briefings.editions.memory import Memory, Remembered
from briefings.editions.model import Draft, Item, Mood
from briefings.model import Article, Story, Topic
from briefings.newsroom.opening import Newsroom, open_newsroom
from briefings.settings import NewsroomSettings
from briefings.starter import SAMPLE_NOW, sample

NOW = datetime(2025, 12, 4, 6, tzinfo=UTC)


def ago(hours: float) -> datetime:
    """The instant so many hours before NOW."""
    return NOW - timedelta(hours=hours)


def article(title: str = "Norvell opens a port", text: str = "", *, hours: float = 2, **values: Any) -> Article:
    """An article published and ready so many hours before NOW. Its summary is its text unless given."""
    when = ago(hours)
    text = text or f"{title} on 3 December."
    given = {
        "id": 1,
        "summary": text,
        "url": "https://example.org/1",
        "published": when,
        "source": "Sample Wire",
        "language": "en",
        "added": when,
        "ready": when,
        "story": 1,
    }
    return Article(title=title, text=text, **(given | values))


def story(*articles: Article, id: int = 1) -> Story:
    """A story of these articles, which get ids made from its id."""
    reports = articles or (article(),)
    return Story(id, tuple(dataclasses.replace(a, id=id * 100 + n, story=id) for n, a in enumerate(reports)))


def topic(command: str = "relos", *aliases: str, **values: Any) -> Topic:
    """A topic found by these aliases, or by its command."""
    given: dict[str, Any] = {"title": command.upper(), "definition": "A thing.", "aliases": aliases or (command,)}
    return Topic(command=command, **(given | values))


def item(lead: str = "Norvell opens a port", **values: Any) -> Item:
    """An item of an edition: a story as an edition tells it."""
    given: dict[str, Any] = {
        "story": 1,
        "report": 100,
        "mood": Mood.NEW,
        "facts": ("It holds 12 ships.",),
        "more": (),
        "outlets": ("Sample Wire",),
        "count": 1,
        "when": ago(2),
        "added": ago(2),
        "link": "https://example.org/1",
        "commands": ("relos",),
    }
    if values.get("mood") is Mood.UPDATED:
        given["news"] = 0
    return Item(lead=lead, **(given | values))


def draft(*top: Item, **values: Any) -> Draft:
    """A draft of an edition with these new stories, the first of which leads."""
    given: dict[str, Any] = {
        "headline": top[0].lead if top else "",
        "new": top[1:],
        "updated": (),
        "brief": (),
        "left": (),
        "total": len(top),
        "minutes": 2,
        "since": None,
    }
    return Draft(top=top[:1], **(given | values))


def told(*stories: Story) -> Memory:
    """The memory of a reader who was told the first report of each of these stories."""
    return tuple(Remembered(each.id, each.articles[0].id, None, each.last) for each in stories)


_SAMPLES: dict[tuple[datetime, bool], Path] = {}
"""The sample newsrooms that this process has made, by their time and by whether later reports are in them."""


async def copy_sample(path: Path, now: datetime = SAMPLE_NOW, *, is_complete: bool = False) -> None:
    """Put the database of the sample newsroom, as it is at an instant, into a new file.

    With `is_complete` it holds the reports that are dated later as well. A process makes each newsroom once.
    """
    made = _SAMPLES.get((now, is_complete))
    if made is None:
        folder = Path(tempfile.mkdtemp(prefix="briefings-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        made = folder / "sample.db"
        async with _open(made, now) as newsroom:
            await newsroom.editing.add(sample() if is_complete else sample(now))
        assert [file.name for file in folder.iterdir()] == [made.name], "all is in the one file that is copied"
        _SAMPLES[now, is_complete] = made
    shutil.copy(made, path)


@asynccontextmanager
async def open_sample_at(now: datetime = SAMPLE_NOW) -> AsyncIterator[Newsroom]:
    """Open the sample newsroom as it is at an instant, in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        await copy_sample(path, now)
        async with _open(path, now) as newsroom:
            yield newsroom


def _open(path: Path, now: datetime) -> AbstractAsyncContextManager[Newsroom]:
    settings = NewsroomSettings(database_url=f"sqlite:///{path}", _env_file=None)
    return open_newsroom(settings, COMMANDS, lambda: now)
