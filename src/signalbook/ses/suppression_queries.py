"""Every statement on the suppression list, which is a part of the ledger."""

from collections.abc import Sequence
from datetime import datetime

from signalbook.kit.db import Read
from signalbook.ses.suppression_model import Held, Suppressed


async def held(db: Read, account_id: int, addresses: Sequence[str]) -> list[Held]:
    """Return the bounces and complaints in force on these addresses, the later first."""
    return await db.many(
        Held,
        """
        SELECT address, reason, since, source
          FROM optout_states
         WHERE account_id = %(account_id)s
           AND address = ANY(%(addresses)s::text[])
           AND channel = 'email'
           AND reason IN ('hardbounced', 'spam')
         ORDER BY address, since DESC, reason
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def page(
    db: Read,
    account_id: int,
    *,
    reasons: Sequence[str],
    after_time: datetime | None,
    before_time: datetime | None,
    after: str,
    size: int,
) -> list[Suppressed]:
    """Return the next addresses with the later of their reasons, by address."""
    return await db.many(
        Suppressed,
        """
        SELECT address, reason, since
          FROM (SELECT DISTINCT ON (address) address, reason, since
                  FROM optout_states
                 WHERE account_id = %(account_id)s
                   AND channel = 'email'
                   AND reason IN ('hardbounced', 'spam')
                   AND address > %(after)s::text
                   AND NOT address LIKE 'erased:%%'
                 ORDER BY address, since DESC, reason) AS later
         WHERE reason = ANY(%(reasons)s::text[])
           AND (%(after_time)s::timestamptz IS NULL OR since > %(after_time)s::timestamptz)
           AND (%(before_time)s::timestamptz IS NULL OR since < %(before_time)s::timestamptz)
         ORDER BY address
         LIMIT %(size)s
        """,
        {
            "account_id": account_id,
            "reasons": list(reasons),
            "after_time": after_time,
            "before_time": before_time,
            "after": after,
            "size": size,
        },
    )
