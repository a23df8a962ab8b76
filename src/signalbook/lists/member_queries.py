"""Who is on which list, and who is meant by an id, an e-mail or a number."""

from collections.abc import Sequence
from uuid import UUID

from signalbook.kit.db import Read, Row, Tx
from signalbook.lists.model import Membership


async def of_contact(db: Read, account_id: int, contact_id: UUID) -> list[Membership]:
    """Return the lists a contact is on, by name."""
    return await db.many(
        Membership,
        """
        SELECT l.id, l.name, l.is_active, m.joined_at, m.joined_by
          FROM list_members AS m
          JOIN lists AS l
            ON l.account_id = m.account_id AND l.id = m.list_id
         WHERE m.account_id = %(account_id)s AND m.contact_id = %(contact_id)s
         ORDER BY l.name_key
        """,
        {"account_id": account_id, "contact_id": contact_id},
    )


async def joined(db: Read, account_id: int, list_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """Return (contact, when, through whom) of those of these contacts that are on a list."""
    return await db.rows(
        """
        SELECT contact_id, joined_at, joined_by
          FROM list_members
         WHERE account_id = %(account_id)s
           AND list_id = %(list_id)s
           AND contact_id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "list_id": list_id, "ids": list(ids)},
    )


async def next_ids(
    db: Read, account_id: int, list_id: UUID, after: UUID | None, size: int
) -> list[UUID]:
    """Return the next contacts on a list, in the order of their ids."""
    return await db.values(
        """
        SELECT contact_id
          FROM list_members
         WHERE account_id = %(account_id)s
           AND list_id = %(list_id)s
           AND (%(after)s::uuid IS NULL OR contact_id > %(after)s::uuid)
         ORDER BY contact_id
         LIMIT %(size)s
        """,
        {"account_id": account_id, "list_id": list_id, "after": after, "size": size},
    )


async def forget(tx: Tx, account_id: int, list_id: UUID, ids: Sequence[UUID]) -> int:
    """Remove contacts from a list that is deleted; return how many that were."""
    return await tx.execute(
        """
        DELETE FROM list_members
         WHERE account_id = %(account_id)s
           AND list_id = %(list_id)s
           AND contact_id = ANY(%(ids)s::uuid[])
        """,
        {"account_id": account_id, "list_id": list_id, "ids": list(ids)},
    )


async def meant(
    db: Read,
    account_id: int,
    *,
    ids: Sequence[UUID],
    emails: Sequence[str],
    mobiles: Sequence[str],
    external_ids: Sequence[str],
) -> list[Row]:
    """Return (id, email in lower case, mobile, external id) of the contacts that are named."""
    return await db.rows(
        """
        SELECT id, email_key, mobile, external_id
          FROM contacts
         WHERE account_id = %(account_id)s
           AND (   id = ANY(%(ids)s::uuid[])
                OR email_key = ANY(%(emails)s::text[])
                OR mobile = ANY(%(mobiles)s::text[])
                OR external_id = ANY(%(external_ids)s::text[]))
        """,
        {
            "account_id": account_id,
            "ids": list(ids),
            "emails": list(emails),
            "mobiles": list(mobiles),
            "external_ids": list(external_ids),
        },
    )


async def held(
    db: Read, account_id: int, ids: Sequence[UUID], besides: UUID | None = None
) -> list[UUID]:
    """Return those of these contacts whom a deactivated list holds, of the lists besides one."""
    return await db.values(
        """
        SELECT DISTINCT m.contact_id
          FROM list_members AS m
          JOIN lists AS l
            ON l.account_id = m.account_id AND l.id = m.list_id
         WHERE m.account_id = %(account_id)s
           AND m.contact_id = ANY(%(ids)s::uuid[])
           AND NOT l.is_active
           AND (%(besides)s::uuid IS NULL OR l.id <> %(besides)s::uuid)
        """,
        {"account_id": account_id, "ids": list(ids), "besides": besides},
    )


async def inactive(db: Read, account_id: int, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of these contacts who are noted as held by a deactivated list."""
    return await db.values(
        """
        SELECT id
          FROM contacts
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[]) AND NOT list_active
        """,
        {"account_id": account_id, "ids": list(ids)},
    )


async def released_without(db: Read, account_id: int, actor: str) -> list[UUID]:
    """Return those on a switched list through one actor whom no deactivated list else holds."""
    return await db.values(
        """
        SELECT DISTINCT m.contact_id
          FROM list_members AS m
          JOIN lists AS l
            ON l.account_id = m.account_id AND l.id = m.list_id
         WHERE m.account_id = %(account_id)s
           AND m.joined_by = %(actor)s
           AND NOT (l.is_active AND l.is_settled)
           AND NOT EXISTS (SELECT 1
                             FROM list_members AS other
                             JOIN lists AS o
                               ON o.account_id = other.account_id AND o.id = other.list_id
                            WHERE other.account_id = %(account_id)s
                              AND other.contact_id = m.contact_id
                              AND other.joined_by <> %(actor)s
                              AND NOT o.is_active)
         ORDER BY m.contact_id
        """,
        {"account_id": account_id, "actor": actor},
    )
