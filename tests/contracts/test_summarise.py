"""What `enrich.Summarise` promises, kept by the fake the other tests use and by the real one over real HTTP."""

import asyncio

import pytest
from endpoint import Endpoint, answers, says, silent
from fakes import FakeSummariser

from briefings.adapters.llm import Summariser

ARTICLE = ("Ships", "The navy of Norvell will buy 12 ships. It said so on Monday.", "en")
SUMMARY = "Norvell will buy 12 ships."


class FakeHouse:
    """The fake, told its story."""

    def __init__(self):
        self.summarise = FakeSummariser()

    def writes(self, summary):
        self.summarise.writes(summary)

    def fails(self):
        self.summarise.writes(None)

    def falls_silent(self):
        self.summarise.falls_silent()


class EndpointHouse:
    """The real one, talking HTTP to an endpoint on this machine."""

    def __init__(self, endpoint, summarise):
        self.summarise, self._endpoint = summarise, endpoint

    def writes(self, summary):
        self._endpoint.tell(says({"summary": summary}))

    def fails(self):
        self._endpoint.tell(answers(500, "out of order"))

    def falls_silent(self):
        self._endpoint.tell(silent)


@pytest.fixture(params=["fake", "endpoint"])
async def house(request):
    if request.param == "fake":
        yield FakeHouse()
        return
    async with Endpoint() as endpoint, Summariser(endpoint.url, "small", seconds=60) as summarise:
        yield EndpointHouse(endpoint, summarise)


async def test_it_writes_a_summary(house):
    house.writes(SUMMARY)
    assert await house.summarise(*ARTICLE, words=60) == SUMMARY


async def test_a_summary_has_no_more_words_than_wanted(house):
    house.writes(SUMMARY)
    assert await house.summarise(*ARTICLE, words=4) is None


async def test_trouble_is_none_and_passes(house):
    house.fails()
    assert await house.summarise(*ARTICLE, words=60) is None
    house.writes(SUMMARY)
    assert await house.summarise(*ARTICLE, words=60) == SUMMARY


async def test_many_at_once_are_all_answered(house):
    house.writes(SUMMARY)
    found = await asyncio.gather(*(house.summarise(*ARTICLE, words=60) for _ in range(20)))
    assert found == [SUMMARY] * 20


async def test_who_waits_no_longer_may_go(house):
    house.falls_silent()
    call = asyncio.create_task(house.summarise(*ARTICLE, words=60))
    await asyncio.wait([call], timeout=0.2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    house.writes(SUMMARY)
    assert await house.summarise(*ARTICLE, words=60) == SUMMARY
