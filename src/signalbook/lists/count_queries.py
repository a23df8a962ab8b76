"""How many contacts of each list are what; the rows are those of `contacts/count_queries`."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from signalbook.contacts.count_queries import Was
from signalbook.kit.columns import column
from signalbook.kit.db import Read, Row, Tx
from signalbook.kit.together import Bound, Statement

_MOVE = Statement(
    """
      WITH n AS MATERIALIZED (
           SELECT m.list_id, split_part(w.counted, '|', 1) AS reach_was,
                  split_part(w.counted, '|', 2) AS country_was,
                  split_part(w.counted, '|', 3) AS source_was, c.reach, c.country, c.source
             FROM unnest(%(ids)a, %(counted)a) AS w(id, counted)
             JOIN list_members AS m
               ON m.account_id = %(account_id)s AND m.contact_id = w.id::uuid
             JOIN lists AS l
               ON l.account_id = %(account_id)s AND l.id = m.list_id
             LEFT JOIN contacts AS c
               ON c.account_id = %(account_id)s AND c.id = m.contact_id),
           counted AS (
           INSERT INTO list_counts (account_id, list_id, what, contacts)
           SELECT %(account_id)s::integer, list_id, v.what, sum(v.contacts)
             FROM n
            CROSS JOIN LATERAL (
                  VALUES ('r:' || reach_was, -1), ('r:' || reach, 1),
                         ('c:' || country_was, -1), ('c:' || country, 1),
                         ('s:' || source_was, -1), ('s:' || source, 1)) AS v(what, contacts)
            WHERE v.what IS NOT NULL
            GROUP BY list_id, v.what
           HAVING sum(v.contacts) <> 0
            ORDER BY list_id, v.what
               ON CONFLICT ON CONSTRAINT list_counts_pkey
               DO UPDATE SET contacts = list_counts.contacts + excluded.contacts)
    INSERT INTO list_days (account_id, list_id, day, gone, opted_out)
    SELECT %(account_id)s::integer, list_id, %(day)s::date, sum((reach IS NULL)::integer),
           sum((right(reach_was, 3) = '---' AND coalesce(right(reach, 3), '---') <> '---')::integer)
      FROM n
     WHERE reach IS NULL OR right(reach_was, 3) = '---' AND right(reach, 3) <> '---'
     GROUP BY list_id
     ORDER BY list_id
        ON CONFLICT ON CONSTRAINT list_days_pkey
        DO UPDATE SET gone = list_days.gone + excluded.gone,
                      opted_out = list_days.opted_out + excluded.opted_out
    """
)


def move(account_id: int, day: date, befores: Sequence[Was]) -> Bound:
    """Count contacts on their lists as what they are now, or as gone, instead of what they were."""
    return Bound(
        _MOVE,
        {
            "account_id": account_id,
            "day": day.isoformat(),
            "ids": column(one.id for one in befores),
            "counted": column(one.counted for one in befores),
        },
    )


async def counts(db: Read, account_id: int, list_ids: Sequence[UUID]) -> list[Row]:
    """Return (list_id, what, contacts) of some lists."""
    return await db.rows(
        """
        SELECT list_id, what, contacts
          FROM list_counts
         WHERE account_id = %(account_id)s
           AND list_id = ANY(%(list_ids)s::uuid[])
           AND contacts <> 0
        """,
        {"account_id": account_id, "list_ids": list(list_ids)},
    )


async def days(db: Read, account_id: int, list_id: UUID, first: date, last: date) -> list[Row]:
    """Return (day, joined, gone, opted_out) of the days on which anything came or went."""
    return await db.rows(
        """
        SELECT day, joined, gone, opted_out
          FROM list_days
         WHERE account_id = %(account_id)s
           AND list_id = %(list_id)s
           AND day BETWEEN %(first)s AND %(last)s
         ORDER BY day
        """,
        {"account_id": account_id, "list_id": list_id, "first": first, "last": last},
    )


async def forget(tx: Tx, account_id: int, list_id: UUID) -> None:
    """Forget the numbers of a list that is no more."""
    await tx.execute(
        """
          WITH days AS (
               DELETE FROM list_days WHERE account_id = %(account_id)s AND list_id = %(list_id)s)
        DELETE FROM list_counts WHERE account_id = %(account_id)s AND list_id = %(list_id)s
        """,
        {"account_id": account_id, "list_id": list_id},
    )
