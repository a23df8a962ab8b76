"""Measure, and print the figures beside their bars.

    python -m tests.bench                   everything; the first run fills a million contacts
    python -m tests.bench --quick           in two minutes, with 20,000 contacts for the million
    python -m tests.bench --contacts 0      only the empty server

Figures of one run belong together: two cores are shared by server, database and load generator, and
by whatever else runs. So the bars that compare are ratios against the same run.
"""

import argparse
import asyncio
import shutil
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.app import BARE_NOOP
from tests.bench.figures import (
    Bench,
    Figure,
    Sizes,
    limit_microseconds,
    middle,
    print_table,
)
from tests.bench.preload import prepared
from tests.bench.server import Server, open_door, running

KNOWN = 20_000
_QUICK = Sizes(noops=8_000, adds=8_000, batches=15, reads=60, times=1)


class Measured:
    """What one server did."""

    def __init__(self) -> None:
        self.noop = self.bare = self.rate = self.p50 = self.p99 = self.batch = self.peak_mb = 0.0
        self.reads: list[Figure] = []


def main() -> None:
    """Measure as asked and print the table; slowness is told and never an error."""
    asked = _arguments()
    sizes = _QUICK if asked.quick else Sizes()
    usual = 20_000 if asked.quick else 1_000_000
    million = usual if asked.contacts is None else asked.contacts
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="signalbook-bench-") as name:
        scratch = Path(name)
        with running(scratch / "empty") as server:
            empty = asyncio.run(_measure(server, KNOWN, sizes, scratch, with_reads=False))
        figures += _writing(empty)
        figures.append(_limits(scratch, empty))
        if million:
            kept = prepared(million)
            shutil.copytree(kept, scratch / "full", symlinks=True)
            with running(scratch / "full") as server:
                full = asyncio.run(_measure(server, million, sizes, scratch, with_reads=True))
            figures += _against_empty(empty, full, f"{million:,} contacts")
    print_table(figures)


async def _measure(
    server: Server, known: int, sizes: Sizes, scratch: Path, *, with_reads: bool
) -> Measured:
    door = await open_door(server.dsn)
    bench = Bench(server, door, known, sizes, scratch)
    found = Measured()
    if with_reads:
        found.reads = [
            Figure(
                name,
                "p99 ≤ 50 ms",
                f"p50 {result.quantile(0.5):.1f} ms, p99 {result.quantile(0.99):.1f} ms",
                result.quantile(0.99) <= 50,
            )
            for name, result in await bench.reads()
        ]
    await bench.adds()  # the first minute of an empty database is another story
    found.noop, found.bare = await bench.noop(), await bench.noop(BARE_NOOP)
    adds = middle(await bench.adds())
    found.rate, found.p50, found.p99 = adds.rate, adds.quantile(0.5), adds.quantile(0.99)
    found.batch = median(await bench.batches())
    found.peak_mb = server.peak_mb
    return found


def _writing(empty: Measured) -> list[Figure]:
    share = empty.rate / empty.noop
    return [
        Figure("add-contact", "≥ 5,000/s", f"{empty.rate:,.0f}/s", empty.rate >= 5_000),
        Figure("  p50", "", f"{empty.p50:.1f} ms"),
        Figure("  p99", "≤ 40 ms", f"{empty.p99:.1f} ms", empty.p99 <= 40),
        Figure("  share of a no-op @asgi route", "≥ 0.5", f"{share:.2f}", share >= 0.5),
        Figure("  the no-op @asgi route", "", f"{empty.noop:,.0f}/s"),
        Figure("  a no-op past the router", "", f"{empty.bare:,.0f}/s"),
        Figure("batch of 1,000", "≥ 20,000/s", f"{empty.batch:,.0f}/s", empty.batch >= 20_000),
        Figure(
            "memory of a worker, at most", "≤ 150 MB", f"{empty.peak_mb:.0f} MB",
            empty.peak_mb <= 150,
        ),
    ]  # fmt: skip


def _limits(scratch: Path, empty: Measured) -> Figure:
    cost = asyncio.run(limit_microseconds(scratch / "limits"))
    share = cost * empty.rate / 1e6
    told = f"{cost:.1f} µs, {share:.1%} of a worker at that rate"
    return Figure("counting a call against a plan", "", told)


def _against_empty(empty: Measured, full: Measured, name: str) -> list[Figure]:
    adds, batch = full.rate / empty.rate, full.batch / empty.batch
    return [
        Figure(f"add-contact with {name}", "≥ 0.85 of empty",
               f"{adds:.2f} ({full.rate:,.0f}/s, p99 {full.p99:.1f} ms)", adds >= 0.85),
        Figure(f"batch with {name}", "≥ 0.85 of empty",
               f"{batch:.2f} ({full.batch:,.0f}/s)", batch >= 0.85),
        Figure("memory of a worker, at most", "≤ 150 MB", f"{full.peak_mb:.0f} MB",
               full.peak_mb <= 150),
        *full.reads,
    ]  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true", help="small loads, 20,000 contacts")
    parser.add_argument("--contacts", type=int, help="how many to fill in")
    return parser.parse_args()


if __name__ == "__main__":
    main()
