"""Prints what the operator's verbs answer: lines for people, or JSON objects, one a line. Trouble goes to stderr.

Promises that with `as_json` stdout gets JSON objects alone.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from bot.conversation.commands import COMMAND_NAMES
from bot.ops.problems import sentence
from briefings.editions.model import Block, DeliveryReport, Item, Mood, Reason, text_of
from briefings.errors import BriefingsError, Problem
from briefings.model import Added, Article, Entry, Status, Story, Topic
from briefings.newsroom.reading import Dossier

WIDTH = 78
"""Characters of a line of running text; it fits the usual terminal of 80."""

INDENT = "    "

NO_SOURCE = "source not named"

_FOLDED = re.compile(r"<blockquote expandable>(.*?)</blockquote>", re.DOTALL)


def warn(trouble: BriefingsError | Problem | str) -> None:
    """Print one line on stderr: the operator's sentence for an error or a problem, or the words given."""
    words = trouble if isinstance(trouble, str) else sentence(trouble)
    click.echo(f"briefings: {words}", err=True)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 article`, `1,477 articles`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def show_object(fields: dict[str, Any]) -> None:
    """Print one JSON object on a line of its own."""
    click.echo(json.dumps(fields, ensure_ascii=False))


def show_added(added: Added, *, as_json: bool) -> None:
    """Print an entry that was stored or is known."""
    if added.article is None:
        return
    if as_json:
        show_object({**_fields(added.article), "status": added.status})
    else:
        click.echo(f"{added.status} {added.article.id} · {added.article.title}")
        _details(added.article)


def show_rejected(added: Added, *, as_json: bool, is_named: bool) -> None:
    """Print an entry that was rejected, with its place and reason: on stderr if it `is_named`."""
    reason = sentence(added.reason) if added.reason else None
    if is_named:
        warn(f"{added.where}: {reason}; rejected")
    if as_json:
        show_object({"status": added.status, "reason": reason, "where": added.where})


def show_tally(counts: Mapping[str, int]) -> None:
    """Print on stderr how many entries were stored, known, changed and rejected."""
    click.echo(", ".join(f"{counts[what]:,} {what}" for what in ("stored", "known", "changed", "rejected")), err=True)


def show_article(article: Article, *, as_json: bool) -> None:
    """Print an article with its summary."""
    if as_json:
        show_object(_fields(article))
    else:
        click.echo(f"{article.id} · {article.title}")
        _details(article)


def show_story(story: Story, *, as_json: bool) -> None:
    """Print a story and its articles."""
    if as_json:
        fields = ("id", "url", "title")
        reports = [
            {name: getattr(a, name) for name in fields} | {"source": a.source or None, "published": _iso(a.published)}
            for a in story.articles
        ]
        show_object(
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
        click.echo(f"{INDENT}{_when(article)} · {article.source or NO_SOURCE} · {article.title}")


def show_topic(topic: Topic, *, as_json: bool) -> None:
    """Print a topic with its command."""
    if as_json:
        show_object({name: getattr(topic, name) for name in Topic.__slots__})
    else:
        click.echo(f"/{topic.command} · {topic.title}" + (f" · {topic.expansion}" if topic.expansion else ""))


def show_blocks(blocks: Sequence[Block]) -> None:
    """Print the text of blocks, with "> " before each line that folds away on a phone."""
    click.echo("\n\n".join(text_of(_FOLDED.sub(_quoted, block.html)) for block in blocks))


def _quoted(fold: re.Match[str]) -> str:
    return "\n".join(f"&gt; {line}" for line in fold[1].splitlines())


def show_reasons(items: Sequence[Item], *, as_json: bool) -> None:
    """Print why each story of an edition is told."""
    if not as_json:
        click.echo("\nWhy these stories")
    for item in items:
        if as_json:
            show_object({"story": item.story, "why": reason_text(item.why)})
        else:
            click.echo(f"{item.story} · {item.lead}\n{INDENT}{reason_text(item.why)}")


def reason_text(reason: Reason) -> str:
    """Return a reason as `new · 3 outlets · about /relos` or `updated: 7, Peskov · 1 outlet · you follow /s400`."""
    news = f"updated: {', '.join(reason.changes)}" if reason.mood is Mood.UPDATED else "new"
    parts = [news, f"{reason.outlets} outlet" if reason.outlets == 1 else f"{reason.outlets} outlets"]
    if reason.topics:
        commands = " ".join(f"{COMMAND_NAMES.topic_prefix}{topic}" for topic in reason.topics)
        parts.append(f"{'you follow' if reason.is_followed else 'about'} {commands}")
    return " · ".join(parts)


def show_dossier(block: Block, dossier: Dossier, *, as_json: bool) -> None:
    """Print the text of a dossier, or its parts."""
    if not as_json:
        click.echo(text_of(block.html))
        return
    topic, latest = dossier.topic, dossier.latest_story
    show_object(
        {
            "topic": topic.command if topic else None,
            "title": topic.title if topic else dossier.word,
            "definition": topic.definition if topic else None,
            "standing": latest.id if latest else None,
            "timeline": [{"when": _iso(e.when), "text": e.text, "url": e.link} for e in dossier.timeline],
            "articles": dossier.articles,
            "outlets": dossier.outlets,
            "first": _iso(dossier.first),
            "related": dossier.related,
        }
    )


def show_delivery(report: DeliveryReport, *, as_json: bool) -> None:
    """Print a delivery that is not done, with its reason if it failed."""
    reason = sentence(report.reason) if report.reason else None
    if as_json:
        fields = {name: getattr(report, name) for name in DeliveryReport.__slots__}
        show_object(fields | {"reason": reason, "created": _iso(report.created)})
        return
    done = f"{report.cursor} of {report.blocks} blocks"
    reader = None if report.reader is Status.ACTIVE else f"reader {report.reader}"
    parts = (f"{report.id}", f"edition {report.edition} to {report.address}", report.state, done, reason, reader)
    click.echo(" · ".join(filter(None, parts)))


def show_entry(key: str, entry: Entry, *, as_json: bool) -> None:
    """Print an entry as its source states it."""
    if as_json:
        fields = {name: getattr(entry, name) for name in ("url", "title", "source", "text", "language")}
        show_object({**fields, "published": _iso(entry.published), "key": key})
        return
    click.echo(entry.title)
    when = moment(entry.published) if entry.published else "undated"
    click.echo(INDENT + " · ".join(filter(None, (when, entry.source, entry.language, entry.url))))
    click.echo(INDENT + textwrap.shorten(entry.text, WIDTH * 2, placeholder=" …"))


def show_turn(who: str, text: str) -> None:
    """Print one turn of the scripted conversation. `who` is `you`, `bot`, or empty for a stage direction."""
    if who == "you":
        click.echo(click.style(f"you › {text}", bold=True) + "\n")
    elif who == "bot":
        for paragraph in text.splitlines():
            click.echo(_indented(paragraph))
        click.echo()
    else:
        click.echo(click.style(f"({text})", dim=True) + "\n")


def _details(article: Article) -> None:
    by = f" (by {article.author})" if article.author else ""
    parts = [_when(article), f"{article.source or NO_SOURCE}{by}", article.language, f"story {article.story}"]
    if article.copy_of:
        parts.append(f"copy of {article.copy_of}")
    if article.supplied:
        parts.append("summary supplied")
    click.echo(INDENT + " · ".join(parts))
    if article.topics:
        click.echo(INDENT + "topics: " + " ".join(f"/{topic}" for topic in article.topics))
    click.echo(_indented(article.summary))


def _fields(article: Article) -> dict[str, Any]:
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


def _indented(paragraph: str) -> str:
    return textwrap.fill(paragraph, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)


def _when(article: Article) -> str:
    return _day(article.published) if article.published else f"undated, added {_day(article.added)}"


def moment(when: datetime) -> str:
    """Return a time as the terminal shows it: `3 Dec 2025 07:30 UTC`."""
    return f"{_day(when)} {when:%H:%M} UTC"


def _day(when: datetime) -> str:
    return f"{when.day} {when:%b %Y}"


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
