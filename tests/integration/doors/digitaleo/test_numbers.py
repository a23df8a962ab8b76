"""Numbers are given once, to everybody, in order, also by many at the same time."""

import asyncio

from signalbook.contacts import batching
from signalbook.contacts.batching import Batch
from signalbook.contacts.model import ContactChange, Source
from signalbook.doors.digitaleo import numbers


async def some(db, account_id, first, count):
    batch = Batch()
    for number in range(first, first + count):
        batch.add(ContactChange(source=Source("test"), email=f"n{number:05}@x.example"))
    return [one.contact.id for one in await batching.apply(db, account_id, batch) if one.contact]


async def all_numbers(db, account_id):
    async with db.read() as read:
        return await read.rows(
            "SELECT id, number FROM digitaleo_numbers WHERE account_id = %s ORDER BY number",
            (account_id,),
        )


async def test_they_rise_in_the_order_in_which_contacts_were_made(db, northwind, monkeypatch):
    monkeypatch.setattr(numbers, "STRETCH", 7)
    first = await some(db, northwind.id, 0, 20)
    await numbers.catch_up(db, northwind.id)
    second = await some(db, northwind.id, 20, 14)
    await numbers.catch_up(db, northwind.id)

    found = await all_numbers(db, northwind.id)

    assert [id for id, _ in found] == sorted([*first, *second])
    assert len({number for _, number in found}) == 34


async def test_many_at_once_give_each_its_own(db, northwind, contoso):
    ids = await some(db, northwind.id, 0, 200)
    await some(db, contoso.id, 0, 10)

    async def shown(part):
        async with db.read() as read:
            return await numbers.shown(db, read, northwind.id, part)

    parts = [ids[at::3] for at in range(3)] + [ids[at::5] for at in range(5)]
    told = await asyncio.gather(
        *(shown(part) for part in parts),
        *(numbers.catch_up(db, account) for account in (northwind.id, contoso.id) * 4),
    )

    known = dict(await all_numbers(db, northwind.id))
    assert len(known) == len(set(known.values())) == 200
    for one in filter(None, told[: len(parts)]):
        assert one == {id: str(known[id]) for id in one}
    assert len(await all_numbers(db, contoso.id)) == 10


async def test_who_was_passed_by_gets_the_next_number(db, northwind):
    early, late = await some(db, northwind.id, 0, 2)
    async with db.tx() as tx:
        await numbers.given(tx, northwind.id, [late])
        await tx.execute("UPDATE digitaleo_counts SET up_to = %s", (late,))
    await numbers.catch_up(db, northwind.id)

    async with db.read() as read:
        told = await numbers.shown(db, read, northwind.id, [early, late])

    assert int(told[late]) < int(told[early])


async def test_a_number_is_never_given_again(db, door):
    async def made(email):
        answer = await door.post("/rest/contacts", json={"email": email})
        return answer.json()["list"][0]["id"]

    first = await made("a@x.example")
    await door.delete("/rest/contacts", params={"id": first})

    assert int(await made("a@x.example")) > int(first)
