"""The reasons of an edition's stories are read as they were saved, those of earlier versions included."""

import pytest
from fakes import MORNING, blocks, join
from sqlalchemy import update

from briefings.editions.model import Edition, Mood, Reason
from briefings.store import editions
from briefings.store.schema import editions as editions_table

NEW = Reason(Mood.NEW, (), 1)
UPDATED = Reason(Mood.UPDATED, ("1,200", "Peskov"), 3, ("relos", "s400"), is_followed=True)


async def save(database, *reasons):
    await join(database, "1", at=MORNING)
    printed = Edition(0, "first", blocks("one"), MORNING, MORNING, stories=(3, 1), why=reasons)
    async with database.write() as connection:
        return await editions.save(connection, printed, rhythm_id=1, wishes_id=1, mark=None)


async def read_reasons(database, number):
    async with database.read() as connection:
        return (await editions.by_ids(connection, [number]))[number].why


async def test_reasons_are_read_as_they_were_saved(database):
    assert await read_reasons(database, await save(database, UPDATED, NEW)) == (UPDATED, NEW)


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        pytest.param("new · 1 outlet · about /relos", Reason(Mood.NEW, (), 1, ("relos",)), id="new"),
        pytest.param("updated: 1,200, Peskov · 3 outlets · you follow /relos /s400", UPDATED, id="updated"),
        pytest.param("new · 1 outlet", NEW, id="no-topic"),
        pytest.param("", Reason(Mood.NEW), id="empty"),
    ],
)
async def test_a_reason_stored_as_a_sentence_is_read(database, stored, reason):
    number = await save(database)
    async with database.write() as connection:
        await connection.execute(update(editions_table).where(editions_table.c.id == number).values(why=[stored]))
    assert await read_reasons(database, number) == (reason,)
