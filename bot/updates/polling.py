"""Long polling: asks Telegram for updates and has each answered.

Polling goes on while answers are under way. An update is confirmed to Telegram only after it and all updates before it
were answered (or take longer than `PATIENCE_SECONDS`), so that a crash loses no question. Only of a chat that fills a
whole poll with its questions are they confirmed sooner, because those of other chats come after them. Within a chat,
answers keep the order of the questions. An outage is logged once and waited out, and so is any answer that is not
understood; a second poller with the same token is named; a webhook that is in the way is taken down, and its pending
updates come by polling. The polling ends only when the Bot API refuses the token again and again
(`bot/telegram/token_doubt.py`). An update that cannot be read is skipped, and it alone; one that comes again after it
was confirmed is not answered again.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Bot, Update
from telegram.error import NetworkError

from bot.telegram.messenger import seconds_in
from bot.telegram.retry import SHIPPED, Outage, Patience, Trouble, ignored, trouble_in
from bot.telegram.token_doubt import TokenDoubt, refuses_token
from bot.telegram.transport import Transport, dumps
from bot.updates import raw_updates
from bot.updates.webhook import remove_webhook

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
"""Time that an answer may take before its update is confirmed without it; a stop waits as long."""

LOOK_AGAIN_SECONDS = 0.2
"""Seconds between two polls while answers are under way: Telegram repeats their questions, so no poll can wait."""

CONFIRM_SECONDS = 2.0
"""Time that the last poll of a stop may take; it only confirms."""

LEAST_SECONDS = 1.0
"""Seconds between two polls that bring nothing: a server that never keeps a poll open is not asked without a pause."""

REMEMBERED = 1000
"""Confirmed updates whose numbers are remembered: ten full answers. Telegram repeats none; a proxy's cache could."""

REPEATED = Trouble("Telegram brings only updates that it brought before; trying again")


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """What one poll brought: updates that have a number, and the trouble, if there was any."""

    updates: Sequence[dict[str, Any]] = ()
    trouble: Trouble | None = None
    refuses_token: bool = False
    is_webhook_set: bool = False


def read_answer(status: int, payload: bytes) -> PollAnswer:
    """Return what an answer to getUpdates means, however odd it is."""
    try:
        answer = Transport.parse_json_payload(payload)
    except (NetworkError, RecursionError):  # the standard library's parser gives up on JSON nested too deeply
        place = f"something else answers in Telegram's place (HTTP {status}, no JSON)"
        return PollAnswer(trouble=Trouble(f"{place}; trying again until Telegram does"))
    if not isinstance(answer, dict) or (answer.get("ok") and not isinstance(answer.get("result"), list)):
        odd = f"Telegram's answer to getUpdates is not understood (HTTP {status}); trying again"
        return PollAnswer(trouble=Trouble(odd))
    if status == 200 and answer.get("ok"):
        raws = [raw for raw in answer["result"] if raw_updates.number_of(raw) is not None]
        is_whole = len(raws) == len(answer["result"])
        return PollAnswer(
            raws, None if is_whole else Trouble("Telegram brings updates without a number; they are skipped")
        )
    return _refusal(status, answer)


def _refusal(status: int, answer: dict[str, Any]) -> PollAnswer:
    is_refused = refuses_token(answer)
    is_webhook_set = status == 409 and "webhook" in str(answer.get("description", ""))
    if is_refused:
        text = f"Telegram refuses the token (HTTP {status}); trying again, in case that is a mistake"
    elif is_webhook_set:
        text = "a webhook is set for this token again; if another program sets it, only one gets the updates: stop one"
    elif status == 409:
        text = "another program is polling with the same token; only one of the two gets the updates. Stop one."
    else:
        text = f"Telegram gives no updates (HTTP {status}); trying again"
    parameters = answer.get("parameters")
    wait = seconds_in(parameters.get("retry_after")) if isinstance(parameters, dict) else None
    trouble = Trouble(text, wait.total_seconds() if wait else None)
    return PollAnswer(trouble=trouble, refuses_token=is_refused, is_webhook_set=is_webhook_set)


LARGEST_POLL = 100
"""Updates that one poll brings at most (Bot API, getUpdates); more may wait behind so many."""

MOST_WAITING = 10
"""Updates of one chat that wait to be confirmed while a poll is full; with more, none of its updates is waited for."""


