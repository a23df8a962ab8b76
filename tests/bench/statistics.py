"""Measure statistics on a real server, and print the figures beside their bars.

    python -m tests.bench.statistics                   a million contacts; some ten minutes
    python -m tests.bench.statistics --only reach      one figure: read, reach, list, add or import
    python -m tests.bench.statistics --quick           20,000 contacts

What is kept is asked for one call at a time, as a person does; the client's clock includes
everything. What counting costs is the ratio to the same server that counts nothing, in turns and in
the same minutes, as whatever else the machine does slows both.
"""

import argparse
import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psycopg

from signalbook.kit import clock
from tests.bench import bodies, load, uncounted
from tests.bench.crowd import LISTS, TAGS, prepared
from tests.bench.figures import Figure, print_table
from tests.bench.importing import Client
from tests.bench.load import Plan
from tests.bench.people_file import people_file
from tests.bench.server import Door, Server, open_door, running

ONLY = ("read", "reach", "list", "add", "import")

_APP = "signalbook.app:create"
_UNCOUNTED = "tests.bench.uncounted:create"
_HERE = "/api/v1/statistics"
_ADDED = 100_000
_CONNECTIONS = 32
_FILTERS = {
    "everybody, counted": "none_tag=nobodys",
    "a common tag": "any_tag=tag-000",
    "two tags": "tag=tag-000&tag=tag-001",
    "any of three tags": "any_tag=tag-000&any_tag=tag-010&any_tag=tag-100",
    "without a tag": "none_tag=tag-000",
    "a list": "any_list={list}",
    "a year": "created_after={year}",
    "reachable by e-mail": "reachable=email",
    "a country": "country=GB",
    "lost at a step": "lost=voice:contact",
}
_FIELD_FILTERS = {
    "a field": "field1=city&op1=is&value1=Lyon",
    "a field contains": "field1=city&op1=contains&value1=ee",
    "a field is missing": "field1=phone&op1=missing",
}


class Cost(NamedTuple):
    """How long something took, and how much of the two cores' time worker and database spent."""

    seconds: float
    cpu: float


class Turn(NamedTuple):
    """The same, with counting and without."""

    counting: Cost
    plain: Cost


