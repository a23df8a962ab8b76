"""Statements that gather what is known of one person."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from signalbook.kit.db import Read


class Signal(msgspec.Struct, frozen=True):
    """A tag that the contact ever got, and whether it carries it now; no name where it is gone.

    One that only a file or an action on many attached was never seen as a signal of its own.
    """

    tag: str | None
    is_attached: bool
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    times: int


class Day(msgspec.Struct, frozen=True):
    """How often a signal came on a day."""

    day: date
    tag: str | None
    count: int


class LedgerLine(msgspec.Struct, frozen=True):
    """One line of the opt-out ledger about an address."""

    at: datetime
    address: str
    channel: str
    kind: str
    reason: str
    source: str
    actor: str | None
    evidence: Any


class Membership(msgspec.Struct, frozen=True):
    """A list on which the contact is."""

    id: UUID
    name: str
    joined_at: datetime
    joined_by: str


class BulkChange(msgspec.Struct, frozen=True):
    """What an action on many contacts changed of this one."""

    job_id: UUID
    action: str
    argument: str
    at: datetime


class ImportedRow(msgspec.Struct, frozen=True):
    """A row of a file that changed the contact, and what the contact was before."""

    import_id: UUID
    file: str | None
    row: int
    at: datetime
    before: Any


async def signals(db: Read, account_id: int, contact_id: UUID) -> list[Signal]:
    """Return every tag the contact ever got, by name."""
    return await db.many(
        Signal,
        """
        SELECT t.name AS tag, s.tag_id IS NOT NULL AS is_attached,
               e.first_seen_at, e.last_seen_at, coalesce(e.times, 0) AS times
          FROM (SELECT account_id, tag_id, min(at) AS first_seen_at, max(at) AS last_seen_at,
                       count(*) AS times
                  FROM events
                 WHERE account_id = %(account_id)s AND contact_id = %(contact_id)s
                   AND kind = 'tagged'
                 GROUP BY account_id, tag_id) AS e
          FULL JOIN (SELECT account_id, unnest(tags) AS tag_id
                       FROM contact_signals
                      WHERE account_id = %(account_id)s AND contact_id = %(contact_id)s) AS s
            ON s.account_id = e.account_id AND s.tag_id = e.tag_id
          LEFT JOIN tags AS t
            ON t.account_id = coalesce(e.account_id, s.account_id)
           AND t.id = coalesce(e.tag_id, s.tag_id)
         ORDER BY t.name, coalesce(e.tag_id, s.tag_id)
        """,
        {"account_id": account_id, "contact_id": contact_id},
    )


async def days(db: Read, account_id: int, contact_id: UUID) -> list[Day]:
    """Return how often each signal came on each day."""
    return await db.many(
        Day,
        """
        SELECT d.day, t.name AS tag, d.count
          FROM event_days AS d
          LEFT JOIN tags AS t ON t.account_id = d.account_id AND t.id = d.tag_id
         WHERE d.account_id = %(account_id)s AND d.contact_id = %(contact_id)s
         ORDER BY d.day, t.name
        """,
        {"account_id": account_id, "contact_id": contact_id},
    )


async def ledger(db: Read, account_id: int, addresses: Sequence[str]) -> list[LedgerLine]:
    """Return all that the opt-out ledger says of these addresses, in the order it was said."""
    return await db.many(
        LedgerLine,
        """
        SELECT at, address, channel, kind, reason, source, actor, evidence
          FROM optouts
         WHERE account_id = %(account_id)s AND address = ANY(%(addresses)s::text[])
         ORDER BY at, id
        """,
        {"account_id": account_id, "addresses": list(addresses)},
    )


async def lists(db: Read, account_id: int, contact_id: UUID) -> list[Membership]:
    """Return the lists on which the contact is, by name."""
    return await db.many(
        Membership,
        """
        SELECT l.id, l.name, m.joined_at, m.joined_by
          FROM list_members AS m
          JOIN lists AS l ON l.account_id = m.account_id AND l.id = m.list_id
         WHERE m.account_id = %(account_id)s AND m.contact_id = %(contact_id)s
         ORDER BY l.name_key
        """,
        {"account_id": account_id, "contact_id": contact_id},
    )


async def bulk_changes(db: Read, account_id: int, contact_id: UUID) -> list[BulkChange]:
    """Return which actions on many contacts changed this one."""
    return await db.many(
        BulkChange,
        """
        SELECT j.id AS job_id, j.action, j.argument, c.at
          FROM bulk_jobs AS j
          JOIN bulk_changes AS c ON c.account_id = j.account_id AND c.job_id = j.id
         WHERE j.account_id = %(account_id)s AND c.contact_id = %(contact_id)s
         ORDER BY c.at
        """,
        {"account_id": account_id, "contact_id": contact_id},
    )


async def imported_rows(db: Read, account_id: int, contact_id: UUID) -> list[ImportedRow]:
    """Return which rows of files changed the contact."""
    return await db.many(
        ImportedRow,
        """
        SELECT b.batch_id AS import_id, i.name AS file, b.row_no AS row, b.at, b.before
          FROM contact_befores AS b
          LEFT JOIN imports AS i ON i.account_id = b.account_id AND i.id = b.batch_id
         WHERE b.account_id = %(account_id)s AND b.contact_id = %(contact_id)s
         ORDER BY b.at
        """,
        {"account_id": account_id, "contact_id": contact_id},
    )
