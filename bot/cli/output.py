"""What the operator's verbs read and print: inputs in, lines or JSON objects out."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.conversation.commands import COMMAND_NAMES
from bot.ops.problems import sentence
from briefings.editions.model import Block, DeliveryReport, Item, Mood, Reason, text_of
from briefings.errors import BadInput, Problem, cause_of
from briefings.model import Added, Article, Dossier, Entry, Story, Topic
from briefings.newsroom.editing import Rejected, fetch_page, read_file
from briefings.newsroom.sources import Fetcher

BAR_ABOVE = 200
"""Articles; fewer are ready before anyone would look."""

WIDTH = 78
INDENT = "    "


async def read_input(name: str, fetcher: Fetcher) -> list[Entry | Rejected]:
    """The entries of a file, a page or standard input. Raises BriefingsError when it cannot be read at all.

    What is rejected says which input it stood in.
    """
    if name.startswith(("http://", "https://")):
        return [await fetch_page(fetcher, name)]
    if name == "-":
        return read_file("-", sys.stdin.buffer.read())
    path = Path(name)
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        unread = Problem("within", {"place": name, "problem": Problem("unreadable", {"cause": cause_of(error)})})
        raise BadInput("nothing-added", problem=unread) from None
    return [
        dataclasses.replace(item, where=name if item.where == path.name else f"{name}: {item.where}")
        if isinstance(item, Rejected)
        else item
        for item in read_file(path.name, data)
    ]


def show_added(added: Added, *, as_json: bool) -> None:
    """What became of one entry; a rejected one is named on stderr too."""
    if added.article is None:
        reason = sentence(added.reason) if added.reason else None
        click.echo(f"briefings: {added.where}: {reason}; rejected", err=True)
        if as_json:
            _line({"status": added.status, "reason": reason, "where": added.where})
    elif as_json:
        _line({**_article(added.article), "status": added.status})
    else:
        click.echo(f"{added.status} {added.article.id} · {added.article.title}")
        _details(added.article)


def show_article(article: Article, *, as_json: bool) -> None:
    """One article with its summary."""
    if as_json:
        _line(_article(article))
    else:
        click.echo(f"{article.id} · {article.title}")
        _details(article)


def show_story(story: Story, *, as_json: bool) -> None:
    """One story and its articles."""
    if as_json:
        fields = ("id", "url", "title")
        reports = [
            {name: getattr(a, name) for name in fields} | {"source": a.source or None, "published": _iso(a.published)}
            for a in story.articles
        ]
        _line(
            {
                "id": story.id,
                "title": story.title,
                "first": _iso(story.first),
                "last": _iso(story.last),
                "articles": reports,
            }
        )
        return
    click.echo(f"{story.id} · {story.title}")
    for article in story.articles:
        click.echo(f"{INDENT}{_when(article)} · {article.source or 'source not named'} · {article.title}")


def show_topic(topic: Topic, *, as_json: bool) -> None:
    """One topic."""
    if as_json:
        _line({name: getattr(topic, name) for name in Topic.__slots__})
    else:
        click.echo(f"/{topic.command} · {topic.title}" + (f" · {topic.expansion}" if topic.expansion else ""))


def show_blocks(blocks: Sequence[Block], *, as_json: bool) -> None:
    """An edition, as its words or as its blocks."""
    if as_json:
        for block in blocks:
            _line({"html": block.html, "units": block.units, "entities": block.entities})
    else:
        click.echo("\n\n".join(text_of(block.html) for block in blocks))


def show_reasons(items: Sequence[Item], *, as_json: bool) -> None:
    """Why each story of an edition is told."""
    if not as_json:
        click.echo("\nWhy these stories")
    for item in items:
        if as_json:
            _line({"story": item.story, "why": _why(item.why)})
        else:
            click.echo(f"{item.story} · {item.lead}\n{INDENT}{_why(item.why)}")


def _why(reason: Reason) -> str:
    """Return a reason as `new · 3 outlets · about /relos` or `updated: 7, Peskov · 1 outlet · you follow /s400`."""
    told = f"updated: {', '.join(reason.changes)}" if reason.mood is Mood.UPDATED else "new"
    parts = [told, f"{reason.outlets} outlet" if reason.outlets == 1 else f"{reason.outlets} outlets"]
    if reason.topics:
        commands = " ".join(f"{COMMAND_NAMES.topic_prefix}{topic}" for topic in reason.topics)
        parts.append(f"{'you follow' if reason.is_followed else 'about'} {commands}")
    return " · ".join(parts)


def show_dossier(block: Block, held: Dossier, *, as_json: bool) -> None:
    """A dossier, as its words or as what it is made of."""
    if not as_json:
        click.echo(text_of(block.html))
        return
    topic, standing = held.topic, held.latest_story
    _line(
        {
            "topic": topic.command if topic else None,
            "title": topic.title if topic else held.word,
            "definition": topic.definition if topic else None,
            "standing": standing.id if standing else None,
            "timeline": [{"when": _iso(line.when), "text": line.text, "url": line.link} for line in held.timeline],
            "articles": held.articles,
            "outlets": held.outlets,
            "first": _iso(held.first),
            "related": held.related,
        }
    )


def show_delivery(report: DeliveryReport, *, as_json: bool) -> None:
    """One delivery that is not done."""
    reason = sentence(report.reason) if report.reason else None
    if as_json:
        fields = {name: getattr(report, name) for name in DeliveryReport.__slots__}
        _line(fields | {"reason": reason, "created": _iso(report.created)})
        return
    done = f"{report.cursor} of {report.blocks} blocks"
    words = (f"{report.id}", f"edition {report.edition} to {report.address}", report.state, done, reason)
    click.echo(" · ".join(filter(None, words)))


@contextlib.contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr while many articles are made ready; call what it gives with how many are."""
    if total < BAR_ABOVE or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=total, label="Reading", file=sys.stderr) as bar:
        yield lambda done: bar.update(min(done, total) - bar.pos)


