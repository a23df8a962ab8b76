"""What grows old is folded or forgotten, every hour, by whichever worker comes to it."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

import psycopg
import structlog

from signalbook.accounts import queries, session_actions, usage
from signalbook.kit.db import Database
from signalbook.kit.errors import DatabaseDown
from signalbook.web import idempotency

EVERY_SECONDS: Final = 3600

_log = structlog.stdlib.get_logger(__name__)


async def tidy(db: Database) -> None:
    """Fold old usage into hours and days; forget answers a day old, sessions and sign-in tries.

    Doing it twice, or in two workers at once, changes nothing.
    """
    async with db.read() as read:
        accounts = await queries.list_all(read)
    for account in accounts:
        await db.transact(lambda tx, account_id=account.id: usage.fold(tx, account_id))
        await db.transact(lambda tx, account_id=account.id: idempotency.forget_old(tx, account_id))
    await db.transact(session_actions.forget_old)


@asynccontextmanager
async def running(db: Database) -> AsyncGenerator[None]:
    """Tidy in the background for the length of the block, the workers at different times."""
    task = asyncio.create_task(_run(db), name="accounts-tidying")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _run(db: Database) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1))  # noqa: S311  # not a secret
        try:
            await tidy(db)
        except (DatabaseDown, psycopg.Error) as error:
            _log.warning("not_tidied", reason=type(error).__name__)
