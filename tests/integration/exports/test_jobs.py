"""An export is whole, once, whatever happens to whoever writes it."""

import asyncio
import csv
import gzip
import io
import os
import random
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from signalbook.contacts.filters import ContactFilter
from signalbook.exports import actions, files, jobs, queries, tidying, walking
from signalbook.exports.errors import ExportInvalid, ExportNotFound, TooManyExports
from signalbook.exports.model import MOST_AT_ONCE, Format, RunExport
from signalbook.kit import clock
from signalbook.kit.errors import DatabaseBusy
from tests.integration.bulk.people import apply, crowd
from tests.integration.exports import worker_process
from tests.integration.exports.worker_process import STRETCH, VANISHES_AT
from tests.integration.exports.working import (
    Held,
    Killed,
    asked,
    content_of,
    export_of,
    read_back,
    table_of,
    worked,
)

PROCESS = Path(worker_process.__file__)
GONE = os.WEXITED | os.WSTOPPED | os.WNOWAIT


@pytest.fixture
def small_steps(monkeypatch):
    """Stretches of fifty contacts."""
    monkeypatch.setattr(walking, "STRIDE", 50)
    monkeypatch.setattr(walking, "MOST_STRIDE", 50)


def file_at(folder, account_id, export):
    return files.file_of(files.home(folder, account_id, export.id), export)


async def test_several_stretches_are_one_file_with_everybody_once(
    db, northwind, tmp_path, small_steps
):
    made = await crowd(db, northwind.id, 333)

    _, *rows = await table_of(db, northwind.id, tmp_path, columns=("id",))

    assert [row[0] for row in rows] == [str(id) for id in made]


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
@pytest.mark.parametrize("compression", ["", "gzip"])
async def test_a_try_that_died_is_taken_up_where_it_was(
    db, northwind, tmp_path, small_steps, format, compression
):
    if format == "xlsx" and compression:
        return
    made = await crowd(db, northwind.id, 333)
    export_id = await asked(
        db, northwind.id, columns=("id", "email"), format=format, compression=compression
    )
    export = None
    for attempt in (3, 4, 7):
        with suppress(Killed):
            export = await worked(
                db, northwind.id, export_id, tmp_path, attempts=attempt, stop_after=2
            )
    between = await export_of(db, northwind.id, export_id)

    export = await worked(db, northwind.id, export_id, tmp_path, attempts=9)

    assert (between.state, between.done) == ("running", 300)
    assert (export.state, export.done, export.total) == ("done", 333, 333)
    path = file_at(tmp_path, northwind.id, export)
    content = path.read_bytes()
    rows = read_back(gzip.decompress(content) if compression else content, format)
    ids = [row["id"] for row in rows] if format == "jsonl" else [row[0] for row in rows][1:]
    assert ids == [str(id) for id in made]
    assert list(path.parent.iterdir()) == [path]


async def test_what_is_missing_on_this_disk_is_written_anew(db, northwind, tmp_path, small_steps):
    await crowd(db, northwind.id, 120)
    export_id = await asked(db, northwind.id, columns=("email",))
    with suppress(Killed):
        await worked(db, northwind.id, export_id, tmp_path / "one", attempts=1, stop_after=1)

    export = await worked(db, northwind.id, export_id, tmp_path / "other", attempts=2)

    assert (export.done, export.total) == (120, 120)
    content = file_at(tmp_path / "other", northwind.id, export).read_bytes()
    assert len(read_back(content, Format.CSV)) == 121


async def test_a_stale_try_spoils_nothing(db, northwind, tmp_path, small_steps):
    await crowd(db, northwind.id, 120)
    export_id = await asked(db, northwind.id, columns=("email",))
    with suppress(Killed):
        await worked(db, northwind.id, export_id, tmp_path, attempts=1, stop_after=1)
    folder = files.home(tmp_path, northwind.id, export_id)
    with (folder / "rows.1").open("r+b") as stale:
        stale.seek(0, io.SEEK_END)

        export = await worked(db, northwind.id, export_id, tmp_path, attempts=2)
        stale.write(b"rubbish of one who was only asleep\n" * 1000)

    content = file_at(tmp_path, northwind.id, export).read_bytes()
    assert b"rubbish" not in content
    assert len(content) == export.bytes


