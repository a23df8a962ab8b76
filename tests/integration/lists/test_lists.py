"""Lists: their names, who joins and leaves, and counts that are exact whatever happens at once."""

import asyncio

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.kit import clock
from signalbook.kit.ids import new_id
from signalbook.lists import actions, job_actions, member_queries, queries
from signalbook.lists.errors import ListInvalid, ListNameTaken, ListNotFound, TooManyLists
from signalbook.lists.model import MOST_AT_ONCE
from tests.integration.bulk.people import apply, crowd
from tests.integration.lists.members import counted, joined, left, made

SOURCE = Source("test")


async def test_a_name_means_one_list_whatever_its_capitals(db, northwind, contoso):
    one = await made(db, northwind.id, "  Spring\u00a0 Été ")

    with pytest.raises(ListNameTaken):
        await made(db, northwind.id, "SPRING E\u0301TÉ")
    theirs = await made(db, contoso.id, "spring été")

    assert one.name == "Spring Été"
    assert theirs.id != one.id


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", "a\x07b"])
async def test_a_list_cannot_be_called_anything(db, northwind, name):
    with pytest.raises(ListInvalid):
        await made(db, northwind.id, name)
    async with db.tx() as tx:
        with pytest.raises(ListInvalid):
            await actions.ensure(tx, northwind.id, ["good", name], "test")


async def test_lists_are_made_where_they_are_missing_and_the_first_spelling_stays(db, northwind):
    known = await made(db, northwind.id, "Known")

    async with db.tx() as tx:
        found = await actions.ensure(
            tx, northwind.id, ["known", "New", "NEW ", "Straße", "STRASSE"], "user:1"
        )
        again = await actions.ensure(tx, northwind.id, ["new"], "user:1")

    assert found["known"] == known.id
    assert found["New"] == found["NEW "] == again["new"]
    assert found["Straße"] == found["STRASSE"]
    async with db.read() as read:
        assert [one.name for one in await queries.page(read, northwind.id, 10)] == [
            "Known", "New", "Straße",
        ]  # fmt: skip


async def test_two_that_need_the_same_lists_at_once_get_the_same(db, northwind):
    async def ensured(names):
        return await db.transact(lambda tx: actions.ensure(tx, northwind.id, names, "test"))

    found = await asyncio.gather(
        *(ensured([f"List {n}" for n in (range(20) if at % 2 else range(19, -1, -1))])
          for at in range(6))
    )  # fmt: skip

    assert all(one == found[0] for one in found)
    assert len(set(found[0].values())) == 20


async def test_an_account_has_room_for_so_many_lists(db, northwind, monkeypatch):
    monkeypatch.setattr(actions, "MAX_LISTS", 2)
    await made(db, northwind.id, "One")

    async with db.tx() as tx:
        with pytest.raises(TooManyLists):
            await actions.ensure(tx, northwind.id, ["one", "two", "three"], "test")
        assert len(await actions.ensure(tx, northwind.id, ["one", "two"], "test")) == 2
        with pytest.raises(TooManyLists):
            await actions.create(tx, northwind.id, "three", actor="test")


async def test_who_joins_is_counted_once_and_known_since_when_and_through_whom(db, northwind):
    people = await crowd(db, northwind.id, 5)
    one = await made(db, northwind.id)

    first = await joined(db, northwind.id, one, [people[0], people[1], people[1], new_id()])
    second = await joined(db, northwind.id, one, people)
    nobody = await joined(db, northwind.id, one, [])

    assert (first, second, nobody) == (2, 3, 0)
    assert await counted(db, northwind.id, one) == (5, 5)
    async with db.read() as read:
        (membership,) = await member_queries.of_contact(read, northwind.id, people[0])
    assert (membership.name, membership.joined_by) == ("Newsletter", "user:1")
    assert abs((clock.now() - membership.joined_at).total_seconds()) < 60


async def test_who_leaves_is_counted_out(db, northwind):
    people = await crowd(db, northwind.id, 4)
    one = await made(db, northwind.id)
    await joined(db, northwind.id, one, people[:3])

    gone = await left(db, northwind.id, one, people[2:])
    again = await left(db, northwind.id, one, people[2:])

    assert (gone, again) == (1, 0)
    assert await counted(db, northwind.id, one) == (2, 2)


async def test_nobody_of_another_account_joins_nor_does_their_list_take_ours(
    db, northwind, contoso
):
    theirs = await crowd(db, contoso.id, 2)
    ours = await crowd(db, northwind.id, 2)
    one, other = await made(db, northwind.id), await made(db, contoso.id)

    assert await joined(db, northwind.id, one, theirs) == 0
    with pytest.raises(ListNotFound):
        await joined(db, northwind.id, other, ours)

    assert await counted(db, northwind.id, one) == (0, 0)
    assert await counted(db, contoso.id, other) == (0, 0)


async def test_more_than_fit_in_a_call_are_a_mistake_of_the_caller(db, northwind):
    one = await made(db, northwind.id)
    async with db.tx() as tx:
        with pytest.raises(ValueError, match="the most are 5000"):
            await actions.join(
                tx, northwind.id, one.id, [new_id()] * (MOST_AT_ONCE + 1), clock.now(), "test"
            )


