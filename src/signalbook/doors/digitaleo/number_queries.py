"""Every statement on the numbers by which this door calls contacts, lists and imports."""

from collections.abc import Sequence
from uuid import UUID

from signalbook.kit.db import Read, Row, Tx


async def newest(db: Read, account_id: int) -> Row:
    """Return the newest contact, and the one up to which all have a number.

    They are compared by the caller: asked whether any contact is newer, the planner expects a third
    of them to be and reads them all (80 ms at 300,000; PostgreSQL 18, 2026-11).
    """
    rows = await db.rows(
        """
        SELECT (SELECT c.id
                  FROM contacts AS c
                 WHERE c.account_id = %(account_id)s
                 ORDER BY c.id DESC
                 LIMIT 1),
               (SELECT d.up_to
                  FROM digitaleo_counts AS d
                 WHERE d.account_id = %(account_id)s)
        """,
        {"account_id": account_id},
    )
    return rows[0]


async def begin(tx: Tx, account_id: int) -> None:
    """Begin to count in an account, unless that was done."""
    await tx.execute(
        """
        INSERT INTO digitaleo_counts (account_id, last, up_to)
             VALUES (%(account_id)s, 0, %(least)s)
                 ON CONFLICT ON CONSTRAINT digitaleo_counts_pkey DO NOTHING
        """,
        {"account_id": account_id, "least": UUID(int=0)},
    )


async def lock(tx: Tx, account_id: int) -> Row:
    """Let one at a time give numbers in an account; return the last number and contact."""
    rows = await tx.rows(
        """
        SELECT last, up_to
          FROM digitaleo_counts
         WHERE account_id = %(account_id)s
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id},
    )
    return rows[0]


async def next_stretch(tx: Tx, account_id: int, up_to: UUID, size: int) -> Row:
    """Return how many contacts come next, at most `size`, and the last of them."""
    rows = await tx.rows(
        """
        SELECT count(*), (array_agg(n.id ORDER BY n.id DESC))[1]
          FROM (SELECT c.id
                  FROM contacts AS c
                 WHERE c.account_id = %(account_id)s AND c.id > %(up_to)s
                 ORDER BY c.id
                 LIMIT %(size)s) AS n
        """,
        {"account_id": account_id, "up_to": up_to, "size": size},
    )
    return rows[0]


async def number_stretch(tx: Tx, account_id: int, last: int, after: UUID, up_to: UUID) -> int:
    """Give numbers to contacts in the order in which they were made; return how many got one."""
    return await tx.execute(
        """
        INSERT INTO digitaleo_numbers (account_id, id, number)
        SELECT c.account_id, c.id, %(last)s + row_number() OVER (ORDER BY c.id)
          FROM contacts AS c
         WHERE c.account_id = %(account_id)s AND c.id > %(after)s AND c.id <= %(up_to)s
            ON CONFLICT ON CONSTRAINT digitaleo_numbers_pkey DO NOTHING
        """,
        {"account_id": account_id, "last": last, "after": after, "up_to": up_to},
    )


async def number(tx: Tx, account_id: int, last: int, ids: Sequence[UUID]) -> int:
    """Give numbers to those of these that have none, in this order; return how many those were."""
    return await tx.execute(
        """
        INSERT INTO digitaleo_numbers (account_id, id, number)
        SELECT %(account_id)s, n.id, %(last)s + n.place
          FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS n(id, place)
            ON CONFLICT ON CONSTRAINT digitaleo_numbers_pkey DO NOTHING
        """,
        {"account_id": account_id, "last": last, "ids": list(ids)},
    )


async def settle(tx: Tx, account_id: int, up_to: UUID) -> None:
    """Note the last number that was given, and up to which contact all have one."""
    await tx.execute(
        """
        UPDATE digitaleo_counts
           SET last = coalesce((SELECT max(n.number)
                                  FROM digitaleo_numbers AS n
                                 WHERE n.account_id = %(account_id)s), 0),
               up_to = %(up_to)s
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id, "up_to": up_to},
    )


async def of_ids(db: Read, account_id: int, ids: Sequence[UUID]) -> list[Row]:
    """Return (id, number) of those of these that have a number."""
    return await db.rows(
        """
        SELECT id, number
          FROM digitaleo_numbers
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "ids": list(ids)},
    )


async def of_numbers(db: Read, account_id: int, numbers: Sequence[int]) -> list[Row]:
    """Return (number, id) of those of these numbers that were given."""
    return await db.rows(
        """
        SELECT number, id
          FROM digitaleo_numbers
         WHERE account_id = %(account_id)s AND number = ANY(%(numbers)s::bigint[])
        """,
        {"account_id": account_id, "numbers": list(numbers)},
    )
