"""Every statement on the registry of fields."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from signalbook.fields.model import Registered
from signalbook.kit.db import Read, Row, Tx


class Scan(NamedTuple):
    """How far values were looked at, and since when they must have been written."""

    after: UUID | None = None
    since: datetime | None = None
    size: int = 5_000


async def all_of(db: Read, account_id: int) -> list[Registered]:
    """Return the whole registry by name, which is at most 1,000 fields."""
    return await db.many(
        Registered,
        """
        SELECT name, label, alias, type, is_standard, type_is_set, contacts, created_at,
               last_used_at
          FROM fields
         WHERE account_id = %(account_id)s
         ORDER BY name
        """,
        {"account_id": account_id},
    )


async def get(db: Read, account_id: int, name: str) -> Registered | None:
    """Return one field."""
    return await db.one_or_none(
        Registered,
        """
        SELECT name, label, alias, type, is_standard, type_is_set, contacts, created_at,
               last_used_at
          FROM fields
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name},
    )


async def set_label(tx: Tx, account_id: int, name: str, label: str) -> int:
    """Show a field under another label."""
    return await tx.execute(
        "UPDATE fields SET label = %(label)s WHERE account_id = %(account_id)s AND name = %(name)s",
        {"account_id": account_id, "name": name, "label": label},
    )


async def set_type(tx: Tx, account_id: int, name: str, type: str) -> int:
    """Hold a field to a type from now on."""
    return await tx.execute(
        """
        UPDATE fields
           SET type = %(type)s, type_is_set = true
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name, "type": type},
    )


async def hold_alone(tx: Tx, account_id: int) -> None:
    """Wait until no batch uses the account's registries, and let none begin."""
    await tx.execute("SELECT pg_advisory_xact_lock(1, %(account_id)s)", {"account_id": account_id})


async def values(db: Read, account_id: int, name: str, scan: Scan) -> list[Row]:
    """Return (contact id, value) of contacts that have the field, in the order of their ids."""
    return await db.rows(
        """
        SELECT c.id, c.fields -> %(name)s
          FROM contacts AS c
          JOIN contact_signals AS s
            ON s.account_id = c.account_id AND s.contact_id = c.id
         WHERE c.account_id = %(account_id)s
           AND c.fields ? %(name)s
           AND (%(after)s::uuid IS NULL OR c.id > %(after)s)
           AND (%(since)s::timestamptz IS NULL OR s.updated_at >= %(since)s)
         ORDER BY c.id
         LIMIT %(size)s
        """,
        {
            "account_id": account_id,
            "name": name,
            "after": scan.after,
            "since": scan.since,
            "size": scan.size,
        },
        prepare=False,
    )
