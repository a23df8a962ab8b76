"""`GET /rest/contacts`: which contacts, in which order, and what of them is shown."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from signalbook.contacts import queries as contacts
from signalbook.contacts import reading
from signalbook.contacts.filters import ContactFilter, Predicate
from signalbook.contacts.model import Contact
from signalbook.contacts.paging import Listing as Order
from signalbook.contacts.paging import Sort
from signalbook.doors.digitaleo import filters, listing, numbers, queries, translation
from signalbook.doors.digitaleo.errors import ValuesInvalid
from signalbook.doors.digitaleo.listing import Listing, Sorting
from signalbook.doors.digitaleo.model import Row
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import Problem

_SORTS: Final = {
    "id": Sort.CREATED_AT,
    "dateCreated": Sort.CREATED_AT,
    "dateUpdated": Sort.UPDATED_AT,
    "email": Sort.EMAIL,
}
"""The orders that an index has."""
_FIRST: Final = (Sorting("id", descending=False),)
_STRONGEST: Final = ("spam", "hardbounced", "contact", "user")


async def page(db: Database, account_id: int, asked: Listing) -> Row:
    """Return the envelope of a page of contacts; raises ValuesInvalid."""
    await numbers.catch_up(db, account_id)
    async with db.read() as read:
        predicate = await _predicate(read, account_id, asked)
        total = None
        if asked.counts:
            total = await reading.total(read, account_id, ContactFilter(), predicate)
        found = await _found(read, account_id, predicate, asked)
        rows = await records(db, read, account_id, found, asked.properties)
    return listing.enveloped(asked, rows, total)


async def records(
    db: Database, read: Read, account_id: int, found: Sequence[Contact], properties: Sequence[str]
) -> list[Row]:
    """Show contacts in their order, looking up only what is asked for."""
    ids = [contact.id for contact in found]
    lists: dict[UUID, list[UUID]] = defaultdict(list)
    if "listIds" in properties and ids:
        for contact_id, list_id in await queries.memberships(read, account_id, ids):
            lists[contact_id].append(list_id)
    voicemail: dict[UUID, str | None] = {}
    if "voicemailOptout" in properties and ids:
        voicemail = await voicemail_optouts(read, account_id, found)
    named = {*ids, *(list_id for one in lists.values() for list_id in one)}
    given = await numbers.shown(db, read, account_id, named)
    return [
        translation.record_of(
            contact,
            given[contact.id],
            [given[list_id] for list_id in lists[contact.id]],
            voicemail.get(contact.id),
            properties,
        )
        for contact in found
    ]


async def voicemail_optouts(
    read: Read, account_id: int, found: Sequence[Contact]
) -> dict[UUID, str | None]:
    """Return the strongest reason for which each contact takes no voicemail."""
    known = {
        contact.id: {number for number in (contact.mobile, contact.fields.get("phone")) if number}
        for contact in found
    }
    addresses = sorted({str(one) for several in known.values() for one in several})
    reasons: dict[str, set[str]] = defaultdict(set)
    if addresses:
        for address, reason in await queries.blocked(read, account_id, "voicemail", addresses):
            reasons[address].add(reason)
    held = {id: {r for one in several for r in reasons[str(one)]} for id, several in known.items()}
    return {id: next((one for one in _STRONGEST if one in held[id]), None) for id in held}


async def _predicate(read: Read, account_id: int, asked: Listing) -> Predicate:
    predicate = await contacts.predicate_of(read, account_id, ContactFilter())
    known = await numbers.meant(read, account_id, filters.numbers_of(asked.filters))
    for node in asked.filters:
        filters.demand(predicate, account_id, node, known)
    return predicate


async def _found(
    read: Read, account_id: int, predicate: Predicate, asked: Listing
) -> list[Contact]:
    if not asked.limit:
        return []
    sorts = asked.sorts or _FIRST
    sort = _SORTS.get(sorts[0].name)
    if sort is not None and (len(sorts) == 1 or sorts[0].name != "dateUpdated"):
        order = Order(sort, sorts[0].descending, asked.limit)
        if asked.offset:
            place = await contacts.place_of_rank(read, account_id, predicate, order, asked.offset)
            if place is None:
                return []
            order = order._replace(after=place)
        return await contacts.page(read, account_id, predicate, order)
    refuse_unsortable(sorts)
    ids = await queries.sorted_ids(read, account_id, predicate, sorts, asked.offset, asked.limit)
    place_of = {id: place for place, id in enumerate(ids)}
    found = await queries.contacts(read, account_id, ids)
    return sorted(found, key=lambda contact: place_of[contact.id])


def refuse_unsortable(sorts: Sequence[Sorting]) -> None:
    """Raise ValuesInvalid for what has no order of its own."""
    for one in sorts:
        if one.name in {"listIds", "voicemailOptout"}:
            told = f"Contacts cannot be ordered by {one.name}"
            raise ValuesInvalid(problems=[Problem("sort", told, "sort_invalid")])
