"""Reading now: /today (also /briefing), /more, /search."""

from __future__ import annotations

from bot.conversation import keyboards, replies
from bot.conversation.request import Reply, Request, page_in
from briefings.errors import BadInput

EDITION_MESSAGES = 2
"""An edition takes two messages at most."""


async def today(request: Request) -> Reply:
    """Reply with what is new, or with the last edition again; a stranger gets the general edition."""
    edition = await request.newsroom.reading.today(request.address)
    html = replies.STRANGER if edition.stranger else replies.AGAIN if edition.again else ""
    return Reply(html, edition.blocks, messages=EDITION_MESSAGES)


async def more(request: Request) -> Reply:
    """Reply with a page of the stories that the last edition left out; `words` may name the page."""
    rest = await request.newsroom.reading.more(request.address, page_in(request.words))
    html = "" if rest.blocks else replies.NO_MORE
    return Reply(html, rest.blocks, keyboard=keyboards.arrows("more", rest.page, rest.pages))


async def search(request: Request) -> Reply:
    """Reply with the archive's hits."""
    try:
        block, _ = await request.newsroom.reading.search(request.words, request.address)
    except BadInput as error:
        return Reply(replies.search_failed(error))
    return Reply(blocks=(block,))
