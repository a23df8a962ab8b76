"""Contacts on a list, as one more demand on a filter of contacts."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from signalbook.contacts import queries
from signalbook.contacts.filters import ContactFilter, Predicate
from signalbook.kit.db import Read
from signalbook.lists.model import ContactList


async def members(db: Read, account_id: int, one: ContactList, wanted: ContactFilter) -> Predicate:
    """Make the predicate of those on a list whom a filter means; pages and counts take it."""
    on_it = replace(wanted, lists=(*wanted.lists, one.id))
    return await queries.predicate_of(db, account_id, on_it)


async def among(db: Read, account_id: int, ids: Sequence[UUID], wanted: ContactFilter) -> Predicate:
    """Make the predicate of those among these contacts whom a filter means."""
    predicate = await queries.predicate_of(db, account_id, wanted)
    predicate.add("{c}.id = ANY({ids}::uuid[])", ids=list(ids))
    predicate.narrow(len(ids))
    return predicate
