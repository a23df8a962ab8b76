"""Every statement of the doctor: stored counts beside the rows they count, in one snapshot each.

Each lists at most `most` rows that disagree, so that a broken account cannot fill the memory.
"""

from datetime import datetime

from signalbook.kit.db import Read, Row


async def without_timeout(db: Read) -> None:
    """Let a recount take the time it takes."""
    await db.send("SELECT set_config('statement_timeout', '0', false)")


async def settings(db: Read, names: list[str]) -> dict[str, str]:
    """Read settings of the server."""
    found = await db.rows(
        "SELECT name, setting FROM pg_settings WHERE name = ANY(%(names)s)", {"names": names}
    )
    return dict(found)


async def time(db: Read) -> datetime:
    """Ask the database what time it is: the one statement that is about its clock."""
    return await db.value("SELECT statement_timestamp()")


async def tags(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare how many contacts carry each tag with the contacts that do."""
    return await db.rows(
        """
          WITH counted AS (
               SELECT tag_id, count(*) AS contacts
                 FROM contact_signals AS s
                CROSS JOIN LATERAL unnest(s.tags) AS tag_id
                WHERE s.account_id = %(account_id)s
                GROUP BY tag_id)
        SELECT t.id, t.contacts, coalesce(n.contacts, 0)
          FROM tags AS t
          LEFT JOIN counted AS n ON n.tag_id = t.id
         WHERE t.account_id = %(account_id)s AND t.contacts <> coalesce(n.contacts, 0)
         ORDER BY t.id
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def fields(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare how many contacts have a value in each field with the contacts that do."""
    return await db.rows(
        """
          WITH counted AS (
               SELECT name, count(*) AS contacts
                 FROM contacts AS c
                CROSS JOIN LATERAL jsonb_object_keys(c.fields) AS name
                WHERE c.account_id = %(account_id)s
                GROUP BY name)
        SELECT f.name, f.contacts, coalesce(n.contacts, 0)
          FROM fields AS f
          LEFT JOIN counted AS n ON n.name = f.name
         WHERE f.account_id = %(account_id)s AND f.contacts <> coalesce(n.contacts, 0)
         ORDER BY f.name
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def event_days(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare the daily counts of signals with the timeline."""
    return await db.rows(
        """
          WITH counted AS (
               SELECT contact_id, tag_id, (at AT TIME ZONE 'UTC')::date AS day, count(*) AS count
                 FROM events
                WHERE account_id = %(account_id)s AND kind = 'tagged'
                GROUP BY contact_id, tag_id, (at AT TIME ZONE 'UTC')::date),
               stored AS (
               SELECT contact_id, tag_id, day, count
                 FROM event_days
                WHERE account_id = %(account_id)s)
        SELECT coalesce(s.contact_id, n.contact_id), coalesce(s.tag_id, n.tag_id),
               coalesce(s.day, n.day), coalesce(s.count, 0), coalesce(n.count, 0)
          FROM stored AS s
          FULL JOIN counted AS n
            ON n.contact_id = s.contact_id AND n.tag_id = s.tag_id AND n.day = s.day
         WHERE coalesce(s.count, 0) <> coalesce(n.count, 0)
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def optout_states(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare the opt-outs in force with the last word of the ledger, in the order it was told."""
    return await db.rows(
        """
          WITH last AS (
               SELECT DISTINCT ON (address, channel, reason) address, channel, reason, kind
                 FROM optouts
                WHERE account_id = %(account_id)s
                ORDER BY address, channel, reason, id DESC),
               due AS (SELECT address, channel, reason FROM last WHERE kind = 'out'),
               stored AS (
               SELECT address, channel, reason
                 FROM optout_states
                WHERE account_id = %(account_id)s)
        SELECT coalesce(s.address, d.address), coalesce(s.channel, d.channel),
               coalesce(s.reason, d.reason), s.address IS NOT NULL, d.address IS NOT NULL
          FROM stored AS s
          FULL JOIN due AS d
            ON d.address = s.address AND d.channel = s.channel AND d.reason = s.reason
         WHERE s.address IS NULL OR d.address IS NULL
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def contact_optouts(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare the opt-outs written on contacts with those in force; list what they should be.

    Where there is neither e-mail nor mobile, the e-mail channel knows somebody as `id:<external>`;
    a domain may be blocked as a whole, and a landline counts for voice beside the mobile.
    """
    return await db.rows(
        """
          WITH ranked AS (
               SELECT address, channel, reason,
                      CASE reason WHEN 'spam' THEN 0 WHEN 'hardbounced' THEN 1
                                  WHEN 'contact' THEN 2 ELSE 3 END AS rank
                 FROM optout_states
                WHERE account_id = %(account_id)s),
               worst AS (
               SELECT address, channel,
                      (ARRAY['spam', 'hardbounced', 'contact', 'user'])[min(rank) + 1] AS reason,
                      bool_or(reason <> 'hardbounced') AS asked
                 FROM ranked
                GROUP BY address, channel),
               due AS (
               SELECT c.id, c.email_optout, c.sms_optout, c.voice_optout,
                      c.unsubscribed_at IS NOT NULL AS has_left,
                      coalesce(e.reason, d.reason) AS email_due, m.reason AS sms_due,
                      (ARRAY['spam', 'hardbounced', 'contact', 'user'])[least(
                      array_position(ARRAY['spam', 'hardbounced', 'contact', 'user'], v.reason),
                      array_position(ARRAY['spam', 'hardbounced', 'contact', 'user'], l.reason))]
                      AS voice_due,
                      CASE WHEN c.email_key IS NOT NULL OR c.mobile IS NULL
                           THEN coalesce(e.asked, false) OR d.reason IS NOT NULL
                           ELSE coalesce(m.asked, false) END AS left_due
                 FROM contacts AS c
                 LEFT JOIN worst AS e
                   ON e.channel = 'email'
                  AND e.address = CASE WHEN c.email_key IS NOT NULL THEN c.email_key
                                       WHEN c.mobile IS NULL THEN 'id:' || c.external_id END
                 LEFT JOIN worst AS m ON m.channel = 'sms' AND m.address = c.mobile
                 LEFT JOIN worst AS v ON v.channel = 'voice' AND v.address = c.mobile
                 LEFT JOIN worst AS l ON l.channel = 'voice' AND l.address = c.landline
                 LEFT JOIN worst AS d
                   ON d.channel = 'email' AND d.address = substring(c.email_key FROM '@[^@]*$')
                WHERE c.account_id = %(account_id)s)
        SELECT id, email_due, sms_due, voice_due, left_due
          FROM due
         WHERE email_optout IS DISTINCT FROM email_due
            OR sms_optout IS DISTINCT FROM sms_due
            OR voice_optout IS DISTINCT FROM voice_due
            OR has_left <> left_due
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def list_members(db: Read, account_id: int, most: int) -> list[Row]:
    """Find members of lists that are no contacts; those of deleted lists wait to be forgotten."""
    return await db.rows(
        """
        SELECT m.list_id, m.contact_id
          FROM list_members AS m
          JOIN lists AS l
            ON l.account_id = m.account_id AND l.id = m.list_id
          LEFT JOIN contacts AS c
            ON c.account_id = m.account_id AND c.id = m.contact_id
         WHERE m.account_id = %(account_id)s AND c.id IS NULL
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def lists(db: Read, account_id: int, most: int) -> list[Row]:
    """Compare how many contacts are on each list with those that are."""
    return await db.rows(
        """
          WITH counted AS (
               SELECT list_id, count(*) AS members
                 FROM list_members
                WHERE account_id = %(account_id)s
                GROUP BY list_id)
        SELECT l.id, l.members, coalesce(n.members, 0)
          FROM lists AS l
          LEFT JOIN counted AS n ON n.list_id = l.id
         WHERE l.account_id = %(account_id)s AND l.members <> coalesce(n.members, 0)
         ORDER BY l.id
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )


async def signals(db: Read, account_id: int, most: int) -> list[Row]:
    """Find contacts whose narrow half is missing, and narrow halves without a contact."""
    return await db.rows(
        """
          WITH mine AS (SELECT id FROM contacts WHERE account_id = %(account_id)s),
               theirs AS (
               SELECT contact_id FROM contact_signals WHERE account_id = %(account_id)s)
        SELECT coalesce(c.id, s.contact_id), c.id IS NOT NULL
          FROM mine AS c
          FULL JOIN theirs AS s ON s.contact_id = c.id
         WHERE c.id IS NULL OR s.contact_id IS NULL
         LIMIT %(most)s
        """,
        {"account_id": account_id, "most": most},
    )
