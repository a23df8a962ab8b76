"""What the commands on imports do, through the same actions as every other face.

Where a server runs, it does the work and the command watches. Where none runs, the command is the
worker for as long as it watches; interrupted, its job is taken up by whoever comes next.
"""

import asyncio
import logging
import os
import select
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple, TypeAlias
from uuid import UUID

import msgspec

from signalbook.accounts import queries as accounts
from signalbook.accounts.errors import AccountUnknown
from signalbook.imports import (
    actions,
    jobs,
    outcomes,
    page_queries,
    places,
    progress,
    queries,
    rejecting,
    sandbox,
    uploading,
    wire,
    wishes,
)
from signalbook.imports.model import Outcome, State
from signalbook.imports.places import Landing
from signalbook.imports.progress import Progress
from signalbook.imports.schemas import ImportLine, KeptOut, MappingIn, RowOut
from signalbook.imports.watching import is_open
from signalbook.kit import ids, lock, log
from signalbook.kit.config import Settings
from signalbook.kit.db import FOR_JOBS, Database, Tx
from signalbook.kit.errors import Invalid
from signalbook.kit.jobs import Worker

Told: TypeAlias = Callable[[Progress], None]
Order: TypeAlias = Callable[[Tx, int, UUID], Awaitable[None]]

_ACTOR: Final = "cli"
_EVERY_SECONDS: Final = 0.3
_PIECE_BYTES: Final = 1024**2


class Desk(NamedTuple):
    """Where a command works: the database, the settings, and the account it is about."""

    db: Database
    settings: Settings
    account_id: int


async def desk(db: Database, settings: Settings, account: str) -> Desk:
    """Sit down at an account's desk; raises AccountUnknown."""
    async with db.read() as read:
        found = await accounts.find(read, account)
    if found is None:
        raise AccountUnknown(name=account)
    return Desk(db, settings, found.id)


async def send(at: Desk, file: IO[bytes], name: str, asked: MappingIn) -> Progress:
    """Take in a file and look into it; nothing is kept of one that cannot be read or mapped.

    Raises FileTooLarge, NoRoom, Unreadable, ColumnUnknown, MappingInvalid, NobodyMapped.
    """
    wishes.refuse_problems(asked)
    data_dir, import_id = at.settings.data_dir, ids.new_id()
    await asyncio.to_thread(places.refuse_without_room, data_dir)
    path = await asyncio.to_thread(places.make, data_dir, at.account_id, import_id)
    called = uploading.name_of(name)
    try:
        bytes = await _copied(file, path)
        source = await sandbox.inspect(path, called, wishes.hints_of(asked.options))

        async def write_down(tx: Tx) -> None:
            await wishes.take_in(
                tx,
                at.account_id,
                import_id,
                asked,
                source,
                name=called,
                bytes=bytes,
                actor=_ACTOR,
            )

        await at.db.transact(write_down)
    except BaseException:
        await asyncio.to_thread(places.remove, data_dir, at.account_id, import_id)
        raise
    return await show(at, import_id)


async def start(at: Desk, import_id: UUID, told: Told, *, dry_run: bool) -> Progress:
    """Start an import and stay until it is through; one that does not fit is cancelled."""
    try:
        async with at.db.tx() as tx:
            await actions.start(tx, at.account_id, import_id, dry_run=dry_run)
    except Invalid:
        await order(at, import_id, actions.cancel)
        raise
    return await followed(at, import_id, told)


async def order(at: Desk, import_id: UUID, action: Order) -> Progress:
    """Give an order and return what the import is then."""
    async with at.db.tx() as tx:
        await action(tx, at.account_id, import_id)
    return await show(at, import_id)


async def show(at: Desk, import_id: UUID) -> Progress:
    """Return one import; raises ImportNotFound."""
    async with at.db.read() as read:
        return await progress.show(read, at.account_id, import_id)


async def listed(at: Desk, limit: int) -> list[ImportLine]:
    """Return the newest imports."""
    async with at.db.read() as read:
        return [wire.line(one) for one in await queries.page(read, at.account_id, None, limit)]


async def rows(
    at: Desk, import_id: UUID, outcome: Outcome | None, after: int, limit: int
) -> list[RowOut]:
    """Return what came of rows; raises ImportNotFound."""
    async with at.db.read() as read:
        found = await outcomes.page(read, at.account_id, import_id, outcome, after, limit)
    return [wire.row(one) for one in found]


async def kept(at: Desk, import_id: UUID, after: int, limit: int) -> list[KeptOut]:
    """Return the contacts that an undo left alone; raises ImportNotFound."""
    async with at.db.read() as read:
        await progress.show(read, at.account_id, import_id)
        found = await page_queries.kept(read, at.account_id, import_id, limit, after)
    return [KeptOut(row, contact) for contact, row in found]


async def write_rejected(at: Desk, import_id: UUID, out: IO[bytes]) -> None:
    """Write the rejected rows as a file to mend; raises ImportNotFound."""
    async for block in rejecting.rejected(at.db, at.account_id, import_id):
        await asyncio.to_thread(out.write, block)


async def followed(at: Desk, import_id: UUID, told: Told) -> Progress:
    """Stay until an import has nothing more to do by itself, and tell of it meanwhile."""
    async with AsyncExitStack() as stack:
        is_worker = False
        while True:
            now = await show(at, import_id)
            told(now)
            if not is_open(now.of) or now.of.state in {State.PAUSED, State.UPLOADING}:
                return now
            if not is_worker and not is_served(at.settings.data_dir):
                await stack.enter_async_context(_working(at))
                is_worker = True
            await asyncio.sleep(_EVERY_SECONDS)


def is_served(data_dir: Path) -> bool:
    """Tell whether a server runs on this data folder: its process lives and holds the lock."""
    held = lock.server_lock(data_dir)
    pid, _ = held.signature()
    if not pid or not _lives(pid):
        return False
    try:
        return not held.take(shared=True, wait=False)
    except OSError:  # a server of another user, whose lock we may not touch
        return True
    finally:
        held.let_go()


@asynccontextmanager
async def _working(at: Desk) -> AsyncGenerator[Worker]:
    """Be the worker for the length of the block."""
    db = Database(at.db.dsn, FOR_JOBS)
    await db.open()
    try:
        async with Worker(db, jobs.handlers(at.settings.data_dir)).running() as worker:
            yield worker
    finally:
        await db.close()


async def _copied(file: IO[bytes], path: Path) -> int:
    async with Landing(path) as landing:
        await landing.go_on(0)
        while (piece := await asyncio.to_thread(_piece, file.fileno())) != b"":
            if piece is not None:
                await landing.write(piece)
        return await landing.settle()


def _piece(descriptor: int) -> bytes | None:
    """Read on; None where nothing came for a moment.

    A thread that waited for a silent pipe for ever would keep the command from being interrupted.
    """
    ready, _, _ = select.select([descriptor], [], [], _EVERY_SECONDS)
    return os.read(descriptor, _PIECE_BYTES) if ready else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def quietly(settings: Settings) -> None:
    """Let what works here write nothing between the lines of the command, but for errors."""
    log.configure_worker(msgspec.structs.replace(settings, log_level="error"), for_good=False)
    logging.getLogger().setLevel(logging.ERROR)  # libraries too: an interrupted query is no news
