"""Contacts by boto3: one truth with the contacts of the account, and its opt-outs."""

import json
from datetime import timedelta
from typing import Any

import pytest

from signalbook.contacts import actions as contacts
from signalbook.contacts.model import ContactChange, Source
from signalbook.kit import clock
from signalbook.ledger.model import topic as channel
from signalbook.ses import job_actions, queries
from tests.integration.doors.ses.conftest import refused
from tests.integration.doors.ses.test_contact_lists import NEWS, SPORTS, bad, broken, missing

MAIN = {"ContactListName": "Main"}
ADA = MAIN | {"EmailAddress": "ada@example.com"}
GONE = missing("ada@example.com doesn't exist in List.")


def says(**choices: str) -> list[dict[str, str]]:
    return [{"TopicName": name, "SubscriptionStatus": choice} for name, choice in choices.items()]


@pytest.fixture(autouse=True)
async def main(aws):
    await aws.create_contact_list(**MAIN, Topics=[NEWS, SPORTS])


async def changed(db, account_id: int, **what: Any):
    """Change a contact as another door, a page or an import would."""
    change = ContactChange(source=Source("test"), **what)
    (outcome,) = await db.transact(lambda tx: contacts.apply(tx, account_id, [change]))
    assert outcome.error is None, outcome.error
    return outcome.contact


async def person_opts_out(db, account_id: int, topic: str = "") -> None:
    """Opt Ada out by her own word, of a topic or of all."""
    async with db.read() as read:
        one = await queries.get(read, account_id, "eu-west-1", "Main")
    where = channel(one.topic(topic).list_id) if topic else "email"
    await changed(db, account_id, email="ada@example.com", optouts=((where, "contact"),))


async def chosen(aws) -> tuple[dict[str, str], bool]:
    shown = await aws.get_contact(**ADA)
    return (
        {one["TopicName"]: one["SubscriptionStatus"] for one in shown["TopicPreferences"]},
        shown["UnsubscribeAll"],
    )


async def test_a_contact_is_made_and_shown(aws):
    made = await aws.create_contact(
        **ADA, TopicPreferences=says(News="OPT_OUT"), AttributesData='{ "Name":"Ada" }'
    )

    shown = await aws.get_contact(**ADA)

    assert made == {}
    created = shown.pop("CreatedTimestamp")
    assert abs(clock.now() - created) < timedelta(minutes=1)
    assert shown.pop("LastUpdatedTimestamp") >= created
    assert shown == {
        **ADA,
        "TopicPreferences": says(News="OPT_OUT"),
        "TopicDefaultPreferences": says(Sports="OPT_OUT"),
        "UnsubscribeAll": False,
        "AttributesData": '{ "Name":"Ada" }',
    }


async def test_a_bare_contact_has_no_attributes(aws):
    await aws.create_contact(**ADA)

    shown = await aws.get_contact(**ADA)

    assert "AttributesData" not in shown
    assert shown["TopicPreferences"] == []
    assert shown["TopicDefaultPreferences"] == says(News="OPT_IN", Sports="OPT_OUT")


async def test_a_contact_is_found_whatever_its_capitals_and_shown_as_it_was_made(aws):
    await aws.create_contact(**MAIN, EmailAddress="Ada.L@Example.COM")

    shown = await aws.get_contact(**MAIN, EmailAddress="ADA.l@example.com")

    assert shown["EmailAddress"] == "Ada.L@example.com"
    told = await refused(aws.create_contact(**MAIN, EmailAddress="ada.l@example.com"))
    assert told == (400, "AlreadyExistsException", "ada.l@example.com already exists in List.")


