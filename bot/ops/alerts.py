"""Alerts the owners: one message when sources fail for good, one when they work again. Plain text.

Promises that no alert is lost. It is marked as told only after it was sent, so if the process dies in between, the
owners get it twice. Without owners it is a warning in the log. Trouble is logged once and waited out, and ends nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, Forbidden

from bot.ops.problems import sentence
from bot.telegram.retry import SHIPPED, Outage, Pauses, Trouble, trouble_in
from briefings.errors import BriefingsError
from briefings.newsroom.sources import Source, Sources

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Seconds between two looks at the sources."""

MOST_LINES = 10
LONGEST_NAME, LONGEST_REASON = 80, 150
"""Characters. With them so many lines fit one message of Telegram's, which holds 4,096."""


async def alert_owners(
    bot: Bot,
    sources: Sources,
    owners: Sequence[int],
    alone: Callable[[], AbstractAsyncContextManager[bool]],
    pauses: Pauses = SHIPPED.chores,
) -> None:
    """Tell the owners of every change that they were not told of yet. Never ends.

    `alone` gives True to one process at a time, which alone tells them. `pauses` come after failed attempts.
    """
    outage = Outage(pauses)
    while True:
        try:
            async with alone() as ours:
                all_told = not ours or await tell(bot, sources, owners, outage)
        except BriefingsError as error:
            outage.note(Trouble(f"the owners could not be told: {sentence(error)}; trying again"))
            all_told = False
        if all_told and outage.end():
            log.info("the owners can be told again")
        await asyncio.sleep(LOOK_SECONDS if all_told else outage.next_pause())


async def tell(bot: Bot, sources: Sources, owners: Sequence[int], outage: Outage) -> bool:
    """Tell the owners now. Return False when none could be reached, so that it has to be tried again.

    Trouble on the way is noted in `outage`.
    """
    news = await sources.untold()
    if not news:
        return True
    text = source_news(news)
    if not await send_to_owners(bot, owners, text, outage):
        return False
    await sources.note_told(news)
    for line in text.splitlines():
        log.warning("%s", line)
    return True


async def send_to_owners(bot: Bot, owners: Sequence[int], text: str, outage: Outage) -> bool:
    """Send a text to the owners. Return False when none could be reached, so that it has to be tried again.

    Trouble on the way is noted in `outage`.
    """
    return not owners or any([await _sent(bot, owner, text, outage) for owner in owners])


def source_news(sources: Sequence[Source]) -> str:
    """Return a line for each source that came into trouble or out of it."""
    lines = [_source_line(source) for source in sources[:MOST_LINES]]
    if len(sources) > MOST_LINES:
        lines.append(f"And {len(sources) - MOST_LINES} more; `briefings sources list` shows them all.")
    return "\n".join(lines)


def _source_line(source: Source) -> str:
    name = source.name[:LONGEST_NAME]
    if source.in_trouble:
        reason = sentence(source.last_error) if source.last_error else "no reason was noted"
        return f"Source {source.id} is in trouble: {name}: {reason[:LONGEST_REASON]}."
    return f"Source {source.id} works again: {name}."


async def _sent(bot: Bot, owner: int, text: str, outage: Outage) -> bool:
    """Send to an owner. Return True if there is no more to do: they were told, or can never be."""
    try:
        await bot.send_message(owner, text, link_preview_options=LinkPreviewOptions(is_disabled=True))
    except Exception as error:  # any odd answer: an alert is no reason to stop
        if isinstance(error, BadRequest | Forbidden):
            log.warning("owner %d cannot be written to: %s", owner, error.message)
            return True
        outage.note(trouble_in(error, "sendMessage", f"owner {owner} was not reached: "))
        return False
    return True