class Poller:
    """Polls for one bot until stopped. `endpoint` holds the token: it is never shown.

    `recovered` is called whenever Telegram answers again after trouble.
    """

    def __init__(
        self,
        transport: Transport,
        endpoint: str,
        bot: Bot,
        handle: raw_updates.UpdateHandler,
        *,
        recovered: Callable[[], None] = ignored,
        patience: Patience = SHIPPED,
    ) -> None:
        self._transport = transport
        self._get_updates = f"{endpoint}/getUpdates"
        self._bot = bot
        self._handle = handle
        self._recovered = recovered
        self._patience = patience
        self._doubt = TokenDoubt(transport, endpoint, patience.token_refused)
        self._outage = Outage(patience.line)
        self._removals = Outage(patience.chores)
        self._removal_due = 0.0
        self._offset = 0
        self._seen = -1
        self._open: dict[int, tuple[float, asyncio.Task[None]]] = {}
        """Update id → when its answer began, and the answer; of updates that may not be confirmed yet."""
        self._begun: set[int] = set()
        """Ids of updates that were taken up: those from the offset on, which Telegram repeats until they are
        confirmed, and the last `REMEMBERED` before it."""
        self._chat_of: dict[int, int] = {}
        """Update id → its chat, of the updates from the offset on."""
        self._is_full = False
        """True if the last poll brought as many updates as a poll can."""
        self._chats: dict[int, asyncio.Task[None]] = {}
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Poll. Never ends by itself; raises BadToken once it is believed that Telegram does not know the token."""
        while True:
            began = time.monotonic()
            # During an outage too no poll is kept open, so that the first one that is answered ends it at once.
            answer = await self._poll(0 if self._open or self._outage.is_on else self._patience.poll)
            if await self._waited_out(answer):
                continue
            self._begin(answer.updates)
            if self._open:
                answers = [answer for _, answer in self._open.values()]
                await asyncio.wait(answers, timeout=LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            elif not answer.updates:
                await asyncio.sleep(began + LEAST_SECONDS - time.monotonic())
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
                is_confirmed = (await asyncio.wait_for(self._poll(0), CONFIRM_SECONDS)).trouble is None
            except TimeoutError:
                is_confirmed = False
            if not is_confirmed:
                log.debug("the last answers could not be confirmed; their questions may come again")

    async def _poll(self, seconds: int) -> PollAnswer:
        """Return what Telegram answers, after `seconds` at most if it has no updates."""
        parameters = {"offset": self._offset, "timeout": seconds, "allowed_updates": raw_updates.ALLOWED_UPDATES}
        most_seconds = seconds + self._patience.poll_answer
        try:
            status, payload = await self._transport.post_json(self._get_updates, dumps(parameters), most_seconds)
        except NetworkError as error:
            return PollAnswer(trouble=trouble_in(error, "getUpdates"))
        answer = read_answer(status, payload)
        numbers = {raw["update_id"] for raw in answer.updates}
        if numbers and not self._open and numbers <= self._begun:
            return PollAnswer(trouble=REPEATED)
        self._seen = max(numbers, default=self._seen)
        return answer

    async def _waited_out(self, answer: PollAnswer) -> bool:
        """Wait out the trouble that a poll met, if any. Return True if the poll brought nothing else.

        Raises BadToken.
        """
        await self._doubt.weigh(is_refused=answer.refuses_token)
        if answer.trouble is None:
            if self._outage.end():
                log.info("Telegram answers again")
                self._recovered()
            return False
        if answer.is_webhook_set and await self._take_webhook_down():
            return True
        if not (answer.is_webhook_set and self._outage.is_on):  # then the log says why it was not taken down
            self._outage.note(answer.trouble)
        if answer.updates:
            return False
        await asyncio.sleep(self._outage.next_pause())
        return True

    async def _take_webhook_down(self) -> bool:
        """Ask Telegram to take the webhook down, if it is time to ask again. Return True if it did."""
        now = time.monotonic()
        if now < self._removal_due:
            return False
        if now > self._removal_due + self._patience.chores.most:
            self._removals.end()  # the last webhook was long ago, so that nobody sets it again and again
        self._removal_due = now + self._removals.next_pause()
        try:
            await remove_webhook(self._bot)
        except Exception as error:  # any odd answer: polling goes on, and asks again later
            lead = "a webhook is set for this token, and is not taken down: "
            self._outage.note(trouble_in(error, "deleteWebhook", lead))
            return False
        return True

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
        self._begun = {number for number in self._begun if number >= self._offset - REMEMBERED}

    async def _in_turn(self, before: asyncio.Task[None] | None, update: Update) -> None:
        if before is not None:
            await asyncio.wait({before})
        await raw_updates.answer(self._handle, update)
