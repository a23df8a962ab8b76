"""The statements that give the demonstration its past."""

from uuid import UUID

from signalbook.kit.db import Tx


async def tagged(tx: Tx, account_id: int, tag: str, country: str) -> list[UUID]:
    """Return who carries a tag, of one country or of all where it is empty."""
    rows = await tx.rows(
        """
        SELECT c.id
          FROM contacts AS c
          JOIN contact_signals AS s
            ON s.account_id = c.account_id AND s.contact_id = c.id
          JOIN tags AS t
            ON t.account_id = c.account_id AND t.name = %(tag)s
         WHERE c.account_id = %(account_id)s
           AND s.tags @> ARRAY[t.id]
           AND (%(country)s::text = '' OR c.fields ->> 'country' = %(country)s::text)
         ORDER BY c.id
        """,
        {"account_id": account_id, "tag": tag, "country": country},
    )
    return [row[0] for row in rows]


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
