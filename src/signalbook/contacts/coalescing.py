"""How a change that came in a file is folded: whom it means, what the timeline keeps; no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.contacts import errors
from signalbook.contacts.model import ContactChange, Mode
from signalbook.events.model import Kind

if TYPE_CHECKING:
    from signalbook.contacts.folding import Fold
    from signalbook.contacts.state import State


def careful(
    change: ContactChange,
    by_email: State | None,
    by_mobile: State | None,
    by_external: State | None,
) -> State | None:
    """Find the contact a careful change means, as the statement `staging.match` does.

    Raises ContactsConflict where its identifiers belong to several contacts, or to one that has
    another value in a stronger identifier; and what the mode of the change asks for.
    """
    meant = by_external or by_email or by_mobile
    if meant is None:
        if change.mode is Mode.UPDATE:
            raise errors.ContactNotFound
        return None
    for other in (by_email, by_mobile):
        if other is not None and other is not meant:
            found = sorted(str(one.contact.id) for one in (meant, other))
            raise errors.ContactsConflict(ids=" and ".join(found))
    has = meant.contact
    if by_external is None and (
        (change.external_id and has.external_id is not None)
        or (by_email is None and change.email and has.email is not None)
    ):
        raise errors.IdentifierOfAnother(id=has.id)
    if change.mode is Mode.CREATE:
        raise errors.EmailTaken(email=change.email or change.mobile or change.external_id)
    return meant


def as_one(fold: Fold, change: ContactChange, seen: int) -> None:
    """Make one event of all that a change has emitted since `seen`, and no signal of its tags."""
    several = fold.events[seen:]
    news: dict[str, Any] = dict(change.news or {})
    names = {fold.registry.tag_ids[name]: name for name in change.tags_add}
    tags: list[str] = []
    for event in several:
        if event.kind == Kind.CREATED:
            news["created"] = True
        elif event.kind == Kind.UPDATED:
            news["fields"] = event.diff
        elif event.kind == Kind.UNSUBSCRIBED:
            news["unsubscribed"] = True
        elif event.kind == Kind.TAGGED and event.tag_id is not None:
            tags.append(names[event.tag_id])
            key = (event.contact.hex, event.tag_id, event.at.date().isoformat())
            fold.days[key] -= 1
            if not fold.days[key]:
                del fold.days[key]
    if tags:
        news["tags"] = tags
    first = several[0]
    fold.events[seen:] = [first._replace(kind=Kind.IMPORTED, tag_id=None, diff=news)]
