"""/healthz and /metrics over real HTTP: what they say when all is well, and when it is not."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fakes import Clock, blocks, join, queue
from program import free_port
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from telegram import Chat, Message, Update
from telegram.ext import ExtBot

from bot.errors import ListenTrouble
from bot.ops.http_service import Service, reasons, serving
from bot.ops.metrics import Metrics
from bot.simulator import Simulator
from bot.telegram.transport import Transport
from briefings.errors import StoreTrouble
from briefings.newsroom.upkeep import Upkeep
from briefings.scheduler import Beat, Pass, Scheduler
from briefings.store.database import Database
from briefings.store.health import Vitals

ROOT = Path(__file__).resolve().parents[3]
NOTHING = timedelta(0)
WELL = Vitals(0, NOTHING, NOTHING, 0, 0, NOTHING)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry(), 30)


@asynccontextmanager
async def served(database: Database, clock: Clock, metrics: Metrics, **passes: Pass) -> AsyncIterator[str]:
    """The service of a process that runs these passes every five seconds; its address."""
    scheduler = Scheduler({name: (one, 5.0) for name, one in passes.items()})
    service = Service(Upkeep(database, clock), scheduler, metrics)
    port = free_port()
    async with serving(("127.0.0.1", port), service):
        scheduler.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await scheduler.stop(1)


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def healthz(url: str) -> tuple[int, dict[str, Any]]:
    status, text = await get(f"{url}/healthz")
    return status, json.loads(text)


async def samples(url: str) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus' own parser reads it."""
    status, text = await get(f"{url}/metrics")
    assert status == 200
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def well() -> None:
    return None


# Health


async def test_who_is_well_says_so(database: Database, clock: Clock, metrics: Metrics) -> None:
    async with served(database, clock, metrics, publish=well) as url:
        status, said = await healthz(url)
    assert status == 200
    assert (said["status"], said["reasons"], said["database"], said["outbox_depth"]) == ("ok", [], True, 0)
    assert list(said["seconds_since_tick"]) == ["publish"], "only what runs in this process"


async def test_a_delivery_that_is_late_is_a_reason(database: Database, clock: Clock, metrics: Metrics) -> None:
    await join(database, "1", at=clock())
    await queue(database, blocks("news"), "1", now=clock())
    async with served(database, clock, metrics) as url:
        clock.advance(minutes=14)
        status, said = await healthz(url)
        assert (status, said["outbox_depth"], said["outbox_oldest_seconds"]) == (200, 1, 840)
        clock.advance(minutes=2)
        status, said = await healthz(url)
        assert status == 503
        assert said["reasons"] == ["the oldest delivery that is due is 16 minutes late"]


async def test_a_database_that_gives_no_answer_is_a_reason(url: str, clock: Clock, metrics: Metrics) -> None:
    async with Database(url) as database:
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE deliveries RENAME TO away")
        async with served(database, clock, metrics) as address:
            status, said = await healthz(address)
            found = await samples(address)
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE away RENAME TO deliveries")
    assert status == 503
    assert said["reasons"] == ["the database does not answer within 2 s"]
    assert said["outbox_depth"] is None
    assert found["briefings_database_up"] == 0
    assert found["briefings_outbox_depth"] != found["briefings_outbox_depth"], "not a number"


BEATS = {
    "ticks": (Beat(3, 5, None, failed=False), False),
    "quiet": (Beat(61, 5, None, failed=False), True),
    "seldom": (Beat(61, 900, None, failed=False), False),
    "seldom-and-quiet": (Beat(3601, 900, None, failed=False), True),
    "has-much-to-do": (Beat(300, 5, 299, failed=False), False),
    "hangs": (Beat(901, 5, 901, failed=False), True),
    "fails-again-and-again": (Beat(61, 5, 0.1, failed=True), True),
    "failed-a-moment-ago": (Beat(10, 5, None, failed=True), False),
}


@pytest.mark.parametrize(("beat", "is_stuck"), BEATS.values(), ids=BEATS.keys())
def test_when_a_pass_is_stuck(beat: Beat, is_stuck: bool) -> None:
    found = reasons(WELL, {"publish": beat})
    assert found == ([f"publish has not ticked for {beat.quiet:.0f} s"] if is_stuck else [])


def test_a_broadcast_may_take_its_time_as_long_as_nothing_is_late() -> None:
    assert reasons(WELL, {"dispatch": Beat(30_000, 5, 30_000, failed=False)}) == []


async def test_a_pass_that_fails_is_seen_in_its_beat(database: Database, clock: Clock, metrics: Metrics) -> None:
    async def failing() -> None:
        raise StoreTrouble

    async with served(database, clock, metrics, publish=failing, enrich=well) as url:
        status, _ = await healthz(url)
        assert status == 200, "a moment of trouble is none"


