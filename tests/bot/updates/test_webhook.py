"""The webhook: a post with the secret is taken, an acknowledged update is stored, every chat is answered in order."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import logging
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from balancer import Balancer
from fake_handler import FakeHandler
from fakes import Clock, rows
from impatience import FOREVER, IMPATIENCE, TOKEN_REFUSED, TOKEN_SECONDS
from pydantic import SecretStr
from telegram.ext import ExtBot

from bot.errors import BadToken, BadWebhook
from bot.simulator import Simulator
from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.token_doubt import TokenDoubt
from bot.telegram.transport import Transport
from bot.updates.handling import Handling
from bot.updates.inbox import InboxWorker
from bot.updates.webhook import LARGEST_UPDATE, SECRET_HEADER, Webhook, keep_webhook, remove_webhook
from briefings.newsroom.inbox import ITEM_LEASE, Inbox
from briefings.store import schema
from briefings.store.database import Database

SECRET = "se-cret_1"
ANN, BOB = 5, 6


class WebhookReceiver:
    """The webhook and the inbox worker of one process, without the process."""

    def __init__(
        self, database: Database, bot: ExtBot[None], clock: Callable[[], datetime], handler: FakeHandler, slow: float
    ) -> None:
        handling = Handling(bot, handler)
        self.worker = InboxWorker(Inbox(database, clock), handling, sweep_seconds=0.05, slow_seconds=slow)
        self.webhook = Webhook(self.worker, handling, SecretStr(SECRET))
        app = web.Application(client_max_size=LARGEST_UPDATE)
        app.router.add_post("/hook", self.webhook.take)
        self.server = TestServer(app)
        self._work: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return str(self.server.make_url("/hook"))

    async def begins(self) -> None:
        """Handle updates from now on; before, they are only stored."""
        self._work = asyncio.create_task(self.worker.run())

    async def dies(self) -> None:
        """End as by a power cut: no claim is given back."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait({self._work})
            self._work = None
        await self.server.close()

    async def stops(self) -> None:
        """Stop as `app.py` stops it."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work
            self._work = None
            self.webhook.stop()
            await self.worker.finish(0.2)


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[ExtBot[None]]:
    transport = Transport(connections=4)
    async with transport:
        yield ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=ReadableAnswers(transport))


@pytest.fixture
def handler() -> FakeHandler:
    return FakeHandler()


@asynccontextmanager
async def receiving(
    database: Database,
    bot: ExtBot[None],
    clock: Callable[[], datetime],
    handler: FakeHandler,
    slow: float = 60,
) -> AsyncIterator[WebhookReceiver]:
    receiver = WebhookReceiver(database, bot, clock, handler, slow)
    await receiver.server.start_server()
    try:
        yield receiver
    finally:
        await receiver.stops()
        await receiver.server.close()


@pytest.fixture
async def receiver(
    database: Database, bot: ExtBot[None], clock: Clock, handler: FakeHandler
) -> AsyncIterator[WebhookReceiver]:
    async with receiving(database, bot, clock, handler) as receiver:
        yield receiver


def update(number: int, chat: int, text: str) -> dict[str, Any]:
    """Return an update as Telegram posts it."""
    private = {"id": chat, "type": "private", "first_name": "Reader"}
    author = {"id": chat, "is_bot": False, "first_name": "Reader"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1764828000, "chat": private, "from": author, "text": text},
    }


async def post(url: str, body: Any, secret: str | None = SECRET) -> int:
    """Post as Telegram does; return the status."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({} if secret is None else {SECRET_HEADER: secret})
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(data), headers=headers) as response,
    ):
        return response.status


async def open_rows(database: Database) -> list[int]:
    return [row["number"] for row in await rows(database, schema.inbox) if row["done"] is None]


async def all_done(database: Database) -> None:
    async with asyncio.timeout(10):
        while await open_rows(database):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)


# The secret


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "sécret"])
async def test_a_post_without_the_secret_is_refused(receiver: WebhookReceiver, database: Database, secret: str) -> None:
    assert await post(receiver.url, update(1, ANN, "x"), secret) == 403
    assert await rows(database, schema.inbox) == []


