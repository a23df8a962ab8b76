"""The statements of the batch verb on the opt-out ledger and what it restricts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from signalbook.kit.columns import column
from signalbook.kit.together import Bound, Statement

_RESTRICTIONS = Statement(
    """
    SELECT address, channel, reason, since
      FROM optout_states
     WHERE account_id = %(account_id)s AND address = ANY((SELECT %(addresses)a)::text[])
     UNION ALL
    SELECT 'erased:', '', '', NULL::timestamptz
     WHERE EXISTS (
           SELECT
             FROM optout_states
            WHERE account_id = %(account_id)s AND address >= 'erased:' AND address < 'erased;')
    """
)


def restrictions(account_id: int, addresses: Iterable[str]) -> Bound:
    """Return (address, channel, reason, since) of the opt-outs in force on these addresses.

    One row more, of the address `erased:`, tells that the account has seals of erased people.
    """
    return Bound(_RESTRICTIONS, {"account_id": account_id, "addresses": column(addresses)})


_INSERT = Statement(
    """
    INSERT INTO optouts (account_id, address, channel, at, id, kind, reason, source, actor,
                         evidence)
    SELECT %(account_id)s::integer, n.address, n.channel, n.at, n.id, n.kind, n.reason, n.source,
           n.actor, n.evidence::jsonb
      FROM unnest(%(addresses)a, %(channels)a, %(ats)a::timestamptz[],
                  %(ids)a::uuid[], %(kinds)a, %(reasons)a,
                  %(sources)a, %(actors)a, %(evidences)a)
        AS n(address, channel, at, id, kind, reason, source, actor, evidence)
        ON CONFLICT ON CONSTRAINT optouts_pkey DO NOTHING
    """
)


def insert(columns: Mapping[str, object]) -> Bound:
    """Append entries to the ledger; `columns` holds parallel arrays."""
    return Bound(_INSERT, columns)


_RESTRICT = Statement(
    """
    INSERT INTO optout_states (account_id, address, channel, reason, since, source)
    SELECT %(account_id)s::integer, n.address, n.channel, n.reason, n.at, n.source
      FROM unnest(%(addresses)a, %(channels)a, %(reasons)a,
                  %(ats)a::timestamptz[], %(sources)a)
        AS n(address, channel, reason, at, source)
     ORDER BY n.address, n.channel, n.reason
        ON CONFLICT ON CONSTRAINT optout_states_pkey DO NOTHING
    """
)


def restrict(columns: Mapping[str, object]) -> Bound:
    """Put restrictions in force; one that holds already keeps its date and its source."""
    return Bound(_RESTRICT, columns)


_LIFT = Statement(
    """
    DELETE FROM optout_states AS s
     USING unnest(%(addresses)a, %(channels)a, %(reasons)a)
        AS n(address, channel, reason)
     WHERE s.account_id = %(account_id)s
       AND s.address = n.address AND s.channel = n.channel AND s.reason = n.reason
    """
)


def lift(columns: Mapping[str, object]) -> Bound:
    """Take restrictions out of force; the ledger keeps both entries."""
    return Bound(_LIFT, columns)


_FORGET = [
    Statement(
        """
        DELETE FROM optouts AS o
         WHERE o.account_id = %(account_id)s
           AND o.address = ANY((SELECT %(addresses)a)::text[])
           AND NOT EXISTS (
               SELECT
                 FROM contacts AS c
                WHERE c.account_id = %(account_id)s AND c.landline = o.address)
        """
    ),
    Statement(
        """
        DELETE FROM optout_states AS o
         WHERE o.account_id = %(account_id)s
           AND o.address = ANY((SELECT %(addresses)a)::text[])
           AND NOT EXISTS (
               SELECT
                 FROM contacts AS c
                WHERE c.account_id = %(account_id)s AND c.landline = o.address)
        """
    ),
]


def forget(account_id: int, addresses: Iterable[str]) -> list[Bound]:
    """Remove every line of these addresses, which is done for erased people and never else.

    A landline that somebody else has as well keeps its lines.
    """
    values = {"account_id": account_id, "addresses": column(addresses)}
    return [Bound(statement, values) for statement in _FORGET]


_CARRY = [
    Statement(
        """
        INSERT INTO optouts (account_id, address, channel, at, id, kind, reason, source, actor)
        SELECT account_id, address, %(new)s, %(at)s::timestamptz,
               overlay(md5(address || %(new)s || reason) PLACING %(stamp)s FROM 1)::uuid,
               'out', reason, 'carried over', NULL
          FROM optout_states
         WHERE account_id = %(account_id)s AND channel = %(old)s
        """
    ),
    Statement(
        """
        INSERT INTO optout_states (account_id, address, channel, reason, since, source)
        SELECT account_id, address, %(new)s, reason, since, 'carried over'
          FROM optout_states
         WHERE account_id = %(account_id)s AND channel = %(old)s
            ON CONFLICT ON CONSTRAINT optout_states_pkey DO NOTHING
        """
    ),
]


def carry(account_id: int, old: str, new: str, at: datetime, id: UUID) -> list[Bound]:
    """Let all that is in force on one channel hold on another as well; `id` is one made now."""
    stamp = id.hex[:12]
    values = {"account_id": account_id, "old": old, "new": new, "at": at, "stamp": stamp}
    return [Bound(statement, values) for statement in _CARRY]
