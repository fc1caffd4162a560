"""No secret is in any line of the log, in any spelling; errors and problems are written as sentences."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from bot.ops.logs import configure
from briefings.errors import BadTemplate, Problem, StoreTrouble, stated

TOKEN = "123456:AAE-invented_TOKEN"
FORMATS = [pytest.param(False, id="text"), pytest.param(True, id="json")]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave logging as it was; the test runner's own handlers are put aside for the test, not closed."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("telegram", "aiohttp", "asyncio")}
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def fail() -> None:
    raise ValueError(f"cannot reach https://api.telegram.org/bot{TOKEN}/getMe")


@pytest.mark.parametrize("as_json", FORMATS)
def test_the_token_is_replaced(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", as_json=as_json, secrets=[TOKEN])
    log = logging.getLogger("bot")
    log.info("POST https://api.telegram.org/bot%s/sendMessage", TOKEN)
    log.warning("POST https://api.telegram.org/bot%s/sendMessage", TOKEN.replace(":", "%3A"))
    log.error("%s", {"token": TOKEN})
    try:
        fail()
    except ValueError:
        log.exception("failed with %r", TOKEN)
        log.error("again", exc_info=sys.exc_info(), stack_info=True)
    written = capsys.readouterr().err
    assert "AAE-invented_TOKEN" not in written
    assert written.count("<secret>") >= 5


@pytest.mark.parametrize("as_json", FORMATS)
def test_without_a_token_nothing_is_replaced(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", as_json=as_json, secrets=[])
    logging.getLogger("bot").info("two words")
    assert "two words" in capsys.readouterr().err


def test_a_line_for_machines_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", as_json=True, secrets=[TOKEN])
    try:
        fail()
    except ValueError:
        logging.getLogger("bot").exception("two\nlines, “%s”", "ü")
    (line,) = capsys.readouterr().err.splitlines()
    fields = json.loads(line)
    assert (fields["level"], fields["logger"], fields["message"]) == ("ERROR", "bot", "two\nlines, “ü”")
    assert "ValueError" in fields["trace"]


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_http_libraries_log_only_warnings_and_errors(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure(level, as_json=False, secrets=[TOKEN])
    logging.getLogger("aiohttp").info("a line of theirs")
    logging.getLogger("telegram").debug("a line of theirs")
    assert capsys.readouterr().err == ""
    logging.getLogger("aiohttp").warning("trouble")
    assert "trouble" in capsys.readouterr().err


@pytest.mark.parametrize("as_json", FORMATS)
def test_another_secret_is_replaced_too(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", as_json=as_json, secrets=[TOKEN, "a-webhook_secret"])
    logging.getLogger("bot").warning("%s and %s", TOKEN, {"secret": "a-webhook_secret"})
    written = capsys.readouterr().err
    assert "a-webhook_secret" not in written
    assert TOKEN not in written


@pytest.mark.parametrize("as_json", FORMATS)
def test_errors_and_problems_are_written_as_the_operators_sentences(
    as_json: bool, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    configure("INFO", as_json=as_json, secrets=[TOKEN])
    log = logging.getLogger("bot")
    log.warning("%s: %s; it is visited again", "Wire", StoreTrouble("database-unusable", cause="database is locked"))
    log.warning("template %(name)s: %(error)s", {"name": "story", "error": BadTemplate("prints-nothing")})
    log.warning("refused: %s", stated(f"Bad Request: {TOKEN}"))
    log.warning("%s", Problem("server-refused", {"host": "example.org", "status": 404}))
    log.warning("100 %")
    lines = capsys.readouterr().err.splitlines()
    messages = [json.loads(line)["message"] if as_json else line.partition(" bot: ")[2] for line in lines]
    assert messages == [
        "Wire: the database cannot be used: database is locked; it is visited again",
        "template story: it prints nothing",
        "refused: Bad Request: <secret>",
        "example.org answered 404",
        "100 %",
    ]


def test_the_record_that_other_handlers_get_is_left_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", as_json=False, secrets=[])
    records: list[logging.LogRecord] = []
    other = logging.Handler()
    other.emit = records.append  # type: ignore[method-assign] # as short as a handler can be
    logging.getLogger().addHandler(other)
    error = StoreTrouble("database-empty")
    logging.getLogger("bot").error("%s", error)
    assert records[0].args == (error,)
