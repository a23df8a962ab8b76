"""The statements on what an account suppresses in a region."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from signalbook.kit.db import Jsonb, Read, Tx
from signalbook.ses.account import Suppression


async def get(db: Read, account_id: int, region: str) -> Suppression | None:
    return await db.one_or_none(
        Suppression,
        """
        SELECT reasons, validation
          FROM ses_accounts
         WHERE account_id = %(account_id)s AND region = %(region)s
        """,
        {"account_id": account_id, "region": region},
    )


async def put(
    tx: Tx,
    account_id: int,
    region: str,
    reasons: Sequence[str],
    validation: dict[str, Any] | None,
    at: datetime,
) -> None:
    """Say for what reasons addresses are suppressed; `validation` is kept as it was sent."""
    await tx.execute(
        """
        INSERT INTO ses_accounts (account_id, region, reasons, validation, updated_at)
        VALUES (%(account_id)s, %(region)s, %(reasons)s, %(validation)s, %(at)s)
            ON CONFLICT ON CONSTRAINT ses_accounts_pkey
            DO UPDATE SET reasons = excluded.reasons, validation = excluded.validation,
                          updated_at = excluded.updated_at
        """,
        {
            "account_id": account_id,
            "region": region,
            "reasons": list(reasons),
            "validation": None if validation is None else Jsonb(validation),
            "at": at,
        },
    )
