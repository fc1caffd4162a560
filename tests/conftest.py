"""The fixtures of most tests: a clock moved by hand, real databases, a newsroom on them, the simulator."""

import asyncio
import math
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import groupby
from pathlib import Path

import hypothesis
import loaded_worker
import pytest
from fakes import COMMANDS, MORNING, UTC_0730, Clock
from postgres import database as new_database
from postgres import empty, prepare, server

from bot.simulator import Simulator
from briefings.adapters.worker import Worker
from briefings.editions.render import Renderer
from briefings.newsroom.opening import Newsroom, put_together
from briefings.store.database import Database

os.environ["PTB_TIMEDELTA"] = "1"
hypothesis.settings.register_profile("untimed", deadline=None)  # machines are shared; only the benchmarks measure speed
hypothesis.settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """Return three more than there are cores, because journeys mostly wait for processes and clocks.

    On two cores four workers took 249 s, five 215 s and six 211 to 224 s.
    """
    return (os.cpu_count() or 1) + 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the journeys: a few after every other module, until there are no more.

    A worker takes up to an eighth of the list at once. In their own order the journeys would all be one worker's, and
    the others would be done minutes before it, because journeys mostly wait. Other modules stay whole, so that what a
    module makes once is made once.
    """
    journeys, others = [], []
    for item in items:
        (journeys if "journeys" in item.path.parts else others).append(item)
    modules = [list(module) for _, module in groupby(others, lambda item: item.path)] or [[]]
    share = math.ceil(len(journeys) / len(modules))
    items[:] = [
        item
        for number, module in enumerate(modules)
        for item in (*module, *journeys[number * share : (number + 1) * share])
    ]


@pytest.fixture(scope="session", autouse=True)
def forked_workers() -> Iterator[None]:
    """Let worker processes be forks of one that has their program loaded, except in `test_worker.py`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", loaded_worker.interpreter())
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file as the migrations leave it, to be copied: building one takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "briefings.db"

    async def build() -> None:
        async with Database(f"sqlite:///{path}"):
            pass

    asyncio.run(build())
    return path


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[str]:
    """The address of a PostgreSQL server, where `postgres.database` makes databases. All workers have the same."""
    with server(Path(tempfile.gettempdir()) / f"briefings-{testrun_uid}") as address:
        asyncio.run(prepare(address))
        yield address


@pytest.fixture
def file_url(migrated: Path, tmp_path: Path) -> str:
    """The address of an empty newsroom in a file, for tests that reach into it."""
    shutil.copy(migrated, tmp_path / "briefings.db")
    return f"sqlite:///{tmp_path}/briefings.db"


@pytest.fixture(scope="session")
def postgres_of_worker(postgres: str) -> Iterator[str]:
    with new_database(postgres) as address:
        yield address


@pytest.fixture
def postgres_url(postgres_of_worker: str) -> str:
    """The address of an empty newsroom on PostgreSQL."""
    empty(postgres_of_worker)
    return postgres_of_worker


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty newsroom on either database, for tests that open it themselves or more than once."""
    address: str = request.getfixturevalue("file_url" if request.param == "sqlite" else "postgres_url")
    return address


@pytest.fixture
def new_postgres_url(postgres: str) -> Iterator[str]:
    """The address of a database without a table, and of nobody else's."""
    with new_database(postgres, "template1") as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a newsroom that nobody has opened yet, on either database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new.db"
    address: str = request.getfixturevalue("new_postgres_url")
    return address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock(MORNING)


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(COMMANDS)


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    async with Worker() as worker:
        yield worker


@pytest.fixture
def newsroom(database: Database, renderer: Renderer, clock: Clock, worker: Worker) -> Newsroom:
    return put_together(database, renderer, clock, UTC_0730, worker=worker)


@pytest.fixture
async def simulator(clock: Clock) -> AsyncIterator[Simulator]:
    async with Simulator(clock=clock) as simulator:
        yield simulator
