"""Statements of the pages of contact lists and topics."""

from collections.abc import Sequence
from uuid import UUID

from signalbook.kit.db import Read, Row


async def place(db: Read, account_id: int, id: UUID) -> Row | None:
    """Return (region, name) of a contact list."""
    rows = await db.rows(
        """
        SELECT region, name
          FROM ses_lists
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )
    return rows[0] if rows else None


async def members(db: Read, account_id: int, list_ids: Sequence[UUID]) -> list[Row]:
    """Return (list id of a topic, how many opted in), as it is counted all along."""
    return await db.rows(
        """
        SELECT id, members
          FROM lists
         WHERE account_id = %(account_id)s AND id = ANY(%(list_ids)s::uuid[])
        """,
        {"account_id": account_id, "list_ids": list(list_ids)},
    )


async def opted_out(db: Read, account_id: int, channels: Sequence[str]) -> list[Row]:
    """Return (channel of a topic, how many contacts opted out of it)."""
    return await db.rows(
        """
        SELECT s.channel, count(DISTINCT s.address)
          FROM optout_states AS s
          JOIN contacts AS c ON c.account_id = s.account_id AND c.email_key = s.address
         WHERE s.account_id = %(account_id)s
           AND s.channel = ANY(%(channels)s::text[])
           AND s.channel LIKE 'topic:%%'
         GROUP BY s.channel
        """,
        {"account_id": account_id, "channels": list(channels)},
    )


async def with_email(db: Read, account_id: int) -> int:
    """Return how many contacts have an e-mail, as it is counted all along."""
    found = await db.value(
        """
        SELECT coalesce(sum(contacts), 0)::bigint
          FROM contact_counts
         WHERE account_id = %(account_id)s AND tag_id = 0 AND what LIKE 'r:E%%'
        """,
        {"account_id": account_id},
    )
    return int(found)


async def elsewhere(db: Read, account_id: int) -> list[Row]:
    """Return (contact list, how many contacts with an e-mail other lists hold and it does not)."""
    return await db.rows(
        """
        SELECT l.id, count(DISTINCT h.contact_id)
          FROM ses_lists AS l
          JOIN ses_contacts AS h ON h.account_id = l.account_id AND h.list_id <> l.id
          JOIN contacts AS c ON c.account_id = h.account_id AND c.id = h.contact_id
         WHERE l.account_id = %(account_id)s
           AND c.email_key IS NOT NULL
           AND NOT EXISTS (
               SELECT
                 FROM ses_contacts AS own
                WHERE own.account_id = h.account_id AND own.contact_id = h.contact_id
                  AND own.list_id = l.id)
         GROUP BY l.id
        """,
        {"account_id": account_id},
    )


async def left(db: Read, account_id: int, address: str, channels: Sequence[str]) -> list[Row]:
    """Return (channel of a topic, reason, since) of what an address has opted out of."""
    return await db.rows(
        """
        SELECT channel, reason, since
          FROM optout_states
         WHERE account_id = %(account_id)s
           AND address = %(address)s
           AND channel = ANY(%(channels)s::text[])
         ORDER BY channel, reason
        """,
        {"account_id": account_id, "address": address, "channels": list(channels)},
    )
