"""Makes odd answers of the Bot API readable for python-telegram-bot, which would fail on them in many ways.

Promises that a message which Telegram says it took counts as sent, however odd the rest of the answer is, and that
every other answer which is not Telegram's (a proxy's page, an empty body) is an error of its own, never a bug of ours.
"""

from __future__ import annotations

from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.telegram.chat_limits import SENDING
from bot.telegram.messenger import UNNAMED_WAIT, seconds_in
from bot.telegram.transport import NotJson, OddAnswer, Transport, dumps


class ReadableAnswers(BaseRequest):
    """Requests of python-telegram-bot over a transport, whose answers it can always read."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer may take when the caller names none."""
        return self._transport.read_timeout

    async def initialize(self) -> None:
        """Open the transport."""
        await self._transport.initialize()

    async def shutdown(self) -> None:
        """Close the transport."""
        await self._transport.shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send a request; return status and body. Raises as the transport does, and NetworkError as `readable` does."""
        status, payload = await self._transport.do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        return readable(url.rpartition("/")[2], status, payload)


def readable(endpoint: str, status: int, payload: bytes) -> tuple[int, bytes]:
    """Return the status and the body of an answer as python-telegram-bot reads them.

    The result of a method that sends is always `true`: nobody needs the message that Telegram shows. Raises
    NotJson, or OddAnswer for JSON that is none of the Bot API's answers.
    """
    try:
        answer = Transport.parse_json_payload(payload)
    except NotJson:
        raise NotJson(f"HTTP {status}, no JSON") from None
    if not 200 <= status <= 299:
        if not isinstance(answer, dict):
            raise NotJson(f"HTTP {status}, no JSON object")
        return status, _refusal(status, answer)
    fields: dict[str, Any] = answer if isinstance(answer, dict) else {}
    if fields.get("ok") is False:
        return 400, _refusal(400, fields)
    if endpoint in SENDING and fields.get("ok"):
        return status, b'{"ok":true,"result":true}'
    if "result" not in fields or not fields.get("ok"):
        raise OddAnswer(f"HTTP {status}, no result")
    return status, payload


def _refusal(status: int, fields: dict[str, Any]) -> bytes:
    """Return the body of a refusal, with those parameters that say what they must."""
    stated = fields.get("parameters")
    stated = stated if isinstance(stated, dict) else {}
    parameters = {}
    wait = seconds_in(stated.get("retry_after"))
    if wait or status == 429:
        parameters["retry_after"] = (wait or UNNAMED_WAIT).total_seconds()
    moved = stated.get("migrate_to_chat_id")
    if type(moved) is int and moved:
        parameters["migrate_to_chat_id"] = moved
    return dumps({"ok": False, "description": str(fields.get("description") or ""), "parameters": parameters})
