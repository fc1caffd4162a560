"""One message a second in a chat, twenty a minute in a group; the clock is moved by hand."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from telegram.error import RetryAfter

from bot.telegram.chat_limits import AnswerLimiter, ChatClock

PERSON, OTHER, GROUP, OTHER_GROUP = 1, 2, -1, -2


class Seconds:
    """Seconds that grow when they are asked to."""

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


# Turns


def test_a_chat_is_sent_one_message_a_second(clock: ChatClock) -> None:
    assert [clock.reserve(PERSON) for _ in range(4)] == pytest.approx([0, 1.05, 2.10, 3.15])


def test_chats_do_not_wait_for_each_other(clock: ChatClock) -> None:
    assert [clock.reserve(PERSON), clock.reserve(OTHER), clock.reserve(GROUP)] == [0, 0, 0]


@pytest.mark.parametrize(("later", "expected"), [(0.25, 0.8), (1.05, 0.0), (60.0, 0.0)])
def test_time_that_passed_is_not_waited_for(clock: ChatClock, seconds: Seconds, later: float, expected: float) -> None:
    clock.reserve(PERSON)
    seconds.now += later
    assert clock.reserve(PERSON) == pytest.approx(expected)


def test_looking_reserves_no_turn(clock: ChatClock) -> None:
    clock.reserve(PERSON)
    waits = [clock.seconds_until_turn(PERSON), clock.seconds_until_turn(PERSON), clock.reserve(PERSON)]
    assert waits == pytest.approx([1.05] * 3)


def test_a_chat_that_was_sent_nothing_waits_for_nothing(clock: ChatClock) -> None:
    assert (clock.seconds_until_turn(PERSON), clock.seconds_all_wait()) == (0, 0)


def test_no_chat_waits_on_a_clock_that_has_just_begun() -> None:
    clock = ChatClock(lambda: 0.0)
    assert (clock.seconds_until_turn(GROUP), clock.reserve(PERSON), clock.seconds_all_wait()) == (0, 0, 0)


def test_a_message_that_goes_late_delays_the_next_one(clock: ChatClock, seconds: Seconds) -> None:
    clock.reserve(PERSON)
    seconds.now += 3
    clock.note_sent(PERSON)
    assert clock.seconds_until_turn(PERSON) == pytest.approx(1.05)


def test_a_turn_that_is_still_to_come_is_not_brought_forward(clock: ChatClock) -> None:
    clock.reserve(PERSON)
    clock.reserve(PERSON)
    clock.note_sent(PERSON)
    assert clock.seconds_until_turn(PERSON) == pytest.approx(2.10)


def test_a_chat_without_a_turn_has_sent_nothing(clock: ChatClock) -> None:
    clock.note_sent(PERSON)
    assert clock.seconds_until_turn(PERSON) == 0


def test_a_group_is_sent_twenty_messages_in_61_seconds(clock: ChatClock) -> None:
    assert [clock.reserve(GROUP) for _ in range(22)] == pytest.approx([*(n * 1.05 for n in range(20)), 61.0, 62.05])


def test_a_person_has_no_limit_by_the_minute(clock: ChatClock) -> None:
    assert [clock.reserve(PERSON) for _ in range(61)] == pytest.approx([n * 1.05 for n in range(61)])


def test_any_minute_of_a_group_holds_at_most_twenty(clock: ChatClock, seconds: Seconds) -> None:
    turns = []
    for step in range(200):
        seconds.now += step % 7
        turns.append(seconds.now + clock.reserve(GROUP))
    assert all(later - earlier >= 60 for earlier, later in zip(turns, turns[20:], strict=False))
    assert turns == sorted(turns)


# 429


@pytest.mark.parametrize("chat", [PERSON, GROUP], ids=["private", "group"])
@pytest.mark.parametrize("wait", [1, 30, 3600])
def test_a_429_holds_its_chat_and_no_other(clock: ChatClock, seconds: Seconds, chat: int, wait: int) -> None:
    assert clock.hold(chat, wait) is False
    assert (clock.seconds_until_turn(chat), clock.seconds_all_wait()) == (wait, 0)
    assert (clock.seconds_until_turn(OTHER), clock.seconds_until_turn(OTHER_GROUP)) == (0, 0)
    seconds.now += wait
    assert clock.reserve(chat) == 0


def test_one_chat_that_is_always_refused_holds_no_other(clock: ChatClock, seconds: Seconds) -> None:
    for _ in range(20):
        assert clock.hold(PERSON, 0.1) is False
        seconds.now += 0.1
    assert clock.seconds_all_wait() == 0


def test_three_chats_refused_in_a_row_hold_every_chat_for_the_shortest_wait(clock: ChatClock, seconds: Seconds) -> None:
    assert [clock.hold(PERSON, 3600), clock.hold(GROUP, 30), clock.hold(OTHER_GROUP, 7)] == [False, False, True]
    assert (clock.seconds_until_turn(OTHER), clock.seconds_all_wait()) == (7, 7)
    assert (clock.seconds_until_turn(PERSON), clock.seconds_until_turn(GROUP)) == (3600, 30)
    seconds.now += 7
    assert (clock.seconds_until_turn(OTHER), clock.seconds_all_wait()) == (0, 0)


def test_refusals_more_than_five_seconds_apart_are_no_evidence_together(clock: ChatClock, seconds: Seconds) -> None:
    clock.hold(PERSON, 30)
    seconds.now += 5
    assert [clock.hold(GROUP, 30), clock.hold(OTHER_GROUP, 30)] == [False, False]


def test_a_refusal_whose_wait_is_over_is_no_evidence(clock: ChatClock, seconds: Seconds) -> None:
    clock.hold(PERSON, 1)
    clock.hold(GROUP, 30)
    seconds.now += 1
    assert clock.hold(OTHER_GROUP, 30) is False
    assert clock.hold(OTHER, 7) is True
    assert clock.seconds_all_wait() == 7


def test_a_message_accepted_between_two_refusals_shows_that_the_bot_is_not_refused(clock: ChatClock) -> None:
    clock.hold(PERSON, 30)
    clock.hold(GROUP, 30)
    clock.note_accepted()
    assert clock.hold(OTHER_GROUP, 30) is False
    assert clock.seconds_all_wait() == 0


@pytest.mark.parametrize("chat", [PERSON, GROUP], ids=["private", "group"])
def test_the_longer_of_two_429s_counts(clock: ChatClock, chat: int) -> None:
    for seconds in (30, 3):
        clock.hold(chat, seconds)
    assert clock.seconds_until_turn(chat) == 30


def test_time_that_a_429_made_pass_is_not_negative(clock: ChatClock, seconds: Seconds) -> None:
    for chat in (PERSON, GROUP, OTHER_GROUP):
        clock.hold(chat, 7)
    seconds.now += 60
    assert clock.seconds_all_wait() == 0


# Forgetting: `_sent` and `_closed_until` are looked at, because forgetting is only seen in the memory it frees


def remember(clock: ChatClock, count: int) -> None:
    """Send one message each to so many people more."""
    for _ in range(count):
        clock.reserve(len(clock._sent) + 1)


def test_above_ten_thousand_chats_those_of_the_last_minute_are_remembered(clock: ChatClock, seconds: Seconds) -> None:
    remember(clock, 9_999)
    seconds.now += 61
    clock.reserve(GROUP)
    assert len(clock._sent) == 10_000
    clock.reserve(OTHER_GROUP)
    assert set(clock._sent) == {GROUP, OTHER_GROUP}
    assert clock.seconds_until_turn(GROUP) == pytest.approx(1.05)


def test_a_chat_of_the_last_minute_is_never_forgotten(clock: ChatClock, seconds: Seconds) -> None:
    for _ in range(20):
        clock.reserve(GROUP)
    seconds.now += 20 * 1.05
    remember(clock, 10_005)
    assert clock.seconds_until_turn(GROUP) == pytest.approx(61 - 20 * 1.05)
    assert len(clock._sent) == 10_006


def test_when_all_are_recent_the_next_look_is_at_twice_as_many(clock: ChatClock, seconds: Seconds) -> None:
    remember(clock, 10_001)
    seconds.now += 61
    remember(clock, 10_001)
    assert len(clock._sent) == 20_002, "nobody is forgotten before that"
    remember(clock, 1)
    assert len(clock._sent) == 10_002, "those of the last minute are left"


def test_a_group_that_must_wait_for_longer_is_not_forgotten(clock: ChatClock, seconds: Seconds) -> None:
    clock.hold(GROUP, 300)
    clock.hold(OTHER_GROUP, 61)
    remember(clock, 10_000)
    seconds.now += 61
    remember(clock, 1)
    assert clock.seconds_until_turn(GROUP) == 239
    assert set(clock._closed_until) == {GROUP}


# Answers


class CountingRateLimit:
    """A rate limit that makes nobody wait, and counts."""

    def __init__(self) -> None:
        self.taken: list[bool] = []

    async def take(self, *, answer: bool) -> None:
        self.taken.append(answer)


class Endpoint:
    """Answers "sent", after so many refusals; a refused request takes the chat's 1.05 seconds."""

    def __init__(self, seconds: Seconds, refusals: int = 0, retry_after: float = 0.0) -> None:
        self._seconds, self._refusals, self._retry_after = seconds, refusals, timedelta(seconds=retry_after)
        self.calls: list[tuple[tuple[object, ...], dict[str, object]]] = []

    async def __call__(self, *args: object, **kwargs: object) -> str:
        self.calls.append((args, kwargs))
        if len(self.calls) <= self._refusals:
            self._seconds.now += 1.05
            raise RetryAfter(self._retry_after)
        return "sent"


