"""Editions, dossiers and search results become blocks of simple HTML, by Jinja2. Never cuts text.

Templates see values only, escape everything, and treat an undefined name as an error. The operator's
directory is searched first, file by file; a template of theirs that does not render, or prints markup
nobody could send, is passed over for the shipped one with one warning. A block over 3,500 units or 100
entities is refused.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateNotFound
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import pass_context

from briefings.editions.model import TAG, Block, CommandNames, Draft, Item, text_of
from briefings.editions.timetable import local
from briefings.errors import BadTemplate
from briefings.model import Article, Dossier, Slot

log = logging.getLogger(__name__)

BLOCK_UNITS = 3500
BLOCK_ENTITIES = 100
WORDS_PER_MINUTE = 230
QUOTED = 60  # characters of a template's tag that an error repeats
TAGS = frozenset({"b", "i", "u", "s", "a", "code", "pre", "blockquote"})

_FOLDED = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)
_FOUND_BY_READERS = re.compile(r"(?<!\w)[/@#]\w+|https?://\S+")
"""A reader's program makes links of these by itself; each counts as an entity."""


class TooLarge(BadTemplate):
    """A block is too large to print."""


class Renderer:
    """Prints editions, dossiers and search results.

    `commands` says how templates write commands; `templates` is the operator's directory of templates, if any.
    """

    def __init__(self, commands: CommandNames, templates: Path | None = None) -> None:
        self._shipped = _environment(PackageLoader("briefings.editions"), commands)
        self._theirs = _environment(FileSystemLoader(templates), commands) if templates else None
        self._warned: set[str] = set()

    @property
    def knows_zones_by_times_only(self) -> bool:
        """Whether zones in which all times read the same get the same blocks; an operator's template may print more."""
        return self._theirs is None

    def edition(
        self,
        draft: Draft,
        *,
        zone: str,
        now: datetime,
        slot: Slot | None = None,
        late: bool = False,
        instants: dict[datetime, None] | None = None,
    ) -> tuple[Block, ...]:
        """An edition as blocks: masthead, one for each story (its section's heading with the first), end.

        `instants` is given every instant whose local time was printed or asked for.
        """
        place = {"zone": zone, "now": now, "instants": instants}
        frame = {**place, "draft": draft, "slot": slot, "late": late}
        stories = [
            block
            for section, items in (("new", draft.top), ("updated", draft.updated), ("topics", draft.topics))
            for block in self._stories(items, section=section, draft=draft, place=place)
        ]
        if not stories:
            return (self._block("quiet", [{**frame, "item": draft.open_story}, {**frame, "item": None}]),)
        told = " ".join([draft.headline, *draft.points, *(text_of(_FOLDED.sub("", block.html)) for block in stories)])
        minutes = math.ceil(len(told.split()) / WORDS_PER_MINUTE)
        masthead = self._block("masthead", [{**frame, "shown": len(stories), "minutes": minutes}])
        return (masthead, *stories, self._end(len(stories), draft.total, place=place, draft=draft))

    def rest(self, items: Sequence[Item], *, before: int, left: int, zone: str, now: datetime) -> tuple[Block, ...]:
        """Some of the `left` stories that an edition left out, `before` of them having been shown already."""
        place = {"zone": zone, "now": now}
        stories = self._stories(items, section=None, draft=None, place=place)
        return (*stories, self._end(len(stories), left, place=place, before=before))

    def dossier(self, dossier: Dossier, *, zone: str, now: datetime) -> Block:
        """A dossier as one block: the timeline gives way, oldest line first, until it fits; then where it stands."""
        lines = dossier.timeline
        frame = {"zone": zone, "now": now, "dossier": dossier}
        variants = [{**frame, "timeline": lines[start:]} for start in range(len(lines) + 1)]
        bare = dataclasses.replace(dossier, latest_story=None)
        return self._block("dossier", [*variants, {**frame, "dossier": bare, "timeline": ()}])

    def results(self, articles: Sequence[Article], *, words: str, zone: str, now: datetime) -> Block:
        """Search results, newest first, as one block: as many as fit."""
        frame = {"zone": zone, "now": now, "words": words}
        return self._block("results", [{**frame, "articles": articles[:end]} for end in range(len(articles), -1, -1)])

    def _stories(
        self, items: Sequence[Item], *, section: str | None, draft: Draft | None, place: Mapping[str, Any]
    ) -> list[Block]:
        """A block for each story; what folds away goes first when one is too large, then its facts, then the story."""
        blocks: list[Block] = []
        for item in items:
            shorter = dataclasses.replace(item, more=())
            bare = dataclasses.replace(shorter, facts=())
            frame = {**place, "draft": draft, "section": None if blocks else section}
            try:
                blocks.append(self._block("story", [{**frame, "item": i} for i in (item, shorter, bare)]))
            except TooLarge:
                log.warning("story %d is too large for any message and is left out", item.story)
        return blocks

    def _end(
        self, shown: int, total: int, *, place: Mapping[str, Any], draft: Draft | None = None, before: int = 0
    ) -> Block:
        frame = {**place, "draft": draft, "shown": shown, "total": total, "before": before}
        return self._block("end", [frame])

    def _block(self, name: str, variants: Sequence[Mapping[str, Any]]) -> Block:
        """The first of the variants that is not too large, by the operator's template or else by the shipped one."""
        if self._theirs is not None:
            try:
                return _first_fitting(self._theirs, name, variants)
            except Exception as error:  # an operator's template may fail in any way; the shipped one is there
                if not isinstance(error, TemplateNotFound) or error.name != f"{name}.html.j2":
                    self._warn(name, error)
        return _first_fitting(self._shipped, name, variants)

    def _warn(self, name: str, error: Exception) -> None:
        if name not in self._warned:
            self._warned.add(name)
            log.warning("template %s.html.j2 is passed over for the shipped one: %s", name, error)


