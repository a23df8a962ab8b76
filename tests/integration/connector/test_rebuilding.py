"""The local copy is thrown away and comes back from SES as it was."""

import pytest

from signalbook.connector import rebuilding
from signalbook.connector.errors import ChangesWaiting, NotRebuildable
from signalbook.connector.model import Mode
from signalbook.contacts import restricting
from signalbook.kit import clock
from signalbook.ledger.model import Order
from signalbook.lists import actions as lists

_EVERYTHING = {
    "contacts": """
        SELECT id, email, email_key, mobile, external_id, fields, metadata, is_active,
               email_optout, sms_optout, voice_optout, unsubscribed_at, created_at, list_active,
               source
          FROM contacts WHERE account_id = %(a)s ORDER BY id
    """,
    "tags": """
        SELECT s.contact_id, ARRAY(SELECT t.name FROM unnest(s.tags) AS n(id)
                                     JOIN tags AS t ON t.account_id = %(a)s AND t.id = n.id)
          FROM contact_signals AS s WHERE s.account_id = %(a)s ORDER BY 1
    """,
    "members": """
        SELECT l.id, l.name, m.contact_id, m.joined_at, m.joined_by
          FROM list_members AS m JOIN lists AS l
            ON l.account_id = m.account_id AND l.id = m.list_id
         WHERE m.account_id = %(a)s ORDER BY 1, 3
    """,
    "optouts": """
        SELECT address, channel, reason, since, source
          FROM optout_states WHERE account_id = %(a)s ORDER BY 1, 2, 3
    """,
    "attributes": """
        SELECT contact_id, list_id, attributes
          FROM ses_contacts WHERE account_id = %(a)s ORDER BY 1
    """,
    "counts": """
        SELECT tag_id, what, contacts
          FROM contact_counts WHERE account_id = %(a)s AND contacts <> 0 ORDER BY 1, 2
    """,
    "fields": "SELECT name, type, contacts FROM fields WHERE account_id = %(a)s ORDER BY 1",
}


async def everything(desk):
    async with desk.db.read() as read:
        return {
            name: await read.rows(statement, {"a": desk.account_id})
            for name, statement in _EVERYTHING.items()
        }


async def opted_out(desk, at, *asked):
    orders = [
        Order(kind="out", channel=channel, reasons=(reason,), source="form", at=at, address=address)
        for address, channel, reason in asked
    ]
    await desk.tx(lambda tx: restricting.obey(tx, desk.account_id, orders, at=at))


async def fill(desk):
    """Give an account everything that a contact can have."""
    from signalbook.contacts.model import Listed

    topic = await desk.topic("Sports")
    async with desk.db.read() as read:
        own = await read.value(
            "SELECT id FROM ses_lists WHERE account_id = %(a)s", {"a": desk.account_id}
        )
    raw = '{ "Name": "Édith",  "Company": null, "shoe": 44.50, "extra": [1, {"a": true}]}'
    await opted_out(desk, clock.now(), ("@blocked.example", "email", "user"))
    made = await desk.write(
        {
            "email": "Ada@Example.com", "mobile": "+919876543210", "external_id": "x-1",
            "fields": {
                "full_name": "Ada Łovelace", "birth_date": "1815-12-10", "city": "Pune",
                "points": 12, "weight": 1.25, "is_member": True, "likes": ["a", "b"],
                "seen_at": "2026-01-02T03:04:05Z", "phone": "+442071838750", "country": "India",
            },
            "metadata": {"crm": {"deep": [1, None]}}, "tags_add": ("vip", "beta", "Änderung"),
        },
        {"email": "edith@example.com", "listed": Listed(list_id=own, attributes=raw)},
        {"email": "gone@example.com", "is_active": False, "tags_add": ("vip",)},
        {"email": "out@example.com", "status": "unsubscribe", "mobile": "+919876543211"},
        {"email": "topic@example.com", "joins": frozenset({topic})},
        {"email": "plain@example.com"},
        {"email": "held@blocked.example", "external_id": "x-2"},
    )  # fmt: skip
    ids = [one.contact.id for one in made]
    at = clock.now()
    asked = [
        ("out@example.com", "email", "contact"), ("plain@example.com", "email", "hardbounced"),
        ("plain@example.com", "email", "spam"), ("+919876543210", "sms", "user"),
        ("+919876543210", "whatsapp", "contact"), ("+919876543210", "voicemail", "user"),
        ("+442071838750", "voice", "contact"), ("id:x-2", "push", "user"),
        ("edith@example.com", f"topic:{topic}", "contact"),
    ]  # fmt: skip
    await opted_out(desk, at, *asked)

    async def join(tx):
        named = await lists.ensure(tx, desk.account_id, ["Friends", "Sleeping"], "test")
        for name, some in (("Friends", ids[:3]), ("Sleeping", ids[2:4])):
            await lists.join(tx, desk.account_id, named[name], some, clock.now(), f"by {name}")

    await desk.tx(join)