@pytest.mark.parametrize(
    "email", ["a+b/c'd%25e@example.com", "ünï@exämple.com", "a b@x", "a?b#c@x.de"]
)
async def test_odd_addresses_are_themselves_or_refused(aws, email):
    whom = MAIN | {"EmailAddress": email}
    if " " in email:
        told = bad(f"EmailAddress <{email}> is invalid")
        for call in (aws.create_contact, aws.get_contact, aws.update_contact, aws.delete_contact):
            assert await refused(call(**whom)) == told
        return
    await aws.create_contact(**whom)
    assert (await aws.get_contact(**whom))["EmailAddress"] == email
    await aws.update_contact(**whom, UnsubscribeAll=True)
    await aws.delete_contact(**whom)
    assert (await refused(aws.get_contact(**whom)))[0] == 404


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"EmailAddress": None}, broken("emailAddress", "Member must not be null")),
        ({"EmailAddress": " "}, bad("EmailAddress can't be blank.")),
        ({"EmailAddress": "nope"}, bad("EmailAddress <nope> is invalid")),
        ({"EmailAddress": "a@b..de"}, bad("EmailAddress <a@b..de> is invalid")),  # for us, not AWS
        ({"TopicPreferences": says(Jazz="OPT_IN")}, bad("List: Main doesn't contain Topic: Jazz")),
        (
            {"EmailAddress": "nope", "TopicPreferences": says(News="MAYBE")},
            broken(
                "topicPreferences.1.member.subscriptionStatus",
                "Member must satisfy enum value set: [OPT_OUT, OPT_IN]",
            ),
        ),
        (
            {"TopicPreferences": [{"TopicName": "News"}]},
            broken("topicPreferences.1.member.subscriptionStatus", "Member must not be null"),
        ),
        ({"AttributesData": "Name=Ada"}, bad("AttributesData must be a valid JSON object.")),
        ({"AttributesData": "[1]"}, bad("AttributesData must be a valid JSON object.")),
        ({"AttributesData": '{"a": NaN}'}, bad("AttributesData must be a valid JSON object.")),
        (
            {"AttributesData": json.dumps({"a": "x" * 65_536})},
            bad("AttributesData can contain up to 65536 bytes."),
        ),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_made(aws, members, expected):
    assert await refused(aws.create_contact(**ADA | members)) == expected
    assert await refused(aws.get_contact(**ADA)) == GONE
    if "EmailAddress" not in members:
        await aws.create_contact(**ADA)
        assert await refused(aws.update_contact(**ADA | members)) == expected


async def test_checks_come_in_the_order_of_aws(aws):
    everything_wrong = {
        "ContactListName": "Other",
        "EmailAddress": "nope",
        "TopicPreferences": says(Jazz="MAYBE"),
    }
    steps = [
        ({}, "topicPreferences.1.member.subscriptionStatus"),
        ({"TopicPreferences": says(Jazz="OPT_IN")}, "EmailAddress <nope> is invalid"),
        ({"EmailAddress": "ada@example.com"}, "List with name: Other doesn't exist."),
        (MAIN, "List: Main doesn't contain Topic: Jazz"),
        ({"TopicPreferences": says(News="OPT_IN")}, "ada@example.com already exists in List."),
    ]
    await aws.create_contact(**ADA)
    for mended, told in steps:
        everything_wrong |= mended
        assert told in (await refused(aws.create_contact(**everything_wrong)))[2]


async def test_what_is_not_there_cannot_be_changed_or_deleted(aws, theirs, elsewhere):
    for call in (aws.get_contact, aws.update_contact, aws.delete_contact):
        assert await refused(call(**ADA)) == GONE
    await aws.create_contact(**ADA)
    for other in (theirs, elsewhere):
        no_list = missing("List with name: Main doesn't exist.")
        for name in ("get_contact", "update_contact", "delete_contact"):
            assert await refused(getattr(other, name)(**ADA)) == no_list
    await theirs.create_contact_list(**MAIN)
    await elsewhere.create_contact_list(**MAIN)
    for other in (theirs, elsewhere):
        for name in ("get_contact", "update_contact", "delete_contact"):
            assert await refused(getattr(other, name)(**ADA)) == GONE
        assert (await other.list_contacts(**MAIN))["Contacts"] == []

    await aws.delete_contact(**ADA)

    assert await refused(aws.delete_contact(**ADA)) == GONE


