"""A newsroom with topics, for the tests of the door."""

import pytest

from briefings import starter
from briefings.newsroom.opening import Newsroom


@pytest.fixture
async def topical(newsroom: Newsroom) -> Newsroom:
    """A newsroom with the starter topics."""
    await newsroom.editing.seed_topics(starter.topics())
    return newsroom