class Course:
    """What is measured, one after another."""

    def __init__(self, contacts: int, scratch: Path) -> None:
        """Measure with so many contacts, in a folder of its own."""
        self.contacts = contacts
        self.scratch = scratch
        self.figures: list[Figure] = []

    def read(self, server: Server) -> None:
        """Ask for what is kept: of the account, every list, every tag, and fields."""
        door = asyncio.run(open_door(server.dsn))
        lists = [f"{_HERE}?list={id}" for id in _lists(server.dsn, door)]
        tags = [f"{_HERE}?tag=tag-{number:03}" for number in range(TAGS)]
        asked = {
            "an answer of nothing, for comparison": ["/healthz"],
            "statistics of the account": [_HERE],
            f"  of {LISTS} lists in turn": lists,
            f"  of {TAGS} tags in turn": tags,
            "  growth of 30 days": [
                f"{_HERE}/growth",
                *(one.replace("?", "/growth?") for one in lists),
            ],
            "fields with their counts": ["/api/v1/fields"],
        }
        for name, paths in asked.items():
            times = asyncio.run(self._asked(server, door, paths, 600))
            told = f"p50 {times[len(times) // 2]:.1f} ms, p99 {_p99(times):.1f} ms"
            self._note(name, "p99 ≤ 10 ms", told, is_met=_p99(times) <= 10)

    def reach(self, server: Server) -> None:
        """Count live who can be reached, of many filters."""
        door = asyncio.run(open_door(server.dsn))
        known = {"list": str(_lists(server.dsn, door)[0]), "year": f"{clock.now().year}-01-01"}
        paths = {name: f"{_HERE}?{one.format(**known)}" for name, one in _FILTERS.items()}
        paths |= {name: f"/statistics?{one}" for name, one in _FIELD_FILTERS.items()}
        slowest = 0.0
        for name, path in paths.items():
            times = asyncio.run(self._asked(server, door, [path], 7))
            slowest = max(slowest, median(times))
            self._note(f"  {name}", "", f"{median(times):,.0f} ms")
        told = f"{slowest / 1000:.2f} s, the slowest of {len(paths)}"
        name = f"reachability of {self.contacts:,} contacts by any filter"
        self._note(name, "≤ 1 s", told, is_met=slowest <= 1000)

    def join(self, server: Server) -> None:
        """Add many to a list by filter, from the call to the end of its job."""
        door = asyncio.run(open_door(server.dsn))
        client = Client(server.port, door.api_key)
        wanted = {"created_before": _moment_of(server.dsn, door, _ADDED)}
        names = [f"bench {number} {time.time_ns()}" for number in range(3)]
        times = [_added(client, name, wanted) for name in names]
        told = f"{median(times):.1f} s ({', '.join(f'{one:.1f}' for one in times)})"
        name = f"add {min(_ADDED, self.contacts):,} to a list by filter"
        self._note(name, "≤ 5 s", told, is_met=median(times) <= 5)

    def add(self, times: int) -> None:
        """Compare add-contact with and without counting, in turns."""
        turns = self._in_turns(times, lambda server, turn: asyncio.run(self._adding(server, turn)))
        self._told("counting, of the time of add-contact", turns)

    def import_(self, rows: int, times: int) -> None:
        """Compare an import into an empty account with and without counting, in turns."""

        def imported(server: Server, turn: int) -> float:
            return _imported(server, f"turn-{turn}", people_file(range(rows if turn else 2_000)))

        turns = self._in_turns(times, imported)
        self._told(f"  of an import of {rows:,} rows", turns)

    def _in_turns(self, times: int, work: Callable[[Server, int], float]) -> list[Turn]:
        """Let a server that counts and one that does not do the same, one after the other."""
        turns: list[Turn] = []
        with self._both() as (counting, plain):
            for turn in range(times + 1):
                costs = [_cost(server, work, turn) for server in (counting, plain)]
                if turn:  # the first minute of an empty database is another story
                    turns.append(Turn(*costs))
        return turns

    def _told(self, name: str, turns: list[Turn]) -> None:
        cost = median(one.counting.seconds / one.plain.seconds for one in turns) - 1
        cpu = median(one.counting.cpu / one.plain.cpu for one in turns) - 1
        each = [median(getattr(one, kind).seconds for one in turns) for kind in Turn._fields]
        told = f"{cost:+.1%} ({each[0]:.1f} s against {each[1]:.1f} s; of the CPU {cpu:+.1%})"
        self._note(name, "≤ 15 %", told, is_met=cost <= 0.15)

    @contextmanager
    def _both(self) -> Iterator[tuple[Server, Server]]:
        """Run a server that counts and one that does not, each on a folder of its own."""
        with (
            running(self.scratch / "counting", target=_APP) as counting,
            running(self.scratch / "plain", target=_UNCOUNTED) as plain,
        ):
            uncounted.forget_codes(plain.dsn)
            yield counting, plain
        for name in ("counting", "plain"):
            shutil.rmtree(self.scratch / name, ignore_errors=True)

    async def _asked(self, server: Server, door: Door, paths: list[str], times: int) -> list[float]:
        """Ask for these in turn, one at a time; return the milliseconds, sorted."""
        api = {"x-api-key": door.api_key}
        page = {"cookie": f"signalbook={door.session}", "accept": "text/html"}
        wanted = (
            bodies.request(path, api if path.startswith("/api") else page, None)
            for path in (paths * times)[:times]
        )
        return (await self._sent(server, wanted, 1, min(5, times // 3))).milliseconds

    async def _adding(self, server: Server, turn: int) -> float:
        door = await open_door(server.dsn)
        count = min(20_000, max(3_000, self.contacts // 50))
        first = 1_000_000 + turn * count
        wanted = (
            bodies.request("/add-contact", {"template-key": door.upload_key}, one)
            for one in bodies.mixed(first, 20_000, count, seed=turn)
        )
        return (await self._sent(server, wanted, _CONNECTIONS, 300)).seconds

    async def _sent(
        self, server: Server, wanted: Iterator[bytes], connections: int, warm: int
    ) -> load.Result:
        path = self.scratch / "requests"
        load.write_requests(path, wanted)
        plan = Plan("127.0.0.1", server.port, str(path), connections, seconds=120, warm=warm)
        found = await load.in_own_process(plan)
        if set(found.statuses) - {"200"}:
            raise RuntimeError(f"{found.statuses} {found.first_failure}")
        return found

    def _note(self, name: str, bar: str, told: str, *, is_met: bool | None = None) -> None:
        self.figures.append(Figure(name, bar, told, is_met))
        print(f"{name}: {told}", flush=True)


def _cost(server: Server, work: Callable[[Server, int], float], turn: int) -> Cost:
    before = sum(server.cpu_seconds().values())
    seconds = work(server, turn)
    return Cost(seconds, sum(server.cpu_seconds().values()) - before)


def _p99(times: list[float]) -> float:
    return times[min(int(len(times) * 0.99), len(times) - 1)]


def _lists(dsn: str, door: Door) -> list[object]:
    with psycopg.connect(dsn) as conn:
        query = "SELECT id FROM lists WHERE account_id = %s AND name LIKE 'List %%' ORDER BY name"
        return [row[0] for row in conn.execute(query, [door.account_id])]


def _moment_of(dsn: str, door: Door, count: int) -> str:
    """Return the moment before which so many contacts were made."""
    with psycopg.connect(dsn) as conn:
        query = (
            "SELECT max(created_at) FROM (SELECT created_at FROM contacts WHERE account_id = %s"
            " ORDER BY id LIMIT %s) AS first"
        )
        found = conn.execute(query, [door.account_id, count + 1]).fetchone()
        assert found is not None
        return found[0].isoformat()


def _added(client: Client, name: str, wanted: dict[str, str]) -> float:
    headers = {"content-type": "application/json"}
    body = json.dumps({"name": name}).encode()
    one = client.ask("POST", "/api/v1/lists", body, headers)["id"]
    began = time.monotonic()
    job = client.ask(
        "POST", f"/api/v1/lists/{one}/contacts", json.dumps({"filter": wanted}).encode(), headers
    )
    while job["state"] in {"queued", "running"}:
        time.sleep(0.02)
        job = client.ask("GET", f"/api/v1/lists/{one}/jobs/{job['id']}")
    if job["state"] != "done":
        raise RuntimeError(str(job))
    return time.monotonic() - began


def _imported(server: Server, account: str, path: Path) -> float:
    door = asyncio.run(open_door(server.dsn, account))
    client = Client(server.port, door.api_key)
    began = time.monotonic()
    ended = client.wait(client.send(path))
    took = time.monotonic() - began
    if ended.get("state", ended.get("status")) != "done":
        raise RuntimeError(str(ended))
    with psycopg.connect(server.dsn, autocommit=True) as conn:
        conn.execute("VACUUM (ANALYZE)")
        conn.execute("CHECKPOINT")
    return took


def main() -> None:
    """Measure as asked and print the table; slowness is told and never an error."""
    parser = argparse.ArgumentParser(prog="bench-statistics")
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the imported file")
    parser.add_argument("--times", type=int, default=0, help="turns of what is compared")
    parser.add_argument("--only", choices=ONLY, action="append", help="repeatable")
    parser.add_argument("--quick", action="store_true", help="20,000 contacts and rows")
    asked = parser.parse_args()
    contacts, rows = (20_000, 20_000) if asked.quick else (asked.contacts, asked.rows)
    wanted: set[str] = set(asked.only or ONLY)
    with tempfile.TemporaryDirectory(prefix="signalbook-bench-") as name:
        course = Course(contacts, Path(name))
        try:
            if wanted & {"read", "reach", "list"}:
                _with_crowd(course, wanted)
            if "add" in wanted:
                course.add(asked.times or 5)
            if "import" in wanted:
                course.import_(rows, asked.times or 2)
        finally:
            print_table(course.figures)


def _with_crowd(course: Course, wanted: set[str]) -> None:
    """Measure what needs many contacts, on a copy of the kept folder."""
    folder = course.scratch / "crowd"
    shutil.copytree(prepared(course.contacts), folder, symlinks=True)
    with running(folder, target=_APP) as server:
        for name, measure in (
            ("read", course.read),
            ("reach", course.reach),
            ("list", course.join),
        ):
            if name in wanted:
                measure(server)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
