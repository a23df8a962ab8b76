"""Every month of events has a table of its own, made ahead of time."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from psycopg import sql

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.events import actions
from signalbook.events import partition_queries as queries
from signalbook.kit import migrate
from signalbook.kit.db import Database, PoolSizes
from tests import cluster
from tests.world import populate


@pytest.fixture
async def fresh(server, worker_id):
    """A database whose tables a test may change."""
    address = cluster.new_database(server, f"signalbook_partitions_{worker_id}")
    migrate.apply(address)
    database = Database(address, PoolSizes(read=2, write=2))
    await database.open()
    yield database
    await database.close()


def months(*firsts):
    return lambda tx: actions.ensure_partitions(tx, [date.fromisoformat(one) for one in firsts])


async def held(database, table):
    count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    async with database.read() as read:
        return await read.value(count)


async def test_a_month_is_made_once(fresh):
    first = await fresh.transact(months("2026-12-24", "2027-01-01"))
    second = await fresh.transact(months("2026-12-01", "2027-01-31"))

    assert first == ["events_2026_12", "events_2027_01"]
    assert second == []


async def test_two_workers_that_start_together_make_it_once(fresh):
    made = await asyncio.gather(*(fresh.transact(months("2027-03-01")) for _ in range(2)))

    assert sorted(made) == [[], ["events_2027_03"]]


async def test_events_that_came_before_their_table_move_into_it(fresh):
    async with fresh.tx() as tx:
        northwind = (await populate(tx)).northwind
    when = datetime(2027, 5, 31, 23, 59, tzinfo=UTC)
    change = ContactChange(source=Source("test"), email="ada@example.com", tags_add=("a",), at=when)
    await fresh.transact(lambda tx: contacts.apply(tx, northwind.id, [change]))

    await fresh.transact(months("2027-05-01", "2027-06-01"))

    assert await held(fresh, "events_2027_05") == 2
    assert await held(fresh, "events_default") == 0
    assert await held(fresh, "events") == 2


async def test_a_new_table_has_the_indexes_of_the_others(fresh):
    await fresh.transact(months("2027-08-01"))

    async with fresh.read() as read:
        there = await queries.names(read)
        found = await read.values(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'events_2027_08'"
        )
    assert "events_2027_08" in there
    assert any("(account_id, contact_id, at" in one for one in found)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-21", ["2026-11-01", "2026-12-01", "2027-01-01"]),
        ("2026-12-31", ["2026-12-01", "2027-01-01", "2027-02-01"]),
    ],
)
def test_the_months_ahead_cross_the_year(day, expected):
    assert [str(one) for one in actions.months_from(date.fromisoformat(day))] == expected
