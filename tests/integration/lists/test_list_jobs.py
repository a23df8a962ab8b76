"""Adding and removing many: by filter, by name, in chunks, cancelled, and once only."""

import pytest

from signalbook.contacts.filters import ContactFilter
from signalbook.kit.ids import new_id
from signalbook.lists import actions, job_actions, job_queries, naming
from signalbook.lists.errors import ListJobNotFound, ListNotFound
from signalbook.lists.model import Action
from signalbook.lists.naming import Named
from tests.integration.bulk.people import apply, crowd
from tests.integration.lists.members import counted, joined, made

EVERYBODY = ContactFilter()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(job_actions, "CHUNK", 10)


async def begun(db, account_id, one, action: Action = "add", *, wanted=EVERYBODY, named=None):
    async with db.tx() as tx:
        return await job_actions.start(
            tx, account_id, one.id, action, wanted=wanted, named=named, actor="user:1"
        )


async def stepped(db, account_id, job_id):
    return await db.transact(lambda tx: job_actions.step(tx, account_id, job_id))


async def finished(db, account_id, job_id):
    while await stepped(db, account_id, job_id):
        pass
    return await job_of(db, account_id, job_id)


async def job_of(db, account_id, job_id):
    async with db.read() as read:
        return await job_queries.get(read, account_id, job_id)


async def test_all_that_match_join_chunk_by_chunk(db, northwind):
    people = await crowd(db, northwind.id, 25, tags_add=("vip",))
    await apply(db, northwind.id, email="other@example.com")
    one = await made(db, northwind.id)
    await joined(db, northwind.id, one, people[:3])
    job_id = await begun(db, northwind.id, one, wanted=ContactFilter(tags=("vip",)))

    more = await stepped(db, northwind.id, job_id)
    between = await job_of(db, northwind.id, job_id)
    job = await finished(db, northwind.id, job_id)

    assert more is True
    assert (between.state, between.total, between.done, between.changed) == ("running", 25, 10, 7)
    assert (job.state, job.done, job.changed, job.left_alone) == ("done", 25, 22, 3)
    assert job.title == "Added to Newsletter"
    assert await counted(db, northwind.id, one) == (25, 25)


async def test_who_comes_after_the_start_is_not_meant(db, northwind):
    await crowd(db, northwind.id, 3)
    one = await made(db, northwind.id)
    job_id = await begun(db, northwind.id, one)
    await apply(db, northwind.id, email="late@example.com")

    await finished(db, northwind.id, job_id)

    assert await counted(db, northwind.id, one) == (3, 3)


async def test_the_named_join_and_leave(db, northwind):
    people = await crowd(db, northwind.id, 20)
    one = await made(db, northwind.id)

    added = await finished(db, northwind.id, await begun(db, northwind.id, one, named=people))
    removed = await finished(
        db, northwind.id, await begun(db, northwind.id, one, "remove", named=people[5:] + people)
    )

    assert (added.total, added.done, added.changed) == (20, 20, 20)
    assert (removed.total, removed.done, removed.changed) == (20, 20, 20)
    assert await counted(db, northwind.id, one) == (0, 0)


async def test_those_on_the_list_who_match_leave(db, northwind):
    vip = await crowd(db, northwind.id, 15, tags_add=("vip",))
    plain = (await apply(db, northwind.id, email="plain@example.com")).contact.id
    one = await made(db, northwind.id)
    await joined(db, northwind.id, one, [*vip[:12], plain])

    job_id = await begun(db, northwind.id, one, "remove", wanted=ContactFilter(tags=("vip",)))
    job = await finished(db, northwind.id, job_id)
    left = await counted(db, northwind.id, one)
    emptied = await finished(db, northwind.id, await begun(db, northwind.id, one, "remove"))

    assert (job.total, job.done, job.changed) == (13, 13, 12)
    assert left == (1, 1)
    assert emptied.changed == 1
    assert await counted(db, northwind.id, one) == (0, 0)


async def test_a_cancelled_job_stops_and_what_it_did_stays(db, northwind):
    await crowd(db, northwind.id, 25)
    one = await made(db, northwind.id)
    job_id = await begun(db, northwind.id, one)
    await stepped(db, northwind.id, job_id)
    async with db.tx() as tx:
        await job_actions.cancel(tx, northwind.id, job_id)

    assert await stepped(db, northwind.id, job_id) is False
    job = await job_of(db, northwind.id, job_id)
    assert (job.state, job.changed) == ("cancelled", 10)
    assert job.title == "Cancelled: Added to Newsletter"
    assert await counted(db, northwind.id, one) == (10, 10)


async def test_a_job_on_a_list_that_is_deleted_meanwhile_fails(db, northwind):
    await crowd(db, northwind.id, 25)
    one = await made(db, northwind.id)
    job_id = await begun(db, northwind.id, one)
    await stepped(db, northwind.id, job_id)
    async with db.tx() as tx:
        await actions.delete(tx, northwind.id, one.id)

    assert await stepped(db, northwind.id, job_id) is False
    assert (await job_of(db, northwind.id, job_id)).state == "failed"
    with pytest.raises(ListNotFound):
        await begun(db, northwind.id, one)


async def test_a_job_without_contacts_is_done_at_once(db, northwind):
    one = await made(db, northwind.id)

    job = await finished(db, northwind.id, await begun(db, northwind.id, one))

    assert (job.state, job.total, job.done) == ("done", 0, 0)


async def test_another_account_neither_sees_a_job_nor_ends_it(db, northwind, contoso):
    one = await made(db, northwind.id)
    job_id = await begun(db, northwind.id, one)

    assert await job_of(db, contoso.id, job_id) is None
    assert await stepped(db, contoso.id, job_id) is False
    async with db.tx() as tx:
        with pytest.raises(ListJobNotFound):
            await job_actions.cancel(tx, contoso.id, job_id)
        with pytest.raises(ListNotFound):
            await job_actions.start(
                tx, contoso.id, one.id, "add", wanted=EVERYBODY, named=None, actor="x"
            )
    assert (await job_of(db, northwind.id, job_id)).state == "queued"


async def test_contacts_are_found_by_any_name_and_the_rest_is_told(db, northwind, monkeypatch):
    monkeypatch.setattr(naming, "MOST_AT_ONCE", 2)
    ada = (await apply(db, northwind.id, email="Ada@Example.com")).contact.id
    bob = (await apply(db, northwind.id, mobile="+442071838750")).contact.id
    eve = (await apply(db, northwind.id, external_id="crm-7")).contact.id
    nobody = new_id()

    async with db.read() as read:
        found = await naming.found(
            read,
            northwind.id,
            Named(
                ids=[ada, nobody, eve],
                emails=[" ADA@example.com", "no@example.com", "x", "y"],
                mobiles=["442071838750", "+1"],
                external_ids=["crm-7", "CRM-7"],
            ),
        )

    assert found.ids == sorted([ada, bob, eve])
    assert found.missing == [str(nobody), "no@example.com", "+1", "CRM-7", "x", "y"]
