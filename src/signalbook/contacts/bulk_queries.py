"""Statements of work on many contacts: the jobs, what they changed, and what changed since."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from signalbook.contacts.bulk_model import Action, Before, BulkJob
from signalbook.kit.db import Jsonb, Read, Row, Tx


async def insert(
    tx: Tx,
    account_id: int,
    id: UUID,
    action: Action,
    argument: str,
    *,
    wanted: dict[str, Any],
    ids: Sequence[UUID] | None,
    last_id: UUID,
    actor: str,
    at: datetime,
) -> None:
    """Write down what is to be done."""
    await tx.execute(
        """
        INSERT INTO bulk_jobs
               (account_id, id, action, argument, filter, ids, state, last_id, actor, created_at)
        VALUES (%(account_id)s, %(id)s, %(action)s, %(argument)s, %(wanted)s, %(ids)s::uuid[],
                'queued', %(last_id)s, %(actor)s, %(at)s)
        """,
        {
            "account_id": account_id,
            "id": id,
            "action": action,
            "argument": argument,
            "wanted": Jsonb(wanted),
            "ids": None if ids is None else list(ids),
            "last_id": last_id,
            "actor": actor,
            "at": at,
        },
    )


async def get(db: Read, account_id: int, id: UUID) -> BulkJob | None:
    """Return a job."""
    return await db.one_or_none(
        BulkJob,
        """
        SELECT id, action, argument, filter, ids, state, last_id, cursor, total, done, changed,
               skipped, undo_done, undo_changed, actor, created_at, started_at, finished_at
          FROM bulk_jobs
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def lock(tx: Tx, account_id: int, id: UUID) -> BulkJob | None:
    """Return a job and keep everybody else from going on with it."""
    return await tx.one_or_none(
        BulkJob,
        """
        SELECT id, action, argument, filter, ids, state, last_id, cursor, total, done, changed,
               skipped, undo_done, undo_changed, actor, created_at, started_at, finished_at
          FROM bulk_jobs
         WHERE account_id = %(account_id)s AND id = %(id)s
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "id": id},
    )


async def set_started(tx: Tx, account_id: int, id: UUID, total: int, at: datetime) -> None:
    """Begin, knowing how many contacts are meant."""
    await tx.execute(
        """
        UPDATE bulk_jobs
           SET state = 'running', total = %(total)s, started_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "total": total, "at": at},
    )


async def advance(
    tx: Tx, account_id: int, id: UUID, *, cursor: UUID, done: int, changed: int, skipped: int
) -> None:
    """Move the checkpoint past a chunk."""
    await tx.execute(
        """
        UPDATE bulk_jobs
           SET cursor = %(cursor)s,
               done = done + %(done)s,
               changed = changed + %(changed)s,
               skipped = skipped + %(skipped)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {
            "account_id": account_id,
            "id": id,
            "cursor": cursor,
            "done": done,
            "changed": changed,
            "skipped": skipped,
        },
    )


async def advance_undo(
    tx: Tx, account_id: int, id: UUID, *, cursor: UUID, done: int, changed: int
) -> None:
    """Move the checkpoint of an undoing past a chunk."""
    await tx.execute(
        """
        UPDATE bulk_jobs
           SET cursor = %(cursor)s,
               undo_done = undo_done + %(done)s,
               undo_changed = undo_changed + %(changed)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "cursor": cursor, "done": done, "changed": changed},
    )


async def set_ended(tx: Tx, account_id: int, id: UUID, state: str, at: datetime) -> int:
    """End a job that has not ended; return how many that were."""
    return await tx.execute(
        """
        UPDATE bulk_jobs
           SET state = %(state)s, finished_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
           AND state IN ('queued', 'running', 'undoing')
        """,
        {"account_id": account_id, "id": id, "state": state, "at": at},
    )


async def set_undoing(tx: Tx, account_id: int, id: UUID) -> int:
    """Begin to undo a job that has ended; return how many that were."""
    return await tx.execute(
        """
        UPDATE bulk_jobs
           SET state = 'undoing', cursor = NULL, finished_at = NULL
         WHERE account_id = %(account_id)s AND id = %(id)s AND action <> 'delete'
           AND state IN ('done', 'cancelled', 'failed')
        """,
        {"account_id": account_id, "id": id},
    )


