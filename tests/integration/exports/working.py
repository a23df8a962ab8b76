"""Exports without a queue: asked for, worked on to their end, and read back."""

import asyncio
import csv
import gzip
import io
import json
from typing import Any

from python_calamine import load_workbook

from signalbook.contacts.filters import ContactFilter
from signalbook.exports import actions, files, jobs, queries
from signalbook.exports.model import Asked, Format, RunExport
from signalbook.kit.job_queries import Taken
from signalbook.kit.jobs import Lease


class Held(Lease):
    """A lease that nobody contests; `attempts` says which try this is."""

    def __init__(self, attempts=1, stop_after=None):
        job = Taken(id=0, worker_id=0, task="", arguments={}, attempts=attempts, progress=0)
        super().__init__(job, asyncio.Event())
        self.left = stop_after

    async def hold(self, tx):
        del tx

    async def advance(self, tx):
        del tx
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


class Killed(Exception):
    """The worker died before its checkpoint was committed."""


async def asked(db, account_id, **what):
    wanted = what.pop("wanted", ContactFilter())
    what["format"] = Format(what.get("format", "csv"))
    async with db.tx() as tx:
        return await actions.start(tx, account_id, Asked(wanted=wanted, **what), actor="test")


async def worked(db, account_id, export_id, folder, **lease):
    await jobs.run(folder, db, Held(**lease), RunExport(account_id, export_id))
    return await export_of(db, account_id, export_id)


async def export_of(db, account_id, export_id):
    async with db.read() as read:
        export = await queries.get(read, account_id, export_id)
    assert export is not None
    return export


async def content_of(db, account_id, folder, **what):
    """Export and return the bytes of the file."""
    export_id = await asked(db, account_id, **what)
    export = await worked(db, account_id, export_id, folder)
    assert export.state == "done"
    path = files.file_of(files.home(folder, account_id, export_id), export)
    content = path.read_bytes()
    assert len(content) == export.bytes
    return content


async def table_of(db, account_id, folder, **what) -> Any:
    """Export and read back: the header, then the rows."""
    content = await content_of(db, account_id, folder, **what)
    if what.get("compression"):
        content = gzip.decompress(content)
    return read_back(content, what.get("format", Format.CSV))


def read_back(content, format) -> Any:
    if format == Format.JSONL:
        return [json.loads(line) for line in content.splitlines()]
    if format == Format.XLSX:
        book = load_workbook(io.BytesIO(content))
        return [
            row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()
        ]
    return list(csv.reader(io.StringIO(content.decode(), newline="")))
