"""The statements of the batch verb on the registry of tags."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from signalbook.kit.columns import column
from signalbook.kit.together import Bound, Statement

_INSERT = Statement(
    """
    INSERT INTO tags (account_id, name, first_seen_at, last_seen_at)
    SELECT %(account_id)s::integer, name, %(at)s::timestamptz, %(at)s::timestamptz
      FROM unnest(%(names)a) AS name
     ORDER BY name
        ON CONFLICT ON CONSTRAINT tags_account_name_key DO NOTHING
    RETURNING name, id
    """
)


def insert(account_id: int, names: Iterable[str], at: datetime) -> Bound:
    """Add tags nobody used before; return (name, id) of those added here."""
    return Bound(_INSERT, {"account_id": account_id, "names": column(names), "at": at})


_NAMED = Statement(
    """
    SELECT name, id
      FROM tags
     WHERE account_id = %(account_id)s AND name = ANY((SELECT %(names)a)::text[])
    """
)


def named(account_id: int, names: Iterable[str]) -> Bound:
    """Return (name, id) of tags."""
    return Bound(_NAMED, {"account_id": account_id, "names": column(names)})


_ADD_COUNTS = Statement(
    """
    UPDATE tags AS t
       SET contacts = t.contacts + n.contacts,
           signals = t.signals + n.signals,
           last_seen_at = CASE WHEN n.signals > 0
                               THEN greatest(t.last_seen_at, %(at)s::timestamptz)
                               ELSE t.last_seen_at END
      FROM unnest(%(ids)a::integer[], %(contacts)a::bigint[], %(signals)a::bigint[])
        AS n(id, contacts, signals)
     WHERE t.account_id = %(account_id)s AND t.id = n.id
    """
)


def add_counts(account_id: int, counts: Sequence[tuple[int, int, int]], at: datetime) -> Bound:
    """Add to how many contacts carry a tag and how many signals came; `ids` are sorted."""
    return Bound(
        _ADD_COUNTS,
        {
            "account_id": account_id,
            "ids": column(str(tag) for tag, _, _ in counts),
            "contacts": column(str(contacts) for _, contacts, _ in counts),
            "signals": column(str(signals) for _, _, signals in counts),
            "at": at,
        },
    )


_DELETE = Statement(
    """
    DELETE FROM tags
     WHERE account_id = %(account_id)s
       AND id = ANY((SELECT %(ids)a::integer[])::integer[])
    """
)


def delete(account_id: int, ids: Iterable[int]) -> Bound:
    """Remove tags from the registry."""
    return Bound(_DELETE, {"account_id": account_id, "ids": column(map(str, ids))})
