"""An erased person is forgotten, and still not written to when the address comes back."""

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts import erasing
from signalbook.contacts.model import ContactChange, Source
from signalbook.doctor import actions as doctor
from signalbook.kit import clock
from signalbook.optouts import actions
from signalbook.optouts.model import By, Restriction
from tests.staged_rows import applied as staged
from tests.staged_rows import stage

API = Source("api")


async def applied(db, account_id, *changes):
    return await db.transact(lambda tx: contacts.apply(tx, account_id, changes))


def change(**what):
    return ContactChange(source=API, **what)


ADA = {
    "email": "Ada@X.example",
    "mobile": "+442071838750",
    "external_id": "CRM-1",
    "fields": {"first_name": "Ada", "phone": "+33142685300"},
}


async def forgotten(db, account_id):
    (made,) = await applied(db, account_id, change(**ADA))
    spam = Restriction(channel="email", address=ADA["email"], reason="spam", source="ses")
    await db.transact(lambda tx: actions.restrict(tx, account_id, [spam], at=clock.now()))
    await db.transact(lambda tx: erasing.erase(tx, account_id, made.contact.id, API))
    return made.contact.id


async def test_nothing_of_an_erased_person_can_be_read(db, northwind):
    await forgotten(db, northwind.id)

    async with db.read() as read:
        tables = await read.values(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'account_id'"
        )
        for table in tables:
            rows = await read.values(f"SELECT t::text FROM {table} AS t")
            text = "\n".join(rows).lower()
            for known in ("ada@x", "2071838750", "142685300", "crm-1", '"ada"'):
                assert known not in text, (table, known)
        sealed = await read.rows(
            "SELECT channel, reason FROM optout_states WHERE address LIKE 'erased:%'"
            " ORDER BY channel, reason"
        )
    assert sealed[:3] == [("email", "contact"), ("email", "spam"), ("push", "contact")]
    findings = await doctor.recount(db, northwind.id, "Northwind")
    assert [one for one in findings if one.level != "ok"] == []


@pytest.mark.parametrize(
    ("comes", "blocked"),
    [
        ({"email": "aDa@x.example"}, ("spam", None, None)),
        ({"mobile": "+442071838750"}, (None, "contact", "contact")),
        ({"email": "new@x.example", "fields": {"phone": "+33142685300"}}, (None, None, "contact")),
        ({"email": "new@x.example"}, (None, None, None)),
    ],
)
@pytest.mark.parametrize("way", ["verb", "staged"])
async def test_an_address_that_comes_back_is_still_blocked(db, northwind, comes, blocked, way):
    await forgotten(db, northwind.id)

    if way == "verb":
        await applied(db, northwind.id, change(**comes))
    else:
        await staged(db, await stage(db, northwind.id, {2: {"fields": {}, **comes}}, "upsert"))

    async with db.read() as read:
        assert await read.rows("SELECT email_optout, sms_optout, voice_optout FROM contacts") == [
            blocked
        ]
    findings = await doctor.recount(db, northwind.id, "Northwind")
    assert [one for one in findings if one.level != "ok"] == []


async def test_an_address_that_is_given_later_is_blocked_too(db, northwind):
    await forgotten(db, northwind.id)
    (made,) = await applied(db, northwind.id, change(email="new@x.example"))

    (moved,) = await applied(db, northwind.id, change(id=made.contact.id, mobile="+442071838750"))
    (called,) = await applied(
        db, northwind.id, change(email="new@x.example", fields={"phone": "+33142685300"})
    )

    assert moved.contact.sms_optout == "contact"
    assert called.contact.voice_optout == "contact"


async def test_another_account_knows_nothing_of_it(db, northwind, contoso):
    await forgotten(db, northwind.id)

    (there,) = await applied(db, contoso.id, change(email="ada@x.example"))

    assert there.contact.email_optout is None


async def test_the_person_may_come_back_and_stays(db, northwind):
    await forgotten(db, northwind.id)
    start = Restriction(channel="sms", address="+442071838750", source="sms")

    (outcome,) = await db.transact(
        lambda tx: actions.lift(tx, northwind.id, [start], by=By.PERSON, at=clock.now())
    )
    (back,) = await applied(db, northwind.id, change(mobile="+442071838750"))

    assert outcome.status == "lifted"
    assert back.contact.sms_optout is None
    assert back.contact.voice_optout == "contact"


async def test_what_comes_late_of_an_erased_person_names_no_address(db, northwind):
    await forgotten(db, northwind.id)
    late = [
        Restriction(channel="email", address=ADA["email"], reason=reason, source="ses")
        for reason in ("contact", "hardbounced")
    ]

    done = await db.transact(lambda tx: actions.restrict(tx, northwind.id, late, at=clock.now()))

    assert [one.status for one in done] == ["unchanged", "restricted"]
    async with db.read() as read:
        assert await read.values("SELECT address FROM optouts WHERE address NOT LIKE 'er%'") == []
    (back,) = await applied(db, northwind.id, change(email="ada@x.example"))
    async with db.read() as read:
        held = await read.values("SELECT reason FROM optout_states WHERE address = 'ada@x.example'")
    assert sorted(held) == ["contact", "hardbounced", "spam"]
    assert back.contact.email_optout == "spam"


async def test_a_landline_that_somebody_else_has_keeps_its_history(db, northwind):
    phone = {"phone": "+33142685300"}
    await applied(db, northwind.id, change(email="other@x.example", fields=phone))
    voice = Restriction(channel="voice", address="+33142685300", source="api")
    await db.transact(lambda tx: actions.restrict(tx, northwind.id, [voice], at=clock.now()))
    (ada,) = await applied(db, northwind.id, change(email="ada@x.example", fields=phone))

    await db.transact(lambda tx: erasing.erase(tx, northwind.id, ada.contact.id, API))

    async with db.read() as read:
        assert await read.values("SELECT voice_optout FROM contacts") == ["user"]
    findings = await doctor.recount(db, northwind.id, "Northwind")
    assert [one for one in findings if one.level != "ok"] == []


async def test_the_api_erases(api, db, northwind):
    (made,) = await applied(db, northwind.id, change(**ADA))

    odd = await api.delete(f"/api/v1/contacts/{made.contact.id}?erase=true&hard=false")
    told = await api.delete(f"/api/v1/contacts/{made.contact.id}?erase=true")

    assert odd.status_code == 400
    assert told.json() == {"deleted": True, "id": str(made.contact.id)}
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM optout_states WHERE address LIKE 'er%'") == 8
