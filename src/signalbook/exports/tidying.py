"""Files whose time is over are removed: at the start, and then every hour."""

import asyncio
from contextlib import AbstractAsyncContextManager
from itertools import groupby
from pathlib import Path
from typing import Final

from signalbook.accounts import queries as accounts
from signalbook.exports import actions, files, queries
from signalbook.kit import background
from signalbook.kit.db import Database

EVERY_SECONDS: Final = 3600


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


def running(db: Database, data_dir: Path) -> AbstractAsyncContextManager[None]:
    """Tidy in the background for the length of the block, the workers at different times."""
    return background.repeated(
        lambda: tidy(db, data_dir),
        EVERY_SECONDS,
        name="exports-tidying",
        failed="exports_not_tidied",
        at_once=True,
    )
