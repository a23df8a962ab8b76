"""Each coming month finds its table ready: looked after at the start and twice a day."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

import psycopg
import structlog

from signalbook.events import actions
from signalbook.kit import clock
from signalbook.kit.db import Database
from signalbook.kit.errors import DatabaseDown

EVERY_SECONDS: Final = 12 * 3600

_log = structlog.stdlib.get_logger(__name__)


async def keep(db: Database) -> None:
    """Make the tables of this month and the next two where they are missing.

    Without one nothing is lost: the catch-all table takes the events, and they move later.
    """
    months = actions.months_from(clock.now().date())
    try:
        made = await db.transact(lambda tx: actions.ensure_partitions(tx, months))
    except (DatabaseDown, psycopg.Error) as error:
        _log.warning("event_tables_not_made", reason=type(error).__name__)
    else:
        if made:
            _log.info("event_tables_made", names=made)


@asynccontextmanager
async def running(db: Database) -> AsyncGenerator[None]:
    """Keep the tables ready for the length of the block, beginning before it."""
    await keep(db)
    task = asyncio.create_task(_run(db), name="event-tables")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _run(db: Database) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1))  # noqa: S311  # not a secret
        await keep(db)
