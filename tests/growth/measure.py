"""Measures if the CPU of a function grows faster than its text. Each function runs in a process that can be killed.

A fast sieve calls the function once with each shape. A shape that costs much more than an ordinary text of the same
size is looked at again: the CPU at a size and at four times that size is compared, with sizes that double until there
is something to compare. A linear function shows 4, a quadratic one 16.
"""

from __future__ import annotations

import logging
import os
import signal
import time
import warnings
from dataclasses import dataclass

from growth.shapes import SHAPES, Shape, ended, with_end
from growth.table import NORMAL, TABLE, Measured, call

SIEVED = 1_500  # characters; a quadratic pattern takes 4 ms or more for them, a linear one 0.4 ms
_LET_PASS = 4.0  # times the CPU that the same function takes for an ordinary text of the size
_AT_LEAST = 0.004  # seconds; a shorter call is measured too coarsely to be compared
MOST_GROWTH = 8.0  # of CPU at four times the size: between a linear 4 and a quadratic 16
_CLEARLY_LINEAR = 5.5
_LONGEST_CALL = 4.0  # seconds of CPU, after which the kernel ends the process
_TRIES = 3
_SLOW, _STEP = 0.003, 8  # a function that takes so many seconds for an ordinary text is given every eighth shape
_MOST_SHARING = 32  # places of a document that share the shapes: the whole product takes minutes, see the long test


@dataclass(frozen=True)
class Growth:
    """The CPU in seconds at a size in characters and at four times that size."""

    size: int
    cpu: float
    cpu_at_four_times: float

    @property
    def factor(self) -> float:
        return self.cpu_at_four_times / max(self.cpu, 1e-6)

    def __str__(self) -> str:
        at, cpu = self.size, self.cpu
        return (
            f"×{self.factor:.1f} ({cpu * 1000:.1f} ms at {at:,}, {self.cpu_at_four_times * 1000:.1f} ms at {4 * at:,})"
        )


def cpu_of(measured: Measured, text: str, times: int = 1) -> float:
    """Return the CPU seconds of a call: the least of so many calls."""
    least = float("inf")
    for _ in range(times):
        signal.setitimer(signal.ITIMER_PROF, _LONGEST_CALL)
        before = time.thread_time()
        call(measured, text)
        least = min(least, time.thread_time() - before)
    signal.setitimer(signal.ITIMER_PROF, 0)
    return least


def growth_of(measured: Measured, shape: Shape, size: int) -> Growth:
    """Return the growth from `size` on, at the first size at which it can be judged, or at the largest."""
    floor = cpu_of(measured, shape(16), 2)
    size = min(size, measured.longest) // 4
    while True:
        growth = Growth(size, cpu_of(measured, shape(size), 2), cpu_of(measured, shape(4 * size)))
        if growth.factor > _CLEARLY_LINEAR:  # the machine may have been busy with something else
            cpu = min(growth.cpu, cpu_of(measured, shape(size), _TRIES))
            growth = Growth(size, cpu, min(growth.cpu_at_four_times, cpu_of(measured, shape(4 * size), _TRIES)))
        is_clear = growth.cpu_at_four_times >= max(_AT_LEAST, 4 * floor) and not (
            _CLEARLY_LINEAR < growth.factor <= MOST_GROWTH
        )
        if is_clear or 8 * size > measured.longest or growth.cpu_at_four_times > _LONGEST_CALL / 4:
            return growth
        size *= 2


def too_fast(measured: Measured, shape: Shape, size: int, let_pass: float) -> Growth | None:
    """Return the growth of a function's CPU with a shape if it is more than linear, else None.

    No growth is looked for if the text of `size` characters takes less than `let_pass` seconds.
    """
    if cpu_of(measured, shape(size)) <= let_pass:
        return None
    growth = None
    for _ in range(_TRIES):
        growth = growth_of(measured, shape, size)
        if growth.cpu_at_four_times < _AT_LEAST or growth.factor <= MOST_GROWTH:
            return None
    return growth


def shapes_of(name: str, every_end: bool) -> list[tuple[str, Shape]]:
    """Return the shapes for a function with their names: all with several ends, or each with an end of its own.

    In the latter case the places of a document share the shapes, so that each place has some, and each shape a place.
    """
    if every_end:
        return [(f"{name}+{end!r}", with_end(shape, end)) for name, shape in SHAPES.items() for end in ("", ">", "x")]
    ends = [
        (f"{name}+{ended(place)!r}", with_end(shape, ended(place)))
        for place, (name, shape) in enumerate(SHAPES.items())
    ]
    places = [entry for entry in TABLE if entry.partition(",")[0] == name.partition(",")[0]]
    return ends[places.index(name) % _MOST_SHARING :: min(len(places), _MOST_SHARING)]


def faults_of(name: str, *, sieved: int = SIEVED, every_end: bool = False) -> list[str]:
    """Return a sentence for each shape with which a function of the table takes too long. Forks; see the module."""
    measured, shapes, faults, place = TABLE[name], shapes_of(name, every_end), list[str](), 0
    call(measured, NORMAL)  # here, so that the processes find loaded what a function loads at its first call
    while place < len(shapes):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            _measure(measured, shapes, place, writing, sieved, every_end)
        os.close(writing)
        with os.fdopen(reading) as reports:
            reported = [line.rstrip("\n").split("\t", 1) for line in reports]
        _, status = os.waitpid(child, 0)
        faults += [f"{name} × {shapes[int(where)][0]}: {what}" for where, what in reported if what]
        place = int(reported[-1][0]) if reported else place
        if os.WIFSIGNALED(status):
            faults.append(f"{name} × {shapes[place][0]}: ended by signal {os.WTERMSIG(status)}")
        place += 1
    return faults


def _measure(
    measured: Measured, shapes: list[tuple[str, Shape]], start: int, writing: int, sieved: int, every_end: bool
) -> None:
    """Measure the shapes from one on, report each before and after, and end the process."""
    warnings.simplefilter("ignore")
    logging.disable()
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    try:
        size = min(sieved, measured.longest)
        ordinary = (NORMAL * (size // len(NORMAL) + 1))[:size]
        usual = cpu_of(measured, ordinary, 2)
        let_pass = max(_AT_LEAST / 2, _LET_PASS * usual)
        step = _STEP if usual > _SLOW and not every_end else 1
        for place, (_, shape) in list(enumerate(shapes))[start::step]:
            os.write(writing, f"{place}\t\n".encode())
            try:
                growth = too_fast(measured, shape, size, let_pass)
            except Exception as error:
                os.write(writing, f"{place}\t{type(error).__name__} {str(error)[:200]!r}\n".encode())
            else:
                if growth:
                    os.write(writing, f"{place}\t{growth}\n".encode())
    finally:
        os._exit(0)
