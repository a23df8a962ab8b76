"""Mode `store`: a change is acknowledged only after SES took it.

A change is committed here first, with a row in the outbox; then its caller waits until that row is
gone, or stands for later changes only. What one request to SES carries, all who wait for its
address share. Who has waited ten seconds is told that the change is kept here and sent later; who
changed a contact that SES will not have is told what SES said.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

import psycopg

from signalbook.connector import storing_queries as queries
from signalbook.connector.errors import NotStoredYet, StoreRefused
from signalbook.contacts import storing
from signalbook.kit import background, clock
from signalbook.kit.db import Database, Touched
from signalbook.kit.errors import DatabaseBusy, DatabaseDown

WAIT_SECONDS: Final = 10.0
KNOWN_SECONDS: Final = 2.0
"""So long after a connection was made some process may not know of it."""

_LOOK_SECONDS: Final = 0.05


class Keeper:
    """Knows whose contacts SES stores, and waits for it."""

    def __init__(self, db: Database, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """Prepare; `running` begins to know."""
        self._db = db
        self._wait_seconds = wait_seconds
        self._accounts: frozenset[int] = frozenset()
        self._waiting: dict[int, list[_Wait]] = {}
        self._watches: dict[int, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Keeper"]:
        """Let the requests of this process wait for SES, for the length of the block."""
        await self.learn()
        storing.keep(self)
        self._db.after_commit = self.settle
        learning = background.repeated(
            self.learn, KNOWN_SECONDS, name="ses-stores", failed="ses_stores_unknown"
        )
        try:
            async with learning:
                yield self
        finally:
            self._db.after_commit = None
            storing.keep(None)
            for watch in self._watches.values():
                watch.cancel()

    async def learn(self) -> None:
        """Look which accounts are stored in SES."""
        async with self._db.read() as read:
            self._accounts = frozenset(await queries.accounts(read))

    def has(self, account_id: int) -> bool:
        """Tell whether SES stores the contacts of an account."""
        return account_id in self._accounts

    async def is_behind(self, account_id: int, at: datetime) -> bool:
        """Tell whether SES has yet to take a change made at a time or before."""
        async with self._db.read() as read:
            return await queries.is_behind(read, account_id, at)

    async def settle(self, touched: Touched) -> None:
        """Return when SES holds what these addresses are now.

        Raises NotStoredYet when it does not in time, StoreRefused when it will not.
        """
        for account_id in self._accounts.intersection(touched):
            await self._stored(account_id, touched[account_id])

    async def _stored(self, account_id: int, addresses: Iterable[str]) -> None:
        wait = _Wait(addresses, clock.now())
        self._waiting.setdefault(account_id, []).append(wait)
        if account_id not in self._watches:
            self._watches[account_id] = asyncio.create_task(
                self._watch(account_id), name="ses-watch"
            )
        try:
            async with asyncio.timeout(self._wait_seconds):
                await wait.over.wait()
        except TimeoutError:
            raise NotStoredYet(retry_after_seconds=int(self._wait_seconds)) from None
        finally:
            self._waiting[account_id].remove(wait)
        if wait.refused:
            address, said = wait.refused
            raise StoreRefused(address=address, said=said)

    async def _watch(self, account_id: int) -> None:
        """Look what is still on its way, for all who wait, until nobody does."""
        try:
            while waits := self._waiting[account_id]:
                with suppress(DatabaseDown, DatabaseBusy, psycopg.Error):
                    await self._look(account_id, list(waits))
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            del self._watches[account_id]

    async def _look(self, account_id: int, waits: "list[_Wait]") -> None:
        addresses = {address for wait in waits for address in wait.left}
        async with self._db.read() as read:
            behind = dict(await queries.behind(read, account_id, addresses))
            refused = dict(await queries.refused(read, account_id, addresses))
        for wait in waits:
            wait.learn(behind, refused)


class _Wait:
    """Somebody who waits for addresses that were changed before a time."""

    def __init__(self, addresses: Iterable[str], at: datetime) -> None:
        self.left = set(addresses)
        self.at = at
        self.over = asyncio.Event()
        self.refused: tuple[str, str] | None = None

    def learn(self, behind: dict[str, datetime], refused: dict[str, str]) -> None:
        """Take off what has arrived: what waits still was changed later, or nothing waits."""
        for address in list(self.left):
            since = behind.get(address)
            if since is None or since > self.at:
                self.left.remove(address)
                if since is None and address in refused:
                    self.refused = (address, refused[address])
        if not self.left:
            self.over.set()
