"""One action on many contacts, and its undoing."""

from contextlib import suppress

import pytest

from signalbook.contacts import bulk_actions, bulk_queries, queries
from signalbook.contacts.bulk_model import CHUNK
from signalbook.contacts.errors import BulkJobNotFound, BulkTagMissing, NobodySelected
from signalbook.contacts.filters import ContactFilter
from tests.integration.bulk.people import apply, crowd

EVERYBODY = ContactFilter()


async def begun(db, account_id, action, tag="", *, wanted=EVERYBODY, picked=None):
    async with db.tx() as tx:
        return await bulk_actions.start(
            tx, account_id, action, tag, wanted=wanted, picked=picked, actor="user:1"
        )


async def stepped(db, account_id, job_id):
    return await db.transact(lambda tx: bulk_actions.step(tx, account_id, job_id))


async def finished(db, account_id, job_id):
    while await stepped(db, account_id, job_id):
        pass
    return await job_of(db, account_id, job_id)


async def job_of(db, account_id, job_id):
    async with db.read() as read:
        return await bulk_queries.get(read, account_id, job_id)


async def undone(db, account_id, job_id):
    async with db.tx() as tx:
        await bulk_actions.undo(tx, account_id, job_id)
    return await finished(db, account_id, job_id)


async def meant(db, account_id, **wanted):
    async with db.read() as read:
        predicate = await queries.predicate_of(read, account_id, ContactFilter(**wanted))
        return await queries.matching_ids(read, account_id, predicate, None, 10_000)


async def test_all_that_match_are_tagged_in_chunks_and_those_that_had_it_are_left(db, northwind):
    made = await crowd(db, northwind.id, CHUNK + 20)
    await apply(db, northwind.id, id=made[3], tags_add=("vip",))
    job_id = await begun(db, northwind.id, "tag", "vip")

    first = await stepped(db, northwind.id, job_id)
    between = await job_of(db, northwind.id, job_id)
    job = await finished(db, northwind.id, job_id)

    assert first is True
    assert (between.state, between.total, between.done) == ("running", CHUNK + 20, CHUNK)
    assert (job.state, job.done, job.changed, job.skipped) == ("done", CHUNK + 20, CHUNK + 19, 1)
    assert await meant(db, northwind.id, tags=("vip",)) == made
    async with db.read() as read:
        assert await read.value("SELECT signals FROM tags WHERE name = 'vip'") == CHUNK + 20


async def test_a_filter_that_the_action_itself_empties_is_worked_through(db, northwind):
    made = await crowd(db, northwind.id, 30, tags_add=("old",))

    job = await finished(
        db,
        northwind.id,
        await begun(db, northwind.id, "untag", "old", wanted=ContactFilter(tags=("old",))),
    )

    assert (job.done, job.changed) == (30, 30)
    assert await meant(db, northwind.id, none_tag=("old",)) == made


async def test_who_comes_after_the_start_is_not_meant(db, northwind):
    await crowd(db, northwind.id, 3)
    job_id = await begun(db, northwind.id, "tag", "vip")
    late = await apply(db, northwind.id, email="late@example.com")

    await finished(db, northwind.id, job_id)

    assert late.contact.id not in await meant(db, northwind.id, tags=("vip",))


async def test_undo_takes_back_exactly_what_the_job_changed(db, northwind):
    made = await crowd(db, northwind.id, 10)
    await apply(db, northwind.id, id=made[0], tags_add=("vip",))
    job = await finished(db, northwind.id, await begun(db, northwind.id, "tag", "vip"))

    after = await undone(db, northwind.id, job.id)

    assert (after.state, after.undo_done, after.undo_changed) == ("undone", 9, 9)
    assert await meant(db, northwind.id, tags=("vip",)) == made[:1]


async def test_undo_leaves_alone_what_was_decided_anew_since(db, northwind):
    made = await crowd(db, northwind.id, 5)
    job = await finished(db, northwind.id, await begun(db, northwind.id, "tag", "vip"))
    await apply(db, northwind.id, id=made[1], tags_add=("vip",))
    await apply(db, northwind.id, id=made[2], fields={"city": "Oslo"})

    after = await undone(db, northwind.id, job.id)

    assert after.undo_changed == 4
    assert await meant(db, northwind.id, tags=("vip",)) == [made[1]]


async def test_deactivating_is_undone_for_those_who_were_active(db, northwind):
    made = await crowd(db, northwind.id, 4)
    await apply(db, northwind.id, id=made[0], is_active=False)
    job = await finished(db, northwind.id, await begun(db, northwind.id, "deactivate"))
    assert (job.changed, job.skipped) == (3, 1)

    await undone(db, northwind.id, job.id)

    assert await meant(db, northwind.id, status="inactive") == made[:1]


async def test_a_cancelled_job_stops_and_what_it_did_can_be_undone(db, northwind):
    await crowd(db, northwind.id, CHUNK + 5)
    job_id = await begun(db, northwind.id, "tag", "vip")
    await stepped(db, northwind.id, job_id)
    async with db.tx() as tx:
        await bulk_actions.cancel(tx, northwind.id, job_id)

    assert await stepped(db, northwind.id, job_id) is False
    assert len(await meant(db, northwind.id, tags=("vip",))) == CHUNK
    after = await undone(db, northwind.id, job_id)
    assert after.undo_changed == CHUNK


async def test_the_picked_are_deleted_and_that_is_not_undone(db, northwind):
    made = await crowd(db, northwind.id, 4)

    job = await finished(db, northwind.id, await begun(db, northwind.id, "delete", picked=made[:3]))

    assert (job.state, job.changed) == ("done", 3)
    assert await meant(db, northwind.id) == made[3:]
    with pytest.raises(BulkJobNotFound):
        await undone(db, northwind.id, job.id)


async def test_another_account_is_neither_touched_nor_seen(db, northwind, contoso):
    await crowd(db, northwind.id, 3)
    theirs = await crowd(db, contoso.id, 3)
    job_id = await begun(db, northwind.id, "deactivate", picked=theirs)

    job = await finished(db, northwind.id, job_id)

    assert (job.changed, job.skipped) == (0, 3)
    assert await meant(db, contoso.id, status="active") == theirs
    assert await job_of(db, contoso.id, job_id) is None


async def test_nobody_and_no_tag_are_refused_before_anything_begins(db, northwind):
    with pytest.raises(NobodySelected):
        await begun(db, northwind.id, "deactivate")
    await crowd(db, northwind.id, 1)
    with pytest.raises(NobodySelected):
        await begun(db, northwind.id, "deactivate", picked=[])
    with pytest.raises(BulkTagMissing):
        await begun(db, northwind.id, "tag", "a,b")


async def test_a_job_and_its_message_exist_together_or_not_at_all(db, northwind):
    await crowd(db, northwind.id, 1)
    with suppress(ZeroDivisionError):
        async with db.tx() as tx:
            await bulk_actions.start(
                tx, northwind.id, "tag", "x", wanted=EVERYBODY, picked=None, actor="test"
            )
            raise ZeroDivisionError

    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM procrastinate_jobs") == 0
        assert await read.value("SELECT count(*) FROM bulk_jobs") == 0
