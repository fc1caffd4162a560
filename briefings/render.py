"""Editions, dossiers and search results become blocks of simple HTML, by Jinja2. Never cuts text.

Templates see values only, escape everything, and treat an undefined name as an error. The operator's
directory is searched first, file by file; a template of theirs that does not render, or prints markup
nobody could send, is passed over for the shipped one with one warning. A block over 3,500 units or 100
entities is refused.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Sequence
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import pass_context

from briefings.errors import BadTemplate
from briefings.model import Article, Block, Dossier, Draft, Item, Slot
from briefings.timetable import local

log = logging.getLogger(__name__)

BLOCK_UNITS = 3500
BLOCK_ENTITIES = 100
WORDS_PER_MINUTE = 230
TAGS = frozenset({"b", "i", "u", "s", "a", "code", "pre", "blockquote"})

_TAG = re.compile(r"<(/?)([a-z-]+)((?:\s[^<>]*)?)>")
_FOLDED = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)
_FOUND_BY_READERS = re.compile(r"(?<!\w)[/@#]\w+|https?://\S+")
"""What a chat program makes a link of by itself; it counts as an entity."""


class Press:
    """Prints. Built once with the operator's template directory, or none."""

    def __init__(self, templates: Path | None = None) -> None:
        self._shipped = _environment(PackageLoader("briefings"))
        self._theirs = _environment(FileSystemLoader(templates)) if templates else None
        self._warned: set[str] = set()

    def edition(
        self, draft: Draft, *, zone: str, now: datetime, slot: Slot | None = None, late: bool = False
    ) -> tuple[Block, ...]:
        """An edition as blocks: masthead, one for each story (its section's heading with the first), end."""
        if not draft.items:
            return (self._block("quiet", zone=zone, now=now, draft=draft, item=draft.open_story, slot=slot, late=late),)
        stories = [
            self._block("story", zone=zone, now=now, item=item, section=section, since=draft.since)
            for heading, items in (("new", draft.top), ("updated", draft.updated), ("topics", draft.topics))
            for item, section in zip(items, [heading, *[None] * len(items)], strict=False)
        ]
        end = self._block("end", zone=zone, now=now, shown=len(draft.items), total=draft.total)
        read = " ".join([draft.headline, *draft.points, *(text_of(_FOLDED.sub("", block.html)) for block in stories)])
        minutes = math.ceil(len(read.split()) / WORDS_PER_MINUTE)
        masthead = self._block("masthead", zone=zone, now=now, draft=draft, minutes=minutes, slot=slot, late=late)
        return (masthead, *stories, end)

    def rest(self, items: Sequence[Item], *, left: int, zone: str, now: datetime) -> tuple[Block, ...]:
        """The stories an edition left out: as many as are given, of `left` in all."""
        stories = [self._block("story", zone=zone, now=now, item=i, section=None, since=None) for i in items]
        return (*stories, self._block("end", zone=zone, now=now, shown=len(stories), total=left))

    def dossier(self, dossier: Dossier, *, zone: str, now: datetime) -> Block:
        """A dossier as one block: the timeline gives way, oldest line first, until it fits one message."""
        lines = list(dossier.timeline)
        while True:
            try:
                return self._block("dossier", zone=zone, now=now, dossier=dossier, timeline=lines)
            except BadTemplate:
                if not lines:
                    raise
                lines = lines[1:]

    def results(self, articles: Sequence[Article], *, words: str, zone: str, now: datetime) -> Block:
        """Search results, newest first, as one block: as many as fit."""
        shown = list(articles)
        while True:
            try:
                return self._block("results", zone=zone, now=now, articles=shown, words=words, more=len(articles))
            except BadTemplate:
                if not shown:
                    raise
                shown = shown[:-1]

    def _block(self, name: str, **values: Any) -> Block:
        if self._theirs is not None:
            try:
                return _print(self._theirs, name, values)
            except TemplateNotFound as error:
                if error.name != f"{name}.html.j2":
                    self._warn(name, error)
            except (TemplateError, BadTemplate, TypeError, ValueError, ArithmeticError, LookupError) as error:
                self._warn(name, error)
        return _print(self._shipped, name, values)

    def _warn(self, name: str, error: Exception) -> None:
        if name not in self._warned:
            self._warned.add(name)
            log.warning("template %s.html.j2 is passed over for the shipped one: %s", name, error)


def measure(html: str) -> Block:
    """Check that a piece of HTML can be sent, and weigh it; raise BadTemplate when it cannot."""
    still_open: list[str] = []
    for end, tag, _ in _TAG.findall(html):
        if tag not in TAGS:
            raise BadTemplate(f"<{tag}> is not among the tags a message can carry")
        if not end:
            still_open.append(tag)
        elif not still_open or still_open.pop() != tag:
            raise BadTemplate(f"</{tag}> closes nothing")
    text = _TAG.sub("", html)
    if still_open or "<" in text:
        raise BadTemplate(f"<{still_open[-1]}> is never closed" if still_open else "a bare < stands in the text")
    text = unescape(text)
    units = len(text.encode("utf-16-le")) // 2
    entities = len(_TAG.findall(html)) // 2 + len(_FOUND_BY_READERS.findall(text))
    if units > BLOCK_UNITS or entities > BLOCK_ENTITIES:
        raise BadTemplate(f"a block of {units} units and {entities} entities is too large to print")
    return Block(html, units, entities)


def text_of(html: str) -> str:
    """The words of a block without its markup, as a terminal shows them."""
    return unescape(_TAG.sub("", html))


def _print(environment: SandboxedEnvironment, name: str, values: dict[str, Any]) -> Block:
    try:
        printed = environment.get_template(f"{name}.html.j2").render(values)
    except RecursionError:
        raise BadTemplate("the template calls itself without end") from None
    lines = (line.rstrip() for line in printed.strip().splitlines())
    return measure(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))


def _environment(loader: BaseLoader) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(day=_day, date=_date, weekday=_weekday, hour=_hour, since=_since)
    return environment


@pass_context
def _day(context: Context, when: datetime) -> str:
    """3 Dec; with the year when it is not this one."""
    then, now = _local(context, when), _local(context, context["now"])
    return f"{then.day} {then:%b}" if then.year == now.year else f"{then.day} {then:%b %Y}"


@pass_context
def _date(context: Context, when: datetime) -> str:
    """3 Dec 2025"""
    then = _local(context, when)
    return f"{then.day} {then:%b %Y}"


@pass_context
def _weekday(context: Context, when: datetime) -> str:
    """Wed 3 Dec 2025"""
    then = _local(context, when)
    return f"{then:%a} {then.day} {then:%b %Y}"


@pass_context
def _hour(context: Context, when: datetime) -> str:
    """07:30"""
    return f"{_local(context, when):%H:%M}"


@pass_context
def _since(context: Context, when: datetime) -> str:
    """Wed 07:30 within the week, else 3 Dec"""
    then, now = _local(context, when), _local(context, context["now"])
    if (now.date() - then.date()).days < 1:
        return f"{then:%H:%M}"
    return f"{then:%a %H:%M}" if (now - then).days < 6 else _day(context, when)


def _local(context: Context, when: datetime) -> datetime:
    return local(when, context["zone"])