async def test_attributes_are_the_fields_of_the_contact_and_follow_them(aws, api, db, northwind):
    raw = '{ "Name":"Ada","Company": null,  "shoe size": 42, "id": 7, "birth_date": "soon" }'
    await aws.create_contact(**ADA, AttributesData=raw)

    found = await api.get("/api/v1/contacts", params={"search": "ada@example.com"})
    assert "Ada" in found.text
    assert (await aws.get_contact(**ADA))["AttributesData"] == raw

    await changed(db, northwind.id, email="ada@example.com", fields={"full_name": "Ada L"})
    now = json.loads((await aws.get_contact(**ADA))["AttributesData"])
    assert now == {
        "Name": "Ada L", "Company": None, "shoe size": 42, "id": 7, "birth_date": "soon"
    }  # fmt: skip

    await changed(db, northwind.id, email="ada@example.com", fields={"full_name": None})
    now = json.loads((await aws.get_contact(**ADA))["AttributesData"])
    assert "Name" not in now

    await aws.update_contact(**ADA, AttributesData='{"a":1}')
    assert (await aws.get_contact(**ADA))["AttributesData"] == '{"a":1}'
    contact = await changed(db, northwind.id, email="ada@example.com")
    assert contact.fields == {"a": 1}


async def test_who_was_made_elsewhere_is_seen_here_and_who_has_no_address_is_not(
    aws, db, northwind
):
    await changed(db, northwind.id, email="ada@example.com", fields={"city": "Paris"})
    await changed(db, northwind.id, mobile="+442071838750")

    shown = await aws.get_contact(**ADA)
    listed = await aws.list_contacts(**MAIN)

    assert json.loads(shown["AttributesData"]) == {"city": "Paris"}
    assert [one["EmailAddress"] for one in listed["Contacts"]] == ["ada@example.com"]
    told = await refused(aws.create_contact(**ADA))
    assert told[:2] == (400, "AlreadyExistsException")
    await aws.delete_contact(**ADA)
    assert await refused(aws.get_contact(**ADA)) == GONE


async def test_what_the_account_said_it_takes_back(aws):
    await aws.create_contact(
        **ADA, UnsubscribeAll=True, TopicPreferences=says(News="OPT_OUT", Sports="OPT_IN")
    )
    assert await chosen(aws) == ({"News": "OPT_OUT", "Sports": "OPT_IN"}, True)

    await aws.update_contact(
        **ADA, UnsubscribeAll=False, TopicPreferences=says(News="OPT_IN", Sports="OPT_OUT")
    )

    assert await chosen(aws) == ({"News": "OPT_IN", "Sports": "OPT_OUT"}, False)


async def test_what_the_person_said_stays_and_is_shown(aws, db, northwind):
    await aws.create_contact(**ADA)
    await person_opts_out(db, northwind.id)
    await person_opts_out(db, northwind.id, "News")

    await aws.update_contact(**ADA, UnsubscribeAll=False, TopicPreferences=says(News="OPT_IN"))

    assert await chosen(aws) == ({"News": "OPT_OUT"}, True)


async def test_who_opted_out_still_is_after_being_deleted_and_made_again(aws, db, northwind):
    await aws.create_contact(
        **ADA, UnsubscribeAll=True, TopicPreferences=says(News="OPT_OUT", Sports="OPT_IN")
    )
    await person_opts_out(db, northwind.id, "Sports")
    await aws.delete_contact(**ADA)

    await aws.create_contact(**ADA)
    assert await chosen(aws) == ({"News": "OPT_OUT", "Sports": "OPT_OUT"}, True)

    await aws.delete_contact(**ADA)
    await aws.create_contact(
        **ADA, UnsubscribeAll=False, TopicPreferences=says(News="OPT_IN", Sports="OPT_IN")
    )
    assert await chosen(aws) == ({"News": "OPT_IN", "Sports": "OPT_OUT"}, False)


async def test_a_bounce_is_no_unsubscription(aws, db, northwind):
    await changed(db, northwind.id, email="ada@example.com", optouts=(("email", "hardbounced"),))

    assert await chosen(aws) == ({}, False)


