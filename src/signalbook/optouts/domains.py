"""A whole domain: those who are of it already are brought in line, by a job where they are many."""

from typing import Final
from uuid import UUID

from signalbook.contacts import restricting, restricting_queries
from signalbook.contacts.model import Source
from signalbook.kit import clock
from signalbook.kit.db import Tx
from signalbook.kit.jobs import later
from signalbook.ledger.model import Order
from signalbook.optouts.model import AlignDomain

AT_ONCE: Final = 1_000


async def begin(tx: Tx, account_id: int, order: Order) -> None:
    """Bring the first thousand contacts of a domain in line; a job goes on with the others."""
    message = AlignDomain(account_id, order.address, order.source, order.actor)
    last = await align(tx, message, None)
    if last is not None:
        await later(tx, message)


async def align(tx: Tx, message: AlignDomain, after: UUID | None) -> UUID | None:
    """Bring the next contacts of a domain in line; return the last, or None where that is all.

    To do it twice is harmless: who is in line is left alone.
    """
    account_id = message.account_id
    found = await restricting_queries.of_domain(tx, account_id, message.domain, after, AT_ONCE)
    source = Source(message.source, message.actor)
    await restricting.realign(tx, account_id, found, source=source, at=clock.now())
    return found[-1] if len(found) == AT_ONCE else None
