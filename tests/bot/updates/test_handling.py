"""Handling an update: tried again while the newsroom cannot be read, an apology when that lasts, no bug goes on."""

from __future__ import annotations

import logging

import pytest
from fake_handler import FakeHandler
from fakes import MORNING
from telegram import Chat, Message, Update
from telegram.ext import ExtBot

from bot.updates.handling import SHIPPED, Handling, Retries

ANN = 5


def handling(handler: FakeHandler, seconds: list[float] | None = None) -> Handling:
    observed: list[float] = [] if seconds is None else seconds
    return Handling(ExtBot("1:TEST"), handler, observed.append, Retries(pauses=(0.001,)))


def update(text: str) -> Update:
    return Update(1, Message(1, MORNING, Chat(ANN, "private"), text=text))


async def test_a_question_that_cannot_be_answered_for_long_gets_one_apology_and_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    handler, seconds = FakeHandler(), list[float]()
    handler.is_unreadable = True
    await handling(handler, seconds).handle(update("question"))
    assert (len(handler.begun), handler.apologised, len(seconds)) == (SHIPPED.most, ["question"], 1)
    [record] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert record.exc_info is None


async def test_tries_while_the_inbox_is_in_trouble_too_are_not_counted() -> None:
    handler = FakeHandler()
    handler.is_unreadable = True

    def is_inbox_in_trouble() -> bool:
        handler.is_unreadable = len(handler.begun) < 20
        return True

    await handling(handler).handle(update("question"), 0, is_inbox_in_trouble)
    assert (len(handler.begun), handler.answered, handler.apologised) == (21, ["question"], [])


async def test_a_bug_ends_its_own_update_only(caplog: pytest.LogCaptureFixture) -> None:
    handler = FakeHandler()
    handler.breaks_at("break")
    outcome = await handling(handler).handle(update("break"))
    assert outcome.reply is None
    assert "broke its answer" in caplog.text


async def test_what_is_not_for_us_is_not_heard() -> None:
    raw = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": ANN, "type": "private"}}}
    heard = {
        text: handling(FakeHandler()).hear(raw | {"message": raw["message"] | {"text": text}}, "{}")  # type: ignore[operator]
        for text in ("question", "# talk")
    }
    assert {text: one is not None for text, one in heard.items()} == {"question": True, "# talk": False}
