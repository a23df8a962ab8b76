"""Every statement that reads what contact lists show of contacts."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from signalbook.kit.db import Read, Row, Tx


async def page(db: Read, account_id: int, list_id: UUID, after: str, size: int) -> list[Row]:
    """Return (id, e-mail, its key, updated_at, whether the list shows it) of contacts by e-mail.

    A list shows a contact that it holds, or that no contact list holds. The page is cut before
    anything is joined: its cost is that of `size` contacts wherever it begins.
    """
    return await db.rows(
        """
        SELECT c.id, c.email, c.email_key, greatest(s.updated_at, h.updated_at),
               h.is_held IS NOT FALSE
          FROM (SELECT id, email, email_key
                  FROM contacts
                 WHERE account_id = %(account_id)s AND email_key > %(after)s
                 ORDER BY email_key
                 LIMIT %(size)s) AS c
          JOIN contact_signals AS s
            ON s.account_id = %(account_id)s AND s.contact_id = c.id
         CROSS JOIN LATERAL (
               SELECT bool_or(x.list_id = %(list_id)s) AS is_held,
                      max(x.updated_at) FILTER (WHERE x.list_id = %(list_id)s) AS updated_at
                 FROM ses_contacts AS x
                WHERE x.account_id = %(account_id)s AND x.contact_id = c.id) AS h
         ORDER BY c.email_key
        """,
        {"account_id": account_id, "list_id": list_id, "after": after, "size": size},
    )


async def one(db: Read, account_id: int, list_id: UUID, email_key: str) -> Row | None:
    """Return a contact by its e-mail, as `Shown` is made of it, and whether the list shows it."""
    rows = await db.rows(
        """
        SELECT c.id, c.email, c.mobile, c.external_id, c.fields, x.attributes,
               x.contact_id IS NOT NULL, coalesce(x.created_at, c.created_at),
               greatest(s.updated_at, x.updated_at),
               x.contact_id IS NOT NULL OR NOT EXISTS (
               SELECT
                 FROM ses_contacts AS y
                WHERE y.account_id = %(account_id)s AND y.contact_id = c.id)
          FROM contacts AS c
          JOIN contact_signals AS s
            ON s.account_id = %(account_id)s AND s.contact_id = c.id
          LEFT JOIN ses_contacts AS x
            ON x.account_id = %(account_id)s AND x.contact_id = c.id AND x.list_id = %(list_id)s
         WHERE c.account_id = %(account_id)s AND c.email_key = %(email_key)s
        """,
        {"account_id": account_id, "list_id": list_id, "email_key": email_key},
    )
    return rows[0] if rows else None


async def members(
    db: Read, account_id: int, list_ids: Iterable[UUID], contact_ids: Iterable[UUID]
) -> list[Row]:
    """Return (contact, list) of these contacts that are on these lists."""
    return await db.rows(
        """
        SELECT contact_id, list_id
          FROM list_members
         WHERE account_id = %(account_id)s
           AND list_id = ANY(%(list_ids)s::uuid[])
           AND contact_id = ANY((SELECT string_to_array(%(contact_ids)s, ','))::uuid[])
        """,
        {
            "account_id": account_id,
            "list_ids": list(list_ids),
            "contact_ids": ",".join([one.hex for one in contact_ids]),
        },
    )


async def optouts(db: Read, account_id: int, addresses: Iterable[str]) -> list[Row]:
    """Return (address, channel) where the person or the account has opted out.

    Channels are not named: an array of them beside that of the addresses let a plan for any values
    look up each pair of both, 20 times as many for 20 topics (PostgreSQL 18, 2026-11).
    """
    return await db.rows(
        """
        SELECT address, channel
          FROM optout_states
         WHERE account_id = %(account_id)s
           AND address = ANY((SELECT string_to_array(%(addresses)s, E'\x1f'))::text[])
           AND reason IN ('contact', 'user')
        """,
        {"account_id": account_id, "addresses": "\x1f".join(addresses)},
    )


async def fields_meant(
    db: Read, account_id: int, names: Iterable[str], aliases: Iterable[str]
) -> list[Row]:
    """Return (alias or None, name, type, whether it was set) of fields by name and by alias."""
    return await db.rows(
        """
        SELECT NULL, f.name, f.type, f.type_is_set
          FROM fields AS f
         WHERE f.account_id = %(account_id)s AND f.name = ANY(%(names)s::text[])
         UNION ALL
        SELECT a.key, f.name, f.type, f.type_is_set
          FROM field_aliases AS a
          JOIN fields AS f
            ON f.account_id = %(account_id)s AND f.name = a.name
         WHERE a.account_id = %(account_id)s AND a.key = ANY(%(aliases)s::text[])
        """,
        {"account_id": account_id, "names": list(names), "aliases": list(aliases)},
    )


async def fields_gone(db: Read, account_id: int, names: Iterable[str]) -> frozenset[str]:
    """Tell which of these fields were deleted, renamed or merged once."""
    found = await db.values(
        """
        SELECT DISTINCT name
          FROM field_jobs
         WHERE account_id = %(account_id)s
           AND name = ANY(%(names)s::text[])
           AND action IN ('delete', 'rename', 'merge')
        """,
        {"account_id": account_id, "names": list(names)},
    )
    return frozenset(found)


async def held(tx: Tx, account_id: int, list_id: UUID, size: int) -> list[Row]:
    """Return (contact, whether the list made it) of some contacts that a list holds."""
    return await tx.rows(
        """
        SELECT contact_id, made
          FROM ses_contacts
         WHERE account_id = %(account_id)s AND list_id = %(list_id)s
         ORDER BY contact_id
         LIMIT %(size)s
        """,
        {"account_id": account_id, "list_id": list_id, "size": size},
    )


async def held_elsewhere(
    tx: Tx, account_id: int, list_id: UUID, contact_ids: Sequence[UUID]
) -> set[UUID]:
    """Tell which of these contacts another list holds."""
    found = await tx.values(
        """
        SELECT DISTINCT contact_id
          FROM ses_contacts
         WHERE account_id = %(account_id)s
           AND contact_id = ANY(%(contact_ids)s::uuid[])
           AND list_id <> %(list_id)s
        """,
        {"account_id": account_id, "list_id": list_id, "contact_ids": list(contact_ids)},
    )
    return set(found)


async def pass_on(tx: Tx, account_id: int, list_id: UUID, contact_ids: Iterable[UUID]) -> int:
    """Let the other lists that hold contacts have made them; return how many rows that were."""
    return await tx.execute(
        """
        UPDATE ses_contacts
           SET made = true
         WHERE account_id = %(account_id)s
           AND contact_id = ANY(%(contact_ids)s::uuid[])
           AND list_id <> %(list_id)s
        """,
        {"account_id": account_id, "list_id": list_id, "contact_ids": list(contact_ids)},
    )


async def forget(tx: Tx, account_id: int, list_id: UUID, contact_ids: Sequence[UUID]) -> int:
    """Let a list hold contacts no more; return how many it held."""
    return await tx.execute(
        """
        DELETE FROM ses_contacts
         WHERE account_id = %(account_id)s
           AND list_id = %(list_id)s
           AND contact_id = ANY(%(contact_ids)s::uuid[])
        """,
        {"account_id": account_id, "list_id": list_id, "contact_ids": list(contact_ids)},
    )
