"""Logging for people or for machines. An error or a problem is written as the operator's sentence.

Promises that the secrets are taken out of every line, also out of those that libraries write.
"""

from __future__ import annotations

import copy
import json
import logging
import sys
from collections.abc import Mapping
from urllib.parse import quote

from bot.ops.problems import sentence
from briefings.errors import BriefingsError, Problem

SHORTEST_SECRET = 8
"""Characters; what is shorter would be taken out of ordinary words."""


class _Redacting(logging.Formatter):
    """Writes a record as a line of text or of JSON, without the secrets: the bot's token and another."""

    def __init__(self, secret: str, another: str, *, as_json: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        self._secrets = _spellings(secret) + ([another] if len(another) >= SHORTEST_SECRET else [])
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        record = _with_sentences(record)
        line = super().format(record)
        if self._as_json:
            fields = {"time": self.formatTime(record), "level": record.levelname, "logger": record.name}
            trace = self.formatException(record.exc_info) if record.exc_info else None
            line = json.dumps({**fields, "message": record.getMessage(), **({"trace": trace} if trace else {})})
        for secret in self._secrets:
            line = line.replace(secret, "<token>")
        return line


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


def _spellings(secret: str) -> list[str]:
    """Return a token's spellings, longest first: whole, quoted as in an address, and without the bot's number."""
    half = secret.rpartition(":")[2]
    spelled = {secret, quote(secret, safe=""), half if len(half) >= SHORTEST_SECRET else ""}
    return sorted(filter(None, spelled), key=len, reverse=True)


def configure(level: str, *, as_json: bool, secret: str, and_secret: str = "") -> None:
    """Log to stderr from `level` up, without the secrets.

    HTTP libraries log only warnings and errors, because their other lines hold addresses.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(secret, and_secret, as_json=as_json))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "aiohttp", "asyncio", "apscheduler", "tzlocal", "aiosqlite", "alembic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("telegram").setLevel(max(logging.INFO, logging.getLevelName(level)))
