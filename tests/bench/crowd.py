"""An account of the statistics benchmark: a million contacts, 20 lists, 200 tags, 50 fields.

It is made by set-based SQL within three minutes and kept for the next run. Contact n is always the
same: what it has, lacks and refuses is drawn from hashes of n. The counts are as if it had been
written by the verb; `python -m tests.bench.crowd 1000000` prepares a folder ahead of time.
"""

import asyncio
import hashlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, LiteralString

import psycopg

from signalbook.events import keeping
from signalbook.kit import migrate
from signalbook.kit.db import Database, PoolSizes
from signalbook.kit.postgres import Embedded
from tests.bench.server import ACCOUNT, open_door

LISTS: Final = 20
TAGS: Final = 200
FIELDS: Final = 50
_FORMAT = 2
_STEPS: Final[tuple[tuple[str, LiteralString], ...]] = (
    (
        "tags",
        """
        INSERT INTO tags (account_id, name, first_seen_at, last_seen_at)
        SELECT %(account)s, 'tag-' || to_char(t, 'FM000'), %(now)s, %(now)s
          FROM generate_series(0, %(tags)s - 1) AS t
        """,
    ),
    (
        "fields",
        """
        INSERT INTO fields (account_id, name, label, type, is_standard, created_at, last_used_at)
        SELECT %(account)s, n.name, n.name, 'text', NOT n.name LIKE 'field-%%', %(now)s, %(now)s
          FROM (SELECT unnest(ARRAY['first_name', 'city', 'country', 'phone']) AS name
                 UNION ALL
                SELECT 'field-' || f FROM generate_series(1, %(fields)s - 4) AS f) AS n
        """,
    ),
    (
        "lists",
        """
        INSERT INTO lists (account_id, id, name, name_key, is_active, created_at, created_by,
                           changed_at)
        SELECT %(account)s, md5('list' || l)::uuid, 'List ' || l, 'list ' || l, l < %(lists)s,
               %(now)s, 'bench', %(now)s
          FROM generate_series(1, %(lists)s) AS l
        """,
    ),
    (
        "contacts",
        """
        INSERT INTO contacts (account_id, id, email, email_key, mobile, fields, is_active,
                              list_active, email_optout, sms_optout, voice_optout, unsubscribed_at,
                              created_at, source)
        SELECT %(account)s, p.id, p.email, p.email, p.mobile,
               jsonb_strip_nulls(jsonb_build_object(
                   'first_name', (ARRAY['Asha', 'John', 'Marie', 'Kenji'])[1 + p.a %% 4],
                   'city', (ARRAY['Lyon', 'Leeds', 'Porto', 'Osaka', 'Austin'])[1 + p.b %% 5],
                   'country', (ARRAY['France', 'United Kingdom', 'Portugal', 'Japan', NULL])
                              [1 + p.b %% 5],
                   'phone', CASE WHEN p.a %% 10 = 0 THEN '+44207' || (1000000 + p.n) END,
                   'field-' || 1 + p.a %% (%(fields)s - 4), 'value ' || p.b %% 1000,
                   'field-' || 1 + p.b %% (%(fields)s - 4), 'another ' || p.a %% 100)),
               p.a %% 97 <> 0, p.n %% 100 <> 0,
               CASE WHEN p.b %% 1000 < 40 THEN 'contact' WHEN p.b %% 1000 < 50 THEN 'user'
                    WHEN p.b %% 1000 < 80 THEN 'hardbounced' WHEN p.b %% 1000 < 84 THEN 'spam' END,
               CASE WHEN p.a %% 1000 < 20 THEN 'contact' WHEN p.a %% 1000 < 25 THEN 'user' END,
               CASE WHEN p.a %% 1000 BETWEEN 20 AND 30 THEN 'contact' END,
               CASE WHEN p.b %% 1000 < 50 THEN %(now)s::timestamptz END, p.at,
               (ARRAY['import', 'api', 'console'])[1 + p.a %% 3]
          FROM (SELECT n, a, b, at,
                       (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
                        || lpad(to_hex(n %% 4096), 3, '0') || '8' || left(md5(n::text), 15))::uuid
                       AS id,
                       CASE WHEN a %% 20 > 0 OR b %% 10 > 5 THEN 'p' || n || '@example.com' END
                       AS email,
                       CASE WHEN b %% 10 < 6 OR a %% 20 = 0 THEN '+447' || (400000000 + n) END
                       AS mobile
                  FROM (SELECT n, hashint4(n)::bigint + 2147483648 AS a,
                               hashint4(-n)::bigint + 2147483648 AS b,
                               %(now)s::timestamptz
                               - interval '730 days' * (1 - n::float / %(contacts)s) AS at
                          FROM generate_series(1, %(contacts)s) AS n) AS drawn) AS p
        """,
    ),
    (
        "signals",
        """
        INSERT INTO contact_signals (account_id, contact_id, tags, updated_at)
        SELECT %(account)s, c.id, ARRAY(
                   SELECT DISTINCT %(first_tag)s + floor(%(tags)s * power(
                          (hashtext(c.id::text || k)::bigint + 2147483648) / 4294967296.0, 3)
                          )::integer
                     FROM generate_series(1, 8) AS k),
               c.created_at
          FROM contacts AS c
         WHERE c.account_id = %(account)s
        """,
    ),
    (
        "members",
        """
        INSERT INTO list_members (account_id, list_id, contact_id, joined_at, joined_by)
        SELECT %(account)s, md5('list' || l)::uuid, c.id, c.created_at, 'bench'
          FROM generate_series(1, %(lists)s) AS l
          JOIN contacts AS c
            ON c.account_id = %(account)s
           AND CASE WHEN l = %(lists)s THEN NOT c.list_active
                    ELSE hashtext(c.id::text) %% (3 * (l + 1)) = 0 END
        """,
    ),
    (
        "days",
        """
        INSERT INTO contact_days (account_id, tag_id, day, joined)
        SELECT %(account)s, t.id, (s.updated_at AT TIME ZONE 'UTC')::date, count(*)
          FROM contact_signals AS s
         CROSS JOIN LATERAL (SELECT 0 AS id UNION ALL SELECT unnest(s.tags)) AS t
         WHERE s.account_id = %(account)s
         GROUP BY 2, 3
        """,
    ),
    (
        "list days",
        """
        INSERT INTO list_days (account_id, list_id, day, joined)
        SELECT %(account)s, list_id, (joined_at AT TIME ZONE 'UTC')::date, count(*)
          FROM list_members
         WHERE account_id = %(account)s
         GROUP BY 2, 3
        """,
    ),
    (
        "counts",
        """
        INSERT INTO contact_counts (account_id, tag_id, what, contacts)
        SELECT %(account)s, n.id, v.what, sum(n.contacts)
          FROM (SELECT t.id, c.reach, c.country, c.source, count(*) AS contacts
                  FROM contacts AS c
                  JOIN contact_signals AS s
                    ON s.account_id = c.account_id AND s.contact_id = c.id
                 CROSS JOIN LATERAL (SELECT 0 AS id UNION ALL SELECT unnest(s.tags)) AS t
                 WHERE c.account_id = %(account)s
                 GROUP BY t.id, c.reach, c.country, c.source) AS n
         CROSS JOIN LATERAL (VALUES ('r:' || n.reach), ('c:' || n.country), ('s:' || n.source))
            AS v(what)
         GROUP BY n.id, v.what
        """,
    ),
    (
        "list counts",
        """
        INSERT INTO list_counts (account_id, list_id, what, contacts)
        SELECT %(account)s, n.list_id, v.what, sum(n.contacts)
          FROM (SELECT m.list_id, c.reach, c.country, c.source, count(*) AS contacts
                  FROM contacts AS c
                  JOIN list_members AS m
                    ON m.account_id = c.account_id AND m.contact_id = c.id
                 WHERE c.account_id = %(account)s
                 GROUP BY m.list_id, c.reach, c.country, c.source) AS n
         CROSS JOIN LATERAL (VALUES ('r:' || n.reach), ('c:' || n.country), ('s:' || n.source))
            AS v(what)
         GROUP BY n.list_id, v.what
        """,
    ),
    (
        "field lengths",
        """
        INSERT INTO field_lengths (account_id, name, length, contacts)
        SELECT %(account)s, f.key, length(f.value), count(*)
          FROM contacts AS c
         CROSS JOIN LATERAL jsonb_each_text(c.fields) AS f
         WHERE c.account_id = %(account)s
         GROUP BY 2, 3
        """,
    ),
    (
        "tags' contacts",
        """
        UPDATE tags AS t
           SET contacts = n.contacts
          FROM (SELECT tag_id, sum(contacts) AS contacts
                  FROM contact_counts
                 WHERE account_id = %(account)s AND what LIKE 'r:%%'
                 GROUP BY tag_id) AS n
         WHERE t.account_id = %(account)s AND t.id = n.tag_id
        """,
    ),
    (
        "fields' contacts",
        """
        UPDATE fields AS f
           SET contacts = n.contacts
          FROM (SELECT name, sum(contacts) AS contacts
                  FROM field_lengths
                 WHERE account_id = %(account)s
                 GROUP BY name) AS n
         WHERE f.account_id = %(account)s AND f.name = n.name
        """,
    ),
    (
        "lists' members",
        """
        UPDATE lists AS l
           SET members = n.contacts
          FROM (SELECT list_id, sum(contacts) AS contacts
                  FROM list_counts
                 WHERE account_id = %(account)s AND what LIKE 'r:%%'
                 GROUP BY list_id) AS n
         WHERE l.account_id = %(account)s AND l.id = n.list_id
        """,
    ),
)


