"""A hostile file ends its reader at most: the parent lives, and a person gets a sentence."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
import pytest

from signalbook.imports import limits, sandbox
from signalbook.imports.errors import ReaderKilled, Unreadable
from signalbook.imports.model import ColumnMap, Hints, Options, Plan, Source
from signalbook.kit.ids import new_id
from tests.corpus import workbook_files as made
from tests.corpus.hostile import HOSTILE, KILLERS

ALONE = (
    "xlsx: A1 and XFD1048576", "zip of zips", "json: 100,000 objects deep", "a quote, then 30 MB",
    "ods: ten billion rows", "html named xls", "gzip cut off",
)  # fmt: skip
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")


def test_no_hostile_file_brings_a_reader_down(tmp_path):
    for number, case in enumerate(HOSTILE):
        folder = tmp_path / str(number)
        folder.mkdir()
        case.write(folder)

    child = subprocess.run(
        [sys.executable, "-m", "tests.corpus.hostile_child", tmp_path],
        capture_output=True,
        check=False,
    )

    assert child.returncode == 0, child.stderr.decode()[-2_000:]
    told = json.loads(child.stdout)
    assert told["wrong"] == {}
    assert told["read"] >= 60


@pytest.mark.parametrize(
    "case",
    [*(case for case in HOSTILE if case.name in ALONE), *KILLERS],
    ids=lambda case: case.name,
)
async def test_the_parent_lives_and_says_a_sentence(case, tmp_path):
    path = case.write(tmp_path)

    with pytest.raises(Unreadable) as failure:
        await sandbox.inspect(path, case.file, msgspec.convert(case.hints, Hints))

    assert failure.value.reason == case.failure
    assert failure.value.message.endswith(".")


async def test_a_good_file_comes_through(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(made.xlsx(made.row(1, "email", "name") + made.row(2, "a@x.com", "Ada")))

    source = await sandbox.inspect(path, "contacts.xlsx", Hints())
    cells = await sandbox.cells(path, source, [2, 7])

    assert (source.kind, source.columns) == ("xlsx", ["email", "name"])
    assert cells == {2: ["a@x.com", "Ada"]}


async def test_a_large_sheet_stays_within_the_limits(tmp_path):
    rows = "".join(made.row(n, f"p{n}@x.com", "Ada", n, 1.5) for n in range(2, 40_000))
    path = tmp_path / "source"
    path.write_bytes(made.xlsx(made.row(1, "email", "name", "n", "x") + rows))

    source = await sandbox.inspect(path, "contacts.xlsx", Hints())

    assert source.rows_estimate == 39_998


@pytest.fixture
async def hanging(tmp_path, monkeypatch):
    """A child that waits for a pipe that nobody writes to, as a task and as a process."""
    monkeypatch.setenv("SIGNALBOOK_SECRET_KEY", "do-not-tell")
    path = tmp_path / "source"
    os.mkfifo(path)
    before = {child.pid for child in psutil.Process().children()}
    task = asyncio.create_task(sandbox.inspect(path, "x", Hints(), seconds=60))
    async with asyncio.timeout(20):
        while True:
            new = [c for c in psutil.Process().children() if c.pid not in before]
            if new and new[0].nice() == limits.NICENESS:
                break
            await asyncio.sleep(0.05)
    yield task, new[0]
    task.cancel()
    with suppress(asyncio.CancelledError, Unreadable, ReaderKilled):
        await task


def sockets_of(pid):
    files = Path(f"/proc/{pid}/fd").iterdir()
    return [int(file.name) for file in files if str(file.readlink()).startswith("socket:")]


@linux_only
async def test_the_child_inherits_no_secret_and_no_socket(hanging):
    _, child = hanging

    assert not [name for name in child.environ() if name.startswith(("SIGNALBOOK", "PG"))]
    assert "do-not-tell" not in child.environ().values()
    assert not [fd for fd in sockets_of(child.pid) if fd > 2]
    assert child.rlimit(psutil.RLIMIT_AS)[0] == limits.MEMORY_BYTES
    assert child.rlimit(psutil.RLIMIT_FSIZE)[0] == child.rlimit(psutil.RLIMIT_CORE)[0] == 0


@linux_only
async def test_a_child_that_is_killed_from_outside_is_not_the_fault_of_its_file(hanging):
    task, child = hanging

    child.kill()

    with pytest.raises(ReaderKilled):
        await task


@linux_only
async def test_nothing_is_left_of_a_child_whose_parent_turns_away(hanging):
    task, child = hanging

    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    assert not psutil.pid_exists(child.pid)


@linux_only
async def test_a_child_that_falls_silent_is_stopped(tmp_path):
    path = tmp_path / "source"
    os.mkfifo(path)
    before = set(psutil.Process().children())

    with pytest.raises(Unreadable, match="longer than it may"):
        await sandbox.inspect(path, "x", Hints(), seconds=2)

    assert set(psutil.Process().children()) <= before


@linux_only
def test_a_child_ends_with_its_parent(tmp_path):
    path = tmp_path / "source"
    os.mkfifo(path)
    script = (
        "import asyncio, pathlib\n"
        "from signalbook.imports import sandbox\n"
        "from signalbook.imports.model import Hints\n"
        f"asyncio.run(sandbox.inspect(pathlib.Path({str(path)!r}), 'x', Hints()))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 20
    children: list[psutil.Process] = []
    while time.monotonic() < deadline and not (children and children[0].nice() == limits.NICENESS):
        children = psutil.Process(parent.pid).children()
        time.sleep(0.05)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    gone, alive = psutil.wait_procs(children, timeout=5)
    assert gone
    assert not alive


def plan_of(source):
    return Plan(
        account_id=1,
        import_id=new_id(),
        source=source,
        columns=(ColumnMap(column=0, target="email"),),
        options=Options(),
        fields=(),
    )


async def test_parcels_arrive_whole_and_in_order(tmp_path):
    path = tmp_path / "source"
    path.write_text("email\n" + "".join(f"p{n}@x.com\n" for n in range(25_000)), encoding="utf-8")
    source = await sandbox.inspect(path, "c.csv", Hints())

    async with sandbox.parsing(path, plan_of(source)) as parcels:
        heads = [(parcel, rows.count(b"\n"), rejects) async for parcel, rows, rejects in parcels]

    assert sum(parcel.rows for parcel, _, _ in heads) == 25_000
    assert all(parcel.rows == lines for parcel, lines, _ in heads)
    assert [parcel.finished for parcel, _, _ in heads][-1] is True
    assert heads[-1][0].read_bytes == path.stat().st_size


async def test_whoever_leaves_between_two_parcels_leaves_no_child(tmp_path):
    path = tmp_path / "source"
    path.write_text("email\n" + "p@x.com\n" * 300_000, encoding="utf-8")
    before = set(psutil.Process().children())

    async with sandbox.parsing(path, plan_of(Source(kind="csv", columns=["email"]))) as parcels:
        await anext(parcels)

    assert set(psutil.Process().children()) <= before


async def test_what_was_read_before_an_unreadable_row_arrives(tmp_path):
    path = tmp_path / "source"
    path.write_text("email\n" + "p@x.com\n" * 3_000 + '"q@x.com\n', encoding="utf-8")

    async with sandbox.parsing(path, plan_of(Source(kind="csv", columns=["email"]))) as parcels:
        heads = [parcel async for parcel, _, _ in parcels]

    assert sum(parcel.rows for parcel in heads) == 3_000
    assert "row 3,002" in heads[-1].failure
