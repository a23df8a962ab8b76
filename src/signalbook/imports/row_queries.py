"""The statements on chunks, rejects and the progress of the jobs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from signalbook.imports.model import State
from signalbook.kit.db import Jsonb, Read, Tx

COPY_REJECTS: Final[LiteralString] = """
    COPY import_rejects (account_id, import_id, row_no, field, value, code, reason, cells)
    FROM STDIN
"""


async def state(db: Read, account_id: int, id: UUID) -> State | None:
    found = await db.value(
        """
        SELECT state
          FROM imports
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )
    return None if found is None else State(found)


async def held_state(tx: Tx, account_id: int, id: UUID) -> State | None:
    """Read the state and let nobody change it until the transaction ends; others may read on."""
    found = await tx.value(
        """
        SELECT state
          FROM imports
         WHERE account_id = %(account_id)s AND id = %(id)s
           FOR SHARE
        """,
        {"account_id": account_id, "id": id},
    )
    return None if found is None else State(found)


async def chunks_done(db: Read, account_id: int, id: UUID) -> set[int]:
    return set(
        await db.values(
            """
            SELECT no
              FROM import_chunks
             WHERE account_id = %(account_id)s AND import_id = %(id)s
            """,
            {"account_id": account_id, "id": id},
        )
    )


async def insert_chunk(
    tx: Tx,
    account_id: int,
    id: UUID,
    no: int,
    *,
    at: datetime,
    counts: dict[str, int],
    rows: Sequence[int],
    outcomes: str,
    contact_ids: Sequence[str | None],
) -> None:
    await tx.execute(
        """
        INSERT INTO import_chunks
               (account_id, import_id, no, at, counts, rows, outcomes, contact_ids)
        VALUES (%(account_id)s, %(id)s, %(no)s, %(at)s, %(counts)s, %(rows)s::text::integer[],
                %(outcomes)s, %(contact_ids)s::text::uuid[])
        """,
        {
            "account_id": account_id,
            "id": id,
            "no": no,
            "at": at,
            "counts": Jsonb(counts),
            "rows": "{" + ",".join(map(str, rows)) + "}",
            "outcomes": outcomes,
            "contact_ids": "{" + ",".join(one or "NULL" for one in contact_ids) + "}",
        },
    )


async def insert_rejects(
    tx: Tx, account_id: int, id: UUID, rejects: Sequence[dict[str, Any]]
) -> None:
    """Note rows that could not be applied; their cells are read from the file later."""
    await tx.execute(
        """
        INSERT INTO import_rejects (account_id, import_id, row_no, field, value, code, reason)
        SELECT %(account_id)s, %(id)s, r.row_no, r.field, r.value, r.code, r.reason
          FROM jsonb_to_recordset(%(rejects)s)
            AS r(row_no integer, field text, value text, code text, reason text)
        """,
        {"account_id": account_id, "id": id, "rejects": Jsonb(list(rejects))},
    )


async def last_entangled(db: Read, account_id: int, id: UUID, first_no: int) -> tuple[int, int]:
    """Return the number of the next chunk of entangled rows, and the last row that is done."""
    rows = await db.rows(
        """
        SELECT no + 1, rows[cardinality(rows)]
          FROM import_chunks
         WHERE account_id = %(account_id)s AND import_id = %(id)s AND no >= %(first_no)s
         ORDER BY no DESC
         LIMIT 1
        """,
        {"account_id": account_id, "id": id, "first_no": first_no},
    )
    return (rows[0][0], rows[0][1]) if rows else (first_no, 0)


async def without_cells(db: Read, account_id: int, id: UUID, limit: int) -> list[int]:
    """List rejected rows whose cells are still only in the file."""
    return await db.values(
        """
        SELECT row_no
          FROM import_rejects
         WHERE account_id = %(account_id)s AND import_id = %(id)s AND cells IS NULL
         ORDER BY row_no
         LIMIT %(limit)s
        """,
        {"account_id": account_id, "id": id, "limit": limit},
    )


async def set_cells(
    tx: Tx, account_id: int, id: UUID, rows: Sequence[tuple[int, list[str]]]
) -> None:
    await tx.execute(
        """
        UPDATE import_rejects AS r
           SET cells = ARRAY(SELECT jsonb_array_elements_text(n.cells))
          FROM jsonb_to_recordset(%(rows)s) AS n(row_no integer, cells jsonb)
         WHERE r.account_id = %(account_id)s AND r.import_id = %(id)s AND r.row_no = n.row_no
        """,
        {
            "account_id": account_id,
            "id": id,
            "rows": Jsonb([{"row_no": row_no, "cells": cells} for row_no, cells in rows]),
        },
    )


