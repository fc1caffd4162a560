"""One message a second in a chat, twenty a minute in a group; the clock is moved by hand."""

from __future__ import annotations

import pytest
from telegram.error import RetryAfter

from bot.telegram.chat_limits import (
    ANSWER_ATTEMPTS,
    CHAT_SECONDS,
    FORGET_ABOVE,
    GROUP_SECONDS,
    AnswerLimiter,
    ChatClock,
)

PERSON, OTHER, GROUP = 5, 6, -100


class Seconds:
    """Seconds that grow when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def clock(seconds: Seconds) -> ChatClock:
    return ChatClock(seconds)


def test_a_chat_is_sent_one_message_a_second(clock: ChatClock) -> None:
    assert [clock.reserve(PERSON) for _ in range(4)] == pytest.approx([n * CHAT_SECONDS for n in range(4)])


def test_chats_do_not_wait_for_each_other(clock: ChatClock) -> None:
    assert [clock.reserve(PERSON), clock.reserve(OTHER), clock.reserve(GROUP)] == [0, 0, 0]


@pytest.mark.parametrize(("later", "expected"), [(0.25, CHAT_SECONDS - 0.25), (CHAT_SECONDS, 0.0), (60.0, 0.0)])
def test_time_that_passed_is_not_waited_for(clock: ChatClock, seconds: Seconds, later: float, expected: float) -> None:
    clock.reserve(PERSON)
    seconds.now += later
    assert clock.reserve(PERSON) == pytest.approx(expected)


def test_looking_takes_no_turn(clock: ChatClock) -> None:
    clock.reserve(PERSON)
    assert [clock.wait(PERSON), clock.wait(PERSON), clock.reserve(PERSON)] == pytest.approx([CHAT_SECONDS] * 3)


def test_a_stranger_waits_for_nothing(clock: ChatClock) -> None:
    assert clock.wait(PERSON) == 0


def test_a_group_is_sent_twenty_a_minute(clock: ChatClock) -> None:
    assert [clock.reserve(GROUP) for _ in range(22)] == pytest.approx(
        [*(n * CHAT_SECONDS for n in range(20)), GROUP_SECONDS, GROUP_SECONDS + CHAT_SECONDS]
    )


def test_a_person_has_no_limit_by_the_minute(clock: ChatClock) -> None:
    assert [clock.reserve(PERSON) for _ in range(61)] == pytest.approx([n * CHAT_SECONDS for n in range(61)])


def test_any_minute_of_a_group_holds_at_most_twenty(clock: ChatClock, seconds: Seconds) -> None:
    turns = []
    for step in range(200):
        seconds.now += step % 7
        turns.append(seconds.now + clock.reserve(GROUP))
    assert all(later - earlier >= 60 for earlier, later in zip(turns, turns[20:], strict=False))
    assert turns == sorted(turns)


def test_what_is_long_past_is_forgotten(clock: ChatClock, seconds: Seconds) -> None:
    for chat in range(FORGET_ABOVE):
        clock.reserve(chat)
    seconds.now += 61
    clock.reserve(-1)
    assert clock.wait(-1) == pytest.approx(CHAT_SECONDS)
    assert len(clock._sent) == 1


def test_what_is_recent_is_never_forgotten(clock: ChatClock) -> None:
    for chat in range(FORGET_ABOVE + 5):
        clock.reserve(chat)
    assert clock.wait(0) == pytest.approx(CHAT_SECONDS)


class CountingRateLimit:
    """A pace that is never short, and counts."""

    def __init__(self) -> None:
        self.taken: list[bool] = []

    async def take(self, *, answer: bool) -> None:
        self.taken.append(answer)


class Line:
    """A line to Telegram that says 429 so many times before it answers."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.calls = 0

    async def __call__(self, *_: object) -> str:
        self.calls += 1
        if self.calls <= self.refusals:
            raise RetryAfter(0)
        return "sent"


async def ask(line: Line, rate_limit: CountingRateLimit, clock: ChatClock, endpoint: str = "sendMessage") -> str:
    return await AnswerLimiter(rate_limit, clock).process_request(line, (), {}, endpoint, {"chat_id": PERSON}, None)


@pytest.mark.parametrize("endpoint", ["sendMessage", "editMessageText", "sendDocument"])
async def test_an_answer_takes_a_turn_and_a_place_in_the_pace(clock: ChatClock, endpoint: str) -> None:
    rate_limit = CountingRateLimit()
    assert await ask(Line(0), rate_limit, clock, endpoint) == "sent"
    assert (rate_limit.taken, clock.wait(PERSON)) == ([True], pytest.approx(CHAT_SECONDS))


async def test_an_answer_that_waited_for_the_pace_counts_from_when_it_went(clock: ChatClock, seconds: Seconds) -> None:
    class SlowPace(CountingRateLimit):
        async def take(self, *, answer: bool) -> None:
            seconds.now += 0.7

    await ask(Line(0), SlowPace(), clock)
    assert clock.wait(PERSON) == pytest.approx(CHAT_SECONDS)


async def test_what_sends_nothing_takes_nothing(clock: ChatClock) -> None:
    rate_limit = CountingRateLimit()
    await ask(Line(0), rate_limit, clock, "answerCallbackQuery")
    assert (rate_limit.taken, clock.wait(PERSON)) == ([], 0)


async def test_a_429_is_obeyed_and_tried_again(clock: ChatClock) -> None:
    line = Line(ANSWER_ATTEMPTS - 1)
    assert await ask(line, CountingRateLimit(), clock, "answerCallbackQuery") == "sent"


async def test_a_429_without_end_is_raised(clock: ChatClock) -> None:
    line = Line(100)
    with pytest.raises(RetryAfter):
        await ask(line, CountingRateLimit(), clock, "answerCallbackQuery")
    assert line.calls == ANSWER_ATTEMPTS


def test_a_429_in_private_holds_every_chat_and_one_in_a_group_only_that_group(
    clock: ChatClock, seconds: Seconds
) -> None:
    assert not clock.refused(GROUP, 30)
    assert (clock.wait(GROUP), clock.wait(PERSON), clock.everyone_waits()) == (30, 0, 0)
    assert clock.refused(PERSON, 7)
    assert (clock.wait(GROUP), clock.wait(OTHER), clock.everyone_waits()) == (30, 7, 7)
    seconds.now += 7
    assert (clock.wait(OTHER), clock.reserve(OTHER), clock.everyone_waits()) == (0, 0, 0)
