"""What the queue brings to the rewriting of fields."""

from signalbook.contacts.rewriting import actions
from signalbook.contacts.rewriting.model import RewriteField
from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Handler, Handlers, Lease


async def run(db: Database, lease: Lease, message: RewriteField) -> None:
    """Go on with a job chunk by chunk, each committed together with the proof that it is ours."""

    async def chunk(tx: Tx) -> bool:
        await lease.advance(tx)
        return await actions.step(tx, message.account_id, message.job_id)

    while await db.transact(chunk):
        pass


async def give_up(db: Database, message: RewriteField) -> None:
    """Say that a job failed; what it did stays."""
    async with db.tx() as tx:
        await actions.give_up(tx, message.account_id, message.job_id)


HANDLERS: Handlers = {RewriteField: Handler(run, give_up)}
