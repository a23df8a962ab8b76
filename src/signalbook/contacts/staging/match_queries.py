"""The statements that tell what staged rows mean, before anything is written."""

from typing import Final, LiteralString
from uuid import UUID

from signalbook.kit.db import Row as DbRow
from signalbook.kit.db import Tx
from signalbook.kit.together import Bound, Statement

MEANT: Final[LiteralString] = """
          LEFT JOIN contacts AS x
            ON x.account_id = %(account_id)s AND x.external_id = s.external_id
          LEFT JOIN contacts AS e
            ON e.account_id = %(account_id)s AND e.email_key = s.email_key
          LEFT JOIN contacts AS m
            ON m.account_id = %(account_id)s AND m.mobile = s.mobile
"""
"""Finds the contacts that a staged row `s` names: by its own id, its address and its number."""

_MATCH = Statement(
    """
      WITH s AS MATERIALIZED (
           SELECT row_no, contact_id, email, email_key, mobile, external_id, fields, cleared, tags,
                  optouts, metadata
             FROM staged_contacts
            WHERE account_id = %(account_id)s
              AND batch_id = %(batch_id)s
              AND row_no BETWEEN %(first)s AND %(last)s
              AND superseded_by IS NULL
              AND NOT is_entangled),
           found AS (
           SELECT s.*, coalesce(x.id, e.id, m.id) AS id, x.id AS by_external, e.id AS by_email,
                  x.id <> e.id OR x.id <> m.id OR e.id <> m.id AS are_several
             FROM s"""
    + MEANT
    + """),
           judged AS MATERIALIZED (
           SELECT f.row_no, coalesce(f.id, f.contact_id) AS contact_id,
                  CASE
                  WHEN f.id IS NULL THEN
                       %(restricted)s::boolean AND (f.row_no = ANY((%(sealed)s)::integer[])
                       OR EXISTS (
                       SELECT
                         FROM optout_states AS o
                        WHERE o.account_id = %(account_id)s
                          AND o.address = ANY(ARRAY[
                              f.email_key, substring(f.email_key FROM '@[^@]*$'), f.mobile,
                              'id:' || f.external_id, f.fields ->> 'phone'])))
                  ELSE c.email_optout IS NOT NULL OR c.sms_optout IS NOT NULL
                       OR c.voice_optout IS NOT NULL
                  END AS is_protected,
                  CASE
                  WHEN f.id IS NULL THEN
                       CASE WHEN %(rule)s IN ('update', 'delete') THEN 'm'
                            WHEN f.optouts IS NOT NULL THEN 'o'
                            ELSE 'n' END
                  WHEN f.are_several
                       OR f.by_external IS NULL
                          AND f.external_id IS NOT NULL AND c.external_id IS NOT NULL
                       OR f.by_external IS NULL AND f.by_email IS NULL
                          AND f.email_key IS NOT NULL AND c.email_key IS NOT NULL THEN 'x'
                  WHEN %(rule)s = 'delete' THEN 'd'
                  WHEN %(rule)s = 'create' THEN 'e'
                  WHEN f.optouts IS NOT NULL
                       OR f.email_key <> coalesce(c.email_key, '')
                       OR f.mobile <> coalesce(c.mobile, '')
                       OR f.external_id <> coalesce(c.external_id, '') THEN 'o'
                  WHEN %(restricted)s::boolean
                       AND (f.fields ->> 'phone' <> coalesce(c.fields ->> 'phone', '')
                            OR c.landline IS NOT NULL AND 'phone' = ANY(f.cleared))
                       AND (f.row_no = ANY((%(sealed)s)::integer[])
                            OR EXISTS (
                            SELECT
                              FROM optout_states AS o
                             WHERE o.account_id = %(account_id)s
                               AND o.address = ANY(ARRAY[
                                   c.email_key, c.mobile, 'id:' || c.external_id, c.landline,
                                   f.fields ->> 'phone']))) THEN 'o'
                  WHEN c.fields || f.fields = c.fields
                       AND (f.cleared IS NULL OR NOT c.fields ?| f.cleared)
                       AND (f.metadata IS NULL OR c.metadata || f.metadata = c.metadata)
                       AND g.tags @> ARRAY(
                           SELECT (SELECT %(tag_ids)s::integer[])[t + 1] FROM unnest(f.tags) AS t)
                       THEN '='
                  WHEN octet_length(c.fields::text) + octet_length(f.fields::text)
                       + octet_length(c.metadata::text)
                       + coalesce(octet_length(f.metadata::text), 0) > 60000
                       OR cardinality(g.tags) + cardinality(f.tags) > 500 THEN 'o'
                  WHEN (c.fields -> 'first_name' IS NOT DISTINCT FROM f.fields -> 'first_name'
                        OR NOT f.fields ? 'first_name')
                       AND (c.fields -> 'last_name' IS NOT DISTINCT FROM f.fields -> 'last_name'
                            OR NOT f.fields ? 'last_name')
                       AND (c.fields -> 'full_name' IS NOT DISTINCT FROM f.fields -> 'full_name'
                            OR NOT f.fields ? 'full_name')
                       AND (f.cleared IS NULL OR NOT f.cleared
                            && ARRAY['first_name', 'last_name', 'full_name']) THEN 'c'
                  WHEN (f.fields ? 'first_name' OR NOT c.fields ? 'first_name')
                       AND (f.fields ? 'last_name' OR NOT c.fields ? 'last_name')
                       AND (f.fields ? 'full_name' OR NOT c.fields ? 'full_name')
                       AND (f.email_key IS NOT NULL OR c.email_key IS NULL)
                       AND (f.mobile IS NOT NULL OR c.mobile IS NULL)
                       AND (f.external_id IS NOT NULL OR c.external_id IS NULL)
                       AND (f.cleared IS NULL OR NOT c.fields
                            ?| ARRAY['first_name', 'last_name', 'full_name']
                            OR NOT f.cleared && ARRAY['first_name', 'last_name', 'full_name'])
                       THEN 'w'
                  ELSE 'o'
                  END AS kind
             FROM found AS f
             LEFT JOIN contacts AS c
               ON c.account_id = %(account_id)s AND c.id = f.id
             LEFT JOIN contact_signals AS g
               ON g.account_id = %(account_id)s AND g.contact_id = f.id)
    SELECT CASE WHEN kind = 'n' AND is_protected THEN 'o' ELSE kind END AS kind,
           string_agg(row_no::text, ',' ORDER BY row_no),
           string_agg(contact_id::text, ',' ORDER BY row_no),
           count(*) FILTER (WHERE is_protected)
      FROM judged
     GROUP BY 1
    """
)


