"""The final read of an import: every row of the file against what the database holds."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import LiteralString
from uuid import UUID

import msgspec
import psycopg

from tests.kill.verdict import connected

TAGS_EACH = 3

_COUNTS: dict[str, LiteralString] = {
    "contacts": "SELECT count(*) FROM contacts WHERE account_id = %(account)s",
    "contacts with their tags": """
        SELECT count(*) FROM contact_signals
         WHERE account_id = %(account)s AND cardinality(tags) = %(tags)s""",
    "events": "SELECT count(*) FROM events WHERE account_id = %(account)s",
    "contacts with one event": """
        SELECT count(*) FROM (
               SELECT FROM events
                WHERE account_id = %(account)s AND kind = 'imported'
                GROUP BY contact_id HAVING count(*) = 1) AS once""",
    "outcomes": """
        SELECT coalesce(sum(cardinality(rows)), 0) FROM import_chunks
         WHERE account_id = %(account)s AND import_id = %(import)s""",
    "rows with an outcome": """
        SELECT count(DISTINCT row_no) FROM import_chunks, unnest(rows) AS row_no
         WHERE account_id = %(account)s AND import_id = %(import)s""",
    "rows that made a contact": """
        SELECT coalesce(sum(length(outcomes) - length(replace(outcomes, 'c', ''))), 0)
          FROM import_chunks
         WHERE account_id = %(account)s AND import_id = %(import)s""",
    "contacts that a row made": """
        SELECT count(*) FROM contacts
         WHERE account_id = %(account)s
           AND id IN (SELECT unnest(contact_ids) FROM import_chunks
                       WHERE account_id = %(account)s AND import_id = %(import)s)""",
}

_DAMAGES: dict[str, LiteralString] = {
    "a contact is lost": """
        DELETE FROM contacts
         WHERE account_id = %(account)s
           AND id = (SELECT max(id::text)::uuid FROM contacts WHERE account_id = %(account)s)""",
    "a tag is lost": """
        UPDATE contact_signals SET tags = tags[2:]
         WHERE account_id = %(account)s
           AND contact_id = (SELECT max(id::text)::uuid FROM contacts
                              WHERE account_id = %(account)s)""",
    "an event is there twice": """
        INSERT INTO events (account_id, contact_id, at, id, kind, source)
        SELECT account_id, contact_id, at, id, kind, source FROM events
         WHERE account_id = %(account)s LIMIT 1""",
    "an event is lost and another twice": """
        UPDATE events
           SET contact_id = (SELECT min(id::text)::uuid FROM contacts
                              WHERE account_id = %(account)s)
         WHERE account_id = %(account)s
           AND contact_id = (SELECT max(id::text)::uuid FROM contacts
                              WHERE account_id = %(account)s)""",
    "a row has two outcomes, and another none": """
        UPDATE import_chunks SET rows[1] = rows[2]
         WHERE account_id = %(account)s AND import_id = %(import)s
           AND no = (SELECT min(no) FROM import_chunks
                      WHERE account_id = %(account)s AND import_id = %(import)s)""",
    "a row was applied twice": """
        UPDATE import_chunks SET outcomes = overlay(outcomes PLACING '=' FROM 1)
         WHERE account_id = %(account)s AND import_id = %(import)s
           AND no = (SELECT min(no) FROM import_chunks
                      WHERE account_id = %(account)s AND import_id = %(import)s)""",
}


class Journey(msgspec.Struct):
    """An import of so many new rows into an account that had nobody."""

    account_id: int
    import_id: UUID
    rows: int

    def parameters(self) -> dict[str, object]:
        """Give what the statements ask for."""
        return {"account": self.account_id, "import": self.import_id, "tags": TAGS_EACH}


class Progress(msgspec.Struct):
    """Where an import is: rows staged and rows applied."""

    state: str
    staged: int
    applied: int
    failure: str

    @property
    def steps(self) -> int:
        """How much of the work is done; twice the rows is all."""
        return self.staged + self.applied


def progress(dsn: str, journey: Journey) -> Progress | None:
    """Look where an import is; None while the database is away."""
    with suppress(psycopg.OperationalError), psycopg.connect(dsn, connect_timeout=2) as conn:
        row = conn.execute(
            """
            SELECT state, staged + rejected, failure,
                   (SELECT coalesce(sum(cardinality(rows)), 0) FROM import_chunks
                     WHERE account_id = %(account)s AND import_id = %(import)s)
              FROM imports WHERE account_id = %(account)s AND id = %(import)s
            """,
            journey.parameters(),
        ).fetchone()
        return Progress(row[0], row[1], row[3], row[2]) if row else None
    return None


def faults(dsn: str, journey: Journey) -> list[str]:
    """Say what is not there exactly once; nothing where every promise was kept."""
    with connected(dsn) as conn:
        return _faults(conn, journey)


def unseen_damages(dsn: str, journey: Journey) -> list[str]:
    """Do each kind of damage, look, and take it back; name those that `faults` did not see."""
    unseen: list[str] = []
    with connected(dsn) as conn:
        for name, damage in _DAMAGES.items():
            with _taken_back(conn):
                touched = conn.execute(damage, journey.parameters()).rowcount
                if touched < 1 or not _faults(conn, journey):
                    unseen.append(name)
    return unseen


@contextmanager
def drifted(dsn: str, journey: Journey) -> Iterator[None]:
    """Let a count be wrong by one for the block."""
    changing = """
        UPDATE contact_counts SET contacts = contacts + %s
         WHERE account_id = %s AND tag_id = 0 AND what = 's:import'
        """
    for by in (1, -1):
        with connected(dsn) as conn:
            conn.execute(changing, [by, journey.account_id])
        if by == 1:
            yield


def _faults(conn: psycopg.Connection[tuple[object, ...]], journey: Journey) -> list[str]:
    found: list[str] = []
    for name, statement in _COUNTS.items():
        row = conn.execute(statement, journey.parameters()).fetchone()
        count = row[0] if row else None
        if count != journey.rows:
            found.append(f"{count:,} {name} of {journey.rows:,}")
    return found


@contextmanager
def _taken_back(conn: psycopg.Connection[tuple[object, ...]]) -> Iterator[None]:
    try:
        yield
    finally:
        conn.rollback()
