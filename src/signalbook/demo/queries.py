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


async def forget_days(tx: Tx, account_id: int) -> int:
    """Forget that everybody came on the day they were made up."""
    return await tx.execute(
        "DELETE FROM contact_days WHERE account_id = %(account_id)s", {"account_id": account_id}
    )


async def date_days(tx: Tx, account_id: int) -> int:
    """Let contacts have come, opted out and got their tags on the days of their own past."""
    return await tx.execute(
        """
          WITH came AS (
               SELECT 0 AS tag_id, (created_at AT TIME ZONE 'UTC')::date AS day, 1 AS joined,
                      0 AS opted_out
                 FROM contacts
                WHERE account_id = %(account_id)s
                UNION ALL
               SELECT 0, (min(s.since) AT TIME ZONE 'UTC')::date, 0, 1
                 FROM contacts AS c
                 JOIN optout_states AS s
                   ON s.account_id = c.account_id AND s.address IN (c.email_key, c.mobile)
                WHERE c.account_id = %(account_id)s AND right(c.reach, 3) <> '---'
                GROUP BY c.id
                UNION ALL
               SELECT t.id, (min(coalesce(e.at, s.updated_at)) AT TIME ZONE 'UTC')::date, 1, 0
                 FROM contact_signals AS s
                CROSS JOIN LATERAL unnest(s.tags) AS t(id)
                 LEFT JOIN events AS e
                   ON e.account_id = s.account_id AND e.contact_id = s.contact_id
                  AND e.kind = 'tagged' AND e.tag_id = t.id
                WHERE s.account_id = %(account_id)s
                GROUP BY s.contact_id, t.id)
        INSERT INTO contact_days (account_id, tag_id, day, joined, opted_out)
        SELECT %(account_id)s::integer, tag_id, day, sum(joined), sum(opted_out)
          FROM came
         GROUP BY tag_id, day
        """,
        {"account_id": account_id},
    )
