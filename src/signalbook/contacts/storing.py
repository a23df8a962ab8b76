"""Accounts whose contacts are stored elsewhere: a change counts there only once it is stored.

The feature above contacts that stores them says here which accounts those are, and how far behind
it is; `app.py` and `cli.py`, which see everything, hand it in when they start. A request waits by
itself (`Database.after_commit`); long work asks here before it says that it is done.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Protocol

from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import Unavailable
from signalbook.kit.jobs import Lease

_LOOK_SECONDS: Final = 0.25
_TURN_SECONDS: Final = 30.0
"""So long a job keeps its lane while it waits; then others have a turn."""


class StoreBehind(Unavailable):
    """Where this account's contacts are stored, not all of these changes have arrived yet."""


class Store(Protocol):
    """What stores contacts elsewhere."""

    def has(self, account_id: int) -> bool:
        """Tell whether it stores the contacts of an account."""
        ...

    async def is_behind(self, account_id: int, at: datetime) -> bool:
        """Tell whether something waits that was changed at a time or before."""
        ...


_stores: list[Store] = []


def keep(store: Store | None) -> None:
    """Let this store be asked from now on; None lets none be asked."""
    _stores[:] = [] if store is None else [store]


def is_elsewhere(account_id: int) -> bool:
    """Tell whether the contacts of an account are stored elsewhere, by their e-mail addresses."""
    return any(store.has(account_id) for store in _stores)


async def in_chunks(
    db: Database, lease: Lease, account_id: int, step: Callable[[Tx], Awaitable[bool]]
) -> None:
    """Do step after step of a job until one says that there is no more to do.

    Each is committed together with the proof that the job is ours, and the next begins when what it
    changed is stored where it belongs. So the step that ends the job must change no contacts.
    Raises as `stored` does.
    """

    async def chunk(tx: Tx) -> bool:
        await lease.advance(tx)
        return await step(tx)

    while await db.transact(chunk, {}):
        await stored(db, lease, account_id)


async def stored(db: Database, lease: Lease, account_id: int) -> None:
    """Return when all that an account has changed up to now is stored where it belongs.

    A job says it before it is done. Raises StoreBehind after half a minute: it is taken up again
    soon, however long this goes on. Raises LeaseLost and Interrupted as any step of a job.
    """
    at, loop = clock.now(), asyncio.get_running_loop()
    end = loop.time() + _TURN_SECONDS
    for store in _stores:
        while store.has(account_id) and await store.is_behind(account_id, at):
            async with db.tx() as tx:
                await lease.advance(tx)
            if loop.time() > end:
                raise StoreBehind
            await asyncio.sleep(_LOOK_SECONDS)
