"""The newsroom's Messenger for Telegram: sends one message, and says what Telegram's answer means.

An edition's text is packed and encoded once for each cursor; only the chat is added per reader. Answers are matched
against the most specific meaning first. A refusal is for this message alone unless Telegram says that there is no way
to its reader any more: what is unknown is never taken to be for ever.
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
from briefings.editions.model import Block, text_of
from briefings.errors import LONGEST_CAUSE, Problem, stated
from briefings.passes.messenger import PLACE_GONE, Gone, Later, Moved, Outcome, OutgoingMessage, Refused, Sent, Unknown

log = logging.getLogger(__name__)

MOST_BODIES = 256
"""Encoded messages kept for the readers to come; at this number all are dropped and encoded anew when needed."""

GONE = (
    "bot was blocked",
    "user_is_blocked",
    "user is deactivated",
    "user_deactivated",
    "bot was kicked",
    "bot is not a member",
    "can't initiate conversation",
    "can't send messages to bots",
    "chat not found",
    "user not found",
    "chat was deactivated",
    "chat was deleted",
    "peer_id_invalid",
    "channel_private",
)
"""Parts of descriptions, in small letters, by which Telegram says, with status 400 or 403, that a reader blocked or
removed the bot, or that there is no such chat or account. `input_user_deactivated` is among them."""

NO_THREAD = "message thread not found"

UNNAMED_WAIT = timedelta(seconds=3)
"""How long a 429 that names no time holds its chat."""

LONGEST_WAIT = 7 * 86400
"""Seconds; a longer wait than a week is a mistake, not a wait."""

SHUT_OUT = Problem("token-refused")
BAD_TOKEN_PAUSE = timedelta(minutes=1)
"""Time before the next attempt after Telegram refused the token to several readers: an operator has to change it."""


class TelegramMessenger:
    """Sends to addresses of the form `chat` or `chat/thread`. `endpoint` holds the token: it is never shown.

    `clock` keeps the limits of each chat, for answers and broadcast together. `thread_gone` is the sentence, plain
    text, for a reader whose thread is gone; it goes above the first message that comes to the chat itself.
    """

    def __init__(self, transport: Transport, endpoint: str, clock: ChatClock, thread_gone: str = "") -> None:
        self._transport = transport
        self._send_message = f"{endpoint}/sendMessage"
        self._get_me = f"{endpoint}/getMe"
        self._clock = clock
        self._thread_gone = thread_gone
        self._bodies: dict[tuple[int, int, bool], tuple[int, bytes]] = {}

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send one message of as many leading blocks as fit. Return the outcome; raises nothing of Telegram's."""
        chat, _, thread = message.address.partition("/")
        if (wait := self._clock.seconds_all_wait()) > 0:
            return Later(Problem("bot-must-wait"), timedelta(seconds=wait), everyone=True)
        if (wait := self._clock.seconds_until_turn(int(chat))) > 0:
            return Later(Problem("chat-must-wait"), timedelta(seconds=wait))
        if message.may_have_arrived and (trouble := await self._line_trouble()):
            return Later(trouble)
        self._clock.reserve(int(chat))
        taken, body = self._body(message)
        outcome = await self._post(taken, _addressed(body, chat, thread))
        if isinstance(outcome, Refused) and thread and NO_THREAD in _words_of(outcome):
            return Moved(chat, PLACE_GONE)
        if isinstance(outcome, Refused) and "can't parse entities" in _words_of(outcome):
            log.error("edition %d: markup refused, sent as plain text: %s", message.edition, outcome.reason)
            blocks = (*self._notices(message), *message.blocks[message.cursor : message.cursor + taken])
            plain = dumps({"text": text_of(join(blocks)), **_options(message)})
            outcome = await self._post(taken, _addressed(plain, chat, thread))
        if isinstance(outcome, Sent):
            self._clock.note_accepted()
        if isinstance(outcome, Later) and outcome.everyone:
            return self._hold(int(chat), outcome)
        return outcome

    def _hold(self, chat: int, refusal: Later) -> Later:
        """Hold the chat that was refused; every chat when several are, because then it is the bot that is refused."""
        everyone = self._clock.hold(chat, (refusal.after or UNNAMED_WAIT).total_seconds())
        if not everyone:
            return dataclasses.replace(refusal, after=refusal.after or UNNAMED_WAIT, everyone=False)
        after = timedelta(seconds=self._clock.seconds_all_wait())
        if refusal.reason == SHUT_OUT:
            log.error("Telegram refuses the token; nothing goes out until that changes")
            after = BAD_TOKEN_PAUSE
        return dataclasses.replace(refusal, after=after)

    def _body(self, message: OutgoingMessage) -> tuple[int, bytes]:
        """Return how many blocks the message holds, and its JSON without the address."""
        key = (message.edition, message.cursor, message.is_place_gone)
        if key not in self._bodies:
            notices = self._notices(message)
            blocks = (*notices, *message.blocks[message.cursor :])
            fitting = fit(blocks)
            taken = fitting - len(notices)
            fields = {"text": join(blocks[:fitting]), "parse_mode": "HTML", **_options(message)}
            if len(self._bodies) >= MOST_BODIES:
                self._bodies.clear()
            self._bodies[key] = (taken, dumps(fields))
        return self._bodies[key]

    async def _line_trouble(self) -> Problem | None:
        """Ask Telegram for something that does no harm. Return None when it answers, else what is wrong."""
        try:
            status, _ = await self._transport.post_json(self._get_me, b"{}")
        except NetworkError as error:
            return Problem("telegram-unreachable", {"cause": error.message[:LONGEST_CAUSE]})
        return Problem("telegram-answers", {"status": status}) if status >= 500 else None

    def _notices(self, message: OutgoingMessage) -> tuple[Block, ...]:
        """Return what goes above the message."""
        is_due = message.is_place_gone and self._thread_gone
        return (Block(self._thread_gone, len(self._thread_gone), 0),) if is_due else ()

    async def _post(self, taken: int, body: bytes) -> Outcome:
        try:
            status, payload = await self._transport.post_json(self._send_message, body)
        except Unsent as error:
            return Later(Problem("telegram-unreachable", {"cause": error.message[:LONGEST_CAUSE]}))
        except TimedOut:
            return Unknown(Problem("no-answer-in-time"), taken)
        except NetworkError as error:
            return Unknown(Problem("line-died", {"cause": error.message[:LONGEST_CAUSE]}), taken)
        return _meaning(status, payload, taken)


def _options(message: OutgoingMessage) -> dict[str, object]:
    """Return the fields of a message beside its text."""
    silent = {"disable_notification": True} if message.is_silent else {}
    return {"link_preview_options": {"is_disabled": True}, **silent}


def _words_of(refusal: Refused) -> str:
    return str(refusal.reason.arguments.get("text"))


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
    if not isinstance(answer, dict) or "ok" not in answer or (status < 300 and not answer["ok"]):
        # Only a gateway answers a failure so: the request did not get through it.
        reason = Problem("answer-not-understood", {"status": status})
        return Unknown(reason, taken) if status < 300 else Later(reason)
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
        return Later(SHUT_OUT, everyone=True)
    if any(words in description.lower() for words in GONE):
        return Gone(stated(description))
    return Refused(stated(description) if description else Problem("refused-without-reason", {"status": status}))


def seconds_in(stated: object) -> timedelta | None:
    """Return a wait that Telegram states in seconds; None for anything that cannot be one."""
    if isinstance(stated, int | float) and 0 < stated <= LONGEST_WAIT:
        return timedelta(seconds=stated)
    return None
