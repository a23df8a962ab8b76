"""A worker in a process of its own, which a test may kill; it writes small stretches."""

import asyncio
import sys
from pathlib import Path

from signalbook.exports import walking
from signalbook.exports.jobs import handlers
from signalbook.kit.db import Database, PoolSizes
from signalbook.kit.jobs import Worker


async def main(dsn: str, folder: str) -> None:
    walking.STRIDE = 50  # many checkpoints to die between
    db = Database(dsn, PoolSizes(read=2, write=4))
    await db.open()
    working = Worker(db, handlers(Path(folder)), beat_seconds=0.2, dead_seconds=1.0)
    async with working.running():
        print("working", flush=True)
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], sys.argv[2]))
