"""The verbs that show what a reader would get: `preview`, `dossier`, `search`. They change nothing and send nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from bot.cli import console, output
from bot.cli.console import QUOTED, Failed, as_json
from bot.conversation.commands import COMMAND_NAMES
from briefings.editions.model import Block, Item
from briefings.errors import BadInput, Problem
from briefings.model import Article, Wishes
from briefings.newsroom.opening import Newsroom, open_newsroom, open_sample
from briefings.newsroom.reading import Dossier

FIRST_YEAR, LAST_YEAR = 1970, 9000
"""The years of a moment that can be previewed: its window of days, in any time zone, must be dates for Python."""


@click.command()
@click.option("--topics", "topic_list", help="Commands, with commas between; all topics when not given.")
@click.option("--zone", help="The reader's time zone; the newsroom's when not given.")
@click.option("--minutes", type=click.Choice(["1", "2", "3", "5"]), default="2", show_default=True)
@click.option("--at", "at", metavar="ISO-TIME", help="The moment it is printed at; now when not given.")
@click.option("--why", is_flag=True, help="Say why each story is told.")
@click.option("--sample", "from_sample", is_flag=True, help="From the sample newsroom, on 4 December 2025.")
@as_json
def preview(
    topic_list: str | None, zone: str | None, minutes: str, at: str | None, why: bool, from_sample: bool, as_json: bool
) -> None:
    """Show the edition a new reader would get, without sending it."""
    settings = console.newsroom_settings()
    moment = _moment(at) if at else None

    async def compose() -> tuple[Sequence[Block], Sequence[Item]]:
        opened = open_sample if from_sample else open_newsroom
        async with opened(settings, COMMAND_NAMES) as newsroom:
            await newsroom.templates.look()
            wishes = Wishes(await _topics(newsroom, topic_list), int(minutes))
            edition = await newsroom.reading.preview(wishes, moment, zone)
            if not await newsroom.editing.articles(1):
                raise Failed("nothing-to-preview", problem=Problem("newsroom-empty"))
            return edition

    blocks, items = console.run(compose())
    output.show_blocks(blocks, as_json=as_json)
    if why:
        output.show_reasons(items, as_json=as_json)


@click.command()
@click.argument("word", nargs=-1, required=True)
@as_json
def dossier(word: Sequence[str], as_json: bool) -> None:
    """Show what is kept on a topic, or on any words."""
    asked = " ".join(word).removeprefix("/")

    async def look_up(newsroom: Newsroom) -> tuple[Block, Dossier]:
        await newsroom.templates.look()
        block, answer = await newsroom.reading.dossier_with_block(asked)
        if block is None:
            nearest = (await newsroom.reading.look_up(asked)).nearest
            raise Failed("nothing-kept", word=asked[:QUOTED], nearest=", ".join(nearest))
        return block, answer

    block, answer = console.ask(look_up)
    output.show_dossier(block, answer, as_json=as_json)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
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

    async def find(newsroom: Newsroom) -> tuple[Block, list[Article]]:
        await newsroom.templates.look()
        return await newsroom.reading.search(" ".join(map(_with_quotes, words)))

    block, hits = console.ask(find)
    if not as_json:
        output.show_blocks([block], as_json=False)
        return
    for article in hits:
        output.show_article(article, as_json=True)


async def _topics(newsroom: Newsroom, topic_list: str | None) -> frozenset[str] | None:
    """Read the topics of `--topics`: commands, with or without a slash. None means all. Raises BadInput."""
    if topic_list is None:
        return None
    commands = frozenset(word.strip().removeprefix("/").lower() for word in topic_list.split(",") if word.strip())
    unknown = sorted(commands - {topic.command for topic in await newsroom.reading.topics()})
    if unknown:
        raise BadInput("unknown-topic", topic=unknown[0][:QUOTED])
    return commands


def _moment(text: str) -> datetime:
    """Read an ISO 8601 time, in UTC when it names no offset. Raises BadInput."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadInput("moment-not-time", text=text[:QUOTED]) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadInput("moment-too-far", text=text[:QUOTED])
    return moment


def _with_quotes(argument: str) -> str:
    """Put back the quotes around a phrase, which the shell has taken off."""
    is_phrase = " " in argument and ":" not in argument and '"' not in argument
    return f'"{argument}"' if is_phrase else argument
