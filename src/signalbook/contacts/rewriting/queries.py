"""Statements of rewriting: the jobs, and whose values are to be looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from signalbook.contacts.rewriting.model import FieldJob, Wish
from signalbook.kit.db import Read, Row, Tx


class Scan(NamedTuple):
    """How far contacts were looked at, and since when they must have been written."""

    after: UUID | None = None
    since: datetime | None = None
    size: int = 10_000
    """Looking at so many different values keeps a server's other requests waiting for 0.1 s."""


async def insert(
    tx: Tx, account_id: int, id: UUID, wish: Wish, *, total: int, actor: str, at: datetime
) -> None:
    """Write down what is to be done."""
    await tx.execute(
        """
        INSERT INTO field_jobs (account_id, id, action, name, target, winner, unfit, state, total,
                                actor, created_at)
        VALUES (%(account_id)s, %(id)s, %(action)s, %(name)s, %(target)s, %(winner)s, %(unfit)s,
                'queued', %(total)s, %(actor)s, %(at)s)
        """,
        {
            "account_id": account_id,
            "id": id,
            "action": wish.action,
            "name": wish.name,
            "target": wish.target,
            "winner": wish.winner,
            "unfit": wish.unfit,
            "total": total,
            "actor": actor,
            "at": at,
        },
    )


async def get(db: Read, account_id: int, id: UUID) -> FieldJob | None:
    """Return a job."""
    return await db.one_or_none(
        FieldJob,
        """
        SELECT id, action, name, target, winner, unfit, state, round, cursor, total, done, changed,
               cleared, refused, actor, created_at, started_at, finished_at
          FROM field_jobs
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def lock(tx: Tx, account_id: int, id: UUID) -> FieldJob | None:
    """Return a job and keep everybody else from going on with it."""
    return await tx.one_or_none(
        FieldJob,
        """
        SELECT id, action, name, target, winner, unfit, state, round, cursor, total, done, changed,
               cleared, refused, actor, created_at, started_at, finished_at
          FROM field_jobs
         WHERE account_id = %(account_id)s AND id = %(id)s
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "id": id},
    )


async def active(db: Read, account_id: int) -> list[FieldJob]:
    """Return the jobs of an account that still work, the oldest first."""
    return await db.many(
        FieldJob,
        """
        SELECT id, action, name, target, winner, unfit, state, round, cursor, total, done, changed,
               cleared, refused, actor, created_at, started_at, finished_at
          FROM field_jobs
         WHERE account_id = %(account_id)s AND state IN ('queued', 'running', 'ending')
         ORDER BY id
        """,
        {"account_id": account_id},
    )


async def since(db: Read, account_id: int, at: datetime) -> list[FieldJob]:
    """Return the jobs that work or have ended since, the oldest first."""
    return await db.many(
        FieldJob,
        """
        SELECT id, action, name, target, winner, unfit, state, round, cursor, total, done, changed,
               cleared, refused, actor, created_at, started_at, finished_at
          FROM field_jobs
         WHERE account_id = %(account_id)s AND (finished_at IS NULL OR finished_at >= %(at)s)
         ORDER BY id
        """,
        {"account_id": account_id, "at": at},
    )


async def set_state(tx: Tx, account_id: int, id: UUID, state: str, at: datetime) -> int:
    """Begin a job, or a round of it that may be its last."""
    return await tx.execute(
        """
        UPDATE field_jobs
           SET state = %(state)s, started_at = coalesce(started_at, %(at)s)
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "state": state, "at": at},
    )


async def set_round(tx: Tx, account_id: int, id: UUID, round: int) -> int:
    """Walk along all contacts once more."""
    return await tx.execute(
        """
        UPDATE field_jobs
           SET state = 'running', round = %(round)s, cursor = NULL
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "round": round},
    )


