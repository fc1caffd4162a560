"""Logging for people or for machines. An error or a problem is written as the operator's sentence.

Promises that the secrets are taken out of every line, also out of those that libraries write.
"""

from __future__ import annotations

import copy
import json
import logging
import sys
from collections.abc import Collection, Mapping

from bot.ops.problems import sentence
from bot.ops.redaction import Redaction
from briefings.errors import BriefingsError, Problem

WITH_TIME = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MESSAGE_ONLY = "%(message)s"


class _Redacting(logging.Formatter):
    """Writes a record as a line of text or of JSON, without the secrets."""

    def __init__(self, secrets: Collection[str], *, as_json: bool = False, form: str = WITH_TIME) -> None:
        super().__init__(form, "%Y-%m-%d %H:%M:%S")
        self._redacted = Redaction(secrets)
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        record = _with_sentences(record)
        if not self._as_json:
            return self._redacted(super().format(record))
        fields = {"time": self.formatTime(record), "level": record.levelname, "logger": record.name}
        fields["message"] = self._redacted(record.getMessage())  # before JSON escapes what a secret is written with
        if record.exc_info:
            fields["trace"] = self._redacted(self.formatException(record.exc_info))
        return json.dumps(fields)


def _with_sentences(record: logging.LogRecord) -> logging.LogRecord:
    """Return a copy with sentences for the errors and problems in its arguments; other handlers get the original."""
    if not record.args:
        return record
    record = copy.copy(record)
    if isinstance(record.args, Mapping):
        record.args = {name: _spelled(value) for name, value in record.args.items()}
    else:
        record.args = tuple(map(_spelled, record.args or ()))
    return record


def _spelled(value: object) -> object:
    return sentence(value) if isinstance(value, BriefingsError | Problem) else value


def configure(level: str, *, as_json: bool, secrets: Collection[str]) -> None:
    """Log to stderr from `level` up, without the secrets.

    HTTP libraries log only warnings and errors, because their other lines hold addresses.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(secrets, as_json=as_json))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "aiohttp", "asyncio", "apscheduler", "tzlocal", "aiosqlite", "alembic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # It logs a traceback for each connection that a server has ended; our own errors say what that means.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    logging.getLogger("telegram").setLevel(max(logging.INFO, logging.getLevelName(level)))


def redact_warnings(secrets: Collection[str]) -> None:
    """Take the secrets out of warnings where nobody called `configure`: Python itself writes those to stderr."""
    if logging.lastResort:
        logging.lastResort.setFormatter(_Redacting(secrets, form=MESSAGE_ONLY))
