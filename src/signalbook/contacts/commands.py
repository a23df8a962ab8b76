"""What the commands on contacts do, through the same verb as every other face."""

from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from signalbook.accounts import queries as accounts
from signalbook.accounts.errors import AccountUnknown
from signalbook.contacts import actions, erasing, queries, reading, wire
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.model import Contact, ContactChange, Mode, Source
from signalbook.contacts.paging import Listing
from signalbook.contacts.schemas import ContactOut
from signalbook.kit.db import Database, Read

_SOURCE = Source("cli", "cli")


class Asked(NamedTuple):
    """A contact as it was typed."""

    identifiers: dict[str, str]
    fields: dict[str, Any]
    tags: tuple[str, ...]


class Told(msgspec.Struct):
    """What became of a contact."""

    status: str
    contact: ContactOut


async def add(db: Database, account: str, asked: Asked) -> Told:
    """Add a contact or update it."""
    account_id = await _account(db, account)
    change = ContactChange(
        source=_SOURCE,
        email=asked.identifiers.get("email", UNSET),
        mobile=asked.identifiers.get("mobile", UNSET),
        external_id=asked.identifiers.get("external_id", UNSET),
        fields=asked.fields,
        tags_add=asked.tags,
    )
    [outcome] = await db.transact(lambda tx: actions.apply(tx, account_id, [change]))
    contact = wire.accepted(outcome)
    if contact is None:
        raise LookupError(outcome.status)
    async with db.read() as read:
        [shown] = await _shown(read, account_id, [contact])
    return Told(outcome.status.value, shown)


async def show(db: Database, account: str, ref: str) -> ContactOut:
    """Return one contact."""
    account_id = await _account(db, account)
    async with db.read() as read:
        contact = await named(read, account_id, ref)
        return (await _shown(read, account_id, [contact]))[0]


async def listed(db: Database, account: str, wanted: ContactFilter, limit: int) -> list[ContactOut]:
    """Return the newest contacts that match."""
    account_id = await _account(db, account)
    async with db.read() as read:
        predicate = await queries.predicate_of(read, account_id, wanted)
        found = await queries.page(read, account_id, predicate, Listing(size=limit))
        return await _shown(read, account_id, found)


async def delete(db: Database, account: str, ref: str) -> str:
    """Delete a contact and return its id."""
    account_id = await _account(db, account)
    async with db.read() as read:
        contact = await named(read, account_id, ref)
    change = ContactChange(source=_SOURCE, id=contact.id, delete=True, mode=Mode.UPDATE)
    [outcome] = await db.transact(lambda tx: actions.apply(tx, account_id, [change]))
    wire.accepted(outcome)
    return str(contact.id)


async def erase(db: Database, account: str, ref: str) -> str:
    """Erase a contact and its addresses, and return its id."""
    account_id = await _account(db, account)
    async with db.read() as read:
        contact = await named(read, account_id, ref)
    wire.accepted(await db.transact(lambda tx: erasing.erase(tx, account_id, contact.id, _SOURCE)))
    return str(contact.id)


async def named(read: Read, account_id: int, ref: str) -> Contact:
    """Find a contact by whatever a person knows of it; raises ContactNotFound."""
    wanted = ContactFilter(email=ref) if "@" in ref else ContactFilter(mobile=ref)
    predicate = await queries.predicate_of(read, account_id, wanted)
    found = await queries.page(read, account_id, predicate, Listing(size=1))
    return found[0] if found else await reading.find(read, account_id, ref)


async def _account(db: Database, name: str) -> int:
    async with db.read() as read:
        account = await accounts.find(read, name)
    if account is None:
        raise AccountUnknown(name=name)
    return account.id


async def _shown(read: Read, account_id: int, contacts: list[Contact]) -> list[ContactOut]:
    names = await reading.tag_names(read, account_id, contacts)
    return [wire.out(contact, names) for contact in contacts]
