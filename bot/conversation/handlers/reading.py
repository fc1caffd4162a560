"""Reading now: /today (also /briefing), /more, /search."""

from __future__ import annotations

from bot.conversation import keyboards, replies
from bot.conversation.request import Reply, Request, page_in
from briefings.errors import BadInput

EDITION_MESSAGES = 2
"""An edition never takes more messages than two."""


async def today(request: Request) -> Reply:
    """What is new, or the last edition again; a stranger gets the general one."""
    reading = await request.newsroom.reading.today(request.address)
    said = replies.STRANGER if reading.stranger else replies.AGAIN if reading.again else ""
    return Reply(said, reading.blocks, messages=EDITION_MESSAGES)


async def more(request: Request) -> Reply:
    """What the last edition had no room for, a page at a time; `words` may name the page."""
    rest = await request.newsroom.reading.more(request.address, page_in(request.words))
    said = "" if rest.blocks else replies.NO_MORE
    return Reply(said, rest.blocks, keyboard=keyboards.arrows("more", rest.page, rest.pages))


async def search(request: Request) -> Reply:
    """Look in the archive."""
    try:
        block, _ = await request.newsroom.reading.search(request.words, request.address)
    except BadInput as error:
        return Reply(replies.search_failed(error))
    return Reply(blocks=(block,))
