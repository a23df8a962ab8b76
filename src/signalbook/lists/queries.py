"""Every statement on the registry of lists."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from signalbook.kit.db import Read, Row, Tx
from signalbook.lists.model import ContactList


async def get(db: Read, account_id: int, id: UUID) -> ContactList | None:
    """Return one list."""
    return await db.one_or_none(
        ContactList,
        """
        SELECT id, name, description, kind, is_active, members, created_at, created_by
          FROM lists
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def named(db: Read, account_id: int, key: str) -> ContactList | None:
    """Return the list of a name, given as names are compared."""
    return await db.one_or_none(
        ContactList,
        """
        SELECT id, name, description, kind, is_active, members, created_at, created_by
          FROM lists
         WHERE account_id = %(account_id)s AND name_key = %(key)s
        """,
        {"account_id": account_id, "key": key},
    )


async def page(
    db: Read, account_id: int, size: int, search: str = "", after: str | None = None
) -> list[ContactList]:
    """Return lists by name whose name contains `search`; `after` is the key of a name."""
    return await db.many(
        ContactList,
        """
        SELECT id, name, description, kind, is_active, members, created_at, created_by
          FROM lists
         WHERE account_id = %(account_id)s
           AND strpos(name_key, %(search)s) > 0
           AND (%(after)s::text IS NULL OR name_key > %(after)s::text)
         ORDER BY name_key
         LIMIT %(size)s
        """,
        {"account_id": account_id, "size": size, "search": search, "after": after},
    )


async def count(db: Read, account_id: int) -> int:
    """Count the lists of an account."""
    found = await db.value(
        "SELECT count(*) FROM lists WHERE account_id = %(account_id)s", {"account_id": account_id}
    )
    return int(found)


async def with_ids(db: Read, account_id: int, ids: Collection[UUID]) -> list[ContactList]:
    """Return those of these lists that exist, by name."""
    return await db.many(
        ContactList,
        """
        SELECT id, name, description, kind, is_active, members, created_at, created_by
          FROM lists
         WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[])
         ORDER BY name_key
        """,
        {"account_id": account_id, "ids": list(ids)},
    )


async def ids_of(db: Read, account_id: int, keys: Sequence[str]) -> list[Row]:
    """Return (key, id) of the lists with these names."""
    return await db.rows(
        """
        SELECT name_key, id
          FROM lists
         WHERE account_id = %(account_id)s AND name_key = ANY(%(keys)s::text[])
        """,
        {"account_id": account_id, "keys": list(keys)},
    )


async def insert(
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    name: str,
    key: str,
    description: str,
    at: datetime,
    actor: str,
) -> None:
    """Add a list; raises a violation of lists_account_name_key where the name is taken."""
    await tx.execute(
        """
        INSERT INTO lists
               (account_id, id, name, name_key, description, created_at, created_by, changed_at)
        VALUES (%(account_id)s, %(id)s, %(name)s, %(key)s, %(description)s, %(at)s, %(actor)s,
                %(at)s)
        RETURNING id
        """,
        {
            "account_id": account_id,
            "id": id,
            "name": name,
            "key": key,
            "description": description,
            "at": at,
            "actor": actor,
        },
    )


async def insert_missing(
    tx: Tx,
    account_id: int,
    ids: Sequence[UUID],
    names: Sequence[str],
    keys: Sequence[str],
    *,
    at: datetime,
    actor: str,
) -> int:
    """Add lists whose names are not taken; return how many those are."""
    return await tx.execute(
        """
        INSERT INTO lists (account_id, id, name, name_key, created_at, created_by, changed_at)
        SELECT %(account_id)s, n.id, n.name, n.key, %(at)s, %(actor)s, %(at)s
          FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(keys)s::text[]) AS n(id, name, key)
         ORDER BY n.key
            ON CONFLICT ON CONSTRAINT lists_account_name_key DO NOTHING
        """,
        {
            "account_id": account_id,
            "ids": list(ids),
            "names": list(names),
            "keys": list(keys),
            "at": at,
            "actor": actor,
        },
    )


async def set_described(
    tx: Tx, account_id: int, id: UUID, *, name: str, key: str, description: str, at: datetime
) -> int:
    """Give a list its name and description; return how many lists that were."""
    return await tx.execute(
        """
        UPDATE lists
           SET name = %(name)s,
               name_key = %(key)s,
               description = %(description)s,
               changed_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {
            "account_id": account_id,
            "id": id,
            "name": name,
            "key": key,
            "description": description,
            "at": at,
        },
    )


async def add_members(tx: Tx, account_id: int, id: UUID, members: int) -> int:
    """Add to how many contacts are on a list; return how many lists that were."""
    return await tx.execute(
        """
        UPDATE lists
           SET members = members + %(members)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "members": members},
    )


async def delete(tx: Tx, account_id: int, id: UUID) -> int:
    """Remove a list from the registry; return how many that were."""
    return await tx.execute(
        "DELETE FROM lists WHERE account_id = %(account_id)s AND id = %(id)s",
        {"account_id": account_id, "id": id},
    )
