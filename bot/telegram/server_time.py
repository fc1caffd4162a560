"""Telegram's time, as its answers tell it, beside the time that the newsroom goes by.

Each answer of the Bot API has a `Date` header, in whole seconds. A Bot API server of one's own (tdlib/telegram-bot-api,
`HttpConnection::send_response`) sends none; then the dates of the messages that it has just sent for us stand in.

Promises not to believe a single odd header: a proxy on the way may write any. Knows Telegram's time by seconds that
only grow, so that it stays right when our clock is set. Asks nobody.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SAMPLES = 5
"""Answers that are looked at: the newest whose time another confirms counts."""

SAMPLE_SECONDS = 1.0
"""Seconds between two of them, once there are so many: a broadcast brings a thousand answers a second."""

AGREE = timedelta(seconds=30)
"""Two answers confirm each other within this: the header counts whole seconds, and an answer may be long on its way."""

SERVER_ERROR = 500
"""From this HTTP status on, a proxy may have answered in Telegram's place."""

CENTURY = 2000
"""Dates of other centuries are left alone, because counting with them may leave the range of `datetime`."""

_SENT_AT = re.compile(rb'"date":\s*(\d{9,10})[,}]')
"""The date of a sent message; within a JSON text the quotation marks would be escaped."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """Telegram's time in an answer. `origin` is Telegram's time at second zero of the seconds that only grow."""

    origin: datetime
    ahead: timedelta
    """How far our clock was ahead of it."""

    is_certain: bool


class TelegramTime:
    """Telegram's time. `clock` is the newsroom's, `monotonic` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._samples: deque[_Sample] = deque(maxlen=SAMPLES)
        self._next_at = monotonic()

    def note_answer(self, method: str, status: int, date: str | None, body: bytes) -> None:
        """Note an answer to a call of a method: its HTTP status, its `Date` header if it has one, and its body."""
        now = self._monotonic()
        if now < self._next_at or status >= SERVER_ERROR or not body.startswith(b"{"):
            return
        time = _http_date(date) if date is not None else _date_of_sent(body) if method == "sendMessage" else None
        if time is None:
            return
        origin = time - timedelta(seconds=now)
        self._samples.append(_Sample(origin, self._clock() - time, is_certain=date is None))
        if len(self._samples) == SAMPLES:
            self._next_at = now + SAMPLE_SECONDS

    def age(self, date: datetime) -> timedelta:
        """Return how long ago a message was sent that Telegram has dated; by our clock while Telegram's is unknown.

        No message is from the future: one that seems so shows that what we know of Telegram's time is out of date, as
        after this machine has slept. Then it is learned anew.
        """
        sample = _confirmed(self._samples, lambda earlier, later: abs(later.origin - earlier.origin) <= AGREE)
        if sample is None:
            return self._clock() - date
        age = sample.origin + timedelta(seconds=self._monotonic()) - date
        if age < -AGREE:
            self._samples.clear()
            self._next_at = self._monotonic()
        return age

    def ahead(self) -> timedelta | None:
        """Return how far our clock is ahead of Telegram's, below zero when it is behind; None while that is unknown."""
        sample = _confirmed(self._samples, lambda earlier, later: abs(later.ahead - earlier.ahead) <= AGREE)
        return None if sample is None else sample.ahead


def _confirmed(samples: Sequence[_Sample], agree: Callable[[_Sample, _Sample], bool]) -> _Sample | None:
    """Return the newest sample that is certain or that an earlier one confirms."""
    newest_first = list(reversed(samples))
    for number, sample in enumerate(newest_first):
        if sample.is_certain or any(agree(earlier, sample) for earlier in newest_first[number + 1 :]):
            return sample
    return None


def _http_date(date: str) -> datetime | None:
    """Return the instant of a `Date` header (RFC 9110, 5.6.7); None if it holds none, or none of our century."""
    try:
        time = parsedate_to_datetime(date)
    except (ValueError, OverflowError):  # the second from an enormous offset
        return None
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time
    return time if CENTURY <= time.year < CENTURY + 100 else None


def _date_of_sent(body: bytes) -> datetime | None:
    match = _SENT_AT.search(body)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None
