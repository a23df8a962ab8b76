"""What the queue brings to the rewriting of fields."""

from functools import partial

from signalbook.contacts import storing
from signalbook.contacts.rewriting import actions
from signalbook.contacts.rewriting.model import RewriteField
from signalbook.kit.db import Database
from signalbook.kit.jobs import Handler, Handlers, Lease


async def run(db: Database, lease: Lease, message: RewriteField) -> None:
    """Go on with a job chunk by chunk."""
    account_id = message.account_id
    step = partial(actions.step, account_id=account_id, job_id=message.job_id)
    await storing.in_chunks(db, lease, account_id, step)


async def give_up(db: Database, message: RewriteField) -> None:
    """Say that a job failed; what it did stays."""
    async with db.tx() as tx:
        await actions.give_up(tx, message.account_id, message.job_id)


HANDLERS: Handlers = {RewriteField: Handler(run, give_up)}
