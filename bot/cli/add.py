"""The verb `add`: stores the articles of files, web pages and standard input, and says what became of each.

A rejected entry stops no other. `add` fails only when every entry is rejected, or an input cannot be read at all; then
nothing is stored. Files of any length are read and stored a portion at a time, and the next one is parsed meanwhile.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from itertools import accumulate

import click

from bot.cli import console, output
from bot.cli.console import as_json, without_blanks
from bot.cli.files import Input, open_inputs
from bot.cli.outcomes import SHOWN, Outcomes, PortionOutcomes
from bot.cli.progress import Advance, progress_bar
from bot.conversation.commands import COMMAND_NAMES
from briefings.errors import Problem
from briefings.newsroom.editing import Editing, IngestResult, not_stored
from briefings.newsroom.intake import ReadArticles, open_worker
from briefings.newsroom.opening import make_fetcher, open_newsroom

BAR_ABOVE = 200
"""Entries; fewer are ready before anyone looks for a progress bar."""

LARGE = 1_000_000
"""Bytes of a file that takes seconds: the bar is shown from the beginning."""

PRINTED_AT_ONCE = 200
"""Articles that are loaded together to be printed."""


@click.command()
@click.argument("inputs", metavar="FILE|URL|-", nargs=-1, required=True, callback=without_blanks)
@click.option("-v", "--verbose", is_flag=True, help=f"Print each article, also of more than {SHOWN}.")
@as_json
def add(inputs: Sequence[str], verbose: bool, as_json: bool) -> None:
    """Store articles from files, web pages, or standard input (-).

    Files are text, Markdown, HTML, JSON or JSON lines, CSV or TSV with a header.
    """
    outcomes = Outcomes(keeps_all=verbose or as_json)
    console.run(_add(inputs, outcomes, as_json=as_json, verbose=verbose), outcomes.stopped)
    if outcomes.total > 1:
        output.show_tally(outcomes.counts)
    if outcomes.counts["rejected"] == outcomes.total:
        sys.exit(1)


async def _add(names: Sequence[str], outcomes: Outcomes, *, as_json: bool, verbose: bool) -> None:
    """Read all inputs, store their entries, make them ready, and print what became of each."""
    settings = console.newsroom_settings()
    async with AsyncExitStack() as stack:
        editing: Editing | None = None
        with progress_bar() as advance:
            async with open_worker() as worker:
                inputs = await open_inputs(names, worker, lambda: make_fetcher(settings))
                reading = _Reading(inputs, outcomes, advance)
                async with aclosing(_one_ahead(_portions(inputs))) as portions:
                    async for origin, portion in portions:
                        if editing is None and portion.entries:  # where all are rejected, no newsroom is created
                            newsroom = await stack.enter_async_context(open_newsroom(settings, COMMAND_NAMES))
                            editing = newsroom.editing
                        await reading.store(origin, portion, editing)
            if editing:
                await _make_ready(editing, outcomes, advance)
        for where, note in (note for origin in inputs for note in origin.notes()):
            output.warn(Problem("within", {"place": where, "problem": note}))
        await _show(editing, outcomes, as_json=as_json, is_bulk=outcomes.is_bulk and not verbose)


_Portion = tuple[Input, ReadArticles]


async def _portions(inputs: Sequence[Input]) -> AsyncIterator[_Portion]:
    for origin in inputs:
        async for portion in origin.portions():
            yield origin, portion


async def _one_ahead(portions: AsyncIterator[_Portion]) -> AsyncGenerator[_Portion]:
    """Yield portions; while one is used, the next is read."""

    async def following() -> _Portion | None:
        return await anext(portions, None)

    coming = asyncio.create_task(following())
    try:
        while portion := await coming:
            coming = asyncio.create_task(following())
            yield portion
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


class _Reading:
    """Stores portions of the inputs, counts what became of their articles, and shows how far that is."""

    def __init__(self, inputs: Sequence[Input], outcomes: Outcomes, advance: Advance) -> None:
        self._outcomes = outcomes
        self._advance = advance
        self._begins = dict(zip(inputs, accumulate((origin.size or 0 for origin in inputs), initial=0), strict=False))
        is_size_known = all(origin.size is not None for origin in inputs)
        self._bytes = sum(origin.size or 0 for origin in inputs) if is_size_known else None
        if self._bytes and self._bytes > LARGE:
            advance("Reading", 0, self._bytes, 0)

    async def store(self, origin: Input, portion: ReadArticles, editing: Editing | None) -> None:
        """Store a portion. `editing` may be None if it holds no entry."""
        portion_outcomes, done = PortionOutcomes(origin.place, portion.articles, self._outcomes), 0
        entries = portion.entries

        def stored(results: Sequence[IngestResult]) -> None:
            nonlocal done
            portion_outcomes.add(results)
            done += len(results)
            if self._outcomes.total >= BAR_ABOVE:
                share = done / len(entries)
                at = self._begins[origin] + portion.begin + int((portion.end - portion.begin) * share)
                self._advance("Reading", at, self._bytes, self._outcomes.total)

        if editing and entries:
            self._outcomes.is_storing = True
            try:
                await editing.store(entries, stored)
            finally:
                self._outcomes.is_storing = False
        portion_outcomes.end()


async def _make_ready(editing: Editing, outcomes: Outcomes, advance: Advance) -> None:
    """Give the stored articles their summaries, topics and stories."""
    total = await editing.waiting() if outcomes.total >= BAR_ABOVE else 0  # also those of a run that was stopped

    def show(done: int) -> None:
        if total:
            advance("Grouping", done, max(total, done), done)

    show(0)
    await editing.enrich(show)


async def _show(editing: Editing | None, outcomes: Outcomes, *, as_json: bool, is_bulk: bool) -> None:
    """Print what became of each entry; of a bulk, without `as_json`, only the first rejected ones."""
    rejected = 0
    for start in range(0, len(outcomes.kept), PRINTED_AT_ONCE):
        part = outcomes.kept[start : start + PRINTED_AT_ONCE]
        results = [result for _, result in part]
        all_added = await editing.added(results) if editing else map(not_stored, results)
        for (where, _), added in zip(part, all_added, strict=True):
            if added.status == "rejected":
                rejected += 1
                is_named = not is_bulk or rejected <= SHOWN
                output.show_rejected(replace(added, where=where), as_json=as_json, is_named=is_named)
            elif as_json or not is_bulk:
                output.show_added(added, as_json=as_json)
    if is_bulk and outcomes.counts["rejected"] > SHOWN:
        output.warn(f"and {outcomes.counts['rejected'] - SHOWN:,} more rejected; --verbose names each")
