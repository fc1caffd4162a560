"""Telegram's time, learned from its answers: no single odd header is believed, and our clock may be set."""

from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from fakes import Clock
from hypothesis import given
from hypothesis import strategies as st
from journey import MORNING

from bot.telegram.server_time import TelegramTime

OK = b'{"ok":true,"result":true}'
MINUTE = timedelta(minutes=1)


class World:
    """Our clock, Telegram's, and seconds that only grow, each moved by the test."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.seconds = 0.0
        self.ours = Clock(MORNING + ahead)
        self.time = TelegramTime(self.ours, lambda: self.seconds)

    @property
    def theirs(self) -> datetime:
        return MORNING + timedelta(seconds=self.seconds)

    def passes(self, seconds: float) -> None:
        self.seconds += seconds
        self.ours.advance(seconds=seconds)

    def answers(self, times: int = 1, *, off: timedelta = timedelta(), status: int = 200) -> None:
        for _ in range(times):
            self.passes(1)
            self.time.note_answer("getMe", status, format_datetime(self.theirs + off, usegmt=True), OK)


def test_without_an_answer_our_own_clock_counts() -> None:
    world = World()
    assert world.time.ahead() is None
    assert world.time.age(MORNING - 5 * MINUTE) == 5 * MINUTE


@pytest.mark.parametrize("ahead", [11 * MINUTE, -11 * MINUTE, timedelta()], ids=str)
def test_the_age_of_a_message_is_telegrams(ahead: timedelta) -> None:
    world = World(ahead)
    world.answers(2)
    assert world.time.age(world.theirs - 5 * MINUTE) == 5 * MINUTE
    assert world.time.ahead() == ahead


def test_one_odd_header_is_not_believed() -> None:
    world = World()
    world.answers(1, off=timedelta(days=400))
    assert world.time.ahead() is None
    world.answers(3)
    world.answers(1, off=timedelta(days=-400))
    assert world.time.ahead() == timedelta()
    assert world.time.age(world.theirs) == timedelta()


UNUSABLE = {
    "empty": "",
    "a-word": "yesterday",
    "no-such-day": "Thu, 99 Dec 2025 06:00:00 GMT",
    "half-a-character": "\udcff",
    "the-year-1000": "Wed, 01 Jan 1000 00:00:00 GMT",
    "the-year-9999": "Fri, 31 Dec 9999 23:59:59 GMT",
    "an-enormous-offset": "Thu, 04 Dec 2025 06:00:00 +99999999999999999999",
}


@pytest.mark.parametrize("date", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_header_without_a_date_is_ignored(date: str) -> None:
    world = World()
    for _ in range(3):
        world.time.note_answer("getMe", 200, date, OK)
    assert world.time.ahead() is None


@given(st.lists(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d\d? Dec \d{1,5} \d\d:\d\d:\d\d ([A-Z]{1,4}|[+-]\d{1,6})")))
def test_no_header_raises(dates: list[str]) -> None:
    world = World()
    for date in dates:
        world.time.note_answer("getMe", 200, date, OK)
    world.time.age(MORNING)
    world.time.ahead()


def test_the_errors_of_a_proxy_tell_no_time() -> None:
    world = World()
    world.answers(3, off=timedelta(hours=1), status=502)
    assert world.time.ahead() is None


def test_a_server_without_dates_tells_its_time_by_the_messages_it_has_sent() -> None:
    world = World(11 * MINUTE)
    body = b'{"ok":true,"result":{"message_id":7,"date":%d,"text":"hi"}}' % MORNING.timestamp()
    world.time.note_answer("sendMessage", 200, None, body)
    assert world.time.ahead() == 11 * MINUTE


def test_setting_our_clock_does_not_change_the_age_of_a_message() -> None:
    world = World()
    world.answers(5)
    world.ours.advance(hours=1)
    assert world.time.age(world.theirs - 5 * MINUTE) == 5 * MINUTE
    world.answers(5)
    assert world.time.ahead() == timedelta(hours=1)


def test_a_message_from_the_future_makes_the_time_be_learned_anew() -> None:
    world = World()
    world.answers(5)
    world.time.age(world.theirs + timedelta(hours=8))
    assert world.time.ahead() is None