async def test_a_post_without_the_secret_is_refused_before_its_body_is_read(receiver: WebhookReceiver) -> None:
    port = receiver.server.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")  # and never a body
    await writer.drain()
    async with asyncio.timeout(5):
        assert b" 403 " in await reader.readline()
    writer.close()


async def test_only_posts_to_its_path_are_taken(receiver: WebhookReceiver) -> None:
    async with aiohttp.ClientSession() as session, session.get(receiver.url) as response:
        assert response.status == 405
    assert await post(receiver.url.replace("/hook", "/other"), update(1, ANN, "x")) == 404


# Taking updates


async def test_an_acknowledged_update_is_stored(receiver: WebhookReceiver, database: Database, clock: Clock) -> None:
    assert await post(receiver.url, update(7, ANN, "hello")) == 200
    [row] = await rows(database, schema.inbox)
    assert (row["number"], row["key"], row["received"], row["done"]) == (7, ANN, clock(), None)
    assert json.loads(row["payload"])["message"]["text"] == "hello"


async def test_a_body_that_is_too_large_is_refused(receiver: WebhookReceiver, database: Database) -> None:
    assert await post(receiver.url, b" " * (LARGEST_UPDATE + 1)) == 413
    assert await post(receiver.url, update(1, ANN, "x" * (LARGEST_UPDATE // 2))) == 200
    assert len(await rows(database, schema.inbox)) == 1


NO_UPDATE = {
    "no-json": b"<html>",
    "nothing": b"",
    "no-utf8": b"\xff\xfe\xfd",
    "a-list": b"[]",
    "null": b"null",
    "no-number": b'{"message": {}}',
    "number-is-text": b'{"update_id": "1"}',
    "number-is-true": b'{"update_id": true}',
    "number-is-a-fraction": b'{"update_id": 1.5}',
    "number-too-large": b'{"update_id": 9223372036854775808}',
    "deep": b"[" * 200_000,
    "text-is-a-list": json.dumps(update(1, ANN, "x") | {"message": {"text": [1]}}).encode(),
    "a-date-out-of-time": json.dumps({"update_id": 1, "message": {"message_id": 1, "date": 10**18}}).encode(),
    "chat-too-large": json.dumps(update(1, 2**63, "x")).encode(),
}


@pytest.mark.parametrize("body", NO_UPDATE.values(), ids=NO_UPDATE.keys())
async def test_a_post_that_can_never_be_read_is_acknowledged_and_dropped(
    receiver: WebhookReceiver, database: Database, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert await post(receiver.url, body) == 200
    assert await rows(database, schema.inbox) == []
    [line] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "skipped" in line.getMessage()


READABLE = {
    "half-a-surrogate-pair": (rb"caf\ud800", "caf\ufffd"),
    "the-other-half": (rb"caf\uDfff!", "caf\ufffd!"),
    "whole-pair": (rb"\ud83d\ude80", "🚀"),
    "bytes-that-are-not-utf8": (b"caf\xe9", "caf\ufffd"),
    "surrogate-in-utf8": (b"caf\xed\xa0\x80", "caf\ufffd\ufffd\ufffd"),
    "escaped-backslash": (rb"\\ud800", r"\ud800"),
}


@pytest.mark.parametrize(("sent", "text"), READABLE.values(), ids=READABLE.keys())
async def test_text_that_cannot_be_stored_as_it_is_gets_replacement_characters(
    receiver: WebhookReceiver, handler: FakeHandler, sent: bytes, text: str
) -> None:
    await receiver.begins()
    assert await post(receiver.url, json.dumps(update(1, ANN, "WORDS")).encode().replace(b"WORDS", sent)) == 200
    await handler.until_answered(text)


async def test_a_byte_order_mark_is_no_obstacle(receiver: WebhookReceiver, handler: FakeHandler) -> None:
    await receiver.begins()
    assert await post(receiver.url, b"\xef\xbb\xbf" + json.dumps(update(1, ANN, "hello")).encode()) == 200
    await handler.until_answered("hello")


async def raw_post(receiver: WebhookReceiver, headers: bytes, body: bytes) -> bytes:
    """Send bytes as a post with the secret; return the first line of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", receiver.server.port)
    writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\n%b: %b\r\n" % (SECRET_HEADER.encode(), SECRET.encode()))
    writer.write(headers + b"\r\n\r\n" + body)
    async with asyncio.timeout(10):
        answer = await reader.readline()
    writer.close()
    return answer


CUT = gzip.compress(json.dumps(update(1, ANN, "words " * 99)).encode())[:90]
BOMB = zlib.compress(b" " * 8 * LARGEST_UPDATE)
ENCODED = {
    "broken-gzip": (b"gzip", b"nope", 400),
    "gzip-cut-short": (b"gzip", CUT, 400),
    "broken-deflate": (b"deflate", b"nope", 400),
    "unknown-encoding": (b"invented", b"nope", 400),
    "bomb": (b"deflate", BOMB, 413),
}


@pytest.mark.parametrize(("encoding", "body", "status"), ENCODED.values(), ids=ENCODED.keys())
async def test_a_body_that_cannot_be_decoded_is_refused_with_one_line(
    receiver: WebhookReceiver,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    encoding: bytes,
    body: bytes,
    status: int,
) -> None:
    headers = b"Content-Encoding: %b\r\nContent-Length: %d" % (encoding, len(body))
    assert b" %d " % status in await raw_post(receiver, headers, body)
    lines = [record for record in caplog.records if record.levelno >= logging.WARNING and record.name.startswith("bot")]
    assert len(lines) == 1
    assert lines[0].exc_info is None
    assert await rows(database, schema.inbox) == []


async def test_a_whole_gzip_body_is_read(receiver: WebhookReceiver, database: Database) -> None:
    body = gzip.compress(json.dumps(update(7, ANN, "hello")).encode())
    headers = b"Content-Encoding: gzip\r\nContent-Length: %d" % len(body)
    assert b" 200 " in await raw_post(receiver, headers, body)
    assert [row["number"] for row in await rows(database, schema.inbox)] == [7]


async def test_an_update_that_cannot_be_stored_is_not_acknowledged(
    bot: ExtBot[None], clock: Clock, handler: FakeHandler, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database(url) as database, receiving(database, bot, clock, handler) as receiver:
        await receiver.begins()
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
        assert await post(receiver.url, update(1, ANN, "one")) == 503
        assert await post(receiver.url, update(1, ANN, "one")) == 503
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox")
        async with asyncio.timeout(10):
            while await post(receiver.url, update(1, ANN, "one")) != 200:  # noqa: ASYNC110 - as Telegram repeats it
                await asyncio.sleep(0.1)
        await handler.until_answered("one")
    assert caplog.text.count("the inbox cannot be written") == 1, "logged once"


async def test_a_webhook_that_is_stopping_takes_no_more_posts(receiver: WebhookReceiver, database: Database) -> None:
    receiver.webhook.stop()
    assert await post(receiver.url, update(1, ANN, "x")) == 503
    assert await rows(database, schema.inbox) == []


# Answering


async def test_a_chats_questions_are_answered_in_their_order(receiver: WebhookReceiver, handler: FakeHandler) -> None:
    questions = [f"question {number}" for number in range(10)]
    await receiver.begins()
    for number, question in enumerate(questions):
        assert await post(receiver.url, update(number, ANN, question)) == 200
    await handler.until_answered(*questions)
    assert handler.answered == questions
    assert handler.most_at_once == 1


async def test_an_update_that_is_posted_again_is_answered_once(
    receiver: WebhookReceiver, database: Database, handler: FakeHandler
) -> None:
    await receiver.begins()
    for number in (1, 1, 2, 1, 2):
        assert await post(receiver.url, update(number, ANN, f"question {number}")) == 200
    await handler.until_answered("question 1", "question 2")
    await all_done(database)


async def test_other_chats_go_on_while_one_is_slow(receiver: WebhookReceiver, handler: FakeHandler) -> None:
    gate = handler.slow_for(ANN)
    await receiver.begins()
    for number, (chat, text) in enumerate([(ANN, "slow"), (ANN, "after it"), (BOB, "quick"), (BOB, "quick too")]):
        await post(receiver.url, update(number, chat, text))
    await handler.until_answered("quick", "quick too")
    assert handler.begun.count("after it") == 0
    gate.set()
    await handler.until_answered("quick", "quick too", "slow", "after it")


async def test_at_most_64_updates_are_answered_at_once(receiver: WebhookReceiver, handler: FakeHandler) -> None:
    gates = [handler.slow_for(chat) for chat in range(1, 101)]
    for chat in range(1, 101):
        await post(receiver.url, update(chat, chat, f"from {chat}"))
    await receiver.begins()
    await handler.until(lambda: len(handler.begun) == 64)
    for gate in gates:
        gate.set()
    await handler.until(lambda: len(handler.answered) == 100)
    assert handler.most_at_once == 64


async def test_answers_that_wait_take_no_place_from_others(
    database: Database, bot: ExtBot[None], clock: Clock, handler: FakeHandler
) -> None:
    """More chats are held than there are places; each of their answers counts as slow after a moment."""
    gates = [handler.slow_for(chat) for chat in range(101, 201)]
    async with receiving(database, bot, clock, handler, slow=0.1) as receiver:
        for chat in range(101, 201):
            await post(receiver.url, update(chat, chat, f"from {chat}"))
        await post(receiver.url, update(201, ANN, "from Ann"))
        await receiver.begins()
        await handler.until_answered("from Ann")
        assert len(handler.begun) == 101
        for gate in gates:
            gate.set()
        await handler.until(lambda: len(handler.answered) == 101)


async def test_a_broken_answer_breaks_no_other(
    receiver: WebhookReceiver, database: Database, handler: FakeHandler, caplog: pytest.LogCaptureFixture
) -> None:
    handler.breaks_at("break")
    await receiver.begins()
    for number, text in enumerate(["before", "break", "after"]):
        await post(receiver.url, update(number, ANN, text))
    await handler.until_answered("before", "after")
    await all_done(database)
    assert "broke its answer" in caplog.text


async def test_an_update_that_the_inbox_holds_damaged_is_skipped(
    receiver: WebhookReceiver, database: Database, handler: FakeHandler
) -> None:
    for number in (1, 2):
        await post(receiver.url, update(number, ANN, f"question {number}"))
    async with database.write() as connection:
        await connection.execute(schema.inbox.update().where(schema.inbox.c.number == 1).values(payload="{"))
    await receiver.begins()
    await handler.until_answered("question 2")
    await all_done(database)


# Deaths and stops


def now() -> datetime:
    return datetime.now(UTC)


async def test_an_update_stored_before_a_crash_is_answered_after_it(
    database: Database, bot: ExtBot[None], handler: FakeHandler
) -> None:
    dying, alive = FakeHandler(), handler
    dying.slow_for(ANN)
    async with receiving(database, bot, now, dying) as receiver:
        await receiver.begins()
        for number in (1, 2):
            assert await post(receiver.url, update(number, ANN, f"question {number}")) == 200
        await dying.until(lambda: dying.begun == ["question 1"])
        await receiver.dies()
        async with receiving(database, bot, now, alive) as other:
            await other.begins()
            await alive.until_answered("question 1", "question 2")
    assert alive.answered == ["question 1", "question 2"]
    assert dying.begun == ["question 1"]


async def test_a_stop_finishes_answers_under_way_and_gives_back_those_that_take_longer(
    database: Database, bot: ExtBot[None], clock: Clock, handler: FakeHandler
) -> None:
    quick, _ = handler.slow_for(ANN), handler.slow_for(BOB)
    async with receiving(database, bot, clock, handler) as receiver:
        await receiver.begins()
        for number, chat in ((1, ANN), (2, BOB), (3, ANN)):
            await post(receiver.url, update(number, chat, f"question {number}"))
        await handler.until(lambda: len(handler.begun) == 2)
        asyncio.get_running_loop().call_later(0.02, quick.set)
    assert handler.answered == ["question 1"]
    after = {row["number"]: (row["done"] is not None, row["token"]) for row in await rows(database, schema.inbox)}
    assert after == {1: (True, None), 2: (False, None), 3: (False, None)}


async def test_an_answer_slower_than_the_lease_keeps_its_claim(
    database: Database, bot: ExtBot[None], clock: Clock, handler: FakeHandler
) -> None:
    """The clock jumps to the end of the lease three times; the receiver that is answering renews it in time."""
    rival = FakeHandler()
    gate = handler.slow_for(ANN)
    async with receiving(database, bot, clock, handler) as slow, receiving(database, bot, clock, rival) as other:
        await slow.begins()
        await post(slow.url, update(1, ANN, "long"))
        await handler.until(lambda: handler.begun == ["long"])
        for _ in range(3):
            clock.advance(seconds=ITEM_LEASE.total_seconds() - 1)
            slow.worker.nudge()
            await _leased_until(database, clock() + ITEM_LEASE)
            await other.begins() if other._work is None else None
        gate.set()
        await handler.until_answered("long")
        await all_done(database)
    assert rival.begun == []


async def _leased_until(database: Database, until: datetime) -> None:
    async with asyncio.timeout(10):
        while [row["lease_until"] for row in await rows(database, schema.inbox)] != [until]:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)


async def test_two_receivers_on_one_database_answer_each_chat_in_order_and_once(
    bot: ExtBot[None], handler: FakeHandler, simulator: Simulator, url: str
) -> None:
    chats = range(1, 9)
    for chat in chats:
        simulator.state.person(chat)
    async with (
        Database(url) as one,
        Database(url) as two,
        receiving(one, bot, now, handler) as first,
        receiving(two, bot, now, handler) as second,
        Balancer(first.url, second.url) as balancer,
    ):
        await first.begins()
        await second.begins()
        await bot.set_webhook(balancer.url, secret_token=SECRET)
        for number in range(5):
            for chat in chats:
                simulator.state.say(chat, f"{chat}:{number}")
        await handler.until(lambda: len(handler.answered) == 40)
        await all_done(one)
        assert set(balancer.forwarded) == {first.url, second.url}
    for chat in chats:
        assert [text for text in handler.answered if text.startswith(f"{chat}:")] == [f"{chat}:{n}" for n in range(5)]


# Setting and removing the webhook

HOOK = "https://127.0.0.1/hook"


@pytest.fixture
async def doubt(simulator: Simulator) -> AsyncIterator[TokenDoubt]:
    async with Transport(connections=1) as transport:
        yield TokenDoubt(transport, f"{simulator.url}/bot{simulator.token}", TOKEN_SECONDS)


@asynccontextmanager
async def keeping(
    bot: ExtBot[None], doubt: TokenDoubt, recovered: Callable[[], None] = lambda: None
) -> AsyncIterator[asyncio.Task[None]]:
    """Keep the webhook set until the block ends, looking at it all the time."""
    work = keep_webhook(
        bot, HOOK, SecretStr(SECRET), doubt, recovered=recovered, patience=IMPATIENCE, check_seconds=0.01
    )
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def times_called(simulator: Simulator, method: str, times: int) -> None:
    """Wait until a method was called so many times from now on."""
    before = [call.method for call in simulator.state.calls].count(method)
    await simulator.state.wait_for(
        lambda state: [call.method for call in state.calls].count(method) >= before + times, timeout=20
    )


async def test_the_webhook_is_set_with_its_secret_and_drops_no_update(
    simulator: Simulator, bot: ExtBot[None], doubt: TokenDoubt
) -> None:
    simulator.state.person(ANN)
    simulator.state.say(ANN, "before")
    async with keeping(bot, doubt):
        hook = await simulator.state.wait_for(lambda state: state.webhook)
    assert hook is not None
    assert (hook.url, hook.secret) == (HOOK, SECRET)
    assert simulator.state.allowed_updates == ["message", "callback_query", "my_chat_member"]
    assert len(simulator.state.updates) == 1


PAGE = b"<html>no such page</html>"
OUTAGES = {
    "502": (502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}),
    "a-page-for-502": (502, PAGE),
    "a-page-for-400": (400, PAGE),
    "a-page-for-401": (401, PAGE),
    "a-page-for-404": (404, PAGE),
    "a-list": (200, []),
    "a-list-for-400": (400, []),
}


@pytest.mark.parametrize(("status", "body"), OUTAGES.values(), ids=OUTAGES)
async def test_an_outage_while_setting_the_webhook_is_waited_out(
    simulator: Simulator,
    bot: ExtBot[None],
    doubt: TokenDoubt,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: Any,
) -> None:
    simulator.state.answer(status, body, method="setWebhook", times=5)
    recoveries: list[str] = []
    async with keeping(bot, doubt, lambda: recoveries.append("now")):
        await times_called(simulator, "getWebhookInfo", 1)
    assert simulator.state.webhook
    assert caplog.text.count("trying again") == 1
    assert recoveries == ["now"]


async def test_an_address_telegram_does_not_take_ends_the_setting(bot: ExtBot[None], doubt: TokenDoubt) -> None:
    with pytest.raises(BadWebhook) as bad:
        await keep_webhook(bot, "http://bot.example/hook", SecretStr(SECRET), doubt, patience=IMPATIENCE)
    assert bad.value.key == "webhook-refused"
    assert "https" in str(bad.value.arguments["cause"])


UNRESOLVED = {"ok": False, "error_code": 400, "description": "Bad Request: bad webhook: Failed to resolve host"}


async def test_an_address_that_is_refused_once_is_tried_again(
    simulator: Simulator, bot: ExtBot[None], doubt: TokenDoubt
) -> None:
    simulator.state.answer(400, UNRESOLVED, method="setWebhook")
    async with keeping(bot, doubt):
        await simulator.state.wait_for(lambda state: state.webhook)


async def test_a_webhook_that_somebody_removed_is_set_again_however_long_telegram_refuses_it(
    simulator: Simulator, bot: ExtBot[None], doubt: TokenDoubt, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeping(bot, doubt):
        await simulator.state.wait_for(lambda state: state.webhook)
        simulator.state.answer(400, UNRESOLVED, method="setWebhook", times=4)
        await bot.delete_webhook()
        await simulator.state.wait_for(lambda state: state.webhook)
    assert "took the webhook down" in caplog.text
    assert caplog.text.count("trying again") == 1


REFUSALS = {
    "a-page-for-401": (401, PAGE),
    "a-page-for-404": (404, PAGE),
    "401-but-get-me-is-answered": (401, TOKEN_REFUSED),
    "400": (400, {"ok": False, "error_code": 400, "description": "Bad Request: no"}),
    "another-shape": (200, {"ok": True, "result": {"url": None}}),
    "null": (200, {"ok": True, "result": None}),
}


@pytest.mark.parametrize(("status", "body"), REFUSALS.values(), ids=REFUSALS)
async def test_no_odd_answer_ends_the_keeping_of_the_webhook(
    simulator: Simulator,
    bot: ExtBot[None],
    doubt: TokenDoubt,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: Any,
) -> None:
    simulator.state.answer(status, body, method="getWebhookInfo", times=FOREVER)
    async with keeping(bot, doubt) as keeping_on:
        await times_called(simulator, "getWebhookInfo", 12)  # longer than a token must be refused
        assert not keeping_on.done()
    assert caplog.text.count("trying again") == 1


async def test_a_token_that_is_refused_again_and_again_ends_the_keeping(
    simulator: Simulator, bot: ExtBot[None], doubt: TokenDoubt
) -> None:
    async with keeping(bot, doubt) as keeping_on:
        await simulator.state.wait_for(lambda state: state.webhook)
        simulator.state.answer(401, TOKEN_REFUSED, method=None, times=FOREVER)
        with pytest.raises(BadToken):
            async with asyncio.timeout(20):
                await keeping_on


async def test_removing_the_webhook_keeps_pending_updates(simulator: Simulator, bot: ExtBot[None]) -> None:
    await bot.set_webhook(HOOK)
    simulator.state.person(ANN)
    simulator.state.say(ANN, "waiting")
    await remove_webhook(bot)
    assert simulator.state.webhook is None
    assert len(simulator.state.updates) == 1
