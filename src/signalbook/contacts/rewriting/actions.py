"""Rewriting a field in every contact, in chunks that commit with their checkpoint.

A job begins by changing the registry with everybody else waiting: from then on batches know what
the names mean (`fields/naming.py`). A chunk, its checkpoint and the proof of the lease are one
transaction, with the job's row locked; so whoever goes on after a kill goes on exactly where it
was. It ends, with everybody waiting once more, when no contact is left.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from signalbook.contacts import actions as contacts
from signalbook.contacts import batch_queries, bulk_queries
from signalbook.contacts.model import ContactChange, Mode, Source, Status
from signalbook.contacts.rewriting import beginning, claims, ending, previewing, queries
from signalbook.contacts.rewriting.errors import FieldJobNotFound
from signalbook.contacts.rewriting.judging import Judge, Verdict
from signalbook.contacts.rewriting.model import (
    CHUNK,
    FieldJob,
    Held,
    Preview,
    RewriteField,
    State,
    Wish,
)
from signalbook.fields import actions as fields
from signalbook.fields import queries as registry
from signalbook.fields.errors import FieldBusy, FieldValuesUnfit
from signalbook.fields.model import Registered
from signalbook.kit import clock, ids
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import Problem
from signalbook.kit.jobs import later
from signalbook.web.formats import plural

SOURCE: Final = "fields"
_JUDGED: Final = frozenset({"merge", "type"})


async def preview(db: Read, account_id: int, wish: Wish) -> Preview:
    """Tell what a wish would come to; raises what `begin` does, except FieldValuesUnfit."""
    wish, after = await beginning.checked(db, account_id, wish)
    return await previewing.preview(db, account_id, wish, after)


async def begin(db: Database, account_id: int, wish: Wish, actor: str) -> FieldJob:
    """Begin to rewrite a field; the job does the rest.

    All values are looked at before where some may not fit, and once more those that were written
    meanwhile, with all batches of the account waiting. Raises FieldNotFound, FieldTaken,
    FieldInvalid, FieldStandard, FieldTypeFixed, FieldMergedIntoItself, FieldBusy, FieldInImport,
    and FieldValuesUnfit with some of the contacts whose values do not fit.
    """
    began = clock.now()
    async with db.read() as read:
        wish, after = await beginning.checked(read, account_id, wish)
        await _refuse_unfit(read, account_id, wish, after)

    async def work(tx: Tx) -> FieldJob:
        await registry.hold_alone(tx, account_id)
        checked, after = await beginning.checked(tx, account_id, wish)
        await _refuse_unfit(tx, account_id, checked, after, since=began)
        return await _begun(tx, account_id, checked, actor)

    return await db.transact(work)


async def step(tx: Tx, account_id: int, job_id: UUID) -> bool:
    """Do the next chunk of a job; tell whether there may be more to do."""
    job = await queries.lock(tx, account_id, job_id)
    if job is None or not job.is_active:
        return False
    if job.state == State.ENDING:
        return await ending.look(tx, account_id, job)
    if job.state == State.QUEUED:
        await queries.set_state(tx, account_id, job_id, State.RUNNING, clock.now())
    found = await queries.next_ids(tx, account_id, job.name, job.cursor, CHUNK)
    if found:
        await _rewrite(tx, account_id, job, found)
    if len(found) < CHUNK:
        await queries.set_state(tx, account_id, job_id, State.ENDING, clock.now())
    return True


async def cancel(tx: Tx, account_id: int, job_id: UUID) -> FieldJob:
    """End a job after the chunk it is at; what is done stays. Raises FieldJobNotFound.

    To end what is over already changes nothing.
    """
    return await _given_up(tx, account_id, job_id, State.CANCELLED)


async def give_up(tx: Tx, account_id: int, job_id: UUID) -> FieldJob:
    """Say that a job cannot go on; as `cancel`."""
    return await _given_up(tx, account_id, job_id, State.FAILED)


async def _given_up(tx: Tx, account_id: int, job_id: UUID, state: State) -> FieldJob:
    job = await queries.lock(tx, account_id, job_id)
    if job is None:
        raise FieldJobNotFound
    if job.is_active:
        await registry.hold_alone(tx, account_id)
        await ending.release(tx, account_id, job)
        await queries.set_ended(tx, account_id, job_id, state, clock.now())
    return await _job(tx, account_id, job_id)


async def _begun(tx: Tx, account_id: int, wish: Wish, actor: str) -> FieldJob:
    names = {wish.name, wish.target} if wish.action in {"rename", "merge"} else {wish.name}
    for other in await queries.active(tx, account_id):
        if other.names & names:
            raise FieldBusy(name=wish.name)
    await claims.refuse_claimed(tx, account_id, frozenset(names))
    field = await fields.one(tx, account_id, wish.name)
    now = clock.now()
    await beginning.register(tx, account_id, wish, field, now)
    job_id = ids.new_id()
    await queries.insert(tx, account_id, job_id, wish, total=field.contacts, actor=actor, at=now)
    await later(tx, RewriteField(account_id, job_id))
    return await _job(tx, account_id, job_id)


async def _rewrite(tx: Tx, account_id: int, job: FieldJob, found: list[UUID]) -> None:
    """Give the contacts of a chunk their values through the one verb."""
    await tx.together(batch_queries.begin_batch(account_id))
    await bulk_queries.lock_contacts(tx, account_id, found)
    other = job.target if job.action in {"rename", "merge"} else ""
    rows = await queries.held(tx, account_id, job.name, other, found)
    after = await fields.one(tx, account_id, other or job.name)
    judge, at = Judge(job, after), clock.now()
    judged = [(row[0], judge.verdict(Held(*row))) for row in rows]
    meant = [(id, verdict) for id, verdict in judged if verdict.fields]
    outcomes = await contacts.apply(
        tx, account_id, [_change(id, verdict, job, at) for id, verdict in meant]
    )
    done = [outcome.status is Status.UPDATED for outcome in outcomes]
    cleared = [verdict.is_cleared for _, verdict in meant]
    await queries.advance(
        tx,
        account_id,
        job.id,
        cursor=found[-1],
        done=len(found),
        changed=sum(done),
        cleared=sum(was and so for was, so in zip(cleared, done, strict=True)),
        refused=done.count(False) + sum(verdict.is_refused for _, verdict in judged),
    )


def _change(id: UUID, verdict: Verdict, job: FieldJob, at: datetime) -> ContactChange:
    return ContactChange(
        source=Source(SOURCE, job.actor), id=id, mode=Mode.UPDATE, fields=verdict.fields, at=at
    )


async def _refuse_unfit(
    db: Read, account_id: int, wish: Wish, after: Registered, since: datetime | None = None
) -> None:
    if wish.unfit == "clear" or wish.action not in _JUDGED or not after.type_is_set:
        return
    found = await previewing.preview(db, account_id, wish, after, since)
    if found.unfit:
        refusal = FieldValuesUnfit(type=after.type, contacts=plural(found.unfit, "contact"))
        refusal.problems = tuple(
            Problem(str(one.contact_id), one.reason, "field_value_unfit") for one in found.misfits
        )
        raise refusal


async def _job(tx: Tx, account_id: int, job_id: UUID) -> FieldJob:
    job = await queries.get(tx, account_id, job_id)
    if job is None:
        raise FieldJobNotFound
    return job
