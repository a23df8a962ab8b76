"""Entries become statements: the lines of the ledger, and what is in force after them."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from signalbook.kit import ids
from signalbook.kit.columns import column
from signalbook.kit.together import Bound
from signalbook.ledger import batch_queries as queries
from signalbook.ledger.model import Entry

_encode = msgspec.json.Encoder().encode


def entered(account_id: int, entries: Sequence[Entry], erased: Collection[str]) -> Iterator[Bound]:
    """List what writes entries down in the order they were made, and forgets erased addresses."""
    if erased:
        yield from queries.forget(account_id, sorted(erased))
    if not entries:
        return
    yield queries.insert(
        {
            **_columns(account_id, entries),
            "ids": column(ids.new_id().hex for _ in entries),
            "kinds": column(entry.kind for entry in entries),
            "actors": column(entry.actor for entry in entries),
            "evidences": column(
                _encode(entry.evidence).decode() if entry.evidence else None for entry in entries
            ),
        }
    )
    last = {(entry.address, entry.channel, entry.reason): entry for entry in entries}
    for kind, derive in (("out", queries.restrict), ("in", queries.lift)):
        picked = [entry for entry in last.values() if entry.kind == kind]
        if picked:
            yield derive(_columns(account_id, picked))


def _columns(account_id: int, entries: Sequence[Entry]) -> dict[str, object]:
    return {
        "account_id": account_id,
        "addresses": column(entry.address for entry in entries),
        "channels": column(entry.channel for entry in entries),
        "reasons": column(entry.reason for entry in entries),
        "ats": column(entry.at.isoformat() for entry in entries),
        "sources": column(entry.source for entry in entries),
    }
