"""What the tests of lists ask of them."""

from signalbook.kit import clock
from signalbook.lists import actions, queries


async def made(db, account_id, name="Newsletter"):
    async with db.tx() as tx:
        return await actions.create(tx, account_id, name, actor="test")


async def joined(db, account_id, one, ids, **more):
    return await db.transact(
        lambda tx: actions.join(tx, account_id, one.id, ids, clock.now(), "user:1", **more)
    )


async def left(db, account_id, one, ids):
    return await db.transact(lambda tx: actions.leave(tx, account_id, one.id, ids))


async def counted(db, account_id, one):
    """Return what the list says it holds, and what it holds."""
    async with db.read() as read:
        known = await queries.get(read, account_id, one.id)
        rows = await read.value(
            "SELECT count(*) FROM list_members WHERE account_id = %s AND list_id = %s",
            [account_id, one.id],
        )
    return (known.members if known else None), rows
