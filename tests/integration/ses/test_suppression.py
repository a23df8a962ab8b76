"""The suppression list is the ledger's bounces and complaints, seen as SES shows them."""

from datetime import timedelta

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts import queries as contact_queries
from signalbook.contacts.model import ContactChange, Source
from signalbook.kit import clock
from signalbook.optouts import actions as optouts
from signalbook.optouts.model import Restriction
from tests.integration.ses.calls import Door, Refused


@pytest.fixture
def door(db, northwind, tmp_path) -> Door:
    return Door(db, northwind, tmp_path)


async def put(door, address, reason="BOUNCE"):
    await door("PutSuppressedDestination", {"EmailAddress": address, "Reason": reason})


async def got(door, address):
    answer = await door("GetSuppressedDestination", EmailAddress=address)
    return answer["SuppressedDestination"]


async def listed(door, **query):
    asked = {name: one if isinstance(one, list) else [str(one)] for name, one in query.items()}
    return await door("ListSuppressedDestinations", query=asked)


async def names(door, **query):
    answer = await listed(door, **query)
    return [one["EmailAddress"] for one in answer["SuppressedDestinationSummaries"]]


async def bounced(door, address, reason="hardbounced"):
    async def work(tx):
        one = Restriction(channel="email", address=address, reason=reason, source="api")
        return await optouts.restrict(tx, door.account_id, [one], at=clock.now())

    await door.db.transact(work)


async def test_what_is_put_is_shown_and_blocks_the_contact(db, door, northwind):
    async with db.tx() as tx:
        change = ContactChange(source=Source("test"), email="Ada@example.com")
        (made,) = await contacts.apply(tx, northwind.id, [change])

    await put(door, " ada@Example.COM ")

    shown = await got(door, "Ada@EXAMPLE.com")
    assert (shown["EmailAddress"], shown["Reason"]) == ("Ada@example.com", "BOUNCE")
    assert isinstance(shown["LastUpdateTime"], float)
    assert await names(door) == ["ada@example.com"]
    async with db.read() as read:
        contact = await contact_queries.get(read, northwind.id, made.contact.id)
    assert contact.email_optout == "hardbounced"


async def test_putting_again_gives_another_reason_and_time(door):
    await put(door, "ada@example.com", "BOUNCE")
    first = await got(door, "ada@example.com")

    await put(door, "ada@example.com", "COMPLAINT")
    second = await got(door, "ada@example.com")
    await put(door, "ada@example.com", "BOUNCE")
    third = await got(door, "ada@example.com")

    assert [one["Reason"] for one in (first, second, third)] == ["BOUNCE", "COMPLAINT", "BOUNCE"]
    assert first["LastUpdateTime"] <= second["LastUpdateTime"] <= third["LastUpdateTime"]
    assert await names(door) == ["ada@example.com"]


async def test_the_account_takes_away_what_it_put_and_nothing_else(door):
    await put(door, "own@example.com", "COMPLAINT")
    await bounced(door, "real@example.com")
    await put(door, "real@example.com")

    await door("DeleteSuppressedDestination", EmailAddress="OWN@example.com")
    with pytest.raises(Refused, match=r"BadRequestException: real@example\.com stays .* a bounce"):
        await door("DeleteSuppressedDestination", EmailAddress="real@example.com")

    assert await names(door) == ["real@example.com"]
    with pytest.raises(Refused, match=r"NotFoundException: Email address own@example\.com does"):
        await got(door, "own@example.com")
    with pytest.raises(Refused, match="NotFoundException"):
        await door("DeleteSuppressedDestination", EmailAddress="own@example.com")


async def test_an_address_is_listed_once_by_the_later_reason(door):
    await bounced(door, "ada@example.com", "hardbounced")
    await bounced(door, "ada@example.com", "spam")
    await bounced(door, "ben@example.com", "user")

    answer = await listed(door)

    (only,) = answer["SuppressedDestinationSummaries"]
    assert (only["EmailAddress"], only["Reason"]) == ("ada@example.com", "COMPLAINT")
    assert await names(door, Reason=["BOUNCE"]) == []
    assert await names(door, Reason=["BOUNCE", "COMPLAINT"]) == ["ada@example.com"]


