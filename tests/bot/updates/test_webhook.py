"""The webhook: who knows the secret is heard, what is acknowledged is kept, and every chat is answered in order."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from balancer import Balancer
from fakes import Clock, rows
from pydantic import SecretStr
from telegram import Update
from telegram.ext import ExtBot

from bot.simulator import Simulator
from bot.telegram.transport import Transport
from bot.updates import webhook
from bot.updates.inbox import InboxReader
from bot.updates.webhook import LARGEST_UPDATE, SECRET_HEADER, BadWebhook, Webhook, keep_set, take_down
from briefings.newsroom.inbox import LEASE, Inbox
from briefings.store import schema
from briefings.store.database import Database

SECRET = "se-cret_1"
ANN, BOB = 5, 6


class Listener:
    """What the conversation would be: notes what it hears; may be made slow or broken."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.heard: list[str] = []
        self.at_once = self.most_at_once = 0
        self._closed: dict[int, asyncio.Event] = {}
        self._broken: set[str] = set()
        self._changed = asyncio.Condition()

    def slow_for(self, chat: int) -> asyncio.Event:
        """Answers to this chat take until the event that is returned is set."""
        return self._closed.setdefault(chat, asyncio.Event())

    def breaks_at(self, text: str) -> None:
        self._broken.add(text)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(15), self._changed:
            await self._changed.wait_for(true)

    async def hears(self, *texts: str) -> None:
        await self.until(lambda: sorted(self.heard) == sorted(texts))

    async def __call__(self, update: Update) -> None:
        assert update.message is not None
        text = str(update.message.text)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._note(self.begun, text)
            if text in self._broken:
                raise LookupError("a bug")
            if update.message.chat_id in self._closed:
                await self._closed[update.message.chat_id].wait()
            await self._note(self.heard, text)
        finally:
            self.at_once -= 1

    async def _note(self, where: list[str], text: str) -> None:
        async with self._changed:
            where.append(text)
            self._changed.notify_all()


class Talker:
    """One process's webhook and reader, without the process."""

    def __init__(self, database: Database, bot: ExtBot[None], clock: Callable[[], datetime], hear: Listener) -> None:
        self.reader = InboxReader(Inbox(database, clock), bot, hear, sweep_seconds=0.05)
        self.webhook = Webhook(Inbox(database, clock), bot, SecretStr(SECRET), self.reader.nudge)
        app = web.Application(client_max_size=LARGEST_UPDATE)
        app.router.add_post("/hook", self.webhook.take)
        self.server = TestServer(app)
        self._work: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return str(self.server.make_url("/hook"))

    async def begins(self) -> None:
        """Handle what comes; before, it is stored only."""
        self._work = asyncio.create_task(self.reader.run())

    async def dies(self) -> None:
        """As by a power cut: nothing is given back."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait({self._work})
            self._work = None
        await self.server.close()

    async def stops(self) -> None:
        """As `app.py` stops it."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work
            self._work = None
            self.webhook.stop()
            await self.reader.finish(0.2)


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[ExtBot[None]]:
    transport = Transport(connections=4)
    async with transport:
        yield ExtBot(simulator.token, base_url=f"{simulator.url}/bot", request=transport)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@asynccontextmanager
async def talking(
    database: Database, bot: ExtBot[None], clock: Callable[[], datetime], listener: Listener
) -> AsyncIterator[Talker]:
    talker = Talker(database, bot, clock, listener)
    await talker.server.start_server()
    try:
        yield talker
    finally:
        await talker.stops()
        await talker.server.close()


@pytest.fixture
async def talker(database: Database, bot: ExtBot[None], clock: Clock, listener: Listener) -> AsyncIterator[Talker]:
    async with talking(database, bot, clock, listener) as talker:
        yield talker


def said(number: int, chat: int, text: str) -> dict[str, Any]:
    """An update as Telegram would bring it."""
    who = {"id": chat, "type": "private", "first_name": "Reader"}
    author = {"id": chat, "is_bot": False, "first_name": "Reader"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1764828000, "chat": who, "from": author, "text": text},
    }


async def post(url: str, body: Any, secret: str | None = SECRET) -> int:
    """Post as Telegram does; the status."""
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


