"""Every operation in scope, by boto3, as a program of a customer calls it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signalbook.kit import clock
from tests.integration.doors.ses.clients.conftest import KNOWN, LIST, TOPICS

ARN = f"arn:aws:ses:eu-west-1:123456789012:contact-list/{LIST}"
DEFAULTS = [
    {"TopicName": "Sports", "SubscriptionStatus": "OPT_IN"},
    {"TopicName": "Cats", "SubscriptionStatus": "OPT_OUT"},
]


def recent(at: datetime) -> bool:
    return at.tzinfo is not None and abs(at - clock.now()) < timedelta(minutes=2)


def named(**given: Any) -> dict[str, Any]:
    return {"ContactListName": LIST, **given}


async def test_a_list_is_made_shown_changed_and_deleted(empty) -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    made = await empty(
        "CreateContactList", **named(Topics=TOPICS, Description="The news", Tags=tags)
    )
    assert made == {}

    shown = await empty("GetContactList", **named())
    times = [shown.pop("CreatedTimestamp"), shown.pop("LastUpdatedTimestamp")]
    assert shown == named(Topics=TOPICS, Description="The news", Tags=tags)
    assert all(recent(at) for at in times)

    assert await empty("UpdateContactList", **named(Topics=TOPICS[:1])) == {}
    changed = await empty("GetContactList", **named())
    assert (changed["Topics"], changed["Tags"]) == (TOPICS[:1], tags)
    assert "Description" not in changed
    assert changed["LastUpdatedTimestamp"] >= times[1]

    assert await empty("DeleteContactList", **named()) == {}
    assert (await empty.refused("GetContactList", **named())).status == 404
    assert (await empty("ListContactLists")).get("ContactLists") == []


async def test_lists_are_listed_with_name_and_time_only(ses) -> None:
    (only,) = (await ses("ListContactLists"))["ContactLists"]

    assert only["ContactListName"] == LIST
    assert set(only) == {"ContactListName", "LastUpdatedTimestamp"}
    assert recent(only["LastUpdatedTimestamp"])


async def test_a_name_begins_anew_after_its_list_was_deleted(ses) -> None:
    await ses("DeleteContactList", **named())
    await ses("CreateContactList", **named())

    assert (
        "Topics" not in await ses("GetContactList", **named())
        or (await ses("GetContactList", **named()))["Topics"] == []
    )
    assert (await ses("ListContacts", **named()))["Contacts"] == []


async def test_each_region_has_its_own_list(ses, key, client_of) -> None:
    from tests.aws import Ses

    other = Ses(client_of(key, "us-east-1"))
    assert (await other("ListContactLists")).get("ContactLists") == []

    await other("CreateContactList", **named())
    await other("CreateContact", **named(EmailAddress="only@example.com"))

    assert (await ses.refused("GetContact", **named(EmailAddress="only@example.com"))).status == 404
    assert (await other.refused("GetContact", **named(EmailAddress=KNOWN))).status == 404


async def test_a_contact_is_made_shown_changed_and_deleted(ses) -> None:
    attributes = '{"Name": "Jane",  "Company":null, "Größe": 1.50}'
    whole = named(
        EmailAddress="jane@example.com",
        AttributesData=attributes,
        TopicPreferences=[{"TopicName": "Cats", "SubscriptionStatus": "OPT_IN"}],
    )
    assert await ses("CreateContact", **whole) == {}

    shown = await ses("GetContact", **named(EmailAddress="jane@example.com"))
    assert recent(shown.pop("CreatedTimestamp"))
    assert recent(shown.pop("LastUpdatedTimestamp"))
    assert shown == whole | {
        "UnsubscribeAll": False,
        "TopicDefaultPreferences": [DEFAULTS[0]],
    }

    change = named(
        EmailAddress="jane@example.com",
        AttributesData='{"Name":"June"}',
        UnsubscribeAll=True,
        TopicPreferences=[{"TopicName": "Sports", "SubscriptionStatus": "OPT_OUT"}],
    )
    assert await ses("UpdateContact", **change) == {}
    changed = await ses("GetContact", **named(EmailAddress="jane@example.com"))
    assert (changed["AttributesData"], changed["UnsubscribeAll"]) == ('{"Name":"June"}', True)
    assert changed["TopicPreferences"] == [
        {"TopicName": "Sports", "SubscriptionStatus": "OPT_OUT"},
        {"TopicName": "Cats", "SubscriptionStatus": "OPT_IN"},
    ]
    assert changed.get("TopicDefaultPreferences", []) == []

    assert await ses("DeleteContact", **named(EmailAddress="jane@example.com")) == {}
    gone = await ses.refused("DeleteContact", **named(EmailAddress="jane@example.com"))
    assert (gone.status, gone.message) == (404, "jane@example.com doesn't exist in List.")


async def test_a_contact_without_preferences_has_the_defaults_of_its_topics(ses) -> None:
    shown = await ses("GetContact", **named(EmailAddress=KNOWN))
    (listed,) = (await ses("ListContacts", **named()))["Contacts"]

    for one in (shown, listed):
        assert one["TopicDefaultPreferences"] == DEFAULTS
        assert one.get("TopicPreferences", []) == []
        assert one["UnsubscribeAll"] is False
    assert "AttributesData" not in shown
    assert set(listed) <= {
        "EmailAddress",
        "TopicPreferences",
        "TopicDefaultPreferences",
        "UnsubscribeAll",
        "LastUpdatedTimestamp",
    }


async def test_defaults_follow_the_topics_as_they_are_now(ses) -> None:
    turned = [TOPICS[0] | {"DefaultSubscriptionStatus": "OPT_OUT"}]

    await ses("UpdateContactList", **named(Topics=turned))

    shown = await ses("GetContact", **named(EmailAddress=KNOWN))
    assert shown["TopicDefaultPreferences"] == [
        {"TopicName": "Sports", "SubscriptionStatus": "OPT_OUT"}
    ]


async def test_pages_hold_everybody_once_while_contacts_come_and_go(ses) -> None:
    for number in range(10):
        await ses("CreateContact", **named(EmailAddress=f"c{number}@example.com"))

    seen: list[str] = []
    page = await ses("ListContacts", **named(PageSize=3))
    while True:
        seen += [one["EmailAddress"] for one in page["Contacts"]]
        if "NextToken" not in page:
            break
        if len(seen) == 3:
            await ses("DeleteContact", **named(EmailAddress=seen[0]))
            await ses("CreateContact", **named(EmailAddress="aaa@example.com"))
        page = await ses("ListContacts", **named(PageSize=3, NextToken=page["NextToken"]))

    assert seen == [*(f"c{number}@example.com" for number in range(10)), KNOWN]


async def test_a_token_is_for_the_question_it_came_with(ses, theirs) -> None:
    await ses("CreateContact", **named(EmailAddress="second@example.com"))
    token = (await ses("ListContacts", **named(PageSize=1)))["NextToken"]

    for other in (
        {"Filter": {"FilteredStatus": "OPT_OUT"}},
        {"Filter": {"TopicFilter": {"TopicName": "Sports"}, "FilteredStatus": "OPT_IN"}},
    ):
        told = await ses.refused("ListContacts", **named(PageSize=1, NextToken=token, **other))
        assert (told.status, told.code) == (400, "BadRequestException")
    await theirs("CreateContactList", **named(Topics=TOPICS))
    assert (await theirs.refused("ListContacts", **named(NextToken=token))).status == 400
    for spoilt in (token[:-2], token[::-1], token.swapcase()):
        assert (await ses.refused("ListContacts", **named(NextToken=spoilt))).status == 400


async def test_a_page_of_more_than_a_thousand_is_a_page_of_a_thousand(ses) -> None:
    assert len((await ses("ListContacts", **named(PageSize=100_000)))["Contacts"]) == 1


async def test_what_another_account_has_does_not_exist(ses, theirs) -> None:
    for operation, besides in (
        ("GetContactList", {}),
        ("UpdateContactList", {"Topics": []}),
        ("DeleteContactList", {}),
        ("ListContacts", {}),
        ("GetContact", {"EmailAddress": KNOWN}),
        ("UpdateContact", {"EmailAddress": KNOWN}),
        ("DeleteContact", {"EmailAddress": KNOWN}),
        ("CreateContact", {"EmailAddress": "new@example.com"}),
    ):
        told = await theirs.refused(operation, **named(**besides))
        assert (told.status, told.message) == (404, f"List with name: {LIST} doesn't exist.")
    assert (await theirs.refused("ListTagsForResource", ResourceArn=ARN)).status == 404
    assert (await theirs("ListContactLists")).get("ContactLists") == []


async def test_tags_are_merged_by_key_and_removed_by_key(ses) -> None:
    await ses("TagResource", ResourceArn=ARN, Tags=[{"Key": "a b", "Value": "1"}])
    await ses(
        "TagResource",
        ResourceArn=ARN,
        Tags=[{"Key": "a b", "Value": "2"}, {"Key": "é", "Value": ""}],
    )

    tags = (await ses("ListTagsForResource", ResourceArn=ARN))["Tags"]
    assert {one["Key"]: one["Value"] for one in tags} == {"a b": "2", "é": ""}

    await ses("UntagResource", ResourceArn=ARN, TagKeys=["a b", "never there"])
    assert (await ses("GetContactList", **named()))["Tags"] == [{"Key": "é", "Value": ""}]
    await ses("UpdateContactList", **named(Topics=[]))
    assert len((await ses("ListTagsForResource", ResourceArn=ARN))["Tags"]) == 1


async def test_suppressed_destinations_are_put_shown_listed_and_deleted(empty) -> None:
    for address, reason in (
        ("Foo@Example.COM", "BOUNCE"),
        ("b@example.com", "COMPLAINT"),
        ("b@example.com", "BOUNCE"),
        ("c@example.com", "COMPLAINT"),
    ):
        assert await empty("PutSuppressedDestination", EmailAddress=address, Reason=reason) == {}

    one = (await empty("GetSuppressedDestination", EmailAddress="Foo@example.com"))[
        "SuppressedDestination"
    ]
    assert one["Reason"] == "BOUNCE"
    assert recent(one["LastUpdateTime"])

    listed = await empty("ListSuppressedDestinations", Reasons=["BOUNCE"])
    assert {one["EmailAddress"].lower() for one in listed["SuppressedDestinationSummaries"]} == {
        "foo@example.com",
        "b@example.com",
    }
    both = await empty("ListSuppressedDestinations", Reasons=["BOUNCE", "COMPLAINT"])
    assert len(both["SuppressedDestinationSummaries"]) == 3
    early = await empty("ListSuppressedDestinations", EndDate=datetime(2020, 1, 2, tzinfo=UTC))
    assert early.get("SuppressedDestinationSummaries") == []
    late = await empty("ListSuppressedDestinations", StartDate=datetime(2020, 1, 2, tzinfo=UTC))
    assert len(late["SuppressedDestinationSummaries"]) == 3

    await empty("DeleteSuppressedDestination", EmailAddress="c@example.com")
    gone = await empty.refused("GetSuppressedDestination", EmailAddress="c@example.com")
    assert gone.status == 404


async def test_suppressed_destinations_come_in_pages(empty) -> None:
    for number in range(5):
        await empty(
            "PutSuppressedDestination", EmailAddress=f"s{number}@example.com", Reason="BOUNCE"
        )

    seen: list[str] = []
    page = await empty("ListSuppressedDestinations", PageSize=2)
    while True:
        seen += [one["EmailAddress"] for one in page["SuppressedDestinationSummaries"]]
        if "NextToken" not in page:
            break
        page = await empty("ListSuppressedDestinations", PageSize=2, NextToken=page["NextToken"])

    assert sorted(seen) == [f"s{number}@example.com" for number in range(5)]


async def test_the_reasons_of_suppression_are_an_accounts_own(empty) -> None:
    told = await empty("GetAccount")
    assert set(told["SuppressionAttributes"]["SuppressedReasons"]) == {"BOUNCE", "COMPLAINT"}

    for reasons in (["BOUNCE"], []):
        await empty("PutAccountSuppressionAttributes", SuppressedReasons=reasons)
        told = await empty("GetAccount")
        assert told["SuppressionAttributes"]["SuppressedReasons"] == reasons


@pytest.mark.parametrize(
    "attributes",
    [
        "{}",
        '{"a":{"b":[1,2,{"c":null}]}}',
        ' { "Name" : "Ångström \\u00e9" } ',
        '{"email":"other@example.com","id":"7","mobile":"nonsense"}',
        json.dumps({f"key{number}": "x" * 50 for number in range(60)}),
        '{"Name":"A","name":"B"}',
        '{"price":1e2,"big":12345678901234567890,"flag":true}',
        '{"":"nameless","  ":"blank"}',
    ],
)
async def test_attributes_come_back_as_they_were_sent(ses, attributes: str) -> None:
    await ses("CreateContact", **named(EmailAddress="raw@example.com", AttributesData=attributes))
    shown = await ses("GetContact", **named(EmailAddress="raw@example.com"))
    assert shown["AttributesData"] == attributes

    await ses("UpdateContact", **named(EmailAddress=KNOWN, AttributesData=attributes))
    changed = await ses("GetContact", **named(EmailAddress=KNOWN))
    assert changed["AttributesData"] == attributes
