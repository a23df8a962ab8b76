"""The statements for staged rows that go through the verb, and for taking a batch back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from signalbook.contacts.staging.match_queries import MEANT
from signalbook.kit.db import Jsonb, Read, Tx
from signalbook.kit.together import Bound, Statement


class Staged(msgspec.Struct, frozen=True):
    """A staged row as the verb needs it."""

    row_no: int
    key: str
    email: str | None
    mobile: str | None
    external_id: str | None
    fields: dict[str, Any]
    cleared: list[str] | None
    tags: list[int]
    optouts: str | None
    metadata: dict[str, Any] | None
    listed: dict[str, Any] | None = None


class AtFault(msgspec.Struct, frozen=True):
    """A staged row that is refused: what it names, and which identifier is why."""

    row_no: int
    named: str
    """The identifier its contact was found by; where there is none, the strongest of the row."""
    fault: str
    """Of a row in conflict the identifier of another contact, or the one its contact has other."""
    contact: str | None
    other: str | None
    external_id: str | None
    email: str | None
    mobile: str | None


async def at_fault(
    db: Read, account_id: int, batch_id: UUID, numbers: Sequence[int]
) -> list[AtFault]:
    """Say of staged rows which identifier names a contact, and which contradicts it."""
    return await db.many(
        AtFault,
        """
        SELECT s.row_no,
               CASE WHEN x.id IS NOT NULL THEN 'external_id'
                    WHEN e.id IS NOT NULL THEN 'email'
                    WHEN m.id IS NOT NULL THEN 'mobile'
                    WHEN s.external_id IS NOT NULL THEN 'external_id'
                    WHEN s.email_key IS NOT NULL THEN 'email'
                    ELSE 'mobile' END AS named,
               CASE WHEN e.id <> c.id THEN 'email'
                    WHEN m.id <> c.id THEN 'mobile'
                    WHEN x.id IS NULL AND s.external_id IS NOT NULL AND c.external_id IS NOT NULL
                    THEN 'external_id'
                    WHEN e.id IS NULL AND s.email_key IS NOT NULL THEN 'email'
                    ELSE 'mobile' END AS fault,
               c.id::text AS contact,
               CASE WHEN e.id <> c.id THEN e.id
                    WHEN m.id <> c.id THEN m.id END::text AS other,
               s.external_id, s.email, s.mobile
          FROM staged_contacts AS s"""
        + MEANT
        + """
          LEFT JOIN contacts AS c
            ON c.account_id = %(account_id)s AND c.id = coalesce(x.id, e.id, m.id)
         WHERE s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
           AND s.row_no = ANY(%(numbers)s::integer[])
         ORDER BY s.row_no
        """,
        {"account_id": account_id, "batch_id": batch_id, "numbers": list(numbers)},
    )


async def rows(db: Read, account_id: int, batch_id: UUID, numbers: Sequence[int]) -> list[Staged]:
    """Read some staged rows, in the order of the file."""
    return await db.many(
        Staged,
        """
        SELECT row_no, key, email, mobile, external_id, fields, cleared, tags, optouts, metadata,
               listed
          FROM staged_contacts
         WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
           AND row_no = ANY(%(numbers)s::integer[])
         ORDER BY row_no
        """,
        {"account_id": account_id, "batch_id": batch_id, "numbers": list(numbers)},
    )


async def entangled(db: Read, account_id: int, batch_id: UUID, after: int, limit: int) -> list[int]:
    """List the next entangled rows."""
    return await db.values(
        """
        SELECT row_no
          FROM staged_contacts
         WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
           AND is_entangled AND superseded_by IS NULL AND row_no > %(after)s
         ORDER BY row_no
         LIMIT %(limit)s
        """,
        {"account_id": account_id, "batch_id": batch_id, "after": after, "limit": limit},
    )


async def superseded(
    db: Read, account_id: int, batch_id: UUID, rows: tuple[int, int]
) -> list[tuple[int, int]]:
    """List the rows that a later one replaces, each with that one."""
    return [
        (row[0], row[1])
        for row in await db.rows(
            """
            SELECT row_no, superseded_by
              FROM staged_contacts
             WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
               AND row_no BETWEEN %(first)s AND %(last)s
               AND superseded_by IS NOT NULL
            """,
            {"account_id": account_id, "batch_id": batch_id, "first": rows[0], "last": rows[1]},
        )
    ]


async def found(
    db: Read, account_id: int, batch_id: UUID, numbers: Sequence[int]
) -> list[tuple[int, str]]:
    """List rows with the contacts they mean, as `match` finds them; those without are left out."""
    return [
        (row[0], row[1])
        for row in await db.rows(
            """
            SELECT s.row_no, coalesce(x.id, e.id, m.id)::text
              FROM staged_contacts AS s"""
            + MEANT
            + """
             WHERE s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
               AND s.row_no = ANY(%(numbers)s::integer[])
               AND coalesce(x.id, e.id, m.id) IS NOT NULL
            """,
            {"account_id": account_id, "batch_id": batch_id, "numbers": list(numbers)},
        )
    ]


async def insert_befores(
    tx: Tx,
    account_id: int,
    batch_id: UUID,
    befores: Sequence[dict[str, Any]],
    at: datetime,
) -> None:
    """Keep what contacts were; each before has `row_no`, `contact_id` and `before`."""
    await tx.execute(
        """
        INSERT INTO contact_befores (account_id, batch_id, contact_id, row_no, at, before)
        SELECT %(account_id)s, %(batch_id)s, b.contact_id, b.row_no, %(at)s, b.before
          FROM jsonb_to_recordset(%(befores)s) AS b(contact_id uuid, row_no integer, before jsonb)
        """,
        {
            "account_id": account_id,
            "batch_id": batch_id,
            "befores": Jsonb(list(befores)),
            "at": at,
        },
    )


async def keep_whole(
    tx: Tx,
    account_id: int,
    batch_id: UUID,
    rows: Sequence[int],
    ids: Sequence[str],
    at: datetime,
) -> None:
    """Keep all that is known of contacts that are about to be deleted."""
    await tx.execute(
        """
        INSERT INTO contact_befores (account_id, batch_id, contact_id, row_no, at, before)
        SELECT %(account_id)s, %(batch_id)s, n.id, n.row_no, %(at)s,
               jsonb_build_object(
               'contact', to_jsonb(c) - 'words',
               'tag_names', (SELECT coalesce(jsonb_agg(t.name), '[]')
                               FROM tags AS t
                              WHERE t.account_id = %(account_id)s AND t.id = ANY(g.tags)),
               'events', (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]')
                            FROM events AS e
                           WHERE e.account_id = %(account_id)s AND e.contact_id = n.id),
               'days', (SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]')
                          FROM event_days AS d
                         WHERE d.account_id = %(account_id)s AND d.contact_id = n.id))
          FROM unnest(%(rows)s::integer[], %(ids)s::uuid[]) AS n(row_no, id)
          JOIN contacts AS c
            ON c.account_id = %(account_id)s AND c.id = n.id
          JOIN contact_signals AS g
            ON g.account_id = %(account_id)s AND g.contact_id = n.id
        """,
        {
            "account_id": account_id,
            "batch_id": batch_id,
            "rows": list(rows),
            "ids": list(ids),
            "at": at,
        },
    )


_SAMPLE = Statement(
    """
    SELECT n.row_no, n.id, coalesce(c.email, c.mobile, c.external_id),
           (SELECT coalesce(jsonb_object_agg(k.key, jsonb_build_array(c.fields -> k.key, k.value)),
                            '{}')
              FROM (SELECT key, value FROM jsonb_each(s.fields)
                     UNION ALL
                    SELECT key, NULL FROM unnest(s.cleared) AS key) AS k
             WHERE c.fields -> k.key IS DISTINCT FROM k.value),
           ARRAY(SELECT t FROM unnest(s.tags) AS t
                  WHERE (SELECT %(tag_ids)s::integer[])[t + 1] IS NULL
                     OR (SELECT %(tag_ids)s::integer[])[t + 1] <> ALL (g.tags))
      FROM unnest((%(rows)s)::integer[], (%(ids)s)::uuid[]) AS n(row_no, id)
      JOIN staged_contacts AS s
        ON s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s AND s.row_no = n.row_no
      JOIN contacts AS c
        ON c.account_id = %(account_id)s AND c.id = n.id
      JOIN contact_signals AS g
        ON g.account_id = %(account_id)s AND g.contact_id = n.id
     ORDER BY n.row_no
    """
)


def sample(values: dict[str, object]) -> Bound:
    """Show what rows would change: contact, name, fields before and after, numbers of tags."""
    return Bound(_SAMPLE, values)


async def without_email(
    tx: Tx, account_id: int, batch_id: UUID, rows: tuple[int, int]
) -> list[int]:
    """List the rows from one number to another that name no e-mail."""
    return await tx.values(
        """
        SELECT row_no
          FROM staged_contacts
         WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
           AND row_no BETWEEN %(first)s AND %(last)s
           AND email_key IS NULL
        """,
        {"account_id": account_id, "batch_id": batch_id, "first": rows[0], "last": rows[1]},
    )
