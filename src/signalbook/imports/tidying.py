"""Files whose time is over are removed, every hour, by whichever worker comes to it."""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Final
from uuid import UUID

from signalbook.accounts import queries as accounts
from signalbook.imports import actions, place_queries, places
from signalbook.imports.errors import ImportNotReady
from signalbook.kit import background, clock
from signalbook.kit.db import Database
from signalbook.kit.ids import made_at

EVERY_SECONDS: Final = 3600
KEPT: Final = timedelta(days=30)
"""How long the file of an import is kept after its end, and one that nobody starts at all."""
SENT_WITHIN: Final = timedelta(days=7)
"""How long a file may take to arrive."""
UNWRITTEN: Final = timedelta(days=1)
"""How long a file may lie there before its import is written down, which is when it is whole."""

_AT_ONCE: Final = 100


async def tidy(db: Database, data_dir: Path) -> None:
    """Cancel what was abandoned, and remove every file here that no import needs any more.

    Doing it twice, or in two workers at once, changes nothing.
    """
    now = clock.now()
    async with db.read() as read:
        known = await accounts.list_all(read)
    for account in known:
        async with db.read() as read:
            left = await place_queries.abandoned(
                read,
                account.id,
                sent_before=now - SENT_WITHIN,
                made_before=now - KEPT,
                limit=_AT_ONCE,
            )
        for import_id in left:
            await _give_up(db, data_dir, account.id, import_id)
    found = await asyncio.to_thread(lambda: sorted(places.kept(data_dir)))
    for account_id, group in groupby(found, key=lambda one: one[0]):
        old = [import_id for _, import_id in group if made_at(import_id) < now - UNWRITTEN]
        async with db.read() as read:
            needed = await place_queries.needed(read, account_id, old, ended_since=now - KEPT)
        for import_id in set(old) - needed:
            await asyncio.to_thread(places.remove, data_dir, account_id, import_id)


def running(db: Database, data_dir: Path) -> AbstractAsyncContextManager[None]:
    """Tidy in the background for the length of the block, the workers at different times."""
    return background.repeated(
        lambda: tidy(db, data_dir),
        EVERY_SECONDS,
        name="imports-tidying",
        failed="imports_not_tidied",
    )


async def _give_up(db: Database, data_dir: Path, account_id: int, import_id: UUID) -> None:
    with suppress(ImportNotReady):  # somebody started it just now, or another worker was quicker
        async with db.tx() as tx:
            await actions.cancel(tx, account_id, import_id)
        await asyncio.to_thread(places.remove, data_dir, account_id, import_id)