async def set_ended(tx: Tx, account_id: int, id: UUID, state: str, at: datetime) -> int:
    """End a job."""
    return await tx.execute(
        """
        UPDATE field_jobs
           SET state = %(state)s, finished_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "state": state, "at": at},
    )


async def advance(  # one statement
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    cursor: UUID,
    done: int,
    changed: int,
    cleared: int,
    refused: int,
) -> None:
    """Move the checkpoint past a chunk."""
    await tx.execute(
        """
        UPDATE field_jobs
           SET cursor = %(cursor)s,
               done = done + %(done)s,
               changed = changed + %(changed)s,
               cleared = cleared + %(cleared)s,
               refused = refused + %(refused)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {
            "account_id": account_id,
            "id": id,
            "cursor": cursor,
            "done": done,
            "changed": changed,
            "cleared": cleared,
            "refused": refused,
        },
    )


async def next_ids(
    db: Read, account_id: int, name: str, after: UUID | None, size: int
) -> list[UUID]:
    """Return the next contacts that have a value in a field, and not only since it is leaving."""
    rows = await db.rows(
        """
        SELECT c.id
          FROM contacts AS c
         WHERE c.account_id = %(account_id)s
           AND c.fields ? %(name)s
           AND (%(after)s::uuid IS NULL OR c.id > %(after)s)
           AND NOT EXISTS (SELECT 1
                             FROM field_fresh AS f
                            WHERE f.account_id = %(account_id)s
                              AND f.name = %(name)s
                              AND f.contact_id = c.id)
         ORDER BY c.id
         LIMIT %(size)s
        """,
        {"account_id": account_id, "name": name, "after": after, "size": size},
        prepare=False,
    )
    return [row[0] for row in rows]


async def held(db: Read, account_id: int, name: str, other: str, ids: Sequence[UUID]) -> list[Row]:
    """Return (id, value, value in the other field) of contacts, as `next_ids` means them."""
    return await db.rows(
        """
        SELECT c.id, c.fields -> %(name)s, c.fields -> %(other)s
          FROM contacts AS c
         WHERE c.account_id = %(account_id)s
           AND c.id = ANY(%(ids)s::uuid[])
           AND c.fields ? %(name)s
           AND NOT EXISTS (SELECT 1
                             FROM field_fresh AS f
                            WHERE f.account_id = %(account_id)s
                              AND f.name = %(name)s
                              AND f.contact_id = c.id)
         ORDER BY c.id
        """,
        {"account_id": account_id, "name": name, "other": other, "ids": list(ids)},
    )


async def delete_fresh(tx: Tx, account_id: int, name: str) -> int:
    """Forget who was given a value meanwhile."""
    return await tx.execute(
        "DELETE FROM field_fresh WHERE account_id = %(account_id)s AND name = %(name)s",
        {"account_id": account_id, "name": name},
    )


async def stretch(db: Read, account_id: int, name: str, other: str, scan: Scan) -> list[Row]:
    """Count the values of the next contacts that have the field.

    Returns (value, how many, one of them, whether they have the other field, how many of
    those have the same in it, the last contact of all).
    """
    return await db.rows(
        """
          WITH stretch AS MATERIALIZED (
               SELECT c.id, c.fields -> %(name)s AS value, c.fields -> %(other)s AS other
                 FROM contacts AS c
                WHERE c.account_id = %(account_id)s
                  AND c.fields ? %(name)s
                  AND (%(after)s::uuid IS NULL OR c.id > %(after)s)
                  AND (%(since)s::timestamptz IS NULL OR c.id IN (
                       SELECT s.contact_id
                         FROM contact_signals AS s
                        WHERE s.account_id = %(account_id)s AND s.updated_at >= %(since)s))
                ORDER BY c.id
                LIMIT %(size)s)
        SELECT value, count(*), (array_agg(id))[1], other IS NOT NULL,
               count(*) FILTER (WHERE value = other),
               (SELECT id FROM stretch ORDER BY id DESC LIMIT 1)
          FROM stretch
         GROUP BY value, other IS NOT NULL
        """,
        {
            "account_id": account_id,
            "name": name,
            "other": other,
            "after": scan.after,
            "since": scan.since,
            "size": scan.size,
        },
        prepare=False,
    )


async def called(db: Read, account_id: int, ids: Sequence[UUID]) -> list[Row]:
    """Return (id, what tells a contact from others) of contacts."""
    return await db.rows(
        """
        SELECT id, coalesce(email, mobile, external_id)
          FROM contacts
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "ids": list(ids)},
    )
