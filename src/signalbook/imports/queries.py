"""The statements on imports themselves, their chunks and their rejects."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from signalbook.imports.model import (
    ColumnMap,
    Import,
    Options,
    Reason,
    Source,
    State,
    Verdict,
)
from signalbook.kit.db import Jsonb, Read, Tx


def _import_of(row: Sequence[Any]) -> Import:
    return msgspec.convert(
        dict(zip(Import.__struct_fields__, row, strict=True)), Import, strict=False
    )


async def insert(
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    name: str,
    expected: int | None,
    actor: str,
    at: datetime,
) -> None:
    await tx.execute(
        """
        INSERT INTO imports (account_id, id, name, state, expected, actor, created_at)
        VALUES (%(account_id)s, %(id)s, %(name)s, 'uploading', %(expected)s, %(actor)s, %(at)s)
        """,
        {
            "account_id": account_id,
            "id": id,
            "name": name,
            "expected": expected,
            "actor": actor,
            "at": at,
        },
    )


async def get(db: Read, account_id: int, id: UUID) -> Import | None:
    rows = await db.rows(
        """
        SELECT account_id, id, name, state, paused_state, bytes, expected, source, fingerprint,
               layout, columns, options, dry_run, tags, fields, widened, notes, staged, rejected,
               read_bytes, last_row, is_sorted, verdict, failure, undo_done, actor, created_at,
               checking_at, checked_at, applying_at, finished_at
          FROM imports
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )
    return _import_of(rows[0]) if rows else None


async def lock(tx: Tx, account_id: int, id: UUID) -> Import | None:
    """Read an import and keep its state from changing until the transaction ends."""
    rows = await tx.rows(
        """
        SELECT account_id, id, name, state, paused_state, bytes, expected, source, fingerprint,
               layout, columns, options, dry_run, tags, fields, widened, notes, staged, rejected,
               read_bytes, last_row, is_sorted, verdict, failure, undo_done, actor, created_at,
               checking_at, checked_at, applying_at, finished_at
          FROM imports
         WHERE account_id = %(account_id)s AND id = %(id)s
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "id": id},
    )
    return _import_of(rows[0]) if rows else None


async def page(db: Read, account_id: int, before: UUID | None, limit: int) -> list[Import]:
    """List imports, newest first, those before one of them."""
    rows = await db.rows(
        """
        SELECT account_id, id, name, state, paused_state, bytes, expected, NULL, fingerprint,
               layout, columns, options, dry_run, tags, fields, widened, notes, staged, rejected,
               read_bytes, last_row, is_sorted, verdict, failure, undo_done, actor, created_at,
               checking_at, checked_at, applying_at, finished_at
          FROM imports
         WHERE account_id = %(account_id)s
           AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
         ORDER BY id DESC
         LIMIT %(limit)s
        """,
        {"account_id": account_id, "before": before, "limit": limit},
    )
    return [_import_of(row) for row in rows]


async def set_received(tx: Tx, account_id: int, id: UUID, bytes: int) -> None:
    await tx.execute(
        """
        UPDATE imports
           SET bytes = %(bytes)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "bytes": bytes},
    )


async def set_source(
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    source: Source,
    fingerprint: str | None,
    layout: str,
    columns: Sequence[ColumnMap],
    options: Options,
) -> None:
    await tx.execute(
        """
        UPDATE imports
           SET state = 'ready', source = %(source)s, fingerprint = %(fingerprint)s,
               layout = %(layout)s, columns = %(columns)s, options = %(options)s,
               failure = '', verdict = NULL
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {
            "account_id": account_id,
            "id": id,
            "source": Jsonb(source),
            "fingerprint": fingerprint,
            "layout": layout,
            "columns": Jsonb(list(columns)),
            "options": Jsonb(options),
        },
    )


async def set_mapping(
    tx: Tx, account_id: int, id: UUID, columns: Sequence[ColumnMap], options: Options
) -> None:
    await tx.execute(
        """
        UPDATE imports
           SET state = 'ready', columns = %(columns)s, options = %(options)s, verdict = NULL
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {
            "account_id": account_id,
            "id": id,
            "columns": Jsonb(list(columns)),
            "options": Jsonb(options),
        },
    )


