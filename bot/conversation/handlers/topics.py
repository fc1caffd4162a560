"""Keywords and topics: /relos and every other word, /topics and its buttons."""

from __future__ import annotations

import dataclasses

from bot.conversation import keyboards, replies
from bot.conversation.request import Reply, Request, page_in
from briefings.newsroom.reading import LookUp


async def keyword(request: Request) -> Reply:
    """Reply with a topic's dossier; for any other words, with the nearest topics and the archive's best hits."""
    return await _reply(request, await _look_up(request))


async def several_words(request: Request) -> Reply:
    """Reply to a slash with several words: the topic that all of them name, else the first word as a keyword.

    `/black sea` asks for the Black Sea, `/relos now` for RELOS.
    """
    if await request.newsroom.reading.topic_named(request.words) is not None:
        return await keyword(request)
    return await keyword(dataclasses.replace(request, words=request.words.split(maxsplit=1)[0]))


async def listing(request: Request) -> Reply:
    """Reply with all topics, as buttons for a subscriber; `words` may name the page."""
    all_topics = await request.newsroom.reading.topics()
    reader = await request.newsroom.readers.find(request.address)
    if reader is None:
        return Reply(f"{replies.TOPICS_STRANGER}\n\n{replies.topic_list(all_topics)}")
    followed = reader.subscriber.wishes.topics
    keyboard = keyboards.topics(all_topics, followed, page_in(request.words))
    return Reply(replies.topics(all_topics, followed), keyboard=keyboard)


async def follow(request: Request) -> None:
    """Follow the topic of a button; `words` are `command` or `command:page`."""
    await request.newsroom.readers.set_topic(request.address, _button_topic(request)[0], is_followed=True)


async def leave_out(request: Request) -> None:
    """Leave out the topic of a button; `words` as for `follow`."""
    await request.newsroom.readers.set_topic(request.address, _button_topic(request)[0], is_followed=False)


async def redraw(request: Request) -> Reply:
    """Reply with what the button of a topic is under, as it is now: a page of the listing, or the topic's dossier."""
    command, page = _button_topic(request)
    if page:
        return await listing(dataclasses.replace(request, words=page))
    reader = await request.newsroom.readers.find(request.address)
    if reader is None:
        return Reply(replies.NOT_SUBSCRIBED)
    result = await _look_up(dataclasses.replace(request, words=command))
    if result.topic is None or result.dossier_block is None:
        return Reply(replies.BUTTON_GONE)
    followed = reader.subscriber.wishes.topics
    is_followed = followed is None or result.topic.command in followed
    button = keyboards.unfollow if is_followed else keyboards.follow
    return Reply(blocks=(result.dossier_block,), keyboard=button(result.topic))


def _button_topic(request: Request) -> tuple[str, str]:
    """Return the command of a button's topic, and the page of the listing that it is on, empty under a dossier."""
    command, _, page = request.words.partition(":")
    return command, page


async def _look_up(request: Request) -> LookUp:
    return await request.newsroom.reading.look_up(request.words, request.address)


async def _reply(request: Request, result: LookUp) -> Reply:
    if result.topic is None or result.dossier_block is None:
        html = replies.unknown(request.words, result.nearest, archive=result.archive_block is not None)
        return Reply(html, (result.archive_block,) if result.archive_block else ())
    reader = await request.newsroom.readers.find(request.address)
    followed = reader.subscriber.wishes.topics if reader else None
    is_left_out = followed is not None and result.topic.command not in followed
    return Reply(blocks=(result.dossier_block,), keyboard=keyboards.follow(result.topic) if is_left_out else ())
