"""Both sides are compared, contact by contact, and brought together by the rules of the mode."""

import json

import pytest

from signalbook.connector import drifting
from signalbook.connector.model import Mode


async def look(desk, **how):
    key = desk.settings.secret_key
    return await drifting.look(desk.db, key, desk.account_id, lambda _: None, **how)


async def drift_apart(desk, ses, wish, mode):
    """Let both sides differ in every way, as after somebody worked on one of them behind us."""
    await desk.connect(wish(mode))
    for number in range(6):
        await desk.write({"email": f"p{number}@example.com", "fields": {"city": "Pune"}})
    if mode is Mode.FOLLOW:
        for number in range(6):
            ses.create(f"p{number}@example.com", AttributesData='{"city": "Pune"}')
    await desk.work_until_well()
    assert (await look(desk, deep=True)).is_none

    ses.delete("p1@example.com")
    ses.create("new@example.com", AttributesData='{"city": "Oslo"}')
    ses.update("p2@example.com", UnsubscribeAll=True)
    held = json.loads(ses.get("p3@example.com")["AttributesData"])
    ses.update("p3@example.com", AttributesData=json.dumps(held | {"city": "Rome"}))
    sports = [{"TopicName": "Sports", "SubscriptionStatus": "OPT_OUT"}]
    ses.update("p4@example.com", TopicPreferences=sports)


@pytest.mark.parametrize("mode", list(Mode))
async def test_what_differs_is_named_and_brought_together(desk, ses, wish, mode):
    await drift_apart(desk, ses, wish, mode)

    found = await look(desk, deep=True)
    repaired = await look(desk, deep=True, repair=True)
    await desk.work_until_well()
    after = await look(desk, deep=True)

    assert (found.only_here, found.only_there) == (["p1@example.com"], ["new@example.com"])
    assert [one.email for one in found.optouts] == ["p2@example.com", "p4@example.com"]
    assert ["p3@example.com", ["attributes"]] in [[one.email, one.what] for one in found.different]
    assert repaired.repaired >= 5
    assert after.is_none, after
    assert await desk.optouts("p2@example.com") == {("email", "contact")}
    assert await desk.optouts("p4@example.com") == {("topic", "contact")}
    here, there = await desk.contacts(), ses.contacts()
    assert set(here) == set(there)
    leads_here = mode is Mode.MIRROR
    assert ("new@example.com" in here) is not leads_here
    assert ("p1@example.com" in here) is (mode is not Mode.FOLLOW)
    assert here["p3@example.com"]["city"] == ("Pune" if leads_here else "Rome")


async def test_without_reading_attributes_are_not_compared(desk, ses, wish):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com"}, {"mobile": "+33612345678"})
    await desk.work_until_well()

    found = await look(desk)

    assert (found.is_none, found.compared, found.unread, found.nameless) == (True, 1, 1, 1)


async def test_what_waits_for_ses_is_no_drift(desk, ses, wish):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com"})
    await desk.work_until_well()
    await desk.write(
        {"email": "ada@example.com", "fields": {"city": "Pune"}}, {"email": "new@example.com"}
    )

    found = await look(desk, deep=True)

    assert (found.is_none, found.waiting) == (True, 1)
