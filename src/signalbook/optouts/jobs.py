"""What the queue brings to opt-outs."""

from uuid import UUID

from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Handler, Handlers, Lease, later
from signalbook.optouts import domains
from signalbook.optouts.model import AlignDomain


async def align(db: Database, lease: Lease, message: AlignDomain) -> None:
    """Bring everybody of a domain in line, a thousand at a time."""
    after: UUID | None = None

    async def chunk(tx: Tx) -> UUID | None:
        await lease.advance(tx)
        return await domains.align(tx, message, after)

    while (after := await db.transact(chunk)) is not None:
        pass


async def align_later(db: Database, message: AlignDomain) -> None:
    """Give the order anew: nobody of a blocked domain may be left out."""
    async with db.tx() as tx:
        await later(tx, message)


HANDLERS: Handlers = {AlignDomain: Handler(align, align_later)}
