"""The owners hear of trouble: one message when sources fail for good, one when they work again.

Who was told is noted after telling: a line that dies in between may tell twice, never not at all. Without
owners the news is a warning in the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.conversation import replies
from briefings.errors import BriefingsError
from briefings.newsroom.sources import Sources

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
TRY_AGAIN_SECONDS = 60.0


async def keep_told(
    bot: Bot, sources: Sources, owners: Sequence[int], alone: Callable[[], AbstractAsyncContextManager[bool]]
) -> None:
    """Tell the owners what they do not know yet, as long as this runs and whenever no other process does: `alone`."""
    while True:
        try:
            async with alone() as ours:
                all_told = not ours or await tell(bot, sources, owners)
        except BriefingsError as error:
            log.error("the owners could not be told: %s; it is tried again", error)
            all_told = False
        await asyncio.sleep(LOOK_SECONDS if all_told else TRY_AGAIN_SECONDS)


async def tell(bot: Bot, sources: Sources, owners: Sequence[int]) -> bool:
    """Tell them now; False when none could be reached and it is left for the next time."""
    news = await sources.untold()
    if not news:
        return True
    text = replies.source_news(news)
    if owners and not any([await _sent(bot, owner, text) for owner in owners]):
        return False
    await sources.told(news)
    for line in text.splitlines():
        log.warning("%s", line)
    return True


async def _sent(bot: Bot, owner: int, text: str) -> bool:
    """Whether this owner is dealt with: told, or one who can never be."""
    try:
        await bot.send_message(owner, text, link_preview_options=LinkPreviewOptions(is_disabled=True))
    except (BadRequest, Forbidden) as error:
        log.warning("owner %d cannot be written to: %s", owner, error.message)
    except TelegramError as error:
        log.warning("owner %d was not reached: %s; it is tried again", owner, error.message)
        return False
    return True
