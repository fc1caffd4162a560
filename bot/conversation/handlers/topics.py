"""Keywords and topics: /relos and every other word, /topics and its buttons."""

from __future__ import annotations

import dataclasses

from bot.conversation import keyboards, replies
from bot.conversation.request import Reply, Request, page_in


async def keyword(request: Request) -> Reply:
    """A topic's dossier; for any other word the nearest topics and what the archive holds."""
    word = request.words or request.command
    found = await request.newsroom.reading.look_up(word, request.address)
    if found.topic is None or found.dossier is None:
        said = replies.unknown(word, found.nearest, archive=found.archive is not None)
        return Reply(said, (found.archive,) if found.archive else ())
    reader = await request.newsroom.readers.find(request.address)
    followed = reader.subscriber.wishes.topics if reader else None
    missing = followed is not None and found.topic.command not in followed
    return Reply(blocks=(found.dossier,), keyboard=keyboards.follow(found.topic) if missing else ())


async def listing(request: Request) -> Reply:
    """All topics, as buttons for a subscriber; `words` may name the page."""
    known = await request.newsroom.reading.topics()
    reader = await request.newsroom.readers.find(request.address)
    if reader is None:
        return Reply(f"{replies.TOPICS_STRANGER}\n\n{replies.topic_list(known)}")
    followed = reader.subscriber.wishes.topics
    keyboard = keyboards.topics(known, followed, page_in(request.words))
    return Reply(replies.topics(known, followed), keyboard=keyboard)


async def toggle(request: Request) -> Reply:
    """The button of one topic: `page:command`."""
    page, _, command = request.words.partition(":")
    await request.newsroom.readers.toggle_topic(request.address, command)
    return await listing(dataclasses.replace(request, words=page))


async def follow(request: Request) -> Reply:
    """The button under a dossier: follow its topic, or no longer."""
    reader = await request.newsroom.readers.toggle_topic(request.address, request.words)
    if reader is None:
        return Reply(replies.NOT_SUBSCRIBED)
    found = await request.newsroom.reading.look_up(request.words, request.address)
    if found.topic is None or found.dossier is None:
        return Reply(replies.BUTTON_GONE)
    followed = reader.subscriber.wishes.topics
    followed_now = followed is None or found.topic.command in followed
    button = keyboards.unfollow if followed_now else keyboards.follow
    return Reply(blocks=(found.dossier,), keyboard=button(found.topic))
