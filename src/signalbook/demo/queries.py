"""The statements that give the demonstration its past."""

from signalbook.kit.db import Tx


async def date_tags(tx: Tx, account_id: int) -> int:
    """Let each tag have been seen when its signals came, and not when they were made up."""
    return await tx.execute(
        """
          WITH seen AS MATERIALIZED (
               SELECT tag_id, min(at) AS first, max(at) AS last
                 FROM events
                WHERE account_id = %(account_id)s AND kind = 'tagged'
                GROUP BY tag_id)
        UPDATE tags AS t
           SET first_seen_at = s.first, last_seen_at = s.last
          FROM seen AS s
         WHERE t.account_id = %(account_id)s AND t.id = s.tag_id
        """,
        {"account_id": account_id},
    )


async def date_complaints(tx: Tx, account_id: int) -> int:
    """Let those who complained have left when they did."""
    return await tx.execute(
        """
        UPDATE contacts AS c
           SET unsubscribed_at = s.since
          FROM optout_states AS s
         WHERE c.account_id = %(account_id)s AND s.account_id = %(account_id)s
           AND s.address = c.email_key AND s.channel = 'email' AND s.reason = 'spam'
        """,
        {"account_id": account_id},
    )
