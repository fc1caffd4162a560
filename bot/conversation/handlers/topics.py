"""Keywords and topics: /relos and every other word, /topics and its buttons."""

from __future__ import annotations

import dataclasses

from bot.conversation import keyboards, replies
from bot.conversation.request import Reply, Request, page_in


async def keyword(ask: Request) -> Reply:
    """A topic's dossier; for any other word the nearest topics and what the archive holds."""
    word = ask.words or ask.command
    found = await ask.newsroom.look_up(word, ask.address)
    if found.topic is None or found.dossier is None:
        said = replies.unknown(word, found.nearest, archive=found.archive is not None)
        return Reply(said, (found.archive,) if found.archive else ())
    reader = await ask.newsroom.reader(ask.address)
    followed = reader.subscriber.wishes.topics if reader else None
    missing = followed is not None and found.topic.command not in followed
    return Reply(blocks=(found.dossier,), keyboard=keyboards.follow(found.topic) if missing else ())


async def listing(ask: Request) -> Reply:
    """All topics, as buttons for a subscriber; `words` may name the page."""
    known = await ask.newsroom.topics()
    reader = await ask.newsroom.reader(ask.address)
    if reader is None:
        return Reply(f"{replies.TOPICS_STRANGER}\n\n{replies.topic_list(known)}")
    followed = reader.subscriber.wishes.topics
    keyboard = keyboards.topics(known, followed, page_in(ask.words))
    return Reply(replies.topics(known, followed), keyboard=keyboard)


async def toggle(ask: Request) -> Reply:
    """The button of one topic: `page:command`."""
    page, _, command = ask.words.partition(":")
    await ask.newsroom.toggle(ask.address, command)
    return await listing(dataclasses.replace(ask, words=page))


async def follow(ask: Request) -> Reply:
    """The button under a dossier: follow its topic, or no longer."""
    reader = await ask.newsroom.toggle(ask.address, ask.words)
    if reader is None:
        return Reply(replies.NOT_SUBSCRIBED)
    found = await ask.newsroom.look_up(ask.words, ask.address)
    if found.topic is None or found.dossier is None:
        return Reply(replies.BUTTON_GONE)
    followed = reader.subscriber.wishes.topics
    followed_now = followed is None or found.topic.command in followed
    button = keyboards.unfollow if followed_now else keyboards.follow
    return Reply(blocks=(found.dossier,), keyboard=button(found.topic))
