"""Every statement on the registry of tags, and on the contacts that carry them."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from signalbook.kit.db import Read, Row, Tx
from signalbook.tags.model import Tag


class Rank(NamedTuple):
    """Where a page of tags ended."""

    contacts: int
    name: str


async def names(db: Read, account_id: int, ids: Sequence[int]) -> list[Row]:
    """Return (id, name) of the tags with these ids."""
    return await db.rows(
        """
        SELECT id, name
          FROM tags
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::integer[])
        """,
        {"account_id": account_id, "ids": list(ids)},
    )


async def all_of(db: Read, account_id: int) -> list[Tag]:
    """Return the whole registry, the most carried first."""
    return await db.many(
        Tag,
        """
        SELECT id, name, contacts, signals, first_seen_at, last_seen_at
          FROM tags
         WHERE account_id = %(account_id)s
         ORDER BY contacts DESC, name
        """,
        {"account_id": account_id},
    )


async def page(
    db: Read, account_id: int, size: int, search: str = "", after: Rank | None = None
) -> list[Tag]:
    """Return tags whose name contains `search`, the most carried first."""
    return await db.many(
        Tag,
        """
        SELECT id, name, contacts, signals, first_seen_at, last_seen_at
          FROM tags
         WHERE account_id = %(account_id)s
           AND strpos(lower(name), lower(%(search)s)) > 0
           AND (   %(contacts)s::bigint IS NULL
                OR contacts < %(contacts)s::bigint
                OR contacts = %(contacts)s::bigint AND name > %(name)s)
         ORDER BY contacts DESC, name
         LIMIT %(size)s
        """,
        {
            "account_id": account_id,
            "size": size,
            "search": search,
            "contacts": after.contacts if after else None,
            "name": after.name if after else None,
        },
    )


async def get(db: Read, account_id: int, id: int) -> Tag | None:
    """Return one tag."""
    return await db.one_or_none(
        Tag,
        """
        SELECT id, name, contacts, signals, first_seen_at, last_seen_at
          FROM tags
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def rename(tx: Tx, account_id: int, id: int, name: str) -> int:
    """Give a tag another name; return how many tags that were."""
    return await tx.execute(
        "UPDATE tags SET name = %(name)s WHERE account_id = %(account_id)s AND id = %(id)s",
        {"account_id": account_id, "id": id, "name": name},
    )


async def hold_alone(tx: Tx, account_id: int) -> None:
    """Wait until no batch uses the account's registries, and let none begin."""
    await tx.execute("SELECT pg_advisory_xact_lock(1, %(account_id)s)", {"account_id": account_id})


async def carriers(db: Read, account_id: int, id: int) -> list[UUID]:
    """Return the ids of all contacts that carry a tag, in order."""
    return await db.values(
        """
        SELECT contact_id
          FROM contact_signals
         WHERE account_id = %(account_id)s AND tags @> ARRAY[%(id)s::integer]
         ORDER BY contact_id
        """,
        {"account_id": account_id, "id": id},
    )


