"""What was called how often: gathered in memory, written every few seconds, folded when old.

A request costs two additions here and nothing in the database. A killed process loses what it had
gathered since its last flush, five seconds at most: these are figures for a chart and for "last
used", not for a bill.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

import psycopg
import structlog

from signalbook.accounts import usage_queries
from signalbook.accounts.model import Caller, Door, UsagePoint
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import DatabaseDown

FLUSH_SECONDS: Final = 5.0
MINUTES_KEPT: Final = timedelta(days=2)
HOURS_KEPT: Final = timedelta(days=90)
HOUR_SECONDS: Final = 3600
DAY_SECONDS: Final = 86_400

_Spot = tuple[int, Door, int]
_log = structlog.stdlib.get_logger(__name__)


class Tally:
    """Counts of this process that are not yet written."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.counts: dict[_Spot, list[int]] = {}
        self.key_uses: dict[tuple[int, UUID], float] = {}

    def count(
        self, caller: Caller, door: Door, *, refused: bool = False, over: bool = False
    ) -> None:
        """Count one call of `caller` through `door`, now."""
        now = time.time()
        spot = (caller.account_id, door, int(now // 60))
        counts = self.counts.get(spot)
        if counts is None:
            counts = self.counts[spot] = [0, 0, 0]
        counts[0] += 1
        if refused:
            counts[1] += 1
        if over:
            counts[2] += 1
        if caller.key_id is not None:
            self.key_uses[caller.account_id, caller.key_id] = now

    def take(self) -> "Tally":
        """Hand over what was gathered, and start anew."""
        taken = Tally()
        taken.counts, self.counts = self.counts, {}
        taken.key_uses, self.key_uses = self.key_uses, {}
        return taken

    def put_back(self, taken: "Tally") -> None:
        """Gather again what could not be written."""
        for spot, counts in taken.counts.items():
            mine = self.counts.setdefault(spot, [0, 0, 0])
            self.counts[spot] = [a + b for a, b in zip(mine, counts, strict=True)]
        for key, at in taken.key_uses.items():
            self.key_uses[key] = max(at, self.key_uses.get(key, 0.0))

    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not self.counts and not self.key_uses


class Flusher:
    """Writes a tally every few seconds, and once more at the end."""

    def __init__(self, db: Database, tally: Tally) -> None:
        """Write what `tally` gathers to `db`."""
        self._db = db
        self._tally = tally

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Flush in the background for the length of the block, and at its end."""
        task = asyncio.create_task(self._run(), name="usage-flusher")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self._try_to_flush()

    async def flush(self) -> None:
        """Write what was gathered; if that fails it is kept for the next time."""
        if self._tally.is_empty():
            return
        taken = self._tally.take()
        try:
            await self._db.transact(lambda tx: _write(tx, taken))
        except BaseException:
            self._tally.put_back(taken)
            raise

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._try_to_flush()

    async def _try_to_flush(self) -> None:
        try:
            await self.flush()
        except (DatabaseDown, psycopg.Error) as error:
            reason = type(error).__name__
            _log.warning("usage_not_written", reason=reason, waiting=len(self._tally.counts))


async def fold(tx: Tx, account_id: int) -> None:
    """Fold the account's minutes older than two days into hours, hours older than 90 into days."""
    for kept, step in ((HOURS_KEPT, DAY_SECONDS), (MINUTES_KEPT, HOUR_SECONDS)):
        taken = await usage_queries.take_finer(
            tx, account_id, before=clock.now() - kept, step_seconds=step
        )
        if taken:
            await usage_queries.add(tx, account_id, summed(taken, step))


def summed(points: Iterable[UsagePoint], step_seconds: int) -> list[UsagePoint]:
    """Sum counts per door over stretches of `step_seconds`, in time order."""
    sums: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for point in points:
        start = int(point.minute.timestamp()) // step_seconds * step_seconds
        total = sums[start, point.door]
        total[0] += point.calls
        total[1] += point.refused
        total[2] += point.over
    return [
        UsagePoint(door, datetime.fromtimestamp(start, UTC), *total)
        for (start, door), total in sorted(sums.items())
    ]


async def _write(tx: Tx, taken: Tally) -> None:
    """Write one account after the other, in the order every process uses."""
    async with tx.pipeline():
        for account_id, spots in groupby(sorted(taken.counts), key=lambda spot: spot[0]):
            points = [
                UsagePoint(door, datetime.fromtimestamp(minute * 60, UTC), *taken.counts[spot])
                for spot in spots
                for _, door, minute in [spot]
            ]
            await usage_queries.add(tx, account_id, points)
        for account_id, keys in groupby(sorted(taken.key_uses), key=lambda key: key[0]):
            used = [(key_id, taken.key_uses[account_id, key_id]) for _, key_id in keys]
            times = [datetime.fromtimestamp(at, UTC) for _, at in used]
            await usage_queries.set_key_uses(tx, account_id, [key for key, _ in used], times)
