"""Every way an import job changes: ordered, fetched, imported, ended.

A job of a contact list is an import like any other, of the job's own id: its source is fetched to
the place of that import, its columns mean what the layout of SES says, and it runs, pauses, goes on
and is told of as imports are. A job of the suppression list writes to the ledger
(`ses/suppressing.py`).
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import msgspec

from signalbook.imports import actions as imports
from signalbook.imports import places, progress, sandbox
from signalbook.imports import queries as import_queries
from signalbook.imports.errors import ImportNotFound, ImportNotReady, UploadBusy
from signalbook.imports.model import (
    Action,
    Hints,
    ImportEnded,
    Listing,
    Options,
    State,
)
from signalbook.imports.model import Source as FileSource
from signalbook.imports.places import Landing
from signalbook.kit import clock, ids
from signalbook.kit.db import Again, Database, Read, Tx
from signalbook.kit.errors import Invalid, NotFound, TooLarge, Unavailable
from signalbook.kit.jobs import Lease, later
from signalbook.ses import failed_records, sources, suppressing
from signalbook.ses import importing_queries as queries
from signalbook.ses import queries as lists
from signalbook.ses.errors import ContactListNotFound, ImportJobNotFound, SourceUnfit, TopicUnknown
from signalbook.ses.importing_model import (
    KEYS,
    MOST_CONTACTS,
    OPEN,
    Destination,
    ImportJob,
    RunImportJob,
    Status,
    columns_of,
    topics_of,
)
from signalbook.ses.sources import Stores

_LAYOUT = "Amazon SES"
_ENDED_AS = {
    State.FAILED: Status.FAILED,
    State.CANCELLED: Status.CANCELLED,
}


async def order(
    tx: Tx,
    account_id: int,
    region: str,
    *,
    destination: Destination,
    action: str,
    url: str,
    format: str,
    actor: str,
    list_name: str | None = None,
) -> UUID:
    """Order a job, which begins after the transaction; return its id.

    Raises ContactListNotFound for a list that is not there.
    """
    list_id = None
    if list_name is not None:
        found = await lists.get(tx, account_id, region, list_name)
        if found is None:
            raise ContactListNotFound(name=list_name)
        list_id = found.id
    job = ImportJob(
        account_id=account_id,
        id=ids.new_id(),
        region=region,
        destination=destination,
        action=action,
        list_name=list_name,
        list_id=list_id,
        url=url,
        format=format,
        status=Status.CREATED,
        actor=actor,
        created_at=clock.now(),
    )
    await queries.insert(tx, job)
    await later(tx, RunImportJob(account_id, job.id))
    return job.id


async def get(db: Read, account_id: int, region: str, job_id: UUID) -> ImportJob:
    """Return a job with its numbers as they are now; raises ImportJobNotFound."""
    job = await queries.get(db, account_id, job_id)
    if job is None or job.region != region:
        raise ImportJobNotFound(job_id=job_id)
    return await _counted(db, job)


async def page(
    db: Read,
    account_id: int,
    region: str,
    *,
    destination: Destination | None,
    before: UUID | None,
    size: int,
) -> list[ImportJob]:
    """Return jobs of a region, the latest first, with their numbers as they are now."""
    found = await queries.page(db, account_id, region, destination, before, size)
    return [await _counted(db, job) for job in found]


async def _counted(db: Read, job: ImportJob) -> ImportJob:
    """Take the numbers of a job that is at work from its import."""
    if job.status not in OPEN or job.destination == Destination.SUPPRESSION_LIST:
        return job
    try:
        now = await progress.show(db, job.account_id, job.id)
    except ImportNotFound:
        return job
    counts = now.counts
    return msgspec.structs.replace(job, done=counts.rows, failed=counts.rejected)


async def run(
    db: Database, lease: Lease, data_dir: Path, stores: Stores, message: RunImportJob
) -> None:
    """Fetch the source of a job; begin its import, or go on with its suppressions.

    Raises SourceUnreachable and NoRoom, after which it is tried again.
    """
    job = await _begun(db, lease, message)
    if job is None:
        return
    try:
        path = await _fetched(data_dir, stores, job)
        if job.destination == Destination.CONTACT_LIST:
            await _begin_import(db, lease, job, path)
            return
        await suppressing.run(db, lease, job, path)
    except UploadBusy as busy:
        raise Again from busy
    except (Invalid, NotFound, TooLarge) as refusal:
        await _end(db, lease, job, Status.FAILED, refusal.message)
        return
    await _complete(db, lease, data_dir, stores, job.id, job.account_id)
    await asyncio.to_thread(places.remove, data_dir, job.account_id, job.id)


async def finish(
    db: Database, lease: Lease, data_dir: Path, stores: Stores, message: ImportEnded
) -> None:
    """Take over what the import of a job came to; raises SourceUnreachable, then tried again."""
    async with db.read() as read:
        job = await queries.get(read, message.account_id, message.import_id)
        found = await import_queries.get(read, message.account_id, message.import_id)
        if job is None or found is None or job.status not in OPEN:
            return
        counts = (await progress.show(read, job.account_id, job.id)).counts
    async with db.tx() as tx:
        await lease.advance(tx)
        await queries.set_counted(tx, job.account_id, job.id, counts.rows, counts.rejected)
    status = _ENDED_AS.get(found.state, Status.COMPLETED)
    if status is Status.COMPLETED:
        await _complete(db, lease, data_dir, stores, job.id, job.account_id)
    else:
        await _end(db, lease, job, status, found.failure)


async def cancel_all(tx: Tx, account_id: int, list_id: UUID) -> None:
    """Cancel the jobs of a contact list that is deleted: none of them writes to it after that."""
    for job_id in await queries.lock_open(tx, account_id, list_id):
        with suppress(ImportNotFound, ImportNotReady):
            await imports.cancel(tx, account_id, job_id)
        await queries.set_ended(
            tx,
            account_id,
            job_id,
            Status.CANCELLED,
            clock.now(),
            failure="The contact list was deleted.",
        )


async def give_up(db: Database, account_id: int, job_id: UUID, sentence: str) -> None:
    """Say that a job cannot go on, unless it has ended."""
    async with db.tx() as tx:
        job = await queries.lock(tx, account_id, job_id)
        if job is not None and job.status in OPEN:
            now = clock.now()
            await queries.set_ended(tx, account_id, job_id, Status.FAILED, now, failure=sentence)


async def _begun(db: Database, lease: Lease, message: RunImportJob) -> ImportJob | None:
    """Note that a job is at work; None where it has ended or its import has begun."""
    async with db.tx() as tx:
        await lease.hold(tx)
        job = await queries.lock(tx, message.account_id, message.job_id)
        if job is None or job.status not in OPEN:
            return None
        if await import_queries.get(tx, job.account_id, job.id) is not None:
            return None
        await queries.set_processing(tx, job.account_id, job.id)
        return job


async def _fetched(data_dir: Path, stores: Stores, job: ImportJob) -> Path:
    """Bring the source here; raises what it may raise, NoRoom, FileTooLarge, UploadBusy."""
    await asyncio.to_thread(places.refuse_without_room, data_dir)
    path = await asyncio.to_thread(places.make, data_dir, job.account_id, job.id)
    async with Landing(path) as landing:
        await landing.go_on(0)
        async for piece in sources.pieces(job.url, job.region, stores):
            await landing.write(piece)
            _refuse_large(job, landing.bytes)
        await landing.settle()
    return path


def _refuse_large(job: ImportJob, bytes: int) -> None:
    if job.destination == Destination.SUPPRESSION_LIST and bytes > suppressing.MOST_BYTES:
        most = suppressing.MOST_BYTES // 1024**2
        raise SourceUnfit(reason=f"a list of suppressions has at most {most} MB.")


async def _begin_import(db: Database, lease: Lease, job: ImportJob, path: Path) -> None:
    """Make the import of a job and start it; raises Unreadable, SourceUnfit."""
    source = await _looked_into(job, path)
    columns = columns_of(source.columns)
    size = (await asyncio.to_thread(path.stat)).st_size

    async def begin(tx: Tx) -> None:
        await lease.advance(tx)
        locked = await queries.lock(tx, job.account_id, job.id)
        if locked is None or locked.status not in OPEN:
            return
        now = await lists.get(tx, job.account_id, job.region, job.list_name or "")
        if now is None or now.id != job.list_id:
            raise ContactListNotFound(name=job.list_name)
        topics = {one.name: one.list_id for one in now.topics}
        for name in topics_of(columns):
            if name not in topics:
                raise TopicUnknown(list=now.name, topic=name)
        listing = Listing(id=now.id, name=now.name, topics=topics, most_rows=MOST_CONTACTS)
        action = Action.DELETE if job.action == "DELETE" else Action.UPSERT
        account_id, import_id = job.account_id, job.id
        name = job.url.rstrip("/").rpartition("/")[2]
        await imports.begin(
            tx, account_id, name=name, expected=size, actor=job.actor, import_id=import_id
        )
        await imports.received(tx, account_id, import_id, size)
        options = Options(action=action, listing=listing)
        await imports.understood(tx, account_id, import_id, source, columns, options, _LAYOUT)
        await imports.start(tx, account_id, import_id, dry_run=False)

    await db.transact(begin)


async def _looked_into(job: ImportJob, path: Path) -> FileSource:
    """Find out how the source is read; raises Unreadable, SourceUnfit."""
    is_csv = job.format == "CSV"
    hints = Hints(header_row=1, has_objects=True) if is_csv else Hints(each_alone=True)
    source = await sandbox.inspect(path, "", hints)
    if source.kind != job.format.lower():
        raise SourceUnfit(reason=f"it is not {job.format}, but {source.kind.upper()}.")
    if not is_csv:  # a key that comes late is a column as well; one spelt as AWS does comes first
        spelt = [name for name in KEYS if name in source.columns]
        others = [name for name in source.columns if name not in KEYS]
        missing = [name for name in KEYS if name not in spelt]
        source = msgspec.structs.replace(source, columns=[*spelt, *others, *missing])
    if "email" not in {one.target for one in columns_of(source.columns)}:
        raise SourceUnfit(reason="its first line names no column emailAddress.")
    return source


async def _complete(
    db: Database, lease: Lease, data_dir: Path, stores: Stores, job_id: UUID, account_id: int
) -> None:
    """End a job whose records are through, the refused ones written beside its source."""
    async with db.read() as read:
        job = await queries.get(read, account_id, job_id)
    assert job is not None  # noqa: S101  # a job is never deleted
    url, failure = None, ""
    if job.failed:
        path = places.folder(data_dir, account_id, job_id) / "failed"
        await asyncio.to_thread(places.make, data_dir, account_id, job_id)
        await failed_records.write(db, job, path)
        ending = failed_records.ending_of(job)
        try:
            url = await sources.keep_beside(job.url, job.region, stores, ending, path)
        except Unavailable:
            raise
        except (Invalid, OSError) as refusal:
            failure = f"The failed records could not be written beside the source: {refusal}"
    await _end(db, lease, job, Status.COMPLETED, failure, url)


async def _end(
    db: Database,
    lease: Lease,
    job: ImportJob,
    status: Status,
    failure: str,
    failed_url: str | None = None,
) -> None:
    async with db.tx() as tx:
        await lease.advance(tx)
        now = await queries.lock(tx, job.account_id, job.id)
        if now is not None and now.status in OPEN:
            await queries.set_ended(
                tx,
                job.account_id,
                job.id,
                status,
                clock.now(),
                failure=failure,
                failed_url=failed_url,
            )
