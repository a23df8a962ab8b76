"""The statement that says when the next request may go out."""

from datetime import datetime, timedelta

from signalbook.kit.db import Tx


async def take(
    tx: Tx, account_id: int, bucket: str, *, now: datetime, every: timedelta
) -> datetime:
    """Take the next free moment of a bucket, which is now where it has rested, and return it."""
    taken: datetime = await tx.value(
        """
        INSERT INTO ses_pace AS p (account_id, bucket, free_at)
        VALUES (%(account_id)s, %(bucket)s, %(now)s::timestamptz + %(every)s::interval)
            ON CONFLICT ON CONSTRAINT ses_pace_pkey DO UPDATE
           SET free_at = greatest(p.free_at, %(now)s::timestamptz) + %(every)s::interval
        RETURNING free_at - %(every)s::interval
        """,
        {"account_id": account_id, "bucket": bucket, "now": now, "every": every},
    )
    return taken
