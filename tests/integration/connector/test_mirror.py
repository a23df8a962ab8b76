"""Signalbook leads: the list of SES follows, an opt-out on either side wins, nothing is lost."""

import json

import pytest

from signalbook.connector import actions, document, queries
from signalbook.connector.errors import (
    ConnectedAlready,
    ConnectionInvalid,
    ListUnknown,
    NotConnected,
    SesAway,
)
from signalbook.connector.model import Mode, State, state_of
from tests.ses_server import LIST


async def test_everybody_is_in_ses_soon_after_connecting(desk, ses, wish):
    await desk.write(
        {"email": "Ada@example.com", "mobile": "+919876543210", "fields": {"full_name": "Ada"}},
        {"email": "grace@example.com", "tags_add": ("vip",)},
        {"mobile": "+919876543211"},
    )

    await desk.connect(wish())
    await desk.work()

    there = ses.contacts()
    assert {one.lower() for one in there} == {"ada@example.com", "grace@example.com"}
    ada = json.loads(next(one for name, one in there.items() if name[0] in "Aa")["attributes"])
    assert ada["full_name"] == "Ada"
    assert ada["signalbook"]["mobile"] == "+919876543210"
    assert await desk.waiting() == []
    connection = await desk.connection()
    async with desk.db.read() as read:
        assert state_of(connection, await queries.backlog(read, desk.account_id)) is State.OK
    assert connection.succeeded_at is not None


async def test_changes_follow_and_nothing_is_written_twice(desk, ses, wish):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com", "fields": {"city": "Pune"}})
    await desk.work()
    before = ses.contacts()["ada@example.com"]

    await desk.write({"email": "ada@example.com", "fields": {"city": "Delhi"}})
    assert await desk.waiting() == ["ada@example.com"]
    await desk.work()

    assert json.loads(ses.contacts()["ada@example.com"]["attributes"])["city"] == "Delhi"
    await desk.tx(lambda tx: actions.enqueue(tx, desk.account_id, ["ada@example.com"]))
    now = ses.contacts()["ada@example.com"]
    await desk.work()
    assert ses.contacts()["ada@example.com"] == now != before


async def test_an_address_is_found_however_it_is_spelled(desk, ses, wish):
    ses.create("Ada@Example.com", AttributesData='{"Shoe": 44}')
    await desk.write({"email": "ada@example.com"}, {"email": "Grace@example.com"})
    await desk.connect(wish())
    await desk.work()
    await desk.tx(lambda tx: actions.sync(tx, desk.account_id))
    await desk.write({"email": "ada@example.com", "fields": {"city": "Pune"}})
    await desk.work()

    await desk.write({"email": "grace@example.com", "delete": True})
    await desk.work()

    there = ses.contacts()
    assert set(there) == {"Ada@Example.com"}
    assert json.loads(there["Ada@Example.com"]["attributes"])["Shoe"] == 44


async def test_a_deleted_contact_goes_and_a_changed_address_moves(desk, ses, wish):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com", "external_id": "1"}, {"email": "g@example.com"})
    await desk.work()

    await desk.write(
        {"external_id": "1", "email": "eda@example.com"}, {"email": "g@example.com", "delete": True}
    )
    await desk.work()

    assert set(ses.contacts()) == {"eda@example.com"}


async def test_keys_and_topics_of_others_stay(desk, ses, wish):
    ses.create(
        "ada@example.com",
        AttributesData='{"Shoe": 44}',
        TopicPreferences=[{"TopicName": "News", "SubscriptionStatus": "OPT_IN"}],
    )
    await desk.write({"email": "ada@example.com", "fields": {"city": "Pune"}})

    await desk.connect(wish())
    await desk.work()
    await desk.write({"email": "ada@example.com", "fields": {"city": None}})
    await desk.work()

    found = json.loads(ses.contacts()["ada@example.com"]["attributes"])
    assert found["Shoe"] == 44
    assert "city" not in found


async def test_an_opt_out_in_ses_comes_here_and_stays_there(desk, ses, wish):
    ses.create(
        "ada@example.com",
        UnsubscribeAll=True,
        TopicPreferences=[{"TopicName": "Sports", "SubscriptionStatus": "OPT_OUT"}],
    )
    await desk.write({"email": "ada@example.com"})

    await desk.connect(wish())
    await desk.work()

    assert await desk.optouts("ada@example.com") == {("email", "contact"), ("topic", "contact")}
    assert ses.contacts()["ada@example.com"]["unsubscribed"] is True
    assert ses.contacts()["ada@example.com"]["topics"] == {"Sports": "OPT_OUT"}
    assert await desk.waiting() == []


async def test_an_opt_out_of_somebody_who_is_not_here_is_kept_before_ses_forgets_them(
    desk, ses, wish
):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com"})
    await desk.work()
    ses.update("ada@example.com", UnsubscribeAll=True)

    await desk.write({"email": "ada@example.com", "delete": True})
    await desk.work()

    assert ses.contacts() == {}
    assert await desk.optouts("ada@example.com") == {("email", "contact")}


