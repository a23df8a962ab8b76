"""What the queue brings to a connection: to compare an account with SES."""

import asyncio
from contextlib import suppress
from typing import Final

from signalbook.connector import comparing, drifting
from signalbook.connector.copying import Step
from signalbook.connector.model import CompareWithSes
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError
from signalbook.kit.jobs import Handler, Handlers, Lease

_NOTED_SECONDS: Final = 1.5
_GAVE_UP: Final = "The comparison was broken off too often; try it again."


def handlers(secret_key: str) -> Handlers:
    """Say what is done with each order; credentials are opened with the secret key."""

    async def run(db: Database, lease: Lease, message: CompareWithSes) -> None:
        """Compare, and note every moment how far it is; what SES refuses ends it."""
        steps = [Step("listing", 0, 0)]
        comparison = drifting.look(
            db,
            secret_key,
            message.account_id,
            lambda step: steps.__setitem__(0, step),
            deep=message.deep,
            repair=message.repair,
        )
        work = asyncio.create_task(comparison, name="ses-drift")
        try:
            while not (await asyncio.wait({work}, timeout=_NOTED_SECONDS))[0]:
                async with db.tx() as tx:
                    await lease.advance(tx)
                    await comparing.note(tx, message.account_id, steps[0])
            work.result()
        except AppError as refusal:
            async with db.tx() as tx:
                await comparing.fail(tx, message.account_id, refusal.message)
        finally:
            if not work.done():
                work.cancel()
                with suppress(asyncio.CancelledError):
                    await work

    return {CompareWithSes: Handler(run, give_up)}


async def give_up(db: Database, message: CompareWithSes) -> None:
    """Say that a comparison came to nothing."""
    async with db.tx() as tx:
        await comparing.fail(tx, message.account_id, _GAVE_UP)
