"""The verbs that show what a reader would get: `preview`, `dossier`, `search`. They change nothing and send nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import click

from bot.cli import console, output
from bot.cli.console import QUOTED, Failed, as_json
from bot.cli.previews import show_previews
from bot.conversation.commands import COMMAND_NAMES
from briefings.editions.model import Block
from briefings.errors import BadInput, Problem
from briefings.model import Article, Wishes
from briefings.newsroom.opening import SAMPLE_NOW, Newsroom, open_newsroom, open_sample, utc_now
from briefings.newsroom.reading import Dossier, Preview

FIRST_YEAR, LAST_YEAR = 1970, 9000
"""The years of a moment that can be previewed: its window of days, in any time zone, must be dates for Python."""

MOST_DAYS = 366
"""Editions of one preview: a year's, as long as reports are kept by default."""

DAYS_HELP = "So many daily editions, the last at --at; with --since, the first ones after it, at the hour of --at."


@click.command()
@click.option("--topics", "topic_list", help="Commands, with commas between; all topics when not given.")
@click.option("--zone", help="The reader's time zone; the newsroom's when not given.")
@click.option("--minutes", type=click.Choice(["1", "2", "3", "5"]), default="2", show_default=True)
@click.option(
    "--at",
    metavar="ISO-TIME",
    help="The moment it is printed at, in UTC; now when not given.",
)
@click.option("--since", metavar="ISO-TIME", help="The moment up to which the reader was told everything, in UTC.")
@click.option("--days", type=int, help=DAYS_HELP)
@click.option("--why", is_flag=True, help="Say why each story is told.")
@click.option("--sample", "from_sample", is_flag=True, help="From the sample newsroom, on 4 December 2025.")
@as_json
def preview(
    topic_list: str | None,
    zone: str | None,
    minutes: str,
    at: str | None,
    since: str | None,
    days: int | None,
    why: bool,
    from_sample: bool,
    as_json: bool,
) -> None:
    """Show the edition a reader would get, without sending it. In the past, as if every report had come when dated.

    The reader is a new one, or with --since or --days one who was told everything before.
    """
    settings = console.newsroom_settings()
    moment, mark = (None if text is None else _moment(text) for text in (at, since))

    async def compose() -> Sequence[Preview]:
        sample_until = max(moment or SAMPLE_NOW, SAMPLE_NOW)
        opened = partial(open_sample, until=sample_until) if from_sample else open_newsroom
        async with opened(settings, COMMAND_NAMES) as newsroom:
            await newsroom.templates.look()
            wishes = Wishes(await _topics(newsroom, topic_list), int(minutes))
            previews = await _previews(newsroom, wishes, moment, mark, days, zone)
            if not await newsroom.editing.articles(1):
                raise Failed("nothing-to-preview", problem=Problem("newsroom-empty"))
            return previews

    show_previews(console.run(compose()), with_reasons=why, as_json=as_json)


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
        output.show_blocks([block])
        return
    for article in hits:
        output.show_article(article, as_json=True)


async def _previews(
    newsroom: Newsroom, wishes: Wishes, at: datetime | None, since: datetime | None, days: int | None, zone: str | None
) -> Sequence[Preview]:
    """Compose the editions that the options of `preview` ask for. Raises BadInput and BadZone."""
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadInput("days-out-of-range", days=days, most=MOST_DAYS)
    if not (at or since or days):
        return [await newsroom.reading.preview(wishes, zone)]
    last = at or newsroom.clock()
    if since and since > last:
        raise BadInput("since-after-at", since=_minute(since), at=_minute(last))
    instants: Sequence[datetime] = (last,)
    if days:
        since, instants = newsroom.reading.days_of(days, last, since, zone)
    if instants[-1] > utc_now():
        raise BadInput("moment-ahead", moment=_minute(instants[-1]))
    return await newsroom.reading.rehearse(wishes, instants, since, zone)


async def _topics(newsroom: Newsroom, topic_list: str | None) -> frozenset[str] | None:
    """Read the topics of `--topics`: commands, with or without a slash. None means all. Raises BadInput."""
    if topic_list is None:
        return None
    commands = frozenset(word.strip().removeprefix("/").lower() for word in topic_list.split(",") if word.strip())
    unknown = sorted(commands - {topic.command for topic in await newsroom.reading.topics()})
    if unknown:
        raise BadInput("unknown-topic", topic=unknown[0][:QUOTED])
    return commands


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _moment(text: str) -> datetime:
    """Read an ISO 8601 time, in UTC when it names no offset; a date alone is its midnight. Raises BadInput."""
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
