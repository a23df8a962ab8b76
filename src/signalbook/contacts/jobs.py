"""What the queue brings to contacts."""

from functools import partial

from signalbook.contacts import bulk_actions, storing
from signalbook.contacts.bulk_model import RunBulk
from signalbook.kit.db import Database
from signalbook.kit.jobs import Handler, Handlers, Lease


async def run_bulk(db: Database, lease: Lease, message: RunBulk) -> None:
    """Go on with a job chunk by chunk."""
    account_id = message.account_id
    step = partial(bulk_actions.step, account_id=account_id, job_id=message.job_id)
    await storing.in_chunks(db, lease, account_id, step)


async def give_up_bulk(db: Database, message: RunBulk) -> None:
    """Say that a job failed; what it did stays, and can be undone."""
    async with db.tx() as tx:
        await bulk_actions.give_up(tx, message.account_id, message.job_id)


HANDLERS: Handlers = {RunBulk: Handler(run_bulk, give_up_bulk)}