async def set_checking(tx: Tx, account_id: int, id: UUID, *, dry_run: bool, at: datetime) -> None:
    """Begin to check anew: what an earlier check had found is forgotten."""
    await tx.execute(
        """
        UPDATE imports
           SET state = 'checking', dry_run = %(dry_run)s, checking_at = %(at)s, checked_at = NULL,
               tags = '{}', fields = '{}', widened = '{}', notes = '{}', staged = 0, rejected = 0,
               read_bytes = 0, last_row = 0, is_sorted = false, verdict = NULL, failure = ''
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "dry_run": dry_run, "at": at},
    )


async def add_parcel(
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    rows: int,
    rejected: int,
    read_bytes: int,
    tags: list[str],
    fields: dict[str, str],
    widened: list[str],
    notes: dict[str, int],
) -> None:
    """Remember how far the check is, with what it met on the way."""
    await tx.execute(
        """
        UPDATE imports
           SET staged = staged + %(rows)s, rejected = rejected + %(rejected)s,
               read_bytes = %(read_bytes)s, tags = tags || %(tags)s::text[],
               fields = fields || %(fields)s, widened = widened || %(widened)s::text[],
               notes = %(notes)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {
            "account_id": account_id,
            "id": id,
            "rows": rows,
            "rejected": rejected,
            "read_bytes": read_bytes,
            "tags": tags,
            "fields": Jsonb(fields),
            "widened": widened,
            "notes": Jsonb(notes),
        },
    )


async def set_sorted(tx: Tx, account_id: int, id: UUID, last_row: int) -> None:
    """Note that duplicates and entangled rows are marked, and where the rows end."""
    await tx.execute(
        """
        UPDATE imports
           SET is_sorted = true, last_row = %(last_row)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "last_row": last_row},
    )


async def set_checked(tx: Tx, account_id: int, id: UUID, verdict: Verdict, at: datetime) -> None:
    await tx.execute(
        """
        UPDATE imports
           SET state = 'checked', verdict = %(verdict)s, checked_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "verdict": Jsonb(verdict), "at": at},
    )


async def set_applying(tx: Tx, account_id: int, id: UUID, at: datetime) -> None:
    await tx.execute(
        """
        UPDATE imports
           SET state = 'applying', checked_at = coalesce(checked_at, %(at)s), applying_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "at": at},
    )


async def set_state(
    tx: Tx, account_id: int, id: UUID, state: State, paused_state: State | None = None
) -> None:
    await tx.execute(
        """
        UPDATE imports
           SET state = %(state)s, paused_state = %(paused_state)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "state": state, "paused_state": paused_state},
    )


async def set_ended(
    tx: Tx, account_id: int, id: UUID, state: State, at: datetime, failure: str = ""
) -> None:
    await tx.execute(
        """
        UPDATE imports
           SET state = %(state)s, finished_at = %(at)s, failure = %(failure)s, paused_state = NULL
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "state": state, "at": at, "failure": failure},
    )


async def counted(db: Read, account_id: int, id: UUID) -> list[tuple[datetime, dict[str, int]]]:
    """Return when each chunk was applied, and its counts; the earliest first."""
    rows = await db.rows(
        """
        SELECT at, counts
          FROM import_chunks
         WHERE account_id = %(account_id)s AND import_id = %(id)s
         ORDER BY at
        """,
        {"account_id": account_id, "id": id},
    )
    return [(row[0], row[1]) for row in rows]


async def reasons(db: Read, account_id: int, id: UUID) -> list[Reason]:
    """Count rejected rows by reason, with the first row of each; most frequent first."""
    return await db.many(
        Reason,
        """
          WITH counted AS (
               SELECT code, count(*) AS count, min(row_no) AS row_no
                 FROM import_rejects
                WHERE account_id = %(account_id)s AND import_id = %(id)s
                GROUP BY code)
        SELECT c.code, c.count, c.row_no, r.field, r.value, r.reason
          FROM counted AS c
          JOIN import_rejects AS r
            ON r.account_id = %(account_id)s AND r.import_id = %(id)s AND r.row_no = c.row_no
         ORDER BY c.count DESC, c.row_no
        """,
        {"account_id": account_id, "id": id},
    )


async def remembered(
    db: Read, account_id: int, fingerprint: str
) -> tuple[tuple[ColumnMap, ...], Options] | None:
    """Return what a person made of this header before."""
    rows = await db.rows(
        """
        SELECT columns, options
          FROM import_mappings
         WHERE account_id = %(account_id)s AND fingerprint = %(fingerprint)s
        """,
        {"account_id": account_id, "fingerprint": fingerprint},
    )
    if not rows:
        return None
    columns, options = rows[0]
    return msgspec.convert(columns, tuple[ColumnMap, ...]), msgspec.convert(options, Options)


async def remember(
    tx: Tx,
    account_id: int,
    fingerprint: str,
    columns: Sequence[ColumnMap],
    options: Options,
    *,
    actor: str,
    at: datetime,
) -> None:
    await tx.execute(
        """
        INSERT INTO import_mappings (account_id, fingerprint, columns, options, actor, used_at)
        VALUES (%(account_id)s, %(fingerprint)s, %(columns)s, %(options)s, %(actor)s, %(at)s)
            ON CONFLICT ON CONSTRAINT import_mappings_pkey
            DO UPDATE SET columns = excluded.columns, options = excluded.options,
                          actor = excluded.actor, used_at = excluded.used_at
        """,
        {
            "account_id": account_id,
            "fingerprint": fingerprint,
            "columns": Jsonb(list(columns)),
            "options": Jsonb(options),
            "actor": actor,
            "at": at,
        },
    )
