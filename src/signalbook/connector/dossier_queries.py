"""Statements that gather all that Signalbook holds of contacts with these addresses."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from signalbook.kit.db import Read, Row


class Held(msgspec.Struct, frozen=True):
    """A contact, with the names of its tags and AttributesData as it was sent to its SES list."""

    id: UUID
    email: str
    email_key: str
    mobile: str | None
    external_id: str | None
    landline: str | None
    fields: dict[str, Any]
    metadata: dict[str, Any]
    is_active: bool
    unsubscribed_at: datetime | None
    created_at: datetime
    source: str | None
    tags: list[str]
    attributes: str | None


async def contacts(
    db: Read, account_id: int, list_id: UUID | None, keys: Iterable[str]
) -> list[Held]:
    """Return the contacts with these e-mails in lower case."""
    return await db.many(
        Held,
        """
        SELECT c.id, c.email, c.email_key, c.mobile, c.external_id, c.landline, c.fields,
               c.metadata, c.is_active, c.unsubscribed_at, c.created_at, c.source,
               ARRAY(SELECT t.name
                       FROM unnest(s.tags) WITH ORDINALITY AS n(id, place)
                       JOIN tags AS t ON t.account_id = c.account_id AND t.id = n.id
                      ORDER BY n.place) AS tags,
               (SELECT x.attributes
                  FROM ses_contacts AS x
                 WHERE x.account_id = c.account_id AND x.contact_id = c.id
                   AND x.list_id = %(list_id)s::uuid) AS attributes
          FROM contacts AS c
          JOIN contact_signals AS s
            ON s.account_id = c.account_id AND s.contact_id = c.id
         WHERE c.account_id = %(account_id)s AND c.email_key = ANY(%(keys)s::text[])
        """,
        {"account_id": account_id, "list_id": list_id, "keys": list(keys)},
    )


async def memberships(db: Read, account_id: int, contacts: Iterable[UUID]) -> list[Row]:
    """Return (contact, list, its name, joined_at, joined_by), in the order they joined."""
    return await db.rows(
        """
        SELECT m.contact_id, l.id, l.name, m.joined_at, m.joined_by
          FROM list_members AS m
          JOIN lists AS l ON l.account_id = m.account_id AND l.id = m.list_id
         WHERE m.account_id = %(account_id)s AND m.contact_id = ANY(%(contacts)s::uuid[])
         ORDER BY m.joined_at, l.id
        """,
        {"account_id": account_id, "contacts": list(contacts)},
    )


async def optouts(db: Read, account_id: int, addresses: Iterable[str]) -> list[Row]:
    """Return (address, channel, reason, since, source) of the opt-outs in force, as they came."""
    return await db.rows(
        """
        SELECT address, channel, reason, since, source
          FROM optout_states
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
         ORDER BY since, channel, address, reason
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def lifted(db: Read, account_id: int, addresses: Iterable[str]) -> list[Row]:
    """Return (address, channel, when it was lifted last) for e-mails and their topics."""
    return await db.rows(
        """
        SELECT address, channel, max(at)
          FROM optouts
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
           AND kind = 'in'
         GROUP BY address, channel
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def fields(db: Read, account_id: int) -> list[Row]:
    """Return (name, type, type_is_set) of the fields of an account."""
    return await db.rows(
        """
        SELECT name, type, type_is_set
          FROM fields
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id},
    )


async def fields_gone(db: Read, account_id: int) -> list[str]:
    """Return the names of fields that were deleted, renamed or merged once."""
    return await db.values(
        """
        SELECT DISTINCT name
          FROM field_jobs
         WHERE account_id = %(account_id)s AND action IN ('delete', 'rename', 'merge')
        """,
        {"account_id": account_id},
    )


async def aliases(db: Read, account_id: int) -> list[Row]:
    """Return (alias in plain spelling, the field that it means)."""
    return await db.rows(
        """
        SELECT key, name
          FROM field_aliases
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id},
    )
