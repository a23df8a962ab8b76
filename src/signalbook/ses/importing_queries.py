"""Every statement on import jobs and on the records they refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from signalbook.kit.db import Jsonb, Read, Tx
from signalbook.ses.importing_model import ImportJob, Status


async def insert(tx: Tx, job: ImportJob) -> None:
    await tx.execute(
        """
        INSERT INTO ses_jobs (account_id, id, region, destination, action, list_name, list_id, url,
                              format, status, actor, created_at)
        VALUES (%(account_id)s, %(id)s, %(region)s, %(destination)s, %(action)s, %(list_name)s,
                %(list_id)s, %(url)s, %(format)s, 'CREATED', %(actor)s, %(created_at)s)
        """,
        {
            "account_id": job.account_id,
            "id": job.id,
            "region": job.region,
            "destination": job.destination,
            "action": job.action,
            "list_name": job.list_name,
            "list_id": job.list_id,
            "url": job.url,
            "format": job.format,
            "actor": job.actor,
            "created_at": job.created_at,
        },
    )


async def get(db: Read, account_id: int, id: UUID) -> ImportJob | None:
    return await db.one_or_none(
        ImportJob,
        """
        SELECT account_id, id, region, destination, action, list_name, list_id, url, format,
               status, done, failed, last_row, failed_url, failure, actor, created_at, finished_at
          FROM ses_jobs
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id},
    )


async def lock(tx: Tx, account_id: int, id: UUID) -> ImportJob | None:
    """Read a job and keep its status from changing until the transaction ends."""
    return await tx.one_or_none(
        ImportJob,
        """
        SELECT account_id, id, region, destination, action, list_name, list_id, url, format,
               status, done, failed, last_row, failed_url, failure, actor, created_at, finished_at
          FROM ses_jobs
         WHERE account_id = %(account_id)s AND id = %(id)s
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "id": id},
    )


async def lock_open(tx: Tx, account_id: int, list_id: UUID) -> list[UUID]:
    """Return the jobs of a contact list that have not ended, locked as by `lock`."""
    return await tx.values(
        """
        SELECT id
          FROM ses_jobs
         WHERE account_id = %(account_id)s
           AND list_id = %(list_id)s
           AND status IN ('CREATED', 'PROCESSING')
         ORDER BY id
           FOR NO KEY UPDATE
        """,
        {"account_id": account_id, "list_id": list_id},
    )


async def page(
    db: Read,
    account_id: int,
    region: str,
    destination: str | None,
    before: UUID | None,
    size: int,
) -> list[ImportJob]:
    """Return jobs of a region, the latest first, those before one of them."""
    return await db.many(
        ImportJob,
        """
        SELECT account_id, id, region, destination, action, list_name, list_id, url, format,
               status, done, failed, last_row, failed_url, failure, actor, created_at, finished_at
          FROM ses_jobs
         WHERE account_id = %(account_id)s
           AND region = %(region)s
           AND (%(destination)s::text IS NULL OR destination = %(destination)s::text)
           AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
         ORDER BY id DESC
         LIMIT %(size)s
        """,
        {
            "account_id": account_id,
            "region": region,
            "destination": destination,
            "before": before,
            "size": size,
        },
    )


async def set_processing(tx: Tx, account_id: int, id: UUID) -> None:
    await tx.execute(
        """
        UPDATE ses_jobs
           SET status = 'PROCESSING'
         WHERE account_id = %(account_id)s AND id = %(id)s AND status = 'CREATED'
        """,
        {"account_id": account_id, "id": id},
    )


async def add(tx: Tx, account_id: int, id: UUID, *, done: int, failed: int, last_row: int) -> None:
    """Count records that are through, up to the last of them."""
    await tx.execute(
        """
        UPDATE ses_jobs
           SET done = done + %(done)s, failed = failed + %(failed)s, last_row = %(last_row)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "done": done, "failed": failed, "last_row": last_row},
    )


async def set_counted(tx: Tx, account_id: int, id: UUID, done: int, failed: int) -> None:
    """Take over what an import came to."""
    await tx.execute(
        """
        UPDATE ses_jobs
           SET done = %(done)s, failed = %(failed)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {"account_id": account_id, "id": id, "done": done, "failed": failed},
    )


async def set_ended(
    tx: Tx,
    account_id: int,
    id: UUID,
    status: Status,
    at: datetime,
    *,
    failure: str = "",
    failed_url: str | None = None,
) -> None:
    await tx.execute(
        """
        UPDATE ses_jobs
           SET status = %(status)s, finished_at = %(at)s, failure = %(failure)s,
               failed_url = %(failed_url)s
         WHERE account_id = %(account_id)s AND id = %(id)s
        """,
        {
            "account_id": account_id,
            "id": id,
            "status": status,
            "at": at,
            "failure": failure,
            "failed_url": failed_url,
        },
    )


async def insert_rejects(
    tx: Tx, account_id: int, job_id: UUID, rejects: Sequence[dict[str, Any]]
) -> None:
    """Keep records that were refused; each has `row_no`, `record` and `reason`."""
    await tx.execute(
        """
        INSERT INTO ses_job_rejects (account_id, job_id, row_no, record, reason)
        SELECT %(account_id)s, %(job_id)s, r.row_no, r.record, r.reason
          FROM jsonb_to_recordset(%(rejects)s) AS r(row_no integer, record text, reason text)
            ON CONFLICT ON CONSTRAINT ses_job_rejects_pkey DO NOTHING
        """,
        {"account_id": account_id, "job_id": job_id, "rejects": Jsonb(list(rejects))},
    )


async def rejects(
    db: Read, account_id: int, job_id: UUID, after: int, size: int
) -> list[tuple[int, str, str]]:
    """Return the next refused records: number, record, reason."""
    return [
        (row[0], row[1], row[2])
        for row in await db.rows(
            """
            SELECT row_no, record, reason
              FROM ses_job_rejects
             WHERE account_id = %(account_id)s AND job_id = %(job_id)s AND row_no > %(after)s
             ORDER BY row_no
             LIMIT %(size)s
            """,
            {"account_id": account_id, "job_id": job_id, "after": after, "size": size},
        )
    ]
