"""What most tests stand on: a clock driven by hand, a real SQLite file, a newsroom on it, a stand-in for Telegram."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import hypothesis
import pytest
from fakes import MORNING, UTC_0730, Clock

from bot.simulator import Simulator
from briefings.newsroom import Newsroom
from briefings.render import Press
from briefings.store.database import Database

os.environ["PTB_TIMEDELTA"] = "1"
hypothesis.settings.register_profile("untimed", deadline=None)  # machines are shared: speed is the benchmarks' matter
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file as the migrations leave it, to be copied: building one takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "briefings.db"

    async def build() -> None:
        async with Database(f"sqlite:///{path}"):
            pass

    asyncio.run(build())
    return path


@pytest.fixture
def url(migrated: Path, tmp_path: Path) -> str:
    """The address of an empty newsroom's file, for tests that open it themselves or more than once."""
    shutil.copy(migrated, tmp_path / "briefings.db")
    return f"sqlite:///{tmp_path}/briefings.db"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock(MORNING)


@pytest.fixture(scope="session")
def press() -> Press:
    return Press()


@pytest.fixture
def newsroom(database: Database, press: Press, clock: Clock) -> Newsroom:
    return Newsroom(database, press, clock, UTC_0730)


@pytest.fixture
async def simulator(clock: Clock) -> AsyncIterator[Simulator]:
    async with Simulator(clock=clock) as simulator:
        yield simulator
