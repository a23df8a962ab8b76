"""The doctor's statements on what contacts count as; see `doctor/queries.py`."""

from signalbook.kit.db import Read, Row


async def counts(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare what contacts count as, in the account and by tag, with the contacts."""
    return await db.rows(
        """
          WITH counted AS (
               SELECT t.tag_id, v.what, count(*) AS contacts
                 FROM contacts AS c
                 JOIN contact_signals AS s
                   ON s.account_id = c.account_id AND s.contact_id = c.id
                CROSS JOIN LATERAL (SELECT 0 AS tag_id UNION ALL SELECT unnest(s.tags)) AS t
                CROSS JOIN LATERAL (
                      VALUES ('r:' || c.reach), ('c:' || c.country), ('s:' || c.source)) AS v(what)
                WHERE c.account_id = %(account_id)s
                GROUP BY t.tag_id, v.what),
               stored AS (
               SELECT tag_id, what, contacts
                 FROM contact_counts
                WHERE account_id = %(account_id)s)
        SELECT tag_id, what, coalesce(s.contacts, 0), coalesce(n.contacts, 0)
          FROM stored AS s
          FULL JOIN counted AS n USING (tag_id, what)
         WHERE coalesce(s.contacts, 0) <> coalesce(n.contacts, 0)
         ORDER BY tag_id, what
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def list_counts(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare what the contacts of each list count as with the contacts on it."""
    return await db.rows(
        """
          WITH counted AS (
               SELECT m.list_id, v.what, count(*) AS contacts
                 FROM list_members AS m
                 JOIN lists AS l
                   ON l.account_id = m.account_id AND l.id = m.list_id
                 JOIN contacts AS c
                   ON c.account_id = m.account_id AND c.id = m.contact_id
                CROSS JOIN LATERAL (
                      VALUES ('r:' || c.reach), ('c:' || c.country), ('s:' || c.source)) AS v(what)
                WHERE m.account_id = %(account_id)s
                GROUP BY m.list_id, v.what),
               stored AS (
               SELECT list_id, what, contacts
                 FROM list_counts
                WHERE account_id = %(account_id)s)
        SELECT list_id, what, coalesce(s.contacts, 0), coalesce(n.contacts, 0)
          FROM stored AS s
          FULL JOIN counted AS n USING (list_id, what)
         WHERE coalesce(s.contacts, 0) <> coalesce(n.contacts, 0)
         ORDER BY list_id, what
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def list_activity(db: Read, account_id: int, most: int) -> list[Row]:
    """Find contacts that count as held by a deactivated list and are not, and the reverse.

    Where a list is being activated or deactivated its contacts are between the two, and no drift.
    """
    return await db.rows(
        """
          WITH held AS (
               SELECT DISTINCT m.contact_id
                 FROM list_members AS m
                 JOIN lists AS l
                   ON l.account_id = m.account_id AND l.id = m.list_id
                WHERE m.account_id = %(account_id)s AND NOT l.is_active)
        SELECT c.id, h.contact_id IS NULL
          FROM contacts AS c
          LEFT JOIN held AS h ON h.contact_id = c.id
         WHERE c.account_id = %(account_id)s AND c.list_active <> (h.contact_id IS NULL)
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def field_lengths(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare how long the values of fields are with the values."""
    return await db.rows(
        """
          WITH counted AS (
               SELECT f.key AS name, f.length, count(*) AS contacts
                 FROM contacts AS c
                CROSS JOIN LATERAL (
                      SELECT key, CASE WHEN jsonb_typeof(value) IN ('array', 'object') THEN 0
                                       ELSE length(value #>> '{}') END AS length
                        FROM jsonb_each(c.fields)) AS f
                WHERE c.account_id = %(account_id)s
                GROUP BY f.key, f.length),
               stored AS (
               SELECT name, length, contacts
                 FROM field_lengths
                WHERE account_id = %(account_id)s)
        SELECT name, length, coalesce(s.contacts, 0), coalesce(n.contacts, 0)
          FROM stored AS s
          FULL JOIN counted AS n USING (name, length)
         WHERE coalesce(s.contacts, 0) <> coalesce(n.contacts, 0)
         ORDER BY name, length
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )
