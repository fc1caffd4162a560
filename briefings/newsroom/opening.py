"""Opens a newsroom and puts its parts together. Imports no face, so that a program which only reads starts quickly."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from briefings import starter
from briefings.adapters.fetch import Fetcher
from briefings.adapters.llm import Summariser
from briefings.adapters.worker import Worker
from briefings.editions.model import CommandNames
from briefings.editions.render import Renderer
from briefings.model import Rhythm
from briefings.newsroom.editing import Editing
from briefings.newsroom.inbox import Inbox
from briefings.newsroom.membership import Membership
from briefings.newsroom.passes import Passes
from briefings.newsroom.readers import Readers
from briefings.newsroom.reading import Reading
from briefings.newsroom.sources import Sources
from briefings.newsroom.templates import Templates
from briefings.newsroom.upkeep import Upkeep
from briefings.passes.enrich import Summarise
from briefings.settings import NewsroomSettings
from briefings.starter import SAMPLE_NOW, sample
from briefings.store.database import Database

__all__ = [
    "SAMPLE_NOW",
    "Newsroom",
    "make_fetcher",
    "open_newsroom",
    "open_sample",
    "put_together",
    "sample",
    "utc_now",
]

Now = Callable[[], datetime]
"""Returns the time, aware UTC: a `briefings.clock.Clock`, or a time that stands still."""

Nudge = Callable[[str], None]

COLLECT_EVERY = timedelta(minutes=15)
"""The least time between two visits to a source, where no settings say otherwise; the setting has the same default."""


def utc_now() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(UTC)


def ignore(_: str) -> None:
    """Ignore a nudge: where no scheduler runs, there is no pass to wake."""


@dataclass(frozen=True, slots=True)
class Newsroom:
    """An open newsroom: its door in parts. `database` is for the newsroom's own tests, never for a face."""

    readers: Readers
    membership: Membership
    reading: Reading
    editing: Editing
    sources: Sources
    inbox: Inbox
    upkeep: Upkeep
    passes: Passes
    templates: Templates
    """Until they are tried, everything is printed by the shipped ones."""

    worker: Worker
    """Reads foreign bytes for all parts."""

    database: Database
    clock: Now
    """The database's clock, so that all processes that share it agree."""

    nudge: Nudge
    """A function to call with the name of a pass that has something to do."""


def put_together(
    database: Database,
    renderer: Renderer,
    clock: Now,
    default: Rhythm,
    *,
    nudge: Nudge = ignore,
    monotonic: Callable[[], float] = time.monotonic,
    summarise: Summarise | None = None,
    open_fetcher: Callable[[], Fetcher] = Fetcher,
    collect_every: timedelta = COLLECT_EVERY,
    worker: Worker | None = None,
    templates: Path | None = None,
) -> Newsroom:
    """Build a newsroom's parts on an open database. `default` is the rhythm of a new subscriber.

    `monotonic` gives seconds that only grow; against it the passes notice that `clock` was set. `worker` reads foreign
    bytes; who made it closes it. Without one the newsroom has its own. `templates` is the operator's folder of them.
    """
    worker = worker or Worker()
    sources = Sources(database, open_fetcher, clock, collect_every, worker)
    return Newsroom(
        readers=Readers(database, renderer, clock, default, nudge),
        membership=Membership(database, clock),
        reading=Reading(database, renderer, clock, default.zone),
        editing=Editing(database, renderer, clock, summarise),
        sources=sources,
        inbox=Inbox(database, clock),
        upkeep=Upkeep(database, clock),
        passes=Passes(database, renderer, clock, sources, nudge, summarise, monotonic),
        templates=Templates(templates, renderer),
        worker=worker,
        database=database,
        clock=clock,
        nudge=nudge,
    )


def make_fetcher(settings: NewsroomSettings) -> Fetcher:
    """Make a fetcher with the proxy and the allowed private hosts of these settings."""
    return Fetcher(settings.proxy, settings.may_be_private())


@asynccontextmanager
async def open_newsroom(
    settings: NewsroomSettings,
    commands: CommandNames,
    clock: Now = utc_now,
    nudge: Nudge = ignore,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Newsroom]:
    """Open the newsroom of these settings, bring its schema up to date, and seed its topics. Raises StoreTrouble.

    `commands` says how readers write the commands that editions name.
    """
    async with (
        Database(settings.database_url) as database,
        _summariser(settings) as summarise,
        Worker() as worker,
    ):
        newsroom = put_together(
            database,
            Renderer(commands),
            lambda: clock() + database.ahead,
            settings.rhythm(),
            nudge=nudge,
            monotonic=monotonic,
            summarise=summarise,
            open_fetcher=lambda: make_fetcher(settings),
            collect_every=settings.visit_every(),
            worker=worker,
            templates=settings.templates_dir,
        )
        await newsroom.editing.seed_topics(starter.topics())
        yield newsroom


@asynccontextmanager
async def open_sample(
    settings: NewsroomSettings, commands: CommandNames, until: datetime = SAMPLE_NOW
) -> AsyncIterator[Newsroom]:
    """Open the sample newsroom as it is at `SAMPLE_NOW`, in a temporary file, otherwise with these settings.

    Its reports are those dated up to `until`: a rehearsal of a later time needs those from after `SAMPLE_NOW`.
    """
    with tempfile.TemporaryDirectory(prefix="briefings-") as folder:
        sample_settings = settings.model_copy(
            update={"database_url": f"sqlite:///{Path(folder) / 'sample.db'}", "summary_api_url": None}
        )
        async with open_newsroom(sample_settings, commands, lambda: SAMPLE_NOW) as newsroom:
            await newsroom.editing.add(sample(until))
            yield newsroom


def _summariser(settings: NewsroomSettings) -> AbstractAsyncContextManager[Summarise | None]:
    """Make the summariser that the settings name; None when they name none."""
    if not (settings.summary_api_url and settings.summary_api_model):
        return contextlib.nullcontext()
    key = settings.summary_api_key.get_secret_value() if settings.summary_api_key else None
    return Summariser(settings.summary_api_url, settings.summary_api_model, key, proxy=settings.proxy)
