"""A deaf line: updates are held back twice in a row while polls bring none; pauses grow while nothing helps."""

from __future__ import annotations

import itertools

import pytest

from bot.telegram.retry import Pauses
from bot.updates.polling_watch import PollingWatch


class Line:
    """A watch, and a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.watch = PollingWatch(Pauses(first=30, most=100, most_unreached=100), lambda: self.now)

    def looks(self, *held: object) -> list[bool]:
        """Note what Telegram holds at each look, as soon as one is due. Returns when the line was to be opened anew."""
        answers = []
        for updates in held:
            while not self.watch.is_due():
                self.now += 1
            answers.append(self.watch.note_held(updates))
        return answers


def test_updates_held_twice_in_a_row_are_deafness() -> None:
    assert Line().looks(3, 3) == [False, True]


def test_updates_held_once_are_on_their_way() -> None:
    assert Line().looks(1, 0, 1, 0) == [False] * 4


def test_a_poll_in_between_that_brings_something_proves_that_the_line_hears() -> None:
    line = Line()
    answers = []
    for _ in range(3):
        answers += line.looks(1)
        assert line.watch.note_heard() is False
    assert answers == [False] * 3


@pytest.mark.parametrize("held", [None, -1, "7", True, 2.5, [1]], ids=repr)
def test_an_odd_answer_shows_nothing(held: object) -> None:
    assert Line().looks(held, held, held) == [False] * 3


def test_the_pauses_grow_while_a_new_connection_does_not_help_and_begin_anew_when_it_does() -> None:
    line, times = Line(), []
    for _ in range(10):
        [is_deaf] = line.looks(1)
        if is_deaf:
            times.append(line.now)
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [120, 200, 200, 200]
    assert line.watch.note_heard() is True
    assert line.watch.note_heard() is False
    began = line.now
    assert line.looks(1, 1) == [False, True]
    assert line.now - began == 60
