"""An opt-out and the contact it is about may come at the same moment: nobody slips through."""

import asyncio

from signalbook.contacts import actions as contacts
from signalbook.contacts import erasing
from signalbook.contacts.model import ContactChange, Source
from signalbook.doctor import actions as doctor
from signalbook.kit import clock
from signalbook.optouts import actions
from signalbook.optouts.model import Restriction


async def test_who_comes_as_the_address_is_blocked_is_blocked(db, northwind):
    async def come(n):
        change = ContactChange(
            source=Source("api"), email=f"p{n}@x.example", mobile=f"+4420718387{n:02d}"
        )
        await db.transact(lambda tx: contacts.apply(tx, northwind.id, [change]))

    async def block(n):
        asked = [
            Restriction(channel="email", address=f"p{n}@x.example", reason="spam", source="ses"),
            Restriction(channel="all", address=f"+4420718387{n:02d}", source="api"),
        ]
        await db.transact(lambda tx: actions.restrict(tx, northwind.id, asked, at=clock.now()))

    for n in range(40):
        first, second = (come, block) if n % 2 else (block, come)
        await asyncio.gather(first(n), second(n))

    async with db.read() as read:
        assert await read.rows(
            "SELECT DISTINCT email_optout, sms_optout, voice_optout FROM contacts"
        ) == [("spam", "user", "user")]
    findings = await doctor.recount(db, northwind.id, "Northwind")
    assert [one for one in findings if one.level != "ok"] == []


async def test_who_comes_back_while_being_erased_is_blocked_or_gone(db, northwind):
    for n in range(20):
        change = ContactChange(source=Source("api"), email=f"p{n}@x.example")
        (made,) = await db.transact(lambda tx, c=change: contacts.apply(tx, northwind.id, [c]))
        again = ContactChange(source=Source("api"), email=f"p{n}@x.example", tags_add=("back",))
        id = made.contact.id
        await asyncio.gather(
            db.transact(lambda tx, i=id: erasing.erase(tx, northwind.id, i, Source("api"))),
            db.transact(lambda tx, c=again: contacts.apply(tx, northwind.id, [c])),
        )

    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM contacts WHERE email_optout IS NULL") == 0
    findings = await doctor.recount(db, northwind.id, "Northwind")
    assert [one for one in findings if one.level != "ok"] == []
