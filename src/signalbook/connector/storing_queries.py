"""Statements about accounts that SES stores, and what of theirs it has not taken yet."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from signalbook.kit.db import Read, Row, Tx


async def accounts(db: Read) -> list[int]:
    """List the accounts whose contacts SES stores."""
    return await db.values("SELECT account_id FROM ses_connections WHERE mode = 'store'")


async def behind(db: Read, account_id: int, addresses: Iterable[str]) -> list[Row]:
    """Return (address, since when the oldest change of it waits) of those that wait."""
    return await db.rows(
        """
        SELECT address, since
          FROM outbox
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def is_behind(db: Read, account_id: int, at: datetime) -> bool:
    """Tell whether something waits that was changed at a time or before."""
    return await db.value(
        """
        SELECT EXISTS (SELECT
                         FROM outbox
                        WHERE account_id = %(account_id)s AND since <= %(at)s)
        """,
        {"account_id": account_id, "at": at},
    )


async def refused(db: Read, account_id: int, addresses: Iterable[str]) -> list[Row]:
    """Return (address, what SES said) of those that SES does not take as they are."""
    return await db.rows(
        """
        SELECT address, said
          FROM ses_refusals
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
         ORDER BY address
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def sent(tx: Tx, account_id: int, address: str, version: UUID, at: datetime) -> int:
    """Note that SES took what an address was at a time, though it has changed since."""
    return await tx.execute(
        """
        UPDATE outbox
           SET since = %(at)s
         WHERE account_id = %(account_id)s AND address = %(address)s
           AND version <> %(version)s AND since < %(at)s
        """,
        {"account_id": account_id, "address": address, "version": version, "at": at},
    )
