"""Every answer, however odd, reads as sent, as refused, or as an error that says what came."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.transport import NotJson, OddAnswer, Transport

MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}


async def send(status: int, body: object, method: str = "sendMessage") -> object:
    """Return what python-telegram-bot makes of an answer; raises what it raises."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=raw)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server, ReadableAnswers(Transport(connections=1)) as request:
        bot = Bot("1:TOKEN", base_url=str(server.make_url("/bot")), request=request)
        if method == "getChatMember":
            return await bot.get_chat_member(5, 5)
        if method == "editMessageText":
            return await bot.edit_message_text("x", 5, 1)
        return await bot.send_message(5, "x")


SENT = {
    "a-message": {"ok": True, "result": MESSAGE},
    "true": {"ok": True, "result": True},
    "no-result": {"ok": True},
    "null": {"ok": True, "result": None},
    "a-message-without-date": {"ok": True, "result": {"message_id": 1}},
    "a-list": {"ok": True, "result": [1]},
    "a-chat-that-is-none": {"ok": True, "result": MESSAGE | {"chat": 5}},
}


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
@pytest.mark.parametrize("body", SENT.values(), ids=SENT)
async def test_a_message_that_telegram_took_counts_as_sent_however_odd_the_result(body: object, method: str) -> None:
    assert await send(200, body, method) is True


FAILED = {
    "a-page": (200, b"<html>Log in</html>", NotJson),
    "a-page-of-a-gateway": (502, b"<html>Bad Gateway</html>", NotJson),
    "a-page-that-forbids": (403, b"<html>Your network says no</html>", NotJson),
    "an-empty-body": (200, b"", NotJson),
    "ok-is-missing": (200, {"result": MESSAGE}, OddAnswer),
    "no-object": (200, [], OddAnswer),
    "a-redirect": (302, b"", NotJson),
    "a-list-of-a-gateway": (502, [], NotJson),
    "a-description-that-is-none": (500, {"ok": False, "description": None}, NetworkError),
    "refused": (400, {"ok": False, "description": "Bad Request: message can't be edited"}, BadRequest),
    "refused-with-200": (200, {"ok": False, "description": "Bad Request: no"}, BadRequest),
    "parameters-are-a-list": (400, {"ok": False, "description": "no", "parameters": [1]}, BadRequest),
    "blocked": (403, {"ok": False, "description": "Forbidden: blocked"}, Forbidden),
    "moved": (400, {"ok": False, "parameters": {"migrate_to_chat_id": -100}}, ChatMigrated),
    "moved-nowhere": (400, {"ok": False, "parameters": {"migrate_to_chat_id": "x"}}, BadRequest),
}


@pytest.mark.parametrize(("status", "body", "error"), FAILED.values(), ids=FAILED)
async def test_an_answer_that_sends_nothing_is_an_error_of_its_kind(
    status: int, body: object, error: type[TelegramError]
) -> None:
    with pytest.raises(TelegramError) as raised:
        await send(status, body)
    assert type(raised.value) is error
    assert "html" not in str(raised.value), "a foreign page is in no log"


WAITS = {
    "stated": ({"retry_after": 7}, 7),
    "in-words": ({"retry_after": "soon"}, 3),
    "negative": ({"retry_after": -7}, 3),
    "longer-than-a-week": ({"retry_after": 10**9}, 3),
    "none": ({}, 3),
    "no-object": ([7], 3),
}


@pytest.mark.parametrize(("parameters", "expected"), WAITS.values(), ids=WAITS)
async def test_a_429_always_names_a_time(parameters: object, expected: int) -> None:
    with pytest.raises(RetryAfter) as raised:
        await send(429, {"ok": False, "description": "Too Many Requests", "parameters": parameters})
    assert raised.value.retry_after == timedelta(seconds=expected)


async def test_a_question_whose_answer_has_no_result_fails() -> None:
    with pytest.raises(OddAnswer, match="no result"):
        await send(200, {"ok": True}, "getChatMember")
    member = await send(200, {"ok": True, "result": {"status": "left", "user": {"id": 5, "is_bot": False,
        "first_name": "Ann"}}}, "getChatMember")  # fmt: skip
    assert getattr(member, "status", None) == "left"
