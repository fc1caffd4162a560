"""The verbs that list what is kept: `articles`, `stories`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot.cli import console, output
from bot.cli.console import as_json
from briefings.errors import Problem
from briefings.model import Article, Story
from briefings.newsroom.opening import Newsroom

LISTED = 20
"""Articles in a listing for people when no limit is given; they fill a few screens."""


@click.command()
@click.option(
    "--limit", type=click.IntRange(1), help=f"How many, newest first; {LISTED}, with --json all, when not given."
)
@as_json
def articles(limit: int | None, as_json: bool) -> None:
    """List what is kept, newest first."""

    async def newest(newsroom: Newsroom) -> list[Article]:
        return await newsroom.editing.articles(limit or (None if as_json else LISTED))

    listed = console.ask(newest)
    _warn_if_empty(listed)
    for article in listed:
        output.show_article(article, as_json=as_json)


@click.command()
@as_json
def stories(as_json: bool) -> None:
    """List all stories with their articles, newest first."""

    async def every_story(newsroom: Newsroom) -> list[Story]:
        return await newsroom.editing.stories()

    listed = console.ask(every_story)
    _warn_if_empty(listed)
    for story in listed:
        output.show_story(story, as_json=as_json)


def _warn_if_empty(listed: Sequence[object]) -> None:
    if not listed:
        output.warn(Problem("newsroom-empty"))
