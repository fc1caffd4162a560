"""The edition cache: readers share blocks only where each would have been printed the same."""

from datetime import timedelta
from zoneinfo import available_timezones

import pytest
from fakes import COMMANDS, MORNING, NEWS, report, the_slot

from briefings.editions.render import Renderer
from briefings.editions.typed_rhythm import parse_zone
from briefings.model import Wishes
from briefings.passes.edition_cache import EditionCache

ZONES = sorted(zone for zone in available_timezones() if zone.startswith(("Asia/", "America/", "Pacific/", "Europe/")))


@pytest.fixture
async def news(newsroom):
    """Reports of several days and hours."""
    await newsroom.editing.add(
        [report(event, published=MORNING - timedelta(days=n, hours=5 * n)) for n, event in enumerate(NEWS)]
    )


async def printed_by_cache(database, renderer, zones, *, late=False):
    cache = EditionCache(MORNING, None)
    async with database.read() as connection:
        return [
            await cache.blocks(connection, renderer, Wishes(), None, zone=zone, slot=the_slot(4), late=late)
            for zone in zones
        ], await cache.draft(connection, Wishes(), None)


async def test_zones_share_only_what_reads_the_same_in_them(database, renderer, news):
    printed, draft = await printed_by_cache(database, renderer, ZONES)
    for zone, blocks in zip(ZONES, printed, strict=True):
        assert blocks == renderer.edition(draft, zone=zone, now=MORNING, slot=the_slot(4)), zone
    assert len(set(map(id, printed))) < len(ZONES) / 4


async def test_zones_share_nothing_when_an_operators_template_may_print_the_zone(database, news):
    renderer = Renderer(COMMANDS)
    renderer.use("masthead", {"masthead.html.j2": "<b>{{ zone }}</b>"}.get)
    printed, _ = await printed_by_cache(database, renderer, ["Asia/Kolkata", "Asia/Colombo"])
    assert [blocks[0].html for blocks in printed] == ["<b>Asia/Kolkata</b>", "<b>Asia/Colombo</b>"]


async def test_a_late_edition_shares_nothing_with_one_in_time(database, renderer, news):
    [in_time], _ = await printed_by_cache(database, renderer, ["UTC"])
    [late], _ = await printed_by_cache(database, renderer, ["UTC"], late=True)
    assert in_time != late


def test_the_zones_of_these_tests_are_real():
    assert len(ZONES) > 200
    assert all(parse_zone(zone) for zone in ZONES)
