"""Mode store: a change is acknowledged only after SES took it; here the test is who sends it."""

import asyncio
from datetime import timedelta

import pytest

from signalbook.connector import storing_queries
from signalbook.connector.storing import Keeper
from signalbook.kit import clock, ids
from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]


async def connect(db, account_id, mode="store"):
    async with db.tx() as tx:
        await tx.execute(
            "INSERT INTO ses_connections (account_id, id, mode, region, list_name, created_at,"
            " created_by) VALUES (%s, %s, %s, 'eu-west-1', 'Main', %s, 'test')",
            [account_id, ids.new_id(), mode, clock.now()],
        )


async def waiting(db, account_id):
    async with db.read() as read:
        rows = await read.rows(
            "SELECT address, version FROM outbox WHERE account_id = %s", [account_id]
        )
    return dict(rows)


async def took(db, account_id, address):
    async with db.tx() as tx:
        await tx.execute(
            "DELETE FROM outbox WHERE account_id = %s AND address = %s", [account_id, address]
        )


@pytest.fixture
async def writer(db):
    from signalbook.contacts.writer import Writer

    writer = Writer(db)
    writer.start()
    yield writer
    await writer.stop()


@pytest.fixture
async def keeper(db, northwind):
    await connect(db, northwind.id)
    async with Keeper(db, wait_seconds=1.0).running() as keeper:
        yield keeper


def change(**facts):
    from signalbook.contacts.model import ContactChange, Source

    return ContactChange(source=Source("test"), **facts)


async def until(predicate):
    for _ in range(200):
        if await predicate():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_a_change_is_answered_once_ses_took_it(db, keeper, writer, northwind):
    asked = asyncio.create_task(writer.submit(northwind.id, change(email="Ada@example.com")))
    await until(lambda: waiting(db, northwind.id))
    await asyncio.sleep(0.2)
    assert not asked.done()

    await took(db, northwind.id, "ada@example.com")

    assert (await asked).status == "created"


async def test_who_waits_too_long_is_told_that_it_is_kept(db, keeper, writer, northwind):
    from signalbook.connector.errors import NotStoredYet

    with pytest.raises(NotStoredYet, match="kept here"):
        await writer.submit(northwind.id, change(email="ada@example.com"))

    assert list(await waiting(db, northwind.id)) == ["ada@example.com"]


async def test_a_later_change_of_the_same_contact_holds_up_nobody(db, keeper, writer, northwind):
    first = asyncio.create_task(writer.submit(northwind.id, change(email="ada@example.com")))
    await until(lambda: waiting(db, northwind.id))
    await asyncio.sleep(0.05)
    (version,) = (await waiting(db, northwind.id)).values()
    read_at = clock.now()
    await asyncio.sleep(0.01)
    later = change(email="ada@example.com", fields={"city": "Paris"})
    second = asyncio.create_task(writer.submit(northwind.id, later))
    await until(lambda: moved(db, northwind.id, version))

    async with db.tx() as tx:
        await storing_queries.sent(tx, northwind.id, "ada@example.com", version, read_at)

    await first
    assert not second.done()
    await took(db, northwind.id, "ada@example.com")
    await second


async def moved(db, account_id, version):
    return version not in (await waiting(db, account_id)).values()


async def test_what_ses_refuses_is_told_with_its_words(db, keeper, writer, northwind):
    from signalbook.connector.errors import StoreRefused

    asked = asyncio.create_task(writer.submit(northwind.id, change(email="ada@example.com")))
    await until(lambda: waiting(db, northwind.id))
    async with db.tx() as tx:
        await tx.execute(
            "INSERT INTO ses_refusals (account_id, address, said, at) VALUES (%s, %s, %s, %s)",
            [northwind.id, "ada@example.com", "It is too long.", clock.now() - timedelta(0)],
        )
    await took(db, northwind.id, "ada@example.com")

    with pytest.raises(StoreRefused, match="It is too long"):
        await asked


async def test_contacts_without_an_email_are_refused(db, keeper, writer, northwind, contoso):
    refused = await writer.submit(northwind.id, change(mobile="+33612345678"))
    elsewhere = await writer.submit(contoso.id, change(mobile="+33612345678"))

    assert refused.error.code() == "email_needed"
    assert elsewhere.status == "created"


async def test_an_account_in_another_mode_waits_for_nobody(db, writer, northwind):
    await connect(db, northwind.id, "mirror")
    async with Keeper(db).running():
        outcome = await writer.submit(northwind.id, change(email="ada@example.com"))

    assert outcome.status == "created"
    assert list(await waiting(db, northwind.id)) == ["ada@example.com"]


@pytest.mark.parametrize("kind", ["list", "field"])
async def test_a_job_over_many_has_ended_when_ses_has_them(db, keeper, northwind, kind):
    from tests.integration.exports.working import Held

    begun, job = await (begun_list if kind == "list" else begun_field)(db, northwind.id)
    async with db.tx() as tx:
        await tx.execute("DELETE FROM outbox")

    done = asyncio.create_task(begun(db, Held()))
    await until(lambda: waiting(db, northwind.id))
    await asyncio.sleep(0.2)
    assert (await job()).is_active
    for address in await waiting(db, northwind.id):
        await took(db, northwind.id, address)
    await done

    assert (await job()).state == "done"


async def begun_list(db, account_id):
    from signalbook.contacts.filters import ContactFilter
    from signalbook.lists import actions, job_actions, job_queries, jobs
    from signalbook.lists.model import RunListJob

    await added(db, account_id)
    async with db.tx() as tx:
        one = await actions.create(tx, account_id, "Newsletter", actor="test")
        wanted = ContactFilter()
        id = await job_actions.start(
            tx, account_id, one.id, "add", wanted=wanted, named=None, actor="test"
        )
    return (
        lambda db, lease: jobs.run(db, lease, RunListJob(account_id, id)),
        lambda: read(db, job_queries.get, account_id, id),
    )


async def begun_field(db, account_id):
    from signalbook.contacts.rewriting import actions, jobs, queries
    from signalbook.contacts.rewriting.model import RewriteField, Wish

    await added(db, account_id)
    wish = Wish(action="rename", name="plan", target="tariff")
    begun = await actions.begin(db, account_id, wish, "test")
    return (
        lambda db, lease: jobs.run(db, lease, RewriteField(account_id, begun.id)),
        lambda: read(db, queries.get, account_id, begun.id),
    )


async def added(db, account_id):
    from signalbook.contacts import actions

    some = [change(email=f"p{number}@example.com", fields={"plan": "free"}) for number in range(3)]
    await db.transact(lambda tx: actions.apply(tx, account_id, some), {})


async def read(db, query, *about):
    async with db.read() as read:
        return await query(read, *about)