async def test_pages_follow_each_other_whatever_comes_between(door):
    for name in "abcde":
        await put(door, f"{name}@example.com")

    first = await listed(door, PageSize=2)
    await put(door, "aa@example.com")
    await put(door, "cc@example.com")
    await door("DeleteSuppressedDestination", EmailAddress="b@example.com")
    second = await listed(door, PageSize=1000, NextToken=first["NextToken"])

    seen = [one["EmailAddress"][:-12] for one in second["SuppressedDestinationSummaries"]]
    assert seen == ["c", "cc", "d", "e"]
    assert "NextToken" not in second
    with pytest.raises(Refused, match="InvalidNextTokenException"):
        await listed(door, NextToken="AYADe")
    with pytest.raises(Refused, match="InvalidNextTokenException"):
        await listed(door, Reason=["BOUNCE"], NextToken=first["NextToken"])


async def test_entries_are_found_by_their_time(door):
    await put(door, "ada@example.com")
    now = clock.now()
    before, after = now - timedelta(minutes=1), now + timedelta(minutes=1)
    zulu = before.strftime("%Y-%m-%dT%H:%M:%SZ")

    assert await names(door, StartDate=zulu, EndDate=after.isoformat()) == ["ada@example.com"]
    assert await names(door, EndDate=zulu) == []
    assert await names(door, StartDate=after.timestamp()) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"Reason": "BOUNCE"}, "Value at 'emailAddress' failed .* Member must not be null"),
        (
            {"EmailAddress": "a@example.com", "Reason": "bounce"},
            r"Value at 'reason' failed .* enum value set: \[BOUNCE, COMPLAINT\]",
        ),
        ({"EmailAddress": " ", "Reason": "BOUNCE"}, "EmailAddress can't be blank."),
        ({"EmailAddress": "nobody", "Reason": "BOUNCE"}, "EmailAddress nobody is invalid$"),
        ({"EmailAddress": "a@b@-.x", "Reason": "BOUNCE"}, "EmailAddress a@b@-.x is invalid$"),
    ],
)
async def test_what_cannot_be_put_is_refused_in_the_words_of_aws(door, body, told):
    with pytest.raises(Refused, match=told) as refused:
        await door("PutSuppressedDestination", body)
    assert refused.value.code == "BadRequestException"


async def test_odd_questions_are_refused(door):
    with pytest.raises(Refused, match=r"'reasons' .* constraint: \[Member must satisfy enum"):
        await listed(door, Reason=["SPAM"])
    with pytest.raises(Refused, match="SerializationException"):
        await listed(door, StartDate="yesterday")
    with pytest.raises(Refused, match=r"'pageSize' .* greater than or equal to 1"):
        await listed(door, PageSize=0)


async def test_other_accounts_see_nothing(db, door, contoso, tmp_path):
    await put(door, "ada@example.com")

    other = Door(db, contoso, tmp_path)

    assert await names(other) == []
    with pytest.raises(Refused, match="NotFoundException"):
        await got(other, "ada@example.com")
    with pytest.raises(Refused, match="NotFoundException"):
        await other("DeleteSuppressedDestination", EmailAddress="ada@example.com")


async def test_an_account_says_what_it_suppresses_by_region(db, door, northwind, tmp_path):
    shown = await door("GetAccount")
    assert shown["SendingEnabled"] is True
    assert shown["EnforcementStatus"] == "HEALTHY"
    assert shown["SuppressionAttributes"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}

    threshold = {"ConditionThreshold": {"ConditionThresholdEnabled": "DISABLED"}}
    await door(
        "PutAccountSuppressionAttributes",
        {"SuppressedReasons": ["COMPLAINT"], "ValidationAttributes": threshold},
    )

    shown = await door("GetAccount")
    assert shown["SuppressionAttributes"] == {
        "SuppressedReasons": ["COMPLAINT"],
        "ValidationAttributes": threshold,
    }
    elsewhere = await Door(db, northwind, tmp_path, region="us-east-1")("GetAccount")
    assert len(elsewhere["SuppressionAttributes"]["SuppressedReasons"]) == 2
    await door("PutAccountSuppressionAttributes", {})
    shown = await door("GetAccount")
    assert shown["SuppressionAttributes"]["SuppressedReasons"] == []
    with pytest.raises(Refused, match=r"'suppressedReasons' .* \[Member must satisfy enum value"):
        await door("PutAccountSuppressionAttributes", {"SuppressedReasons": ["SPAM"]})
