"""Subscribing, leaving, and when the edition comes: /start /stop /at /zone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.conversation import replies
from bot.conversation.handlers import topics
from bot.conversation.request import Reply, Request
from briefings.errors import BadInput
from briefings.newsroom.newsroom import Reader


async def start(ask: Request) -> Reply:
    """Subscribe; `/start relos` shows that dossier to one who is subscribed already."""
    reader, fresh = await ask.newsroom.subscribe(ask.address)
    if fresh:
        return Reply(replies.welcome(reader))
    if ask.words:
        return await topics.keyword(ask)
    return Reply(replies.already(reader))


async def stop(ask: Request) -> Reply:
    """Unsubscribe at once; settings are kept."""
    left = await ask.newsroom.leave(ask.address)
    return Reply(replies.STOPPED if left else replies.NOT_STOPPED)


async def at(ask: Request) -> Reply:
    """Choose hours and weekdays, or hear the present ones."""
    return await _choose(ask, replies.at_usage, ask.newsroom.set_times)


async def zone(ask: Request) -> Reply:
    """Choose a time zone, or hear the present one."""
    return await _choose(ask, replies.zone_usage, ask.newsroom.set_zone)


async def _choose(
    ask: Request, usage: Callable[[Reader], str], change: Callable[[str, str], Awaitable[Reader | None]]
) -> Reply:
    reader = await ask.newsroom.reader(ask.address)
    if reader is None:
        return Reply(replies.NOT_SUBSCRIBED)
    if not ask.words:
        return Reply(usage(reader))
    try:
        changed = await change(ask.address, ask.words)
    except BadInput as error:
        return Reply(replies.nothing_changed(error))
    return Reply(replies.done(changed) if changed else replies.NOT_SUBSCRIBED)