async def send(
    endpoint: Endpoint,
    rate_limit: CountingRateLimit,
    clock: ChatClock,
    *,
    method: str = "sendMessage",
    chat: int | str | None = PERSON,
) -> str:
    limiter = AnswerLimiter(rate_limit, clock)
    return await limiter.process_request(endpoint, ("url",), {"data": 1}, method, {"chat_id": chat}, None)


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "sendDocument"])
async def test_an_answer_takes_a_turn_of_its_chat_and_of_the_rate_limit(
    clock: ChatClock, seconds: Seconds, method: str
) -> None:
    rate_limit, endpoint = CountingRateLimit(), Endpoint(seconds)
    assert await send(endpoint, rate_limit, clock, method=method) == "sent"
    assert (rate_limit.taken, clock.seconds_until_turn(PERSON)) == ([True], pytest.approx(1.05))
    assert endpoint.calls == [(("url",), {"data": 1})]


async def test_an_answer_waits_for_the_turn_of_its_chat(clock: ChatClock, seconds: Seconds) -> None:
    clock.reserve(PERSON)
    seconds.now += 1
    began = time.monotonic()
    await send(Endpoint(seconds), CountingRateLimit(), clock)
    assert time.monotonic() - began >= 0.04


async def test_an_answer_that_waited_for_the_rate_limit_delays_the_next_one(clock: ChatClock, seconds: Seconds) -> None:
    class SlowRateLimit(CountingRateLimit):
        async def take(self, *, answer: bool) -> None:
            seconds.now += 0.7

    await send(Endpoint(seconds), SlowRateLimit(), clock)
    assert clock.seconds_until_turn(PERSON) == pytest.approx(1.05)


