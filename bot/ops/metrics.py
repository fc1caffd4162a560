"""The metrics of one process, as Prometheus reads them. No label ever holds a chat or a reader's words.

On the hot path a count is one addition to a counter that was looked up before. The database is asked only when
somebody reads the metrics.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.telegram.chat_limits import SENDING
from bot.telegram.transport import Counted
from briefings.newsroom.sources import TROUBLE
from briefings.newsroom.upkeep import Vitals
from briefings.passes.rate_limit import AIM
from briefings.scheduler import PassHealth

CONTENT_TYPE = CONTENT_TYPE_LATEST
ANSWER_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16)
"""Upper bounds of the histogram's buckets; an answer that waits for its chat's turn takes a second."""


class Metrics:
    """The instruments of one process, kept in the registry it is given."""

    def __init__(self, registry: CollectorRegistry, per_second: float) -> None:
        self._registry = registry
        self._per_second = per_second
        self._messages = Counter(
            "briefings_messages",
            "Messages handed to Telegram: sent, throttled (429) or failed.",
            ["lane", "outcome"],
            registry=registry,
        )
        self._answers = Histogram(
            "briefings_answer_seconds",
            "From taking up an update to the end of its answer.",
            buckets=ANSWER_SECONDS,
            registry=registry,
        )
        self._last_tick = Gauge(
            "briefings_last_tick_timestamp_seconds", "When a pass last ended well.", ["pass"], registry=registry
        )
        self._up = self._gauge("database_up", "Whether the database answers.")
        self._gauge("messages_per_second", "Messages a second that the bot may send.").set(per_second)
        self._vitals = (
            (self._gauge("outbox_depth", "Deliveries not done, counted to 100,000."), _outbox),
            (self._gauge("outbox_oldest_seconds", "Age of the oldest delivery not done."), _oldest),
            (self._gauge("outbox_late_seconds", "Age of the oldest delivery that might be sent now."), _late),
            (self._gauge("deliveries_failed", "Deliveries that could not be delivered, to 100,000."), _failed),
            (
                self._gauge("deliveries_unknown", "Deliveries of which a message may not have come, to 100,000."),
                _unknown,
            ),
            (self._gauge("inbox_depth", "Updates stored and not handled."), _inbox),
            (self._gauge("sources_in_trouble", f"Sources that failed {TROUBLE} times in a row or more."), _sources),
            (self._gauge("promised_messages", "Messages whose send time is reserved ahead."), self._promised),
        )

    def counter(self, pool: str) -> Counted:
        """Return the function that counts the messages sent over one pool of connections: `answers`, `broadcast`."""
        sent, throttled, failed = (
            self._messages.labels(pool, outcome).inc for outcome in ("sent", "throttled", "failed")
        )

        def count(method: str, status: int) -> None:
            if method in SENDING:
                (sent if status == 200 else throttled if status == 429 else failed)()

        return count

    def observe_answer(self, seconds: float) -> None:
        """Note how long the handling of an update took."""
        self._answers.observe(seconds)

    def exposition(self, vitals: Vitals | None, beats: Mapping[str, PassHealth]) -> bytes:
        """Return all metrics as text; those of the database are NaN when it does not answer (`vitals` is None)."""
        self._up.set(vitals is not None)
        for gauge, value in self._vitals:
            gauge.set(math.nan if vitals is None else value(vitals))
        for name, beat in beats.items():
            self._last_tick.labels(name).set(time.time() - beat.quiet)
        return generate_latest(self._registry)

    def _gauge(self, name: str, description: str) -> Gauge:
        return Gauge(f"briefings_{name}", description, registry=self._registry)

    def _promised(self, vitals: Vitals) -> float:
        return vitals.reserved_ahead.total_seconds() * AIM * self._per_second


def _outbox(vitals: Vitals) -> float:
    return vitals.outbox


def _oldest(vitals: Vitals) -> float:
    return vitals.oldest.total_seconds()


def _late(vitals: Vitals) -> float:
    return vitals.late.total_seconds()


def _failed(vitals: Vitals) -> float:
    return vitals.failed


def _unknown(vitals: Vitals) -> float:
    return vitals.unknown


def _inbox(vitals: Vitals) -> float:
    return vitals.inbox


def _sources(vitals: Vitals) -> float:
    return vitals.sources_in_trouble
