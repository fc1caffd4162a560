"""Fixtures of the tests of the way to Telegram."""

from collections.abc import AsyncIterator

import pytest

from bot.telegram.transport import Transport


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    async with Transport(connections=4) as transport:
        yield transport