async def test_many_that_join_and_leave_at_once_are_counted_exactly(db, northwind):
    people = await crowd(db, northwind.id, 300)
    one = await made(db, northwind.id)

    added = await asyncio.gather(
        *(joined(db, northwind.id, one, people[start : start + 120]) for start in range(0, 200, 20))
    )
    removed = await asyncio.gather(
        *(left(db, northwind.id, one, people[start : start + 50]) for start in range(0, 100, 25)),
        joined(db, northwind.id, one, people[200:]),
    )

    assert sum(added) == 300
    assert sum(removed) == 125
    assert await counted(db, northwind.id, one) == (175, 175)


async def test_a_deleted_contact_leaves_its_lists(db, northwind):
    people = await crowd(db, northwind.id, 3)
    one, two = await made(db, northwind.id, "One"), await made(db, northwind.id, "Two")
    await joined(db, northwind.id, one, people)
    await joined(db, northwind.id, two, people[:1])

    await apply(db, northwind.id, id=people[0], delete=True)

    assert await counted(db, northwind.id, one) == (2, 2)
    assert await counted(db, northwind.id, two) == (0, 0)


async def test_contacts_that_are_deleted_while_they_join_are_on_no_list(db, northwind):
    people = await crowd(db, northwind.id, 200)
    one = await made(db, northwind.id)

    async def deleted(some):
        changes = [ContactChange(source=SOURCE, id=id, delete=True) for id in some]
        await db.transact(lambda tx: contacts.apply(tx, northwind.id, changes))

    await asyncio.gather(
        *(joined(db, northwind.id, one, people[at : at + 100]) for at in (0, 50, 100)),
        *(deleted(people[at : at + 30]) for at in (10, 60, 110, 160)),
    )

    assert await counted(db, northwind.id, one) == (80, 80)


async def test_of_two_contacts_that_become_one_the_lists_become_one(db, northwind):
    old = await apply(db, northwind.id, email="ada@example.com")
    new = await apply(db, northwind.id, mobile="+442071838750")
    both, mine, theirs = [await made(db, northwind.id, name) for name in ("Both", "Mine", "Theirs")]
    await joined(db, northwind.id, both, [old.contact.id, new.contact.id])
    await joined(db, northwind.id, mine, [old.contact.id])
    await joined(db, northwind.id, theirs, [new.contact.id])

    await apply(
        db, northwind.id, email="ada@example.com", mobile="+442071838750", merge=True
    )  # fmt: skip

    async with db.read() as read:
        found = await member_queries.of_contact(read, northwind.id, old.contact.id)
    assert [membership.name for membership in found] == ["Both", "Mine", "Theirs"]
    for one in (both, mine, theirs):
        assert await counted(db, northwind.id, one) == (1, 1)


async def test_a_deleted_list_is_gone_at_once_and_its_members_are_forgotten(
    db, northwind, monkeypatch
):
    monkeypatch.setattr(job_actions, "CHUNK", 2)
    people = await crowd(db, northwind.id, 5)
    one = await made(db, northwind.id)
    await joined(db, northwind.id, one, people)

    async with db.tx() as tx:
        gone = await actions.delete(tx, northwind.id, one.id)
    async with db.read() as read:
        assert await member_queries.of_contact(read, northwind.id, people[0]) == []
    again = await made(db, northwind.id)
    while await db.transact(lambda tx: job_actions.forget(tx, northwind.id, one.id)):
        pass

    assert (gone.members, again.members) == (5, 0)
    assert await counted(db, northwind.id, one) == (None, 0)
    async with db.tx() as tx:
        with pytest.raises(ListNotFound):
            await actions.delete(tx, northwind.id, one.id)


async def test_nobody_joins_a_list_that_is_being_deleted(db, northwind):
    people = await crowd(db, northwind.id, 50)
    one = await made(db, northwind.id)

    async def deleted():
        async with db.tx() as tx:
            await actions.delete(tx, northwind.id, one.id)

    outcomes = await asyncio.gather(
        *(joined(db, northwind.id, one, people[at : at + 10]) for at in range(0, 40, 10)),
        deleted(),
        return_exceptions=True,
    )
    with pytest.raises(ListNotFound):
        await joined(db, northwind.id, one, people)
    while await db.transact(lambda tx: job_actions.forget(tx, northwind.id, one.id)):
        pass

    assert all(isinstance(one, int | None | ListNotFound) for one in outcomes)
    assert await counted(db, northwind.id, one) == (None, 0)


async def test_a_list_gets_another_name_and_keeps_who_is_on_it(db, northwind):
    one = await made(db, northwind.id, "Old")
    await made(db, northwind.id, "Taken")

    async with db.tx() as tx:
        renamed = await actions.describe(tx, northwind.id, one.id, name="OLD", description=" Why ")
    async with db.tx() as tx:
        with pytest.raises(ListNameTaken):
            await actions.describe(tx, northwind.id, one.id, name="taken")
    async with db.tx() as tx:
        with pytest.raises(ListInvalid):
            await actions.describe(tx, northwind.id, one.id, description="x" * 501)
    async with db.tx() as tx:
        with pytest.raises(ListNotFound):
            await actions.describe(tx, northwind.id, new_id(), name="Other")

    assert (renamed.id, renamed.name, renamed.description) == (one.id, "OLD", "Why")