async def insert_changes(
    tx: Tx, account_id: int, job_id: UUID, ids: Sequence[UUID], at: datetime, before: dict[str, str]
) -> None:
    """Remember which contacts a chunk changed, and what was before."""
    await tx.execute(
        """
        INSERT INTO bulk_changes (account_id, job_id, contact_id, at, before)
        SELECT %(account_id)s::integer, %(job_id)s::uuid, id, %(at)s::timestamptz,
               %(before)s::jsonb
          FROM unnest(%(ids)s::uuid[]) AS id
            ON CONFLICT ON CONSTRAINT bulk_changes_pkey DO NOTHING
        """,
        {
            "account_id": account_id,
            "job_id": job_id,
            "ids": list(ids),
            "at": at,
            "before": Jsonb(before),
        },
    )


async def changes(
    db: Read, account_id: int, job_id: UUID, after: UUID | None, size: int
) -> list[Before]:
    """Return the next contacts that a job changed."""
    return await db.many(
        Before,
        """
        SELECT contact_id, at
          FROM bulk_changes
         WHERE account_id = %(account_id)s AND job_id = %(job_id)s
           AND (%(after)s::uuid IS NULL OR contact_id > %(after)s::uuid)
         ORDER BY contact_id
         LIMIT %(size)s
        """,
        {"account_id": account_id, "job_id": job_id, "after": after, "size": size},
    )


async def lock_contacts(tx: Tx, account_id: int, ids: Sequence[UUID]) -> list[Row]:
    """Lock contacts in the order of their ids, as every batch does."""
    return await tx.rows(
        """
        SELECT contact_id
          FROM contact_signals
         WHERE account_id = %(account_id)s AND contact_id = ANY(%(ids)s::uuid[])
         ORDER BY contact_id
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "ids": list(ids)},
    )


async def states(db: Read, account_id: int, ids: Sequence[UUID], tag: str) -> list[Row]:
    """Return (id, whether it is active, whether it carries the tag) of contacts."""
    return await db.rows(
        """
        SELECT c.id, c.is_active,
               s.tags @> ARRAY(SELECT t.id
                                 FROM tags AS t
                                WHERE t.account_id = %(account_id)s AND t.name = %(tag)s)
               AND EXISTS (SELECT 1
                             FROM tags AS t
                            WHERE t.account_id = %(account_id)s AND t.name = %(tag)s)
          FROM contacts AS c
          JOIN contact_signals AS s
            ON s.account_id = c.account_id AND s.contact_id = c.id
         WHERE c.account_id = %(account_id)s AND c.id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "ids": list(ids), "tag": tag},
    )


async def stirred(
    db: Read,
    account_id: int,
    ids: Sequence[UUID],
    since: datetime,
    kinds: Sequence[str],
    tag: str,
) -> set[UUID]:
    """Return those to whom such a thing happened since, with this tag where one is named."""
    return set(
        await db.values(
            """
            SELECT e.contact_id
              FROM events AS e
         LEFT JOIN tags AS t
                ON t.account_id = e.account_id AND t.id = e.tag_id
             WHERE e.account_id = %(account_id)s AND e.contact_id = ANY(%(ids)s::uuid[])
               AND e.at > %(since)s AND e.kind = ANY(%(kinds)s::text[])
               AND (%(tag)s = '' OR t.name = %(tag)s)
            """,
            {
                "account_id": account_id,
                "ids": list(ids),
                "since": since,
                "kinds": list(kinds),
                "tag": tag,
            },
        )
    )


async def newest(db: Read, account_id: int) -> UUID | None:
    """Return the last id there is now; what comes later is not meant by a job that begins now."""
    return await db.value(
        """
        SELECT id
          FROM contacts
         WHERE account_id = %(account_id)s
         ORDER BY id DESC
         LIMIT 1
        """,
        {"account_id": account_id},
    )
