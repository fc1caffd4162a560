"""Prints editions, dossiers and search results as blocks of simple HTML, by Jinja2. Never cuts text.

Templates see values only, escape everything, and treat an undefined name as an error. Dates, hours and counts come
from `locales/`. The operator's directory is searched first, file by file. Where a template of theirs does not render,
or prints markup that cannot be sent, the shipped one is used and one warning logged. A block over 3,500 units or 100
entities is refused.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateNotFound
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import pass_context

from briefings.editions.locales import DEFAULT_LANGUAGE, Locale, locale
from briefings.editions.model import TAG, Block, CommandNames, Draft, Item, text_of
from briefings.editions.timetable import local
from briefings.errors import BadTemplate
from briefings.model import Article, Slot
from briefings.topics.dossier import Dossier

log = logging.getLogger(__name__)

BLOCK_UNITS = 3500
"""UTF-16 units of visible text. A message holds 4,096."""

BLOCK_ENTITIES = 100
"""Most entities one message may carry."""

WORDS_PER_MINUTE = 230
"""Reading speed: words of a reading minute."""

QUOTED = 60
"""Characters of a template's tag that an error repeats."""

TAGS = frozenset({"b", "i", "u", "s", "a", "code", "pre", "blockquote"})

_FOLDED = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)
_LINKED_BY_READERS = re.compile(r"(?<!\w)[/@#]\w+|https?://\S+")
"""The reader's program turns these into links by itself; each counts as an entity."""


class TooLarge(BadTemplate):
    """A block is too large to print."""


class Renderer:
    """Prints editions, dossiers and search results.

    `commands` says how templates write commands; `templates` is the operator's directory of templates, if any;
    `language` is that of dates, hours and counts.
    """

    def __init__(self, commands: CommandNames, templates: Path | None = None, language: str = DEFAULT_LANGUAGE) -> None:
        words = locale(language)
        self._shipped = _environment(PackageLoader("briefings.editions"), commands, words)
        self._theirs = _environment(FileSystemLoader(templates), commands, words) if templates else None
        self._warned: set[str] = set()

    @property
    def knows_zones_by_times_only(self) -> bool:
        """True if zones in which all times read the same get the same blocks. An operator's template may print more."""
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
        """Return an edition as blocks: masthead, one for each story (its section's heading with the first), end.

        Every instant whose local time a template asked for is added to `instants`.
        """
        time_context = {"zone": zone, "now": now, "instants": instants}
        frame = {**time_context, "draft": draft, "slot": slot, "late": late}
        stories = [
            block
            for section, items in (("new", draft.top), ("updated", draft.updated), ("topics", draft.topics))
            for block in self._stories(items, section=section, draft=draft, time_context=time_context)
        ]
        if not stories:
            return (self._block("quiet", [{**frame, "item": draft.open_story}, {**frame, "item": None}]),)
        unfolded = [text_of(_FOLDED.sub("", block.html)) for block in stories]
        words = len(" ".join([draft.headline, *draft.points, *unfolded]).split())
        minutes = math.ceil(words / WORDS_PER_MINUTE)
        masthead = self._block("masthead", [{**frame, "shown": len(stories), "minutes": minutes}])
        return (masthead, *stories, self._end(len(stories), draft.total, time_context=time_context, draft=draft))

    def rest(self, items: Sequence[Item], *, before: int, left: int, zone: str, now: datetime) -> tuple[Block, ...]:
        """Return a page of the `left` stories that an edition left out; `before` of them stood on earlier pages."""
        time_context = {"zone": zone, "now": now}
        stories = self._stories(items, section=None, draft=None, time_context=time_context)
        return (*stories, self._end(len(stories), left, time_context=time_context, before=before))

    def dossier(self, dossier: Dossier, *, zone: str, now: datetime) -> Block:
        """Return a dossier as one block. Until it fits it loses timeline lines, oldest first, then the latest story."""
        lines = dossier.timeline
        frame = {"zone": zone, "now": now, "dossier": dossier}
        variants = [{**frame, "timeline": lines[start:]} for start in range(len(lines) + 1)]
        bare = dataclasses.replace(dossier, latest_story=None)
        return self._block("dossier", [*variants, {**frame, "dossier": bare, "timeline": ()}])

    def results(self, articles: Sequence[Article], *, words: str, zone: str, now: datetime) -> Block:
        """Return as many search results, newest first, as fit one block."""
        frame = {"zone": zone, "now": now, "words": words}
        return self._block("results", [{**frame, "articles": articles[:end]} for end in range(len(articles), -1, -1)])

    def _stories(
        self, items: Sequence[Item], *, section: str | None, draft: Draft | None, time_context: Mapping[str, Any]
    ) -> list[Block]:
        """Return a block for each story. One that is too large loses its fold, then its facts, then it is left out."""
        blocks: list[Block] = []
        for item in items:
            shorter = dataclasses.replace(item, more=())
            bare = dataclasses.replace(shorter, facts=())
            frame = {**time_context, "draft": draft, "section": None if blocks else section}
            try:
                blocks.append(self._block("story", [{**frame, "item": i} for i in (item, shorter, bare)]))
            except TooLarge:
                log.warning("story %d is too large for any message and is left out", item.story)
        return blocks

    def _end(
        self, shown: int, total: int, *, time_context: Mapping[str, Any], draft: Draft | None = None, before: int = 0
    ) -> Block:
        frame = {**time_context, "draft": draft, "shown": shown, "total": total, "before": before}
        return self._block("end", [frame])

    def _block(self, name: str, variants: Sequence[Mapping[str, Any]]) -> Block:
        """Return the first variant that is not too large, by the operator's template or else by the shipped one."""
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
    """Measure a piece of HTML. Raises BadTemplate if it cannot be sent, TooLarge if it is over a block's limits."""
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
    entities = len(TAG.findall(html)) // 2 + len(_LINKED_BY_READERS.findall(text))
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


def _environment(loader: BaseLoader, commands: CommandNames, words: Locale) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(_filters(words))
    environment.filters["command"] = lambda topic: f"{commands.topic_prefix}{topic}"
    environment.globals["commands"] = commands
    environment.globals["summary_supplied"] = words.summary_supplied
    return environment


def _filters(words: Locale) -> dict[str, Callable[..., str]]:
    """Return the filters that write dates, hours and counts; an instant is shown by the clocks of the reader's zone."""

    def dated(write: Callable[[datetime], str]) -> Callable[[Context, datetime], str]:
        return pass_context(lambda context, when: write(_local(context, when)))

    @pass_context
    def day(context: Context, when: datetime) -> str:
        """3 Dec; with the year when it is another than now."""
        then, now = _local(context, when), _local(context, context["now"])
        return words.day(then) if then.year == now.year else words.date(then)

    @pass_context
    def since(context: Context, when: datetime) -> str:
        """07:30 for today, Wed 07:30 within the week, else 3 Dec."""
        then, now = _local(context, when), _local(context, context["now"])
        if (now.date() - then.date()).days < 1:
            return words.hour(then)
        return words.weekday_hour(then) if (now - then).days < 6 else day(context, when)

    return {
        "day": day,
        "date": dated(words.date),
        "weekday": dated(words.weekday),
        "hour": dated(words.hour),
        "since": since,
        "counted": words.counted,
        "dispute": words.dispute,
    }


def _local(context: Context, when: datetime) -> datetime:
    if (instants := context.get("instants")) is not None:
        instants[when] = None
    return local(when, context["zone"])
