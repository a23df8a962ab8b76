"""Statements about what was called how often, and when a key was last used."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from signalbook.accounts.model import UsagePoint
from signalbook.kit.db import Read, Tx


async def add(tx: Tx, account_id: int, points: Sequence[UsagePoint]) -> None:
    """Add counts to those of the account; `points` has each door and minute once."""
    await tx.send(
        """
        INSERT INTO usage AS u (account_id, door, minute, calls, refused, over)
             SELECT %(account_id)s::integer, p.door, p.minute, p.calls, p.refused, p.over
               FROM unnest(%(doors)s::text[], %(minutes)s::timestamptz[], %(calls)s::bigint[],
                           %(refused)s::bigint[], %(over)s::bigint[])
                    AS p (door, minute, calls, refused, over)
        ON CONFLICT ON CONSTRAINT usage_pkey DO UPDATE
                SET calls = u.calls + excluded.calls,
                    refused = u.refused + excluded.refused,
                    over = u.over + excluded.over
        """,
        {
            "account_id": account_id,
            "doors": [point.door for point in points],
            "minutes": [point.minute for point in points],
            "calls": [point.calls for point in points],
            "refused": [point.refused for point in points],
            "over": [point.over for point in points],
        },
    )


async def set_key_uses(
    tx: Tx, account_id: int, key_ids: Sequence[UUID], times: Sequence[datetime]
) -> None:
    """Remember when keys of the account were last used; an older time changes nothing."""
    await tx.send(
        """
        INSERT INTO key_uses AS u (account_id, key_id, last_used_at)
             SELECT %(account_id)s::integer, p.key_id, p.at
               FROM unnest(%(key_ids)s::uuid[], %(times)s::timestamptz[]) AS p (key_id, at)
        ON CONFLICT ON CONSTRAINT key_uses_pkey DO UPDATE
                SET last_used_at = greatest(u.last_used_at, excluded.last_used_at)
        """,
        {"account_id": account_id, "key_ids": list(key_ids), "times": list(times)},
    )


async def since(db: Read, account_id: int, start: datetime) -> list[UsagePoint]:
    """List what the account called since `start`, in time order."""
    return await db.many(
        UsagePoint,
        """
          SELECT door, minute, calls, refused, over
            FROM usage
           WHERE account_id = %(account_id)s AND minute >= %(start)s
        ORDER BY minute, door
        """,
        {"account_id": account_id, "start": start},
    )


async def take_finer(
    tx: Tx, account_id: int, *, before: datetime, step_seconds: int
) -> list[UsagePoint]:
    """Take out the counts before this time that do not stand on a whole step."""
    return await tx.many(
        UsagePoint,
        """
        DELETE FROM usage
              WHERE account_id = %(account_id)s
                AND minute < %(before)s
                AND extract(epoch FROM minute)::bigint %% %(step)s <> 0
          RETURNING door, minute, calls, refused, over
        """,
        {"account_id": account_id, "before": before, "step": step_seconds},
    )
