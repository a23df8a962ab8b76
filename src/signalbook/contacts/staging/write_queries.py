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


_KEEP = Statement(
    """
    INSERT INTO contact_befores (account_id, batch_id, contact_id, row_no, at, before)
    SELECT %(account_id)s::integer, %(batch_id)s::uuid, c.id, s.row_no, %(at)s::timestamptz,
           jsonb_build_object(
           'fields', coalesce(f.before, '{}'),
           'tags', ARRAY(SELECT t.id
                           FROM (SELECT (SELECT %(tag_ids)s::integer[])[t + 1] AS id
                                   FROM unnest(s.tags) AS t) AS t
                          WHERE t.id <> ALL (g.tags)))
           || CASE WHEN s.metadata IS NULL THEN '{}'
                   ELSE jsonb_build_object('metadata', c.metadata) END
      FROM unnest((%(rows)s)::integer[], (%(ids)s)::uuid[]) AS n(row_no, id)
      JOIN staged_contacts AS s
        ON s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s AND s.row_no = n.row_no
      JOIN contacts AS c
        ON c.account_id = %(account_id)s AND c.id = n.id
      JOIN contact_signals AS g
        ON g.account_id = %(account_id)s AND g.contact_id = n.id
     CROSS JOIN LATERAL (
           SELECT jsonb_object_agg(k.key, coalesce(c.fields -> k.key, 'null')) AS before
             FROM (SELECT key, value FROM jsonb_each(s.fields)
                    UNION ALL
                   SELECT key, NULL FROM unnest(s.cleared) AS key) AS k
            WHERE c.fields -> k.key IS DISTINCT FROM k.value) AS f
    """
)
_UPDATE = Statement(
    """
    UPDATE contacts AS c
       SET fields = (c.fields || s.fields) - coalesce(s.cleared, '{}'),
           metadata = c.metadata || coalesce(s.metadata, '{}')
      FROM unnest((%(plain_rows)s)::integer[], (%(plain_ids)s)::uuid[]) AS n(row_no, id)
      JOIN staged_contacts AS s
        ON s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s AND s.row_no = n.row_no
     WHERE c.account_id = %(account_id)s AND c.id = n.id
    """
)
_RENAME = Statement(
    """
    UPDATE contacts AS c
       SET fields = (c.fields || s.fields) - coalesce(s.cleared, '{}'),
           metadata = c.metadata || coalesce(s.metadata, '{}'),
           words = s.words, name_key = s.name_key, last_key = s.last_key
      FROM unnest((%(renamed_rows)s)::integer[], (%(renamed_ids)s)::uuid[]) AS n(row_no, id)
      JOIN staged_contacts AS s
        ON s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s AND s.row_no = n.row_no
     WHERE c.account_id = %(account_id)s AND c.id = n.id
       AND c.email_key IS NOT DISTINCT FROM s.email_key
       AND c.mobile IS NOT DISTINCT FROM s.mobile
       AND c.external_id IS NOT DISTINCT FROM s.external_id
    """
)
_UPDATE_SIGNALS = Statement(
    """
    UPDATE contact_signals AS g
       SET tags = CASE WHEN b.before -> 'tags' = '[]' THEN g.tags ELSE g.tags || ARRAY(
               SELECT t::integer FROM jsonb_array_elements_text(b.before -> 'tags') AS t) END,
           updated_at = greatest(g.updated_at, %(at)s::timestamptz)
      FROM unnest((%(rows)s)::integer[]) AS n(row_no)
      JOIN contact_befores AS b
        ON b.account_id = %(account_id)s AND b.batch_id = %(batch_id)s AND b.row_no = n.row_no
     WHERE g.account_id = %(account_id)s AND g.contact_id = b.contact_id
    """
)
_CHANGE_EVENTS = Statement(
    """
    INSERT INTO events (account_id, contact_id, at, id, kind, source, actor, payload)
    SELECT %(account_id)s::integer, b.contact_id, %(at)s::timestamptz, s.contact_id, 'imported',
           %(source)s::text, %(actor)s::text,
           (SELECT %(mark)s::jsonb) || jsonb_build_object('row', s.row_no)
           || CASE WHEN f.diff IS NULL THEN '{}' ELSE jsonb_build_object('fields', f.diff) END
           || CASE WHEN b.before -> 'tags' = '[]' THEN '{}'
                   ELSE jsonb_build_object('tags', ARRAY(
                        SELECT (SELECT %(tag_names)a)[t + 1]
                          FROM unnest(s.tags) AS t
                         WHERE b.before -> 'tags'
                               @> to_jsonb((SELECT %(tag_ids)s::integer[])[t + 1])))
              END
      FROM unnest((%(rows)s)::integer[]) AS n(row_no)
      JOIN contact_befores AS b
        ON b.account_id = %(account_id)s AND b.batch_id = %(batch_id)s AND b.row_no = n.row_no
      JOIN staged_contacts AS s
        ON s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s AND s.row_no = n.row_no
     CROSS JOIN LATERAL (
           SELECT jsonb_object_agg(k.name, jsonb_build_array(k.was, k.value)) AS diff
             FROM (SELECT key AS name, value AS was, s.fields -> key AS value
                     FROM jsonb_each(b.before -> 'fields')
                    UNION ALL
                   SELECT 'metadata.' || key, b.before -> 'metadata' -> key, value
                     FROM jsonb_each(s.metadata)
                    WHERE b.before -> 'metadata' -> key IS DISTINCT FROM value) AS k) AS f
    """
)


def change(values: Values) -> list[Bound]:
    """Give known, locked contacts their new values, keeping what they were."""
    return [
        Bound(one, values) for one in (_KEEP, _UPDATE, _RENAME, _UPDATE_SIGNALS, _CHANGE_EVENTS)
    ]


_COUNT_CHANGED = Statement(
    """
      WITH b AS MATERIALIZED (
           SELECT b.contact_id, b.before, s.fields, s.mobile
             FROM unnest((%(rows)s)::integer[]) AS n(row_no)
             JOIN contact_befores AS b
               ON b.account_id = %(account_id)s AND b.batch_id = %(batch_id)s
              AND b.row_no = n.row_no
             JOIN staged_contacts AS s
               ON s.account_id = %(account_id)s AND s.batch_id = %(batch_id)s
              AND s.row_no = n.row_no)
    SELECT 'field', k.key,
           count(*) FILTER (WHERE k.value = 'null') - count(*) FILTER (WHERE NOT b.fields ? k.key)
      FROM b, jsonb_each(b.before -> 'fields') AS k
     GROUP BY k.key
     UNION ALL
    SELECT 'tag_id', t, count(*)
      FROM b, jsonb_array_elements_text(b.before -> 'tags') AS t
     GROUP BY t
     UNION ALL
    SELECT 'reachable', 'voice',
           count(*) FILTER (WHERE coalesce(c.fields ->> 'phone', '') <> '')
           - count(*) FILTER (WHERE coalesce(b.before -> 'fields' ->> 'phone', '') <> '')
      FROM b
      JOIN contacts AS c
        ON c.account_id = %(account_id)s AND c.id = b.contact_id
     WHERE b.before -> 'fields' ? 'phone'
       AND c.mobile IS NULL AND c.is_active AND c.voice_optout IS NULL
    """
)


def count_changed(values: Values) -> Bound:
    """Count which fields and tags known contacts gained or lost, and who can now be called."""
    return Bound(_COUNT_CHANGED, values)
