"""Trouble on Telegram's side: refusals, faults on demand, and rate limits.

**Promise**: every refusal is an `ApiError` with the code, the words and the parameters of Telegram's answer. A fault
strikes the calls it was ordered for, as often as ordered; faults strike in the order in which they were ordered.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

WINDOW = 1.0  # seconds; Telegram speaks of messages "per second"

FAULTS: dict[str, tuple[int, str]] = {
    "401": (401, "Unauthorized"),
    "403": (403, "Forbidden: bot was blocked by the user"),
    "429": (429, "Too Many Requests: retry after {retry_after}"),
    "500": (500, "Internal Server Error"),
    "502": (502, "Bad Gateway"),
    "503": (503, "Service Unavailable"),
}
SILENT = ("slow", "lost", "reset")  # late answer; done but no answer; not done and no answer

REFUSALS: dict[str, tuple[int, str]] = {
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "deactivated": (403, "Forbidden: user is deactivated"),
    "unstarted": (403, "Forbidden: bot can't initiate conversation with a user"),
    "kicked": (403, "Forbidden: bot was kicked from the {kind} chat"),
    "left": (403, "Forbidden: bot is not a member of the {kind} chat"),
    "muted": (400, "Bad Request: not enough rights to send text messages to the chat"),
}


class ApiError(Exception):
    """Telegram's answer to a call that it does not carry out."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(why: str, **parameters: Any) -> ApiError:
    return ApiError(400, f"Bad Request: {why}", **parameters)


def refusal(how: str, kind: str) -> ApiError:
    code, description = REFUSALS[how]
    return ApiError(code, description.format(kind=kind))


@dataclass(slots=True)
class Fault:
    """A fault for the next `times` calls of a method (any when None), in one chat (any when None). See `State.fail`."""

    kind: str
    method: str | None
    chat_id: int | None
    times: int
    retry_after: int = 1
    delay: float = 1.0
    body: tuple[int, bytes] | None = None
    """The status and the body of an odd answer."""

    def strikes(self, method: str, chat_id: object) -> bool:
        return self.times > 0 and self.method in (None, method) and self.chat_id in (None, chat_id)

    def error(self) -> ApiError | None:
        """Return the error to answer with; None for faults that answer late or not at all."""
        if self.kind in SILENT or self.body is not None:
            return None
        code, description = FAULTS[self.kind]
        parameters = {"retry_after": self.retry_after} if self.kind == "429" else {}
        return ApiError(code, description.format(retry_after=self.retry_after), **parameters)


@dataclass(slots=True)
class RateLimits:
    """The most messages in any sliding second, over all chats and in one chat. Times are in monotonic seconds."""

    per_second: int
    per_chat: float
    recent: deque[float] = field(default_factory=deque)
    last_in: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(self, chat_id: int, now: float) -> None:
        """Count one message. Raises ApiError 429 when it is one too many; then it does not count."""
        chat_window = max(WINDOW, 1 / self.per_chat)
        wait = max(
            self._wait(self.recent, self.per_second, WINDOW, now),
            self._wait(self.last_in[chat_id], max(1, int(self.per_chat)), chat_window, now),
        )
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self.recent.append(now)
        self.last_in[chat_id].append(now)

    @staticmethod
    def _wait(times: deque[float], most: int, window: float, now: float) -> float:
        while times and times[0] <= now - window:
            times.popleft()
        return times[0] + window - now if len(times) >= most else 0.0
