"""The statements by which many join and leave, and those that follow a batch of contacts.

They are prepared and planned once for any account, as the batch verb's (`contacts/batch_queries`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, LiteralString
from uuid import UUID

from signalbook.contacts.count_queries import Was
from signalbook.contacts.following import Follower
from signalbook.kit.columns import column
from signalbook.kit.together import Bound, Statement
from signalbook.lists import count_queries

_HOLD = Statement(
    """
    SELECT contact_id
      FROM contact_signals
     WHERE account_id = %(account_id)s
       AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
     ORDER BY contact_id
       FOR SHARE
    """
)


def hold(account_id: int, ids: Iterable[UUID]) -> Bound:
    """Keep contacts from being deleted or merged until the transaction ends."""
    return Bound(_HOLD, {"account_id": account_id, "ids": column(map(str, ids))})


# Those who came or went, as rows of `changed`, are counted as what they are.
_COUNTED: Final[LiteralString] = """
           counted AS (
           INSERT INTO list_counts (account_id, list_id, what, contacts)
           SELECT %(account_id)s::integer, m.list_id, v.what, %(sign)s::integer * count(*)
             FROM changed AS m
             JOIN lists AS l
               ON l.account_id = %(account_id)s AND l.id = m.list_id
             JOIN contacts AS c
               ON c.account_id = %(account_id)s AND c.id = m.contact_id
            CROSS JOIN LATERAL (
                  VALUES ('r:' || c.reach), ('c:' || c.country), ('s:' || c.source)) AS v(what)
            GROUP BY m.list_id, v.what
            ORDER BY m.list_id, v.what
               ON CONFLICT ON CONSTRAINT list_counts_pkey
               DO UPDATE SET contacts = list_counts.contacts + excluded.contacts)
    """
_SAY_HOW_MANY: Final[LiteralString] = "SELECT count(*) FROM changed"
_COUNT_GONE: Final[LiteralString] = """
           RETURNING list_id, contact_id),
           dated AS (
           INSERT INTO list_days (account_id, list_id, day, gone)
           SELECT %(account_id)s::integer, list_id, %(day)s::date, count(*)
             FROM changed
            GROUP BY list_id
            ORDER BY list_id
               ON CONFLICT ON CONSTRAINT list_days_pkey
               DO UPDATE SET gone = list_days.gone + excluded.gone),
    """
_TAKEN_OFF: Final[LiteralString] = (
    """
      WITH changed AS (
           DELETE FROM list_members
            WHERE account_id = %(account_id)s
              AND list_id = %(list_id)s
              AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
    """
    + _COUNT_GONE
)
_COUNT_CAME: Final[LiteralString] = """
               ON CONFLICT ON CONSTRAINT list_members_pkey DO NOTHING
           RETURNING list_id, contact_id),
           dated AS (
           INSERT INTO list_days (account_id, list_id, day, joined)
           SELECT %(account_id)s::integer, list_id, %(day)s::date, count(*)
             FROM changed
            GROUP BY list_id
               ON CONFLICT ON CONSTRAINT list_days_pkey
               DO UPDATE SET joined = list_days.joined + excluded.joined),
    """
_JOIN = Statement(
    """
      WITH changed AS (
           INSERT INTO list_members (account_id, list_id, contact_id, joined_at, joined_by)
           SELECT s.account_id, %(list_id)s::uuid, s.contact_id, %(at)s::timestamptz,
                  %(actor)s::text
             FROM contact_signals AS s
            WHERE s.account_id = %(account_id)s
              AND s.contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
            ORDER BY s.contact_id
    """
    + _COUNT_CAME
    + _COUNTED
    + _SAY_HOW_MANY
)


def join(account_id: int, list_id: UUID, ids: Iterable[UUID], at: datetime, actor: str) -> Bound:
    """Put contacts that exist on a list; its row is how many were not on it before."""
    return Bound(
        _JOIN,
        {
            "account_id": account_id,
            "list_id": list_id,
            "ids": column(map(str, ids)),
            "at": at,
            "day": at.date().isoformat(),
            "sign": 1,
            "actor": actor,
        },
    )


_LEAVE = Statement(_TAKEN_OFF + _COUNTED + _SAY_HOW_MANY)


def leave(account_id: int, list_id: UUID, ids: Iterable[UUID], at: datetime) -> Bound:
    """Take contacts, which are held, from a list; its row is how many were on it."""
    return Bound(
        _LEAVE,
        {
            "account_id": account_id,
            "list_id": list_id,
            "ids": column(map(str, ids)),
            "day": at.date().isoformat(),
            "sign": -1,
        },
    )


_MOVE = Statement(
    """
      WITH changed AS (
           UPDATE list_members AS m
              SET contact_id = %(kept)s
            WHERE m.account_id = %(account_id)s
              AND m.contact_id = %(gone)s
              AND NOT EXISTS (SELECT 1
                                FROM list_members AS own
                               WHERE own.account_id = %(account_id)s
                                 AND own.list_id = m.list_id
                                 AND own.contact_id = %(kept)s)
           RETURNING m.list_id, m.contact_id),
    """
    + _COUNTED
    + _SAY_HOW_MANY
)


def _joined(account_id: int, gone: UUID, kept: UUID) -> list[Bound]:
    """Put the contact that stays on the lists of the one that goes, which was counted out."""
    values = {"account_id": account_id, "gone": gone, "kept": kept, "sign": 1}
    return [Bound(_MOVE, values)]


def _moved(account_id: int, day: date, befores: Sequence[Was]) -> list[Bound]:
    return [count_queries.move(account_id, day, befores)]


_PER_LIST: Final[LiteralString] = """
           per_list AS (
           SELECT list_id, count(*) AS members FROM changed GROUP BY list_id),
           held AS (
           SELECT l.id, per_list.members
             FROM lists AS l
             JOIN per_list ON per_list.list_id = l.id
            WHERE l.account_id = %(account_id)s
            ORDER BY l.id
              FOR NO KEY UPDATE OF l)
    UPDATE lists AS l
       SET members = l.members - held.members
      FROM held
     WHERE l.account_id = %(account_id)s AND l.id = held.id
    """
_PLACED: Final[LiteralString] = """,
           per_list AS (
           SELECT list_id, count(*) AS members FROM changed GROUP BY list_id)
    UPDATE lists AS l
       SET members = l.members + %(sign)s::integer * per_list.members
      FROM per_list
     WHERE l.account_id = %(account_id)s AND l.id = per_list.list_id
    """
_CAME = Statement(
    """
      WITH changed AS (
           INSERT INTO list_members (account_id, list_id, contact_id, joined_at, joined_by)
           SELECT %(account_id)s::integer, %(list_id)s::uuid, n.id::uuid, %(at)s::timestamptz, n.by
             FROM unnest(%(ids)a, %(by)a) AS n(id, by)
            ORDER BY n.id
    """
    + _COUNT_CAME
    + _COUNTED
    + _PLACED
)
_WENT = Statement(_TAKEN_OFF + _COUNTED + _PLACED)


def _came(account_id: int, list_id: UUID, members: Mapping[str, str], at: datetime) -> list[Bound]:
    """Put contacts, locked or new, on a list and count them."""
    values = {"account_id": account_id, "list_id": list_id, "at": at, "sign": 1}
    values |= {"day": at.date().isoformat(), "ids": column(members), "by": column(members.values())}
    return [Bound(_CAME, values)]


def _went(account_id: int, list_id: UUID, ids: Iterable[str], at: datetime) -> list[Bound]:
    """Take locked contacts off a list and count them out."""
    values = {"account_id": account_id, "list_id": list_id, "sign": -1}
    return [Bound(_WENT, values | {"day": at.date().isoformat(), "ids": column(ids)})]


_READ = Statement(
    """
    SELECT id, is_active, NULL::uuid
      FROM lists
     WHERE account_id = %(account_id)s AND id = ANY((SELECT %(lists)a::uuid[])::uuid[])
     UNION ALL
    SELECT m.list_id, l.is_active, m.contact_id
      FROM list_members AS m
      JOIN lists AS l
        ON l.account_id = m.account_id AND l.id = m.list_id
     WHERE m.account_id = %(account_id)s
       AND m.contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
       AND (NOT l.is_active OR m.list_id = ANY((SELECT %(lists)a::uuid[])::uuid[]))
    """
)


def _read(account_id: int, ids: Iterable[UUID], lists: Iterable[UUID]) -> Bound:
    """Return (list, whether it is active, a member or None), as `Follower.read` says."""
    values = {"ids": column(map(str, ids)), "lists": column(map(str, lists))}
    return Bound(_READ, {"account_id": account_id, **values})


_GONE = Statement(
    """
      WITH changed AS (
           DELETE FROM list_members
            WHERE account_id = %(account_id)s
              AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
           RETURNING list_id),
    """
    + _PER_LIST
)
_HOLD_JOINED_BY = Statement(
    """
    SELECT s.contact_id
      FROM contact_signals AS s
     WHERE s.account_id = %(account_id)s
       AND s.contact_id IN (SELECT contact_id
                              FROM list_members
                             WHERE account_id = %(account_id)s AND joined_by = %(actor)s)
     ORDER BY s.contact_id
       FOR SHARE
    """
)
_LEAVE_JOINED_BY = Statement(
    """
      WITH changed AS (
           DELETE FROM list_members
            WHERE account_id = %(account_id)s AND joined_by = %(actor)s
    """
    + _COUNT_GONE
    + _COUNTED
    + ","
    + _PER_LIST
)


def leave_joined_by(account_id: int, actor: str, at: datetime) -> list[Bound]:
    """Take everybody off the lists they joined through one actor, and count them out."""
    values = {
        "account_id": account_id,
        "actor": actor,
        "day": at.date().isoformat(),
        "sign": -1,
    }
    return [Bound(_HOLD_JOINED_BY, values), Bound(_LEAVE_JOINED_BY, values)]


def _gone(account_id: int, ids: Sequence[UUID]) -> list[Bound]:
    """Take contacts that are no more from every list, and count them out, list by list in order."""
    return [Bound(_GONE, {"account_id": account_id, "ids": column(map(str, ids))})]


FOLLOWER = Follower(moved=_moved, joined=_joined, gone=_gone, read=_read, came=_came, went=_went)
