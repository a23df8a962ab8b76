"""How tags change as such: renamed, merged, deleted, for all contacts that carry them.

Merging and deleting go contact by contact in stretches, each a transaction that leaves every count
right; only the end, which removes the tag itself, keeps batches of the account out for a moment.
What is interrupted is simply asked for again.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import constraint
from signalbook.tags import queries
from signalbook.tags.errors import TagInvalid, TagMergedIntoItself, TagNotFound, TagTaken
from signalbook.tags.model import Tag, tag_problem

STRETCH: Final = 1_000

_Work = Callable[[Tx, Sequence[UUID]], Awaitable[None]]


async def rename(tx: Tx, account_id: int, id: int, name: str) -> Tag:
    """Give a tag another name, without the blanks around it.

    Raises TagNotFound, TagInvalid, TagTaken.
    """
    name = name.strip()
    problem = tag_problem(name, "name")
    if problem is not None:
        raise TagInvalid(problems=[problem])
    with constraint(tags_account_name_key=TagTaken(name=name)):
        await queries.rename(tx, account_id, id, name)
    tag = await queries.get(tx, account_id, id)
    if tag is None:
        raise TagNotFound
    return tag


async def delete(db: Database, account_id: int, id: int) -> Tag:
    """Take a tag from everybody and remove it; return it as it was.

    The timelines keep that it was there, and so do the daily counts. Raises TagNotFound.
    """
    tag = await _tag(db, account_id, id)

    async def detach(tx: Tx, contacts: Sequence[UUID]) -> None:
        locked = await queries.lock_carriers(tx, account_id, id, contacts)
        await queries.move_counts(tx, account_id, id, None, locked)
        count = await queries.detach(tx, account_id, id, locked)
        await queries.add_contacts(tx, account_id, id, -count)

    async def finish(tx: Tx) -> None:
        await queries.hold_alone(tx, account_id)
        await detach(tx, await queries.carriers(tx, account_id, id))
        await queries.delete(tx, account_id, id)
        await queries.forget_counts(tx, account_id, id)

    await _by_stretches(db, account_id, id, detach)
    await db.transact(finish)
    return tag


async def merge(db: Database, account_id: int, id: int, into: int) -> Tag:
    """Turn one tag into another for everybody who carries it, and return the other.

    The timelines and daily counts of those contacts follow. Raises TagNotFound,
    TagMergedIntoItself.
    """
    if id == into:
        raise TagMergedIntoItself
    await _tag(db, account_id, id)
    await _tag(db, account_id, into)

    async def exchange(tx: Tx, contacts: Sequence[UUID]) -> None:
        locked = await queries.lock_carriers(tx, account_id, id, contacts)
        await queries.move_counts(tx, account_id, id, into, locked)
        doubled = await queries.detach(tx, account_id, id, locked, unless=into)
        moved = await queries.exchange(tx, account_id, id, into, locked)
        await queries.move_events(tx, account_id, id, into, locked)
        await queries.copy_days(tx, account_id, id, into, locked)
        await queries.delete_days(tx, account_id, id, locked)
        for tag, count in sorted({id: -doubled - moved, into: moved}.items()):
            await queries.add_contacts(tx, account_id, tag, count)

    async def finish(tx: Tx) -> Tag:
        await queries.hold_alone(tx, account_id)
        await exchange(tx, await queries.carriers(tx, account_id, id))
        gone = await queries.get(tx, account_id, id)
        if gone is not None:
            await queries.absorb(tx, account_id, gone, into)
            await queries.delete(tx, account_id, id)
            await queries.copy_growth(tx, account_id, id, into)
            await queries.forget_counts(tx, account_id, id)
        kept = await queries.get(tx, account_id, into)
        if kept is None:
            raise TagNotFound
        return kept

    await _by_stretches(db, account_id, id, exchange)
    return await db.transact(finish)


async def _tag(db: Database, account_id: int, id: int) -> Tag:
    async with db.read() as read:
        tag = await queries.get(read, account_id, id)
    if tag is None:
        raise TagNotFound
    return tag


async def _by_stretches(db: Database, account_id: int, id: int, work: _Work) -> None:
    async with db.read() as read:
        contacts = await queries.carriers(read, account_id, id)
    for start in range(0, len(contacts), STRETCH):
        stretch = contacts[start : start + STRETCH]

        async def one(tx: Tx, stretch: Sequence[UUID] = stretch) -> None:
            await work(tx, stretch)

        await db.transact(one)
