"""Long polling: asks Telegram for updates and has each answered.

Polling goes on while answers are under way. An update is confirmed to Telegram only after it and all updates before it
were answered (or take longer than `PATIENCE_SECONDS`), so that a crash loses no question. Only of a chat that fills a
whole poll with its questions are they confirmed sooner, because those of other chats come after them. Within a chat,
answers keep the order of the questions. An outage is logged once and waited out; a second poller with the same token is
named; a token that stops being valid ends the polling. An update that cannot be read is skipped, and it alone.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from telegram import Bot, Update
from telegram.error import NetworkError

from bot.errors import BadToken
from bot.telegram.messenger import seconds_in
from bot.telegram.transport import Transport, dumps
from bot.updates import raw_updates

log = logging.getLogger(__name__)

POLL_SECONDS = 30
"""Time that Telegram may hold a poll open until there is an update."""

PATIENCE_SECONDS = 5.0
"""Time that an answer may take before its update is confirmed without it; a stop waits as long."""

MOST_PAUSE_SECONDS = 30.0
"""The longest pause between two polls during an outage; the first is a second."""

LOOK_AGAIN_SECONDS = 0.2
"""Seconds between two polls while answers are under way: Telegram repeats their questions, so no poll can wait."""

CONFIRM_SECONDS = 2.0
"""Time that the last poll of a stop may take; it only confirms."""


LARGEST_POLL = 100
"""Updates that one poll brings at most (Bot API, getUpdates); more may wait behind so many."""

MOST_WAITING = 10
"""Updates of one chat that wait to be confirmed while a poll is full; with more, none of its updates is waited for."""


class Poller:
    """Polls for one bot until stopped. `endpoint` holds the token: it is never shown."""

    def __init__(self, transport: Transport, endpoint: str, bot: Bot, handle: raw_updates.UpdateHandler) -> None:
        self._transport = transport
        self._get_updates = f"{endpoint}/getUpdates"
        self._bot = bot
        self._handle = handle
        self._offset = 0
        self._seen = -1
        self._open: dict[int, tuple[float, asyncio.Task[None]]] = {}
        """Update id → when its answer began, and the answer; of updates that may not be confirmed yet."""
        self._begun: set[int] = set()
        """Ids of updates from the offset on that were taken up: Telegram repeats them until they are confirmed."""
        self._chat_of: dict[int, int] = {}
        """Update id → its chat, of the same updates."""
        self._is_full = False
        """True if the last poll brought as many updates as a poll can."""
        self._chats: dict[int, asyncio.Task[None]] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self._trouble: str | None = None
        self._pause = 0.0

    async def run(self) -> None:
        """Poll. Never ends by itself; raises BadToken once Telegram does not know the token."""
        while True:
            try:
                raws = await self._poll(0 if self._open else POLL_SECONDS)
            except NetworkError as error:
                self._note(f"Telegram cannot be reached ({error.message}); trying again until it can")
                await asyncio.sleep(self._longer_pause())
                continue
            self._begin(raws)
            if self._open:
                answers = [answer for _, answer in self._open.values()]
                await asyncio.wait(answers, timeout=LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            self._sweep()

    async def finish(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Finish the answers under way and confirm them. Call it after `run` was cancelled.

        An answer that takes longer than `seconds` is given up; if not confirmed before, its question comes again.
        """
        if self._answers:
            await asyncio.wait(self._answers, timeout=seconds)
        self._sweep(patience=math.inf)
        given_up = [answer for answer in self._answers if not answer.done()]
        for answer in given_up:
            answer.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)
        if self._offset:
            try:
                await asyncio.wait_for(self._poll(0), CONFIRM_SECONDS)
            except (NetworkError, BadToken, TimeoutError):
                log.debug("the last answers could not be confirmed; their questions may come again")

    async def _poll(self, seconds: int) -> list[dict[str, Any]]:
        """Return the next updates, after `seconds` at most; none, after a pause, if Telegram refuses."""
        parameters = {"offset": self._offset, "timeout": seconds, "allowed_updates": raw_updates.ALLOWED_UPDATES}
        status, payload = await self._transport.post_json(self._get_updates, dumps(parameters), seconds=seconds + 10)
        answer = Transport.parse_json_payload(payload)
        if status == 200 and isinstance(answer, dict) and isinstance(answer.get("result"), list):
            self._recovered()
            raws = [raw for raw in answer["result"] if raw_updates.number_of(raw) is not None]
            if answer["result"] and not raws:
                await asyncio.sleep(self._longer_pause())  # none of it can be confirmed: the next poll brings it again
            self._seen = max((raw["update_id"] for raw in raws), default=self._seen)
            return raws
        if status in (401, 404):
            raise BadToken("bad-token")
        if status == 409:
            has_webhook = isinstance(answer, dict) and "webhook" in str(answer.get("description", ""))
            doing = "has had a webhook set" if has_webhook else "is polling"
            self._note(f"another program {doing} with the same token; only one of the two gets the updates. Stop one.")
        else:
            self._note(f"Telegram gives no updates (HTTP {status}); trying again")
        details = answer.get("parameters") if isinstance(answer, dict) else None
        wait = seconds_in(details.get("retry_after")) if isinstance(details, dict) else None
        await asyncio.sleep(wait.total_seconds() if wait else self._longer_pause())
        return []

    def _begin(self, raws: Sequence[dict[str, Any]]) -> None:
        for raw in raws:
            number = raw["update_id"]
            if number in self._begun:
                continue
            self._begun.add(number)
            if (parsed := raw_updates.read(raw, self._bot)) is None:
                continue
            chat, update = parsed
            answer = asyncio.create_task(self._in_turn(self._chats.get(chat), update))
            self._chats[chat] = answer
            self._answers.add(answer)
            self._open[number] = (time.monotonic(), answer)
            self._chat_of[number] = chat
        self._is_full = len(raws) >= LARGEST_POLL
        if self._is_full:
            self._sweep()  # now, not after a pause: the updates of other chats may wait behind these

    def _sweep(self, patience: float = PATIENCE_SECONDS) -> None:
        """Move the offset up to the first update that is neither answered nor older than `patience` seconds."""
        patient_since = time.monotonic() - patience
        waiting = Counter(self._chat_of.values())
        self._open = {
            number: (began, answer)
            for number, (began, answer) in self._open.items()
            if began > patient_since
            and not answer.done()
            and not (self._is_full and waiting[self._chat_of[number]] > MOST_WAITING)
        }
        self._chat_of = {number: self._chat_of[number] for number in self._open}
        self._answers = {answer for answer in self._answers if not answer.done()}
        self._chats = {chat: answer for chat, answer in self._chats.items() if not answer.done()}
        self._offset = min(self._open, default=self._seen + 1)
        self._begun = {number for number in self._begun if number >= self._offset}

    async def _in_turn(self, before: asyncio.Task[None] | None, update: Update) -> None:
        if before is not None:
            await asyncio.wait({before})
        await raw_updates.answer(self._handle, update)

    def _longer_pause(self) -> float:
        self._pause = min(MOST_PAUSE_SECONDS, self._pause * 1.5 or 1.0)
        return self._pause

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("%s", trouble)
        self._trouble = trouble

    def _recovered(self) -> None:
        if self._trouble is not None:
            log.info("Telegram answers again")
        self._trouble, self._pause = None, 0.0
