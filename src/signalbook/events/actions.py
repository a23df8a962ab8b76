"""Every way the events are kept; what happens to a contact is recorded with the change itself."""

from collections.abc import Iterable
from datetime import date

from signalbook.events import partition_queries as queries
from signalbook.kit.db import Tx

MONTHS_AHEAD = 2
_LOCK_SECONDS = 2


async def ensure_partitions(tx: Tx, months: Iterable[date]) -> list[str]:
    """Give each of these months a table of its own, and return the names of those made now.

    What the catch-all table already holds of such a month moves over. Raises LockNotAvailable
    when writers hold the table for more than two seconds; nothing is then changed.
    """
    firsts = sorted({month.replace(day=1) for month in months})
    there = await queries.names(tx)
    if all(partition_of(first) in there for first in firsts):
        return []
    await queries.wait_at_most(tx, _LOCK_SECONDS)
    await queries.hold(tx)
    there = await queries.names(tx)
    made: list[str] = []
    for first in firsts:
        name = partition_of(first)
        if name not in there:
            after = next_month(first)
            await queries.create(tx, name)
            await queries.move(tx, name, first, after)
            await queries.attach(tx, name, first, after)
            made.append(name)
    return made


def months_from(day: date, ahead: int = MONTHS_AHEAD) -> list[date]:
    """List the month of this day and those that follow, by their first days."""
    months = [day.replace(day=1)]
    for _ in range(ahead):
        months.append(next_month(months[-1]))
    return months


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def partition_of(first: date) -> str:
    """Name the table that holds a month: events_2026_11."""
    return f"events_{first:%Y_%m}"
