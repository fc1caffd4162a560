"""`briefings try`: the whole program against a stand-in for Telegram on this machine. No token, no account.

The newsroom is the sample newsroom in a temporary file. Its clock starts on the morning of 4 December 2025, and each of
that morning's reports arrives when the clock reaches its time. Everything that a reader sees comes from the same code
as with Telegram.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from bot.app import run
from bot.cli.setting_problems import in_our_words
from bot.settings import TelegramSettings
from bot.simulator.chats import Sent
from bot.simulator.page import READER
from bot.simulator.server import Simulator
from briefings.clock import Clock
from briefings.errors import BriefingsError
from briefings.model import Entry
from briefings.newsroom.editing import Editing
from briefings.newsroom.opening import SAMPLE_NOW, Newsroom, sample
from briefings.settings import NewsroomSettings

DEFAULT_PORT = 8765
"""The port of the chat page; if it is taken, any free port is used."""

ANSWER_SECONDS = 20.0
"""The longest wait for an answer: far longer than one takes, so that a slow machine does not fail the trial."""


class TrialFailed(BriefingsError):
    """The trial did not run to its end."""


class SampleWire:
    """Adds the sample articles to the newsroom, each when the clock has reached its date."""

    def __init__(self, editing: Editing, clock: Callable[[], datetime]) -> None:
        self._editing = editing
        self._clock = clock
        self._remaining: list[Entry] = sample()

    async def bring(self) -> None:
        """Add the articles published by now that are not added yet."""
        now = self._clock()
        due = [entry for entry in self._remaining if entry.published is None or entry.published <= now]
        self._remaining = [entry for entry in self._remaining if entry not in due]
        if due:
            await self._editing.add(due)


async def serve(token: str, port: int | None, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Serve the chat page until `stop`. With `port` None it takes the usual port, or a free one when that is taken.

    `token` is the one that the stand-in for Telegram knows.
    """
    clock = Clock(SAMPLE_NOW)
    async with _simulator(token, clock, port) as simulator, _newsroom(simulator, clock, stop) as newsroom:
        wire = SampleWire(newsroom.editing, clock)
        await wire.bring()
        say(f"A chat with your newsroom is open at {simulator.page_url}")
        say("It is 4 December 2025 there. Press Start, or type /start. Ctrl-C ends it.")
        while not stop.is_set():
            await wire.bring()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)


async def play(token: str, show: Callable[[str, str], None]) -> None:
    """Play the scripted conversation: subscribe, a scheduled edition, /relos. Raises TrialFailed without an answer.

    `show` is called with each turn: who speaks (`you`, `bot`, or empty for a stage direction), and the text. `token` is
    as in `serve`.
    """
    clock, stop = Clock(SAMPLE_NOW), asyncio.Event()
    async with _simulator(token, clock, 0) as simulator, _newsroom(simulator, clock, stop) as newsroom:
        wire = SampleWire(newsroom.editing, clock)
        await wire.bring()
        simulator.state.person(READER)
        shown = 0

        async def show_next(count: int) -> None:
            nonlocal shown
            try:
                messages = await simulator.state.wait(READER, shown + count, timeout=ANSWER_SECONDS)
            except TimeoutError as error:
                raise TrialFailed("trial-unanswered", cause=str(error)) from None
            for message in messages[shown : shown + count]:
                show("bot", _as_text(message))
            shown += count

        async def ask(text: str, answers: int = 1) -> None:
            show("you", text)
            simulator.state.say(READER, text)
            await show_next(answers)

        show("", "6:00 on Thursday, 4 December 2025. You subscribe.")
        await ask("/start", answers=2)
        await ask("/at 07:30")
        show("", "The morning's reports come in; the clock moves to 7:30.")
        clock.move_to(SAMPLE_NOW.replace(hour=7, minute=29))
        await wire.bring()
        clock.move_to(SAMPLE_NOW.replace(hour=7, minute=30))
        newsroom.nudge("publish")
        await show_next(1)
        await ask("/relos")
        stop.set()


@asynccontextmanager
async def _simulator(token: str, clock: Callable[[], datetime], port: int | None) -> AsyncIterator[Simulator]:
    simulator = Simulator(token, clock=clock, port=DEFAULT_PORT if port is None else port)
    try:
        await simulator.start()
    except OSError as error:
        if port is not None:
            raise TrialFailed("trial-port-taken", port=port, cause=error.strerror or str(error)) from None
        simulator.port = 0
        await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()


@asynccontextmanager
async def _newsroom(simulator: Simulator, clock: Clock, stop: asyncio.Event) -> AsyncIterator[Newsroom]:
    """Run the bot on a new newsroom, against the simulator, until the block ends."""
    with in_our_words(TelegramSettings):
        telegram = TelegramSettings(
            bot_token=SecretStr(simulator.token), api_url=simulator.url, webhook_url="", listen="off"
        )
    ready: asyncio.Queue[Newsroom] = asyncio.Queue()
    with tempfile.TemporaryDirectory(prefix="briefings-") as folder:
        database_url = f"sqlite:///{Path(folder) / 'trial.db'}"
        with in_our_words(NewsroomSettings):  # no proxy, because nothing leaves this machine
            settings = NewsroomSettings(database_url=database_url, summary_api_url=None, proxy=None)
        running = asyncio.create_task(run(settings, telegram, stop, clock=clock, started=ready.put_nowait))
        opened = asyncio.create_task(ready.get())
        try:
            await asyncio.wait({running, opened}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            yield opened.result()
        finally:
            stop.set()
            opened.cancel()
            await running


def _as_text(message: Sent) -> str:
    """Return a message as a terminal shows it: its text, then its rows of buttons."""
    rows = [" ".join(f"[{label}]" for label, _ in row) for row in message.buttons]
    return "\n".join([message.text, *rows])
