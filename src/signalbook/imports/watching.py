"""The progress of an import as a stream of events, for those who would ask again and again."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import msgspec

from signalbook.imports import progress, wire
from signalbook.imports.errors import ImportNotFound, TooManyWatching
from signalbook.imports.model import WORKING, Import, State
from signalbook.kit import lifeline
from signalbook.kit.db import Database

EVERY_SECONDS: Final = 1.0
HEARTBEAT_SECONDS: Final = 15
"""How long the stream is silent at most; what stands between would hang up otherwise."""
MOST_WATCHING: Final = 20
"""How many streams one account may have open in one worker."""
RETRY_MS: Final = 2_000

_OPEN: Final = WORKING | {State.PAUSED, State.UPLOADING}
_watching: Counter[int] = Counter()


def refuse_too_many(account_id: int) -> None:
    """Raise TooManyWatching where an account has all the streams it may have."""
    if _watching[account_id] >= MOST_WATCHING:
        raise TooManyWatching(most=MOST_WATCHING, retry_after_seconds=5)


@contextmanager
def counted(account_id: int) -> Generator[None]:
    """Count a stream for the length of the block."""
    _watching[account_id] += 1
    try:
        yield
    finally:
        _watching[account_id] -= 1
        if not _watching[account_id]:
            del _watching[account_id]


async def events(db: Database, account_id: int, import_id: UUID) -> AsyncGenerator[bytes]:
    """Tell every second what has changed, and `end` when nothing more will by itself.

    That is when the import has ended, or waits for somebody to start it. A stream without `end` is
    to be asked for again: the server that gave it was stopping.
    """
    yield b"retry: %d\n\n" % RETRY_MS
    before, silent = b"", 0.0
    with counted(account_id):
        while not lifeline.is_leaving():
            try:
                async with db.read() as read:
                    now = await progress.show(read, account_id, import_id)
            except ImportNotFound:  # its account is gone
                return
            told = msgspec.json.encode(wire.out(now))
            if told != before:
                yield b"event: progress\ndata: %b\n\n" % told
                before, silent = told, 0.0
            elif silent >= HEARTBEAT_SECONDS:
                yield b": still here\n\n"
                silent = 0.0
            if not is_open(now.of):
                yield b"event: end\ndata: {}\n\n"
                return
            await asyncio.sleep(EVERY_SECONDS)
            silent += EVERY_SECONDS


def is_open(found: Import) -> bool:
    """Tell whether an import may still move without being told to."""
    return found.state in _OPEN
