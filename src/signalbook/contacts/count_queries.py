"""How many contacts are what: kept as they change, read at once, or counted live for any filter.

A row says how many contacts of a scope have `what`: `r:` and a code of how they can be reached
(`contacts.reach`), `c:` and a country, `s:` and a source. A scope is a tag, or with `tag_id` 0 the
whole account. Migration 0008 defines what a contact counts as, and nothing else does.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from psycopg import sql

from signalbook.contacts.filters import Predicate
from signalbook.kit.columns import column
from signalbook.kit.db import Read, Row
from signalbook.kit.together import Bound, Statement


class Was(NamedTuple):
    """What a contact counted as before it changed; nothing but the id where it is new.

    `counted` is `reach|country|source`, `tags` an array as PostgreSQL writes it: `{1,2}`.
    """

    id: str
    counted: str | None = None
    tags: str | None = None


Count = tuple[int, str, int]
"""A tag, what, and by how much it grows."""

Came = tuple[int, int, int, int]
"""A tag, and how many joined, left and opted out."""


_WAS = Statement(
    """
    SELECT c.id::text, concat_ws('|', c.reach, c.country, c.source), s.tags::text
      FROM contacts AS c
      JOIN contact_signals AS s
        ON s.account_id = c.account_id AND s.contact_id = c.id
     WHERE c.account_id = %(account_id)s
       AND c.id = ANY((SELECT %(ids)a::uuid[])::uuid[])
    """
)


def was(account_id: int, ids: Iterable[UUID]) -> Bound:
    """Return what locked contacts count as, in the order of `Was`."""
    return Bound(_WAS, {"account_id": account_id, "ids": column(map(str, ids))})


_SET_LIST_ACTIVE = Statement(
    """
    UPDATE contacts
       SET list_active = %(is_active)s::boolean
     WHERE account_id = %(account_id)s
       AND id = ANY((SELECT %(ids)a::uuid[])::uuid[])
    """
)


def set_list_active(account_id: int, ids: Iterable[UUID], *, is_active: bool) -> Bound:
    """Note whether a deactivated list holds contacts; `move` has to follow."""
    values = {"account_id": account_id, "ids": column(map(str, ids)), "is_active": str(is_active)}
    return Bound(_SET_LIST_ACTIVE, values)


_MOVE = Statement(
    """
      WITH g AS (
           SELECT w.counted, w.tags AS tags_were, c.reach, c.country, c.source, s.tags,
                  count(*) AS contacts
             FROM unnest(%(ids)a, %(counted)a, %(tags)a) AS w(id, counted, tags)
             LEFT JOIN contacts AS c
               ON c.account_id = %(account_id)s AND c.id = w.id::uuid
             LEFT JOIN contact_signals AS s
               ON s.account_id = %(account_id)s AND s.contact_id = w.id::uuid
            GROUP BY w.counted, w.tags, c.reach, c.country, c.source, s.tags),
           n AS MATERIALIZED (
           SELECT split_part(counted, '|', 1) AS reach_was,
                  split_part(counted, '|', 2) AS country_was,
                  split_part(counted, '|', 3) AS source_was,
                  tags_were::integer[] AS tags_were, reach, country, source, tags, contacts
             FROM g),
           scoped AS MATERIALIZED (
           SELECT 0 AS tag_id, reach_was, country_was, source_was, reach, country, source, contacts
             FROM n
            UNION ALL
           SELECT t.id, CASE WHEN t.was THEN reach_was END, CASE WHEN t.was THEN country_was END,
                  CASE WHEN t.was THEN source_was END, CASE WHEN t.is_now THEN reach END,
                  CASE WHEN t.is_now THEN country END, CASE WHEN t.is_now THEN source END, contacts
             FROM n
            CROSS JOIN LATERAL (
                  SELECT id, bool_or(was) AS was, bool_or(is_now) AS is_now
                    FROM (SELECT unnest(tags_were) AS id, true AS was, false AS is_now
                           UNION ALL
                          SELECT unnest(tags), false, true) AS both_sides
                   GROUP BY id) AS t),
           counted AS (
           INSERT INTO contact_counts (account_id, tag_id, what, contacts)
           SELECT %(account_id)s::integer, tag_id, what, sum(contacts)
             FROM (SELECT tag_id, v.what, v.sign * scoped.contacts AS contacts
                     FROM scoped
                    CROSS JOIN LATERAL (
                          VALUES ('r:' || reach_was, -1), ('r:' || reach, 1),
                                 ('c:' || country_was, -1), ('c:' || country, 1),
                                 ('s:' || source_was, -1), ('s:' || source, 1))
                       AS v(what, sign)
                    WHERE v.what IS NOT NULL
                    UNION ALL
                   SELECT tag_id, what, contacts
                     FROM unnest(%(more_tags)a::integer[], %(more_whats)a,
                                 %(more_counts)a::bigint[]) AS more(tag_id, what, contacts))
               AS m
            GROUP BY tag_id, what
           HAVING sum(contacts) <> 0
            ORDER BY tag_id, what
               ON CONFLICT ON CONSTRAINT contact_counts_pkey
               DO UPDATE SET contacts = contact_counts.contacts + excluded.contacts)
    INSERT INTO contact_days (account_id, tag_id, day, joined, gone, opted_out)
    SELECT %(account_id)s::integer, tag_id, %(day)s::date, sum(joined), sum(gone), sum(opted_out)
      FROM (SELECT tag_id, CASE WHEN reach_was IS NULL THEN contacts ELSE 0 END AS joined,
                   CASE WHEN reach IS NULL THEN contacts ELSE 0 END AS gone,
                   CASE WHEN coalesce(right(reach_was, 3), '---') = '---'
                         AND coalesce(right(reach, 3), '---') <> '---'
                        THEN contacts ELSE 0 END AS opted_out
              FROM scoped
             UNION ALL
            SELECT tag_id, joined, gone, opted_out
              FROM unnest(%(came_tags)a::integer[], %(joined)a::bigint[], %(gone)a::bigint[],
                          %(opted_out)a::bigint[]) AS came(tag_id, joined, gone, opted_out))
        AS m
     GROUP BY tag_id
    HAVING sum(joined) + sum(gone) + sum(opted_out) > 0
     ORDER BY tag_id
        ON CONFLICT ON CONSTRAINT contact_days_pkey
        DO UPDATE SET joined = contact_days.joined + excluded.joined,
                      gone = contact_days.gone + excluded.gone,
                      opted_out = contact_days.opted_out + excluded.opted_out
    """
)


def move(
    account_id: int,
    day: date,
    befores: Sequence[Was],
    counts: Sequence[Count] = (),
    came: Sequence[Came] = (),
) -> Bound:
    """Count contacts, which this transaction holds, as what they are now instead of what they were.

    `counts` and `came` are counted in, as they were counted already. The rows are locked in the
    order of their key, from here to the commit.
    """
    return Bound(
        _MOVE,
        {
            "account_id": account_id,
            "day": day.isoformat(),
            "ids": column(one.id for one in befores),
            "counted": column(one.counted for one in befores),
            "tags": column(one.tags for one in befores),
            "more_tags": column(str(one[0]) for one in counts),
            "more_whats": column(one[1] for one in counts),
            "more_counts": column(str(one[2]) for one in counts),
            "came_tags": column(str(one[0]) for one in came),
            "joined": column(str(one[1]) for one in came),
            "gone": column(str(one[2]) for one in came),
            "opted_out": column(str(one[3]) for one in came),
        },
    )


async def counts(db: Read, account_id: int, tag_ids: Sequence[int]) -> list[Row]:
    """Return (tag_id, what, contacts) of some tags; 0 is the whole account."""
    return await db.rows(
        """
        SELECT tag_id, what, contacts
          FROM contact_counts
         WHERE account_id = %(account_id)s
           AND tag_id = ANY(%(tag_ids)s::integer[])
           AND contacts <> 0
        """,
        {"account_id": account_id, "tag_ids": list(tag_ids)},
    )


async def reachable(db: Read, account_id: int, tag_ids: Sequence[int]) -> list[Row]:
    """Return (tag_id, by e-mail, by SMS, by voice) of many tags, as `waterfall.read` would say."""
    return await db.rows(
        """
        SELECT tag_id,
               (sum(contacts) FILTER (WHERE what LIKE 'r:E%%/-__'))::bigint,
               (sum(contacts) FILTER (WHERE what ~ 'M.*/.-.$'))::bigint,
               (sum(contacts) FILTER (WHERE what ~ '[ML].*/..-$'))::bigint
          FROM contact_counts
         WHERE account_id = %(account_id)s
           AND tag_id = ANY(%(tag_ids)s::integer[])
           AND what ~ '^r:E?M?L?AU?/'
         GROUP BY tag_id
        """,
        {"account_id": account_id, "tag_ids": list(tag_ids)},
    )


async def days(db: Read, account_id: int, tag_id: int, first: date, last: date) -> list[Row]:
    """Return (day, joined, gone, opted_out) of the days on which anything came or went."""
    return await db.rows(
        """
        SELECT day, joined, gone, opted_out
          FROM contact_days
         WHERE account_id = %(account_id)s
           AND tag_id = %(tag_id)s
           AND day BETWEEN %(first)s AND %(last)s
         ORDER BY day
        """,
        {"account_id": account_id, "tag_id": tag_id, "first": first, "last": last},
    )


async def grow_memory(db: Read) -> None:
    """Let a join of a million contacts and their tags be hashed in memory, until the block ends.

    With the 8 MB that a session has it goes through temporary files: 780,000 of a million take
    1.44 s instead of 0.74, on a busy machine. An index that covers what is counted made it 1.11 s,
    and would be written with every change (PostgreSQL 18, 2 cores, 2026-11).
    """
    await db.send("SELECT set_config('work_mem', '64MB', true)")


async def live(db: Read, account_id: int, predicate: Predicate) -> list[Row]:
    """Count the contacts a filter means, now; return (what, contacts)."""
    both = sql.SQL(
        "contact_signals AS s JOIN contacts AS c"
        " ON c.account_id = s.account_id AND c.id = s.contact_id"
    )
    statement = sql.SQL(
        """
          WITH meant AS (
               SELECT c.reach, c.country, c.source, count(*) AS contacts
                 FROM {tables}
                WHERE c.account_id = %(account_id)s {predicate}
                GROUP BY c.reach, c.country, c.source)
        SELECT v.what, sum(contacts)::bigint
          FROM meant
         CROSS JOIN LATERAL (
               VALUES ('r:' || reach), ('c:' || country), ('s:' || source)) AS v(what)
         GROUP BY v.what
        """
    ).format(
        tables=both if predicate.on_signals else sql.SQL("contacts AS c"),
        predicate=predicate.over("c", "s" if predicate.on_signals else ""),
    )
    params = {"account_id": account_id, **predicate.params}
    return await db.rows(statement, params, prepare=False)
