"""The statements of the batch verb on events, daily counts and message ids."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from signalbook.kit.columns import column
from signalbook.kit.together import Bound, Statement

_CLAIM_MESSAGES = Statement(
    """
    INSERT INTO event_messages (account_id, message_id, at)
    SELECT %(account_id)s::integer, message_id, %(at)s::timestamptz
      FROM unnest(%(message_ids)a) AS message_id
     ORDER BY message_id
        ON CONFLICT ON CONSTRAINT event_messages_pkey DO NOTHING
    RETURNING message_id
    """
)


def claim_messages(account_id: int, message_ids: Iterable[str], at: datetime) -> Bound:
    """Claim message ids; return those that were never seen before."""
    return Bound(
        _CLAIM_MESSAGES, {"account_id": account_id, "message_ids": column(message_ids), "at": at}
    )


_INSERT = Statement(
    """
    INSERT INTO events (account_id, contact_id, at, id, kind, tag_id, source, actor, payload)
    SELECT %(account_id)s::integer, n.contact_id::uuid, n.at::timestamptz, n.id::uuid, n.kind,
           n.tag_id::integer, n.source, n.actor, n.payload::jsonb
      FROM unnest(%(contact_id)a,
                  %(at)a,
                  %(id)a,
                  %(kind)a,
                  %(tag_id)a,
                  %(source)a,
                  %(actor)a,
                  %(payload)a)
        AS n(contact_id, at, id, kind, tag_id, source, actor, payload)
    """
)


def insert(columns: Mapping[str, object]) -> Bound:
    """Append events; one delimited text per column (`kit/columns.py`)."""
    return Bound(_INSERT, columns)


_ADD_DAYS = Statement(
    """
    INSERT INTO event_days (account_id, contact_id, tag_id, day, count)
    SELECT %(account_id)s::integer, n.contact_id::uuid, n.tag_id::integer, n.day::date,
           n.count::integer
      FROM unnest(%(contact_id)a,
                  %(tag_id)a,
                  %(day)a,
                  %(count)a)
        AS n(contact_id, tag_id, day, count)
        ON CONFLICT ON CONSTRAINT event_days_pkey
        DO UPDATE SET count = event_days.count + excluded.count
    """
)


def add_days(columns: Mapping[str, object]) -> Bound:
    """Add to the daily counts of signals; no key twice in one call."""
    return Bound(_ADD_DAYS, columns)


_MOVE_EVENTS = Statement(
    """
    UPDATE events
       SET contact_id = %(kept)s
     WHERE account_id = %(account_id)s AND contact_id = %(gone)s
    """
)
_MOVE_DAYS = Statement(
    """
    INSERT INTO event_days (account_id, contact_id, tag_id, day, count)
    SELECT account_id, %(kept)s::uuid, tag_id, day, count
      FROM event_days
     WHERE account_id = %(account_id)s AND contact_id = %(gone)s
        ON CONFLICT ON CONSTRAINT event_days_pkey
        DO UPDATE SET count = event_days.count + excluded.count
    """
)


def move(account_id: int, gone: UUID, kept: UUID) -> list[Bound]:
    """Give the timeline and the daily counts of one contact to another."""
    values = {"account_id": account_id, "gone": gone, "kept": kept}
    return [Bound(_MOVE_EVENTS, values), Bound(_MOVE_DAYS, values)]
