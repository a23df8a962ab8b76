"""Statements of exports: what was asked for, and how far it is."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from signalbook.exports.model import Asked, Export
from signalbook.kit.db import Jsonb, Read, Tx


async def insert(
    tx: Tx,
    account_id: int,
    id: UUID,
    asked: Asked,
    columns: Sequence[str],
    *,
    actor: str,
    at: datetime,
) -> None:
    """Write down what is wanted."""
    await tx.execute(
        """
        INSERT INTO exports
               (account_id, id, format, compression, columns, is_raw, filter, query, state,
                actor, created_at)
        VALUES (%(account_id)s, %(id)s, %(format)s, %(compression)s, %(columns)s::text[],
                %(is_raw)s, %(filter)s, %(query)s, 'queued', %(actor)s, %(at)s)
        """,
        {
            "account_id": account_id,
            "id": id,
            "format": str(asked.format),
            "compression": asked.compression,
            "columns": list(columns),
            "is_raw": asked.is_raw,
            "filter": Jsonb(msgspec.to_builtins(asked.wanted)),
            "query": asked.query,
            "actor": actor,
            "at": at,
        },
    )


async def get(db: Read, account_id: int, id: UUID) -> Export | None:
    """Return an export."""
    return await db.one_or_none(
        Export,
        """
        SELECT id, format, compression, columns, is_raw, filter, query, state, last_id, cursor,
               part, stride, bytes, total, done, actor, created_at, started_at, finished_at,
               expires_at
          FROM exports
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def page(db: Read, account_id: int, size: int, before: UUID | None = None) -> list[Export]:
    """Return exports, the newest first."""
    return await db.many(
        Export,
        """
        SELECT id, format, compression, columns, is_raw, filter, query, state, last_id, cursor,
               part, stride, bytes, total, done, actor, created_at, started_at, finished_at,
               expires_at
          FROM exports
         WHERE account_id = %(account_id)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
         ORDER BY id DESC
         LIMIT %(size)s
        """,
        {"account_id": account_id, "before": before, "size": size},
    )


async def lock(tx: Tx, account_id: int, id: UUID) -> Export | None:
    """Return an export and keep everybody else from changing it."""
    return await tx.one_or_none(
        Export,
        """
        SELECT id, format, compression, columns, is_raw, filter, query, state, last_id, cursor,
               part, stride, bytes, total, done, actor, created_at, started_at, finished_at,
               expires_at
          FROM exports
         WHERE account_id = %(account_id)s AND id = %(id)s
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "id": id},
    )


async def count_active(db: Read, account_id: int) -> int:
    """Count the exports that wait or run."""
    count = await db.value(
        """
        SELECT count(*)
          FROM exports
         WHERE account_id = %(account_id)s AND state IN ('queued', 'running')
        """,
        {"account_id": account_id},
    )
    return int(count)


async def newest_contact(db: Read, account_id: int) -> UUID | None:
    """Return the id of the newest contact, behind which nobody is meant."""
    found: UUID | None = await db.value(
        """
        SELECT id
          FROM contacts
         WHERE account_id = %(account_id)s
         ORDER BY id DESC
         LIMIT 1
        """,
        {"account_id": account_id},
    )
    return found


async def set_started(
    tx: Tx, account_id: int, id: UUID, *, last_id: UUID | None, total: int, at: datetime
) -> None:
    """Begin, knowing how many contacts are meant and which is the last."""
    await tx.execute(
        """
        UPDATE exports
           SET state = 'running', last_id = %(last_id)s, total = %(total)s, started_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "last_id": last_id, "total": total, "at": at},
    )


async def advance(
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    cursor: UUID,
    part: int,
    bytes: int,
    done: int,
    stride: int,
) -> bool:
    """Commit how far the file is; tell whether it is still wanted."""
    changed = await tx.execute(
        """
        UPDATE exports
           SET cursor = %(cursor)s, part = %(part)s, bytes = %(bytes)s, done = %(done)s,
               stride = %(stride)s
         WHERE account_id = %(account_id)s AND id = %(id)s AND state = 'running'
        """,
        {
            "account_id": account_id,
            "id": id,
            "cursor": cursor,
            "part": part,
            "bytes": bytes,
            "done": done,
            "stride": stride,
        },
    )
    return changed > 0


async def set_done(
    tx: Tx, account_id: int, id: UUID, *, part: int, bytes: int, at: datetime, until: datetime
) -> bool:
    """Offer the file; tell whether it is still wanted."""
    changed = await tx.execute(
        """
        UPDATE exports
           SET state = 'done', part = %(part)s, bytes = %(bytes)s, finished_at = %(at)s,
               expires_at = %(until)s
         WHERE account_id = %(account_id)s AND id = %(id)s AND state = 'running'
        """,
        {
            "account_id": account_id,
            "id": id,
            "part": part,
            "bytes": bytes,
            "at": at,
            "until": until,
        },
    )
    return changed > 0


async def set_ended(tx: Tx, account_id: int, id: UUID, state: str, at: datetime) -> None:
    """End an export that is not over yet."""
    await tx.execute(
        """
        UPDATE exports
           SET state = %(state)s, finished_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s AND state IN ('queued', 'running')
        """,
        {"account_id": account_id, "id": id, "state": state, "at": at},
    )


async def delete(tx: Tx, account_id: int, id: UUID) -> bool:
    """Forget an export; tell whether there was one."""
    changed = await tx.execute(
        "DELETE FROM exports WHERE account_id = %(account_id)s AND id = %(id)s",
        {"account_id": account_id, "id": id},
    )
    return changed > 0


async def expire(tx: Tx, account_id: int, now: datetime) -> None:
    """Close the files whose time is over."""
    await tx.execute(
        """
        UPDATE exports
           SET state = 'expired'
         WHERE account_id = %(account_id)s AND state = 'done' AND expires_at <= %(now)s
        """,
        {"account_id": account_id, "now": now},
    )


async def forget(tx: Tx, account_id: int, before: datetime) -> None:
    """Forget exports that ended long ago."""
    await tx.execute(
        """
        DELETE FROM exports
         WHERE account_id = %(account_id)s AND finished_at < %(before)s
        """,
        {"account_id": account_id, "before": before},
    )


async def with_files(db: Read, account_id: int, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these exports whose files are needed."""
    found = await db.values(
        """
        SELECT id
          FROM exports
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[])
           AND state IN ('queued', 'running', 'done')
        """,
        {"account_id": account_id, "ids": list(ids)},
    )
    return set(found)
