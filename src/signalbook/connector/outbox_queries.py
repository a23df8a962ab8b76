"""Statements about what waits for SES, and what SES refused."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from signalbook.connector.model import Refusal, Waiting
from signalbook.kit.db import Read, Tx


async def oldest(db: Read, account_id: int, size: int, *, but: Sequence[str] = ()) -> list[Waiting]:
    """Return what has been waiting the longest, without some addresses."""
    return await db.many(
        Waiting,
        """
        SELECT address, contact_id, version, since
          FROM outbox
         WHERE account_id = %(account_id)s AND address <> ALL(%(but)s::text[])
         ORDER BY since, address
         LIMIT %(size)s
        """,
        {"account_id": account_id, "size": size, "but": list(but)},
    )


async def of(db: Read, account_id: int, addresses: Iterable[str]) -> list[Waiting]:
    """Return what waits of these addresses."""
    return await db.many(
        Waiting,
        """
        SELECT address, contact_id, version, since
          FROM outbox
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def done(tx: Tx, account_id: int, address: str, version: UUID) -> int:
    """Remove a row, unless its contact has changed meanwhile."""
    return await tx.execute(
        """
        DELETE FROM outbox
         WHERE account_id = %(account_id)s AND address = %(address)s AND version = %(version)s
        """,
        {"account_id": account_id, "address": address, "version": version},
    )


async def forget(tx: Tx, account_id: int, addresses: Iterable[str]) -> int:
    """Remove what waits of these addresses, which SES holds just so."""
    return await tx.execute(
        """
        DELETE FROM outbox
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def empty(tx: Tx, account_id: int) -> int:
    """Remove all that waits."""
    return await tx.execute(
        "DELETE FROM outbox WHERE account_id = %(account_id)s", {"account_id": account_id}
    )


async def post(
    tx: Tx, account_id: int, addresses: Iterable[str], *, version: UUID, at: datetime
) -> int:
    """Let these addresses be compared with SES."""
    return await tx.execute(
        """
        INSERT INTO outbox (account_id, address, contact_id, version, since)
        SELECT %(account_id)s::integer, a.address, NULL, %(version)s, %(at)s
          FROM unnest(%(addresses)s::text[]) AS a(address)
         ORDER BY a.address
            ON CONFLICT ON CONSTRAINT outbox_pkey DO UPDATE
           SET version = excluded.version
        """,
        {"account_id": account_id, "addresses": list(addresses), "version": version, "at": at},
    )


async def fill(
    tx: Tx, account_id: int, after: str, size: int, *, version: UUID, at: datetime
) -> list[str]:
    """Put the next contacts by address into the outbox; return their addresses."""
    return await tx.values(
        """
        WITH next AS (
             SELECT email_key, id
               FROM contacts
              WHERE account_id = %(account_id)s AND email_key > %(after)s
              ORDER BY email_key
              LIMIT %(size)s),
             posted AS (
             INSERT INTO outbox (account_id, address, contact_id, version, since)
             SELECT %(account_id)s::integer, email_key, id, %(version)s::uuid, %(at)s::timestamptz
               FROM next
              ORDER BY email_key
                 ON CONFLICT ON CONSTRAINT outbox_pkey DO NOTHING)
        SELECT email_key
          FROM next
         ORDER BY email_key
        """,
        {"account_id": account_id, "after": after, "size": size, "version": version, "at": at},
    )


async def refuse(tx: Tx, account_id: int, address: str, said: str, at: datetime) -> int:
    """Keep what SES said of a contact that it would not take."""
    return await tx.execute(
        """
        INSERT INTO ses_refusals AS r (account_id, address, said, at)
        VALUES (%(account_id)s, %(address)s, %(said)s, %(at)s)
            ON CONFLICT ON CONSTRAINT ses_refusals_pkey DO UPDATE
           SET said = excluded.said, at = excluded.at, times = r.times + 1
        """,
        {"account_id": account_id, "address": address, "said": said, "at": at},
    )


async def accept(tx: Tx, account_id: int, addresses: Iterable[str]) -> int:
    """Forget that SES refused these addresses once."""
    return await tx.execute(
        """
        DELETE FROM ses_refusals
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def refused(db: Read, account_id: int, after: str, size: int) -> list[Refusal]:
    """List the contacts that SES would not take, by address."""
    return await db.many(
        Refusal,
        """
        SELECT address, said, at, times
          FROM ses_refusals
         WHERE account_id = %(account_id)s AND address > %(after)s
         ORDER BY address
         LIMIT %(size)s
        """,
        {"account_id": account_id, "after": after, "size": size},
    )


async def forget_refusals(tx: Tx, account_id: int) -> int:
    """Forget all that SES refused."""
    return await tx.execute(
        "DELETE FROM ses_refusals WHERE account_id = %(account_id)s", {"account_id": account_id}
    )
