"""The statements by which many join and leave, and those that follow a batch of contacts.

They are prepared and planned once for any account, as the batch verb's (`contacts/batch_queries`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from signalbook.contacts.following import Follower
from signalbook.kit.columns import column
from signalbook.kit.together import Bound, Statement

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


_JOIN = Statement(
    """
    INSERT INTO list_members (account_id, list_id, contact_id, joined_at, joined_by)
    SELECT s.account_id, %(list_id)s::uuid, s.contact_id, %(at)s::timestamptz, %(actor)s::text
      FROM contact_signals AS s
     WHERE s.account_id = %(account_id)s
       AND s.contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
     ORDER BY s.contact_id
        ON CONFLICT ON CONSTRAINT list_members_pkey DO NOTHING
    """
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
            "actor": actor,
        },
    )


_LEAVE = Statement(
    """
    DELETE FROM list_members
     WHERE account_id = %(account_id)s
       AND list_id = %(list_id)s
       AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
    """
)


def leave(account_id: int, list_id: UUID, ids: Iterable[UUID]) -> Bound:
    """Take contacts from a list; its row is how many were on it."""
    values = {"account_id": account_id, "list_id": list_id, "ids": column(map(str, ids))}
    return Bound(_LEAVE, values)


_MOVE = Statement(
    """
    UPDATE list_members AS m
       SET contact_id = %(kept)s
     WHERE m.account_id = %(account_id)s
       AND m.contact_id = %(gone)s
       AND NOT EXISTS (SELECT 1
                         FROM list_members AS own
                        WHERE own.account_id = %(account_id)s
                          AND own.list_id = m.list_id
                          AND own.contact_id = %(kept)s)
    """
)


def _moved(account_id: int, gone: UUID, kept: UUID) -> list[Bound]:
    """Put the contact that stays on the lists of the one that goes, which changes no count."""
    return [Bound(_MOVE, {"account_id": account_id, "gone": gone, "kept": kept})]


_COUNT_OUT: Final[LiteralString] = """
           RETURNING list_id),
           counted AS (
           SELECT gone.list_id, count(*) AS members FROM gone GROUP BY gone.list_id),
           held AS (
           SELECT l.id, counted.members
             FROM lists AS l
             JOIN counted ON counted.list_id = l.id
            WHERE l.account_id = %(account_id)s
            ORDER BY l.id
              FOR NO KEY UPDATE OF l)
    UPDATE lists AS l
       SET members = l.members - held.members
      FROM held
     WHERE l.account_id = %(account_id)s AND l.id = held.id
    """
_GONE = Statement(
    """
      WITH gone AS (
           DELETE FROM list_members
            WHERE account_id = %(account_id)s
              AND contact_id = ANY((SELECT %(ids)a::uuid[])::uuid[])
    """
    + _COUNT_OUT
)
_LEAVE_JOINED_BY = Statement(
    """
      WITH gone AS (
           DELETE FROM list_members
            WHERE account_id = %(account_id)s AND joined_by = %(actor)s
    """
    + _COUNT_OUT
)


def leave_joined_by(account_id: int, actor: str) -> Bound:
    """Take everybody off the lists they joined through one actor, and count them out."""
    return Bound(_LEAVE_JOINED_BY, {"account_id": account_id, "actor": actor})


def _gone(account_id: int, ids: Sequence[UUID]) -> list[Bound]:
    """Take contacts that are no more from every list, and count them out, list by list in order."""
    return [Bound(_GONE, {"account_id": account_id, "ids": column(map(str, ids))})]


FOLLOWER = Follower(joined=_moved, gone=_gone)
