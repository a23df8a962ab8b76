"""The statements that write staged rows to contacts; `rows` and `ids` are arrays side by side."""

from collections.abc import Mapping

from signalbook.kit.together import Bound, Statement

Values = Mapping[str, object]

_INSERT = Statement(
    """
    INSERT INTO contacts
           (account_id, id, email, email_key, mobile, external_id, fields, metadata, words,
            name_key, last_key, created_at)
    SELECT %(account_id)s::integer, contact_id, email, email_key, mobile, external_id, fields,
           coalesce(metadata, '{}'), words, name_key, last_key, %(at)s::timestamptz
      FROM staged_contacts
     WHERE account_id = %(account_id)s
       AND batch_id = %(batch_id)s
       AND row_no BETWEEN %(first)s AND %(last)s
       AND row_no = ANY((%(rows)s)::integer[])
    RETURNING NULL
    """
)
_INSERT_SIGNALS = Statement(
    """
    INSERT INTO contact_signals (account_id, contact_id, tags, updated_at)
    SELECT %(account_id)s::integer, contact_id,
           ARRAY(SELECT (SELECT %(tag_ids)s::integer[])[t + 1] FROM unnest(tags) AS t),
           %(at)s::timestamptz
      FROM staged_contacts
     WHERE account_id = %(account_id)s
       AND batch_id = %(batch_id)s
       AND row_no BETWEEN %(first)s AND %(last)s
       AND row_no = ANY((%(rows)s)::integer[])
    """
)
_INSERT_EVENTS = Statement(
    """
    INSERT INTO events (account_id, contact_id, at, id, kind, source, actor, payload)
    SELECT %(account_id)s::integer, contact_id, %(at)s::timestamptz, contact_id, 'imported',
           %(source)s::text, %(actor)s::text,
           (SELECT %(mark)s::jsonb)
           || CASE WHEN tags = '{}' THEN jsonb_build_object('row', row_no, 'created', true)
                   ELSE jsonb_build_object('row', row_no, 'created', true, 'tags', ARRAY(
                        SELECT (SELECT %(tag_names)a)[t + 1] FROM unnest(tags) AS t))
              END
      FROM staged_contacts
     WHERE account_id = %(account_id)s
       AND batch_id = %(batch_id)s
       AND row_no BETWEEN %(first)s AND %(last)s
       AND row_no = ANY((%(rows)s)::integer[])
    """
)


def insert(values: Values) -> list[Bound]:
    """Add new contacts with their tags and their first event.

    The id of the event is the contact's, which is as fresh. Raises UniqueViolation when another
    transaction took an identifier.
    """
    return [Bound(one, values) for one in (_INSERT, _INSERT_SIGNALS, _INSERT_EVENTS)]


_COUNT_NEW = Statement(
    """
      WITH s AS MATERIALIZED (
           SELECT email_key, mobile, fields, tags
             FROM staged_contacts
            WHERE account_id = %(account_id)s
              AND batch_id = %(batch_id)s
              AND row_no BETWEEN %(first)s AND %(last)s
              AND row_no = ANY((%(rows)s)::integer[]))
    SELECT 'field', k, count(*) FROM s, jsonb_object_keys(s.fields) AS k GROUP BY k
     UNION ALL
    SELECT 'tag', t::text, count(*) FROM s, unnest(s.tags) AS t GROUP BY t
     UNION ALL
    SELECT 'reachable', 'email', count(email_key) FROM s
     UNION ALL
    SELECT 'reachable', 'sms', count(mobile) FROM s
     UNION ALL
    SELECT 'reachable', 'voice', count(*) FILTER (
           WHERE mobile IS NOT NULL OR coalesce(fields ->> 'phone', '') <> '') FROM s
    """
)


def count_new(values: Values) -> Bound:
    """Count the fields, the tags (by number) and the channels of new contacts."""
    return Bound(_COUNT_NEW, values)


_LOCK = Statement(
    """
    SELECT contact_id
      FROM contact_signals
     WHERE account_id = %(account_id)s AND contact_id = ANY((%(ids)s)::uuid[])
     ORDER BY contact_id
       FOR NO KEY UPDATE
    """
)


def lock(values: Values) -> Bound:
    """Lock known contacts in the order of their ids, as every batch does."""
    return Bound(_LOCK, values)


