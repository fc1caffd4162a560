"""Reading JSON from Telegram: an update that a parser refuses stops no other update of the same answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.telegram import payload
from bot.telegram.payload import read, text_of
from bot.telegram.transport import dumps
from bot.updates.raw_updates import number_of

PARSERS = ["orjson", "json"]


@pytest.fixture(params=PARSERS)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the fast parser and without it: it is optional."""
    if request.param == "json":
        monkeypatch.setattr(payload, "orjson", None)


def answer(*updates: str) -> bytes:
    """Return an answer to getUpdates, as Telegram writes it, with these updates as they are."""
    return f'{{"ok":true,"result":[{",".join(updates)}]}}'.encode("utf-8", "surrogatepass")


BEFORE, AFTER = '{"update_id":1,"message":{"text":"]}\\"[{"}}', '{"update_id":3,"message":{"text":"after"}}'
DEEP = "[" * 5_000 + "]" * 5_000
ODD = {
    "half-a-pair": '{"update_id":2,"message":{"text":"\\ud800"}}',
    "half-a-pair-in-utf8": '{"update_id":2,"message":{"text":"\ud800"}}',
    "not-a-number": '{"update_id":2,"message":{"x":NaN}}',
    "infinity": '{"update_id":2,"message":{"x":1e999}}',
    "longer-than-any-number": '{"update_id":2,"message":{"x":' + "1" * 5_000 + "}}",
    "larger-than-64-bits": '{"update_id":2,"message":{"x":123456789012345678901234567890}}',
    "deep": '{"update_id":2,"message":{"x":' + DEEP + "}}",
    "deep-objects": '{"update_id":2,"message":' + '{"x":' * 5_000 + "1" + "}" * 5_001,
    "the-same-key-twice": '{"update_id":2,"message":{"x":1,"x":2}}',
    "control-character": '{"update_id":2,"message":{"text":"a\x01b"}}',
    "a-comma-too-many": '{"update_id":2,"message":{"x":1,}}',
    "no-value": '{"update_id": 2, "message":{"x":}}',
}


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_update_stops_no_other_and_can_be_confirmed(odd: str) -> None:
    first, second, third = read(answer(BEFORE, odd, AFTER))["result"]
    assert (first, third) == (json.loads(BEFORE), json.loads(AFTER))
    assert number_of(second) == 2


@pytest.mark.usefixtures("parser")
def test_an_odd_update_without_a_readable_number_is_left_out_of_the_numbered() -> None:
    updates = read(answer(BEFORE, '{"message":' + DEEP + ',"update_id":2}', AFTER))["result"]
    assert [number_of(update) for update in updates] == [1, None, 3]


@pytest.mark.usefixtures("parser")
def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert read(b"\xef\xbb\xbf" + answer(BEFORE)) == read(answer(BEFORE))


TEXTS = {
    "first-half": (rb'"a\ud800b"', "a\ufffdb"),
    "second-half": (rb'"a\udfffb"', "a\ufffdb"),
    "halves-in-the-wrong-order": (rb'"\udc00\ud800"', "\ufffd\ufffd"),
    "two-first-halves": (rb'"\ud83d\ud83d\ude80"', "\ufffd🚀"),
    "whole-pair": (rb'"\uD83D\uDE80"', "🚀"),
    "half-before-another-escape": (rb'"\ud800\n"', "\ufffd\n"),
    "backslash-before-the-letters": (rb'"\\ud800"', r"\ud800"),
    "backslash-before-a-half": (rb'"\\\ud800"', "\\\ufffd"),
    "bytes-that-are-not-utf8": (b'"caf\xe9"', "caf\ufffd"),
}


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("sent", "text"), TEXTS.values(), ids=TEXTS.keys())
def test_bytes_and_escapes_that_are_no_text_become_replacement_characters(sent: bytes, text: str) -> None:
    assert read(sent) == text == json.loads(text_of(sent))


NOT_JSON = {
    "nothing": b"",
    "a-page": b"<html>",
    "half": b'{"ok":true,"result":[{"update_id":1}',
    "deep": b"[" * 200_000,
    "deep-answer": b'{"ok":true,"result":{"x":' + b"[" * 5_000 + b"]" * 5_000 + b"}}",
}


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_a_body_that_is_not_json_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|end"):
        read(body)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"text": "a\ud800b"}, {"text": "a\ufffdb"}, id="half-a-pair"),
        pytest.param({"text": "naïve 🚀"}, {"text": "naïve 🚀"}, id="text"),
        pytest.param({"chat_id": 2**70}, {"chat_id": 2**70}, id="large-number"),
    ],
)
def test_every_text_can_be_written(value: Any, text: Any) -> None:
    assert json.loads(dumps(value).decode()) == text
