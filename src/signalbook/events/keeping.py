"""Each coming month finds its table ready: looked after at the start and twice a day."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import psycopg
import structlog

from signalbook.events import actions
from signalbook.kit import background, clock
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
    async with background.repeated(
        lambda: keep(db), EVERY_SECONDS, name="event-tables", failed="event_tables_not_made"
    ):
        yield
