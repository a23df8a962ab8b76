"""Statements about work on many members of a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from signalbook.kit.db import Jsonb, Read, Tx
from signalbook.lists.model import Action, ListJob, Switch


async def insert(
    tx: Tx,
    account_id: int,
    id: UUID,
    list_id: UUID,
    action: Action | Switch,
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
        INSERT INTO list_jobs
               (account_id, id, list_id, action, filter, ids, state, last_id, actor, created_at)
        VALUES (%(account_id)s, %(id)s, %(list_id)s, %(action)s, %(wanted)s, %(ids)s::uuid[],
                'queued', %(last_id)s, %(actor)s, %(at)s)
        """,
        {
            "account_id": account_id,
            "id": id,
            "list_id": list_id,
            "action": action,
            "wanted": Jsonb(wanted),
            "ids": None if ids is None else list(ids),
            "last_id": last_id,
            "actor": actor,
            "at": at,
        },
    )


async def get(db: Read, account_id: int, id: UUID) -> ListJob | None:
    """Return a job."""
    return await db.one_or_none(
        ListJob,
        """
        SELECT j.id, j.list_id, coalesce(l.name, '') AS list_name, j.action, j.filter,
               j.ids IS NOT NULL AS is_named, j.state, j.last_id, j.cursor, j.total, j.done,
               j.changed, j.actor, j.created_at, j.started_at, j.finished_at
          FROM list_jobs AS j
          LEFT JOIN lists AS l
            ON l.account_id = j.account_id AND l.id = j.list_id
         WHERE j.account_id = %(account_id)s AND j.id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def recent(db: Read, account_id: int, list_id: UUID, most: int) -> list[ListJob]:
    """Return the latest jobs of a list, the newest first."""
    return await db.many(
        ListJob,
        """
        SELECT j.id, j.list_id, l.name AS list_name, j.action, j.filter,
               j.ids IS NOT NULL AS is_named, j.state, j.last_id, j.cursor, j.total, j.done,
               j.changed, j.actor, j.created_at, j.started_at, j.finished_at
          FROM list_jobs AS j
          JOIN lists AS l
            ON l.account_id = j.account_id AND l.id = j.list_id
         WHERE j.account_id = %(account_id)s AND j.list_id = %(list_id)s
         ORDER BY j.id DESC
         LIMIT %(most)s
        """,
        {"account_id": account_id, "list_id": list_id, "most": most},
    )


async def lock(tx: Tx, account_id: int, id: UUID) -> ListJob | None:
    """Return a job and keep everybody else from going on with it."""
    return await tx.one_or_none(
        ListJob,
        """
        SELECT j.id, j.list_id, '' AS list_name, j.action, j.filter,
               j.ids IS NOT NULL AS is_named, j.state, j.last_id, j.cursor, j.total, j.done,
               j.changed, j.actor, j.created_at, j.started_at, j.finished_at
          FROM list_jobs AS j
         WHERE j.account_id = %(account_id)s AND j.id = %(id)s
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "id": id},
    )


async def next_named(db: Read, account_id: int, id: UUID, after: int, size: int) -> list[UUID]:
    """Return the next contacts that a job names, after the first `after` of them."""
    return await db.value(
        """
        SELECT coalesce(ids[%(after)s::integer + 1 : %(after)s::integer + %(size)s::integer], '{}')
          FROM list_jobs
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "after": after, "size": size},
    )


async def count_named(db: Read, account_id: int, id: UUID) -> int:
    """Count the contacts that a job names."""
    found = await db.value(
        """
        SELECT cardinality(ids)
          FROM list_jobs
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )
    return int(found or 0)


async def set_started(tx: Tx, account_id: int, id: UUID, total: int, at: datetime) -> None:
    """Begin, knowing how many contacts are meant."""
    await tx.execute(
        """
        UPDATE list_jobs
           SET state = 'running', total = %(total)s, started_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "total": total, "at": at},
    )


async def advance(
    tx: Tx, account_id: int, id: UUID, *, cursor: UUID, done: int, changed: int
) -> None:
    """Move the checkpoint past a chunk."""
    await tx.execute(
        """
        UPDATE list_jobs
           SET cursor = %(cursor)s,
               done = done + %(done)s,
               changed = changed + %(changed)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "cursor": cursor, "done": done, "changed": changed},
    )


async def end_switches(tx: Tx, account_id: int, list_id: UUID, at: datetime) -> int:
    """End what deactivates or activates a list, as the opposite is done now; return how many."""
    return await tx.execute(
        """
        UPDATE list_jobs
           SET state = 'cancelled', finished_at = %(at)s
         WHERE account_id = %(account_id)s
           AND list_id = %(list_id)s
           AND action IN ('activate', 'deactivate')
           AND state IN ('queued', 'running')
        """,
        {"account_id": account_id, "list_id": list_id, "at": at},
    )


async def set_ended(tx: Tx, account_id: int, id: UUID, state: str, at: datetime) -> int:
    """End a job that has not ended; return how many that were."""
    return await tx.execute(
        """
        UPDATE list_jobs
           SET state = %(state)s, finished_at = %(at)s, ids = CASE WHEN ids IS NULL THEN NULL
                                                                   ELSE '{}'::uuid[] END
         WHERE account_id = %(account_id)s AND id = %(id)s AND state IN ('queued', 'running')
        """,
        {"account_id": account_id, "id": id, "state": state, "at": at},
    )