async def clear(tx: Tx, account_id: int, id: UUID) -> None:
    """Forget the rejects of an earlier check."""
    await tx.execute(
        """
        DELETE FROM import_rejects
         WHERE account_id = %(account_id)s AND import_id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def chunks_to_undo(db: Read, account_id: int, id: UUID) -> list[tuple[int, datetime]]:
    """List the chunks that made contacts and are not taken back yet, newest first."""
    return [
        (row[0], row[1])
        for row in await db.rows(
            """
            SELECT no, at
              FROM import_chunks
             WHERE account_id = %(account_id)s AND import_id = %(id)s AND NOT undone
             ORDER BY no DESC
            """,
            {"account_id": account_id, "id": id},
        )
    ]


async def made_by(db: Read, account_id: int, id: UUID, no: int) -> list[tuple[int, UUID]]:
    """List the rows of a chunk that made a contact, with that contact."""
    return [
        (row[0], row[1])
        for row in await db.rows(
            """
            SELECT r.row_no, r.contact_id
              FROM import_chunks AS c,
                   unnest(c.rows, string_to_array(c.outcomes, NULL), c.contact_ids)
                   AS r(row_no, outcome, contact_id)
             WHERE c.account_id = %(account_id)s AND c.import_id = %(id)s AND c.no = %(no)s
               AND r.outcome = 'c'
            """,
            {"account_id": account_id, "id": id, "no": no},
        )
    ]


async def set_undone(tx: Tx, account_id: int, id: UUID, no: int) -> None:
    await tx.execute(
        """
        UPDATE import_chunks
           SET undone = true
         WHERE account_id = %(account_id)s AND import_id = %(id)s AND no = %(no)s
        """,
        {"account_id": account_id, "id": id, "no": no},
    )


async def add_undone(tx: Tx, account_id: int, id: UUID, contacts: int) -> None:
    await tx.execute(
        """
        UPDATE imports
           SET undo_done = undo_done + %(contacts)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "contacts": contacts},
    )


async def chunk_page(
    db: Read, account_id: int, id: UUID, outcome: str | None, after: int, limit: int
) -> list[tuple[int, str, UUID | None]]:
    """List rows with the letter of their outcome and their contact, in the order of the file.

    A chunk is opened only where its counts say that it holds the outcome that is asked for.
    """
    return [
        (row[0], row[1], row[2])
        for row in await db.rows(
            """
            SELECT r.row_no, r.outcome, r.contact_id
              FROM import_chunks AS c
             CROSS JOIN LATERAL unnest(c.rows, string_to_array(c.outcomes, NULL), c.contact_ids)
                   AS r(row_no, outcome, contact_id)
             WHERE c.account_id = %(account_id)s AND c.import_id = %(id)s
               AND c.rows[cardinality(c.rows)] > %(after)s
               AND (%(outcome)s::text IS NULL OR position(%(outcome)s::text IN c.outcomes) > 0)
               AND r.row_no > %(after)s
               AND (%(outcome)s::text IS NULL OR r.outcome = %(outcome)s::text)
             ORDER BY r.row_no
             LIMIT %(limit)s
            """,
            {
                "account_id": account_id,
                "id": id,
                "outcome": outcome,
                "after": after,
                "limit": limit,
            },
        )
    ]


async def rejects(
    db: Read,
    account_id: int,
    id: UUID,
    after: int,
    limit: int,
    code: str | None = None,
    rows: Sequence[int] | None = None,
) -> list[tuple[int, str, str, str, str, list[str] | None]]:
    """List rejected rows: number, field, value, code, reason, cells."""
    return [
        (row[0], row[1], row[2], row[3], row[4], row[5])
        for row in await db.rows(
            """
            SELECT row_no, field, value, code, reason, cells
              FROM import_rejects
             WHERE account_id = %(account_id)s AND import_id = %(id)s
               AND row_no > %(after)s
               AND (%(code)s::text IS NULL OR code = %(code)s::text)
               AND (%(rows)s::integer[] IS NULL OR row_no = ANY(%(rows)s::integer[]))
             ORDER BY row_no
             LIMIT %(limit)s
            """,
            {
                "account_id": account_id,
                "id": id,
                "after": after,
                "limit": limit,
                "code": code,
                "rows": None if rows is None else list(rows),
            },
        )
    ]
