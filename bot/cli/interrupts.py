"""Ends a verb on Ctrl-C or SIGTERM: within two seconds, with one line on stderr and exit status 130.

The first signal cancels the verb's work, so that transactions roll back, the database closes and child processes end.
After that the process leaves at once: threads may still compute, which nothing can stop and which Python would wait
for, but no result of theirs is wanted. Work that does not come to its end in time is left as a crash would leave it;
every transaction stands such an end. A second signal does not wait. Never prints a traceback.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

STOPPED = "stopped"
"""The line of a verb of which nothing more is to be said."""

GOES_ON = "stopped; run the same command again to go on"
"""The line of a verb that has stored what it did until then, and does the rest when it is run again."""

STATUS = 130
"""The exit status by which shells know a program that Ctrl-C ended: 128 and the number of SIGINT."""

GRACE = 1.5
"""Seconds that cancelled work has to come to its end. People press Ctrl-C again after two."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = "\x1b[?25h"


class Interrupts:
    """While open, the first signal calls `cancel`, or ends the process where that is not set.

    `describe` returns the line that says what was done until then.
    """

    def __init__(self, describe: Callable[[], str] = lambda: STOPPED) -> None:
        self.came = False
        """True once a signal has come."""

        self.cancel: Callable[[], object] | None = None
        self._describe = describe
        self._deadline = threading.Timer(GRACE, self.end)
        self._deadline.daemon = True
        self._ending = threading.RLock()
        self._earlier: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # no other thread may handle signals
            self._earlier = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._deadline.cancel()
        for number, handler in self._earlier.items():
            if signal.getsignal(number) == self._on_signal:  # the event loop may have set another one
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.came or self.cancel is None:
            self.end()
        self.came = True
        self._deadline.start()
        self.cancel()

    def end(self) -> NoReturn:
        """Print the line and leave the process now. Writes past Python's streams, whose locks may be taken."""
        with self._ending:  # never released: the deadline's thread prints no second line
            cursor = _SHOW_CURSOR if os.isatty(2) else ""  # a progress bar hides it
            with suppress(OSError):
                os.write(2, f"{cursor}{self._describe()}\n".encode())
            os._exit(STATUS)
