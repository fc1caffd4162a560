"""/healthz and /metrics over real HTTP, when all is well and when it is not."""

from __future__ import annotations

import asyncio
import json
import math
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from fake_handler import FakeHandler
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
from bot.updates.handling import Handling
from briefings.errors import StoreTrouble
from briefings.newsroom.upkeep import Upkeep
from briefings.scheduler import Pass, PassHealth, Scheduler
from briefings.store.database import Database
from briefings.store.health import Vitals

ROOT = Path(__file__).resolve().parents[3]
NOTHING = timedelta(0)
WELL = Vitals(0, NOTHING, NOTHING, 0, 0, 0, 0, NOTHING)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry(), 30)


@asynccontextmanager
async def served(database: Database, clock: Clock, metrics: Metrics, **passes: Pass) -> AsyncIterator[str]:
    """Serve for a process that runs these passes every five seconds; yields the service's address."""
    scheduler = Scheduler({name: (run, 5.0) for name, run in passes.items()})
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
    """Return every sample by its name and labels, as Prometheus' own parser reads it."""
    status, text = await get(f"{url}/metrics")
    assert status == 200
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def do_nothing() -> None:
    """A pass that ends well."""


# Health


async def test_a_healthy_process_answers_200(database: Database, clock: Clock, metrics: Metrics) -> None:
    async with served(database, clock, metrics, publish=do_nothing) as url:
        status, body = await healthz(url)
    assert status == 200
    assert (body["status"], body["reasons"], body["database"], body["outbox_depth"]) == ("ok", [], True, 0)
    assert list(body["seconds_since_tick"]) == ["publish"], "only passes of this process"


async def test_a_late_delivery_is_a_reason(database: Database, clock: Clock, metrics: Metrics) -> None:
    await join(database, "1", at=clock())
    await queue(database, blocks("news"), "1", now=clock())
    async with served(database, clock, metrics) as url:
        clock.advance(minutes=14)
        status, body = await healthz(url)
        assert (status, body["outbox_depth"], body["outbox_oldest_seconds"]) == (200, 1, 840)
        clock.advance(minutes=2)
        status, body = await healthz(url)
        assert status == 503
        assert body["reasons"] == ["the oldest delivery that is due is 16 minutes late"]


async def test_a_database_that_does_not_answer_is_a_reason(url: str, clock: Clock, metrics: Metrics) -> None:
    async with Database(url) as database:
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE deliveries RENAME TO away")
        async with served(database, clock, metrics) as address:
            status, body = await healthz(address)
            values = await samples(address)
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE away RENAME TO deliveries")
    assert status == 503
    assert body["reasons"] == ["the database does not answer within 2 s"]
    assert body["outbox_depth"] is None
    assert values["briefings_database_up"] == 0
    assert math.isnan(values["briefings_outbox_depth"])


BEATS = {
    "ticks": (PassHealth(3, 5, None, failed=False), False),
    "quiet": (PassHealth(61, 5, None, failed=False), True),
    "seldom": (PassHealth(61, 900, None, failed=False), False),
    "seldom-and-quiet": (PassHealth(3601, 900, None, failed=False), True),
    "has-much-to-do": (PassHealth(300, 5, 299, failed=False), False),
    "hangs": (PassHealth(901, 5, 901, failed=False), True),
    "fails-again-and-again": (PassHealth(61, 5, 0.1, failed=True), True),
    "failed-a-moment-ago": (PassHealth(10, 5, None, failed=True), False),
}


@pytest.mark.parametrize(("beat", "is_stuck"), BEATS.values(), ids=BEATS.keys())
def test_a_pass_that_is_stuck_is_a_reason(beat: PassHealth, is_stuck: bool) -> None:
    expected = [f"publish has not ticked for {beat.quiet:.0f} s"] if is_stuck else []
    assert reasons(WELL, {"publish": beat}) == expected


def test_a_long_broadcast_is_no_reason_while_nothing_is_late() -> None:
    assert reasons(WELL, {"dispatch": PassHealth(30_000, 5, 30_000, failed=False)}) == []


async def test_a_pass_that_failed_a_moment_ago_is_no_reason(database: Database, clock: Clock, metrics: Metrics) -> None:
    async def failing() -> None:
        raise StoreTrouble

    async with served(database, clock, metrics, publish=failing, enrich=do_nothing) as url:
        status, _ = await healthz(url)
        assert status == 200


# Metrics


async def test_the_state_of_the_database_is_measured(database: Database, clock: Clock, metrics: Metrics) -> None:
    await join(database, "1", "2", at=clock())
    await queue(database, blocks("news"), "1", "2", now=clock())
    clock.advance(seconds=30)
    async with served(database, clock, metrics, publish=do_nothing) as url:
        values = await samples(url)
    assert values["briefings_outbox_depth"] == 2
    assert values["briefings_outbox_oldest_seconds"] == values["briefings_outbox_late_seconds"] == 30
    assert values["briefings_messages_per_second"] == 30
    assert (values["briefings_sources_in_trouble"], values["briefings_inbox_depth"]) == (0, 0)
    assert abs(values["briefings_last_tick_timestamp_seconds publish"] - datetime.now(UTC).timestamp()) < 60


