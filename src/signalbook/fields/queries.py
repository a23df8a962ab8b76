"""Every statement on the registry of fields."""

from collections.abc import Sequence
from datetime import datetime

from signalbook.fields.model import Registered
from signalbook.kit.db import Read, Row, Tx


async def all_of(db: Read, account_id: int) -> list[Registered]:
    """Return the whole registry by name, which is at most 1,000 fields."""
    return await db.many(
        Registered,
        """
        SELECT f.name, f.label, f.type, f.is_standard, f.is_hidden, f.type_is_set, f.moving_to,
               f.contacts, f.created_at, f.last_used_at,
               ARRAY(SELECT a.alias
                       FROM field_aliases AS a
                      WHERE a.account_id = f.account_id AND a.name = f.name
                      ORDER BY a.alias) AS aliases,
               coalesce((SELECT l.length
                           FROM field_lengths AS l
                          WHERE l.account_id = f.account_id AND l.name = f.name AND l.contacts > 0
                          ORDER BY l.length DESC
                          LIMIT 1), 0) AS longest
          FROM fields AS f
         WHERE f.account_id = %(account_id)s
         ORDER BY f.name
        """,
        {"account_id": account_id},
    )


async def get(db: Read, account_id: int, name: str) -> Registered | None:
    """Return one field."""
    return await db.one_or_none(
        Registered,
        """
        SELECT f.name, f.label, f.type, f.is_standard, f.is_hidden, f.type_is_set, f.moving_to,
               f.contacts, f.created_at, f.last_used_at,
               ARRAY(SELECT a.alias
                       FROM field_aliases AS a
                      WHERE a.account_id = f.account_id AND a.name = f.name
                      ORDER BY a.alias) AS aliases,
               coalesce((SELECT l.length
                           FROM field_lengths AS l
                          WHERE l.account_id = f.account_id AND l.name = f.name AND l.contacts > 0
                          ORDER BY l.length DESC
                          LIMIT 1), 0) AS longest
          FROM fields AS f
         WHERE f.account_id = %(account_id)s AND f.name = %(name)s
        """,
        {"account_id": account_id, "name": name},
    )


async def contacts(db: Read, account_id: int) -> int:
    """Return how many contacts the account has, of which a field is filled for some."""
    return int(
        await db.value(
            """
            SELECT sum(contacts)
              FROM contact_counts
             WHERE account_id = %(account_id)s AND tag_id = 0 AND what >= 'r:' AND what < 'r;'
            """,
            {"account_id": account_id},
        )
        or 0
    )


async def insert(tx: Tx, account_id: int, field: Registered, at: datetime) -> int:
    """Register a field, unless there is one of this name; return how many were added."""
    return await tx.execute(
        """
        INSERT INTO fields (account_id, name, label, type, is_standard, is_hidden, type_is_set,
                            created_at, last_used_at)
        VALUES (%(account_id)s, %(name)s, %(label)s, %(type)s, %(is_standard)s, %(is_hidden)s,
                %(type_is_set)s, %(at)s, %(at)s)
            ON CONFLICT ON CONSTRAINT fields_pkey DO NOTHING
        """,
        {
            "account_id": account_id,
            "name": field.name,
            "label": field.label,
            "type": field.type,
            "is_standard": field.is_standard,
            "is_hidden": field.is_hidden,
            "type_is_set": field.type_is_set,
            "at": at,
        },
    )


async def set_described(tx: Tx, account_id: int, name: str, *, label: str, is_hidden: bool) -> int:
    """Show a field under a label, or keep it out of sight."""
    return await tx.execute(
        """
        UPDATE fields
           SET label = %(label)s, is_hidden = %(is_hidden)s
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name, "label": label, "is_hidden": is_hidden},
    )


async def delete_aliases(tx: Tx, account_id: int, name: str) -> int:
    """Let a field be called only by its name."""
    return await tx.execute(
        "DELETE FROM field_aliases WHERE account_id = %(account_id)s AND name = %(name)s",
        {"account_id": account_id, "name": name},
    )


async def insert_aliases(
    tx: Tx, account_id: int, name: str, keys: Sequence[str], aliases: Sequence[str]
) -> int:
    """Let a field be called so as well; raises a violation of field_aliases_pkey."""
    return await tx.execute(
        """
        INSERT INTO field_aliases (account_id, key, name, alias)
        SELECT %(account_id)s, n.key, %(name)s, n.alias
          FROM unnest(%(keys)s::text[], %(aliases)s::text[]) AS n(key, alias)
         ORDER BY n.key
        """,
        {"account_id": account_id, "name": name, "keys": list(keys), "aliases": list(aliases)},
    )


async def aliased(db: Read, account_id: int, keys: Sequence[str]) -> list[Row]:
    """Return (key, name) of the fields that these aliases mean."""
    return await db.rows(
        """
        SELECT key, name
          FROM field_aliases
         WHERE account_id = %(account_id)s AND key = ANY(%(keys)s::text[])
         ORDER BY key
        """,
        {"account_id": account_id, "keys": list(keys)},
    )


async def hold_alone(tx: Tx, account_id: int) -> None:
    """Wait until no batch uses the account's registries, and let none begin."""
    await tx.execute("SELECT pg_advisory_xact_lock(1, %(account_id)s)", {"account_id": account_id})


async def hold_shared(tx: Tx, account_id: int) -> None:
    """Keep the account's registries from being rewritten until the transaction ends."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock_shared(1, %(account_id)s)", {"account_id": account_id}
    )
