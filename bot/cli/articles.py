"""The verbs about what is kept: `articles`, `articles remove`, `stories`.

Articles are removed all or none, after a question that counts what goes with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot.cli import console, output
from bot.cli.agreement import is_agreed, require_agreement
from bot.cli.console import as_json
from bot.cli.output import counted
from briefings.errors import Problem
from briefings.model import Article, Story
from briefings.newsroom.editing import ArticleEffects, ArticleRemoval
from briefings.newsroom.opening import Newsroom

LISTED = 20
"""Articles or stories in a listing for people when no limit is given; they fill a few screens."""

GREATEST_ID = 2**31 - 1
"""The greatest id that PostgreSQL gives an article."""

limited = click.option(
    "--limit", type=click.IntRange(1), help=f"How many, newest first; {LISTED}, with --json all, when not given."
)


@click.group(invoke_without_command=True)
@limited
@as_json
@click.pass_context
def articles(context: click.Context, limit: int | None, as_json: bool) -> None:
    """List what is kept, newest first, or remove it."""
    if context.invoked_subcommand:
        return

    async def newest(newsroom: Newsroom) -> tuple[list[Article], int]:
        return await newsroom.editing.articles(_most(limit, as_json)), (await newsroom.editing.counts())[0]

    listed, total = console.ask(newest)
    for article in listed:
        output.show_article(article, as_json=as_json)
    _show_rest(len(listed), total, is_asked=bool(limit or as_json))


@articles.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=click.IntRange(1, GREATEST_ID))
@is_agreed
def remove(ids: Sequence[int], is_agreed: bool) -> None:
    """Remove articles; no source brings them back."""

    async def plan(newsroom: Newsroom) -> ArticleEffects:
        return await newsroom.editing.article_removal(ids)

    async def remove_all(newsroom: Newsroom) -> ArticleRemoval:
        return await newsroom.editing.remove_articles(ids)

    if not is_agreed:
        require_agreement(f"Remove {_removal(console.ask(plan))}?")
    removed = console.ask(remove_all)
    for number, title in removed.effects.titles.items():
        click.echo(f"removed {number} · {title}")
    if again := removed.editions.again:
        click.echo(f"{counted(again, 'undelivered edition')} printed again without {_them(removed.effects)}")
    if under_way := removed.editions.under_way:
        click.echo(f"{counted(under_way, 'edition')} on the way to readers can still tell {_them(removed.effects)}")


def _removal(effects: ArticleEffects) -> str:
    """Return what goes: `12 · RELOS is ratified, with 2 earlier forms; 1 copy becomes the original`."""
    first, *others = effects.titles
    named = f"{len(effects.titles)} articles" if others else f"{first} · {effects.titles[first]}"
    forms = f", with {counted(effects.forms, 'earlier form')}" if effects.forms else ""
    copies = "1 copy becomes the original" if effects.heirs == 1 else f"{effects.heirs} copies become originals"
    return named + forms + (f"; {copies}" if effects.heirs else "")


def _them(effects: ArticleEffects) -> str:
    return "it" if len(effects.titles) == 1 else "them"


@click.command()
@limited
@as_json
def stories(limit: int | None, as_json: bool) -> None:
    """List stories with all their articles, newest first."""

    async def newest(newsroom: Newsroom) -> tuple[list[Story], int]:
        return await newsroom.editing.stories(_most(limit, as_json)), (await newsroom.editing.counts())[1]

    listed, total = console.ask(newest)
    for story in listed:
        output.show_story(story, as_json=as_json)
    _show_rest(len(listed), total, is_asked=bool(limit or as_json))


def _most(limit: int | None, as_json: bool) -> int | None:
    """Return how many to list; None is all."""
    return limit or (None if as_json else LISTED)


def _show_rest(listed: int, total: int, *, is_asked: bool) -> None:
    """Say on stderr that there is nothing, or how many more there are than the operator asked to see."""
    if not total:
        output.warn(Problem("newsroom-empty"))
    elif listed < total and not is_asked:
        click.echo(f"{listed:,} of {total:,}; --limit shows more", err=True)
