"""The statements that write staged rows to contacts; `rows` and `ids` are arrays side by side."""

from collections.abc import Mapping

from signalbook.kit.together import Bound, Statement

Values = Mapping[str, object]

_INSERT = Statement(
    """
      WITH added AS (
           INSERT INTO contacts
                  (account_id, id, email, email_key, mobile, external_id, fields, metadata, words,
                   name_key, last_key, created_at, source)
           SELECT %(account_id)s::integer, contact_id, email, email_key, mobile, external_id,
                  fields, coalesce(metadata, '{}'), words, name_key, last_key,
                  %(at)s::timestamptz, %(source)s::text
             FROM staged_contacts
            WHERE account_id = %(account_id)s
              AND batch_id = %(batch_id)s
              AND row_no BETWEEN %(first)s AND %(last)s
              AND row_no = ANY((%(rows)s)::integer[])
           RETURNING id, reach, country)
    SELECT t.number, a.reach, a.country, count(*)
      FROM added AS a
      JOIN staged_contacts AS s
        ON s.account_id = %(account_id)s
       AND s.batch_id = %(batch_id)s
       AND s.row_no BETWEEN %(first)s AND %(last)s
       AND s.contact_id = a.id
     CROSS JOIN LATERAL (SELECT -1 AS number UNION ALL SELECT unnest(s.tags)) AS t
     GROUP BY t.number, a.reach, a.country
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

    The first returns (number of a tag or -1 for all, reach, country, contacts). The id of the event
    is the contact's, which is as fresh. Raises UniqueViolation when another transaction took an
    identifier.
    """
    return [Bound(one, values) for one in (_INSERT, _INSERT_SIGNALS, _INSERT_EVENTS)]


_MEASURE_NEW = Statement(
    """
    SELECT f.key, f.length, count(*)
      FROM staged_contacts AS s
     CROSS JOIN LATERAL (
           SELECT key, CASE WHEN left(value, 1) IN ('[', '{')
                                 AND jsonb_typeof(s.fields -> key) IN ('array', 'object') THEN 0
                            ELSE length(value) END AS length
             FROM jsonb_each_text(s.fields)) AS f
     WHERE s.account_id = %(account_id)s
       AND s.batch_id = %(batch_id)s
       AND s.row_no BETWEEN %(first)s AND %(last)s
       AND s.row_no = ANY((%(rows)s)::integer[])
     GROUP BY f.key, f.length
    """
)


def measure_new(values: Values) -> Bound:
    """Count the values of new contacts by field and by length in characters."""
    return Bound(_MEASURE_NEW, values)


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
                  c.metadata, c.reach AS reach_was, c.country AS country_was, g.tags AS tags_were,
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
           RETURNING c.id, c.reach, c.country, c.source),
           moved AS (
           SELECT d.id, d.reach_was, d.country_was, c.reach, c.country, c.source, d.tags_were,
                  d.added, c.reach <> d.reach_was OR c.country <> d.country_was AS is_other
             FROM d
             JOIN changed AS c ON c.id = d.id
            WHERE d.added <> '{}' OR c.reach <> d.reach_was OR c.country <> d.country_was)
    SELECT 'changed', '', 0, count(*)
      FROM changed
     UNION ALL
    SELECT 'field', k.key, 0,
           count(*) FILTER (WHERE k.value = 'null') - count(*) FILTER (WHERE NOT d.given ? k.key)
      FROM d, jsonb_each(d.before) AS k
     GROUP BY k.key
     UNION ALL
    SELECT 'length', k.key, CASE WHEN jsonb_typeof(v.value) IN ('array', 'object') THEN 0
                                 ELSE length(v.value #>> '{}') END, sum(v.count)
      FROM d, jsonb_each(d.before) AS k
     CROSS JOIN LATERAL (VALUES (k.value, -1), (d.given -> k.key, 1)) AS v(value, count)
     WHERE v.value <> 'null'
     GROUP BY 2, 3
     UNION ALL
    SELECT 'tag', '', t, count(*)
      FROM d, unnest(d.added) AS t
     GROUP BY t
     UNION ALL
    SELECT 'count', v.what, t.tag_id, sum(v.count)
      FROM moved AS m
     CROSS JOIN LATERAL (
           SELECT 0 AS tag_id, true AS was WHERE is_other
            UNION ALL
           SELECT unnest(tags_were), true WHERE is_other
            UNION ALL
           SELECT unnest(added), false) AS t
     CROSS JOIN LATERAL (
           VALUES ('r:' || reach_was, -1, was), ('r:' || reach, 1, true),
                  ('c:' || country_was, -1, was), ('c:' || country, 1, true),
                  ('s:' || source, 1, NOT was)) AS v(what, count, counts)
     WHERE v.counts
     GROUP BY v.what, t.tag_id
    HAVING sum(v.count) <> 0
     UNION ALL
    SELECT 'was', concat_ws('|', replace(id::text, '-', ''), reach_was, country_was, source), 0, 0
      FROM moved
     WHERE is_other
    """
)


def change(values: Values) -> Bound:
    """Give known, locked contacts their new values, keeping what they were.

    Returns (kind, name, number, by how much it grows): how many were `changed`; `field` and
    `length` of values, `tag` by id, `count` of what a tag's or the account's contacts are; and what
    those `was` who count as something else now.
    All in one statement: reading each row and each contact once is a third of its time.
    """
    return Bound(_CHANGE, values)
