"""What grows old is folded or forgotten, every hour, by whichever worker comes to it."""

from contextlib import AbstractAsyncContextManager
from typing import Final

from signalbook.accounts import queries, session_actions, usage
from signalbook.kit import background
from signalbook.kit.db import Database
from signalbook.web import idempotency

EVERY_SECONDS: Final = 3600


async def tidy(db: Database) -> None:
    """Fold old usage into hours and days; forget answers a day old, sessions and sign-in tries.

    Doing it twice, or in two workers at once, changes nothing.
    """
    async with db.read() as read:
        accounts = await queries.list_all(read)
    for account in accounts:
        await db.transact(lambda tx, account_id=account.id: usage.fold(tx, account_id))
        await db.transact(lambda tx, account_id=account.id: idempotency.forget_old(tx, account_id))
    await db.transact(session_actions.forget_old)


def running(db: Database) -> AbstractAsyncContextManager[None]:
    """Tidy in the background for the length of the block, the workers at different times."""
    return background.repeated(
        lambda: tidy(db),
        EVERY_SECONDS,
        name="accounts-tidying",
        failed="not_tidied",
    )
