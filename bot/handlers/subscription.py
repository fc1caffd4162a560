"""Subscribing, leaving, and when the edition comes: /start /stop /at /zone."""

from __future__ import annotations

from bot import replies
from bot.context import Ask, Reply
from bot.handlers import topics
from briefings.errors import BadInput


async def start(ask: Ask) -> Reply:
    """Subscribe; `/start relos` shows that dossier to one who is subscribed already."""
    reader, fresh = await ask.newsroom.subscribe(ask.address)
    if fresh:
        return Reply(replies.welcome(reader))
    if ask.words:
        return await topics.keyword(ask)
    return Reply(replies.already(reader))


async def stop(ask: Ask) -> Reply:
    """Unsubscribe at once; settings are kept."""
    left = await ask.newsroom.leave(ask.address)
    return Reply(replies.STOPPED if left else replies.NOT_STOPPED)


async def at(ask: Ask) -> Reply:
    """Choose hours and weekdays, or hear the present ones."""
    reader = await ask.newsroom.reader(ask.address)
    if reader is None:
        return Reply(replies.NOT_SUBSCRIBED)
    if not ask.words:
        return Reply(replies.at_usage(reader))
    try:
        changed = await ask.newsroom.set_times(ask.address, ask.words)
    except BadInput as error:
        return Reply(replies.nothing_changed(error))
    return Reply(replies.done(changed) if changed else replies.NOT_SUBSCRIBED)


async def zone(ask: Ask) -> Reply:
    """Choose a time zone, or hear the present one."""
    reader = await ask.newsroom.reader(ask.address)
    if reader is None:
        return Reply(replies.NOT_SUBSCRIBED)
    if not ask.words:
        return Reply(replies.zone_usage(reader))
    try:
        changed = await ask.newsroom.set_zone(ask.address, ask.words)
    except BadInput as error:
        return Reply(replies.nothing_changed(error))
    return Reply(replies.done(changed) if changed else replies.NOT_SUBSCRIBED)
