"""Prints editions, dossiers and search results as blocks of simple HTML. Never cuts text, never opens a file.

An operator's template is used once it was tried (`trial.py`) and handed in. Where it does not render nevertheless, or
prints markup that cannot be sent, the shipped one is used and one warning logged. A block over 3,500 units or 100
entities is refused. The language of templates is in `environment.py`.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from briefings.editions.environment import (
    INSTANT,
    QUOTED,
    TAGS,
    Load,
    Render,
    check,
    fault_of,
    operators_template,
    shipped_templates,
)
from briefings.editions.locales import DEFAULT_LANGUAGE, locale
from briefings.editions.model import TAG, Block, CommandNames, Draft, Item, text_of
from briefings.editions.sizes import WORDS_A_MINUTE
from briefings.editions.timetable import local
from briefings.errors import BadTemplate
from briefings.model import Article, Slot
from briefings.text.days import date_weekdays
from briefings.text.words import count_words
from briefings.topics.dossier import Dossier

log = logging.getLogger(__name__)

BLOCK_UNITS = 3500
"""UTF-16 units of visible text. A message holds 4,096."""

BLOCK_ENTITIES = 100
"""Most entities one message may carry."""

LONGEST_HTML = 300_000
"""Characters of HTML that could fit a block: 3,500 escaped ones, and 100 links of the longest address. What is longer
is not measured."""

_ALWAYS: Mapping[str, type] = {"zone": str, "now": datetime}
_DRAFT: Mapping[str, type] = {**_ALWAYS, "draft": Draft}
_FRAME: Mapping[str, type] = {**_DRAFT, "slot": Slot, "late": bool}

VALUES: Mapping[str, Mapping[str, type]] = {
    "masthead": {**_FRAME, "shown": int, "minutes": int},
    "story": {**_DRAFT, "item": Item, "section": str},
    "brief": {**_DRAFT, "items": tuple},
    "end": {**_DRAFT, "shown": int, "total": int, "before": int},
    "quiet": {**_FRAME, "item": Item},
    "dossier": {**_ALWAYS, "dossier": Dossier, "timeline": tuple},
    "results": {**_ALWAYS, "articles": Sequence, "words": str},
}
"""Template → the names that it is given, with the types of their values. A value may also be None."""

_KINDS: Mapping[str, str] = {kind: kind for kind in ("masthead", "story", "brief", "end")} | {"quiet": "masthead"}
"""Template → the kind of the blocks that it prints. A quiet day's only block is a masthead too."""

_FOLDED = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)
_LINKED_BY_READERS = re.compile(r"(?<!\w)[/@#]\w+|https?://\S+")
"""The reader's program turns these into links by itself; each counts as an entity."""


class TooLarge(BadTemplate):
    """A block is too large to print."""