async def test_a_cancelled_export_stops_and_leaves_no_file(db, northwind, tmp_path, small_steps):
    await crowd(db, northwind.id, 200)
    export_id = await asked(db, northwind.id)

    class Cancelling(Held):
        async def advance(self, tx):
            await actions.cancel(tx, northwind.id, export_id)

    await jobs.run(tmp_path, db, Cancelling(), RunExport(northwind.id, export_id))

    export = await export_of(db, northwind.id, export_id)
    assert (export.state, export.done) == ("cancelled", 0)
    assert not files.home(tmp_path, northwind.id, export_id).exists()


async def test_a_workbook_can_be_cancelled_while_it_is_packed(db, northwind, tmp_path, monkeypatch):
    await crowd(db, northwind.id, 10)
    export_id = await asked(db, northwind.id, format="xlsx")
    monkeypatch.setattr(jobs, "_LOOK_SECONDS", 0.01)

    def slow(rows, header, out, stop):
        out.write_bytes(b"half")
        assert stop.wait(10)
        raise jobs.workbook.Stopped

    monkeypatch.setattr(jobs.workbook, "pack_file", slow)
    running = asyncio.create_task(worked(db, northwind.id, export_id, tmp_path))
    while not list(files.home(tmp_path, northwind.id, export_id).glob("book.*")):  # noqa: ASYNC110  # another thread works
        await asyncio.sleep(0.01)
    async with db.tx() as tx:
        await actions.cancel(tx, northwind.id, export_id)
    export = await running

    assert export.state == "cancelled"
    assert not files.home(tmp_path, northwind.id, export_id).exists()


async def test_one_that_was_forgotten_while_it_ran_leaves_nothing(
    db, northwind, tmp_path, small_steps
):
    await crowd(db, northwind.id, 200)
    export_id = await asked(db, northwind.id)
    with suppress(Killed):
        await worked(db, northwind.id, export_id, tmp_path, stop_after=1)

    async with db.tx() as tx:
        await actions.delete(tx, northwind.id, export_id)
    await jobs.run(tmp_path, db, Held(2), RunExport(northwind.id, export_id))

    assert not files.home(tmp_path, northwind.id, export_id).exists()
    async with db.tx() as tx:
        with pytest.raises(ExportNotFound):
            await actions.delete(tx, northwind.id, export_id)


async def test_one_that_cannot_go_on_is_failed(db, northwind, tmp_path):
    export_id = await asked(db, northwind.id)

    await jobs.give_up(tmp_path, db, RunExport(northwind.id, export_id))

    assert (await export_of(db, northwind.id, export_id)).state == "failed"


async def test_writes_beside_it_neither_double_nor_lose_an_old_contact(
    db, northwind, tmp_path, small_steps
):
    made = await crowd(db, northwind.id, 600)
    export_id = await asked(db, northwind.id, columns=("id", "email", "tags"))
    chance = random.Random(7)
    ended = asyncio.Event()

    async def busy():
        number = 0
        while not ended.is_set():
            number += 1
            await apply(db, northwind.id, email=f"new{number}@example.com")
            await apply(db, northwind.id, id=chance.choice(made), tags_add=(f"t{number}",))

    writing = asyncio.create_task(busy())
    export = await worked(db, northwind.id, export_id, tmp_path)
    ended.set()
    await writing

    content = file_at(tmp_path, northwind.id, export).read_bytes()
    ids = [row[0] for row in read_back(content, Format.CSV)][1:]
    assert len(ids) == len(set(ids))
    assert {str(id) for id in made} <= set(ids)


@pytest.mark.parametrize(
    "wanted",
    [
        {"tags": ("some",)},
        {"tags": ("some", "rare")},
        {"none_tag": ("some",)},
        {"any_tag": ("none-such",)},
        {"search": "crowd0000"},
        {"email": "crowd00007@example.com"},
        {"is_active": False},
    ],
    ids=str,
)
async def test_exactly_those_whom_the_list_shows(db, northwind, tmp_path, small_steps, wanted):
    from signalbook.contacts import queries as contacts

    made = await crowd(db, northwind.id, 180)
    for number in range(0, 180, 3):
        await apply(db, northwind.id, id=made[number], tags_add=("some",))
    await apply(db, northwind.id, id=made[90], tags_add=("rare",), is_active=False)
    meant = ContactFilter(**wanted)

    _, *rows = await table_of(db, northwind.id, tmp_path, columns=("id",), wanted=meant)

    async with db.read() as read:
        predicate = await contacts.predicate_of(read, northwind.id, meant)
        ids = await contacts.matching_ids(read, northwind.id, predicate, None, 1000)
    assert [row[0] for row in rows] == [str(id) for id in ids]


