"""The statements of the batch verb on the registry of fields."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from signalbook.kit.columns import column
from signalbook.kit.together import Bound, Statement

_NAMED = Statement(
    """
    SELECT name, type, type_is_set
      FROM fields
     WHERE account_id = %(account_id)s AND name = ANY((SELECT %(names)a)::text[])
    """
)


def named(account_id: int, names: Iterable[str]) -> Bound:
    """Return (name, type, type_is_set) of fields."""
    return Bound(_NAMED, {"account_id": account_id, "names": column(names)})


_COUNT = Statement(
    """
    SELECT count(*) FROM fields WHERE account_id = %(account_id)s
    """
)


def count(account_id: int) -> Bound:
    """Count the fields the account has registered."""
    return Bound(_COUNT, {"account_id": account_id})


_INSERT = Statement(
    """
    INSERT INTO fields (account_id, name, label, type, is_standard, type_is_set,
                        created_at, last_used_at)
    SELECT %(account_id)s::integer, n.name, n.label, n.type, n.is_standard, n.type_is_set,
           %(at)s::timestamptz, %(at)s::timestamptz
      FROM unnest(%(names)a, %(labels)a, %(types)a,
                  %(standard)a::boolean[], %(set)a::boolean[])
        AS n(name, label, type, is_standard, type_is_set)
     ORDER BY n.name
        ON CONFLICT ON CONSTRAINT fields_pkey DO NOTHING
    """
)


def insert(columns: Mapping[str, object]) -> Bound:
    """Register fields that came up for the first time; `columns` holds parallel arrays."""
    return Bound(_INSERT, columns)


_WIDEN = Statement(
    """
    UPDATE fields
       SET type = 'text'
     WHERE account_id = %(account_id)s
       AND name = ANY((SELECT %(names)a)::text[])
       AND NOT type_is_set
    """
)


def widen(account_id: int, names: Iterable[str]) -> Bound:
    """Make fields whose inferred type was contradicted text."""
    return Bound(_WIDEN, {"account_id": account_id, "names": column(names)})


_ADD_COUNTS = Statement(
    """
    UPDATE fields AS f
       SET contacts = f.contacts + n.contacts,
           last_used_at = greatest(f.last_used_at, %(at)s::timestamptz)
      FROM unnest(%(names)a, %(contacts)a::bigint[]) AS n(name, contacts)
     WHERE f.account_id = %(account_id)s AND f.name = n.name
    """
)


def add_counts(account_id: int, counts: Sequence[tuple[str, int]], at: datetime) -> Bound:
    """Add to how many contacts have a value in each field; `names` and `contacts` are parallel."""
    return Bound(
        _ADD_COUNTS,
        {
            "account_id": account_id,
            "names": column(name for name, _ in counts),
            "contacts": column(str(count) for _, count in counts),
            "at": at,
        },
    )


_ADD_LENGTHS = Statement(
    """
    INSERT INTO field_lengths (account_id, name, length, contacts)
    SELECT %(account_id)s::integer, n.name, n.length, n.contacts
      FROM unnest(%(names)a, %(lengths)a::integer[], %(contacts)a::bigint[])
        AS n(name, length, contacts)
     ORDER BY n.name, n.length
        ON CONFLICT ON CONSTRAINT field_lengths_pkey
        DO UPDATE SET contacts = field_lengths.contacts + excluded.contacts
    """
)


def add_lengths(account_id: int, counts: Sequence[tuple[str, int, int]]) -> Bound:
    """Add to how many contacts have a value of a length in a field: (name, length, contacts)."""
    return Bound(
        _ADD_LENGTHS,
        {
            "account_id": account_id,
            "names": column(name for name, _, _ in counts),
            "lengths": column(str(length) for _, length, _ in counts),
            "contacts": column(str(count) for _, _, count in counts),
        },
    )
