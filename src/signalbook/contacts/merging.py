"""Making one contact of several, when a change asks for it; no I/O.

The oldest contact stays. Its own values win and the others fill its gaps, tags are united, the
timelines and daily counts become one. What the others had is written into the `merged` event, so
that nothing is lost even where both had an e-mail. An opt-out of the person follows to the
addresses of the contact that stays.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from signalbook.contacts import reach
from signalbook.contacts.model import Contact, ContactChange
from signalbook.contacts.state import State
from signalbook.events.model import Kind

if TYPE_CHECKING:
    from signalbook.contacts.folding import Fold


class Joined(NamedTuple):
    """Two stored contacts of which the first takes over the second's timeline."""

    kept: State
    gone: State


def merge(fold: "Fold", change: ContactChange, found: list[State]) -> State:
    """Fold the contacts of `found` into the oldest of them and return it."""
    kept, *others = sorted(found, key=_age)
    for gone in others:
        _take_over(fold, change, kept, gone)
    return kept


def _age(state: State) -> tuple[Any, str]:
    return state.contact.created_at, state.hex


def _take_over(fold: "Fold", change: ContactChange, kept: State, gone: State) -> None:
    at = change.at or fold.now
    mine, theirs = kept.contact, gone.contact
    before = [*reach.places(mine), *reach.places(theirs)]
    fold.forget(gone)
    gone.deleted = True
    told = _told(theirs)
    mine.email = mine.email or theirs.email
    mine.mobile = mine.mobile or theirs.mobile
    mine.external_id = mine.external_id or theirs.external_id
    mine.fields = theirs.fields | mine.fields
    mine.metadata = theirs.metadata | mine.metadata
    mine.tags = [*mine.tags, *(tag for tag in theirs.tags if tag not in mine.tags)]
    mine.is_active = mine.is_active or theirs.is_active
    mine.updated_at = max(mine.updated_at, theirs.updated_at)
    mine.list_active = mine.list_active and theirs.list_active
    kept.fields_json = kept.metadata_json = None
    kept.record_changed = kept.signals_changed = True
    fold.register(kept)
    fold.ledger.unite(mine, before, change, at)
    fold.ledger.derive(mine, at)
    fold.events = [
        event._replace(contact=kept) if event.contact is gone else event for event in fold.events
    ]
    for key in [key for key in fold.days if key[0] == gone.hex]:
        fold.days[kept.hex, key[1], key[2]] += fold.days.pop(key)
    if not gone.is_new:
        fold.joined.append(Joined(kept, gone))
    fold.emit(kept, Kind.MERGED, change, at, diff={"merged": [told]})


def _told(contact: Contact) -> dict[str, Any]:
    """Describe a contact that goes, for the timeline of the one that stays."""
    told: dict[str, Any] = msgspec.to_builtins(contact)
    return {name: value for name, value in told.items() if value not in (None, [], {})}
