"""What the commands on lists do, through the same actions as every other face."""

from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec

from signalbook.accounts import queries as accounts
from signalbook.accounts.errors import AccountUnknown
from signalbook.contacts import queries as contacts
from signalbook.contacts import reading
from signalbook.contacts import wire as contacts_wire
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.paging import Listing
from signalbook.contacts.schemas import ContactOut
from signalbook.kit.db import Database, Read
from signalbook.lists import (
    actions,
    combining,
    filters,
    gathering,
    job_actions,
    job_queries,
    queries,
    wire,
)
from signalbook.lists.errors import ListNotFound
from signalbook.lists.model import Action, Combination, ContactList, Kind, ListJob, key_of
from signalbook.lists.naming import Named
from signalbook.lists.schemas import ListOut

_ACTOR = "cli"


class Shown(msgspec.Struct):
    """A list and the first contacts on it."""

    about: ListOut = msgspec.field(name="list")
    contacts: list[ContactOut]


class Changed(msgspec.Struct):
    """How many joined or left, on whom there was nothing to do, and who is nobody."""

    changed: int
    unchanged: int
    not_found: list[str]
    members: int


async def listed(db: Database, account: str, search: str, limit: int) -> list[ListOut]:
    """Return lists by name."""
    async with db.read() as read:
        account_id = await _account(read, account)
        found = await queries.page(read, account_id, limit, key_of(search))
    return [wire.out(one) for one in found]


async def create(
    db: Database, account: str, name: str, description: str, kind: Kind = "static"
) -> ListOut:
    """Make a list."""
    async with db.tx() as tx:
        account_id = await _account(tx, account)
        one = await actions.create(tx, account_id, name, description, kind=kind, actor=_ACTOR)
    return wire.out(one)


async def combine(
    db: Database,
    account: str,
    name: str,
    *,
    on_all: Iterable[str],
    on_any: Iterable[str],
    on_none: Iterable[str],
    told: Callable[[ListJob], None],
) -> ListOut:
    """Make a list of those on others, named by name or id, and stay until it is filled."""
    async with db.read() as read:
        account_id = await _account(read, account)
        parts = [
            tuple([(await existing(read, account_id, ref)).id for ref in refs])
            for refs in (on_all, on_any, on_none)
        ]
    of = Combination(all=parts[0], any=parts[1], none=parts[2])
    begun = await db.transact(
        lambda tx: combining.combine(tx, account_id, name, of=of, actor=_ACTOR)
    )
    await _finished(db, account_id, begun.job_id, told)
    async with db.read() as read:
        return wire.out(await existing(read, account_id, str(begun.one.id)))


async def switch(
    db: Database, account: str, ref: str, *, is_active: bool, told: Callable[[ListJob], None]
) -> ListOut:
    """Deactivate a list or activate it, and stay until its members say so."""
    async with db.read() as read:
        account_id = await _account(read, account)
        one = await existing(read, account_id, ref)
    switched, job_id = await db.transact(
        lambda tx: job_actions.switch(tx, account_id, one.id, is_active=is_active, actor=_ACTOR)
    )
    if job_id is not None:
        await _finished(db, account_id, job_id, told)
    return wire.out(switched)


async def show(db: Database, account: str, ref: str, limit: int) -> Shown:
    """Return a list, and the contacts on it that were made last."""
    async with db.read() as read:
        account_id = await _account(read, account)
        one = await existing(read, account_id, ref)
        predicate = await filters.members(read, account_id, one, ContactFilter())
        found = await contacts.page(read, account_id, predicate, Listing(size=limit))
        names = await reading.tag_names(read, account_id, found)
    return Shown(wire.out(one), [contacts_wire.out(contact, names) for contact in found])


async def delete(db: Database, account: str, ref: str) -> ListOut:
    """Delete a list; who was on it is forgotten by the server, or by the next one that runs."""
    async with db.tx() as tx:
        account_id = await _account(tx, account)
        one = await existing(tx, account_id, ref)
        return wire.out(await actions.delete(tx, account_id, one.id))


async def change(
    db: Database,
    account: str,
    ref: str,
    action: Action,
    *,
    named: Named,
    wanted: ContactFilter | None,
    told: Callable[[ListJob], None],
) -> Changed:
    """Add or remove, and stay until it is done; `told` hears how far a job is.

    The command does the job's work itself, beside a server that may do the same: whoever has a
    chunk holds the job, so each contact is worked on once.
    """
    async with db.read() as read:
        account_id = await _account(read, account)
        one = await existing(read, account_id, ref)
    gathered = await db.transact(
        lambda tx: gathering.change(
            tx, account_id, one.id, action, named=named, wanted=wanted, actor=_ACTOR
        )
    )
    changed, unchanged = gathered.changed, gathered.unchanged
    if gathered.job_id is not None:
        job = await _finished(db, account_id, gathered.job_id, told)
        changed, unchanged = job.changed, job.left_alone
    async with db.read() as read:
        after = await existing(read, account_id, str(one.id))
    return Changed(changed, unchanged, gathered.not_found, after.members)


async def _finished(
    db: Database, account_id: int, job_id: UUID, told: Callable[[ListJob], None]
) -> ListJob:
    while True:
        more = await db.transact(lambda tx: job_actions.step(tx, account_id, job_id))
        async with db.read() as read:
            job = await job_queries.get(read, account_id, job_id)
        if job is None:
            raise ListNotFound
        told(job)
        if not more:
            return job


async def _account(read: Read, name: str) -> int:
    account = await accounts.find(read, name)
    if account is None:
        raise AccountUnknown(name=name)
    return account.id


async def existing(read: Read, account_id: int, ref: str) -> ContactList:
    """Find a list by its id or its name; raises ListNotFound."""
    id = reading.as_id(ref)
    found = await queries.get(read, account_id, id) if id else None
    if found is None:
        found = await queries.named(read, account_id, key_of(ref.replace("\x00", "")))
    if found is None:
        raise ListNotFound
    return found
