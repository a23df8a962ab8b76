"""What the tests of contact lists ask of them."""

from signalbook.kit import clock
from signalbook.lists import actions as lists
from signalbook.ses import actions, queries, reading
from signalbook.ses.model import STRICT, Choice, Filter, Topic

REGION = "eu-west-1"


def topic(name, default: Choice = "OPT_IN", **more):
    return Topic(
        name=name, display_name=more.pop("display_name", name), default_status=default, **more
    )


async def made(db, account_id, name="Main", *topics, region=REGION, limits=STRICT, **more):
    return await db.transact(
        lambda tx: actions.create(
            tx, account_id, region, name, topics=topics, limits=limits, actor="test", **more
        )
    )


async def updated(db, account_id, name, *topics, region=REGION, limits=STRICT, **more):
    return await db.transact(
        lambda tx: actions.update(
            tx, account_id, region, name, topics=topics, limits=limits, actor="test", **more
        )
    )


async def deleted(db, account_id, name="Main", region=REGION):
    return await db.transact(lambda tx: actions.delete(tx, account_id, region, name))


async def got(db, account_id, name="Main", region=REGION):
    async with db.read() as read:
        return await queries.get(read, account_id, region, name)


async def paged(db, account_id, one, *, after="", size=1_000, **wanted):
    async with db.read() as read:
        return await reading.page(read, account_id, one, Filter(**wanted), after=after, size=size)


async def emails(db, account_id, one, **asked):
    return [seen.email for seen in (await paged(db, account_id, one, **asked)).contacts]


async def shown(db, account_id, one, email):
    async with db.read() as read:
        return await reading.contact(read, account_id, one, email)


async def opted_in(db, account_id, one, topic, *contact_ids):
    list_id = one.topic(topic).list_id
    await db.transact(
        lambda tx: lists.join(tx, account_id, list_id, contact_ids, clock.now(), "test")
    )


async def held(db, account_id, one, contact_id, *, attributes=None, made=False):
    """Let a list hold a contact."""
    async with db.tx() as tx:
        await tx.execute(
            """
            INSERT INTO ses_contacts
                   (account_id, contact_id, list_id, attributes, made, created_at, updated_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s)
            """,
            [account_id, contact_id, one.id, attributes, made, clock.now(), clock.now()],
        )