def test_the_metric_of_sources_in_trouble_names_the_number_of_failures(metrics: Metrics) -> None:
    text = metrics.exposition(WELL, {}).decode()
    assert "# HELP briefings_sources_in_trouble Sources that failed 5 times in a row or more." in text


async def test_messages_are_counted_by_pool_and_outcome(
    simulator: Simulator, database: Database, clock: Clock, metrics: Metrics
) -> None:
    simulator.state.person(5)
    transport = Transport(connections=1, count=metrics.counter("answers"))
    async with transport:
        bot = ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=transport)
        simulator.state.fail("429")
        simulator.state.fail("reset")
        outcomes = await asyncio.gather(*(bot.send_message(5, "text") for _ in range(4)), return_exceptions=True)
        assert sum(isinstance(outcome, Message) for outcome in outcomes) == 2
        await bot.get_me()
    async with served(database, clock, metrics) as url:
        values = await samples(url)
    counts = [values[f"briefings_messages_total answers {outcome}"] for outcome in ("sent", "throttled", "failed")]
    assert counts == [2, 1, 1], "calls that send no message are not counted"


async def test_answers_are_timed_also_those_that_break(database: Database, clock: Clock, metrics: Metrics) -> None:
    handler = FakeHandler()
    handler.breaks_at("break")
    handling = Handling(ExtBot("1:TEST"), handler, metrics.observe_answer)
    for text in ("question", "break"):
        await handling.handle(Update(1, Message(1, clock(), Chat(5, "private"), text=text)))
    async with served(database, clock, metrics) as url:
        values = await samples(url)
    assert values["briefings_answer_seconds_count"] == 2


async def test_neither_page_holds_a_chat_or_a_readers_words(database: Database, clock: Clock, metrics: Metrics) -> None:
    await join(database, "424242", at=clock())
    await queue(database, blocks("a secret word"), "424242", now=clock())
    handling = Handling(ExtBot("1:TEST"), FakeHandler(), metrics.observe_answer)
    message = Message(1, clock(), Chat(424242, "private"), text="a secret word")
    await handling.handle(Update(1, message=message))
    async with served(database, clock, metrics) as url:
        for page in ("metrics", "healthz"):
            _, text = await get(f"{url}/{page}")
            assert "424242" not in text
            assert "secret" not in text


def test_metrics_of_two_registries_are_separate() -> None:
    first, second = Metrics(CollectorRegistry(), 30), Metrics(CollectorRegistry(), 30)
    first.counter("answers")("sendMessage", 200)
    assert b'outcome="sent"} 1.0' in first.exposition(WELL, {})
    assert b'outcome="sent"' not in second.exposition(WELL, {})


# Listening


async def test_a_busy_port_is_a_warning_and_with_a_webhook_an_error(
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


async def test_without_an_address_nothing_is_served(database: Database, clock: Clock, metrics: Metrics) -> None:
    async with serving(None, Service(Upkeep(database, clock), Scheduler({}), metrics)):
        pass


# The dashboard


def test_every_metric_of_the_dashboard_exists(metrics: Metrics) -> None:
    metrics.counter("answers")
    text = metrics.exposition(WELL, {"publish": PassHealth(0, 5, None, failed=False)}).decode()
    existing = {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text())
    expressions: Sequence[str] = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    named = {name for expression in expressions for name in re.findall(r"briefings_\w+", expression)}
    assert named <= existing
    assert len(named) >= 10
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


# Requests that are not HTTP

BROKEN = {
    "header-without-a-colon": b"GET /healthz HTTP/1.1\r\nHost: x\r\nse-cret header\r\n\r\n",
    "line-too-long": b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
    "header-too-long": b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    "two-lengths": b"POST /hook HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length-that-is-no-number": b"POST /hook HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "broken-chunks": b"POST /hook HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "unknown-version": b"GET / HTTP/9.9\r\n\r\n",
    "impossible-address": b"GET http://[::1/x HTTP/1.1\r\nHost: x\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 200,
    "broken-gzip-that-nobody-reads": b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
    b"Content-Length: 4\r\n\r\nnope",
}


@pytest.mark.parametrize("request_bytes", BROKEN.values(), ids=BROKEN.keys())
async def test_a_request_that_is_not_http_is_refused_with_one_line_at_most(
    database: Database, clock: Clock, metrics: Metrics, caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("INFO", "aiosqlite")
    async with served(database, clock, metrics) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(request_bytes)
        async with asyncio.timeout(10):
            assert (await reader.readline()).split()[1] in (b"400", b"405")
            await reader.read()  # until the other side hangs up
        writer.close()
    records = [record for record in caplog.records if record.name.startswith(("aiohttp", "bot.ops"))]
    assert [record.exc_info for record in records if record.exc_info] == []
    assert "se-cret" not in caplog.text
    assert len([record for record in records if "refused" in record.getMessage()]) <= 1
    assert [record for record in records if record.levelname in ("WARNING", "ERROR")] == []


async def test_a_bug_in_an_answer_keeps_its_traceback(
    database: Database, clock: Clock, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(_: web.Request) -> web.Response:
        raise LookupError("a bug")

    port = free_port()
    service = Service(Upkeep(database, clock), Scheduler({}), metrics)
    async with (
        serving(("127.0.0.1", port), service, ("/hook", breaks)),
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/hook") as response,
    ):
        assert response.status == 500
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info
