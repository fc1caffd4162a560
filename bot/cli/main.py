"""The program: its group of verbs, and the two that run until they are stopped, `run` and `try`.

Each verb says what happened on stdout, and each trouble in one line on stderr. Exit status: 0 done, 1 the thing asked
for failed, 2 wrong usage, 130 stopped. With `--json`, stdout holds one object a line and nothing else.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import click

from bot.cli import add, articles, console, database, outbox, output, reading, sources, topics
from bot.cli.console import QUOTED, Failed
from bot.cli.heaps import bound_heaps
from bot.cli.interrupts import Interrupts
from bot.cli.setting_problems import in_our_words
from bot.ops import logs
from bot.ops.redaction import secrets_of
from bot.roles import ALIASES, NEED_TELEGRAM, ROLES
from bot.settings import TelegramSettings
from briefings.errors import BriefingsError

log = logging.getLogger(__name__)

OTHERS_PROXIES = ("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY")
"""Variables, in capitals or small letters, in which many programs look for a proxy. This one does not."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("briefings"), "-V", "--version", message="briefings %(version)s")
def cli() -> None:
    """A self-hosted newsroom with a Telegram face."""


@cli.command("try")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Where the chat page listens; 8765, or a free port, when not given."
)
@click.option("--once", is_flag=True, help="Play a short conversation in the terminal and exit.")
def try_(port: int | None, once: bool) -> None:
    """Try it here: sample news, a stand-in for Telegram, a chat page. No token, no account."""
    from bot.cli import trial  # it loads python-telegram-bot, as `run` does
    from bot.simulator.server import random_token

    token = random_token()
    logs.configure("WARNING", as_json=False, secrets=[token])
    if once:
        console.run(trial.play(token, output.show_turn))
    else:
        console.run(_until_signal(lambda stop: trial.serve(token, port, stop, click.echo)))


@cli.command()
@click.option("--only", multiple=True, metavar="NAME,…", help=f"Run only these: {', '.join(ROLES)}.")
def run(only: Sequence[str]) -> None:
    """Run the bot: print, deliver and answer until stopped."""
    roles = _roles(only)
    settings, telegram = console.newsroom_settings(), _telegram_settings()
    logs.configure(settings.log_level, as_json=settings.log_format == "json", secrets=secrets_of(settings, telegram))
    if not telegram.bot_token.get_secret_value() and not NEED_TELEGRAM.isdisjoint(roles):
        raise Failed("no-token")
    if not settings.proxy and (names := ignored_proxies(os.environ)):
        log.warning("%s is set but ignored; set BRIEFINGS_PROXY to go through a proxy", ", ".join(names))
    bound_heaps()
    from bot import app  # it loads python-telegram-bot: most of a second, which no other verb needs

    # Everything loaded by the start stays in memory. A search of it for garbage would stop all work for 0.1 s.
    console.run(
        _until_signal(lambda stop: app.run(settings, telegram, stop, only=roles, started=lambda _: gc.freeze()))
    )


for verb in (
    add.add,
    articles.articles,
    articles.stories,
    reading.preview,
    reading.dossier,
    reading.search,
    outbox.outbox,
    sources.sources,
    sources.collect,
    topics.topics,
    database.database,
):
    cli.add_command(verb)


def main() -> None:
    """Run the command line. An expected error ends in one line on stderr and exit status 1, Ctrl-C in 130."""
    try:
        with Interrupts():
            cli(standalone_mode=True)
    except BriefingsError as error:
        output.warn(error)
        sys.exit(1)


async def _until_signal(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Run work until SIGTERM or SIGINT sets its event; it then finishes what is under way."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(stop)


def ignored_proxies(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the variables that name a proxy for other programs, without their values."""
    return [name for name, value in environment.items() if name.upper() in OTHERS_PROXIES and value.strip()]


def _roles(only: Sequence[str]) -> Collection[str]:
    """Return the roles that `--only` names, or all without it. An unknown one ends the program with one line."""
    names = [name.strip() for group in only for name in group.split(",")]
    roles = [ALIASES.get(name, name) for name in names]
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        output.warn(f"--only {unknown[0][:QUOTED]}: there is only {', '.join(ROLES)}")
        sys.exit(2)
    return roles or ROLES


def _telegram_settings() -> TelegramSettings:
    with in_our_words(TelegramSettings):
        return TelegramSettings()
