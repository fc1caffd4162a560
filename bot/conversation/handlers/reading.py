"""Reading now: /today (also /briefing), /more, /search."""

from __future__ import annotations

from bot.conversation import keyboards, replies
from bot.conversation.request import Reply, Request, page_in
from briefings.errors import BadInput

EDITION_MESSAGES = 2
"""An edition never takes more messages than two."""


async def today(ask: Request) -> Reply:
    """What is new, or the last edition again; a stranger gets the general one."""
    reading = await ask.newsroom.today(ask.address)
    said = replies.STRANGER if reading.stranger else replies.AGAIN if reading.again else ""
    return Reply(said, reading.blocks, messages=EDITION_MESSAGES)


async def more(ask: Request) -> Reply:
    """What the last edition had no room for, a page at a time; `words` may name the page."""
    rest = await ask.newsroom.more(ask.address, page_in(ask.words))
    said = "" if rest.blocks else replies.NO_MORE
    return Reply(said, rest.blocks, keyboard=keyboards.arrows("more", rest.page, rest.pages))


async def search(ask: Request) -> Reply:
    """Look in the archive."""
    try:
        block, _ = await ask.newsroom.search(ask.words, ask.address)
    except BadInput as error:
        return Reply(replies.search_failed(error))
    return Reply(blocks=(block,))
