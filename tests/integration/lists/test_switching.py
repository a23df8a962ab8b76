"""Deactivated lists: nobody on one can be reached while it lasts, whatever happens meanwhile."""

import asyncio
import random

import pytest

from signalbook.contacts import queries as contacts
from signalbook.contacts.filters import ContactFilter
from signalbook.doctor.actions import recount
from signalbook.kit.ids import new_id
from signalbook.lists import actions, job_actions, queries
from signalbook.lists.errors import ListNotFound, SwitchGoesOn
from tests.integration.bulk.people import apply, crowd
from tests.integration.lists.members import joined, left, made
from tests.integration.lists.test_list_jobs import finished, job_of, stepped


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(job_actions, "CHUNK", 10)


async def switched(db, account_id, one, *, on):
    return await db.transact(
        lambda tx: job_actions.switch(tx, account_id, one.id, is_active=on, actor="user:1")
    )


async def settled(db, account_id, one, *, on=False):
    """Switch a list and do all the work that follows."""
    _, job_id = await switched(db, account_id, one, on=on)
    return await finished(db, account_id, job_id)


async def inactive(db, account_id):
    """Return who is noted as held by a deactivated list."""
    async with db.read() as read:
        found = await read.values(
            "SELECT id FROM contacts WHERE account_id = %s AND NOT list_active ORDER BY id",
            [account_id],
        )
    return list(found)


async def reachable(db, account_id):
    wanted = ContactFilter(reachable="email")
    async with db.read() as read:
        predicate = await contacts.predicate_of(read, account_id, wanted)
        return await contacts.count(read, account_id, predicate)


async def drift(db, account_id):
    return [one for one in await recount(db, account_id, "northwind") if one.level != "ok"]


async def test_members_cannot_be_reached_while_it_lasts_and_opt_outs_stay(db, northwind):
    people = await crowd(db, northwind.id, 30)
    await apply(db, northwind.id, id=people[0], status="unsubscribe")
    one = await made(db, northwind.id)
    await joined(db, northwind.id, one, people[:25])

    job = await settled(db, northwind.id, one)
    between = await reachable(db, northwind.id), await inactive(db, northwind.id)
    drifted = await drift(db, northwind.id)
    again = await settled(db, northwind.id, one, on=True)

    assert (job.state, job.total, job.done, job.changed) == ("done", 25, 25, 25)
    assert job.title == "Deactivated Newsletter"
    assert between == (5, people[:25])
    assert (again.changed, again.title) == (25, "Activated Newsletter")
    assert await inactive(db, northwind.id) == []
    assert await reachable(db, northwind.id) == 29
    assert drifted == await drift(db, northwind.id) == []


async def test_the_list_says_so_at_once_and_so_does_who_may_be_reached(db, northwind):
    people = await crowd(db, northwind.id, 30)
    one = await made(db, northwind.id)
    await joined(db, northwind.id, one, people[:25])

    shown, job_id = await switched(db, northwind.id, one, on=False)
    before = await reachable(db, northwind.id), await inactive(db, northwind.id)
    await stepped(db, northwind.id, job_id)

    assert (shown.is_active, shown.is_settled) == (False, False)
    assert before == (5, [])
    assert await inactive(db, northwind.id) == people[:10]
    await finished(db, northwind.id, job_id)
    async with db.read() as read:
        assert (await queries.get(read, northwind.id, one.id)).is_settled


async def test_whoever_two_hold_is_released_by_the_last(db, northwind):
    people = await crowd(db, northwind.id, 6)
    one, two = await made(db, northwind.id, "One"), await made(db, northwind.id, "Two")
    await joined(db, northwind.id, one, people[:4])
    await joined(db, northwind.id, two, people[2:])
    await settled(db, northwind.id, one)
    await settled(db, northwind.id, two)

    first = await settled(db, northwind.id, one, on=True)
    between = await inactive(db, northwind.id)
    await settled(db, northwind.id, two, on=True)

    assert (first.changed, first.left_alone) == (2, 2)
    assert between == people[2:]
    assert await inactive(db, northwind.id) == []


