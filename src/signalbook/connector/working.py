"""What every worker does for connected accounts: one worker at a time for each of them.

A worker takes an account with a lease that it renews; where it dies, another takes the account as
soon as the lease has run out. Whatever is done twice is done to the same effect.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import psycopg
import structlog

from signalbook.connector import access, bulk, draining, following, listing, queries
from signalbook.connector.client import Ses
from signalbook.connector.errors import NotConnected
from signalbook.connector.model import Connection, Mode
from signalbook.connector.pushing import Desk
from signalbook.kit import background, clock, ids
from signalbook.kit.config import Settings
from signalbook.kit.db import Again, Database, Tx
from signalbook.kit.errors import AppError, DatabaseBusy, DatabaseDown

EVERY_SECONDS: Final = 1.0
_LEASE: Final = timedelta(seconds=15)
_RENEW_SECONDS: Final = 4.0
_LEAST_REST: Final = timedelta(seconds=2)
_MOST_REST: Final = timedelta(minutes=5)
_MOST_AT_ONCE: Final = 16
_log = structlog.stdlib.get_logger(__name__)

Step = Callable[[Desk], Awaitable[bool]]
STEPS: Final[tuple[Step, ...]] = (
    draining.fill, draining.drain, listing.step, following.step, bulk.step,
)  # fmt: skip
"""What is done for an account in turn, until none of it finds anything to do."""


class Connector:
    """Looks for accounts that something is to be done for, and works on several at once."""

    def __init__(self, db: Database, settings: Settings) -> None:
        """Prepare; `running` works."""
        self._db = db
        self._settings = settings
        self._tasks: dict[int, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self, every_seconds: float = EVERY_SECONDS) -> AsyncGenerator[None]:
        """Work for the length of the block; what is under way at its end is broken off."""
        try:
            async with background.repeated(
                self._look, every_seconds, name="ses", failed="ses_not_looked", at_once=True
            ):
                yield
        finally:
            for task in list(self._tasks.values()):
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _look(self) -> None:
        room = _MOST_AT_ONCE - len(self._tasks)
        if room <= 0:
            return
        now = clock.now()
        async with self._db.read() as read:
            found = await queries.due(
                read,
                now=now,
                listed_before=now - listing.EVERY[Mode.MIRROR],
                followed_before=now - listing.EVERY[Mode.FOLLOW],
            )
        for account_id in [one for one in found if one not in self._tasks][:room]:
            task = asyncio.create_task(self._work(account_id), name=f"ses-{account_id}")
            self._tasks[account_id] = task
            task.add_done_callback(lambda _, one=account_id: self._tasks.pop(one, None))

    async def _work(self, account_id: int) -> None:
        try:
            await work(self._db, self._settings, account_id)
        except (Again, DatabaseDown, DatabaseBusy, psycopg.Error, OSError) as error:
            _log.warning("ses_pause", account=account_id, reason=type(error).__name__)
        except Exception as bug:  # noqa: BLE001  # the worker outlives whatever one account does
            _log.error("ses_failed", account=account_id, exc_info=bug)
            await _note(self._db, account_id, "Something unforeseen went wrong; the log says what.")


async def work(
    db: Database, settings: Settings, account_id: int, steps: tuple[Step, ...] = STEPS
) -> None:
    """Do all there is to do for an account now, where nobody else is at it.

    What SES or AWS refuses is noted with the connection, and is tried again later.
    """
    lease = ids.new_id()
    if not await _take(db, account_id, lease):
        return
    keeping = asyncio.create_task(_keep(db, account_id, lease), name=f"ses-lease-{account_id}")
    doing = asyncio.create_task(_steps(db, settings, account_id, steps))
    try:
        await asyncio.wait({keeping, doing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (keeping, doing):
            if not task.done():
                task.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        with suppress(DatabaseDown, psycopg.Error):
            async with db.tx() as tx:
                await queries.release(tx, account_id, lease)
    with suppress(asyncio.CancelledError):
        await doing


async def _steps(
    db: Database, settings: Settings, account_id: int, steps: tuple[Step, ...]
) -> None:
    """Go through the steps again and again until none finds anything to do."""
    ses: Ses | None = None
    known: Connection | None = None
    try:
        while True:
            done = False
            for step in steps:
                connection = await _connection(db, account_id)
                if ses is None or known is None or _is_other(known, connection):
                    ses = _opened(db, settings, connection)
                known = connection
                done = await step(Desk(db, connection, ses)) or done
            if not done:
                break
            await _well(db, account_id)
    except NotConnected:
        return
    except (DatabaseDown, DatabaseBusy):
        raise
    except AppError as refusal:
        await _note(db, account_id, refusal.message)


def _opened(db: Database, settings: Settings, connection: Connection) -> Ses:
    target = access.target_of(settings.secret_key, connection)
    return Ses(db, target, s3_endpoint=settings.ses_s3_endpoint)


async def _connection(db: Database, account_id: int) -> Connection:
    async with db.read() as read:
        found = await queries.get(read, account_id)
    if found is None:
        raise NotConnected
    return found


def _is_other(known: Connection, now: Connection) -> bool:
    """Tell whether it is another list, or reached in another way."""
    return (
        known.region, known.list_name, known.endpoint, known.credentials, known.role,
        known.requests_per_second,
    ) != (
        now.region, now.list_name, now.endpoint, now.credentials, now.role,
        now.requests_per_second,
    )  # fmt: skip


async def _well(db: Database, account_id: int) -> None:
    async with db.tx() as tx:
        await queries.set_well(tx, account_id, clock.now())


async def _note(db: Database, account_id: int, said: str) -> None:
    """Keep what is wrong, and rest as long as it has been wrong, five minutes at most."""
    _log.warning("ses_failing", account=account_id, said=said)

    async def noted(tx: Tx) -> None:
        now = clock.now()
        known = await queries.get(tx, account_id)
        if known is None:
            return
        rest = now - (known.failing_since or now)
        until = now + min(max(rest, _LEAST_REST), _MOST_REST)
        await queries.set_failing(tx, account_id, said, at=now, until=until)

    await db.transact(noted)


async def _take(db: Database, account_id: int, lease: UUID) -> bool:
    now: datetime = clock.now()
    async with db.tx() as tx:
        return await queries.lease(tx, account_id, lease, now=now, until=now + _LEASE)


async def _keep(db: Database, account_id: int, lease: UUID) -> None:
    """Renew the lease for as long as it is ours; return where it is not any more."""
    lost_at = clock.now() + _LEASE
    while clock.now() < lost_at:
        await asyncio.sleep(_RENEW_SECONDS)
        with suppress(DatabaseDown, DatabaseBusy, psycopg.Error):
            if not await _take(db, account_id, lease):
                return
            lost_at = clock.now() + _LEASE
