"""What people write back, and what comes of it."""

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.kit import clock
from signalbook.optouts import actions, intake
from signalbook.optouts.model import Restriction

NUMBER = "+442071838750"


async def heard(db, account_id, text, channel="sms", number=NUMBER):
    return await db.transact(
        lambda tx: intake.received(
            tx, account_id, channel, number, text, at=clock.now(), evidence={"message_id": "SM1"}
        )
    )


async def test_stop_and_start_are_a_persons_own_word(db, northwind):
    change = ContactChange(source=Source("api"), mobile=NUMBER)
    await db.transact(lambda tx: contacts.apply(tx, northwind.id, [change]))

    stopped = await heard(db, northwind.id, "Arrêt !")
    async with db.read() as read:
        between = await read.rows("SELECT sms_optout, voice_optout FROM contacts")
    started = await heard(db, northwind.id, "start")

    assert (stopped.meaning, stopped.outcome.status) == ("stop", "restricted")
    assert (started.meaning, started.outcome.status) == ("start", "lifted")
    assert between == [("contact", None)]
    async with db.read() as read:
        assert await read.value("SELECT sms_optout FROM contacts") is None
        lines = await read.rows("SELECT kind, reason, source, evidence FROM optouts ORDER BY id")
    assert lines == [
        ("out", "contact", "reply", {"message_id": "SM1", "text": "Arrêt !"}),
        ("in", "contact", "reply", {"message_id": "SM1", "text": "start"}),
    ]


async def test_start_lifts_nothing_that_others_have_said(db, northwind):
    block = Restriction(channel="sms", address=NUMBER, reason="user", source="api")
    await db.transact(lambda tx: actions.restrict(tx, northwind.id, [block], at=clock.now()))

    told = await heard(db, northwind.id, "START")

    assert told.outcome.status == "unchanged"
    assert [reason for _, reason in told.outcome.left] == ["user"]


async def test_any_other_message_changes_nothing(db, northwind):
    told = await heard(db, northwind.id, "when does the sale stop?")

    assert (told.meaning, told.outcome) == (None, None)
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM optouts") == 0


@pytest.mark.parametrize("number", ["ADIDAS", "12345", ""])
async def test_a_sender_without_a_number_is_told_of(db, northwind, number):
    told = await heard(db, northwind.id, "STOP", number=number)

    assert told.outcome.status == "rejected"
