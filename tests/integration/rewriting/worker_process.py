"""A worker in a process of its own, which a test may kill."""

import asyncio
import sys

from signalbook.contacts.rewriting.jobs import HANDLERS
from signalbook.kit.db import Database, PoolSizes
from signalbook.kit.jobs import Worker


async def main(dsn: str) -> None:
    db = Database(dsn, PoolSizes(read=2, write=2))
    await db.open()
    async with Worker(db, HANDLERS, beat_seconds=0.2, dead_seconds=1.0).running():
        print("working", flush=True)
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
