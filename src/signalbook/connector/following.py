"""SES as the truth that we follow: whoever is new or has changed there is read one by one."""

from typing import Final

from signalbook.connector import absorbing, dossiers, pushing, receiving
from signalbook.connector import seen_queries as queries
from signalbook.connector.model import Mode, Remote, Seen
from signalbook.connector.pushing import Desk

AT_ONCE: Final = 25
"""How many are read before one looks what else there is to do."""


async def step(desk: Desk) -> bool:
    """Read some contacts of SES that are to be read; tell whether there were any."""
    if desk.connection.mode is not Mode.FOLLOW:
        return False
    async with desk.db.read() as read:
        found = await queries.wanted(read, desk.connection.account_id, AT_ONCE)
    for address in found:
        await take(desk, address)
    return bool(found)


async def take(desk: Desk, address: str) -> None:
    """Bring one contact here as SES has it now, or let it go where SES has it no more."""
    connection = desk.connection
    remote = await pushing.find(desk, address)
    async with desk.db.read() as read:
        one = await dossiers.here(
            read, connection.account_id, connection.region, connection.list_name
        )
    if remote is None:
        await receiving.let_go(desk, one, address)
        async with desk.db.tx() as tx:
            await queries.forget(tx, connection.account_id, [address])
        return
    await absorbing.absorb(desk.db, connection, one, [remote], seen_in="GetContact")
    await receiving.receive(desk, one, [remote], whole=True)
    async with desk.db.tx() as tx:
        await queries.set_read(tx, connection.account_id, _seen(remote, address))


def _seen(remote: Remote, address: str) -> Seen:
    return Seen(
        address=address,
        updated_at=remote.updated_at,
        unsubscribed=remote.unsubscribed,
        topics=dict(remote.topics),
        attributes=remote.attributes,
        read_at=remote.updated_at,
    )
