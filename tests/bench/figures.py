"""The figures one by one: each is a load, a number, and the bar it is held to."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from tests.bench import bodies, load
from tests.bench.app import NOOP
from tests.bench.load import Plan, Result
from tests.bench.server import Door, Server

CONNECTIONS = 64
PER_BATCH = 1_000
_ADD, _BATCH = "/add-contact", "/api/v1/contacts/batch"
_READS = {
    "list page": "/api/v1/contacts?limit=100",
    "tag filter, common": f"/api/v1/contacts?limit=100&tag={bodies.TAGS[0]}",
    "tag filter, rare": f"/api/v1/contacts?limit=100&tag={bodies.RARE_TAG}",
    "two tags": f"/api/v1/contacts?limit=100&tag={bodies.TAGS[3]}&tag={bodies.TAGS[90]}",
    "search, common": "/api/v1/contacts?limit=100&search=john",
    "search, rare": "/api/v1/contacts?limit=100&search=chen.wei.4",
}
_PAGES = {
    "console contacts": "/contacts",
    "console, by tag": f"/contacts?tag={bodies.TAGS[0]}",
    "console, searching": "/contacts?search=asha",
}


class Figure(msgspec.Struct):
    """A measured number beside its bar; `is_met` is None where there is no bar."""

    name: str
    bar: str
    measured: str
    is_met: bool | None = None


class Sizes(msgspec.Struct):
    """How much load a run puts on."""

    noops: int = 40_000
    adds: int = 40_000
    batches: int = 60
    reads: int = 300
    times: int = 3


class Bench:
    """One server, its keys, and a scratch folder for requests."""

    def __init__(self, server: Server, door: Door, known: int, sizes: Sizes, scratch: Path) -> None:
        self.server = server
        self.door = door
        self.known = known
        self.sizes = sizes
        self.scratch = scratch

    async def noop(self, path: str = NOOP) -> float:
        """Return the rate of the route that does nothing, asked the same way."""
        wanted = bodies.mixed(0, 0, self.sizes.noops, seed=1)
        return median([(await self._send(path, wanted)).rate])

    async def adds(self) -> list[Result]:
        """Add new and known contacts, each answered after its commit."""
        runs: list[Result] = []
        for _ in range(self.sizes.times):
            first = random.SystemRandom().randrange(200, 9_000) * 10_000
            wanted = bodies.mixed(first, self.known, self.sizes.adds, seed=first)
            runs.append(_healthy(await self._send(_ADD, wanted)))
        return runs

    async def batches(self, callers: int = 3) -> list[float]:
        """Change a thousand contacts a call; return contacts a second."""
        rates: list[float] = []
        headers = {"x-api-key": self.door.api_key}
        for _ in range(self.sizes.times):
            first = random.SystemRandom().randrange(9_001, 19_000) * 100_000
            chance = random.Random(first)
            count = self.sizes.batches
            starts = range(first, first + count * PER_BATCH, PER_BATCH)
            written = (
                bodies.batch(range(start, start + PER_BATCH), self.known, chance)
                for start in starts
            )
            plan = self._plan((bodies.request(_BATCH, headers, one) for one in written), callers)
            plan.warm = min(3, count // 10)
            rates.append(_healthy(await self._run(plan)).rate * PER_BATCH)
        return rates

    async def reads(self) -> list[tuple[str, Result]]:
        """Ask one at a time, as a person does; the client's clock includes everything."""
        api = {"x-api-key": self.door.api_key}
        page = {"cookie": f"signalbook={self.door.session}", "accept": "text/html"}
        listed = [(name, path, api) for name, path in _READS.items()]
        listed += [(name, path, page) for name, path in _PAGES.items()]
        found: list[tuple[str, Result]] = []
        for name, path, headers in listed:
            whole = [bodies.request(path, headers, None)] * self.sizes.reads
            plan = self._plan(whole, 1)
            plan.warm = 5
            found.append((name, _healthy(await self._run(plan))))
        return found

    async def _send(self, path: str, wanted: Iterator[bytes]) -> Result:
        headers = {"template-key": self.door.upload_key}
        plan = self._plan((bodies.request(path, headers, one) for one in wanted), CONNECTIONS)
        plan.warm = 500
        return await self._run(plan)

    def _plan(self, requests: Iterable[bytes], connections: int) -> Plan:
        path = self.scratch / "requests"
        load.write_requests(path, requests)
        return Plan("127.0.0.1", self.server.port, str(path), connections, seconds=120)

    async def _run(self, plan: Plan) -> Result:
        async with self._weighing():
            return await load.in_own_process(plan)

    @asynccontextmanager
    async def _weighing(self) -> AsyncGenerator[None]:
        """Watch the memory of the workers meanwhile."""

        async def watch() -> None:
            while True:
                self.server.weigh()
                await asyncio.sleep(0.3)

        task = asyncio.create_task(watch())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def limit_microseconds(folder: Path) -> float:
    """Return what counting one call against a plan costs, in microseconds of the worker."""
    from signalbook.web.limits import Limiter, Policy, headers

    limiter, policy = Limiter(folder, None), Policy("bench", 60_000, 60, 60_000)
    calls = 20_000
    began = time.perf_counter()
    for _ in range(calls):
        headers(await limiter.admit(policy, 1))
    await limiter.close()
    return (time.perf_counter() - began) / calls * 1e6


def middle(results: list[Result]) -> Result:
    """Return the run with the median rate."""
    return sorted(results, key=lambda one: one.rate)[len(results) // 2]


def _healthy(result: Result) -> Result:
    """Count only what was done; a call that was asked to come back later was not."""
    refused = result.answers - result.statuses.get("200", 0)
    if set(result.statuses) - {"200", "503"} or refused > 0.1 * result.answers:
        raise RuntimeError(f"{result.statuses} {result.first_failure}")
    result.answers -= refused
    return result


def print_table(figures: list[Figure]) -> None:
    """Print figures beside their bars, and whether each is met."""
    table = Table("figure", "bar", "measured", "", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for one in figures:
        mark = "" if one.is_met is None else "✓" if one.is_met else "✗"
        table.add_row(one.name, one.bar, one.measured, mark)
    Console(width=110).print(table)