class Renderer:
    """Prints editions, dossiers and search results. Begins with the shipped templates.

    `commands` says how templates write commands; `language` is that of dates, hours and counts. `report` is called
    with the name of an operator's template and its error when it fails; without one, the log has a warning.
    """

    def __init__(
        self,
        commands: CommandNames,
        language: str = DEFAULT_LANGUAGE,
        report: Callable[[str, Exception], None] | None = None,
    ) -> None:
        self.commands = commands
        self._words = locale(language)
        self._shipped = shipped_templates(commands, self._words)
        self._theirs: dict[str, Render] = {}
        self._report = report or self._warn
        self._warned: set[str] = set()

    @property
    def knows_zones_by_times_only(self) -> bool:
        """True if zones in which all times read the same get the same blocks. An operator's template may print more."""
        return not self._theirs

    def use(self, name: str, load: Load) -> None:
        """Use an operator's template from now on. `load` gives the texts of its files. Raises what Jinja2 raises."""
        self._theirs[name] = operators_template(load, name, self.commands, self._words)
        self._warned.discard(name)

    def use_shipped(self, name: str) -> None:
        """Use the shipped template from now on."""
        self._theirs.pop(name, None)

    def check(self, name: str, load: Load) -> None:
        """Check an operator's template without printing it (`environment.check`). Raises BadTemplate."""
        check(load, name, VALUES[name], self.commands, self._words)

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
        """Return an edition as blocks: masthead, one for each story with sentences, one for those in brief, end.

        The heading of a section stands with its first story.
        Every instant whose local time a template asked for is added to `instants`.
        """
        time_context = {"zone": zone, "now": now, "instants": instants}
        frame = {**time_context, "draft": draft, "slot": slot, "late": late}
        stories = [
            block
            for section, items in (("top", draft.top), ("new", draft.new), ("updated", draft.updated))
            for block in self._stories(items, section=section, draft=draft, time_context=time_context)
        ]
        if not stories:
            quiet = self._block("quiet", [{**frame, "item": draft.open_story}, {**frame, "item": None}])
            return (dataclasses.replace(quiet, kind="masthead"),)
        if draft.brief:
            lines = (draft.brief[:end] for end in range(len(draft.brief), 0, -1))
            stories.append(self._block("brief", [{**time_context, "draft": draft, "items": items} for items in lines]))
        unfolded = [text_of(_FOLDED.sub("", block.html)) for block in stories]
        minutes = math.ceil(count_words(" ".join([draft.headline, *unfolded])) / WORDS_A_MINUTE)
        shown = len(draft.items)
        masthead = self._block("masthead", [{**frame, "shown": shown, "minutes": minutes}])
        return (masthead, *stories, self._end(shown, draft.total, time_context=time_context, draft=draft))

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
            item = _with_dates(item, time_context)
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
        kind = _KINDS.get(name, "")
        if theirs := self._theirs.get(name):
            try:
                return dataclasses.replace(_first_fitting(theirs, variants), kind=kind)
            except Exception as error:  # an operator's template may fail in any way; the shipped one is there
                self._report(name, error)
        return dataclasses.replace(_first_fitting(self._shipped(name), variants), kind=kind)

    def _warn(self, name: str, error: Exception) -> None:
        if name not in self._warned:
            self._warned.add(name)
            log.warning("a template is passed over for the shipped one: %s", fault_of(error, name).problem)


def _with_dates(item: Item, time_context: Mapping[str, Any]) -> Item:
    """Return the item with dates beside weekdays that its reader could mistake, by the report's date and theirs."""
    if item.when is None:
        return item
    now, zone = time_context["now"], time_context["zone"]
    if (instants := time_context.get("instants")) is not None:
        instants[now] = None
    said_on, read_on = item.when.date(), local(now, zone).date()
    facts, more = (
        tuple(date_weekdays(sentence, said_on, read_on, item.language) for sentence in sentences)
        for sentences in (item.facts, item.more)
    )
    return dataclasses.replace(item, facts=facts, more=more)


def measure(html: str) -> Block:
    """Measure a piece of HTML. Raises BadTemplate if it cannot be sent, TooLarge if it is over a block's limits."""
    if len(html) > LONGEST_HTML:
        raise TooLarge("prints-too-much", most=LONGEST_HTML)
    still_open: list[str] = []
    for end, tag, attributes in TAG.findall(html):
        if tag not in TAGS or (end and attributes):
            raise BadTemplate("tag-not-allowed", tag=tag[:QUOTED])
        if tag == "tg-time" and not end and not INSTANT.fullmatch(attributes):
            raise BadTemplate("tag-not-allowed", tag=f"{tag}{attributes}"[:QUOTED])
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


def _first_fitting(render: Render, variants: Sequence[Mapping[str, Any]]) -> Block:
    for number, values in enumerate(variants, 1):
        lines = (line.rstrip() for line in render(values).strip().splitlines())
        try:
            block = measure(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))
        except TooLarge:
            if number == len(variants):
                raise
        else:
            if block.units:
                return block
    raise BadTemplate("prints-nothing")
