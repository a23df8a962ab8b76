"""The statements that fill, sort and empty the staging table."""

from typing import Final, Literal, LiteralString
from uuid import UUID

from psycopg import sql

from signalbook.contacts.staging.match_queries import MEANT
from signalbook.kit.db import Read, Tx

COPY: Final[LiteralString] = """
    COPY staged_contacts
         (account_id, batch_id, row_no, contact_id, key, email, email_key, mobile, external_id,
          fields, cleared, tags, words, name_key, last_key, optouts, lists, metadata,
          listed)
    FROM STDIN
"""


async def grow_memory(tx: Tx) -> None:
    """Sort and hash what follows in memory where it fits: a million keys take 100 MB."""
    await tx.execute("SELECT set_config('work_mem', '192MB', true)")


async def supersede(tx: Tx, account_id: int, batch_id: UUID) -> int:
    """Mark the rows that a later one replaces, by its number; return how many."""
    return await tx.execute(
        """
          WITH twice AS MATERIALIZED (
               SELECT key, max(row_no) AS last
                 FROM staged_contacts
                WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
                GROUP BY key
               HAVING count(*) > 1)
        UPDATE staged_contacts AS s
           SET superseded_by = t.last
          FROM twice AS t
         WHERE s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
           AND s.key = t.key AND s.row_no < t.last
        """,
        {"account_id": account_id, "batch_id": batch_id},
    )


async def pass_on_optouts(tx: Tx, account_id: int, batch_id: UUID) -> int:
    """Give the opt-outs of superseded rows to those that replace them: none is ever lost."""
    return await tx.execute(
        """
          WITH lost AS (
               SELECT superseded_by, string_agg(optouts, ' ') AS optouts
                 FROM staged_contacts
                WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
                  AND superseded_by IS NOT NULL AND optouts IS NOT NULL
                GROUP BY superseded_by)
        UPDATE staged_contacts AS s
           SET optouts = concat_ws(' ', s.optouts, l.optouts)
          FROM lost AS l
         WHERE s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
           AND s.row_no = l.superseded_by
        """,
        {"account_id": account_id, "batch_id": batch_id},
    )


async def entangle_by(
    tx: Tx, account_id: int, batch_id: UUID, shared: Literal["mobile", "email_key"]
) -> int:
    """Mark rows of different contacts that share an identifier, other than the one they go by."""
    return await tx.execute(
        sql.SQL(
            """
              WITH shared AS MATERIALIZED (
                   SELECT {shared}
                     FROM staged_contacts
                    WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
                      AND superseded_by IS NULL AND {shared} IS NOT NULL
                    GROUP BY {shared}
                   HAVING count(*) > 1)
            UPDATE staged_contacts AS s
               SET is_entangled = true
              FROM shared
             WHERE s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
               AND s.{shared} = shared.{shared} AND s.superseded_by IS NULL
            """
        ).format(shared=sql.Identifier(shared)),
        {"account_id": account_id, "batch_id": batch_id},
    )


async def has_own_ids(db: Read, account_id: int, batch_id: UUID) -> bool:
    """Tell whether any row names its contact by an own id: only then can e-mails be shared."""
    return bool(
        await db.value(
            """
            SELECT EXISTS (
                   SELECT
                     FROM staged_contacts
                    WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
                      AND external_id IS NOT NULL)
            """,
            {"account_id": account_id, "batch_id": batch_id},
        )
    )


async def is_mixed(db: Read, account_id: int, batch_id: UUID) -> bool:
    """Tell whether some rows name their contact by one identifier and some by another."""
    return bool(
        await db.value(
            """
            SELECT min(left(key, 1)) <> max(left(key, 1))
              FROM staged_contacts
             WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
            """,
            {"account_id": account_id, "batch_id": batch_id},
        )
    )


async def entangle_known(tx: Tx, account_id: int, batch_id: UUID) -> int:
    """Mark rows that mean one known contact, each by another identifier."""
    return await tx.execute(
        """
          WITH found AS MATERIALIZED (
               SELECT s.row_no, coalesce(x.id, e.id, m.id) AS id
                 FROM staged_contacts AS s"""
        + MEANT
        + """
                WHERE s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
                  AND s.superseded_by IS NULL),
               shared AS (
               SELECT id FROM found WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1)
        UPDATE staged_contacts AS s
           SET is_entangled = true
          FROM found
          JOIN shared USING (id)
         WHERE s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
           AND s.row_no = found.row_no
        """,
        {"account_id": account_id, "batch_id": batch_id},
    )


async def last_row(db: Read, account_id: int, batch_id: UUID) -> int:
    return int(
        await db.value(
            """
            SELECT coalesce(max(row_no), 0)
              FROM staged_contacts
             WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
            """,
            {"account_id": account_id, "batch_id": batch_id},
        )
    )


async def delete(tx: Tx, account_id: int, batch_id: UUID, limit: int) -> int:
    """Remove some staged rows of a batch; return how many.

    By a bound and not by `IN`, which is joined row by row where the table has not been analysed
    since it was filled: 12 s instead of 0.1 for 20,000 rows (PostgreSQL 18, 2026-11).
    """
    return await tx.execute(
        """
        DELETE FROM staged_contacts
         WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
           AND row_no <= (SELECT max(row_no)
                            FROM (SELECT row_no
                                    FROM staged_contacts
                                   WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
                                   ORDER BY row_no
                                   LIMIT %(limit)s) AS next)
        """,
        {"account_id": account_id, "batch_id": batch_id, "limit": limit},
    )


async def lists(
    db: Read, account_id: int, batch_id: UUID, rows: tuple[int, int]
) -> list[tuple[int, list[str]]]:
    """List the rows of a chunk that name lists, with their names."""
    return [
        (row[0], row[1])
        for row in await db.rows(
            """
            SELECT row_no, lists
              FROM staged_contacts
             WHERE account_id = %(account_id)s AND batch_id = %(batch_id)s
               AND row_no BETWEEN %(first)s AND %(last)s
               AND lists IS NOT NULL
            """,
            {"account_id": account_id, "batch_id": batch_id, "first": rows[0], "last": rows[1]},
        )
    ]
