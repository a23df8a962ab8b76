"""Statements about listings of SES: how far one got, and what was seen."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from signalbook.connector.model import Seen
from signalbook.kit.db import Jsonb, Read, Tx


async def begin(tx: Tx, account_id: int, listing: UUID, at: datetime) -> int:
    """Begin a listing from the start."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET listing = %(listing)s, listing_token = NULL, listing_started_at = %(at)s,
               listing_count = 0
         WHERE account_id = %(account_id)s
        """,
        {"account_id": account_id, "listing": listing, "at": at},
    )


async def advance(tx: Tx, account_id: int, listing: UUID, *, token: str | None, more: int) -> int:
    """Note how far a listing got; return 0 where it is another one by now."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET listing_token = %(token)s, listing_count = listing_count + %(more)s
         WHERE account_id = %(account_id)s AND listing = %(listing)s
        """,
        {"account_id": account_id, "listing": listing, "token": token, "more": more},
    )


async def end(tx: Tx, account_id: int, listing: UUID, at: datetime) -> int:
    """Note that a listing is complete."""
    return await tx.execute(
        """
        UPDATE ses_connections
           SET listing = NULL, listing_token = NULL, listed_at = %(at)s,
               listed_count = listing_count
         WHERE account_id = %(account_id)s AND listing = %(listing)s
        """,
        {"account_id": account_id, "listing": listing, "at": at},
    )


async def of(db: Read, account_id: int, addresses: Iterable[str]) -> list[Seen]:
    """Return what was seen of these addresses."""
    return await db.many(
        Seen,
        """
        SELECT address, updated_at, unsubscribed, topics, attributes, read_at, spelling
          FROM ses_seen
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def put(tx: Tx, account_id: int, columns: Mapping[str, object], listing: UUID | None) -> int:
    """Note what a listing says of contacts; those that it says something new of are `wanted`."""
    return await tx.execute(
        """
        INSERT INTO ses_seen AS s (account_id, address, spelling, updated_at, unsubscribed, topics,
                                   listing, wanted)
        SELECT %(account_id)s::integer, n.address, nullif(n.spelling, n.address), n.updated_at,
               n.unsubscribed, n.topics::jsonb, %(listing)s::uuid, n.wanted
          FROM unnest(%(addresses)s::text[], %(spellings)s::text[], %(updated)s::timestamptz[],
                      %(unsubscribed)s::boolean[], %(topics)s::text[], %(wanted)s::boolean[])
            AS n(address, spelling, updated_at, unsubscribed, topics, wanted)
         ORDER BY n.address
            ON CONFLICT ON CONSTRAINT ses_seen_pkey DO UPDATE
           SET spelling = excluded.spelling, updated_at = excluded.updated_at,
               unsubscribed = excluded.unsubscribed, topics = excluded.topics,
               listing = excluded.listing,
               wanted = s.wanted OR excluded.wanted
        """,
        {"account_id": account_id, "listing": listing, **columns},
    )


async def wanted(db: Read, account_id: int, size: int) -> list[str]:
    """List addresses that are to be read from SES."""
    return await db.values(
        """
        SELECT address
          FROM ses_seen
         WHERE account_id = %(account_id)s AND wanted
         ORDER BY address
         LIMIT %(size)s
        """,
        {"account_id": account_id, "size": size},
    )


async def want(tx: Tx, account_id: int, address: str) -> int:
    """Let an address be read from SES soon, whether or not it was seen there."""
    return await tx.execute(
        """
        INSERT INTO ses_seen (account_id, address, unsubscribed, wanted)
        VALUES (%(account_id)s, %(address)s, false, true)
            ON CONFLICT ON CONSTRAINT ses_seen_pkey DO UPDATE
           SET wanted = true
        """,
        {"account_id": account_id, "address": address},
    )


async def set_read(tx: Tx, account_id: int, seen: Seen) -> int:
    """Note a contact of SES as it was read."""
    return await tx.execute(
        """
        INSERT INTO ses_seen (account_id, address, updated_at, unsubscribed, topics, attributes,
                              read_at, wanted)
        VALUES (%(account_id)s, %(address)s, %(updated_at)s, %(unsubscribed)s, %(topics)s,
                %(attributes)s, %(updated_at)s, false)
            ON CONFLICT ON CONSTRAINT ses_seen_pkey DO UPDATE
           SET updated_at = excluded.updated_at, unsubscribed = excluded.unsubscribed,
               topics = excluded.topics, attributes = excluded.attributes,
               read_at = excluded.read_at, wanted = false
        """,
        {
            "account_id": account_id,
            "address": seen.address,
            "updated_at": seen.updated_at,
            "unsubscribed": seen.unsubscribed,
            "topics": Jsonb(dict(seen.topics)),
            "attributes": seen.attributes,
        },
    )


async def spelling(db: Read, account_id: int, address: str) -> str | None:
    """Return how SES spells an address, where that is not in lower case."""
    found: str | None = await db.value(
        """
        SELECT spelling
          FROM ses_seen
         WHERE account_id = %(account_id)s AND address = %(address)s
        """,
        {"account_id": account_id, "address": address},
    )
    return found


async def spell(tx: Tx, account_id: int, address: str, spelling: str) -> int:
    """Note how SES spells an address that it has from us."""
    return await tx.execute(
        """
        INSERT INTO ses_seen (account_id, address, spelling, unsubscribed)
        VALUES (%(account_id)s, %(address)s, nullif(%(spelling)s::text, %(address)s), false)
            ON CONFLICT ON CONSTRAINT ses_seen_pkey DO UPDATE
           SET spelling = excluded.spelling
        """,
        {"account_id": account_id, "address": address, "spelling": spelling},
    )


async def want_all(tx: Tx, account_id: int, addresses: Sequence[str]) -> int:
    """Let addresses that were seen be read from SES soon."""
    return await tx.execute(
        """
        UPDATE ses_seen
           SET wanted = true
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def gone(
    db: Read, account_id: int, listing: UUID, started: datetime, after: str, size: int
) -> list[str]:
    """List addresses that were seen before and that a complete listing did not show."""
    return await db.values(
        """
        SELECT address
          FROM ses_seen
         WHERE account_id = %(account_id)s AND listing IS DISTINCT FROM %(listing)s
           AND updated_at < %(started)s AND address > %(after)s
         ORDER BY address
         LIMIT %(size)s
        """,
        {
            "account_id": account_id,
            "listing": listing,
            "started": started,
            "after": after,
            "size": size,
        },
    )


async def forget(tx: Tx, account_id: int, addresses: Sequence[str]) -> int:
    """Forget what was seen of addresses that SES has no more."""
    return await tx.execute(
        """
        DELETE FROM ses_seen
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def empty(tx: Tx, account_id: int) -> int:
    """Forget all that was seen."""
    return await tx.execute(
        "DELETE FROM ses_seen WHERE account_id = %(account_id)s", {"account_id": account_id}
    )
