"""The first half of an import: its rows are parsed in a child, staged, sorted, and judged."""

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

from signalbook.contacts.staging import applying, odd_queries, sorting
from signalbook.contacts.staging import queries as staging
from signalbook.contacts.staging.model import Applied, Batch, Kind
from signalbook.imports import actions, places, queries, row_queries, sandbox
from signalbook.imports.errors import ReaderKilled, Unreadable
from signalbook.imports.lanes import Ended, RolledBack, in_lanes
from signalbook.imports.model import (
    ApplyImport,
    CheckImport,
    Counts,
    Import,
    Parcel,
    Reason,
    Sample,
    State,
    Verdict,
)
from signalbook.imports.staged import batch_of, chunk_of, chunk_rows, chunks_of, counts_of, plan_of
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Lease, later

_SAMPLES = 20
_KILLS = 2
"""How often a check is tried again whose child was killed before it had read anything more."""
_ENTANGLED_AT_ONCE = 1_000
_SWEPT_AT_ONCE = 20_000


async def run(db: Database, lease: Lease, data_dir: Path, message: CheckImport) -> None:
    """Go on with a check from its last checkpoint; a dry run ends with a verdict."""
    account_id, import_id = message.account_id, message.import_id
    try:
        async with db.tx() as tx:
            await lease.hold(tx)
            found = await _checking(tx, account_id, import_id)
            if found.staged + found.rejected == 0:
                await row_queries.clear(tx, account_id, import_id)
            fields = await actions.known_fields(tx, account_id)
        if found.staged == 0:
            await _sweep(db, lease, found)
        if not found.is_sorted:
            path = places.source_path(data_dir, account_id, import_id)
            async with sandbox.parsing(path, plan_of(found, fields)) as parcels:
                async for parcel, rows, rejects in parcels:
                    await _stage(db, lease, found, (parcel, rows, rejects))
            await _sort(db, lease, found)
        async with db.read() as read:
            found = await queries.get(read, account_id, import_id) or found
        if found.dry_run:
            await _judge(db, lease, found)
        else:
            await _go_on(db, lease, found)
    except (Unreadable, ReaderKilled) as reason:
        if isinstance(reason, ReaderKilled) and lease.tries < _KILLS:
            raise
        async with db.tx() as tx:
            await actions.give_up(tx, account_id, import_id, reason.message)
    except Ended:
        return


async def _checking(tx: Tx, account_id: int, import_id: UUID) -> Import:
    found = await queries.lock(tx, account_id, import_id)
    if found is None or found.state != State.CHECKING:
        raise Ended
    return found


async def _sweep(db: Database, lease: Lease, begun: Import) -> None:
    """Remove what an earlier check has staged, in steps that hold up nobody."""

    async def step(tx: Tx) -> int:
        await lease.advance(tx)
        await _checking(tx, begun.account_id, begun.id)
        return await staging.delete(tx, begun.account_id, begun.id, _SWEPT_AT_ONCE)

    while await db.transact(step):
        pass


async def _stage(
    db: Database, lease: Lease, begun: Import, piece: tuple[Parcel, bytes, bytes]
) -> None:
    """Write one parcel of the child with the checkpoint behind it; raises Unreadable, Ended."""
    parcel, rows, rejects = piece

    read = 0

    async def write(tx: Tx) -> None:
        nonlocal read
        await lease.advance(tx)
        found = await _checking(tx, begun.account_id, begun.id)
        read = found.staged + found.rejected + parcel.rows + parcel.rejected
        if rows:
            async with tx.copy_in(staging.COPY) as copy:
                await copy.write(rows)
        if rejects:
            async with tx.copy_in(row_queries.COPY_REJECTS) as copy:
                await copy.write(rejects)
        await queries.add_parcel(
            tx,
            found.account_id,
            found.id,
            rows=parcel.rows,
            rejected=parcel.rejected,
            read_bytes=parcel.read_bytes,
            tags=parcel.tags,
            fields=parcel.fields,
            widened=parcel.widened,
            notes=dict(Counter(found.notes) + Counter(parcel.notes)),
        )

    await db.transact(write)
    _refuse_beyond(begun, read)
    if parcel.failure:
        raise Unreadable("broken_off", parcel.failure)


def _refuse_beyond(begun: Import, rows: int) -> None:
    listing = begun.options.listing
    if listing is not None and rows > listing.most_rows:
        sentence = f"It has more than {listing.most_rows:,} records: split it in parts."
        raise Unreadable("too_many_rows", sentence)


