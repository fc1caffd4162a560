"""Prints previews of editions: text for people, or a JSON object for each block.

Promises that what a block's object says of a story are the values that the edition was printed from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from bot.cli.output import reason_text, show_blocks, show_object, show_reasons
from briefings.editions.model import Block, Item
from briefings.newsroom.reading import Preview


def show_previews(previews: Sequence[Preview], *, with_reasons: bool, as_json: bool) -> None:
    """Print editions one after the other; several as text each under a line that names its instant and its mark."""
    for number, preview in enumerate(previews):
        if as_json:
            for fields in _blocks(preview):
                show_object(fields)
        else:
            if len(previews) > 1:
                click.echo(("\n\n" if number else "") + _heading(preview) + "\n")
            show_blocks(preview.blocks)
        if with_reasons:
            show_reasons(preview.draft.items, as_json=as_json)


def _heading(preview: Preview) -> str:
    since = f", since {preview.since:%Y-%m-%d %H:%M}" if preview.since else ""
    return f"[{preview.at:%Y-%m-%d %H:%M} UTC{since}]"


def _blocks(preview: Preview) -> list[dict[str, Any]]:
    """Return the fields of each block. Stories are printed in the order of the draft: those in brief come last."""
    to_come = iter(preview.draft.items)
    frame = {
        "at": preview.at.isoformat(),
        "since": preview.since.isoformat() if preview.since else None,
        "zone": preview.zone,
    }
    objects = []
    for block in preview.blocks:
        fields = _measured(block)
        if block.kind == "story":
            fields |= _story(next(to_come))
        elif block.kind == "brief":
            fields["stories"] = [_in_brief(item) for item in to_come]
        objects.append(fields | frame)
    return objects


def _measured(block: Block) -> dict[str, Any]:
    return {"kind": block.kind, "html": block.html, "units": block.units, "entities": block.entities}


def _story(item: Item) -> dict[str, Any]:
    """Return what a block says of its story. `visible` and `folded` are the sentences of the report, without markup."""
    return _in_brief(item) | {
        "mood": item.mood.value,
        "visible": " ".join(item.facts),
        "folded": " ".join(item.more),
        "topics": item.commands,
        "why": reason_text(item.why),
    }


def _in_brief(item: Item) -> dict[str, Any]:
    return {"story": item.story, "lead": item.lead, "outlets": item.outlets, "report": item.report}
