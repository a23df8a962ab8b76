"""Statements about the copy of an SES list: listed, read, and gone through."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from signalbook.connector.model import Remote, Seen
from signalbook.kit.db import Jsonb, Read, Tx


async def put(tx: Tx, account_id: int, listing: UUID, columns: Mapping[str, object]) -> int:
    """Note what a listing says of contacts."""
    return await tx.execute(
        """
        INSERT INTO ses_copies (account_id, address, updated_at, unsubscribed, topics, listing)
        SELECT %(account_id)s::integer, n.address, n.updated_at, n.unsubscribed, n.topics::jsonb,
               %(listing)s::uuid
          FROM unnest(%(addresses)s::text[], %(updated)s::timestamptz[],
                      %(unsubscribed)s::boolean[], %(topics)s::text[])
            AS n(address, updated_at, unsubscribed, topics)
         ORDER BY n.address
            ON CONFLICT ON CONSTRAINT ses_copies_pkey DO UPDATE
           SET updated_at = excluded.updated_at, unsubscribed = excluded.unsubscribed,
               topics = excluded.topics, listing = excluded.listing
        """,
        {"account_id": account_id, "listing": listing, **columns},
    )


async def drop_others(tx: Tx, account_id: int, listing: UUID) -> int:
    """Forget those that a complete listing did not show."""
    return await tx.execute(
        """
        DELETE FROM ses_copies
         WHERE account_id = %(account_id)s AND listing <> %(listing)s
        """,
        {"account_id": account_id, "listing": listing},
    )


async def counts(db: Read, account_id: int) -> tuple[int, int]:
    """Count the contacts of the copy, and those that were read as they are listed."""
    found = await db.rows(
        """
        SELECT count(*), count(*) FILTER (WHERE read_at = updated_at)
          FROM ses_copies
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id},
    )
    return found[0][0], found[0][1]


async def unread(db: Read, account_id: int, after: str, size: int) -> list[str]:
    """List the next addresses that are not read as they are listed."""
    return await db.values(
        """
        SELECT address
          FROM ses_copies
         WHERE account_id = %(account_id)s AND address > %(after)s
           AND read_at IS DISTINCT FROM updated_at
         ORDER BY address
         LIMIT %(size)s
        """,
        {"account_id": account_id, "after": after, "size": size},
    )


async def set_read(tx: Tx, account_id: int, key: str, remote: Remote) -> int:
    """Note a contact as it was read."""
    return await tx.execute(
        """
        UPDATE ses_copies
           SET updated_at = %(updated_at)s, unsubscribed = %(unsubscribed)s,
               topics = %(topics)s, attributes = %(attributes)s, read_at = %(updated_at)s
         WHERE account_id = %(account_id)s AND address = %(address)s
        """,
        {
            "account_id": account_id,
            "address": key,
            "updated_at": remote.updated_at,
            "unsubscribed": remote.unsubscribed,
            "topics": Jsonb(dict(remote.topics)),
            "attributes": remote.attributes,
        },
    )


async def drop(tx: Tx, account_id: int, key: str) -> int:
    """Forget a contact that SES has no more."""
    return await tx.execute(
        "DELETE FROM ses_copies WHERE account_id = %(account_id)s AND address = %(address)s",
        {"account_id": account_id, "address": key},
    )


async def page(db: Read, account_id: int, after: str, size: int) -> list[Seen]:
    """Return the next contacts of the copy."""
    return await db.many(
        Seen,
        """
        SELECT address, updated_at, unsubscribed, topics, attributes, read_at
          FROM ses_copies
         WHERE account_id = %(account_id)s AND address > %(after)s
         ORDER BY address
         LIMIT %(size)s
        """,
        {"account_id": account_id, "after": after, "size": size},
    )


async def empty(tx: Tx, account_id: int) -> int:
    """Forget the copy."""
    return await tx.execute(
        "DELETE FROM ses_copies WHERE account_id = %(account_id)s", {"account_id": account_id}
    )


async def happened_since(db: Read, account_id: int, at: datetime) -> bool:
    """Tell whether a contact of the account has changed here since a time."""
    return await db.value(
        """
        SELECT EXISTS (SELECT
                         FROM events
                        WHERE account_id = %(account_id)s AND at >= %(at)s)
        """,
        {"account_id": account_id, "at": at},
    )


async def contacts(db: Read, account_id: int, after: UUID | None, size: int) -> list[UUID]:
    """List the next contacts here."""
    return await db.values(
        """
        SELECT id
          FROM contacts
         WHERE account_id = %(account_id)s
           AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
         ORDER BY id
         LIMIT %(size)s
        """,
        {"account_id": account_id, "after": after, "size": size},
    )


async def lists(db: Read, account_id: int) -> dict[UUID, str]:
    """Return the lists there are, and their names as they are compared."""
    found = await db.rows(
        """
        SELECT id, name_key
          FROM lists
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id},
    )
    return {row[0]: row[1] for row in found}


async def only_here(db: Read, account_id: int, after: str, size: int) -> list[str]:
    """List contacts here that the copy does not show, and of whom SES is not still to hear."""
    return await db.values(
        """
        SELECT c.email_key
          FROM contacts AS c
         WHERE c.account_id = %(account_id)s AND c.email_key > %(after)s
           AND NOT EXISTS (SELECT
                             FROM ses_copies AS s
                            WHERE s.account_id = c.account_id
                              AND lower(s.address) = c.email_key)
           AND NOT EXISTS (SELECT
                             FROM outbox AS o
                            WHERE o.account_id = c.account_id AND o.address = c.email_key)
         ORDER BY c.email_key
         LIMIT %(size)s
        """,
        {"account_id": account_id, "after": after, "size": size},
    )


async def nameless(db: Read, account_id: int) -> int:
    """Count contacts without an e-mail, whom SES cannot hold."""
    return await db.value(
        """
        SELECT count(*)
          FROM contacts
         WHERE account_id = %(account_id)s AND email_key IS NULL
        """,
        {"account_id": account_id},
    )


async def keep_report(tx: Tx, account_id: int, at: datetime, report: Mapping[str, object]) -> int:
    """Keep what a comparison found in the place of what the last one did."""
    return await tx.execute(
        """
        INSERT INTO ses_drifts (account_id, at, report)
        VALUES (%(account_id)s, %(at)s, %(report)s)
            ON CONFLICT ON CONSTRAINT ses_drifts_pkey DO UPDATE
           SET at = excluded.at, report = excluded.report
        """,
        {"account_id": account_id, "at": at, "report": Jsonb(dict(report))},
    )


async def last_report(db: Read, account_id: int) -> dict[str, object] | None:
    """Return what the last comparison found."""
    return await db.value(
        "SELECT report FROM ses_drifts WHERE account_id = %(account_id)s",
        {"account_id": account_id},
    )
