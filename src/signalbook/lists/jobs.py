"""What the queue brings to lists."""

from functools import partial

from signalbook.contacts import storing
from signalbook.kit.db import Database
from signalbook.kit.jobs import Handler, Handlers, Lease, later
from signalbook.lists import job_actions
from signalbook.lists.model import ForgetMembers, RunListJob


async def run(db: Database, lease: Lease, message: RunListJob) -> None:
    """Go on with a job chunk by chunk."""
    account_id = message.account_id
    step = partial(job_actions.step, account_id=account_id, job_id=message.job_id)
    await storing.in_chunks(db, lease, account_id, step)


async def give_up(db: Database, message: RunListJob) -> None:
    """Say that a job failed; what it did stays."""
    async with db.tx() as tx:
        await job_actions.give_up(tx, message.account_id, message.job_id)


async def forget(db: Database, lease: Lease, message: ForgetMembers) -> None:
    """Remove who was on a deleted list, some thousands at a time."""
    account_id = message.account_id
    step = partial(job_actions.forget, account_id=account_id, list_id=message.list_id)
    await storing.in_chunks(db, lease, account_id, step)


async def forget_later(db: Database, message: ForgetMembers) -> None:
    """Give the order anew: nobody sees who was on a list that is gone, but the rows shall go."""
    async with db.tx() as tx:
        await later(tx, message)


HANDLERS: Handlers = {
    RunListJob: Handler(run, give_up),
    ForgetMembers: Handler(forget, forget_later),
}
