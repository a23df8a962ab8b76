"""The statements by which the batch verb learns what the names of fields mean."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from signalbook.kit.columns import column
from signalbook.kit.spelling import plain
from signalbook.kit.together import Bound, Statement

_NAMED = Statement(
    """
    SELECT name, type, type_is_set, moving_to, takes_from
      FROM fields
     WHERE account_id = %(account_id)s AND name = ANY((SELECT %(names)a)::text[])
    """
)


def named(account_id: int, names: Iterable[str]) -> Bound:
    """Return (name, type, type_is_set, moving_to, takes_from) of fields."""
    return Bound(_NAMED, {"account_id": account_id, "names": column(names)})


_MEANT = Statement(
    """
    SELECT a.key, f.name, f.type, f.type_is_set, f.moving_to, f.takes_from
      FROM field_aliases AS a
      JOIN fields AS f
        ON f.account_id = a.account_id AND f.name = a.name
     WHERE a.account_id = %(account_id)s AND a.key = ANY((SELECT %(keys)a)::text[])
     UNION ALL
    SELECT NULL, f.name, f.type, f.type_is_set, f.moving_to, f.takes_from
      FROM fields AS f
     WHERE f.account_id = %(account_id)s AND f.name = ANY((SELECT %(names)a)::text[])
    """
)


def meant(account_id: int, aliases: Iterable[str], names: Iterable[str]) -> Bound:
    """Return (key, *as `named`) of the fields that aliases mean, and, with no key, of others."""
    keys = {plain(alias) for alias in aliases}
    return Bound(
        _MEANT,
        {"account_id": account_id, "keys": column(sorted(keys)), "names": column(names)},
    )


_KEEP = Statement(
    """
    INSERT INTO field_fresh (account_id, name, contact_id)
    SELECT %(account_id)s::integer, n.name, n.id
      FROM unnest(%(names)a, %(ids)a::uuid[]) AS n(name, id)
     ORDER BY n.name, n.id
        ON CONFLICT ON CONSTRAINT field_fresh_pkey DO NOTHING
    """
)


def keep(account_id: int, given: Sequence[tuple[str, UUID]]) -> Bound:
    """Note who was given a value in a field (name, contact) whose older values are taken away."""
    return Bound(
        _KEEP,
        {
            "account_id": account_id,
            "names": column(name for name, _ in given),
            "ids": column(id.hex for _, id in given),
        },
    )
