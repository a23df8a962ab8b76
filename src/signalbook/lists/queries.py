"""Every statement on the registry of lists."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from signalbook.kit.db import Read, Row, Tx
from signalbook.lists.model import ContactList, Kind


async def get(db: Read, account_id: int, id: UUID) -> ContactList | None:
    """Return one list."""
    return await db.one_or_none(
        ContactList,
        """
        SELECT id, name, description, kind, is_active, is_settled, members, created_at, created_by
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
        SELECT id, name, description, kind, is_active, is_settled, members, created_at, created_by
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
        SELECT id, name, description, kind, is_active, is_settled, members, created_at, created_by
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
        SELECT id, name, description, kind, is_active, is_settled, members, created_at, created_by
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
    kind: Kind,
    at: datetime,
    actor: str,
) -> None:
    """Add a list; raises a violation of lists_account_name_key where the name is taken."""
    await tx.execute(
        """
        INSERT INTO lists
               (account_id, id, name, name_key, description, kind, created_at, created_by,
                changed_at)
        VALUES (%(account_id)s, %(id)s, %(name)s, %(key)s, %(description)s, %(kind)s, %(at)s,
                %(actor)s, %(at)s)
        RETURNING id
        """,
        {
            "account_id": account_id,
            "id": id,
            "name": name,
            "key": key,
            "description": description,
            "kind": kind,
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
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    name: str,
    key: str,
    description: str,
    kind: Kind,
    at: datetime,
) -> int:
    """Give a list its name, description and kind; return how many lists that were."""
    return await tx.execute(
        """
        UPDATE lists
           SET name = %(name)s,
               name_key = %(key)s,
               description = %(description)s,
               kind = %(kind)s,
               changed_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {
            "account_id": account_id,
            "id": id,
            "name": name,
            "key": key,
            "description": description,
            "kind": kind,
            "at": at,
        },
    )


async def set_active(
    tx: Tx, account_id: int, id: UUID, *, is_active: bool, at: datetime
) -> ContactList | None:
    """Deactivate a list or activate it, where that changes anything; return it then."""
    return await tx.one_or_none(
        ContactList,
        """
        UPDATE lists
           SET is_active = %(is_active)s, is_settled = false, changed_at = %(at)s
         WHERE account_id = %(account_id)s AND id = %(id)s AND is_active <> %(is_active)s
        RETURNING id, name, description, kind, is_active, is_settled, members, created_at,
                  created_by
        """,
        {"account_id": account_id, "id": id, "is_active": is_active, "at": at},
    )


async def set_settled(tx: Tx, account_id: int, id: UUID) -> int:
    """Note that every member says what the list is; return how many lists that were."""
    return await tx.execute(
        "UPDATE lists SET is_settled = true WHERE account_id = %(account_id)s AND id = %(id)s",
        {"account_id": account_id, "id": id},
    )


async def add_members(tx: Tx, account_id: int, id: UUID, members: int) -> Row | None:
    """Add to how many contacts are on a list; return whether it is active, and settled.

    The list's row is locked from here to the commit.
    """
    rows = await tx.rows(
        """
        UPDATE lists
           SET members = members + %(members)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        RETURNING is_active, is_settled
        """,
        {"account_id": account_id, "id": id, "members": members},
    )
    return rows[0] if rows else None


async def delete(tx: Tx, account_id: int, id: UUID) -> int:
    """Remove a list from the registry; return how many that were."""
    return await tx.execute(
        "DELETE FROM lists WHERE account_id = %(account_id)s AND id = %(id)s",
        {"account_id": account_id, "id": id},
    )