async def test_a_stretch_that_takes_too_long_is_tried_as_a_shorter_one(
    db, northwind, tmp_path, monkeypatch
):
    made = await crowd(db, northwind.id, 700)
    copied, strides = walking.copy_queries.copied, []

    def impatient(read, account_id, predicate, rows, stretch, counted):
        between = [id for id in made if (stretch.after is None or id > stretch.after)]
        size = len([id for id in between if id <= stretch.upto])
        strides.append(size)
        return slow() if size > 600 else copied(read, account_id, predicate, rows, stretch, counted)

    async def slow():
        yield b"half of it\n"
        raise DatabaseBusy

    monkeypatch.setattr(walking.copy_queries, "copied", impatient)
    _, *rows = await table_of(db, northwind.id, tmp_path, columns=("id",))

    assert strides == [700, 700, 500, 200]
    assert [row[0] for row in rows] == [str(id) for id in made]


async def test_ten_at_once_are_the_limit(db, northwind, contoso):
    for _ in range(MOST_AT_ONCE):
        await asked(db, northwind.id)

    with pytest.raises(TooManyExports):
        await asked(db, northwind.id)
    assert await asked(db, contoso.id)


async def test_what_cannot_be_exported_is_told_at_once(db, northwind):
    with pytest.raises(ExportInvalid) as refusal:
        await asked(
            db,
            northwind.id,
            format="xlsx",
            compression="gzip",
            columns=("email", "no-such"),
            wanted=ContactFilter(tags=("a\x00b",)),
        )

    assert [(one.field, one.code) for one in refusal.value.problems] == [
        ("gzip", "not_supported"), ("filter", "nul"), ("columns", "unknown_column"),
    ]  # fmt: skip


async def test_a_file_is_gone_after_a_day_and_its_line_after_a_month(
    db, northwind, tmp_path, monkeypatch
):
    await crowd(db, northwind.id, 3)
    await content_of(db, northwind.id, tmp_path)
    running = await asked(db, northwind.id)
    await worked(db, northwind.id, await asked(db, northwind.id), tmp_path)
    async with db.read() as read:
        old, _, new = reversed(await queries.page(read, northwind.id, 10))
    (tmp_path / "exports" / str(northwind.id) / str(northwind.people["Ada"].id)).mkdir()
    async with db.tx() as tx:
        await tx.execute(
            "UPDATE exports SET expires_at = %s WHERE id = %s",
            [clock.now() - timedelta(seconds=1), old.id],
        )

    await tidying.tidy(db, tmp_path)

    assert files.kept(tmp_path) == [(northwind.id, new.id)]
    assert (await export_of(db, northwind.id, old.id)).state == "expired"
    assert (await export_of(db, northwind.id, running)).state == "queued"
    async with db.tx() as tx:
        month = clock.now() - timedelta(days=31)
        await tx.execute("UPDATE exports SET finished_at = %s WHERE id = %s", [month, old.id])
    await tidying.tidy(db, tmp_path)
    async with db.read() as read:
        assert await queries.get(read, northwind.id, old.id) is None


@contextmanager
def worker(dsn: str, folder: Path, *vanishing: signal.Signals):
    command = [sys.executable, PROCESS, dsn, folder, *(str(int(how)) for how in vanishing)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
async def test_an_export_whose_worker_vanishes_is_whole(db, dsn, northwind, tmp_path, how):
    made = await crowd(db, northwind.id, 600)
    export_id = await asked(db, northwind.id, columns=("id",), compression="gzip")

    with worker(dsn, tmp_path, how) as first:
        await asyncio.to_thread(os.waitid, os.P_PID, first.pid, GONE)
        begun = await export_of(db, northwind.id, export_id)
        with worker(dsn, tmp_path):
            ended = await until(db, northwind.id, export_id, lambda export: not export.is_active)
            first.send_signal(signal.SIGCONT)  # one that was only stopped finds its lease lost
            await asyncio.sleep(0.5)

    assert (begun.state, begun.done) == ("running", (VANISHES_AT - 1) * STRETCH)
    assert (ended.state, ended.done, ended.total) == ("done", 600, 600)
    text = gzip.decompress(file_at(tmp_path, northwind.id, ended).read_bytes()).decode()
    assert [row[0] for row in csv.reader(io.StringIO(text))] == ["id", *map(str, made)]


async def until(db, account_id, export_id, reached):
    async with asyncio.timeout(60):
        while not reached(export := await export_of(db, account_id, export_id)):  # noqa: ASYNC110  # another process works
            await asyncio.sleep(0.05)
        return export