BEFORE = {
    "UnsubscribeAll": True,
    "AttributesData": '{"a":1}',
    "TopicPreferences": says(News="OPT_OUT", Sports="OPT_IN"),
}
KEPT = ({"News": "OPT_OUT", "Sports": "OPT_IN"}, True, '{"a":1}')
COMPAT = [
    ("safe", {}, KEPT),
    (
        "safe",
        {"TopicPreferences": says(News="OPT_IN")},
        ({"News": "OPT_IN", "Sports": "OPT_IN"}, True, '{"a":1}'),
    ),
    (
        "safe",
        {"UnsubscribeAll": False},
        ({"News": "OPT_OUT", "Sports": "OPT_IN"}, False, '{"a":1}'),
    ),
    ("safe", {"AttributesData": "{}"}, ({"News": "OPT_OUT", "Sports": "OPT_IN"}, True, "{}")),
    ("observed", {}, ({"News": "OPT_OUT", "Sports": "OPT_IN"}, False, None)),
    (
        "observed",
        {"TopicPreferences": says(News="OPT_IN")},
        ({"News": "OPT_IN", "Sports": "OPT_IN"}, False, None),
    ),
    ("documented", {}, ({}, True, '{"a":1}')),
    (
        "documented",
        {"TopicPreferences": says(Sports="OPT_OUT")},
        ({"Sports": "OPT_OUT"}, True, '{"a":1}'),
    ),
    ("moto", {}, KEPT),
    (
        "moto",
        {"TopicPreferences": says(Sports="OPT_OUT")},
        ({"Sports": "OPT_OUT"}, True, '{"a":1}'),
    ),
    ("moto", {"TopicPreferences": []}, ({}, True, '{"a":1}')),
]


@pytest.mark.parametrize(("compat", "members", "expected"), COMPAT)
async def test_what_an_update_leaves_out_is_treated_as_the_setting_says(
    aws, setting, compat, members, expected
):
    await aws.create_contact(**ADA, **BEFORE)
    setting(ses_compat=compat)

    await aws.update_contact(**ADA, **members)

    attributes = (await aws.get_contact(**ADA)).get("AttributesData")
    assert (*await chosen(aws), attributes) == expected


@pytest.mark.parametrize("compat", ["safe", "observed", "documented", "moto"])
async def test_no_setting_lets_an_omission_lift_what_a_person_said(
    aws, db, northwind, setting, compat
):
    await aws.create_contact(**ADA)
    await person_opts_out(db, northwind.id)
    await person_opts_out(db, northwind.id, "News")
    setting(ses_compat=compat)

    await aws.update_contact(**ADA)
    await aws.update_contact(**ADA, TopicPreferences=says(Sports="OPT_IN"))

    assert await chosen(aws) == ({"News": "OPT_OUT", "Sports": "OPT_IN"}, True)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"UnsubscribeAll": 1}, "NUMBER_VALUE can not be converted to a Boolean"),
        ({"AttributesData": 1}, "NUMBER_VALUE can not be converted to a String"),
        ({"AttributesData": {"a": 1}}, "Start of structure or map found where not expected."),
        ({"TopicPreferences": "News"}, "Expected list or null"),
    ],
)
async def test_another_json_type_is_refused_as_aws_does(aws, members, told):
    body = json.dumps(members).encode()
    aws.client.meta.events.register(
        "before-sign.sesv2", lambda request, **_: setattr(request, "data", body)
    )

    assert await refused(aws.update_contact(**ADA)) == (400, "SerializationException", told)


async def test_a_deleted_topic_comes_back_without_those_who_opted_in(aws):
    await aws.create_contact(**ADA, TopicPreferences=says(News="OPT_OUT", Sports="OPT_IN"))

    await aws.update_contact_list(**MAIN)
    assert await chosen(aws) == ({}, False)
    await aws.update_contact_list(**MAIN, Topics=[SPORTS, NEWS])

    assert await chosen(aws) == ({"News": "OPT_OUT"}, False)


async def test_deleting_a_list_deletes_its_contacts_and_no_others(aws, db, northwind):
    await aws.create_contact(**ADA)
    await changed(db, northwind.id, email="bob@example.com")
    async with db.read() as read:
        one = await queries.get(read, northwind.id, "eu-west-1", "Main")

    await aws.delete_contact_list(**MAIN)
    await aws.create_contact_list(**MAIN)
    await db.transact(lambda tx: job_actions.forget(tx, northwind.id, one.id))

    listed = await aws.list_contacts(**MAIN)
    assert [seen["EmailAddress"] for seen in listed["Contacts"]] == ["bob@example.com"]
