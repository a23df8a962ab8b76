"""One action on many contacts, in chunks that commit with their checkpoint; and its undoing.

A chunk, the job's checkpoint and the list of what was changed are one transaction, and the job's
row is locked for its length. So whoever goes on with a job after a kill goes on exactly where it
was, two who try at once take turns, and each contact is worked on once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from signalbook.contacts import actions, batch_queries, queries, storing
from signalbook.contacts import bulk_queries as bulk
from signalbook.contacts.bulk_model import CHUNK, Action, Before, BulkJob, RunBulk, State
from signalbook.contacts.errors import BulkJobNotFound, BulkTagMissing, NobodySelected
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.model import ContactChange, Mode, Source, Status
from signalbook.events.model import Kind
from signalbook.kit import clock, ids
from signalbook.kit.db import Tx
from signalbook.kit.jobs import later
from signalbook.tags.model import tag_problem

SOURCE: Final = "bulk"
UNDO: Final = "bulk-undo"

_OPPOSITE: Final[dict[Action, Action]] = {
    "tag": "untag",
    "untag": "tag",
    "deactivate": "reactivate",
    "reactivate": "deactivate",
}
_TOUCHED_BY: Final[dict[Action, tuple[Kind, ...]]] = {
    "tag": (Kind.TAGGED, Kind.UNTAGGED),
    "untag": (Kind.TAGGED, Kind.UNTAGGED),
    "deactivate": (Kind.DEACTIVATED, Kind.REACTIVATED),
    "reactivate": (Kind.DEACTIVATED, Kind.REACTIVATED),
}


async def start(
    tx: Tx,
    account_id: int,
    action: Action,
    argument: str,
    *,
    wanted: ContactFilter,
    picked: Sequence[UUID] | None,
    actor: str,
) -> UUID:
    """Begin an action on the picked contacts, or on all that a filter means; return the job's id.

    Contacts that come later are not meant. Raises NobodySelected, BulkTagMissing.
    """
    if action in {"tag", "untag"} and tag_problem(argument) is not None:
        raise BulkTagMissing
    newest = await bulk.newest(tx, account_id)
    if newest is None or (picked is not None and not picked):
        raise NobodySelected
    job_id = ids.new_id()
    await bulk.insert(
        tx,
        account_id,
        job_id,
        action,
        argument if action in {"tag", "untag"} else "",
        wanted=msgspec.to_builtins(wanted),
        ids=None if picked is None else sorted(set(picked)),
        last_id=newest,
        actor=actor,
        at=clock.now(),
    )
    await later(tx, RunBulk(account_id, job_id))
    return job_id


async def step(tx: Tx, account_id: int, job_id: UUID) -> bool:
    """Do the next chunk of a job; tell whether there may be more to do."""
    job = await bulk.lock(tx, account_id, job_id)
    if job is None or not job.is_active:
        return False
    if job.state == State.UNDOING:
        return await _undo_chunk(tx, account_id, job)
    if job.state == State.QUEUED:
        total = await _total(tx, account_id, job)
        await bulk.set_started(tx, account_id, job_id, total, clock.now())
    return await _chunk(tx, account_id, job)


async def cancel(tx: Tx, account_id: int, job_id: UUID) -> None:
    """Let a job end after the chunk it is at; what is done stays, and can be undone."""
    await bulk.set_ended(tx, account_id, job_id, State.CANCELLED, clock.now())


async def give_up(tx: Tx, account_id: int, job_id: UUID) -> None:
    """Say that a job cannot go on."""
    await bulk.set_ended(tx, account_id, job_id, State.FAILED, clock.now())


async def undo(tx: Tx, account_id: int, job_id: UUID) -> None:
    """Take back what a job changed, except where it was changed again since.

    Raises BulkJobNotFound where there is no such job, or nothing that could be taken back.
    """
    if not await bulk.set_undoing(tx, account_id, job_id):
        raise BulkJobNotFound
    await later(tx, RunBulk(account_id, job_id))


async def _total(tx: Tx, account_id: int, job: BulkJob) -> int:
    if job.ids is not None:
        return len(job.ids)
    wanted = msgspec.convert(job.filter, ContactFilter)
    predicate = await queries.predicate_of(tx, account_id, wanted)
    return await queries.count(tx, account_id, predicate)


async def _next(tx: Tx, account_id: int, job: BulkJob) -> list[UUID]:
    """Find the contacts of the next chunk, none of them younger than the job."""
    if job.ids is not None:
        left = [one for one in job.ids if job.cursor is None or one > job.cursor]
        return left[:CHUNK]
    wanted = msgspec.convert(job.filter, ContactFilter)
    predicate = await queries.predicate_of(tx, account_id, wanted)
    found = await queries.matching_ids(tx, account_id, predicate, job.cursor, CHUNK)
    return [one for one in found if one <= job.last_id]


async def _chunk(tx: Tx, account_id: int, job: BulkJob) -> bool:
    found = await _next(tx, account_id, job)
    if found:
        at = clock.now()
        meant = await _where_it_differs(tx, account_id, job.action, job.argument, found)
        source = Source(SOURCE, job.actor)
        changed = await _apply(tx, account_id, job.action, job.argument, meant, source, at)
        if job.action != "delete" and changed:
            before = {"action": job.action, "argument": job.argument}
            await bulk.insert_changes(tx, account_id, job.id, changed, at, before)
        await bulk.advance(
            tx,
            account_id,
            job.id,
            cursor=found[-1],
            done=len(found),
            changed=len(changed),
            skipped=len(found) - len(changed),
        )
    return await _goes_on(tx, account_id, job, State.DONE, len(found))


async def _undo_chunk(tx: Tx, account_id: int, job: BulkJob) -> bool:
    changes = await bulk.changes(tx, account_id, job.id, job.cursor, CHUNK)
    if changes:
        ids = [one.contact_id for one in changes]
        action, at = _OPPOSITE[job.action], clock.now()
        meant = await _where_it_differs(tx, account_id, action, job.argument, ids)
        touched = await _touched_since(tx, account_id, job, changes)
        meant = [one for one in meant if one not in touched]
        source = Source(UNDO, job.actor)
        changed = await _apply(tx, account_id, action, job.argument, meant, source, at)
        await bulk.advance_undo(
            tx, account_id, job.id, cursor=ids[-1], done=len(ids), changed=len(changed)
        )
    return await _goes_on(tx, account_id, job, State.UNDONE, len(changes))


async def _goes_on(tx: Tx, account_id: int, job: BulkJob, end: State, done: int) -> bool:
    """Tell whether there may be more to do; else the job has ended.

    Where contacts are stored elsewhere the last changes have to arrive there before it has.
    """
    if done == CHUNK or (done and storing.is_elsewhere(account_id)):
        return True
    await bulk.set_ended(tx, account_id, job.id, end, clock.now())
    return False


async def _touched_since(
    tx: Tx, account_id: int, job: BulkJob, changes: Sequence[Before]
) -> set[UUID]:
    """Find those for whom the same thing was decided anew after the job had decided it."""
    touched: set[UUID] = set()
    for at in sorted({one.at for one in changes}):
        ids = [one.contact_id for one in changes if one.at == at]
        kinds = [str(kind) for kind in _TOUCHED_BY[job.action]]
        touched |= await bulk.stirred(tx, account_id, ids, at, kinds, job.argument)
    return touched


async def _where_it_differs(
    tx: Tx, account_id: int, action: Action, argument: str, ids: Sequence[UUID]
) -> list[UUID]:
    """Lock the contacts and return those on which the action would change something."""
    await tx.together(batch_queries.begin_batch(account_id))
    await bulk.lock_contacts(tx, account_id, ids)
    rows = await bulk.states(tx, account_id, ids, argument)
    return sorted(row[0] for row in rows if _differs(action, is_active=row[1], has_tag=row[2]))


def _differs(action: Action, *, is_active: bool, has_tag: bool) -> bool:
    match action:
        case "tag":
            return not has_tag
        case "untag":
            return has_tag
        case "deactivate":
            return is_active
        case "reactivate":
            return not is_active
        case "delete":
            return True


async def _apply(
    tx: Tx,
    account_id: int,
    action: Action,
    argument: str,
    meant: Sequence[UUID],
    source: Source,
    at: datetime,
) -> list[UUID]:
    """Change the contacts through the one verb; return those that it changed."""
    if not meant:
        return []
    changes = [_change(one, action, argument, source, at) for one in meant]
    outcomes = await actions.apply(tx, account_id, changes)
    done = {Status.UPDATED, Status.DELETED}
    return [one for one, outcome in zip(meant, outcomes, strict=True) if outcome.status in done]


def _change(id: UUID, action: Action, argument: str, source: Source, at: datetime) -> ContactChange:
    change = ContactChange(source=source, id=id, mode=Mode.UPDATE, at=at)
    if action == "tag":
        change.tags_add = (argument,)
    elif action == "untag":
        change.tags_remove = (argument,)
    elif action == "delete":
        change.delete = True
    else:
        change.is_active = action == "reactivate"
    return change