async def test_an_opt_out_here_goes_there_and_a_later_lift_too(desk, ses, wish):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com", "optouts": (("email", "user"),)})
    await desk.work()
    assert ses.contacts()["ada@example.com"]["unsubscribed"] is True

    await desk.write({"email": "ada@example.com", "status": "resubscribe"})
    await desk.work()

    assert ses.contacts()["ada@example.com"]["unsubscribed"] is False
    assert await desk.optouts("ada@example.com") == set()


async def test_topics_are_joined_left_and_opted_out_of(desk, ses, wish):
    await desk.connect(wish())
    sports, news = await desk.topic("Sports"), await desk.topic("News")
    await desk.write({"email": "ada@example.com", "joins": frozenset({sports, news})})
    await desk.work()
    assert ses.contacts()["ada@example.com"]["topics"] == {"Sports": "OPT_IN", "News": "OPT_IN"}

    await desk.write(
        {"email": "ada@example.com", "leaves": frozenset({news}),
         "optouts": ((f"topic:{sports}", "user"),)}
    )  # fmt: skip
    await desk.work()

    assert ses.contacts()["ada@example.com"]["topics"] == {"Sports": "OPT_OUT", "News": "OPT_OUT"}
    await desk.write({"email": "ada@example.com", "fields": {"city": "Pune"}})
    await desk.work()
    assert await desk.optouts("ada@example.com") == {("topic", "user")}


async def test_a_refused_contact_is_kept_with_the_sentence_and_blocks_nobody(desk, ses, wish):
    ses.control(refused_addresses=["ada@example.com"])
    await desk.connect(wish())
    await desk.write(
        {"email": "ada@example.com", "fields": {"city": "Pune"}}, {"email": "g@example.com"}
    )
    await desk.work()

    assert set(ses.contacts()) == {"g@example.com"}
    assert list(await desk.refused()) == ["ada@example.com"]
    assert await desk.waiting() == []

    ses.control(refused_addresses=[])
    await desk.write({"email": "ada@example.com", "fields": {"city": "Delhi"}})
    await desk.work()
    assert await desk.refused() == {}


@pytest.mark.parametrize("kinds", [("429",), ("500",), ("cut_before", "cut_after")])
async def test_faults_of_every_kind_lose_nothing(desk, ses, wish, kinds):
    await desk.connect(wish())
    await desk.write(*({"email": f"p{n}@example.com", "fields": {"n": n}} for n in range(12)))
    ses.strike(*kinds, share=0.3)

    await desk.work_until_well()
    ses.strike()

    there = ses.contacts()
    assert len(there) == 12
    assert all(document.read(one["attributes"]).kept is not None for one in there.values())


async def test_what_happens_while_ses_is_away_goes_there_when_it_is_back(desk, ses, wish):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com"}, {"email": "g@example.com"})
    ses.kill()
    try:
        await desk.work()
        said = (await desk.connection()).error
        assert "cannot be reached" in said
        assert len(await desk.waiting()) == 2
    finally:
        ses.start()

    await desk.work_until_well()

    assert set(ses.contacts()) == {"ada@example.com", "g@example.com"}
    assert (await desk.connection()).error is None


async def test_a_connection_is_made_once_and_only_to_a_list_that_answers(desk, ses, wish):
    with pytest.raises(ListUnknown, match="Elsewhere"):
        await desk.connect(wish(list_name="Elsewhere"))
    with pytest.raises(ConnectionInvalid):
        await desk.connect(wish(region="Europe", access=None))
    with pytest.raises(SesAway):
        await desk.connect(wish(endpoint="http://127.0.0.1:9"))

    await desk.connect(wish())

    with pytest.raises(ConnectedAlready, match=LIST):
        await desk.connect(wish())


async def test_a_connection_ends_and_both_sides_stay(desk, ses, wish):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com"})
    await desk.work()

    await desk.tx(lambda tx: actions.disconnect(tx, desk.account_id))
    await desk.write({"email": "g@example.com"})

    assert set(ses.contacts()) == {"ada@example.com"}
    assert set(await desk.contacts()) == {"ada@example.com", "g@example.com"}
    assert await desk.waiting() == []
    with pytest.raises(NotConnected):
        await desk.connection()


async def test_a_change_keeps_what_waits(desk, ses, wish):
    await desk.connect(wish())
    await desk.write({"email": "ada@example.com"})

    await actions.change(
        desk.db, desk.settings.secret_key, desk.account_id, wish(Mode.STORE), actor="test"
    )

    assert await desk.waiting() == ["ada@example.com"]
    await desk.work()
    assert set(ses.contacts()) == {"ada@example.com"}