async def test_who_joins_is_held_and_who_leaves_is_released(db, northwind):
    people = await crowd(db, northwind.id, 6)
    one, two = await made(db, northwind.id, "One"), await made(db, northwind.id, "Two")
    await settled(db, northwind.id, one)
    await settled(db, northwind.id, two)

    await joined(db, northwind.id, one, people[:4])
    await joined(db, northwind.id, two, people[3:5])
    on_both = await inactive(db, northwind.id)
    await left(db, northwind.id, one, [*people[:1], *people[2:]])

    assert on_both == people[:5]
    assert await inactive(db, northwind.id) == [people[1], *people[3:5]]
    assert await drift(db, northwind.id) == []


async def test_a_deleted_list_holds_nobody(db, northwind):
    people = await crowd(db, northwind.id, 15)
    one, two = await made(db, northwind.id, "One"), await made(db, northwind.id, "Two")
    for each in (one, two):
        await settled(db, northwind.id, each)
    await joined(db, northwind.id, one, people)
    await joined(db, northwind.id, two, people[:1])

    async with db.tx() as tx:
        await actions.delete(tx, northwind.id, one.id)
    while await db.transact(lambda tx: job_actions.forget(tx, northwind.id, one.id)):
        pass

    assert await inactive(db, northwind.id) == people[:1]
    assert await drift(db, northwind.id) == []


async def test_of_two_that_become_one_the_one_that_stays_is_held(db, northwind):
    ada = (await apply(db, northwind.id, email="ada@example.com")).contact.id
    her = (await apply(db, northwind.id, mobile="+442071838750")).contact.id
    one = await made(db, northwind.id)
    await joined(db, northwind.id, one, [her])
    await settled(db, northwind.id, one)

    await apply(db, northwind.id, email="ada@example.com", mobile="+442071838750", merge=True)

    assert await inactive(db, northwind.id) == [ada]
    assert await drift(db, northwind.id) == []


async def test_the_opposite_ends_a_switch_and_nothing_else_does(db, northwind):
    people = await crowd(db, northwind.id, 25)
    one = await made(db, northwind.id)
    await joined(db, northwind.id, one, people)
    _, off = await switched(db, northwind.id, one, on=False)
    await stepped(db, northwind.id, off)
    async with db.tx() as tx:
        with pytest.raises(SwitchGoesOn):
            await job_actions.cancel(tx, northwind.id, off)

    _, on = await switched(db, northwind.id, one, on=True)
    nothing = await switched(db, northwind.id, one, on=True)

    assert nothing[1] is None
    assert await stepped(db, northwind.id, off) is False
    assert (await job_of(db, northwind.id, off)).state == "cancelled"
    assert (await finished(db, northwind.id, on)).changed == 10
    assert await inactive(db, northwind.id) == []


async def test_what_happens_at_once_leaves_nobody_wrong(db, northwind):
    people = await crowd(db, northwind.id, 40)
    lists = [await made(db, northwind.id, f"List {n}") for n in range(3)]
    chance = random.Random(4)

    async def switching(one):
        for on in (False, True, False, chance.random() < 0.5):
            _, job_id = await switched(db, northwind.id, one, on=on)
            while job_id and await stepped(db, northwind.id, job_id):
                pass

    async def moving():
        for _ in range(5):
            some = chance.sample(people, 20)
            one = chance.choice(lists)
            await (joined if chance.random() < 0.6 else left)(db, northwind.id, one, some)

    await asyncio.gather(*(switching(one) for one in lists), *(moving() for _ in range(3)))

    async with db.read() as read:
        held = await read.values(
            """
            SELECT DISTINCT m.contact_id
              FROM list_members AS m
              JOIN lists AS l ON l.account_id = m.account_id AND l.id = m.list_id
             WHERE m.account_id = %s AND NOT l.is_active
             ORDER BY m.contact_id
            """,
            [northwind.id],
        )
    assert await inactive(db, northwind.id) == list(held)
    assert await drift(db, northwind.id) == []


async def test_a_list_of_another_account_is_not_switched(db, northwind, contoso):
    one = await made(db, northwind.id)

    with pytest.raises(ListNotFound):
        await switched(db, contoso.id, one, on=False)
    async with db.tx() as tx:
        with pytest.raises(ListNotFound):
            await job_actions.switch(tx, northwind.id, new_id(), is_active=False, actor="x")
    async with db.read() as read:
        assert (await queries.get(read, northwind.id, one.id)).is_active
