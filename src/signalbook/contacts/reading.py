"""What the faces ask of contacts: find one by any name, a page with tag names, a total."""

from collections.abc import Iterable
from uuid import UUID

from signalbook.contacts import queries
from signalbook.contacts.errors import ContactNotFound
from signalbook.contacts.filters import ContactFilter, Predicate
from signalbook.contacts.identifiers import MAX_EXTERNAL_ID
from signalbook.contacts.model import Contact
from signalbook.kit.db import Read
from signalbook.tags import queries as tags

_UUID_LENGTH = 36


async def find(db: Read, account_id: int, ref: str) -> Contact:
    """Return the contact with this id or, failing that, external_id; raises ContactNotFound."""
    id = as_id(ref)  # the domain's word
    contact = await queries.get(db, account_id, id) if id else None
    if contact is None and may_be_external_id(ref):
        contact = await queries.get_by_external_id(db, account_id, ref)
    if contact is None:
        raise ContactNotFound
    return contact


def may_be_external_id(ref: str) -> bool:
    """Tell whether a contact can be called so at all."""
    return 0 < len(ref) <= MAX_EXTERNAL_ID and "\x00" not in ref


def as_id(ref: str) -> UUID | None:
    """Read a contact's id, in its customary form only."""
    try:
        found = UUID(ref) if len(ref) == _UUID_LENGTH else None
    except ValueError:
        return None
    return found


async def tag_names(db: Read, account_id: int, contacts: Iterable[Contact]) -> dict[int, str]:
    """Return the names of all tags that these contacts carry."""
    ids = sorted({tag for contact in contacts for tag in contact.tags})
    if not ids:
        return {}
    return {row[0]: row[1] for row in await tags.names(db, account_id, ids)}


async def total(
    db: Read, account_id: int, wanted: ContactFilter, predicate: Predicate, cap: int | None = None
) -> int:
    """Count what a filter means, from maintained numbers wherever they say it."""
    if not predicate:
        return await queries.counted(db, account_id)
    if wanted == ContactFilter(is_active=True) or wanted == ContactFilter(status="active"):
        return await queries.counted(db, account_id, "A")
    if wanted in {ContactFilter(is_unsubscribed=True), ContactFilter(status="unsubscribed")}:
        return await queries.counted(db, account_id, "U")
    one_tag = ContactFilter(tags=wanted.tags)
    if len(wanted.tags) == 1 and wanted == one_tag and predicate.at_most is not None:
        return predicate.at_most
    return await queries.count(db, account_id, predicate, cap)
