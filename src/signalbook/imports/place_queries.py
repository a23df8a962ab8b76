"""The statements by which files of imports are known to be needed or not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from signalbook.kit.db import Read


async def needed(
    db: Read, account_id: int, ids: Sequence[UUID], *, ended_since: datetime
) -> set[UUID]:
    """Pick the imports whose files may still be read: those not ended, and those ended lately."""
    return set(
        await db.values(
            """
            SELECT id
              FROM imports
             WHERE account_id = %(account_id)s AND id = ANY(%(ids)s::uuid[])
               AND (finished_at IS NULL OR finished_at >= %(ended_since)s)
            """,
            {"account_id": account_id, "ids": list(ids), "ended_since": ended_since},
        )
    )


async def abandoned(
    db: Read, account_id: int, *, sent_before: datetime, made_before: datetime, limit: int
) -> list[UUID]:
    """List uploads that were never completed, and files that nobody ever started."""
    return await db.values(
        """
        SELECT id
          FROM imports
         WHERE account_id = %(account_id)s
           AND (state = 'uploading' AND created_at < %(sent_before)s
                OR state IN ('ready', 'checked') AND created_at < %(made_before)s)
         LIMIT %(limit)s
        """,
        {
            "account_id": account_id,
            "sent_before": sent_before,
            "made_before": made_before,
            "limit": limit,
        },
    )
