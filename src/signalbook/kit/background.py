"""Work that comes round for as long as a worker runs, at other times in each worker."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import psycopg
import structlog

from signalbook.kit.errors import DatabaseBusy, DatabaseDown

_log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def repeated(
    work: Callable[[], Awaitable[object]],
    every_seconds: float,
    *,
    name: str,
    failed: str,
    at_once: bool = False,
) -> AsyncGenerator[None]:
    """Do some work again and again for the length of the block: after a wait, or `at_once`.

    Each wait is a random part of the time, at least half. Where the database or the disk refuses,
    the log is told so under the name `failed`, and the work is tried at its next time.
    """
    task = asyncio.create_task(_repeat(work, every_seconds, failed, at_once=at_once), name=name)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(
    work: Callable[[], Awaitable[object]], every_seconds: float, failed: str, *, at_once: bool
) -> None:
    if not at_once:
        await _wait(every_seconds)
    while True:
        try:
            await work()
        except (DatabaseDown, DatabaseBusy, psycopg.Error, OSError) as error:
            _log.warning(failed, reason=type(error).__name__)
        await _wait(every_seconds)


async def _wait(every_seconds: float) -> None:
    await asyncio.sleep(every_seconds * random.uniform(0.5, 1))  # noqa: S311  # not a secret
