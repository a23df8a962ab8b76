"""Bringing contacts in line with the ledger, where a change was not to themselves.

An e-mail, a mobile and an own id are one contact's alone, but several may share a landline, and
all of a domain is blocked at once.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from signalbook.contacts import batch_queries, reach
from signalbook.contacts import restricting_queries as queries
from signalbook.contacts.batch_queries import Named, contact_of
from signalbook.contacts.folding import Fold
from signalbook.contacts.model import ContactChange, Source
from signalbook.contacts.state import State
from signalbook.events.model import Kind
from signalbook.kit.db import Tx
from signalbook.ledger import batch_queries as ledger
from signalbook.ledger.model import LANDLINE_CHANNELS
from signalbook.ledger.model import State as Restriction


async def sharing(tx: Tx, account_id: int, fold: Fold) -> None:
    """Bring those in line who share a landline on which a fold has restricted or lifted.

    One's mobile may be another's landline. Who is being given it by a batch that has not ended is
    not seen: to wait for that here, with contacts held, let batches that meet stop each other.
    """
    written = {one.address: one for one in fold.ledger.entries if one.channel in LANDLINE_CHANNELS}
    if not written:
        return
    known = {state.contact.id for state in fold.states}
    owners = await queries.owners(tx, account_id, sorted(written))
    await load(tx, account_id, fold, {row[1] for row in owners} - known)
    for state in fold.states:
        landline = reach.landline_of(state.contact.fields)
        why = written.get(landline or "") or written.get(state.contact.mobile or "")
        if why is not None and not state.deleted:
            settle(fold, state, Source(why.source, why.actor), why.at, {"reason": why.reason})


async def load(tx: Tx, account_id: int, fold: Fold, ids: set[UUID]) -> None:
    """Lock contacts and take them into a fold, with all that is in force on their addresses."""
    if not ids:
        return
    named = Named()
    named.ids = ids
    params = named.params(account_id)
    _, rows = await tx.together(batch_queries.lock(params), batch_queries.read(params))
    contacts = [contact_of(row) for row in rows]
    asked = {address for one in contacts for address in reach.addresses(one)}
    (restricted,) = await tx.together(
        ledger.restrictions(account_id, sorted(asked - fold.ledger.asked))
    )
    fold.load((one, row[-1]) for one, row in zip(contacts, rows, strict=True))
    fold.ledger.load(Restriction(*row) for row in restricted if row[1])


def settle(
    fold: Fold,
    state: State,
    source: Source,
    at: datetime,
    said: Mapping[str, object],
    kind: Kind | None = None,
) -> bool:
    """Write on a contact what holds of it, and that it happened; tell if the contact changed.

    Without `kind` it says itself what happened, and nothing did where the contact is in line.
    """
    contact = state.contact
    was = reach.written_of(contact)
    fold.ledger.derive(contact, at)
    now = reach.written_of(contact)
    if kind is None:
        if was == now:
            return False
        is_worse = sum(map(bool, now)) > sum(map(bool, was))
        kind = Kind.UNSUBSCRIBED if is_worse else Kind.RESUBSCRIBED
    state.record_changed |= was != now
    state.signals_changed = True
    contact.updated_at = max(contact.updated_at, at)
    fold.emit(state, kind, ContactChange(source=source), at, diff=dict(said) or None)
    return was != now