def show_entry(key: str, entry: Entry, *, as_json: bool) -> None:
    """An entry as its source states it, before we decide anything about it."""
    if as_json:
        fields = {name: getattr(entry, name) for name in ("url", "title", "source", "text", "language")}
        _line({**fields, "published": _iso(entry.published), "key": key})
        return
    click.echo(entry.title)
    when = f"{entry.published:%Y-%m-%d %H:%M} UTC" if entry.published else "undated"
    click.echo(INDENT + " · ".join(filter(None, (when, entry.source, entry.language, entry.url))))
    click.echo(INDENT + textwrap.shorten(entry.text, WIDTH * 2, placeholder=" …"))


def show_object(fields: dict[str, Any]) -> None:
    """One JSON object on a line of its own."""
    _line(fields)


def show_line(who: str, text: str) -> None:
    """One turn of the scripted conversation."""
    if who == "you":
        click.echo(click.style(f"you › {text}", bold=True) + "\n")
    elif who == "bot":
        for line in text.splitlines():
            click.echo(textwrap.fill(line, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT) if line else "")
        click.echo()
    else:
        click.echo(click.style(f"({text})", dim=True) + "\n")


def _details(article: Article) -> None:
    known = [_when(article), article.source or "source not named", article.language, f"story {article.story}"]
    if article.author:
        known.insert(2, article.author)
    if article.copy_of:
        known.append(f"copy of {article.copy_of}")
    click.echo(INDENT + " · ".join(known))
    if article.topics:
        click.echo(INDENT + "topics: " + " ".join(f"/{topic}" for topic in article.topics))
    click.echo(textwrap.fill(article.summary, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT))


def _article(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "published": _iso(article.published),
        "source": article.source or None,
        "language": article.language,
        "summary": article.summary,
        "topics": article.topics,
        "story": article.story,
        "text": article.text,
    }


def _when(article: Article) -> str:
    if article.published:
        return f"{article.published:%Y-%m-%d}"
    return f"undated, added {article.added.day} {article.added:%b %Y}"


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _line(fields: dict[str, Any]) -> None:
    click.echo(json.dumps(fields, ensure_ascii=False))
