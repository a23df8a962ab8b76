"""Files whose time is over are removed: at the start, and then every hour."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Final

import psycopg
import structlog

from signalbook.accounts import queries as accounts
from signalbook.exports import actions, files, queries
from signalbook.kit.db import Database
from signalbook.kit.errors import DatabaseBusy, DatabaseDown

EVERY_SECONDS: Final = 3600

_log = structlog.stdlib.get_logger(__name__)


async def tidy(db: Database, data_dir: Path) -> None:
    """Close what is a day old and remove every file here that no export needs.

    Doing it twice, or in two workers at once, changes nothing.
    """
    async with db.read() as read:
        known = await accounts.list_all(read)
    for account in known:
        await db.transact(lambda tx, account_id=account.id: actions.tidy(tx, account_id))
    found = await asyncio.to_thread(files.kept, data_dir)
    for account_id, group in groupby(sorted(found), key=lambda one: one[0]):
        ids = [export_id for _, export_id in group]
        async with db.read() as read:
            needed = await queries.with_files(read, account_id, ids)
        for export_id in set(ids) - needed:
            await asyncio.to_thread(files.remove, files.home(data_dir, account_id, export_id))


@asynccontextmanager
async def running(db: Database, data_dir: Path) -> AsyncGenerator[None]:
    """Tidy in the background for the length of the block, the workers at different times."""
    task = asyncio.create_task(_run(db, data_dir), name="exports-tidying")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _run(db: Database, data_dir: Path) -> None:
    while True:
        try:
            await tidy(db, data_dir)
        except (DatabaseDown, DatabaseBusy, psycopg.Error, OSError) as error:
            _log.warning("exports_not_tidied", reason=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1))  # noqa: S311  # not a secret
