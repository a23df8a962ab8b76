"""What a batch writes of lists, and of whom SES has to hear; no I/O."""

from collections.abc import Iterator, Mapping, Sequence

from signalbook.contacts import following, listing_queries
from signalbook.contacts.folding import Fold
from signalbook.contacts.state import State
from signalbook.kit.together import Bound


def placed(
    account_id: int, fold: Fold, live: Sequence[State], touched: Mapping[str, str | None]
) -> Iterator[Bound]:
    """Write what lists hold of contacts, who is on which list, and what SES has to hear of."""
    listing = fold.listing
    staying = {state.hex for state in live if not state.deleted}
    written = {key: one for key, one in listing.written.items() if key[0] in staying}
    if written:
        yield listing_queries.upsert(account_id, written)
    if listing.dropped:
        yield listing_queries.drop(account_id, listing.dropped)
    for kept, gone in fold.joined:
        yield listing_queries.join(account_id, gone.contact.id, kept.contact.id)
    lost = [state.contact.id for state in live if state.deleted]
    if lost:
        yield listing_queries.forget(account_id, lost)
    joined = {
        list_id: {contact: by for contact, by in members.items() if contact in staying}
        for list_id, members in listing.joined.items()
    }
    yield from following.placed(account_id, joined, listing.left, fold.now)
    if touched:
        yield listing_queries.post(account_id, sorted(touched.items()), fold.now)


def touched(live: Sequence[State]) -> dict[str, str | None]:
    """List the e-mail addresses of contacts that changed, given up or had, and whose they are."""
    found: dict[str, str | None] = {}
    for state in live:
        was, now = state.identifiers_before[0], state.identifiers()[0]
        if was is not None and (state.deleted or was != now):
            found.setdefault(was, None)
        if (
            now is not None
            and not state.deleted
            and (state.record_changed or state.signals_changed)
        ):
            found[now] = state.hex
    return found
