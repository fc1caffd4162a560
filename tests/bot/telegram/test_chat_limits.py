"""One message a second in a chat, twenty a minute in a group, tries again for a minute; the clock is moved by hand."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram.chat_limits import AnswerLimiter, AnswerPatience, ChatClock
from bot.telegram.transport import Unanswered, Unsent

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


def test_the_latest_turn_of_a_chat_is_the_one_reserved_last(clock: ChatClock, seconds: Seconds) -> None:
    assert clock.latest_turn(PERSON) == -math.inf
    began = seconds()
    clock.reserve(PERSON)
    clock.reserve(PERSON)
    assert clock.latest_turn(PERSON) == pytest.approx(began + 1.05)


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


def test_a_person_is_sent_twenty_edits_in_61_seconds(clock: ChatClock, seconds: Seconds) -> None:
    for _ in range(20):
        seconds.now += clock.seconds_until_turn(PERSON, is_edit=True)
        clock.reserve(PERSON, is_edit=True)
    assert clock.seconds_until_turn(PERSON, is_edit=True) == pytest.approx(61.0 - 19 * 1.05)
    assert clock.seconds_until_turn(PERSON) == pytest.approx(1.05), "a message has a turn before that"
    assert clock.seconds_until_turn(OTHER, is_edit=True) == 0


def test_an_edit_that_goes_late_counts_from_then(clock: ChatClock, seconds: Seconds) -> None:
    for _ in range(20):
        seconds.now += clock.seconds_until_turn(PERSON, is_edit=True)
        clock.reserve(PERSON, is_edit=True)
        seconds.now += 0.5
        clock.note_sent(PERSON, is_edit=True)
    first = 1000.0 + 0.5
    assert seconds.now + clock.seconds_until_turn(PERSON, is_edit=True) == pytest.approx(first + 61.0)


def test_messages_take_no_edits_from_a_person(clock: ChatClock, seconds: Seconds) -> None:
    for _ in range(40):
        clock.reserve(PERSON)
        seconds.now += 1.05
    assert clock.seconds_until_turn(PERSON, is_edit=True) == 0


def test_an_edit_in_a_group_counts_as_a_message(clock: ChatClock, seconds: Seconds) -> None:
    for _ in range(20):
        clock.reserve(GROUP, is_edit=True)
        seconds.now += 1.05
    assert clock.seconds_until_turn(GROUP) == pytest.approx(61.0 - 20 * 1.05)


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


def test_edits_of_the_last_minute_are_remembered_and_older_ones_forgotten(clock: ChatClock, seconds: Seconds) -> None:
    clock.reserve(PERSON, is_edit=True)
    seconds.now += 61
    clock.reserve(OTHER, is_edit=True)
    remember(clock, 10_001)
    assert set(clock._edits) == {OTHER}


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

    async def take(self, *, answer: bool, rank: float = 0.0) -> None:
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
        async def take(self, *, answer: bool, rank: float = 0.0) -> None:
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


# Trying again


class Telegram:
    """Fails as it is told, then answers "sent". `tried_at` holds when it was asked, in seconds since the first time."""

    def __init__(self, seconds: Seconds, *failures: TelegramError, takes: float = 0.0) -> None:
        self._seconds, self._failures, self._takes = seconds, list(failures), takes
        self.tried_at: list[float] = []

    async def __call__(self, *args: object, **kwargs: object) -> str:
        self.tried_at.append(self._seconds.now - 1000.0)
        self._seconds.now += self._takes
        if self._failures:
            raise self._failures.pop(0)
        return "sent"


async def ask(
    telegram: Telegram,
    seconds: Seconds,
    clock: ChatClock,
    *,
    method: str = "sendMessage",
    patience: AnswerPatience = AnswerPatience(),  # noqa: B008 - frozen
) -> str:
    async def sleep(wait: float) -> None:
        seconds.now += wait

    limiter = AnswerLimiter(CountingRateLimit(), clock, patience, sleep)
    return await limiter.process_request(telegram, ("url",), {"data": 1}, method, {"chat_id": PERSON}, None)


OUTAGE = [Unsent("no connection"), NetworkError("Bad Gateway (502)"), NetworkError("a page came instead of an answer")]


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "sendDocument"])
@pytest.mark.parametrize("error", OUTAGE, ids=["unsent", "server-error", "page"])
async def test_an_answer_that_did_not_arrive_is_tried_again_at_growing_intervals_for_a_minute(
    clock: ChatClock, seconds: Seconds, method: str, error: NetworkError
) -> None:
    telegram = Telegram(seconds, *[error] * 100)
    with pytest.raises(type(error)):
        await ask(telegram, seconds, clock, method=method)
    assert telegram.tried_at == pytest.approx([0, 1.05, 2.1, 4.1, 8.1, 16.1, 32.1, 48.1, 64.1])


async def test_an_answer_is_sent_once_the_outage_is_over(clock: ChatClock, seconds: Seconds) -> None:
    telegram = Telegram(seconds, *OUTAGE)
    assert await ask(telegram, seconds, clock) == "sent"
    assert len(telegram.tried_at) == 4


@pytest.mark.parametrize("error", [TimedOut(), Unanswered("line died")], ids=["time-out", "line-died"])
async def test_an_answer_that_may_have_arrived_is_sent_twice_at_most(
    clock: ChatClock, seconds: Seconds, error: NetworkError
) -> None:
    telegram = Telegram(seconds, *[error] * 100)
    with pytest.raises(type(error)):
        await ask(telegram, seconds, clock)
    assert len(telegram.tried_at) == 2


async def test_what_never_left_does_not_count_as_one_that_may_have_arrived(clock: ChatClock, seconds: Seconds) -> None:
    telegram = Telegram(seconds, Unsent("x"), TimedOut(), Unsent("x"), TimedOut())
    with pytest.raises(TimedOut):
        await ask(telegram, seconds, clock)
    assert len(telegram.tried_at) == 4


@pytest.mark.parametrize("error", [BadRequest("message can't be edited"), Forbidden("blocked")])
async def test_a_refusal_is_not_tried_again(clock: ChatClock, seconds: Seconds, error: TelegramError) -> None:
    telegram = Telegram(seconds, error)
    with pytest.raises(type(error)):
        await ask(telegram, seconds, clock)
    assert len(telegram.tried_at) == 1


PATIENT = {
    "the-acknowledgement-of-a-press": ("answerCallbackQuery", [0, 0.5, 1.5, 3.5, 7.5]),
    "the-check-of-an-administrator": ("getChatMember", [0]),
    "what-others-repeat": ("setMyCommands", [0]),
}


@pytest.mark.parametrize(("method", "expected"), PATIENT.values(), ids=PATIENT)
async def test_other_requests_are_tried_again_as_long_as_somebody_waits(
    clock: ChatClock, seconds: Seconds, method: str, expected: Sequence[float]
) -> None:
    telegram = Telegram(seconds, *[Unsent("x")] * 100)
    with pytest.raises(Unsent):
        await ask(telegram, seconds, clock, method=method)
    assert telegram.tried_at == pytest.approx(expected)


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "answerCallbackQuery", "getChatMember"])
async def test_an_answer_that_would_have_to_wait_an_hour_is_given_up(
    clock: ChatClock, seconds: Seconds, method: str
) -> None:
    telegram = Telegram(seconds, RetryAfter(timedelta(hours=1)))
    with pytest.raises(RetryAfter):
        await ask(telegram, seconds, clock, method=method)
    assert (seconds.now, len(telegram.tried_at)) == (1000.0, 1)
    assert clock.seconds_held(PERSON) == (3600 if method in ("sendMessage", "editMessageText") else 0)


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
async def test_an_answer_to_a_chat_that_is_held_for_an_hour_is_not_sent(
    clock: ChatClock, seconds: Seconds, method: str
) -> None:
    clock.hold(PERSON, 3600)
    telegram = Telegram(seconds)
    with pytest.raises(RetryAfter):
        await ask(telegram, seconds, clock, method=method)
    assert (seconds.now, telegram.tried_at) == (1000.0, [])
    seconds.now += 3600
    assert await ask(telegram, seconds, clock, method=method) == "sent", "and took no turn of the time after"


async def test_a_429_that_asks_for_a_minute_is_obeyed(clock: ChatClock, seconds: Seconds) -> None:
    telegram = Telegram(seconds, RetryAfter(timedelta(minutes=1)))
    assert await ask(telegram, seconds, clock) == "sent"
    assert telegram.tried_at == pytest.approx([0, 60])


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
async def test_a_429_of_another_message_holds_an_answer_that_waits_for_its_turn(
    clock: ChatClock, seconds: Seconds, method: str
) -> None:
    """The broadcast is refused in the same chat meanwhile."""
    clock.reserve(PERSON)
    telegram = Telegram(seconds)

    async def sleep(wait: float) -> None:
        if seconds.now == 1000.0:
            clock.hold(PERSON, 7)
        seconds.now += wait

    limiter = AnswerLimiter(CountingRateLimit(), clock, sleep=sleep)
    await limiter.process_request(telegram, ("url",), {}, method, {"chat_id": PERSON}, None)
    assert telegram.tried_at == pytest.approx([7])


async def test_patience_is_handed_in(clock: ChatClock, seconds: Seconds) -> None:
    telegram = Telegram(seconds, *[Unsent("x")] * 100)
    with pytest.raises(Unsent):
        await ask(telegram, seconds, clock, patience=AnswerPatience(message=5, pauses=(2,)))
    assert telegram.tried_at == pytest.approx([0, 2, 4])


async def test_an_edit_that_waits_for_its_turn_delays_no_message(clock: ChatClock, seconds: Seconds) -> None:
    for _ in range(20):
        clock.reserve(PERSON, is_edit=True)
        seconds.now += 1.05
    waits = []

    async def sleep(wait: float) -> None:
        waits.append((wait, clock.seconds_until_turn(PERSON)))
        seconds.now += wait

    limiter = AnswerLimiter(CountingRateLimit(), clock, sleep=sleep)
    await limiter.process_request(Telegram(seconds), ("url",), {}, "editMessageText", {"chat_id": PERSON}, None)
    assert waits == [(pytest.approx(61 - 20 * 1.05), 0)]
