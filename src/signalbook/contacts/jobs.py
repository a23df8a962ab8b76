"""What the queue brings to contacts."""

from signalbook.contacts import bulk_actions, storing
from signalbook.contacts.bulk_model import RunBulk
from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Handler, Handlers, Lease


async def run_bulk(db: Database, lease: Lease, message: RunBulk) -> None:
    """Go on with a job chunk by chunk, each committed together with the proof that it is ours."""

    async def chunk(tx: Tx) -> bool:
        await lease.advance(tx)
        return await bulk_actions.step(tx, message.account_id, message.job_id)

    while await db.transact(chunk):
        await storing.stored(db, lease, message.account_id)


async def give_up_bulk(db: Database, message: RunBulk) -> None:
    """Say that a job failed; what it did stays, and can be undone."""
    async with db.tx() as tx:
        await bulk_actions.give_up(tx, message.account_id, message.job_id)


HANDLERS: Handlers = {RunBulk: Handler(run_bulk, give_up_bulk)}
