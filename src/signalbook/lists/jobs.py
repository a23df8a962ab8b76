"""What the queue brings to lists."""

from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Handler, Handlers, Lease, later
from signalbook.lists import job_actions
from signalbook.lists.model import ForgetMembers, RunListJob


async def run(db: Database, lease: Lease, message: RunListJob) -> None:
    """Go on with a job chunk by chunk, each committed together with the proof that it is ours."""

    async def chunk(tx: Tx) -> bool:
        await lease.advance(tx)
        return await job_actions.step(tx, message.account_id, message.job_id)

    while await db.transact(chunk):
        pass


async def give_up(db: Database, message: RunListJob) -> None:
    """Say that a job failed; what it did stays."""
    async with db.tx() as tx:
        await job_actions.give_up(tx, message.account_id, message.job_id)


async def forget(db: Database, lease: Lease, message: ForgetMembers) -> None:
    """Remove who was on a deleted list, some thousands at a time."""

    async def chunk(tx: Tx) -> bool:
        await lease.advance(tx)
        return await job_actions.forget(tx, message.account_id, message.list_id)

    while await db.transact(chunk):
        pass


async def forget_later(db: Database, message: ForgetMembers) -> None:
    """Give the order anew: nobody sees who was on a list that is gone, but the rows shall go."""
    async with db.tx() as tx:
        await later(tx, message)


HANDLERS: Handlers = {
    RunListJob: Handler(run, give_up),
    ForgetMembers: Handler(forget, forget_later),
}
