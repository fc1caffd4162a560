"""The operator's verbs. Each says what happened on stdout, what went wrong in one line on stderr.

Exit status: 0 done, 1 the thing asked for failed, 2 wrong usage. With `--json`, stdout holds one object a
line and nothing else.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import click

from bot.cli import database as database_verbs
from bot.cli import output as listings
from bot.cli import sources as source_verbs
from bot.cli import topics as topic_verbs
from bot.cli.setting_problems import in_our_words
from bot.conversation.commands import COMMAND_NAMES
from bot.ops import logs
from bot.ops.problems import sentence
from bot.roles import ALIASES, NEED_TELEGRAM, ROLES
from bot.settings import TelegramSettings
from briefings.editions.model import text_of
from briefings.errors import BadInput, BriefingsError, Problem
from briefings.model import Added, Entry, Wishes
from briefings.newsroom.editing import Rejected
from briefings.newsroom.opening import Newsroom, fetcher, open_newsroom, open_sample
from briefings.settings import NewsroomSettings

EMPTY = Problem("newsroom-empty")


QUOTED = 40
"""Characters of what the operator typed that an error repeats."""

LISTED = 20
"""Articles that a listing for people shows when no limit is given; they fill a few screens."""


class Failed(BriefingsError):
    """The thing asked for failed."""


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("briefings"), "-V", "--version", message="briefings %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """A self-hosted newsroom with a Telegram face."""
    context.obj = source_verbs.Console(_settings, _run)


cli.add_command(source_verbs.sources)
cli.add_command(source_verbs.collect)
cli.add_command(database_verbs.database)


@cli.command("try")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Where the chat page listens; 8765, or a free port, when not given."
)
@click.option("--once", is_flag=True, help="Play a short conversation in the terminal and exit.")
def try_(port: int | None, once: bool) -> None:
    """Try it here: sample news, a stand-in for Telegram, a chat page. No token, no account."""
    from bot.cli import trial  # as `run`

    logs.configure("WARNING", as_json=False, secret="")
    if once:
        _run(trial.play(listings.show_line))
    else:
        _run(_until_signal(lambda stop: trial.serve(port, stop, click.echo)))


@cli.command()
@click.option("--only", multiple=True, metavar="NAME,…", help=f"Run only these: {', '.join(ROLES)}.")
def run(only: Sequence[str]) -> None:
    """Run the bot: print, deliver and answer until stopped."""
    chosen = _roles(only)
    settings, telegram = _settings(), _telegram()
    token, secret = telegram.bot_token.get_secret_value(), telegram.webhook_secret.get_secret_value()
    logs.configure(settings.log_level, as_json=settings.log_format == "json", secret=token, and_secret=secret)
    if not token and not NEED_TELEGRAM.isdisjoint(chosen):
        raise Failed("no-token")
    from bot import app  # with Telegram, which no other verb needs: most of a second

    # What is loaded by the start stays: looking through it for garbage now and then would hold everybody up for 0.1 s.
    _run(_until_signal(lambda stop: app.run(settings, telegram, stop, only=chosen, started=lambda _: gc.freeze())))


@cli.command()
@click.argument("inputs", metavar="FILE|URL|-", nargs=-1, required=True)
@as_json
def add(inputs: Sequence[str], as_json: bool) -> None:
    """Store articles from files, web pages, or standard input (-). Files are text, Markdown, HTML or JSON lines."""

    async def work() -> bool:
        settings = _settings()
        read = [item for name in inputs for item in await listings.read_input(name, fetcher(settings))]
        entries = [item for item in read if isinstance(item, Entry)]
        async with open_newsroom(settings, COMMAND_NAMES) as newsroom:
            with listings.progress(len(entries)) as progress:
                added = iter(await newsroom.editing.add(entries, progress))
        results = [
            Added("rejected", reason=item.reason, where=item.where) if isinstance(item, Rejected) else next(added)
            for item in read
        ]
        for result in results:
            listings.show_added(result, as_json=as_json)
        return any(result.status != "rejected" for result in results)

    if not _run(work()):
        sys.exit(1)


@cli.command()
@click.option(
    "--limit", type=click.IntRange(1), help=f"How many, newest first; {LISTED}, with --json all, when not given."
)
@as_json
def articles(limit: int | None, as_json: bool) -> None:
    """List what is kept, newest first."""

    async def work(newsroom: Newsroom) -> None:
        found = await newsroom.editing.articles(limit or (None if as_json else LISTED))
        _say_if_empty(found)
        for article in found:
            listings.show_article(article, as_json=as_json)

    _ask(work)


@cli.command()
@as_json
def stories(as_json: bool) -> None:
    """List all stories with their articles, newest first."""

    async def work(newsroom: Newsroom) -> None:
        found = await newsroom.editing.stories()
        _say_if_empty(found)
        for story in found:
            listings.show_story(story, as_json=as_json)

    _ask(work)


@cli.command()
@click.option("--topics", "wanted", help="Commands, with commas between; all topics when not given.")
@click.option("--zone", help="The reader's time zone; the newsroom's when not given.")
@click.option("--minutes", type=click.Choice(["1", "2", "3", "5"]), default="2", show_default=True)
@click.option("--at", "at", metavar="ISO-TIME", help="The moment it is printed at; now when not given.")
@click.option("--why", is_flag=True, help="Say why each story is told.")
@click.option("--sample", "from_sample", is_flag=True, help="From the sample newsroom, on 4 December 2025.")
@as_json
def preview(
    wanted: str | None, zone: str | None, minutes: str, at: str | None, why: bool, from_sample: bool, as_json: bool
) -> None:
    """Show the edition a new reader would get, without sending it."""
    settings = _settings()
    moment = _moment(at) if at else None

    async def work() -> None:
        opened = open_sample if from_sample else open_newsroom
        async with opened(settings, COMMAND_NAMES) as newsroom:
            if not await newsroom.editing.articles(1):
                raise Failed("nothing-to-preview", problem=EMPTY)
            chosen = await _chosen(newsroom, wanted)
            blocks, items = await newsroom.reading.preview(Wishes(chosen, int(minutes)), moment, zone)
            listings.show_blocks(blocks, as_json=as_json)
            if why:
                listings.show_reasons(items, as_json=as_json)

    _run(work())


@cli.command()
@click.argument("word", nargs=-1, required=True)
@as_json
def dossier(word: Sequence[str], as_json: bool) -> None:
    """Show what is kept on a topic, or on any words."""

    async def work(newsroom: Newsroom) -> None:
        asked = " ".join(word).removeprefix("/")
        block, held = await newsroom.reading.dossier(asked)
        if block is None:
            near = (await newsroom.reading.look_up(asked)).nearest
            raise Failed("nothing-kept", word=asked[:QUOTED], nearest=", ".join(near))
        listings.show_dossier(block, held, as_json=as_json)

    _ask(work)


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, required=True)
@as_json
@click.pass_context
def search(context: click.Context, words: Sequence[str], as_json: bool) -> None:
    """Search the archive: words "a phrase" -not. Also source:name, -source:name, since:2026-01-01, and
    -since:2026-02-01 for before that day.
    """
    if words == ("-h",):  # were it an option, -china, which holds an h, would ask for help
        click.echo(context.get_help())
        return

    async def work(newsroom: Newsroom) -> None:
        quoted = [f'"{word}"' if " " in word and ":" not in word and '"' not in word else word for word in words]
        block, found = await newsroom.reading.search(" ".join(quoted))
        for article in found if as_json else ():
            listings.show_article(article, as_json=True)
        if not as_json:
            click.echo(text_of(block.html))

    _ask(work)


@cli.command()
@click.option("--failed", is_flag=True, help="Those that could not be delivered, with the reason.")
@click.option("--retry", type=click.IntRange(1, 2**63 - 1), metavar="ID", help="Queue a failed delivery again.")
@as_json
def outbox(failed: bool, retry: int | None, as_json: bool) -> None:
    """Show deliveries that are not done."""

    async def work(newsroom: Newsroom) -> None:
        if retry is not None:
            if not await newsroom.upkeep.retry(retry):
                raise Failed("no-failed-delivery", number=retry)
            click.echo(f"delivery {retry} is queued again")
            return
        reports = await newsroom.upkeep.deliveries(failed=failed)
        for report in reports:
            listings.show_delivery(report, as_json=as_json)
        if not reports:
            click.echo(f"briefings: nothing {'has failed' if failed else 'is waiting'}", err=True)

    _ask(work)


cli.add_command(topic_verbs.group(lambda work: _ask(work)))


def main() -> None:
    """The console script: every expected trouble is one line and exit status 1."""
    try:
        cli(standalone_mode=True)
    except BriefingsError as error:
        click.echo(f"briefings: {sentence(error)}", err=True)
        sys.exit(1)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with suppress(ImportError):  # an optional speed-up
        import uvloop

        new_loop = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(work)


async def _until_signal(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Run until SIGTERM or SIGINT asks to stop; what is under way is finished."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(stop)


def _ask(work: Callable[[Newsroom], Coroutine[Any, Any, None]]) -> None:
    """Open the newsroom for one question."""

    async def opened() -> None:
        async with open_newsroom(_settings(), COMMAND_NAMES) as newsroom:
            await work(newsroom)

    _run(opened())


async def _chosen(newsroom: Newsroom, wanted: str | None) -> frozenset[str] | None:
    if wanted is None:
        return None
    chosen = frozenset(word.strip().removeprefix("/").lower() for word in wanted.split(",") if word.strip())
    unknown = sorted(chosen - {topic.command for topic in await newsroom.reading.topics()})
    if unknown:
        raise BadInput("unknown-topic", topic=unknown[0][:QUOTED])
    return chosen


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadInput("moment-not-time", text=text[:QUOTED]) from None
    if not 1970 <= moment.year <= 9000:
        raise BadInput("moment-too-far", text=text[:QUOTED])
    return moment


def _say_if_empty(found: Sequence[object]) -> None:
    if not found:
        click.echo(f"briefings: {sentence(EMPTY)}", err=True)


def _roles(only: Sequence[str]) -> Collection[str]:
    """The roles asked for, all of them when none is; an unknown one ends the program with one line."""
    asked = [name.strip() for names in only for name in names.split(",")]
    chosen = [ALIASES.get(name, name) for name in asked]
    unknown = [name for name in chosen if name not in ROLES]
    if unknown:
        click.echo(f"briefings: --only {unknown[0][:QUOTED]}: there is only {', '.join(ROLES)}", err=True)
        sys.exit(2)
    return chosen or ROLES


def _settings() -> NewsroomSettings:
    with in_our_words(NewsroomSettings):
        return NewsroomSettings()


def _telegram() -> TelegramSettings:
    with in_our_words(TelegramSettings):
        return TelegramSettings()
