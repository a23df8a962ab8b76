"""The statements that take a batch back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from signalbook.kit.db import Read, Tx


class Before(msgspec.Struct, frozen=True):
    """What a contact was before a row of the batch changed it."""

    row_no: int
    contact_id: UUID
    at: datetime
    before: dict[str, Any]


async def befores(db: Read, account_id: int, batch_id: UUID, limit: int) -> list[Before]:
    """List what is not taken back yet, the last row first."""
    return await db.many(
        Before,
        """
        SELECT row_no, contact_id, at, before
          FROM contact_befores
         WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
           AND NOT undone AND NOT kept
         ORDER BY row_no DESC
         LIMIT %(limit)s
        """,
        {"account_id": account_id, "batch_id": batch_id, "limit": limit},
    )


async def set_undone(tx: Tx, account_id: int, batch_id: UUID, rows: Sequence[int]) -> None:
    await tx.execute(
        """
        UPDATE contact_befores
           SET undone = true
         WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
           AND row_no = ANY(%(rows)s::integer[])
        """,
        {"account_id": account_id, "batch_id": batch_id, "rows": list(rows)},
    )


async def keep(
    tx: Tx, account_id: int, batch_id: UUID, rows: Sequence[tuple[int, UUID]], at: datetime
) -> None:
    """Note contacts that were left alone, because something newer had touched them."""
    await tx.execute(
        """
        INSERT INTO contact_befores (account_id, batch_id, contact_id, row_no, at, before, kept)
        SELECT %(account_id)s, %(batch_id)s, n.id, n.row_no, %(at)s, '{}', true
          FROM unnest(%(rows)s::integer[], %(ids)s::uuid[]) AS n(row_no, id)
            ON CONFLICT ON CONSTRAINT contact_befores_pkey DO UPDATE SET kept = true
        """,
        {
            "account_id": account_id,
            "batch_id": batch_id,
            "rows": [row for row, _ in rows],
            "ids": [one for _, one in rows],
            "at": at,
        },
    )


async def lock(tx: Tx, account_id: int, ids: Sequence[UUID]) -> list[tuple[UUID, datetime]]:
    """Lock contacts in the order of their ids; return those that are there, and their last news."""
    return [
        (row[0], row[1])
        for row in await tx.rows(
            """
            SELECT contact_id, updated_at
              FROM contact_signals
             WHERE account_id = %(account_id)s AND contact_id = ANY(%(ids)s::uuid[])
             ORDER BY contact_id
               FOR NO KEY UPDATE
            """,
            {"account_id": account_id, "ids": sorted(set(ids))},
        )
    ]


async def touched_by_batch(
    db: Read, account_id: int, batch_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, datetime]:
    """Tell when later rows of the same batch changed contacts that an earlier one had made."""
    rows = await db.rows(
        """
        SELECT contact_id, max(at)
          FROM contact_befores
         WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
           AND contact_id = ANY(%(ids)s::uuid[])
         GROUP BY contact_id
        """,
        {"account_id": account_id, "batch_id": batch_id, "ids": list(ids)},
    )
    return {row[0]: row[1] for row in rows}


async def tag_names(db: Read, account_id: int, ids: Sequence[int]) -> dict[int, str]:
    rows = await db.rows(
        """
        SELECT id, name
          FROM tags
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::integer[])
        """,
        {"account_id": account_id, "ids": list(ids)},
    )
    return {row[0]: row[1] for row in rows}


async def metadata_keys(db: Read, account_id: int, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """List the keys of the metadata of contacts, to remove those that were not there."""
    rows = await db.rows(
        """
        SELECT id, ARRAY(SELECT jsonb_object_keys(metadata))
          FROM contacts
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "ids": list(ids)},
    )
    return {row[0]: row[1] for row in rows}


async def optouts(
    db: Read, account_id: int, mark: str, ids: Sequence[UUID]
) -> dict[UUID, list[str]]:
    """Return the channels on which rows of a batch have restricted contacts for the account."""
    rows = await db.rows(
        """
        SELECT c.id, array_agg(DISTINCT o.channel)
          FROM contacts AS c
         CROSS JOIN LATERAL unnest(ARRAY[c.email_key, c.mobile, c.landline,
                                         'id:' || c.external_id]) AS a(address)
          JOIN optouts AS o
            ON o.account_id = %(account_id)s AND o.address = a.address
         WHERE c.account_id = %(account_id)s
           AND c.id = ANY(%(ids)s)
           AND o.kind = 'out' AND o.reason = 'user' AND o.evidence @> %(mark)s::jsonb
         GROUP BY c.id
        """,
        {"account_id": account_id, "mark": mark, "ids": list(ids)},
    )
    return dict(rows)


async def restore_events(tx: Tx, account_id: int, batch_id: UUID, ids: Sequence[UUID]) -> None:
    await tx.execute(
        """
        INSERT INTO events (account_id, contact_id, at, id, kind, tag_id, source, actor, payload)
        SELECT %(account_id)s, b.contact_id, e.at, e.id, e.kind, e.tag_id, e.source, e.actor,
               e.payload
          FROM contact_befores AS b
         CROSS JOIN LATERAL jsonb_to_recordset(b.before -> 'events')
            AS e(at timestamptz, id uuid, kind text, tag_id integer, source text, actor text,
                 payload jsonb)
         WHERE b.account_id = %(account_id)s AND b.batch_id = %(batch_id)s
           AND b.contact_id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "batch_id": batch_id, "ids": list(ids)},
    )


async def restore_days(tx: Tx, account_id: int, batch_id: UUID, ids: Sequence[UUID]) -> None:
    await tx.execute(
        """
        INSERT INTO event_days (account_id, contact_id, tag_id, day, count)
        SELECT %(account_id)s, b.contact_id, d.tag_id, d.day, d.count
          FROM contact_befores AS b
         CROSS JOIN LATERAL jsonb_to_recordset(b.before -> 'days')
            AS d(tag_id integer, day date, count integer)
         WHERE b.account_id = %(account_id)s AND b.batch_id = %(batch_id)s
           AND b.contact_id = ANY(%(ids)s::uuid[])
            ON CONFLICT ON CONSTRAINT event_days_pkey DO NOTHING
        """,
        {"account_id": account_id, "batch_id": batch_id, "ids": list(ids)},
    )