def match(
    account_id: int,
    batch_id: UUID,
    rows: tuple[int, int],
    *,
    rule: str,
    tag_ids: str,
    restricted: bool,
    sealed: str,
) -> Bound:
    """Tell what the rows from one to another mean: kind, rows, contacts, how many are protected.

    `restricted` says whether the account has opt-outs at all, and `sealed` is the array of the rows
    with an address of somebody who was erased.

    Nothing is locked: who goes on to write locks what it found and asks again. `tag_ids` is the
    array of the registry's ids by the batch's numbers. A row is matched by external_id, else by
    email, else by mobile; it clashes where its identifiers belong to several contacts, or where
    the one it found by a lesser identifier has another value in a stronger one.
    """
    return Bound(
        _MATCH,
        {
            "account_id": account_id,
            "batch_id": batch_id,
            "first": rows[0],
            "last": rows[1],
            "rule": rule,
            "tag_ids": tag_ids,
            "restricted": "t" if restricted else "f",
            "sealed": sealed,
        },
    )


async def is_restricted(tx: Tx, account_id: int) -> bool:
    """Tell whether anybody of the account has an opt-out at all."""
    return bool(
        await tx.value(
            """
            SELECT EXISTS (SELECT FROM optout_states WHERE account_id = %(account_id)s)
            """,
            {"account_id": account_id},
        )
    )


async def addresses(tx: Tx, account_id: int, batch_id: UUID, rows: tuple[int, int]) -> list[DbRow]:
    """Return (row_no, email_key, mobile, external_id, phone) of the rows of a chunk."""
    return await tx.rows(
        """
        SELECT row_no, email_key, mobile, external_id, fields ->> 'phone'
          FROM staged_contacts
         WHERE account_id = %(account_id)s
           AND batch_id = %(batch_id)s
           AND row_no BETWEEN %(first)s AND %(last)s
           AND superseded_by IS NULL
        """,
        {"account_id": account_id, "batch_id": batch_id, "first": rows[0], "last": rows[1]},
    )


_PLAN_WELL = Statement(
    """
    SELECT set_config('enable_memoize', 'off', true),
           set_config('statement_timeout', '60s', true)
    """
)


def plan_well() -> Bound:
    """Keep the planner from caching lookups of keys that each come once: a fifth of `match`."""
    return Bound(_PLAN_WELL, {})


_TAG_NUMBERS = Statement(
    """
    SELECT DISTINCT t
      FROM staged_contacts, unnest(tags) AS t
     WHERE account_id = %(account_id)s
       AND batch_id = %(batch_id)s
       AND row_no BETWEEN %(first)s AND %(last)s
    """
)


def tag_numbers(account_id: int, batch_id: UUID, rows: tuple[int, int]) -> Bound:
    """List the numbers of the tags that some rows carry."""
    return Bound(
        _TAG_NUMBERS,
        {"account_id": account_id, "batch_id": batch_id, "first": rows[0], "last": rows[1]},
    )
