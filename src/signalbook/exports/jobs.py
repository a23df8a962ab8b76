"""What the queue brings to exports: a file that grows by stretches, each with a checkpoint."""

import asyncio
from functools import partial
from pathlib import Path
from threading import Event

import msgspec

from signalbook.exports import actions, columns, files, queries, workbook
from signalbook.exports.copy_queries import Rows
from signalbook.exports.files import Part
from signalbook.exports.lines import first_line, header_of
from signalbook.exports.model import Export, Format, RunExport
from signalbook.exports.walking import Walk
from signalbook.kit.db import Database
from signalbook.kit.jobs import Handler, Handlers, Lease

_LOOK_SECONDS = 1.0


def handlers(data_dir: Path) -> Handlers:
    """Say what is done with an order, with files in this folder."""
    return {RunExport: Handler(partial(run, data_dir), partial(give_up, data_dir))}


async def run(data_dir: Path, db: Database, lease: Lease, message: RunExport) -> None:
    """Go on with an export to its end; what is not wanted any more leaves no file."""
    folder = files.home(data_dir, message.account_id, message.export_id)
    async with db.tx() as tx:
        await lease.hold(tx)
        export = await actions.begin(tx, message.account_id, message.export_id)
    if export is None:
        await _swept(db, message, folder)
        return
    part = await asyncio.to_thread(Part.taken_up, folder, export, lease.attempts)
    with part:
        if not part.length:
            export = msgspec.structs.replace(export, cursor=None, done=0, part=lease.attempts)
        is_wanted = await _written(db, lease, message.account_id, export, part)
    if is_wanted:
        is_wanted = await _offered(db, lease, message.account_id, export, part)
    if not is_wanted:
        await _swept(db, message, folder)


async def give_up(data_dir: Path, db: Database, message: RunExport) -> None:
    """Say that an export failed, and leave nothing of it."""
    async with db.tx() as tx:
        await actions.give_up(tx, message.account_id, message.export_id)
    await _swept(db, message, files.home(data_dir, message.account_id, message.export_id))


def rows_of(export: Export) -> Rows:
    """Say how contacts become rows of this export."""
    is_whole = export.format == Format.SES and not export.columns
    return Rows(export.format, columns.stored(export.columns), export.is_raw, is_whole)


async def _written(db: Database, lease: Lease, account_id: int, export: Export, part: Part) -> bool:
    """Write the rows that are missing; tell whether the file is still wanted."""
    rows = rows_of(export)
    if export.cursor is None:
        part.write(first_line(rows))
        await asyncio.to_thread(part.commit)  # no stretch that is tried again takes it away
    if export.last_id is None or export.cursor == export.last_id:
        return True
    wanted = actions.filter_of(export)
    walk = await Walk.prepared(db, account_id, wanted, rows, export.last_id, export.stride)
    after, done = export.cursor, export.done
    while True:
        step = await walk.next(
            db, after, lambda block: asyncio.to_thread(part.write, block), part.rewind
        )
        length = await asyncio.to_thread(part.commit)
        after, done = step.upto, done + step.rows
        async with db.tx() as tx:
            await lease.advance(tx)
            is_wanted = await queries.advance(
                tx,
                account_id,
                export.id,
                cursor=after,
                part=lease.attempts,
                bytes=length,
                done=done,
                stride=walk.stride,
            )
        if step.is_last or not is_wanted:
            return is_wanted


async def _offered(db: Database, lease: Lease, account_id: int, export: Export, part: Part) -> bool:
    """Make the rows the file that was asked for; tell whether it is still wanted."""
    size = part.length
    ready = msgspec.structs.replace(export, part=lease.attempts)
    if export.format == Format.XLSX:
        size = await _packed(db, lease, account_id, ready, part.path)
    async with db.tx() as tx:
        await lease.hold(tx)
        is_wanted = await actions.finish(tx, account_id, export.id, part=lease.attempts, bytes=size)
    if is_wanted:
        whole = files.file_of(part.path.parent, ready)
        await asyncio.to_thread(files.keep_only, whole.parent, whole)
    return is_wanted


async def _packed(db: Database, lease: Lease, account_id: int, export: Export, rows: Path) -> int:
    """Pack a workbook in a thread, looking now and then whether it is still wanted."""
    book, stop = files.file_of(rows.parent, export), Event()
    header = header_of(rows_of(export))
    packing = asyncio.create_task(asyncio.to_thread(workbook.pack_file, rows, header, book, stop))
    try:
        while not (await asyncio.wait([packing], timeout=_LOOK_SECONDS))[0]:
            async with db.tx() as tx:
                await lease.hold(tx)
                found = await queries.get(tx, account_id, export.id)
            if found is None or not found.is_active:
                stop.set()
        return packing.result()
    except workbook.Stopped:
        return 0
    finally:
        stop.set()
        await asyncio.wait([packing])


async def _swept(db: Database, message: RunExport, folder: Path) -> None:
    """Remove files that nobody will fetch."""
    async with db.read() as read:
        needed = await queries.with_files(read, message.account_id, [message.export_id])
    if not needed:
        await asyncio.to_thread(files.remove, folder)
