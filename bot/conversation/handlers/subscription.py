"""Subscribing, leaving, and when the edition comes: /start /stop /at /zone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.conversation import replies
from bot.conversation.handlers import topics
from bot.conversation.request import Reply, Request
from briefings.errors import BadInput
from briefings.newsroom.readers import Reader


async def start(request: Request) -> Reply:
    """Subscribe; for a reader who is subscribed already, `/start relos` is the same as `/relos`."""
    reader, has_joined = await request.newsroom.readers.subscribe(request.address)
    if has_joined:
        return Reply(replies.welcome(reader))
    if request.words:
        return await topics.keyword(request)
    return Reply(replies.already(reader))


async def stop(request: Request) -> Reply:
    """Unsubscribe at once; settings are kept."""
    has_left = await request.newsroom.readers.unsubscribe(request.address)
    return Reply(replies.STOPPED if has_left else replies.NOT_STOPPED)


async def at(request: Request) -> Reply:
    """Choose hours and weekdays; without words, reply with the present ones."""
    return await _choose(request, replies.at_usage, request.newsroom.readers.set_times)


async def zone(request: Request) -> Reply:
    """Choose a time zone; without words, reply with the present one."""
    return await _choose(request, replies.zone_usage, request.newsroom.readers.set_zone)


async def _choose(
    request: Request, usage: Callable[[Reader], str], change: Callable[[str, str], Awaitable[Reader | None]]
) -> Reply:
    reader = await request.newsroom.readers.find(request.address)
    if reader is None:
        return Reply(replies.NOT_SUBSCRIBED)
    if not request.words:
        return Reply(usage(reader))
    try:
        changed = await change(request.address, request.words)
    except BadInput as error:
        return Reply(replies.nothing_changed(error))
    return Reply(replies.done(changed) if changed else replies.NOT_SUBSCRIBED)