# Who is heard


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "sécret"])
async def test_who_does_not_know_the_secret_is_turned_away(talker: Talker, database: Database, secret: str) -> None:
    assert await post(talker.url, said(1, ANN, "x"), secret) == 403
    assert await rows(database, schema.inbox) == []


async def test_who_does_not_know_the_secret_is_turned_away_before_the_body_is_read(talker: Talker) -> None:
    port = talker.server.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")  # and never a body
    await writer.drain()
    async with asyncio.timeout(5):
        assert b" 403 " in await reader.readline()
    writer.close()


async def test_only_posts_to_its_path_are_for_it(talker: Talker) -> None:
    async with aiohttp.ClientSession() as session, session.get(talker.url) as response:
        assert response.status == 405
    assert await post(talker.url.replace("/hook", "/other"), said(1, ANN, "x")) == 404


# What is taken


async def test_what_is_acknowledged_is_stored(talker: Talker, database: Database, clock: Clock) -> None:
    assert await post(talker.url, said(7, ANN, "hello")) == 200
    [row] = await rows(database, schema.inbox)
    assert (row["number"], row["key"], row["received"], row["done"]) == (7, ANN, clock(), None)
    assert json.loads(row["payload"])["message"]["text"] == "hello"


async def test_a_body_without_end_is_refused(talker: Talker, database: Database) -> None:
    assert await post(talker.url, b" " * (LARGEST_UPDATE + 1)) == 413
    assert await post(talker.url, said(1, ANN, "x" * (LARGEST_UPDATE // 2))) == 200
    assert len(await rows(database, schema.inbox)) == 1


NO_UPDATE = {
    "no-json": b"<html>",
    "nothing": b"",
    "no-utf8": b'{"update_id": 1, "x": "\xff"}',
    "a-list": b"[]",
    "null": b"null",
    "no-number": b'{"message": {}}',
    "number-is-text": b'{"update_id": "1"}',
    "number-is-true": b'{"update_id": true}',
    "number-is-a-fraction": b'{"update_id": 1.5}',
    "number-too-large": b'{"update_id": 9223372036854775808}',
    "deep": b"[" * 200_000,
    "text-is-a-list": json.dumps(said(1, ANN, "x") | {"message": {"text": [1]}}).encode(),
    "a-date-out-of-time": json.dumps({"update_id": 1, "message": {"message_id": 1, "date": 10**18}}).encode(),
    "chat-too-large": json.dumps(said(1, 2**63, "x")).encode(),
}


@pytest.mark.parametrize("body", NO_UPDATE.values(), ids=NO_UPDATE.keys())
async def test_what_nobody_could_ever_read_is_acknowledged_and_dropped(
    talker: Talker, database: Database, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert await post(talker.url, body) == 200
    assert await rows(database, schema.inbox) == []
    [line] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "skipped" in line.getMessage()


async def test_trouble_with_the_database_has_it_brought_again(
    bot: ExtBot[None], clock: Clock, listener: Listener, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database(url) as database, talking(database, bot, clock, listener) as talker:
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
        assert await post(talker.url, said(1, ANN, "one")) == 503
        assert await post(talker.url, said(1, ANN, "one")) == 503
        async with database.write() as connection:
            await connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox")
        await talker.begins()
        assert await post(talker.url, said(1, ANN, "one")) == 200
        await listener.hears("one")
    assert caplog.text.count("was not stored") == 1, "said once"


async def test_who_is_stopping_takes_nothing_more(talker: Talker, database: Database) -> None:
    talker.webhook.stop()
    assert await post(talker.url, said(1, ANN, "x")) == 503
    assert await rows(database, schema.inbox) == []


# How it is answered


async def test_a_chats_questions_are_answered_in_their_order(talker: Talker, listener: Listener) -> None:
    questions = [f"question {number}" for number in range(10)]
    await talker.begins()
    for number, question in enumerate(questions):
        assert await post(talker.url, said(number, ANN, question)) == 200
    await listener.hears(*questions)
    assert listener.heard == questions
    assert listener.most_at_once == 1


async def test_what_is_brought_again_is_answered_once(talker: Talker, database: Database, listener: Listener) -> None:
    await talker.begins()
    for number in (1, 1, 2, 1, 2):
        assert await post(talker.url, said(number, ANN, f"question {number}")) == 200
    await listener.hears("question 1", "question 2")
    await all_done(database)


async def test_other_chats_go_on_while_one_is_slow(talker: Talker, listener: Listener) -> None:
    go = listener.slow_for(ANN)
    await talker.begins()
    for number, (chat, text) in enumerate([(ANN, "slow"), (ANN, "after it"), (BOB, "quick"), (BOB, "quick too")]):
        await post(talker.url, said(number, chat, text))
    await listener.hears("quick", "quick too")
    assert listener.begun.count("after it") == 0
    go.set()
    await listener.hears("quick", "quick too", "slow", "after it")


async def test_not_all_the_world_is_answered_at_once(talker: Talker, listener: Listener) -> None:
    gates = [listener.slow_for(chat) for chat in range(1, 101)]
    for chat in range(1, 101):
        await post(talker.url, said(chat, chat, f"from {chat}"))
    await talker.begins()
    await listener.until(lambda: len(listener.begun) == 64)
    for gate in gates:
        gate.set()
    await listener.until(lambda: len(listener.heard) == 100)
    assert listener.most_at_once == 64


async def test_one_answer_that_breaks_breaks_no_other(
    talker: Talker, database: Database, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    listener.breaks_at("break")
    await talker.begins()
    for number, text in enumerate(["before", "break", "after"]):
        await post(talker.url, said(number, ANN, text))
    await listener.hears("before", "after")
    await all_done(database)
    assert "broke its answer" in caplog.text


async def test_what_cannot_be_read_from_the_inbox_any_more_is_skipped(
    talker: Talker, database: Database, listener: Listener
) -> None:
    for number in (1, 2):
        await post(talker.url, said(number, ANN, f"question {number}"))
    async with database.write() as connection:
        await connection.execute(schema.inbox.update().where(schema.inbox.c.number == 1).values(payload="{"))
    await talker.begins()
    await listener.hears("question 2")
    await all_done(database)


# Through deaths and stops


def now() -> datetime:
    return datetime.now(UTC)


async def test_what_was_stored_before_a_crash_is_answered_after_it(
    database: Database, bot: ExtBot[None], listener: Listener
) -> None:
    dying, alive = Listener(), listener
    dying.slow_for(ANN)
    async with talking(database, bot, now, dying) as talker:
        await talker.begins()
        for number in (1, 2):
            assert await post(talker.url, said(number, ANN, f"question {number}")) == 200
        await dying.until(lambda: dying.begun == ["question 1"])
        await talker.dies()
        async with talking(database, bot, now, alive) as other:
            await other.begins()
            await alive.hears("question 1", "question 2")
    assert alive.heard == ["question 1", "question 2"]
    assert dying.begun == ["question 1"]


async def test_a_stop_finishes_what_is_under_way_and_gives_back_what_takes_longer(
    database: Database, bot: ExtBot[None], clock: Clock, listener: Listener
) -> None:
    quick, _ = listener.slow_for(ANN), listener.slow_for(BOB)
    async with talking(database, bot, clock, listener) as talker:
        await talker.begins()
        for number, chat in ((1, ANN), (2, BOB), (3, ANN)):
            await post(talker.url, said(number, chat, f"question {number}"))
        await listener.until(lambda: len(listener.begun) == 2)
        asyncio.get_running_loop().call_later(0.02, quick.set)
    assert listener.heard == ["question 1"]
    after = {row["number"]: (row["done"] is not None, row["token"]) for row in await rows(database, schema.inbox)}
    assert after == {1: (True, None), 2: (False, None), 3: (False, None)}


async def test_who_is_slower_than_the_lease_keeps_it(
    database: Database, bot: ExtBot[None], clock: Clock, listener: Listener
) -> None:
    """The clock jumps past every lease, again and again; the talker that answers renews in time."""
    rival = Listener()
    go = listener.slow_for(ANN)
    async with talking(database, bot, clock, listener) as slow, talking(database, bot, clock, rival) as other:
        await slow.begins()
        await post(slow.url, said(1, ANN, "long"))
        await listener.until(lambda: listener.begun == ["long"])
        for _ in range(3):
            clock.advance(seconds=LEASE.total_seconds() - 1)
            slow.reader.nudge()
            await _leased_until(database, clock() + LEASE)
            await other.begins() if other._work is None else None
        go.set()
        await listener.hears("long")
        await all_done(database)
    assert rival.begun == []


async def _leased_until(database: Database, until: datetime) -> None:
    async with asyncio.timeout(10):
        while [row["lease_until"] for row in await rows(database, schema.inbox)] != [until]:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)


async def test_two_talkers_at_one_database_answer_each_chat_in_order_and_once(
    bot: ExtBot[None], listener: Listener, simulator: Simulator, url: str
) -> None:
    chats = range(1, 9)
    for chat in chats:
        simulator.state.person(chat)
    async with (
        Database(url) as one,
        Database(url) as two,
        talking(one, bot, now, listener) as first,
        talking(two, bot, now, listener) as second,
        Balancer(first.url, second.url) as balancer,
    ):
        await first.begins()
        await second.begins()
        await bot.set_webhook(balancer.url, secret_token=SECRET)
        for number in range(5):
            for chat in chats:
                simulator.state.say(chat, f"{chat}:{number}")
        await listener.until(lambda: len(listener.heard) == 40)
        await all_done(one)
        assert set(balancer.forwarded) == {first.url, second.url}
    for chat in chats:
        assert [text for text in listener.heard if text.startswith(f"{chat}:")] == [f"{chat}:{n}" for n in range(5)]


# Setting it


async def test_the_webhook_is_set_with_its_secret_and_drops_nothing(simulator: Simulator, bot: ExtBot[None]) -> None:
    simulator.state.person(ANN)
    simulator.state.say(ANN, "before")
    setting = asyncio.create_task(keep_set(bot, "https://bot.example/hook", SecretStr(SECRET)))
    hook = await simulator.state.wait_for(lambda state: state.webhook)
    setting.cancel()
    assert hook is not None
    assert (hook.url, hook.secret) == ("https://bot.example/hook", SECRET)
    assert simulator.state.allowed_updates == ["message", "callback_query"]
    assert len(simulator.state.updates) == 1


async def test_a_line_that_is_away_is_waited_for(
    simulator: Simulator, bot: ExtBot[None], caplog: pytest.LogCaptureFixture
) -> None:
    simulator.state.fail("502", method="setWebhook")
    setting = asyncio.create_task(keep_set(bot, "https://bot.example/hook", SecretStr(SECRET)))
    await simulator.state.wait_for(lambda state: state.webhook)
    setting.cancel()
    assert caplog.text.count("trying again") == 1


async def test_an_address_telegram_does_not_take_is_one_clear_line(bot: ExtBot[None]) -> None:
    with pytest.raises(BadWebhook) as bad:
        await keep_set(bot, "http://bot.example/hook", SecretStr(SECRET))
    assert "TELEGRAM_WEBHOOK_URL" in str(bad.value)
    assert "https" in str(bad.value)


async def test_a_webhook_that_was_taken_down_is_set_again(
    simulator: Simulator, bot: ExtBot[None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webhook, "CHECK_SECONDS", 0.01)
    setting = asyncio.create_task(keep_set(bot, "https://bot.example/hook", SecretStr(SECRET)))
    await simulator.state.wait_for(lambda state: state.webhook)
    await bot.delete_webhook()
    await simulator.state.wait_for(lambda state: state.webhook)
    setting.cancel()
    assert "took the webhook down" in caplog.text


async def test_who_polls_takes_a_webhook_down_and_keeps_what_waits(simulator: Simulator, bot: ExtBot[None]) -> None:
    await bot.set_webhook("https://bot.example/hook")
    simulator.state.person(ANN)
    simulator.state.say(ANN, "waiting")
    await take_down(bot)
    assert simulator.state.webhook is None
    assert len(simulator.state.updates) == 1
    before = len(simulator.state.calls)
    await take_down(bot)
    assert [call.method for call in simulator.state.calls[before:]] == ["getWebhookInfo"], "there was none to take down"
