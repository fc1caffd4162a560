"""An open newsroom for the operator's verbs and for the bot: what all of them are built on.

Knows no Telegram, so that a verb that only looks something up need not load it.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from briefings import starter
from briefings.adapters.fetch import Fetcher
from briefings.adapters.llm import Summariser
from briefings.editions.render import Press
from briefings.newsroom.newsroom import Newsroom
from briefings.newsroom.sources import Sources
from briefings.passes.enrich import Summarise
from briefings.settings import NewsroomSettings
from briefings.store.database import Database

Clock = Callable[[], datetime]

PASSES = ("talk", "ingest", "enrich", "publish", "dispatch")
"""What one process may run, all of it or some; `talk` hears and answers, the others are ticked."""

NEED_TELEGRAM = frozenset({"talk", "dispatch"})


def utc_now() -> datetime:
    """The time, by the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """An open newsroom and what it is built on."""

    database: Database
    press: Press
    newsroom: Newsroom
    sources: Sources
    clock: Clock
    """Goes by the database, so that all who share it agree."""

    summarise: Summarise | None = None


def fetcher(settings: NewsroomSettings) -> Fetcher:
    """A line to the web, as the settings want it."""
    return Fetcher(settings.proxy, settings.may_be_private())


@asynccontextmanager
async def open_newsroom(settings: NewsroomSettings, clock: Clock = utc_now) -> AsyncIterator[Desk]:
    """The newsroom without a face: all that the operator's verbs need."""
    async with Database(settings.database_url) as database, _summariser(settings) as summarise:

        def shared_clock() -> datetime:
            return clock() + database.ahead

        press = Press(settings.templates_dir)
        newsroom = Newsroom(database, press, shared_clock, settings.rhythm(), summarise=summarise)
        await newsroom.seed(starter.topics())
        sources = Sources(database, lambda: fetcher(settings), shared_clock, settings.visit_every())
        yield Desk(database, press, newsroom, sources, shared_clock, summarise)


def _summariser(settings: NewsroomSettings) -> AbstractAsyncContextManager[Summarise | None]:
    """The language model the operator named, or none."""
    if not (settings.summary_api_url and settings.summary_api_model):
        return contextlib.nullcontext()
    key = settings.summary_api_key.get_secret_value() if settings.summary_api_key else None
    return Summariser(settings.summary_api_url, settings.summary_api_model, key, proxy=settings.proxy)