async def test_a_chat_known_by_its_name_takes_a_turn_of_the_rate_limit_only(clock: ChatClock, seconds: Seconds) -> None:
    rate_limit = CountingRateLimit()
    assert await send(Endpoint(seconds, 1, 0.05), rate_limit, clock, chat="@channel") == "sent"
    assert (rate_limit.taken, clock.seconds_all_wait()) == ([True, True], 0)


async def test_a_request_that_sends_no_message_takes_no_turn(clock: ChatClock, seconds: Seconds) -> None:
    rate_limit = CountingRateLimit()
    await send(Endpoint(seconds), rate_limit, clock, method="answerCallbackQuery")
    assert (rate_limit.taken, clock.seconds_until_turn(PERSON)) == ([], 0)


async def test_a_429_to_a_message_holds_its_chat_and_is_tried_again(clock: ChatClock, seconds: Seconds) -> None:
    rate_limit = CountingRateLimit()
    assert await send(Endpoint(seconds, 1, 0.05), rate_limit, clock) == "sent"
    assert rate_limit.taken == [True, True]
    assert clock.seconds_all_wait() == 0, "no other chat waits"
    assert clock.seconds_until_turn(PERSON) == pytest.approx(0.05 + 1.05)


async def test_a_429_to_another_request_is_waited_for_and_holds_no_chat(clock: ChatClock, seconds: Seconds) -> None:
    began = time.monotonic()
    assert await send(Endpoint(seconds, 1, 0.05), CountingRateLimit(), clock, method="answerCallbackQuery") == "sent"
    assert time.monotonic() - began >= 0.04
    assert clock.seconds_all_wait() == 0


@pytest.mark.filterwarnings(
    "ignore:.*retry_after.*:DeprecationWarning", "ignore::telegram.warnings.PTBDeprecationWarning"
)
async def test_a_429_in_plain_seconds_is_understood(
    clock: ChatClock, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA")  # then python-telegram-bot gives whole seconds
    assert await send(Endpoint(seconds, 1, 1.0), CountingRateLimit(), clock) == "sent"
    assert clock.seconds_until_turn(PERSON) == pytest.approx(1.0 + 1.05)


@pytest.mark.parametrize("method", ["sendMessage", "answerCallbackQuery"])
async def test_the_third_429_is_raised(clock: ChatClock, seconds: Seconds, method: str) -> None:
    endpoint = Endpoint(seconds, 100)
    with pytest.raises(RetryAfter):
        await send(endpoint, CountingRateLimit(), clock, method=method)
    assert len(endpoint.calls) == 3


async def test_a_limiter_opens_and_closes_without_trouble(clock: ChatClock) -> None:
    limiter = AnswerLimiter(CountingRateLimit(), clock)
    await limiter.initialize()
    await limiter.shutdown()