async def _sort(db: Database, lease: Lease, begun: Import) -> None:
    """Find the rows that name one contact twice, and those that share identifiers."""
    account_id, import_id = begun.account_id, begun.id

    async def sort(tx: Tx) -> None:
        await lease.advance(tx)
        await _checking(tx, account_id, import_id)
        last = await sorting.sort(tx, account_id, import_id)
        await queries.set_sorted(tx, account_id, import_id, last)

    await db.transact(sort)


async def _go_on(db: Database, lease: Lease, begun: Import) -> None:
    async with db.tx() as tx:
        await lease.advance(tx)
        found = await _checking(tx, begun.account_id, begun.id)
        await queries.set_applying(tx, found.account_id, found.id, clock.now())
        await later(tx, ApplyImport(found.account_id, found.id))


async def _judge(db: Database, lease: Lease, found: Import) -> None:
    """Tell what applying the rows would do, chunk by chunk, and write the verdict down."""
    judge = _Judge(db, lease, found)
    await in_lanes(chunks_of(found.last_row, chunk_of(found)), judge.chunk)
    await judge.entangled()
    async with db.tx() as tx:
        await lease.advance(tx)
        await _checking(tx, found.account_id, found.id)
        verdict = await judge.verdict(tx)
        await queries.set_checked(tx, found.account_id, found.id, verdict, clock.now())


class _Judge:
    """Adds up what the chunks would come to."""

    def __init__(self, db: Database, lease: Lease, found: Import) -> None:
        self._db = db
        self._lease = lease
        self._found = found
        self._batch: Batch = batch_of(found)
        self._counts = Counts()
        self._reasons: dict[str, Reason] = {}
        self._samples: list[Sample] = []

    async def chunk(self, no: int) -> None:
        async def judge(tx: Tx) -> None:
            await self._lease.hold(tx)
            if await row_queries.state(tx, self._found.account_id, self._found.id) != (
                State.CHECKING
            ):
                raise Ended
            applied, meant = await applying.judge_rows(
                tx, self._batch, chunk_rows(no, chunk_of(self._found))
            )
            if len(self._samples) < _SAMPLES:
                await self._sample(tx, meant)
            self._add(applied)
            raise RolledBack

        await self._rolled_back(judge)

    async def entangled(self) -> None:
        """Try all rows that share identifiers in one transaction, since each sees those before."""
        tried: list[Applied] = []

        async def judge(tx: Tx) -> None:
            await self._lease.hold(tx)
            tried.clear()
            after = 0
            while numbers := await odd_queries.entangled(
                tx, self._found.account_id, self._found.id, after, _ENTANGLED_AT_ONCE
            ):
                tried.append(await applying.apply_entangled(tx, self._batch, numbers))
                after = numbers[-1]
            raise RolledBack

        await self._rolled_back(judge)
        for applied in tried:
            self._add(applied)

    async def _rolled_back(self, judge: Callable[[Tx], Awaitable[None]]) -> None:
        try:
            await self._db.transact(judge)
        except RolledBack:
            return

    async def _sample(self, tx: Tx, meant: applying.Found) -> None:
        rows = [*meant.of(Kind.CHANGED), *meant.of(Kind.RENAMED)]
        room = _SAMPLES - len(self._samples)
        for line in await applying.samples(tx, self._batch, meant, sorted(rows)[:room]):
            row_no, contact_id, name, fields, numbers = line
            tags: list[str] = [self._batch.tags[number] for number in numbers]
            self._samples.append(Sample(row_no, contact_id, name, fields, tags))

    def _add(self, applied: Applied) -> None:
        self._counts += counts_of(applied)
        for one in applied.refused:
            known = self._reasons.get(one.code)
            if known is None or one.row_no < known.row_no:
                example = Reason(one.code, 0, one.row_no, one.field, one.value, one.reason)
                self._reasons[one.code] = example
            count = (known.count if known else 0) + 1
            self._reasons[one.code] = self._reasons[one.code].counting(count)

    async def verdict(self, tx: Tx) -> Verdict:
        """Put together what the check had rejected and what the contacts would refuse."""
        parsed = await queries.reasons(tx, self._found.account_id, self._found.id)
        self._counts.rejected += sum(one.count for one in parsed)
        reasons = sorted([*parsed, *self._reasons.values()], key=lambda one: -one.count)
        samples = sorted(self._samples, key=lambda one: one.row_no)
        return Verdict(counts=self._counts, reasons=reasons, samples=samples)
