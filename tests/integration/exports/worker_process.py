"""A worker in a process of its own, which writes small stretches and may vanish between two.

`worker_process.py DSN FOLDER [SIGNAL]` sends itself the signal at the worst of all moments: in the
transaction of its third checkpoint, in which it holds the export's row and its job's.
"""

import asyncio
import os
import sys
from pathlib import Path

from signalbook.exports import queries, walking
from signalbook.exports.jobs import handlers
from signalbook.kit.db import Database, PoolSizes
from signalbook.kit.jobs import Worker

STRETCH = 50
VANISHES_AT = 3


async def main(dsn: str, folder: str) -> None:
    walking.STRIDE = STRETCH  # many checkpoints to die between
    db = Database(dsn, PoolSizes(read=2, write=4))
    await db.open()
    working = Worker(db, handlers(Path(folder)), beat_seconds=0.2, dead_seconds=1.0)
    async with working.running():
        print("working", flush=True)
        await asyncio.Event().wait()


def vanish(signal: int) -> None:
    """Have the third checkpoint send this process a signal before it commits."""
    advance, calls = queries.advance, []

    async def vanishing(*arguments, **named):
        is_wanted = await advance(*arguments, **named)
        calls.append(is_wanted)
        if len(calls) == VANISHES_AT:
            os.kill(os.getpid(), signal)
        return is_wanted

    queries.advance = vanishing


if __name__ == "__main__":
    if len(sys.argv) > 3:
        vanish(int(sys.argv[3]))
    asyncio.run(main(sys.argv[1], sys.argv[2]))
