"""The newsroom's Messenger for Telegram: sends one message, and says what Telegram's answer means.

An edition's text is packed and encoded once for each cursor; only the chat is added per reader. Answers are matched
against the most specific meaning first; an answer that nobody understands is kept as refused, never dropped.
"""

from __future__ import annotations

import dataclasses
import logging
from datetime import timedelta
from typing import Any

from telegram.error import NetworkError, TimedOut

from bot.telegram.chat_limits import ChatClock
from bot.telegram.packing import fit, join
from bot.telegram.transport import Transport, Unsent, dumps
from briefings.editions.model import text_of
from briefings.errors import LONGEST_CAUSE, Problem, stated
from briefings.passes.messenger import Gone, Later, Moved, Outcome, OutgoingMessage, Refused, Sent, Unknown

log = logging.getLogger(__name__)

MOST_BODIES = 256
"""Encoded messages kept for the readers to come; at this number all are dropped and encoded anew when needed."""

NO_CHAT = ("chat not found", "group chat was deactivated", "user not found", "user is deactivated", "peer_id_invalid")
"""Parts of descriptions, in small letters, by which Telegram says with status 400 that there is no such chat."""

UNNAMED_WAIT = timedelta(seconds=3)
"""How long a 429 that names no time holds its chat."""

LONGEST_WAIT = 7 * 86400
"""Seconds; a longer wait than a week is a mistake, not a wait."""

SHUT_OUT = Problem("token-refused")
BAD_TOKEN_PAUSE = timedelta(minutes=1)
"""Time before the next attempt after Telegram refused the token: an operator has to change it first."""


class TelegramMessenger:
    """Sends to addresses of the form `chat` or `chat/thread`. `endpoint` holds the token: it is never shown.

    `clock` keeps the limits of each chat, for answers and broadcast together.
    """

    def __init__(self, transport: Transport, endpoint: str, clock: ChatClock) -> None:
        self._transport = transport
        self._send_message = f"{endpoint}/sendMessage"
        self._clock = clock
        self._bodies: dict[tuple[int, int], tuple[int, bytes]] = {}

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send one message of as many leading blocks as fit. Return the outcome; raises nothing of Telegram's."""
        chat, _, thread = message.address.partition("/")
        if (wait := self._clock.seconds_all_wait()) > 0:
            return Later(Problem("bot-must-wait"), timedelta(seconds=wait), everyone=True)
        if (wait := self._clock.seconds_until_turn(int(chat))) > 0:
            return Later(Problem("chat-must-wait"), timedelta(seconds=wait))
        self._clock.reserve(int(chat))
        taken, body = self._body(message)
        outcome = await self._post(taken, _addressed(body, chat, thread))
        if isinstance(outcome, Refused) and "can't parse entities" in str(outcome.reason.arguments.get("text")):
            log.error("edition %d: markup refused, sent as plain text: %s", message.edition, outcome.reason)
            blocks = message.blocks[message.cursor : message.cursor + taken]
            plain = dumps({"text": text_of(join(blocks)), "link_preview_options": {"is_disabled": True}})
            outcome = await self._post(taken, _addressed(plain, chat, thread))
        if isinstance(outcome, Sent):
            self._clock.note_accepted()
        if isinstance(outcome, Later) and outcome.everyone and outcome.reason != SHUT_OUT:
            after = outcome.after or UNNAMED_WAIT
            if everyone := self._clock.hold(int(chat), after.total_seconds()):
                after = timedelta(seconds=self._clock.seconds_all_wait())
            return dataclasses.replace(outcome, after=after, everyone=everyone)
        return outcome

    def _body(self, message: OutgoingMessage) -> tuple[int, bytes]:
        """Return how many blocks the message holds, and its JSON without the address."""
        key = (message.edition, message.cursor)
        if key not in self._bodies:
            blocks = message.blocks[message.cursor :]
            taken = fit(blocks)
            fields = {
                "text": join(blocks[:taken]),
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
            }
            if len(self._bodies) >= MOST_BODIES:
                self._bodies.clear()
            self._bodies[key] = (taken, dumps(fields))
        return self._bodies[key]

    async def _post(self, taken: int, body: bytes) -> Outcome:
        try:
            status, payload = await self._transport.post_json(self._send_message, body)
        except Unsent as error:
            return Later(Problem("telegram-unreachable", {"cause": error.message[:LONGEST_CAUSE]}))
        except TimedOut:
            return Unknown(Problem("no-answer-in-time"))
        except NetworkError as error:
            return Unknown(Problem("line-died", {"cause": error.message[:LONGEST_CAUSE]}))
        return _meaning(status, payload, taken)


def _addressed(body: bytes, chat: str, thread: str) -> bytes:
    """Return the body with the reader's chat put first, without encoding the text again."""
    address = f'{{"chat_id":{chat},' + (f'"message_thread_id":{thread},' if thread else "")
    return address.encode() + body[1:]


def _meaning(status: int, payload: bytes, taken: int) -> Outcome:
    """Return Telegram's answer as an outcome. A message that it says it took is sent, however odd the rest is."""
    try:
        answer = Transport.parse_json_payload(payload)
    except NetworkError:
        answer = None
    if not isinstance(answer, dict):
        reason = Problem("answer-not-understood", {"status": status})
        return Later(reason) if status == 429 or status >= 500 else Unknown(reason)
    if answer.get("ok"):
        result = answer.get("result")
        number = result.get("message_id") if isinstance(result, dict) else None
        return Sent(taken, str(number) if number else None)
    parameters = answer.get("parameters")
    return _trouble(status, str(answer.get("description", "")), parameters if isinstance(parameters, dict) else {})


def _trouble(status: int, description: str, parameters: dict[str, Any]) -> Outcome:
    moved = parameters.get("migrate_to_chat_id")
    if status == 429 or "retry_after" in parameters:
        reason = stated(description) if description else Problem("too-many-requests")
        return Later(reason, seconds_in(parameters.get("retry_after")), everyone=True)
    if isinstance(moved, int) and moved:
        return Moved(str(moved))
    if status >= 500:
        return Later(Problem("telegram-answers", {"status": status}))
    if status in (401, 404):
        log.error("Telegram refuses the token (%d); nothing goes out until that changes", status)
        return Later(SHUT_OUT, BAD_TOKEN_PAUSE, everyone=True)
    if status == 403 or any(words in description.lower() for words in NO_CHAT):
        return Gone(stated(description))
    return Refused(stated(description) if description else Problem("refused-without-reason", {"status": status}))


def seconds_in(stated: object) -> timedelta | None:
    """Return a wait that Telegram states in seconds; None for anything that cannot be one."""
    if isinstance(stated, int | float) and 0 < stated <= LONGEST_WAIT:
        return timedelta(seconds=stated)
    return None
