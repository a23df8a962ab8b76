"""What the queue brings to contact lists."""

import asyncio
from typing import Final

from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Handler, Handlers, Lease, later
from signalbook.ses import job_actions
from signalbook.ses.model import ForgetContacts

_ON_THEIR_WAY_SECONDS: Final = 2.0


async def forget(db: Database, lease: Lease, message: ForgetContacts) -> None:
    """Forget what a deleted list held, some hundreds at a time.

    A change that had looked the list up before it was deleted may be written a moment later, so
    the list is looked at once more: who is held by a list that is gone would be seen in no list.
    """

    async def chunk(tx: Tx) -> bool:
        await lease.advance(tx)
        return await job_actions.forget(tx, message.account_id, message.list_id)

    while await db.transact(chunk):
        pass
    await asyncio.sleep(_ON_THEIR_WAY_SECONDS)
    while await db.transact(chunk):
        pass


async def forget_later(db: Database, message: ForgetContacts) -> None:
    """Give the order anew: nobody sees these contacts, but they shall go."""
    async with db.tx() as tx:
        await later(tx, message)


HANDLERS: Handlers = {ForgetContacts: Handler(forget, forget_later)}