# Metrics


async def test_what_is_in_the_database_is_measured(database: Database, clock: Clock, metrics: Metrics) -> None:
    await join(database, "1", "2", at=clock())
    await queue(database, blocks("news"), "1", "2", now=clock())
    clock.advance(seconds=30)
    async with served(database, clock, metrics, publish=well) as url:
        found = await samples(url)
    assert found["briefings_outbox_depth"] == 2
    assert found["briefings_outbox_oldest_seconds"] == found["briefings_outbox_late_seconds"] == 30
    assert found["briefings_messages_per_second"] == 30
    assert (found["briefings_sources_in_trouble"], found["briefings_inbox_depth"]) == (0, 0)
    assert abs(found["briefings_last_tick_timestamp_seconds publish"] - datetime.now(UTC).timestamp()) < 60


def test_the_metric_of_sources_in_trouble_names_the_number_of_failures(metrics: Metrics) -> None:
    text = metrics.exposition(WELL, {}).decode()
    assert "# HELP briefings_sources_in_trouble Sources that failed 5 times in a row or more." in text


async def test_what_goes_out_is_counted_by_lane_and_outcome(
    simulator: Simulator, database: Database, clock: Clock, metrics: Metrics
) -> None:
    simulator.state.person(5)
    transport = Transport(connections=1, count=metrics.counter("answers"))
    async with transport:
        bot = ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=transport)
        simulator.state.fail("429")
        simulator.state.fail("reset")
        outcomes = await asyncio.gather(*(bot.send_message(5, "text") for _ in range(4)), return_exceptions=True)
        assert sum(isinstance(one, Message) for one in outcomes) == 2
        await bot.get_me()
    async with served(database, clock, metrics) as url:
        found = await samples(url)
    counted = [found[f"briefings_messages_total answers {outcome}"] for outcome in ("sent", "throttled", "failed")]
    assert counted == [2, 1, 1], "and what is no message is not counted"


async def test_answers_are_timed_also_those_that_break(database: Database, clock: Clock, metrics: Metrics) -> None:
    async def hear(update: Update) -> None:
        if update.update_id == 2:
            raise LookupError("a bug")

    timed = metrics.timed(hear)
    await timed(Update(1))
    with pytest.raises(LookupError):
        await timed(Update(2))
    async with served(database, clock, metrics) as url:
        found = await samples(url)
    assert found["briefings_answer_seconds_count"] == 2


async def test_no_chat_and_no_words_are_in_the_metrics(database: Database, clock: Clock, metrics: Metrics) -> None:
    await join(database, "424242", at=clock())
    await queue(database, blocks("a secret word"), "424242", now=clock())
    timed = metrics.timed(lambda _: asyncio.sleep(0))
    message = Message(1, clock(), Chat(424242, "private"), text="a secret word")
    await timed(Update(1, message=message))
    async with served(database, clock, metrics) as url:
        for page in ("metrics", "healthz"):
            _, text = await get(f"{url}/{page}")
            assert "424242" not in text
            assert "secret" not in text


def test_two_processes_worth_of_metrics_do_not_meet() -> None:
    first, second = Metrics(CollectorRegistry(), 30), Metrics(CollectorRegistry(), 30)
    first.counter("answers")("sendMessage", 200)
    assert b'outcome="sent"} 1.0' in first.exposition(WELL, {})
    assert b'outcome="sent"' not in second.exposition(WELL, {})


# Listening


async def test_a_busy_port_is_a_warning_and_with_a_webhook_the_end(
    database: Database, clock: Clock, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service(Upkeep(database, clock), Scheduler({}), metrics)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        address = ("127.0.0.1", busy.getsockname()[1])
        async with serving(address, service):
            assert "cannot-listen" in caplog.text
        with pytest.raises(ListenTrouble, match="cannot-listen"):
            async with serving(address, service, ("/hook", service.healthz)):
                pytest.fail("it went on without the webhook")


async def test_nobody_listens_where_nothing_is_asked_for(database: Database, clock: Clock, metrics: Metrics) -> None:
    async with serving(None, Service(Upkeep(database, clock), Scheduler({}), metrics)):
        pass


# The dashboard


def test_the_dashboard_names_no_metric_that_is_not_there(metrics: Metrics) -> None:
    metrics.counter("answers")
    text = metrics.exposition(WELL, {"publish": Beat(0, 5, None, failed=False)}).decode()
    there = {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text())
    asked: Sequence[str] = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    named = {name for expression in asked for name in re.findall(r"briefings_\w+", expression)}
    assert named <= there
    assert len(named) >= 10
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
