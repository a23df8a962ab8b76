"""Adding or removing many, in chunks that commit with their checkpoint.

A chunk and the job's checkpoint are one transaction, and the job's row is locked for its length: as
in `contacts/bulk_actions`, whoever goes on after a kill goes on exactly where it was.
"""

from typing import NamedTuple
from uuid import UUID

import msgspec

from signalbook.contacts import bulk_queries as contact_jobs
from signalbook.contacts import list_queries, storing
from signalbook.contacts import queries as contacts
from signalbook.contacts.filters import ContactFilter
from signalbook.kit import clock, ids
from signalbook.kit.db import Tx
from signalbook.kit.jobs import later
from signalbook.lists import actions, count_queries, filters, member_queries, queries, settling
from signalbook.lists import job_queries as jobs
from signalbook.lists.errors import ListJobNotFound, ListNotFound, SwitchGoesOn
from signalbook.lists.model import MOST_AT_ONCE as CHUNK
from signalbook.lists.model import Action, ContactList, ListJob, RunListJob, State, Switch

_NOBODY = UUID(int=0)


class _Chunk(NamedTuple):
    """Contacts to add or remove; how many were looked at, up to whom, and whether that is all."""

    meant: list[UUID]
    looked_at: int
    cursor: UUID | None
    is_last: bool


async def start(
    tx: Tx,
    account_id: int,
    list_id: UUID,
    action: Action | Switch,
    *,
    wanted: ContactFilter,
    named: list[UUID] | None,
    actor: str,
) -> UUID:
    """Begin to add or remove the named contacts, or all that a filter means; return the job's id.

    Contacts that come later are not meant. Raises ListNotFound.
    """
    if await queries.get(tx, account_id, list_id) is None:
        raise ListNotFound
    job_id = ids.new_id()
    await jobs.insert(
        tx,
        account_id,
        job_id,
        list_id,
        action,
        wanted=msgspec.to_builtins(wanted),
        ids=None if named is None else sorted(set(named)),
        last_id=await contact_jobs.newest(tx, account_id) or _NOBODY,
        actor=actor,
        at=clock.now(),
    )
    await later(tx, RunListJob(account_id, job_id))
    return job_id


async def switch(
    tx: Tx, account_id: int, list_id: UUID, *, is_active: bool, actor: str
) -> tuple[ContactList, UUID | None]:
    """Deactivate a list or activate it, at once; return it, and the job that tells its members.

    There is no job where nothing changes, and one that did the opposite ends. Raises ListNotFound.
    """
    one = await queries.set_active(tx, account_id, list_id, is_active=is_active, at=clock.now())
    if one is None:
        known = await queries.get(tx, account_id, list_id)
        if known is None:
            raise ListNotFound
        return known, None
    await jobs.end_switches(tx, account_id, list_id, clock.now())
    action: Switch = "activate" if is_active else "deactivate"
    wanted = ContactFilter()
    return one, await start(tx, account_id, list_id, action, wanted=wanted, named=None, actor=actor)


async def step(tx: Tx, account_id: int, job_id: UUID) -> bool:
    """Do the next chunk of a job; tell whether there may be more to do."""
    job = await jobs.lock(tx, account_id, job_id)
    if job is None or not job.is_active:
        return False
    one = await queries.get(tx, account_id, job.list_id)
    if one is None:
        await jobs.set_ended(tx, account_id, job_id, State.FAILED, clock.now())
        return False
    if job.state == State.QUEUED:
        total = await _total(tx, account_id, one, job)
        await jobs.set_started(tx, account_id, job_id, total, clock.now())
    elif await _has_lost_a_list(tx, account_id, job):
        await jobs.set_ended(tx, account_id, job_id, State.FAILED, clock.now())
        return False
    chunk = await _next(tx, account_id, one, job)
    if chunk.cursor is not None:
        await jobs.advance(
            tx,
            account_id,
            job_id,
            cursor=chunk.cursor,
            done=chunk.looked_at,
            changed=await _change(tx, account_id, job, chunk.meant),
        )
    if chunk.is_last and chunk.cursor is not None and storing.is_elsewhere(account_id):
        return True  # what it changed has to arrive where it is stored before the job has ended
    if chunk.is_last:
        if job.is_switch:
            await queries.set_settled(tx, account_id, job.list_id)
        await jobs.set_ended(tx, account_id, job_id, State.DONE, clock.now())
    return not chunk.is_last


