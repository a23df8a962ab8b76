"""The application without any counting, so that a benchmark can say what counting costs.

Nothing is counted of contacts, tags, fields and lists; what a contact counts as is not even derived
(`forget_codes` makes plain columns of the generated ones). Its numbers are wrong by design: it is
for measuring and for nothing else.
"""

from collections.abc import Iterator

import psycopg
from litestar.types import ASGIApp

from signalbook import app
from signalbook.contacts import recording
from signalbook.contacts.staging import write_queries
from signalbook.kit.together import Bound, Statement

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
           RETURNING id)
    SELECT -1, '', '', count(*)
      FROM added
    """
)
_NOTHING = Statement("SELECT '', 0, 0 WHERE %(account_id)s::integer IS NULL")
_SILENT = ("_counted", "_followed", "_tags", "_field_counts", "tallied")


def _nothing(*_: object) -> Iterator[Bound]:
    return iter(())


def create() -> ASGIApp:
    """Make the application of a worker, and let it count nothing."""
    counted = write_queries.insert
    for name in _SILENT:
        setattr(recording, name, _nothing)
    write_queries.insert = lambda values: [Bound(_INSERT, values), *counted(values)[1:]]
    write_queries.measure_new = lambda values: Bound(_NOTHING, values)
    return app.create()


def forget_codes(dsn: str) -> None:
    """Let the columns that say what a contact counts as be plain and empty."""
    with psycopg.connect(dsn) as conn:
        conn.execute("ALTER TABLE contacts DROP COLUMN reach, DROP COLUMN country")
        conn.execute(
            "ALTER TABLE contacts ADD COLUMN reach text NOT NULL DEFAULT '/---',"
            " ADD COLUMN country text NOT NULL DEFAULT ''"
        )
