"""Every statement on opt-outs as they are listed and told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from signalbook.kit.db import Read
from signalbook.optouts.model import InForce, Line, Wanted

After = tuple[datetime, str, str, str]
"""Where a page ended: since, address, channel, reason."""


async def page(
    db: Read, account_id: int, wanted: Wanted, size: int, after: After | None = None
) -> list[InForce]:
    """Return opt-outs in force, the latest first.

    Planned with these very values: of the conditions that are not given nothing is left.
    """
    return await db.many(
        InForce,
        """
        SELECT address, channel, reason, since, source
          FROM optout_states
         WHERE account_id = %(account_id)s
           AND (%(channel)s::text IS NULL OR channel = %(channel)s::text)
           AND (%(reason)s::text IS NULL OR reason = %(reason)s::text)
           AND (%(source)s::text IS NULL OR source = %(source)s::text)
           AND (%(since)s::timestamptz IS NULL OR since >= %(since)s::timestamptz)
           AND (%(before)s::timestamptz IS NULL OR since < %(before)s::timestamptz)
           AND (%(address)s::text IS NULL
                OR address >= %(address)s::text AND address < %(address)s::text || U&'\\+10FFFF')
           AND (%(after_since)s::timestamptz IS NULL
                OR (since, address, channel, reason)
                 < (%(after_since)s::timestamptz, %(after_address)s::text COLLATE "C",
                    %(after_channel)s::text, %(after_reason)s::text))
         ORDER BY since DESC, address DESC, channel DESC, reason DESC
         LIMIT %(size)s
        """,
        {"account_id": account_id, "size": size, **_conditions(wanted), **_after(after)},
        prepare=False,
    )


async def history(db: Read, account_id: int, addresses: Sequence[str], most: int) -> list[Line]:
    """Return what the ledger says of these addresses, the last word first."""
    return await db.many(
        Line,
        """
        SELECT id, at, address, channel, kind, reason, source, actor, evidence
          FROM optouts
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
         ORDER BY id DESC
         LIMIT %(most)s
        """,
        {"account_id": account_id, "addresses": list(addresses), "most": most},
    )


async def of_blocklist(db: Read, account_id: int, channel: str, after: str, size: int) -> list[str]:
    """Return the next addresses that the blocklist of a channel has put in force."""
    return await db.values(
        """
        SELECT address
          FROM optout_states
         WHERE account_id = %(account_id)s
           AND channel = %(channel)s
           AND source = 'blocklist'
           AND reason = 'user'
           AND address > %(after)s
         ORDER BY address
         LIMIT %(size)s
        """,
        {"account_id": account_id, "channel": channel, "after": after, "size": size},
    )


async def blocked(db: Read, account_id: int, channel: str, addresses: Sequence[str]) -> list[str]:
    """Return those of the addresses that the account blocks on a channel, on whatever word."""
    return await db.values(
        """
        SELECT address
          FROM optout_states
         WHERE account_id = %(account_id)s
           AND address = ANY(%(addresses)s::text[])
           AND channel = %(channel)s
           AND reason = 'user'
        """,
        {"account_id": account_id, "channel": channel, "addresses": list(addresses)},
    )


async def of_addresses(db: Read, account_id: int, addresses: Sequence[str]) -> list[InForce]:
    """Return what is in force on these addresses."""
    return await db.many(
        InForce,
        """
        SELECT address, channel, reason, since, source
          FROM optout_states
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
         ORDER BY address, channel, reason
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


def _conditions(wanted: Wanted) -> dict[str, Any]:
    return {
        "channel": wanted.channel,
        "reason": wanted.reason,
        "source": wanted.source,
        "since": wanted.since,
        "before": wanted.before,
        "address": wanted.address or None,
    }


def _after(after: After | None) -> dict[str, Any]:
    since, address, channel, reason = after or (None, None, None, None)
    return {
        "after_since": since,
        "after_address": address,
        "after_channel": channel,
        "after_reason": reason,
    }