async def cancel(tx: Tx, account_id: int, job_id: UUID) -> None:
    """Let a job end after the chunk it is at; what is done stays.

    Raises ListJobNotFound, and SwitchGoesOn for one that deactivates or activates a list.
    """
    job = await jobs.lock(tx, account_id, job_id)
    if job is None:
        raise ListJobNotFound
    if job.is_switch:
        raise SwitchGoesOn
    await jobs.set_ended(tx, account_id, job_id, State.CANCELLED, clock.now())


async def give_up(tx: Tx, account_id: int, job_id: UUID) -> None:
    """Say that a job cannot go on."""
    await jobs.set_ended(tx, account_id, job_id, State.FAILED, clock.now())


async def forget(tx: Tx, account_id: int, list_id: UUID) -> bool:
    """Forget some of those who were on a deleted list; tell whether there may be more."""
    found = await member_queries.next_ids(tx, account_id, list_id, None, CHUNK)
    noted = await member_queries.inactive(tx, account_id, found)
    if noted:
        await settling.settle(tx, account_id, noted)
    await member_queries.forget(tx, account_id, list_id, found)
    if len(found) < CHUNK:
        await count_queries.forget(tx, account_id, list_id)
    return len(found) == CHUNK


async def _has_lost_a_list(tx: Tx, account_id: int, job: ListJob) -> bool:
    """Tell whether a list the filter mentions was deleted meanwhile: it would mean others now."""
    ids = msgspec.convert(job.filter, ContactFilter).list_ids()
    return bool(ids) and len(await list_queries.found(tx, account_id, ids)) < len(ids)


async def _change(tx: Tx, account_id: int, job: ListJob, meant: list[UUID]) -> int:
    if job.is_switch:
        return await settling.settle(tx, account_id, meant) if meant else 0
    if job.action == "add":
        return await actions.join(tx, account_id, job.list_id, meant, clock.now(), job.actor)
    return await actions.leave(tx, account_id, job.list_id, meant)


async def _total(tx: Tx, account_id: int, one: ContactList, job: ListJob) -> int:
    if job.is_named:
        return await jobs.count_named(tx, account_id, job.id)
    if job.action != "add":
        return one.members
    wanted = msgspec.convert(job.filter, ContactFilter)
    predicate = await contacts.predicate_of(tx, account_id, wanted)
    return await contacts.count(tx, account_id, predicate)


async def _next(tx: Tx, account_id: int, one: ContactList, job: ListJob) -> _Chunk:
    """Find the contacts of the next chunk, none of them younger than the job."""
    if job.is_named:
        found = await jobs.next_named(tx, account_id, job.id, job.done, CHUNK)
        return _Chunk(found, len(found), found[-1] if found else None, len(found) < CHUNK)
    wanted = msgspec.convert(job.filter, ContactFilter)
    if job.action != "add":
        return await _next_members(tx, account_id, one, job, wanted)
    predicate = await contacts.predicate_of(tx, account_id, wanted)
    found = await contacts.matching_ids(tx, account_id, predicate, job.cursor, CHUNK)
    meant = [id for id in found if id <= job.last_id]
    return _Chunk(meant, len(meant), meant[-1] if meant else None, len(meant) < CHUNK)


async def _next_members(
    tx: Tx, account_id: int, one: ContactList, job: ListJob, wanted: ContactFilter
) -> _Chunk:
    """Walk along the list, which may be much shorter than all whom the filter means."""
    found = await member_queries.next_ids(tx, account_id, one.id, job.cursor, CHUNK)
    meant = [id for id in found if id <= job.last_id]
    if meant and wanted != ContactFilter():
        predicate = await filters.among(tx, account_id, meant, wanted)
        meant = await contacts.matching_ids(tx, account_id, predicate, None, CHUNK)
    return _Chunk(meant, len(found), found[-1] if found else None, len(found) < CHUNK)
