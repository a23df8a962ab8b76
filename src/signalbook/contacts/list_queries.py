"""What contacts ask of lists, a feature above them: which are meant, and which hold somebody.

Whether somebody may be written to is a question to the lists themselves as well as to the contact:
`contacts.list_active` follows a moment later where a long list is deactivated.
"""

from collections.abc import Sequence
from uuid import UUID

from signalbook.kit.db import Read, Row


async def found(db: Read, account_id: int, ids: Sequence[UUID]) -> list[Row]:
    """Return (id, members) of those of these lists that exist."""
    return await db.rows(
        """
        SELECT id, members
          FROM lists
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "ids": list(ids)},
    )


async def topics(db: Read, account_id: int) -> list[Row]:
    """Return (id, name) of the lists that are topics, by name."""
    return await db.rows(
        """
        SELECT id, name
          FROM lists
         WHERE account_id = %(account_id)s AND kind = 'topic'
         ORDER BY name_key
        """,
        {"account_id": account_id},
    )


async def unsettled(db: Read, account_id: int) -> list[UUID]:
    """Return the deactivated lists of which not every member says so yet."""
    return await db.values(
        """
        SELECT id
          FROM lists
         WHERE account_id = %(account_id)s AND NOT is_active AND NOT is_settled
        """,
        {"account_id": account_id},
    )


async def holding(db: Read, account_id: int, contact_ids: Sequence[UUID]) -> list[Row]:
    """Return (contact, list, name, changed_at) of deactivated lists that hold one of these."""
    return await db.rows(
        """
        SELECT m.contact_id, l.id, l.name, l.changed_at
          FROM list_members AS m
          JOIN lists AS l
            ON l.account_id = m.account_id AND l.id = m.list_id
         WHERE m.account_id = %(account_id)s
           AND m.contact_id = ANY(%(contact_ids)s::uuid[])
           AND NOT l.is_active
         ORDER BY m.contact_id, l.name_key
        """,
        {"account_id": account_id, "contact_ids": list(contact_ids)},
    )
