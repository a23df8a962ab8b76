"""The statements by which opt-outs find the contacts that they are about."""

from collections.abc import Iterable
from uuid import UUID

from signalbook.kit.db import Read, Row, Tx
from signalbook.ledger.model import OWN_ID


async def stop_batches(tx: Tx, account_id: int) -> None:
    """Let every batch of the account end, and none begin until this transaction does."""
    await tx.execute("SELECT pg_advisory_xact_lock(1, %(account_id)s)", {"account_id": account_id})


async def owners(db: Read, account_id: int, addresses: Iterable[str]) -> list[Row]:
    """Return (address, id, is_own) of the contacts that have one of these addresses.

    A landline is nobody's own: several contacts may share it.
    """
    listed = list(addresses)
    return await db.rows(
        """
        SELECT email_key, id, true
          FROM contacts
         WHERE account_id = %(account_id)s AND email_key = ANY(%(addresses)s::text[])
         UNION ALL
        SELECT mobile, id, true
          FROM contacts
         WHERE account_id = %(account_id)s AND mobile = ANY(%(addresses)s::text[])
         UNION ALL
        SELECT landline, id, false
          FROM contacts
         WHERE account_id = %(account_id)s AND landline = ANY(%(addresses)s::text[])
         UNION ALL
        SELECT 'id:' || external_id, id, true
          FROM contacts
         WHERE account_id = %(account_id)s AND external_id = ANY(%(own)s::text[])
        """,
        {
            "account_id": account_id,
            "addresses": listed,
            "own": [one.removeprefix(OWN_ID) for one in listed if one.startswith(OWN_ID)],
        },
    )


async def of_domain(
    db: Read, account_id: int, domain: str, after: UUID | None, limit: int
) -> list[UUID]:
    """Return the next contacts whose e-mail is of a domain, `@example.com`, by id."""
    return await db.values(
        """
        SELECT id
          FROM contacts
         WHERE account_id = %(account_id)s
           AND words @@ (%(word)s::text)::tsquery
           AND right(email_key, length(%(domain)s)) = %(domain)s
           AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
         ORDER BY id
         LIMIT %(limit)s
        """,
        {
            "account_id": account_id,
            "word": f"'{account_id}:{domain[1:61]}'",
            "domain": domain,
            "after": after,
            "limit": limit,
        },
    )
