"""The verb about deliveries: `outbox` lists those that are not done, and queues a failed one again."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot.cli import console, output
from bot.cli.console import Failed, as_json
from briefings.editions.model import DeliveryReport
from briefings.errors import Problem
from briefings.newsroom.opening import Newsroom

HIGHEST_ID = 2**63 - 1
"""The highest number a database gives."""


@click.command()
@click.option("--failed", is_flag=True, help="Those that could not be delivered, with the reason.")
@click.option("--retry", type=click.IntRange(1, HIGHEST_ID), metavar="ID", help="Queue a failed delivery again.")
@as_json
def outbox(failed: bool, retry: int | None, as_json: bool) -> None:
    """Show deliveries that are not done."""

    async def queue_again(newsroom: Newsroom) -> Problem | None:
        return await newsroom.upkeep.retry(retry or 0)

    async def deliveries(newsroom: Newsroom) -> Sequence[DeliveryReport]:
        return await newsroom.upkeep.deliveries(failed=failed)

    if retry is not None:
        if problem := console.ask(queue_again):
            raise Failed.of(problem)
        click.echo(f"delivery {retry} is queued again")
        return
    reports = console.ask(deliveries)
    for report in reports:
        output.show_delivery(report, as_json=as_json)
    if not reports:
        output.warn(f"nothing {'has failed' if failed else 'is waiting'}")