def folder_of(contacts: int) -> Path:
    """Name the kept folder of so many contacts under these very migrations."""
    digest = hashlib.sha256("".join(step.digest for step in migrate.load()).encode()).hexdigest()
    name = f"crowd-{_FORMAT}-{contacts}-{digest[:12]}"
    return Path(tempfile.gettempdir()) / "signalbook-bench" / name


def prepared(contacts: int) -> Path:
    """Return the folder, filled where it is not yet."""
    folder = folder_of(contacts)
    done = folder / "filled"
    if not done.exists():
        server = Embedded(folder)
        with server.used():
            migrate.apply(server.dsn)
            asyncio.run(fill(server.dsn, contacts))
        done.touch()
    return folder


async def fill(dsn: str, contacts: int) -> None:
    """Make the contacts, count them, and let the database tidy up after the flood."""
    door = await open_door(dsn)
    _write(dsn, door.account_id, contacts)
    database = Database(dsn, PoolSizes(read=1, write=1))
    await database.open()
    try:
        await keeping.keep(database)
    finally:
        await database.close()
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("VACUUM (ANALYZE)")
        conn.execute("CHECKPOINT")


def _write(dsn: str, account_id: int, contacts: int) -> None:
    values = {
        "account": account_id,
        "contacts": contacts,
        "lists": LISTS,
        "tags": TAGS,
        "fields": FIELDS,
        "first_tag": 0,
    }
    with psycopg.connect(dsn) as conn:
        found = conn.execute("SELECT now()").fetchone()
        assert found is not None
        values["now"] = found[0]
        for name, statement in _STEPS:
            began = time.monotonic()
            conn.execute(statement, values)
            if name == "tags":
                first = conn.execute("SELECT min(id) FROM tags").fetchone()
                assert first is not None
                values["first_tag"] = first[0]
            if name in {"contacts", "members"}:
                conn.execute("ANALYZE contacts, contact_signals, list_members")
            print(f"{name} written in {time.monotonic() - began:.0f} s", flush=True)


def main() -> None:
    """Prepare the folder of so many contacts and say how long that took."""
    began = time.monotonic()
    print(prepared(int(sys.argv[1])), f"{ACCOUNT}: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
