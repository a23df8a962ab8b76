"""Every way a list changes: made, described, deleted; and who joins and who leaves."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from signalbook.contacts import batch_queries as contacts
from signalbook.contacts import deactivating, listing_queries
from signalbook.kit import clock, ids
from signalbook.kit.db import Again, Tx
from signalbook.kit.errors import constraint
from signalbook.kit.jobs import later
from signalbook.lists import (
    batch_queries,
    count_queries,
    keeping,
    member_queries,
    queries,
    settling,
)
from signalbook.lists.errors import ListInvalid, ListNameTaken, ListNotFound, TooManyLists
from signalbook.lists.model import (
    MAX_LISTS,
    MOST_AT_ONCE,
    ContactList,
    ForgetMembers,
    Kind,
    description_problem,
    key_of,
    list_problem,
    name_of,
)


async def create(
    tx: Tx,
    account_id: int,
    name: str,
    description: str = "",
    *,
    kind: Kind = "static",
    actor: str,
) -> ContactList:
    """Make a list; raises ListInvalid, ListNameTaken, TooManyLists."""
    _refuse_unfit(name, description)
    await _refuse_too_many(tx, account_id, 1)
    list_id = ids.new_id()
    with constraint(lists_account_name_key=ListNameTaken(name=name_of(name))):
        await queries.insert(
            tx,
            account_id,
            list_id,
            name=name_of(name),
            key=key_of(name),
            description=description.strip(),
            kind=kind,
            at=clock.now(),
            actor=actor,
        )
    return await _existing(tx, account_id, list_id)


async def ensure(tx: Tx, account_id: int, names: Iterable[str], actor: str) -> dict[str, UUID]:
    """Return the id of the list of each name, ignoring case; lists that are missing are made.

    Two that do so at the same time get the same lists. Raises ListInvalid, TooManyLists, and Again
    where a list was deleted meanwhile.
    """
    asked = {name: key_of(name) for name in names}
    problems = [problem for name in asked if (problem := list_problem(name)) is not None]
    if problems:
        raise ListInvalid(problems=problems)
    first = {key: name_of(name) for name, key in reversed(asked.items())}
    found = dict(await queries.ids_of(tx, account_id, list(first)))
    missing = sorted(key for key in first if key not in found)
    if missing:
        await _refuse_too_many(tx, account_id, len(missing))
        await queries.insert_missing(
            tx,
            account_id,
            [ids.new_id() for _ in missing],
            [first[key] for key in missing],
            missing,
            at=clock.now(),
            actor=actor,
        )
        found |= dict(await queries.ids_of(tx, account_id, missing))
    if len(found) < len(first):
        raise Again
    return {name: found[key] for name, key in asked.items()}


async def describe(
    tx: Tx,
    account_id: int,
    id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
    kind: Kind | None = None,
) -> ContactList:
    """Give a list another name, description or kind.

    Raises ListNotFound, ListInvalid, ListNameTaken, ListKept.
    """
    known = await _existing(tx, account_id, id)
    if kind not in {None, known.kind}:
        await keeping.refuse_kept(tx, account_id, id)
    name = known.name if name is None else name
    description = known.description if description is None else description
    _refuse_unfit(name, description)
    with constraint(lists_account_name_key=ListNameTaken(name=name_of(name))):
        await queries.set_described(
            tx,
            account_id,
            id,
            name=name_of(name),
            key=key_of(name),
            description=description.strip(),
            kind=kind or known.kind,
            at=clock.now(),
        )
    return await _existing(tx, account_id, id)


async def delete(tx: Tx, account_id: int, id: UUID) -> ContactList:
    """Delete a list at once, and let a job forget who was on it; return it as it was.

    The contacts stay. Raises ListNotFound, ListKept.
    """
    known = await _existing(tx, account_id, id)
    await keeping.refuse_kept(tx, account_id, id)
    await count_queries.forget(tx, account_id, id)
    if not await queries.delete(tx, account_id, id):
        raise ListNotFound
    await later(tx, ForgetMembers(account_id, id))
    return known


async def join(
    tx: Tx,
    account_id: int,
    list_id: UUID,
    contact_ids: Sequence[UUID],
    at: datetime,
    actor: str,
    *,
    are_held: bool = False,
) -> int:
    """Put at most 5,000 contacts on a list; return how many of them were not on it before.

    Ids of no contact are passed over. The contacts are locked until the transaction ends, so that
    none of them is deleted meanwhile; with `are_held` the caller's transaction has locked or made
    them already. Say it last: the list's row is locked from here to the commit. A deactivated list
    holds them from now on. Raises ListNotFound, and Again where the list was switched meanwhile.
    """
    _refuse_longer(contact_ids)
    if not contact_ids:
        return 0
    one = await _existing(tx, account_id, list_id)
    if not one.is_active:
        await settling.hold(tx, account_id, contact_ids)
    held = [] if are_held else [batch_queries.hold(account_id, contact_ids)]
    *_, [(joined,)], noted = await tx.together(
        contacts.begin_batch(account_id),
        *held,
        batch_queries.join(account_id, list_id, contact_ids, at, actor),
        listing_queries.post_contacts(account_id, map(str, contact_ids), at),
    )
    tx.touched.setdefault(account_id, set()).update(row[0] for row in noted)
    if joined or not one.is_active:
        await _count(tx, account_id, one, joined)
    return joined


async def leave(tx: Tx, account_id: int, list_id: UUID, contact_ids: Sequence[UUID]) -> int:
    """Take at most 5,000 contacts from a list; return how many of them were on it.

    A deactivated list releases them. Raises ListNotFound where there is no list, and Again where it
    was switched meanwhile.
    """
    _refuse_longer(contact_ids)
    if not contact_ids:
        return 0
    one = await _existing(tx, account_id, list_id)
    if not (one.is_active and one.is_settled):  # else the job would not find them to release them
        await settling.release(tx, account_id, contact_ids, list_id)
    at = clock.now()
    *_, [(left,)], noted = await tx.together(
        contacts.begin_batch(account_id),
        batch_queries.hold(account_id, contact_ids),
        batch_queries.leave(account_id, list_id, contact_ids, at),
        listing_queries.post_contacts(account_id, map(str, contact_ids), at),
    )
    tx.touched.setdefault(account_id, set()).update(row[0] for row in noted)
    if left:
        await _count(tx, account_id, one, -left)
    return left


async def leave_joined_by(tx: Tx, account_id: int, actor: str) -> None:
    """Take everybody off the lists they joined through one actor."""
    freed = await member_queries.released_without(tx, account_id, actor)
    for start in range(0, len(freed), MOST_AT_ONCE):
        part = freed[start : start + MOST_AT_ONCE]
        await deactivating.set_list_active(tx, account_id, part, is_active=True)
    await tx.together(*batch_queries.leave_joined_by(account_id, actor, clock.now()))


async def _count(tx: Tx, account_id: int, one: ContactList, members: int) -> None:
    """Count in or out; the list must be what it was when the contacts were held or released."""
    now = await queries.add_members(tx, account_id, one.id, members)
    if now is None:
        raise ListNotFound
    if now != (one.is_active, one.is_settled):
        raise Again


async def _existing(tx: Tx, account_id: int, id: UUID) -> ContactList:
    found = await queries.get(tx, account_id, id)
    if found is None:
        raise ListNotFound
    return found


def _refuse_unfit(name: str, description: str) -> None:
    found = (list_problem(name), description_problem(description))
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise ListInvalid(problems=problems)


async def _refuse_too_many(tx: Tx, account_id: int, more: int) -> None:
    if await queries.count(tx, account_id) + more > MAX_LISTS:
        raise TooManyLists


def _refuse_longer(contact_ids: Sequence[UUID]) -> None:
    if len(contact_ids) > MOST_AT_ONCE:
        told = f"{len(contact_ids)} contacts at once; the most are {MOST_AT_ONCE}"
        raise ValueError(told)
