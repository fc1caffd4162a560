"""Long polling: asks Telegram for updates and has them stored, or handled from memory while that is impossible.

An update is confirmed to Telegram, by the offset of the next poll, only once it is stored in the inbox or was handled
from memory: a crash loses none. What is not for us is confirmed and never stored. An outage is logged once and waited
out, and so is any answer that is not understood; a line that turns out to be deaf is opened anew (`polling_watch.py`);
a second poller with the same token is named; a webhook that is in the way is taken down, and its pending updates come
by polling. The polling ends only when the Bot API refuses the token again and again (`bot/telegram/token_doubt.py`). An
update that cannot be read is skipped, and it alone; one that comes again after it was confirmed is not handled again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Bot
from telegram.error import NetworkError

from bot.telegram.messenger import seconds_in
from bot.telegram.retry import SHIPPED, Outage, Patience, Trouble, ignored, trouble_in
from bot.telegram.token_doubt import TokenDoubt, refuses_token
from bot.telegram.transport import Transport, dumps
from bot.updates import raw_updates
from bot.updates.handling import Handling
from bot.updates.inbox import InboxWorker
from bot.updates.memory import MemoryRoad
from bot.updates.polling_watch import HeldUpdates, PollingWatch
from bot.updates.webhook import remove_webhook
from briefings.errors import StoreTrouble

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
"""Time that answers from memory get when we stop."""

LOOK_AGAIN_SECONDS = 0.2
"""Seconds between two polls while answers from memory are under way: Telegram repeats their questions, so no poll can
wait."""

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


class Poller:
    """Polls for one bot until stopped. `endpoint` holds the token: it is never shown.

    `worker` stores the updates that `handling` says are for us. `recovered` is called whenever Telegram answers again
    after trouble.
    """

    def __init__(
        self,
        transport: Transport,
        endpoint: str,
        bot: Bot,
        worker: InboxWorker,
        handling: Handling,
        *,
        recovered: Callable[[], None] = ignored,
        patience: Patience = SHIPPED,
    ) -> None:
        self._transport = transport
        self._get_updates = f"{endpoint}/getUpdates"
        self._bot = bot
        self._worker = worker
        self._handling = handling
        self._memory = MemoryRoad(handling, lambda: worker.is_in_trouble)
        self._recovered = recovered
        self._patience = patience
        self._watch = PollingWatch(patience.deaf)
        self._held = HeldUpdates(bot)
        self._doubt = TokenDoubt(transport, endpoint, patience.token_refused)
        self._outage = Outage(patience.line)
        self._removals = Outage(patience.chores)
        self._removal_due = 0.0
        self._offset = 0
        self._seen = -1
        self._taken: set[int] = set()
        """Ids of updates that were taken up: those from the offset on, which Telegram repeats until they are
        confirmed, and the last `REMEMBERED` before it."""

    async def run(self) -> None:
        """Poll. Never ends by itself; raises BadToken once it is believed that Telegram does not know the token."""
        while True:
            began = time.monotonic()
            # During an outage too no poll is kept open, so that the first one that is answered ends it at once.
            answer = await self._poll(0 if self._memory.is_busy or self._outage.is_on else self._patience.poll)
            if await self._waited_out(answer):
                continue
            await self._take([raw for raw in answer.updates if raw["update_id"] not in self._taken])
            self._seen = max((raw["update_id"] for raw in answer.updates), default=self._seen)
            if self._memory.is_busy:
                await self._memory.wait(LOOK_AGAIN_SECONDS)
            elif not answer.updates:
                await self._watch_line()
                await asyncio.sleep(began + LEAST_SECONDS - time.monotonic())
            self._move_offset()

    async def finish(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Finish the answers from memory and confirm what may be. Call it after `run` was cancelled.

        An answer that takes longer than `seconds` is given up, and its question comes again.
        """
        await self._held.close()
        await self._memory.finish(seconds)
        self._move_offset()
        if self._offset:
            try:
                is_confirmed = (await asyncio.wait_for(self._poll(0), CONFIRM_SECONDS)).trouble is None
            except TimeoutError:
                is_confirmed = False
            if not is_confirmed:
                log.debug("the last updates could not be confirmed; they may come again")

    async def _watch_line(self) -> None:
        """After a poll that brought nothing, open the line anew if it seems to be deaf."""
        if not self._watch.is_due():
            return
        held, was_deaf = await self._held.count(), self._watch.is_deaf
        if self._watch.note_held(held):
            level = logging.DEBUG if was_deaf else logging.WARNING  # once until it hears again
            log.log(level, "Telegram holds %d updates, but polling brings none; its connection is opened anew", held)
            await self._transport.rebuild()

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
        if numbers and not self._memory.is_busy and numbers <= self._taken:
            return PollAnswer(trouble=REPEATED)
        if numbers:
            self._held.note_heard()
            if self._watch.note_heard():
                log.info("polling brings updates again")
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

    async def _take(self, raws: Sequence[dict[str, Any]]) -> None:
        """Have new updates stored, or handled from memory if that fails or earlier ones of their chat are."""
        heard = [update for raw in raws if (update := self._handling.hear(raw, dumps(raw).decode())) is not None]
        to_store = [update for update in heard if not self._memory.has(update.chat)]
        is_stored = True
        if to_store:
            try:
                await self._worker.store(to_store)
            except StoreTrouble:  # the worker logs it
                is_stored = False
        stored = {update.number for update in to_store} if is_stored else set()
        for update in heard:
            if update.number not in stored:
                self._memory.take(update)
        self._taken.update(raw["update_id"] for raw in raws)

    def _move_offset(self) -> None:
        """Move the offset up to the first update that is neither stored nor handled."""
        self._offset = self._memory.oldest(self._seen + 1)
        self._taken = {number for number in self._taken if number >= self._offset - REMEMBERED}
