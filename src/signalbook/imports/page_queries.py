"""The statements that only faces ask, to show what they read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from signalbook.kit.db import Read, Row


async def counted(db: Read, account_id: int, ids: Sequence[UUID]) -> list[Row]:
    """Return (import, name of a count, number) of everything that these imports have applied."""
    return await db.rows(
        """
        SELECT c.import_id, k.key, sum(k.value::bigint)::bigint
          FROM import_chunks AS c
         CROSS JOIN LATERAL jsonb_each_text(c.counts) AS k
         WHERE c.account_id = %(account_id)s AND c.import_id = ANY(%(ids)s::uuid[])
         GROUP BY c.import_id, k.key
        """,
        {"account_id": account_id, "ids": list(ids)},
    )


async def kept(db: Read, account_id: int, import_id: UUID, most: int, after: int = 0) -> list[Row]:
    """Return (contact, row) of what an undo left alone, because something newer had touched it."""
    return await db.rows(
        """
        SELECT contact_id, min(row_no) AS row_no
          FROM contact_befores
         WHERE account_id = %(account_id)s AND batch_id = %(import_id)s AND kept
         GROUP BY contact_id
        HAVING min(row_no) > %(after)s
         ORDER BY row_no
         LIMIT %(most)s
        """,
        {"account_id": account_id, "import_id": import_id, "most": most, "after": after},
    )


async def count_kept(db: Read, account_id: int, import_id: UUID) -> int:
    """Count the contacts that an undo left alone."""
    found: int = await db.value(
        """
        SELECT count(DISTINCT contact_id)
          FROM contact_befores
         WHERE account_id = %(account_id)s AND batch_id = %(import_id)s AND kept
        """,
        {"account_id": account_id, "import_id": import_id},
    )
    return found


async def is_remembered(
    db: Read, account_id: int, fingerprint: str | None, before: datetime
) -> bool:
    """Tell whether somebody had mapped a file with this header before this moment."""
    found: bool = await db.value(
        """
        SELECT EXISTS (
               SELECT FROM import_mappings
                WHERE account_id = %(account_id)s AND fingerprint = %(fingerprint)s
                   AND used_at < %(before)s)
        """,
        {"account_id": account_id, "fingerprint": fingerprint, "before": before},
    )
    return found