def measure(html: str) -> Block:
    """Check that a piece of HTML can be sent, and weigh it; raise BadTemplate when it cannot."""
    still_open: list[str] = []
    for end, tag, attributes in TAG.findall(html):
        if tag not in TAGS or (end and attributes):
            raise BadTemplate("tag-not-allowed", tag=tag[:QUOTED])
        if not end:
            still_open.append(tag)
        elif not still_open or still_open.pop() != tag:
            raise BadTemplate("tag-closes-nothing", tag=tag)
    if still_open:
        raise BadTemplate("tag-never-closed", tag=still_open[-1])
    if "<" in TAG.sub("", html):
        raise BadTemplate("bare-less-than")
    text = text_of(html)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    entities = len(TAG.findall(html)) // 2 + len(_FOUND_BY_READERS.findall(text))
    if units > BLOCK_UNITS or entities > BLOCK_ENTITIES:
        raise TooLarge("block-too-large", units=units, entities=entities)
    return Block(html, units, entities)


def _first_fitting(environment: SandboxedEnvironment, name: str, variants: Sequence[Mapping[str, Any]]) -> Block:
    template = environment.get_template(f"{name}.html.j2")
    for number, values in enumerate(variants, 1):
        lines = (line.rstrip() for line in template.render(values).strip().splitlines())
        try:
            block = measure(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))
        except TooLarge:
            if number == len(variants):
                raise
        else:
            if block.units:
                return block
    raise BadTemplate("prints-nothing")


def _environment(loader: BaseLoader, commands: CommandNames) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(day=_day, date=_date, weekday=_weekday, hour=_hour, since=_since)
    environment.filters["command"] = lambda topic: f"{commands.topic_prefix}{topic}"
    environment.globals["commands"] = commands
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
    if (instants := context.get("instants")) is not None:
        instants[when] = None
    return local(when, context["zone"])
