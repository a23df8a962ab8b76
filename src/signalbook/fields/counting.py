"""Counting the most frequent values of a field, in the background, when somebody asks for them.

Keeping them exact with every change is unbounded work for a field like a note or an order number.
So they are counted when somebody looks and the field was used since, and the answer says as of when
it is true. Reading it is one row.
"""

from typing import NamedTuple

import msgspec

from signalbook.fields import actions, value_queries, values
from signalbook.fields.model import Registered
from signalbook.fields.values import Counted, CountValues, Frequent
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Handler, Handlers, Lease, later


class Shown(NamedTuple):
    """A field with its most frequent values, and whether they are being counted anew."""

    field: Registered
    counted: Counted | None
    is_counting: bool


async def ask(db: Database, account_id: int, name: str) -> Shown:
    """Return what is known, and have it counted anew where it is stale; raises FieldNotFound."""
    async with db.read() as read:
        field = await actions.one(read, account_id, name)
        counted = await value_queries.get(read, account_id, field.name)
    now = clock.now()
    if not values.is_stale(field, counted, now):
        return Shown(field, counted, is_counting=False)

    async def order(tx: Tx) -> None:
        since = values.latest_ask(now)
        if await value_queries.ask(tx, account_id, field.name, now, since):
            await later(tx, CountValues(account_id, field.name))

    if counted is None or counted.asked_at < values.latest_ask(now):
        await db.transact(order)
    elif counted.counted_at is not None and counted.counted_at >= counted.asked_at:
        return Shown(field, counted, is_counting=False)
    return Shown(field, counted, is_counting=True)


async def count(db: Database, lease: Lease, message: CountValues) -> None:
    """Count, and keep what was found."""

    async def work(tx: Tx) -> None:
        await lease.hold(tx)
        at = clock.now()
        account_id, name = message.account_id, message.name
        rows = await value_queries.most_frequent(tx, account_id, name, values.MOST)
        most = [Frequent(values.shortened(value), number) for value, number, _ in rows]
        await value_queries.set_counted(
            tx,
            account_id,
            name,
            at=at,
            different=rows[0][2] if rows else 0,
            most=msgspec.to_builtins(most),
        )

    await db.transact(work)


async def leave(db: Database, message: CountValues) -> None:
    """Leave what could not be counted as it was; who asks again has it tried again."""


HANDLERS: Handlers = {CountValues: Handler(count, leave)}
