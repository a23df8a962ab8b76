"""Measure imports and exports on a real server, and print the figures beside their bars.

    python -m tests.bench.imports                   a million rows; some 10 minutes
    python -m tests.bench.imports --rows 100000
    python -m tests.bench.imports --quick           20,000 rows

An import is timed from the first byte of its upload to its last commit, through the API. The
baseline writes the very rows that the import into the empty account has written, into the empty
tables of another server, in the same minute. Between two measurements the database tidies up
(VACUUM, ANALYZE, CHECKPOINT), so that none pays for the one before it.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import psycopg

from signalbook.kit import clock
from tests.bench import bare
from tests.bench.figures import Figure, print_table
from tests.bench.importing import Client, Refused
from tests.bench.load import Result
from tests.bench.memory import Weighing
from tests.bench.people_file import people_file
from tests.bench.server import Door, Server, open_door, running
from tests.bench.steady import Plan, steady

_APP = "signalbook.app:create"
_WARM_ROWS = 2_000
_NEIGHBOURS = 5_000
T = TypeVar("T")


class Import:
    """One import that has ended: how long it took, and how its time was spent."""

    def __init__(self, rows: int, began: datetime, times: tuple[datetime | None, ...]) -> None:
        """Take the moments at which it was begun, checked, applied and finished."""
        started, applying, ended = times
        assert ended is not None
        assert started is not None
        self.seconds = (ended - began).total_seconds()
        self.rate = rows / self.seconds
        self.upload = (started - began).total_seconds()
        self.check = ((applying or ended) - started).total_seconds()
        self.apply = (ended - (applying or ended)).total_seconds()

    def told(self) -> str:
        """Say it in a cell of the table."""
        parts = f"upload {self.upload:.1f}, check {self.check:.1f}, apply {self.apply:.1f} s"
        return f"{self.rate:,.0f}/s ({parts})"


class Course:
    """What is measured on one server, one after another."""

    def __init__(self, server: Server, rows: int, scratch: Path) -> None:
        """Prepare the files."""
        self.server = server
        self.rows = rows
        self.scratch = scratch
        self.figures: list[Figure] = []
        self.worker_mb = self.child_mb = self.together_mb = 0.0

    def run(self) -> None:
        """Measure everything; each step needs what those before it have left."""
        people, rows = people_file(range(self.rows)), self.rows
        self._import("warm", people_file(range(_WARM_ROWS)), _WARM_ROWS)
        empty = self._import("northwind", people, rows)
        baseline = self._baseline("northwind")
        share = empty.seconds / baseline
        name = f"{rows:,} rows into an empty account"
        self._note(name, "≥ 25,000/s", empty, is_met=empty.rate >= 25_000)
        told = f"{share:.2f} of {baseline:.1f} s ({rows / baseline:,.0f}/s)"
        self._note("  of the time of a bare COPY + INSERT", "≤ 1.6", told, is_met=share <= 1.6)
        same = self._import("northwind", people, rows)
        self._note("the same file again", "≥ 40,000/s", same, is_met=same.rate >= 40_000)
        changed = self._import("northwind", people_file(range(rows), is_changed=True), rows)
        self._note("every row changed", "≥ 15,000/s", changed, is_met=changed.rate >= 15_000)
        try:
            self._export("northwind")
        except Refused as refusal:
            self._note(f"export of {rows:,} contacts to CSV", "≥ 60,000/s", str(refusal)[:60])
        self._beside("another account", empty, self._import("contoso", people, rows))
        more = people_file(range(rows, 2 * rows))
        self._beside("the same account", empty, self._import("northwind", more, rows))
        self._steadiness(people)
        self._weights()

    def _import(self, account: str, path: Path, rows: int) -> Import:
        """Import a file; refuse to go on when not every row came to something."""
        door = asyncio.run(open_door(self.server.dsn, account))
        client = Client(self.server.port, door.api_key)
        began = clock.now()
        with Weighing(self.server) as weighed:
            ended = client.wait(client.send(path))
        self.worker_mb = max(self.worker_mb, weighed.worker_mb)
        self.child_mb = max(self.child_mb, weighed.child_mb)
        self.together_mb = max(self.together_mb, weighed.together_mb)
        return self._timed(door, str(ended["id"]), rows, began)

    def _timed(self, door: Door, import_id: str, rows: int, began: datetime) -> Import:
        with psycopg.connect(self.server.dsn) as conn:
            found = conn.execute(_TIMES, [door.account_id, import_id]).fetchone()
            assert found is not None
            state, failure, *times, accounted = found
            if state != "done" or accounted != rows:
                raise RuntimeError(f"{state} with {accounted} of {rows} rows {failure}")
        _tidy(self.server.dsn)
        return Import(rows, began, tuple(times))

    def _baseline(self, account: str) -> float:
        """Write the rows of an account into the empty tables of a server that is as new."""
        door = asyncio.run(open_door(self.server.dsn, account))
        bare.dump(self.server.dsn, door.account_id, self.scratch / "dump")
        with running(self.scratch / "bare", target=_APP) as other:
            to = asyncio.run(open_door(other.dsn, account))
            seconds = bare.fill(other.dsn, to.account_id, self.scratch / "dump")
        shutil.rmtree(self.scratch / "bare", ignore_errors=True)
        shutil.rmtree(self.scratch / "dump")
        return seconds

    def _export(self, account: str) -> None:
        door = asyncio.run(open_door(self.server.dsn, account))
        client = Client(self.server.port, door.api_key)
        began = clock.now()
        with Weighing(self.server) as weighed:
            exported = client.export(format="csv")
            seconds = (clock.now() - began).total_seconds()
            size = client.download(_link(exported), self.scratch / "export.csv")
        with (self.scratch / "export.csv").open("rb") as file:
            lines = sum(1 for _ in file) - 1
        if lines != self.rows:
            raise RuntimeError(f"{lines} of {self.rows} rows in {exported}")
        rate = self.rows / seconds
        told = f"{rate:,.0f}/s ({size / 1e6:.0f} MB, worker {weighed.worker_mb:.0f} MB)"
        name = f"export of {self.rows:,} contacts to CSV"
        self._note(name, "≥ 60,000/s", told, is_met=rate >= 60_000)
        self.worker_mb = max(self.worker_mb, weighed.worker_mb)
        _tidy(self.server.dsn)

    def _beside(self, where: str, empty: Import, measured: Import) -> None:
        share = measured.rate / empty.rate
        told = f"{share:.2f}: {measured.told()}"
        name = f"with {self.rows:,} others in {where}"
        self._note(name, "≥ 0.8 of empty", told, is_met=share >= 0.8)

    def _steadiness(self, path: Path) -> None:
        """Compare what a few callers notice while an import runs with what they notice without."""
        door = asyncio.run(self._neighbours())
        idle, _ = asyncio.run(self._under_load(door, lambda: _sleep(self.rows)))
        busy, done = asyncio.run(
            self._under_load(door, lambda: self._import("steady", path, self.rows))
        )
        quiet, loud = idle.quantile(0.99), busy.quantile(0.99)
        self._note("p99 of 25 calls/s, idle", "", f"{quiet:.1f} ms (p50 {idle.quantile(0.5):.1f})")
        told = f"{loud:.1f} ms (p50 {busy.quantile(0.5):.1f}), {loud / quiet:.1f}×"
        self._note("  while an import runs", "≤ 2 × idle", told, is_met=loud <= 2 * quiet)
        self._note("  and the import meanwhile", "", done)

    async def _neighbours(self) -> Door:
        door = await open_door(self.server.dsn, "neighbours")
        client = Client(self.server.port, door.api_key)
        ended = await asyncio.to_thread(
            lambda: client.wait(client.send(people_file(range(_NEIGHBOURS))))
        )
        assert ended["id"]
        return door

    async def _under_load(self, door: Door, work: Callable[[], T]) -> tuple[Result, T]:
        async with steady(Plan(self.server.port, door)) as load:
            done = await asyncio.to_thread(work)
            result = await load.stop()
        if set(result.statuses) != {"200"}:
            raise RuntimeError(f"{result.statuses} {result.first_failure}")
        return result, done

    def _weights(self) -> None:
        weight = self.worker_mb
        self._note("memory of the worker", "≤ 200 MB", f"{weight:.0f} MB", is_met=weight <= 200)
        self._note("  of a child that reads a file", "", f"{self.child_mb:.0f} MB")
        self._note("  of both together", "", f"{self.together_mb:.0f} MB")

    def _note(
        self, name: str, bar: str, measured: str | Import, *, is_met: bool | None = None
    ) -> None:
        told = measured if isinstance(measured, str) else measured.told()
        self.figures.append(Figure(name, bar, told, is_met))
        print(f"{name}: {told}", flush=True)


_TIMES = """
    SELECT state, failure, checking_at, applying_at, finished_at,
           rejected + (SELECT coalesce(sum(cardinality(rows)), 0)
                         FROM import_chunks AS c
                        WHERE c.account_id = i.account_id AND c.import_id = i.id)
      FROM imports AS i
     WHERE account_id = %s AND id = %s
"""


def _sleep(rows: int) -> None:
    """Wait about as long as the import of so many rows may take, at least for 500 calls."""
    time.sleep(max(20.0, min(rows / 25_000, 60.0)))


def _link(exported: dict[str, object]) -> str:
    """Find the path from which an export is downloaded."""
    link = str(exported.get("download_url") or f"/api/v1/exports/{exported['id']}/file")
    return link if link.startswith("/") else "/" + link.split("/", 3)[3]


def _tidy(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("VACUUM (ANALYZE)")
        conn.execute("CHECKPOINT")


def main() -> None:
    """Measure as asked and print the table; slowness is told and never an error."""
    parser = argparse.ArgumentParser(prog="bench-import")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="20,000 rows")
    asked = parser.parse_args()
    rows = 20_000 if asked.quick else asked.rows
    with (
        tempfile.TemporaryDirectory(prefix="signalbook-bench-") as name,
        running(Path(name) / "data", target=_APP) as server,
    ):
        course = Course(server, rows, Path(name))
        try:
            course.run()
        finally:
            print_table(course.figures)


if __name__ == "__main__":
    main()
