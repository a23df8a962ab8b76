"""The second half of an import: staged rows are applied in chunks, each with its checkpoint."""

from collections import defaultdict
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from signalbook.contacts import storing
from signalbook.contacts.staging import applying, odd_queries, registering
from signalbook.contacts.staging import queries as staging
from signalbook.contacts.staging.model import Applied, Batch
from signalbook.imports import actions, places, queries, row_queries, sandbox
from signalbook.imports.lanes import Ended, in_lanes
from signalbook.imports.model import ApplyImport, Import, State, SweepImport
from signalbook.imports.staged import (
    ENTANGLED,
    batch_of,
    chunk_of,
    chunk_rows,
    chunks_of,
    counts_of,
)
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Lease, later
from signalbook.lists import actions as lists

_ENTANGLED_AT_ONCE: Final = 1_000
_CELLS_AT_ONCE: Final = 5_000
_LISTED: Final = frozenset("cu=")
_SWEPT_AT_ONCE: Final = 20_000


async def run(db: Database, lease: Lease, data_dir: Path, message: ApplyImport) -> None:
    """Go on applying an import from its last checkpoint, to its end."""
    work = _Work(db, lease, message.account_id, message.import_id)
    try:
        found = await work.begin()
        done = await work.done()
        todo = [no for no in chunks_of(found.last_row, chunk_of(found)) if no not in done]
        await in_lanes(todo, work.chunk)
        while await work.entangled():
            pass
        await _read_cells(db, lease, data_dir, found)
        await storing.stored(db, lease, message.account_id)
        await work.end()
    except Ended:
        return


async def sweep(db: Database, lease: Lease, message: SweepImport) -> None:
    """Remove the staged rows of an import that has ended, in steps that hold up nobody."""

    async def step(tx: Tx) -> int:
        await lease.advance(tx)
        return await staging.delete(tx, message.account_id, message.import_id, _SWEPT_AT_ONCE)

    while await db.transact(step):
        pass


class _Work:
    """The steps of one import; each is a transaction that proves the lease and the state."""

    def __init__(self, db: Database, lease: Lease, account_id: int, import_id: UUID) -> None:
        self._db = db
        self._lease = lease
        self._account_id = account_id
        self._import_id = import_id
        self._batch: Batch | None = None
        self._list = ""
        self._size = 0

    async def begin(self) -> Import:
        """Register the fields that the rows bring, and read what is to be done."""

        async def begin(tx: Tx) -> Import:
            await self._lease.hold(tx)
            found = await queries.lock(tx, self._account_id, self._import_id)
            if found is None or found.state != State.APPLYING:
                raise Ended
            await registering.register(
                tx,
                self._account_id,
                found.fields,
                set_types={
                    one.target.removeprefix("field:")
                    for one in found.columns
                    if one.type is not None and one.confidence >= 1
                },
                widened=found.widened,
            )
            return found

        found = await self._db.transact(begin)
        self._batch, self._list = batch_of(found), found.options.list
        self._size = chunk_of(found)
        return found

    async def done(self) -> set[int]:
        """Name the chunks that are applied already."""
        async with self._db.read() as read:
            return await row_queries.chunks_done(read, self._account_id, self._import_id)

    async def chunk(self, no: int) -> None:
        """Apply one chunk; raises Ended."""

        async def apply(tx: Tx) -> None:
            batch = await self._may(tx)
            applied = await applying.apply_rows(tx, batch, chunk_rows(no, self._size))
            await self._note(tx, no, applied)

        await self._db.transact(apply)

    async def entangled(self) -> bool:
        """Apply the next rows that share identifiers with others; tell if there were any."""

        async def apply(tx: Tx) -> bool:
            batch = await self._may(tx)
            no, after = await row_queries.last_entangled(
                tx, self._account_id, self._import_id, ENTANGLED
            )
            numbers = await odd_queries.entangled(
                tx, self._account_id, self._import_id, after, _ENTANGLED_AT_ONCE
            )
            if numbers:
                await self._note(tx, no, await applying.apply_entangled(tx, batch, numbers))
            return bool(numbers)

        return await self._db.transact(apply)

    async def end(self) -> None:
        """Say that all rows are applied, and let the staged ones be removed."""
        async with self._db.tx() as tx:
            await self._lease.advance(tx)
            found = await queries.lock(tx, self._account_id, self._import_id)
            if found is None or found.state != State.APPLYING:
                raise Ended
            await actions.end(tx, found, State.DONE)
            await later(tx, SweepImport(self._account_id, self._import_id))

    async def _may(self, tx: Tx) -> Batch:
        await self._lease.advance(tx)
        is_listed = self._batch is not None and self._batch.listing is not None
        read = row_queries.held_state if is_listed else row_queries.state
        state = await read(tx, self._account_id, self._import_id)
        if state != State.APPLYING or self._batch is None:
            raise Ended
        return self._batch

    async def _note(self, tx: Tx, no: int, applied: Applied) -> None:
        """Write the outcome of every row, with the transaction that made it true."""
        if not applied.outcomes:
            return
        rows = sorted(applied.outcomes)
        await self._join_lists(tx, rows, applied)
        if applied.refused:
            rejects = [one._asdict() for one in applied.refused]
            await row_queries.insert_rejects(tx, self._account_id, self._import_id, rejects)
        await row_queries.insert_chunk(
            tx,
            self._account_id,
            self._import_id,
            no,
            at=clock.now(),
            counts=msgspec.structs.asdict(counts_of(applied)),
            rows=rows,
            outcomes="".join([applied.outcomes[row][0] for row in rows]),
            contact_ids=[applied.outcomes[row][1] for row in rows],
        )

    async def _join_lists(self, tx: Tx, rows: list[int], applied: Applied) -> None:
        """Let the contacts of the rows join the list of all, and those their row names."""
        each = await staging.lists(tx, self._account_id, self._import_id, (rows[0], rows[-1]))
        if not (self._list or each):
            return
        there = {
            row: UUID(contact)
            for row, (letter, contact) in applied.outcomes.items()
            if letter in _LISTED and contact is not None
        }
        named: defaultdict[str, list[UUID]] = defaultdict(list)
        if self._list:
            named[self._list] = list(there.values())
        for row, names in each:
            for name in names:
                if row in there:
                    named[name].append(there[row])
        actor = f"import:{self._import_id}"
        made = await lists.ensure(tx, self._account_id, sorted(named), actor)
        for name in sorted(named):
            ids = sorted(set(named[name]))
            await lists.join(tx, self._account_id, made[name], ids, at=clock.now(), actor=actor)


async def _read_cells(db: Database, lease: Lease, data_dir: Path, found: Import) -> None:
    """Keep the cells of rows that were refused only now, so that they can be corrected."""
    if found.source is None:
        return
    path = places.source_path(data_dir, found.account_id, found.id)
    while True:
        async with db.read() as read:
            numbers = await row_queries.without_cells(
                read, found.account_id, found.id, _CELLS_AT_ONCE
            )
        if not numbers:
            return
        cells = await sandbox.cells(path, found.source, numbers)
        there = [(number, cells.get(number, [])) for number in numbers]
        async with db.tx() as tx:
            await lease.advance(tx)
            await row_queries.set_cells(tx, found.account_id, found.id, there)