async def lock_carriers(tx: Tx, account_id: int, id: int, contacts: Sequence[UUID]) -> list[UUID]:
    """Lock those of these contacts that carry a tag, in the order every batch locks them."""
    return await tx.values(
        """
        SELECT contact_id
          FROM contact_signals
         WHERE account_id = %(account_id)s
           AND contact_id = ANY(%(contacts)s::uuid[])
           AND tags @> ARRAY[%(id)s::integer]
         ORDER BY contact_id
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "id": id, "contacts": list(contacts)},
    )


async def detach(
    tx: Tx, account_id: int, id: int, contacts: Sequence[UUID], unless: int | None = None
) -> int:
    """Take a tag from contacts; with `unless` only from those that carry that one as well."""
    return await tx.execute(
        """
        UPDATE contact_signals
           SET tags = array_remove(tags, %(id)s::integer)
         WHERE account_id = %(account_id)s
           AND contact_id = ANY(%(contacts)s::uuid[])
           AND tags @> ARRAY[%(id)s::integer]
           AND (%(unless)s::integer IS NULL OR tags @> ARRAY[%(unless)s::integer])
        """,
        {"account_id": account_id, "id": id, "contacts": list(contacts), "unless": unless},
    )


async def exchange(tx: Tx, account_id: int, id: int, into: int, contacts: Sequence[UUID]) -> int:
    """Replace one tag of contacts by another."""
    return await tx.execute(
        """
        UPDATE contact_signals
           SET tags = array_replace(tags, %(id)s::integer, %(into)s::integer)
         WHERE account_id = %(account_id)s
           AND contact_id = ANY(%(contacts)s::uuid[])
           AND tags @> ARRAY[%(id)s::integer]
        """,
        {"account_id": account_id, "id": id, "into": into, "contacts": list(contacts)},
    )


async def move_events(tx: Tx, account_id: int, id: int, into: int, contacts: Sequence[UUID]) -> int:
    """Let the timeline of contacts say the other tag."""
    return await tx.execute(
        """
        UPDATE events
           SET tag_id = %(into)s
         WHERE account_id = %(account_id)s
           AND contact_id = ANY(%(contacts)s::uuid[])
           AND tag_id = %(id)s
        """,
        {"account_id": account_id, "id": id, "into": into, "contacts": list(contacts)},
    )


async def copy_days(tx: Tx, account_id: int, id: int, into: int, contacts: Sequence[UUID]) -> int:
    """Add the daily counts of one tag to those of another."""
    return await tx.execute(
        """
        INSERT INTO event_days (account_id, contact_id, tag_id, day, count)
        SELECT account_id, contact_id, %(into)s::integer, day, count
          FROM event_days
         WHERE account_id = %(account_id)s
           AND contact_id = ANY(%(contacts)s::uuid[])
           AND tag_id = %(id)s
            ON CONFLICT ON CONSTRAINT event_days_pkey
            DO UPDATE SET count = event_days.count + excluded.count
        """,
        {"account_id": account_id, "id": id, "into": into, "contacts": list(contacts)},
    )


async def delete_days(tx: Tx, account_id: int, id: int, contacts: Sequence[UUID]) -> int:
    """Forget the daily counts of a tag."""
    return await tx.execute(
        """
        DELETE FROM event_days
         WHERE account_id = %(account_id)s
           AND contact_id = ANY(%(contacts)s::uuid[])
           AND tag_id = %(id)s
        """,
        {"account_id": account_id, "id": id, "contacts": list(contacts)},
    )


async def move_counts(
    tx: Tx, account_id: int, id: int, into: int | None, contacts: Sequence[UUID]
) -> int:
    """Count locked carriers of a tag out of its numbers, and into another's, before they move."""
    return await tx.execute(
        """
        INSERT INTO contact_counts (account_id, tag_id, what, contacts)
        SELECT %(account_id)s, t.tag_id, v.what, sum(t.contacts)
          FROM contacts AS c
          JOIN contact_signals AS s
            ON s.account_id = c.account_id AND s.contact_id = c.id
         CROSS JOIN LATERAL (
               VALUES (%(id)s::integer, -1),
                      (%(into)s::integer,
                       CASE WHEN s.tags @> ARRAY[%(into)s::integer] THEN 0 ELSE 1 END))
            AS t(tag_id, contacts)
         CROSS JOIN LATERAL (
               VALUES ('r:' || c.reach), ('c:' || c.country), ('s:' || c.source)) AS v(what)
         WHERE c.account_id = %(account_id)s
           AND c.id = ANY(%(contacts)s::uuid[])
           AND t.tag_id IS NOT NULL
         GROUP BY t.tag_id, v.what
        HAVING sum(t.contacts) <> 0
         ORDER BY t.tag_id, v.what
            ON CONFLICT ON CONSTRAINT contact_counts_pkey
            DO UPDATE SET contacts = contact_counts.contacts + excluded.contacts
        """,
        {"account_id": account_id, "id": id, "into": into, "contacts": list(contacts)},
    )


async def copy_growth(tx: Tx, account_id: int, id: int, into: int) -> int:
    """Let what came and went with one tag stand in the growth of another."""
    return await tx.execute(
        """
        INSERT INTO contact_days (account_id, tag_id, day, joined, gone, opted_out)
        SELECT account_id, %(into)s::integer, day, joined, gone, opted_out
          FROM contact_days
         WHERE account_id = %(account_id)s AND tag_id = %(id)s
            ON CONFLICT ON CONSTRAINT contact_days_pkey
            DO UPDATE SET joined = contact_days.joined + excluded.joined,
                          gone = contact_days.gone + excluded.gone,
                          opted_out = contact_days.opted_out + excluded.opted_out
        """,
        {"account_id": account_id, "id": id, "into": into},
    )


async def forget_counts(tx: Tx, account_id: int, id: int) -> int:
    """Forget the numbers of a tag that is no more."""
    return await tx.execute(
        """
          WITH days AS (
               DELETE FROM contact_days WHERE account_id = %(account_id)s AND tag_id = %(id)s)
        DELETE FROM contact_counts WHERE account_id = %(account_id)s AND tag_id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def add_contacts(tx: Tx, account_id: int, id: int, contacts: int) -> int:
    """Add to how many contacts carry a tag."""
    return await tx.execute(
        """
        UPDATE tags
           SET contacts = contacts + %(contacts)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "contacts": contacts},
    )


async def absorb(tx: Tx, account_id: int, gone: Tag, into: int) -> int:
    """Add what else the registry knows of a tag to another one."""
    return await tx.execute(
        """
        UPDATE tags
           SET signals = signals + %(signals)s,
               first_seen_at = least(first_seen_at, %(first)s),
               last_seen_at = greatest(last_seen_at, %(last)s)
         WHERE account_id = %(account_id)s AND id = %(into)s
        """,
        {
            "account_id": account_id,
            "into": into,
            "signals": gone.signals,
            "first": gone.first_seen_at,
            "last": gone.last_seen_at,
        },
    )


async def delete(tx: Tx, account_id: int, id: int) -> int:
    """Remove a tag from the registry."""
    return await tx.execute(
        "DELETE FROM tags WHERE account_id = %(account_id)s AND id = %(id)s",
        {"account_id": account_id, "id": id},
    )
