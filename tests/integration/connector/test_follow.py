"""SES leads: what is there comes here, what goes there goes here, our opt-outs go there."""

import json
from datetime import timedelta

import pytest

from signalbook.connector import listing
from signalbook.connector.model import Mode
from signalbook.kit import clock


@pytest.fixture
def listed_again(desk):
    """Let the next listing be due."""

    async def let() -> None:
        async with desk.db.tx() as tx:
            await tx.execute(
                "UPDATE ses_connections SET listed_at = %(at)s, rests_until = NULL",
                {"at": clock.now() - timedelta(days=1)},
            )

    return let


async def test_everybody_in_ses_is_here_with_attributes_topics_and_opt_outs(desk, ses, wish):
    ses.create("Ada@example.com", AttributesData='{"Name": "Ada", "city": "Pune"}')
    ses.create("grace@example.com", UnsubscribeAll=True)
    ses.create(
        "eve@example.com", TopicPreferences=[{"TopicName": "News", "SubscriptionStatus": "OPT_IN"}]
    )

    await desk.connect(wish(Mode.FOLLOW))
    await desk.work()

    here = await desk.contacts()
    assert here["ada@example.com"] == {"full_name": "Ada", "city": "Pune"}
    assert set(here) == {"ada@example.com", "grace@example.com", "eve@example.com"}
    assert await desk.optouts("grace@example.com") == {("email", "contact")}
    async with desk.db.read() as read:
        on = await read.value(
            "SELECT count(*) FROM list_members WHERE account_id = %(a)s AND list_id = %(l)s",
            {"a": desk.account_id, "l": await desk.topic("News")},
        )
    assert on == 1
    assert await desk.waiting() == []
    assert (await desk.connection()).listed_count == 3


async def test_what_changes_and_goes_there_changes_and_goes_here(desk, ses, wish, listed_again):
    for name in ("ada", "eve", "grace"):
        ses.create(f"{name}@example.com", AttributesData='{"city": "Pune"}')
    await desk.connect(wish(Mode.FOLLOW))
    await desk.work()
    before = len(ses.calls())

    ses.update("ada@example.com", AttributesData='{"city": "Delhi"}')
    ses.delete("eve@example.com")
    await listed_again()
    await desk.work()

    here = await desk.contacts()
    assert here == {"ada@example.com": {"city": "Delhi"}, "grace@example.com": {"city": "Pune"}}
    read = [one["address"] for one in ses.calls()[before:] if one["operation"] == "GetContact"]
    assert sorted(read) == ["ada@example.com", "eve@example.com"]


async def test_our_opt_outs_go_there_and_nothing_else_does(desk, ses, wish):
    ses.create("ada@example.com", AttributesData='{"city": "Pune"}')
    await desk.connect(wish(Mode.FOLLOW))
    await desk.work()

    await desk.write(
        {"email": "ada@example.com", "fields": {"city": "Delhi"}, "optouts": (("email", "user"),)},
        {"email": "new@example.com"},
    )
    await desk.work()

    there = ses.contacts()
    assert set(there) == {"ada@example.com"}
    assert there["ada@example.com"]["unsubscribed"] is True
    assert json.loads(there["ada@example.com"]["attributes"]) == {"city": "Pune"}
    assert await desk.waiting() == []


async def test_who_is_subscribed_there_by_omission_stays_unsubscribed(
    desk, ses, wish, listed_again
):
    ses.create("ada@example.com", UnsubscribeAll=True)
    await desk.connect(wish(Mode.FOLLOW))
    await desk.work()

    ses.update("ada@example.com", UnsubscribeAll=False)
    await listed_again()
    await desk.work()

    assert await desk.optouts("ada@example.com") == {("email", "contact")}
    assert ses.contacts()["ada@example.com"]["unsubscribed"] is True


async def test_a_listing_goes_on_where_it_was_and_loses_nobody(desk, ses, wish, monkeypatch):
    monkeypatch.setattr("signalbook.connector.client.PAGE", 4)
    for number in range(15):
        ses.create(f"p{number:02}@example.com", AttributesData=json.dumps({"n": number}))
    await desk.connect(wish(Mode.FOLLOW))
    ses.strike("429", "500", "cut_before", "cut_after", share=0.25)

    await desk.work_until_well()
    for _ in range(50):
        if len(await desk.contacts()) == 15 and (await desk.connection()).listed_at:
            break
        await desk.work()
    ses.strike()
    await desk.work()

    assert {one["n"] for one in (await desk.contacts()).values()} == set(range(15))
    assert (await desk.connection()).listed_count == 15


async def test_an_opt_out_in_ses_comes_here_in_every_mode(desk, ses, wish, listed_again):
    await desk.connect(wish(Mode.MIRROR))
    await desk.write({"email": "ada@example.com"})
    await desk.work()

    ses.update("ada@example.com", UnsubscribeAll=True)
    await listed_again()
    assert listing.is_due(await desk.connection())
    await desk.work()

    assert await desk.optouts("ada@example.com") == {("email", "contact")}
    assert ses.contacts()["ada@example.com"]["unsubscribed"] is True


async def test_an_address_that_is_none_here_is_told_and_blocks_nobody(desk, ses, wish):
    ses.create("a..b@example.com")
    ses.create("ada@example.com")

    await desk.connect(wish(Mode.FOLLOW))
    await desk.work()

    assert set(await desk.contacts()) == {"ada@example.com"}
    assert "Not taken here" in (await desk.refused())["a..b@example.com"]
