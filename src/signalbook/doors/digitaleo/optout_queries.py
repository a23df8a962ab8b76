"""What this door reads of the opt-outs in force."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg import sql

from signalbook.contacts.filters import Predicate
from signalbook.kit.db import Read, Row


class Held(msgspec.Struct, frozen=True):
    """An opt-out in force; `id` is that of the entry that put it there."""

    address: str
    channel: str
    reason: str
    since: datetime
    id: UUID | None


async def page(
    db: Read, account_id: int, predicate: Predicate, first: int, size: int, *, descending: bool
) -> list[Held]:
    """Return opt-outs of a predicate by the time they are in force since; `first` counts from 0.

    Other channels are none of Digitaleo's, and the seals of erased people and ids no addresses.
    """
    statement = sql.SQL(
        """
          WITH matched AS MATERIALIZED (
               SELECT c.address, c.channel, c.reason, c.since,
                      row_number() OVER (ORDER BY c.since {way}, c.address {way}, c.channel {way},
                                                  c.reason {way}) AS place
                 FROM optout_states AS c
                WHERE c.account_id = %(account_id)s
                  AND c.channel IN ('email', 'sms', 'voice', 'voicemail')
                  AND NOT c.address ^@ 'erased:' AND NOT c.address ^@ 'id:' {predicate})
        SELECT matched.address, matched.channel, matched.reason, matched.since,
               (SELECT o.id
                  FROM optouts AS o
                 WHERE o.account_id = %(account_id)s AND o.address = matched.address
                   AND o.channel = matched.channel AND o.reason = matched.reason
                   AND o.kind = 'out'
                 ORDER BY o.at DESC, o.id DESC
                 LIMIT 1) AS id
          FROM matched
         WHERE matched.place > %(first)s AND matched.place <= %(last)s
         ORDER BY matched.place
        """
    ).format(predicate=predicate.over("c"), way=sql.SQL("DESC" if descending else "ASC"))
    params = {"account_id": account_id, "first": first, "last": first + size, **predicate.params}
    return await db.many(Held, statement, params, prepare=False)


async def count(db: Read, account_id: int, predicate: Predicate) -> int:
    """Count the opt-outs of a predicate."""
    statement = sql.SQL(
        """
        SELECT count(*)
          FROM optout_states AS c
         WHERE c.account_id = %(account_id)s
           AND c.channel IN ('email', 'sms', 'voice', 'voicemail')
           AND NOT c.address ^@ 'erased:' AND NOT c.address ^@ 'id:' {predicate}
        """
    ).format(predicate=predicate.over("c"))
    rows = await db.rows(statement, {"account_id": account_id, **predicate.params}, prepare=False)
    return int(rows[0][0])


async def entries(db: Read, account_id: int, ids: Sequence[UUID]) -> list[Row]:
    """Return (id, channel, address, reason) of these entries of the ledger.

    It reads the ledger of the account: 0.2 s where that has a million entries.
    """
    return await db.rows(
        """
        SELECT o.id, o.channel, o.address, o.reason
          FROM optouts AS o
         WHERE o.account_id = %(account_id)s AND o.id = ANY(%(ids)s::uuid[]) AND o.kind = 'out'
        """,
        {"account_id": account_id, "ids": list(ids)},
    )
