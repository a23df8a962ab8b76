"""The statements on the most frequent values of a field, counted when somebody asks."""

from datetime import datetime
from typing import Any

import msgspec

from signalbook.fields.values import Counted, Frequent
from signalbook.kit.db import Jsonb, Read, Row, Tx


async def get(db: Read, account_id: int, name: str) -> Counted | None:
    """Return what was last counted of a field."""
    rows = await db.rows(
        """
        SELECT asked_at, counted_at, different, most
          FROM field_values
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {"account_id": account_id, "name": name},
    )
    if not rows:
        return None
    asked_at, counted_at, different, most = rows[0]
    return Counted(asked_at, counted_at, different, msgspec.convert(most, list[Frequent]))


async def ask(tx: Tx, account_id: int, name: str, at: datetime, before: datetime) -> int:
    """Ask for a count, unless somebody has asked after `before`; return 1 where it is asked."""
    return await tx.execute(
        """
        INSERT INTO field_values (account_id, name, asked_at)
        VALUES (%(account_id)s, %(name)s, %(at)s)
            ON CONFLICT ON CONSTRAINT field_values_pkey
            DO UPDATE SET asked_at = excluded.asked_at
         WHERE field_values.asked_at < %(before)s
        """,
        {"account_id": account_id, "name": name, "at": at, "before": before},
    )


async def most_frequent(db: Read, account_id: int, name: str, size: int) -> list[Row]:
    """Count a field in all contacts: (value, contacts, different values) of the most frequent."""
    return await db.rows(
        """
          WITH counted AS (
               SELECT fields -> %(name)s AS value, count(*) AS contacts
                 FROM contacts
                WHERE account_id = %(account_id)s AND fields ? %(name)s
                GROUP BY fields -> %(name)s)
        SELECT value, contacts, count(*) OVER ()
          FROM counted
         ORDER BY contacts DESC, value
         LIMIT %(size)s
        """,
        {"account_id": account_id, "name": name, "size": size},
        prepare=False,
    )


async def set_counted(
    tx: Tx, account_id: int, name: str, *, at: datetime, different: int, most: list[dict[str, Any]]
) -> int:
    """Keep what was counted; return 0 where the field is gone."""
    return await tx.execute(
        """
        UPDATE field_values
           SET counted_at = %(at)s, different = %(different)s, most = %(most)s
         WHERE account_id = %(account_id)s AND name = %(name)s
        """,
        {
            "account_id": account_id,
            "name": name,
            "at": at,
            "different": different,
            "most": Jsonb(most),
        },
    )


async def delete(tx: Tx, account_id: int, name: str) -> int:
    """Forget what was counted of a field."""
    return await tx.execute(
        "DELETE FROM field_values WHERE account_id = %(account_id)s AND name = %(name)s",
        {"account_id": account_id, "name": name},
    )
