"""Whose turn it is: one request a second for each AWS identity and region, over all workers.

AWS counts by account and region. Who may call takes the next free moment, in the database, and
sleeps until then; so nobody polls, and a worker that dies leaves one moment unused.
"""

import asyncio
import hashlib
from datetime import timedelta
from typing import Final

from signalbook.connector import pace_queries as queries
from signalbook.connector.model import Target
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx

NOBODYS: Final = 0
"""A bucket belongs to an identity of AWS, which several accounts may share, and so to none."""


def bucket_of(target: Target) -> str:
    """Name the bucket of a target; two that AWS counts together have the same."""
    who = target.role or (target.access.access_key_id if target.access else "the machine")
    told = "\n".join((target.endpoint or "aws", target.region, who))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


async def turn(db: Database, bucket: str, per_second: float) -> None:
    """Wait for the next moment at which a request may go out."""
    every = timedelta(seconds=1 / per_second)

    async def work(tx: Tx) -> float:
        now = clock.now()
        mine = await queries.take(tx, NOBODYS, bucket, now=now, every=every)
        return (mine - now).total_seconds()

    wait = await db.transact(work)
    if wait > 0:
        await asyncio.sleep(wait)
