"""Every statement on remembered answers."""

from datetime import datetime

from signalbook.kit.db import Row, Tx


async def lock(tx: Tx, account_id: int, number: int) -> bool:
    """Try to be the only one with this key, until the transaction ends."""
    del account_id  # the number stands for the account and its key
    return bool(await tx.value("SELECT pg_try_advisory_xact_lock(2, %(n)s)", {"n": number}))


async def find(tx: Tx, account_id: int, key: str, since: datetime) -> Row | None:
    """Return (fingerprint, status, body) of an answer that is remembered."""
    rows = await tx.rows(
        """
        SELECT fingerprint, status, body
          FROM idempotency
         WHERE account_id = %(account_id)s AND key = %(key)s AND created_at > %(since)s
        """,
        {"account_id": account_id, "key": key, "since": since},
    )
    return rows[0] if rows else None


async def insert(  # one row
    tx: Tx, account_id: int, key: str, fingerprint: bytes, status: int, body: bytes, at: datetime
) -> None:
    """Remember an answer, in place of one that has expired."""
    await tx.execute(
        """
        INSERT INTO idempotency (account_id, key, fingerprint, status, body, created_at)
        VALUES (%(account_id)s, %(key)s, %(fingerprint)s, %(status)s, %(body)s, %(at)s)
            ON CONFLICT ON CONSTRAINT idempotency_pkey
            DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
                          body = excluded.body, created_at = excluded.created_at
        """,
        {
            "account_id": account_id,
            "key": key,
            "fingerprint": fingerprint,
            "status": status,
            "body": body,
            "at": at,
        },
    )


async def purge(tx: Tx, account_id: int, before: datetime) -> int:
    """Forget the answers of an account that are older than that."""
    return await tx.execute(
        "DELETE FROM idempotency WHERE account_id = %(account_id)s AND created_at < %(before)s",
        {"account_id": account_id, "before": before},
    )
