"""The contract of `enrich.Summarise`, held by the fake that other tests use and by the real one over real HTTP."""

import asyncio

import pytest
from endpoint import Endpoint, answers, says, silent
from fakes import FakeSummariser

from briefings.adapters.llm import Summariser

ARTICLE = ("Ships", "The navy of Norvell will buy 12 ships. It said so on Monday.", "en")
SUMMARY = "Norvell will buy 12 ships."


class FakeSide:
    """The fake summariser."""

    def __init__(self):
        self.summarise = FakeSummariser()

    def writes(self, summary):
        self.summarise.writes(summary)

    def fails(self):
        self.summarise.writes(None)

    def falls_silent(self):
        self.summarise.falls_silent()


class EndpointSide:
    """The real summariser, which sends HTTP requests to an endpoint on this machine."""

    def __init__(self, endpoint, summarise):
        self.summarise, self._endpoint = summarise, endpoint

    def writes(self, summary):
        self._endpoint.tell(says({"summary": summary}))

    def fails(self):
        self._endpoint.tell(answers(500, "out of order"))

    def falls_silent(self):
        self._endpoint.tell(silent)


@pytest.fixture(params=["fake", "endpoint"])
async def side(request):
    if request.param == "fake":
        yield FakeSide()
        return
    async with Endpoint() as endpoint, Summariser(endpoint.url, "small", seconds=60) as summarise:
        yield EndpointSide(endpoint, summarise)


async def test_a_summary_is_written(side):
    side.writes(SUMMARY)
    assert await side.summarise(*ARTICLE, words=60) == SUMMARY


async def test_a_summary_with_too_many_words_is_none(side):
    side.writes(SUMMARY)
    assert await side.summarise(*ARTICLE, words=4) is None


async def test_trouble_gives_none_and_the_next_call_works(side):
    side.fails()
    assert await side.summarise(*ARTICLE, words=60) is None
    side.writes(SUMMARY)
    assert await side.summarise(*ARTICLE, words=60) == SUMMARY


async def test_calls_at_the_same_time_are_all_answered(side):
    side.writes(SUMMARY)
    summaries = await asyncio.gather(*(side.summarise(*ARTICLE, words=60) for _ in range(20)))
    assert summaries == [SUMMARY] * 20


async def test_a_call_can_be_cancelled(side):
    side.falls_silent()
    call = asyncio.create_task(side.summarise(*ARTICLE, words=60))
    await asyncio.wait([call], timeout=0.2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    side.writes(SUMMARY)
    assert await side.summarise(*ARTICLE, words=60) == SUMMARY