_CHANGE = Statement(
    """
      WITH d AS MATERIALIZED (
           SELECT n.row_no, n.id, n.is_renamed, s.contact_id AS event_id, s.email_key, s.mobile,
                  s.external_id, s.fields AS given, s.tags, s.words, s.name_key, s.last_key,
                  s.metadata AS more,
                  (c.fields || s.fields) - coalesce(s.cleared, '{}') AS fields,
                  c.fields ->> 'phone' AS phone,
                  c.metadata,
                  c.mobile IS NULL AND c.is_active AND c.voice_optout IS NULL AS has_phone_only,
                  f.before, f.diff,
                  ARRAY(SELECT t.id
                          FROM (SELECT (SELECT %(tag_ids)s::integer[])[t + 1] AS id
                                  FROM unnest(s.tags) AS t) AS t
                         WHERE t.id <> ALL (g.tags)) AS added
             FROM unnest((%(rows)s)::integer[], (%(ids)s)::uuid[], (%(renamed)s)::boolean[])
               AS n(row_no, id, is_renamed)
             JOIN staged_contacts AS s
               ON s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
              AND s.row_no = n.row_no
             JOIN contacts AS c
               ON c.account_id = %(account_id)s AND c.id = n.id
             JOIN contact_signals AS g
               ON g.account_id = %(account_id)s AND g.contact_id = n.id
            CROSS JOIN LATERAL (
                  SELECT jsonb_object_agg(k.key, coalesce(c.fields -> k.key, 'null')) AS before,
                         jsonb_object_agg(k.key, jsonb_build_array(c.fields -> k.key, k.value))
                         AS diff
                    FROM (SELECT key, value FROM jsonb_each(s.fields)
                           UNION ALL
                          SELECT key, NULL FROM unnest(s.cleared) AS key) AS k
                   WHERE c.fields -> k.key IS DISTINCT FROM k.value) AS f),
           kept AS (
           INSERT INTO contact_befores (account_id, batch_id, contact_id, row_no, at, before)
           SELECT %(account_id)s::integer, %(batch_id)s::uuid, id, row_no, %(at)s::timestamptz,
                  jsonb_build_object('fields', coalesce(before, '{}'), 'tags', added)
                  || CASE WHEN more IS NULL THEN '{}'
                          ELSE jsonb_build_object('metadata', metadata) END
             FROM d),
           signals AS (
           UPDATE contact_signals AS g
              SET tags = g.tags || d.added,
                  updated_at = greatest(g.updated_at, %(at)s::timestamptz)
             FROM d
            WHERE g.account_id = %(account_id)s AND g.contact_id = d.id),
           told AS (
           INSERT INTO events (account_id, contact_id, at, id, kind, source, actor, payload)
           SELECT %(account_id)s::integer, d.id, %(at)s::timestamptz, event_id, 'imported',
                  %(source)s::text, %(actor)s::text,
                  (SELECT %(mark)s::jsonb) || jsonb_build_object('row', row_no)
                  || CASE WHEN coalesce(d.diff, m.diff) IS NULL THEN '{}'
                          ELSE jsonb_build_object(
                               'fields', coalesce(d.diff, '{}') || coalesce(m.diff, '{}')) END
                  || CASE WHEN added = '{}' THEN '{}'
                          ELSE jsonb_build_object('tags', ARRAY(
                               SELECT (SELECT %(tag_names)a)[t + 1]
                                 FROM unnest(tags) AS t
                                WHERE (SELECT %(tag_ids)s::integer[])[t + 1] = ANY(added))) END
             FROM d
            CROSS JOIN LATERAL (
                  SELECT jsonb_object_agg(
                         'metadata.' || key, jsonb_build_array(d.metadata -> key, value)) AS diff
                    FROM jsonb_each(d.more)
                   WHERE d.metadata -> key IS DISTINCT FROM value) AS m),
           changed AS (
           UPDATE contacts AS c
              SET fields = d.fields,
                  metadata = c.metadata || coalesce(d.more, '{}'),
                  words = CASE WHEN is_renamed THEN d.words ELSE c.words END,
                  name_key = CASE WHEN is_renamed THEN d.name_key ELSE c.name_key END,
                  last_key = CASE WHEN is_renamed THEN d.last_key ELSE c.last_key END
             FROM d
            WHERE c.account_id = %(account_id)s
              AND c.id = d.id
              AND (   NOT is_renamed
                   OR c.email_key IS NOT DISTINCT FROM d.email_key
                  AND c.mobile IS NOT DISTINCT FROM d.mobile
                  AND c.external_id IS NOT DISTINCT FROM d.external_id)
           RETURNING c.id)
    SELECT 'changed', '', count(*)
      FROM changed
     UNION ALL
    SELECT 'field', k.key,
           count(*) FILTER (WHERE k.value = 'null') - count(*) FILTER (WHERE NOT d.given ? k.key)
      FROM d, jsonb_each(d.before) AS k
     GROUP BY k.key
     UNION ALL
    SELECT 'tag_id', t::text, count(*)
      FROM d, unnest(d.added) AS t
     GROUP BY t
     UNION ALL
    SELECT 'reachable', 'voice',
           count(*) FILTER (WHERE coalesce(fields ->> 'phone', '') <> '')
           - count(*) FILTER (WHERE coalesce(phone, '') <> '')
      FROM d
     WHERE has_phone_only
    """
)


def change(values: Values) -> Bound:
    """Give known, locked contacts their new values, keeping what they were.

    Returns how many were changed, and by how much the numbers of fields, tags and channels grow.
    All in one statement: reading each row and each contact once is a third of its time.
    """
    return Bound(_CHANGE, values)
