"""Both sides of a connection to SES, contact by contact, beside what was said; and the damages."""

import json
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from signalbook.connector import document
from tests.kill.ses_journal import EMAIL, Journal, Said
from tests.ses_server import SesServer

_HERE = """
    SELECT c.email_key, c.fields,
           coalesce(array_agg(DISTINCT o.channel) FILTER (WHERE o.channel IS NOT NULL), '{}')
      FROM contacts AS c
      LEFT JOIN optout_states AS o
        ON o.account_id = c.account_id AND o.address = c.email_key
       AND o.reason IN ('contact', 'user')
     WHERE c.account_id = %s AND c.email_key IS NOT NULL
     GROUP BY c.email_key, c.fields
"""


@dataclass
class Found:
    """What is not as it must be, each as a sentence; `raced` is AWS's own window (see `judge`)."""

    different: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    resubscribed: list[str] = field(default_factory=list)
    raced: list[str] = field(default_factory=list)

    def is_clean(self) -> bool:
        return not (self.different or self.lost or self.resubscribed)


@dataclass
class Side:
    """A contact as one side has it."""

    n: Any
    out: set[str]


def here(dsn: str, account_id: int) -> dict[str, Side]:
    """Read what Signalbook has, from its tables."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        rows = conn.execute(_HERE, [account_id]).fetchall()
    return {
        address: Side(
            fields.get("n"), {EMAIL if one == EMAIL else "topic" for one in channels
                              if one == EMAIL or one.startswith("topic:")},
        )
        for address, fields, channels in rows
    }  # fmt: skip


def there(ses: SesServer) -> dict[str, Side]:
    """Read what SES has, from its own file."""
    sides: dict[str, Side] = {}
    for address, one in ses.contacts().items():
        read = document.read(one["attributes"])
        fields = document.fields_of(read) if read.kept else json.loads(one["attributes"] or "{}")
        out = {EMAIL} if one["unsubscribed"] else set[str]()
        if "OPT_OUT" in one["topics"].values():
            out.add("topic")
        sides[address.lower()] = Side(fields.get("n"), out)
    return sides


def differences(dsn: str, account_id: int, ses: SesServer) -> list[str]:
    """Say where the two sides differ."""
    ours, theirs = here(dsn, account_id), there(ses)
    told = [f"{one} is only here" for one in ours.keys() - theirs.keys()]
    told += [f"{one} is only there" for one in theirs.keys() - ours.keys()]
    for address in sorted(ours.keys() & theirs.keys()):
        one, other = ours[address], theirs[address]
        if one != other:
            told.append(f"{address} is {one} here and {other} there")
    return told


def judge(dsn: str, account_id: int, ses: SesServer, journal: Journal) -> Found:
    """Compare both sides with each other, and with what was acknowledged on either.

    AWS knows no update on a condition: who reads a contact and writes it back takes away what a
    third party wrote between the two. Where the calls that SES took show that this happened to an
    opt-out, it is counted as raced and not as resubscribed.
    """
    found = Found(differences(dsn, account_id, ses))
    ours, theirs = here(dsn, account_id), there(ses)
    calls = _calls(ses)
    for address, said in journal.said.items():
        for side in (ours.get(address), theirs.get(address)):
            value = None if side is None else side.n
            if value != said.n and value not in said.maybe and (said.n or said.maybe):
                found.lost.append(f"{address} has {value}, not {said.n} (or {said.maybe})")
                break
        if not said.free:
            _judge_optouts(found, address, said, [ours.get(address), theirs.get(address)], calls)
    return found


def _judge_optouts(
    found: Found,
    address: str,
    said: Said,
    sides: list[Side | None],
    calls: dict[str, list[tuple[float, str]]],
) -> None:
    for channel, at in said.out.items():
        wanted = EMAIL if channel == EMAIL else "topic"
        if all(side is None or wanted in side.out for side in sides):
            continue
        told = f"{address} opted out of {channel} at {at:.3f} and is {sides}"
        (found.raced if _is_raced(calls.get(address, []), at) else found.resubscribed).append(told)


def _calls(ses: SesServer) -> dict[str, list[tuple[float, str]]]:
    calls: dict[str, list[tuple[float, str]]] = {}
    for one in ses.calls():
        if one["answer"] == "200":
            place = calls.setdefault(one["address"].lower(), [])
            place.append((one["at"], one["operation"]))
    return calls


def _is_raced(calls: list[tuple[float, str]], at: float) -> bool:
    """Tell whether the next write after a moment rests on a reading before it."""
    reads = [when for when, name in calls if name == "GetContact" and when > at - 0.02]
    writes = [
        when for when, name in calls if name in {"UpdateContact", "ImportPUT"} and when > at - 0.02
    ]
    return bool(writes) and not any(when < writes[0] for when in reads)


def unseen_damages(dsn: str, account_id: int, ses: SesServer, journal: Journal) -> list[str]:
    """Check the checker: damage each thing once; name what nobody noticed."""
    some = sorted(here(dsn, account_id))
    out = next((one for one in some if EMAIL in here(dsn, account_id)[one].out), "")
    if not out:
        return ["nobody who is there has opted out, so this run was too short to tell"]
    whole = {
        "a contact is gone there": f"DELETE FROM contacts WHERE address = '{out}'",
        "a contact has another value there":
            f"UPDATE contacts SET attributes = '{{\"n\": -1}}' WHERE address = '{out}'",
        "an opt-out is lifted there":
            f"UPDATE contacts SET unsubscribed = 0 WHERE address = '{out}'",
    }  # fmt: skip
    unseen: list[str] = []
    for name, statement in whole.items():
        with _damaged_there(ses, statement):
            if judge(dsn, account_id, ses, journal).is_clean():
                unseen.append(name)
    both = f"UPDATE contacts SET unsubscribed = 0 WHERE address = '{out}'"
    with _damaged_there(ses, both), _damaged_here(dsn, account_id, out):
        said = journal.said[out]
        found = judge(dsn, account_id, ses, journal)
        if said.out and not said.free and not (found.resubscribed or found.raced):
            unseen.append("an opt-out is lifted on both sides")
    return unseen


@contextmanager
def _damaged_there(ses: SesServer, statement: str) -> Generator[None]:
    import sqlite3

    with closing(sqlite3.connect(ses.state, timeout=10)) as db:
        before = db.execute("SELECT * FROM contacts").fetchall()
        db.execute(statement)
        db.commit()
        try:
            yield
        finally:
            db.execute("DELETE FROM contacts")
            db.executemany("INSERT INTO contacts VALUES (?,?,?,?,?,?,?,?,?)", before)
            db.commit()


@contextmanager
def _damaged_here(dsn: str, account_id: int, address: str) -> Generator[None]:
    with psycopg.connect(dsn, autocommit=True) as conn:
        gone = conn.execute(
            "DELETE FROM optout_states WHERE account_id = %s AND address = %s"
            " RETURNING account_id, address, channel, reason, since, source",
            [account_id, address],
        ).fetchall()
        try:
            yield
        finally:
            for row in gone:
                conn.execute(
                    "INSERT INTO optout_states (account_id, address, channel, reason, since,"
                    " source) VALUES (%s, %s, %s, %s, %s, %s)",
                    row,
                )
