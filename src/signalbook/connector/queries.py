"""Statements about connections: how they are set, how they stand, who works on them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from signalbook.connector.model import Backlog, Connection
from signalbook.kit.db import Jsonb, Read, Tx


async def get(db: Read, account_id: int) -> Connection | None:
    """Find the connection of an account."""
    return await db.one_or_none(
        Connection,
        """
        SELECT account_id, id, mode, region, list_name, endpoint, credentials, role, bucket,
               requests_per_second, created_at, created_by, error, failing_since, rests_until,
               succeeded_at, filled_to, filled_at, listing, listing_token, listing_started_at,
               listing_count, listed_at, listed_count, import_job
          FROM ses_connections
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id},
    )


async def by_id(db: Read, id: UUID) -> Connection | None:
    """Find a connection by its own id, which is part of the address for notices."""
    return await db.one_or_none(
        Connection,
        """
        SELECT account_id, id, mode, region, list_name, endpoint, credentials, role, bucket,
               requests_per_second, created_at, created_by, error, failing_since, rests_until,
               succeeded_at, filled_to, filled_at, listing, listing_token, listing_started_at,
               listing_count, listed_at, listed_count, import_job
          FROM ses_connections
         WHERE id = %(id)s
        """,
        {"id": id},
    )


async def due(
    db: Read, *, now: datetime, listed_before: datetime, followed_before: datetime
) -> list[int]:
    """List the accounts for which there is something to do and that nobody works on."""
    return await db.values(
        """
        SELECT c.account_id
          FROM ses_connections AS c
         WHERE (c.leased_until IS NULL OR c.leased_until < %(now)s)
           AND (c.rests_until IS NULL OR c.rests_until < %(now)s)
           AND ((c.mode <> 'follow' AND c.filled_at IS NULL)
             OR c.listed_at IS NULL
             OR c.listed_at < %(listed_before)s
             OR (c.mode = 'follow' AND c.listed_at < %(followed_before)s)
             OR c.listing IS NOT NULL
             OR c.import_job IS NOT NULL
             OR EXISTS (SELECT FROM outbox AS o WHERE o.account_id = c.account_id)
             OR EXISTS (SELECT
                          FROM ses_seen AS s
                         WHERE s.account_id = c.account_id AND s.wanted))
         ORDER BY c.account_id
        """,
        {"now": now, "listed_before": listed_before, "followed_before": followed_before},
    )


async def insert(tx: Tx, account_id: int, values: Mapping[str, Any]) -> None:
    """Add a connection; raises a violation of ses_connections_pkey where there is one."""
    await tx.execute(
        """
        INSERT INTO ses_connections
               (account_id, id, mode, region, list_name, endpoint, credentials, role, bucket,
                requests_per_second, created_at, created_by)
        VALUES (%(account_id)s, %(id)s, %(mode)s, %(region)s, %(list_name)s, %(endpoint)s,
                %(credentials)s, %(role)s, %(bucket)s, %(requests_per_second)s, %(at)s, %(actor)s)
        """,
        {"account_id": account_id, **values},
    )


async def change(tx: Tx, account_id: int, values: Mapping[str, Any]) -> int:
    """Set a connection anew; whoever works on it loses it, and what was wrong is tried again."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET mode = %(mode)s, region = %(region)s, list_name = %(list_name)s,
               endpoint = %(endpoint)s, credentials = %(credentials)s, role = %(role)s,
               bucket = %(bucket)s, requests_per_second = %(requests_per_second)s,
               error = NULL, failing_since = NULL, rests_until = NULL, lease = NULL,
               leased_until = NULL
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id, **values},
    )


async def begin_anew(tx: Tx, account_id: int) -> int:
    """Let everybody be put into the outbox once more, and SES be listed once more."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET filled_to = NULL, filled_at = NULL, listing = NULL, listing_token = NULL,
               listing_started_at = NULL, listing_count = 0, listed_at = NULL, rests_until = NULL
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id},
    )


async def delete(tx: Tx, account_id: int) -> int:
    """Remove a connection; return how many that were."""
    return await tx.execute(
        "DELETE FROM ses_connections WHERE account_id = %(account_id)s", {"account_id": account_id}
    )


async def lease(tx: Tx, account_id: int, lease: UUID, *, now: datetime, until: datetime) -> bool:
    """Take an account to work on, or keep it; tell whether it is ours."""
    return bool(
        await tx.execute(
            """
            UPDATE ses_connections
               SET lease = %(lease)s, leased_until = %(until)s
             WHERE account_id = %(account_id)s
               AND (lease = %(lease)s OR leased_until IS NULL OR leased_until < %(now)s)
            """,
            {"account_id": account_id, "lease": lease, "now": now, "until": until},
        )
    )


async def release(tx: Tx, account_id: int, lease: UUID) -> int:
    """Let others work on the account."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET lease = NULL, leased_until = NULL
         WHERE account_id = %(account_id)s AND lease = %(lease)s
        """,
        {"account_id": account_id, "lease": lease},
    )


async def set_well(tx: Tx, account_id: int, at: datetime) -> int:
    """Note that SES answered as it should."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET error = NULL, failing_since = NULL, rests_until = NULL, succeeded_at = %(at)s
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id, "at": at},
    )


async def set_failing(tx: Tx, account_id: int, said: str, *, at: datetime, until: datetime) -> int:
    """Note what is wrong, and until when nothing is tried."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET error = %(said)s, failing_since = coalesce(failing_since, %(at)s),
               rests_until = %(until)s
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id, "said": said, "at": at, "until": until},
    )


async def set_filled(tx: Tx, account_id: int, to: str, at: datetime | None) -> int:
    """Note up to which address everybody is in the outbox; `at` where that was all."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET filled_to = %(to)s, filled_at = %(at)s
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id, "to": to, "at": at},
    )


async def set_import_job(tx: Tx, account_id: int, job: Mapping[str, Any] | None) -> int:
    """Note the import job of SES that is under way, or that none is."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET import_job = %(job)s
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id, "job": None if job is None else Jsonb(dict(job))},
    )


async def backlog(db: Read, account_id: int) -> Backlog:
    """Count what waits for SES, up to 100,000, and what it refused."""
    return await db.one(
        Backlog,
        """
        SELECT (SELECT count(*)
                  FROM (SELECT
                          FROM outbox
                         WHERE account_id = %(account_id)s
                         LIMIT 100000) AS o) AS waiting,
               (SELECT min(since)
                  FROM outbox
                 WHERE account_id = %(account_id)s) AS since,
               (SELECT count(*)
                  FROM ses_refusals
                 WHERE account_id = %(account_id)s) AS refused
        """,
        {"account_id": account_id},
    )
