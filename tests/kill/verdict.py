"""The final read: every write of the journal against what the database holds."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec
import psycopg

from tests.kill.journal import Write

_CHUNK = 5_000

# A write that made its contact left one signal; one about a known contact changed its marker once.
_CONTACTS = """
    SELECT id, email_key, fields->>'marker' || '@new.example.com' = email_key
      FROM contacts
     WHERE account_id = %s AND email_key = ANY(%s)
"""
_SIGNALS = """
    SELECT contact_id, count(*)
      FROM events
     WHERE account_id = %s AND contact_id = ANY(%s) AND kind = 'tagged' AND at >= %s
     GROUP BY contact_id
"""
_MARKERS = """
    SELECT payload->'marker'->>1, count(*)
      FROM events
     WHERE account_id = %s AND contact_id = ANY(%s) AND kind = 'updated' AND at >= %s
     GROUP BY 1
"""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Verdict(msgspec.Struct):
    """How many writes were lost, counted twice, half there, or there though they were refused."""

    lost: int = 0
    doubled: int = 0
    half: int = 0
    ghosts: int = 0
    unknown_applied: int = 0

    def is_clean(self) -> bool:
        """Tell whether every promise was kept."""
        return not (self.lost or self.doubled or self.half or self.ghosts)


def judge(
    dsn: str, account_id: int, writes: Sequence[Write], since: datetime = LONG_AGO
) -> Verdict:
    """Compare writes, none sent before `since`, with the database."""
    verdict = Verdict()
    known = sorted({write.email for write in writes if not write.is_new})
    with connected(dsn) as conn:
        # A partition nobody has analysed yet is planned as if it were empty: 40 s instead of 0.1.
        conn.execute("SET enable_nestloop = off")
        ids = [row[0] for row in conn.execute(_CONTACTS, [account_id, known])]
        markers = dict(conn.execute(_MARKERS, [account_id, ids, since]).fetchall())
        for chunk in _chunks([write for write in writes if write.is_new]):
            emails = [write.email for write in chunk]
            found = {row[1]: row for row in conn.execute(_CONTACTS, [account_id, emails])}
            ids = [row[0] for row in found.values()]
            signals = dict(conn.execute(_SIGNALS, [account_id, ids, since]).fetchall())
            for write in chunk:
                contact_id, _, is_whole = found.get(write.email, (None, "", True))
                times = signals.get(contact_id, 0)
                verdict.half += contact_id is not None and not (times and is_whole)
                _weigh(verdict, write, times)
    for write in writes:
        if not write.is_new:
            _weigh(verdict, write, markers.get(write.marker, 0))
    return verdict


def connected(dsn: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect, to a database that may be about to be ready."""
    for _ in range(100):
        try:
            return psycopg.connect(dsn)
        except psycopg.OperationalError:
            time.sleep(0.1)
    return psycopg.connect(dsn)


def _weigh(verdict: Verdict, write: Write, times: int) -> None:
    verdict.doubled += times > 1
    verdict.lost += write.fate == "ok" and not times
    verdict.ghosts += write.fate == "fail" and bool(times)
    verdict.unknown_applied += write.fate == "unknown" and bool(times)


def _chunks(writes: Iterable[Write]) -> Iterable[list[Write]]:
    rest = iter(writes)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
