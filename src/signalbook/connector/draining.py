"""What waits for SES goes there: everybody at first, then each change, the oldest first."""

from typing import Final

import structlog

from signalbook.connector import bulk, pushing, queries, storing_queries
from signalbook.connector import outbox_queries as outbox
from signalbook.connector.errors import ContactRefused
from signalbook.connector.model import Mode, Waiting
from signalbook.connector.pushing import Desk
from signalbook.kit import clock, ids
from signalbook.kit.db import Tx

CHUNK: Final = 1_000
"""How many contacts are put into the outbox at once."""
CHUNKS: Final = 10
"""How many chunks that are before anything else is done."""
AT_ONCE: Final = 25
"""How many are pushed before one looks what else there is to do."""

_log = structlog.stdlib.get_logger(__name__)


async def fill(desk: Desk) -> bool:
    """Put the next contacts into the outbox where not everybody is yet; tell whether there were.

    SES is listed once before, so that it is known who is there and how they are spelled.
    """
    connection = desk.connection
    is_filled = connection.filled_at is not None or connection.listed_at is None
    if connection.mode is Mode.FOLLOW or is_filled:
        return False

    after = connection.filled_to or ""

    async def work(tx: Tx) -> str | None:
        now = clock.now()
        found = await outbox.fill(
            tx, connection.account_id, after, CHUNK, version=ids.new_id(), at=now
        )
        last = found[-1] if found else after
        is_all = len(found) < CHUNK
        await queries.set_filled(tx, connection.account_id, last, now if is_all else None)
        return None if is_all else last

    for _ in range(CHUNKS):
        last = await desk.db.transact(work)
        if last is None:
            break
        after = last
    return True


async def drain(desk: Desk) -> bool:
    """Push what has waited the longest; tell whether there was anything."""
    account_id = desk.connection.account_id
    async with desk.db.read() as read:
        waiting = await outbox.oldest(
            read, account_id, AT_ONCE, but=bulk.sent_of(desk.connection.import_job)
        )
    for one in waiting:
        await push(desk, one)
    return bool(waiting)


async def push(desk: Desk, one: Waiting) -> None:
    """Push one address and take it out of the outbox, unless it has changed meanwhile."""
    account_id = desk.connection.account_id
    said: str | None = None
    began = clock.now()
    try:
        await pushing.push(desk, one.address)
    except ContactRefused as refusal:
        said = refusal.message
        _log.warning("ses_contact_refused", account=account_id, said=said)

    async def work(tx: Tx) -> None:
        if not await outbox.done(tx, account_id, one.address, one.version):
            await storing_queries.sent(tx, account_id, one.address, one.version, began)
        if said is None:
            await outbox.accept(tx, account_id, [one.address])
        else:
            await outbox.refuse(tx, account_id, one.address, said, clock.now())

    await desk.db.transact(work)