async def test_what_is_thrown_away_comes_back_row_by_row(desk, ses, wish):
    await desk.connect(wish(Mode.STORE))
    await fill(desk)
    await desk.work_until_well()
    before, there = await everything(desk), ses.contacts()
    async with desk.db.tx() as tx:  # as where nothing but the registries is left
        for table in ("optout_states", "optouts"):
            await tx.execute(f"DELETE FROM {table} WHERE account_id = {desk.account_id}")
    steps = []

    done = await rebuilding.rebuild(
        desk.db, desk.settings.secret_key, desk.account_id, steps.append
    )

    assert (done.deleted, done.restored, done.refused) == (7, 7, [])
    after = await everything(desk)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert await desk.waiting() == []
    assert ses.contacts() == there
    assert {step.name for step in steps} == {"listing", "reading", "restoring"}


async def test_a_rebuild_goes_on_where_it_was_broken_off(desk, ses, wish):
    await desk.connect(wish(Mode.STORE))
    await desk.write(*({"email": f"p{number}@example.com"} for number in range(6)))
    await desk.work_until_well()
    before = await everything(desk)

    def breaks(step):
        if step.name == "reading" and step.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rebuilding.rebuild(desk.db, desk.settings.secret_key, desk.account_id, breaks)
    assert await everything(desk) == before
    seen = []
    await rebuilding.rebuild(desk.db, desk.settings.secret_key, desk.account_id, seen.append)

    assert [step.done for step in seen if step.name == "reading"] == [5, 6]
    assert (await everything(desk))["contacts"] == before["contacts"]


async def test_what_others_have_put_into_ses_is_restored_too(desk, ses, wish):
    await desk.connect(wish(Mode.STORE))
    ses.create(
        "other@example.com", AttributesData='{"Name": "Otto"}', UnsubscribeAll=True,
        TopicPreferences=[{"TopicName": "News", "SubscriptionStatus": "OPT_IN"}],
    )  # fmt: skip

    await rebuilding.rebuild(desk.db, desk.settings.secret_key, desk.account_id, lambda _: None)

    assert (await desk.contacts())["other@example.com"] == {"full_name": "Otto"}
    assert await desk.optouts("other@example.com") == {("email", "contact")}


async def test_nothing_is_thrown_away_that_ses_does_not_have(desk, ses, wish):
    await desk.connect(wish(Mode.STORE))
    await desk.write({"email": "ada@example.com"})

    with pytest.raises(ChangesWaiting):
        await rebuilding.rebuild(desk.db, desk.settings.secret_key, desk.account_id, print)

    assert set(await desk.contacts()) == {"ada@example.com"}


async def test_where_signalbook_leads_there_is_nothing_to_rebuild(desk, wish):
    await desk.connect(wish())

    with pytest.raises(NotRebuildable):
        await rebuilding.rebuild(desk.db, desk.settings.secret_key, desk.account_id, print)
