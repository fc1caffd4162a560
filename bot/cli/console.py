"""Gives every verb the settings, an event loop, an open newsroom, and the option `--json`.

Promises that a wrong setting is one error that names it. Loads nothing of Telegram, so that verbs start quickly.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import click

from bot.cli.interrupts import STOPPED, Interrupts
from bot.cli.setting_problems import in_our_words
from bot.conversation.commands import COMMAND_NAMES
from bot.ops import logs
from bot.ops.redaction import secrets_of
from briefings.errors import BriefingsError
from briefings.newsroom.opening import Newsroom, open_newsroom
from briefings.settings import NewsroomSettings

QUOTED = 40
"""Characters of a word or time that the operator typed that an error repeats."""

QUOTED_ADDRESS = 200
"""Characters of an address, or of an item's key, that an error repeats."""

Result = TypeVar("Result")

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def without_blanks(_context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that an operator typed. A blank one, as an unset variable gives it, is wrong usage."""
    if not all(map(str.strip, names)):
        raise click.BadParameter("a name is empty")
    return names


class Failed(BriefingsError):
    """The thing asked for failed."""


def newsroom_settings() -> NewsroomSettings:
    """Read the newsroom's settings; no warning shows their secrets. Raises BadInput for the first that is wrong."""
    with in_our_words(NewsroomSettings):
        settings = NewsroomSettings()
    logs.redact_warnings(secrets_of(settings))
    return settings


def run(work: Coroutine[Any, Any, Result], stopped: Callable[[], str] = lambda: STOPPED) -> Result:
    """Run a verb's work to its end, in an event loop of its own.

    Ctrl-C and SIGTERM end the process (`interrupts.py`); `stopped` returns the line that is then printed.
    """
    new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with suppress(ImportError):  # an optional speed-up
        import uvloop

        new_loop = uvloop.new_event_loop
    with Interrupts(stopped) as interrupts, asyncio.Runner(loop_factory=new_loop) as runner:
        try:
            return runner.run(_cancellable(work, interrupts))
        except BaseException:
            if interrupts.came:  # now, because the runner would wait for threads that still compute
                with suppress(OSError, ValueError):
                    sys.stdout.flush()
                interrupts.end()
            raise


async def _cancellable(work: Coroutine[Any, Any, Result], interrupts: Interrupts) -> Result:
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    interrupts.cancel = lambda: loop.call_soon_threadsafe(task.cancel)
    try:
        return await task
    finally:
        interrupts.cancel = None


def ask(
    work: Callable[[Newsroom], Coroutine[Any, Any, Result]], stopped: Callable[[], str] = lambda: STOPPED
) -> Result:
    """Open the newsroom for one piece of work and return its result. `stopped` is as in `run`."""

    async def open_and_work() -> Result:
        async with open_newsroom(newsroom_settings(), COMMAND_NAMES) as newsroom:
            return await work(newsroom)

    return run(open_and_work(), stopped)
