"""Statements of the pages of contacts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from signalbook.contacts.stored import Stored
from signalbook.kit.db import Read, Row, Tx

MOST_TAGS = 200
MOST_LISTS = 100
RECENT_JOBS = 3


class Surroundings(msgspec.Struct, frozen=True):
    """What stands around the table: number, tags, lists and fields of the account, recent jobs.

    `tags` are the most carried, as [id, name, contacts]; `lists` those that were asked for and then
    the longest, as [id, name, members]; `fields` those in use, as [name, label, type]; `columns`
    those the person has chosen, None where they never did; `stored` says in which contact list of
    AWS SES the contacts are, where they are in one.
    """

    contacts: int
    tags: list[tuple[int, str, int]]
    lists: list[tuple[str, str, int]]
    fields: list[tuple[str, str, str]]
    columns: list[str] | None
    jobs: list[dict[str, Any]]
    latest: datetime | None
    stored: dict[str, Any] | None = None

    def labels(self) -> dict[str, str]:
        """Return the labels of the fields by their names."""
        return {name: label for name, label, _ in self.fields}

    def list_names(self) -> dict[str, str]:
        """Return the names of the lists by their ids, as an address writes them."""
        return {id: name for id, name, _ in self.lists}


async def surroundings(
    db: Read, account_id: int, person_id: UUID | None, list_ids: Sequence[UUID] = ()
) -> Surroundings:
    """Read all that stands around the table, in one statement."""
    return await db.one(
        Surroundings,
        """
        SELECT (SELECT coalesce(sum(contacts), 0)::bigint
                  FROM contact_counts
                 WHERE account_id = %(account_id)s AND tag_id = 0 AND what LIKE 'r:%%') AS contacts,
               (SELECT coalesce(jsonb_agg(jsonb_build_array(t.id, t.name, t.contacts)), '[]')
                  FROM (SELECT id, name, contacts
                          FROM tags
                         WHERE account_id = %(account_id)s
                         ORDER BY contacts DESC, name
                         LIMIT %(most_tags)s) AS t) AS tags,
               (SELECT coalesce(jsonb_agg(jsonb_build_array(l.id, l.name, l.members)), '[]')
                  FROM (SELECT id, name, members
                          FROM lists
                         WHERE account_id = %(account_id)s
                         ORDER BY id = ANY(%(list_ids)s::uuid[]) DESC, members DESC, name_key
                         LIMIT %(most_lists)s) AS l) AS lists,
               (SELECT coalesce(jsonb_agg(jsonb_build_array(f.name, f.label, f.type)), '[]')
                  FROM (SELECT name, label, type
                          FROM fields
                         WHERE account_id = %(account_id)s AND contacts > 0 AND NOT is_hidden
                         ORDER BY is_standard DESC, contacts DESC, name) AS f) AS fields,
               (SELECT columns
                  FROM contact_columns
                 WHERE account_id = %(account_id)s AND person_id = %(person_id)s) AS columns,
               (SELECT coalesce(jsonb_agg(to_jsonb(j)), '[]')
                  FROM (SELECT id, action, argument, '{}'::jsonb AS filter, NULL AS ids, state,
                               last_id, cursor, total, done, changed, skipped, undo_done,
                               undo_changed, actor, created_at, started_at, finished_at
                          FROM bulk_jobs
                         WHERE account_id = %(account_id)s
                         ORDER BY id DESC
                         LIMIT %(jobs)s) AS j) AS jobs,
               (SELECT updated_at
                  FROM contact_signals
                 WHERE account_id = %(account_id)s
                 ORDER BY updated_at DESC
                 LIMIT 1) AS latest,
               (SELECT jsonb_build_object(
                           'mode', c.mode, 'region', c.region, 'list_name', c.list_name,
                           'error', c.error, 'succeeded_at', c.succeeded_at,
                           'is_begun', CASE c.mode WHEN 'follow' THEN c.listed_at IS NOT NULL
                                                   ELSE c.filled_at IS NOT NULL END,
                           'waiting', (SELECT count(*)
                                         FROM (SELECT
                                                 FROM outbox
                                                WHERE account_id = %(account_id)s
                                                LIMIT 10001) AS o),
                           'since', (SELECT min(since)
                                       FROM outbox
                                      WHERE account_id = %(account_id)s))
                  FROM ses_connections AS c
                 WHERE c.account_id = %(account_id)s) AS stored
        """,
        {
            "account_id": account_id,
            "person_id": person_id,
            "most_tags": MOST_TAGS,
            "most_lists": MOST_LISTS,
            "list_ids": list(list_ids),
            "jobs": RECENT_JOBS,
        },
    )


async def stored(db: Read, account_id: int) -> Stored | None:
    """Return where the contacts of an account are stored besides here, and how far behind."""
    return await db.one_or_none(
        Stored,
        """
        SELECT c.mode, c.region, c.list_name, c.error, c.succeeded_at,
               CASE c.mode WHEN 'follow' THEN c.listed_at IS NOT NULL
                           ELSE c.filled_at IS NOT NULL END AS is_begun,
               (SELECT count(*)
                  FROM (SELECT
                          FROM outbox
                         WHERE account_id = %(account_id)s
                         LIMIT 10001) AS o) AS waiting,
               (SELECT min(since)
                  FROM outbox
                 WHERE account_id = %(account_id)s) AS since
          FROM ses_connections AS c
         WHERE c.account_id = %(account_id)s
        """,
        {"account_id": account_id},
    )


async def pulse(db: Read, account_id: int) -> Row:
    """Return how many contacts there are and when one of them was last heard of."""
    rows = await db.rows(
        """
        SELECT (SELECT sum(contacts)::bigint
                  FROM contact_counts
                 WHERE account_id = %(account_id)s AND tag_id = 0 AND what LIKE 'r:%%'),
               (SELECT updated_at
                  FROM contact_signals
                 WHERE account_id = %(account_id)s
                 ORDER BY updated_at DESC
                 LIMIT 1)
        """,
        {"account_id": account_id},
    )
    return rows[0]


async def set_columns(tx: Tx, account_id: int, person_id: UUID, columns: Sequence[str]) -> None:
    """Remember which columns a person wants to see."""
    await tx.execute(
        """
        INSERT INTO contact_columns (account_id, person_id, columns)
        VALUES (%(account_id)s, %(person_id)s, %(columns)s::text[])
            ON CONFLICT ON CONSTRAINT contact_columns_pkey
            DO UPDATE SET columns = excluded.columns
        """,
        {"account_id": account_id, "person_id": person_id, "columns": list(columns)},
    )


async def active_days(db: Read, account_id: int, contact_id: UUID, since: date) -> list[Row]:
    """Return (day, signals) of the days since then on which a contact gave any."""
    return await db.rows(
        """
        SELECT day, sum(count)
          FROM event_days
         WHERE account_id = %(account_id)s AND contact_id = %(contact_id)s AND day >= %(since)s
         GROUP BY day
         ORDER BY day
        """,
        {"account_id": account_id, "contact_id": contact_id, "since": since},
    )


async def restrictions(db: Read, account_id: int, addresses: Sequence[str]) -> list[Row]:
    """Return (channel, reason, since, source) of the opt-outs in force on these addresses."""
    return await db.rows(
        """
        SELECT s.channel, s.reason, s.since,
               (SELECT o.source
                  FROM optouts AS o
                 WHERE o.account_id = %(account_id)s AND o.address = s.address
                   AND o.channel = s.channel AND o.reason = s.reason AND o.kind = 'out'
                 ORDER BY o.at DESC
                 LIMIT 1)
          FROM optout_states AS s
         WHERE s.account_id = %(account_id)s AND s.address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def fields(db: Read, account_id: int) -> list[tuple[str, str, str, bool]]:
    """Return (name, label, type, whether it is hidden) of fields, the standard ones first."""
    rows = await db.rows(
        """
        SELECT name, label, type, is_hidden
          FROM fields
         WHERE account_id = %(account_id)s
         ORDER BY is_standard DESC, name
        """,
        {"account_id": account_id},
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def tags_like(db: Read, account_id: int, text: str, most: int = 12) -> list[Row]:
    """Return (name, contacts) of the most carried tags that contain a text."""
    return await db.rows(
        """
        SELECT name, contacts
          FROM tags
         WHERE account_id = %(account_id)s AND strpos(lower(name), lower(%(text)s)) > 0
         ORDER BY contacts DESC, name
         LIMIT %(most)s
        """,
        {"account_id": account_id, "text": text, "most": most},
    )
