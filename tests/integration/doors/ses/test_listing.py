"""ListContacts by boto3: pages that stand whatever comes and goes between them, and filters."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from signalbook.kit import clock
from tests.aws import send
from tests.integration.bulk.people import apply
from tests.integration.doors.ses.conftest import refused
from tests.integration.doors.ses.test_contact_lists import NEWS, SPORTS, bad, broken
from tests.integration.doors.ses.test_contacts import MAIN, says
from tests.integration.ses.kept import got, held


@pytest.fixture(autouse=True)
async def main(aws):
    await aws.create_contact_list(**MAIN, Topics=[NEWS, SPORTS])


async def add(aws, *names: str, **members):
    for name in names:
        await aws.create_contact(**MAIN, EmailAddress=f"{name}@example.com", **members)


def names(page) -> str:
    return "".join(one["EmailAddress"][0] for one in page["Contacts"])


async def test_a_page_shows_what_aws_shows_of_a_contact(aws):
    await add(aws, "a", TopicPreferences=says(Sports="OPT_IN"), AttributesData='{"Name":"A"}')

    (one,) = (await aws.list_contacts(**MAIN))["Contacts"]

    assert abs((clock.now() - one.pop("LastUpdatedTimestamp")).total_seconds()) < 60
    assert one == {
        "EmailAddress": "a@example.com",
        "TopicPreferences": says(Sports="OPT_IN"),
        "TopicDefaultPreferences": says(News="OPT_IN"),
        "UnsubscribeAll": False,
    }


async def test_pages_neither_skip_nor_repeat_whatever_comes_between(aws):
    await add(aws, "a", "c", "e", "g", "i")

    first = await aws.list_contacts(**MAIN, PageSize=2)
    await aws.delete_contact(**MAIN, EmailAddress="c@example.com")
    await add(aws, "b", "f")
    second = await aws.list_contacts(**MAIN, PageSize=2, NextToken=first["NextToken"])
    third = await aws.list_contacts(**MAIN, PageSize=2, NextToken=second["NextToken"])

    assert (names(first), names(second), names(third)) == ("ac", "ef", "gi")
    assert "NextToken" not in third
    again = await aws.list_contacts(**MAIN, PageSize=2, NextToken=first["NextToken"])
    assert names(again) == "ef"


async def test_a_token_is_good_for_its_own_list_and_filter_alone(aws, theirs, elsewhere):
    await add(aws, "a", "b")
    token = (await aws.list_contacts(**MAIN, PageSize=1))["NextToken"]

    for client in (theirs, elsewhere):
        await client.create_contact_list(**MAIN, Topics=[NEWS])
    calls = [
        theirs.list_contacts(**MAIN, NextToken=token),
        elsewhere.list_contacts(**MAIN, NextToken=token),
        aws.list_contacts(**MAIN, NextToken=token, Filter={"FilteredStatus": "OPT_IN"}),
        aws.list_contacts(**MAIN, NextToken=token[:-2] + "AA"),
        aws.list_contacts(**MAIN, NextToken="AYADe"),
    ]
    for call in calls:
        assert (await refused(call))[:2] == (400, "BadRequestException")
    assert names(await aws.list_contacts(**MAIN, PageSize=5, NextToken=token)) == "b"


def about(topic: str, *, use_default: bool | None = None) -> dict[str, object]:
    members: dict[str, object] = {"TopicName": topic}
    if use_default is not None:
        members["UseDefaultIfPreferenceUnavailable"] = use_default
    return {"TopicFilter": members}


OUT, IN = {"FilteredStatus": "OPT_OUT"}, {"FilteredStatus": "OPT_IN"}
# News is OPT_IN unless chosen, Sports OPT_OUT. a chose nothing, b opted out of News, c into Sports,
# d out of everything, e into both.
FILTERS = [
    ({}, "abcde"),
    (IN, "abce"),
    (OUT, "d"),
    (about("News"), "abcde"),
    (IN | about("News"), "e"),
    (IN | about("News", use_default=False), "e"),
    (IN | about("News", use_default=True), "ace"),
    (OUT | about("News"), "bd"),
    (OUT | about("News", use_default=True), "bd"),
    (IN | about("Sports"), "ce"),
    (IN | about("Sports", use_default=True), "ce"),
    (OUT | about("Sports"), "d"),
    (OUT | about("Sports", use_default=True), "abd"),
]


async def test_filters_are_as_documented_and_the_page_is_cut_first(aws):
    await add(aws, "a")
    await add(aws, "b", TopicPreferences=says(News="OPT_OUT"))
    await add(aws, "c", TopicPreferences=says(Sports="OPT_IN"))
    await add(aws, "d", UnsubscribeAll=True, TopicPreferences=says(News="OPT_IN"))
    await add(aws, "e", TopicPreferences=says(News="OPT_IN", Sports="OPT_IN"))

    for wanted, expected in FILTERS:
        assert names(await aws.list_contacts(**MAIN, Filter=wanted)) == expected, wanted
    first = await aws.list_contacts(**MAIN, Filter=OUT, PageSize=3)
    second = await aws.list_contacts(**MAIN, Filter=OUT, PageSize=3, NextToken=first["NextToken"])
    assert (names(first), names(second)) == ("", "d")
    assert "NextToken" not in second


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"Filter": IN | about("Jazz")}, bad("List: Main doesn't contain Topic: Jazz")),
        (
            {"Filter": {"FilteredStatus": "MAYBE"}},
            broken(
                "filter.filteredStatus", "Member must satisfy enum value set: [OPT_OUT, OPT_IN]"
            ),
        ),
        (
            {"PageSize": 0},
            broken("pageSize", "Member must have value greater than or equal to 1"),
        ),
        (
            {"PageSize": -5},
            broken("pageSize", "Member must have value greater than or equal to 1"),
        ),
        ({"ContactListName": "a b"}, None),
    ],
)
async def test_what_cannot_be_listed_is_refused(aws, members, expected):
    told = await refused(aws.list_contacts(**MAIN | members))
    assert told[:2] == (400, "BadRequestException")
    assert expected is None or told == expected


async def test_a_page_of_more_than_aws_gives_is_one_of_a_thousand(aws):
    await add(aws, "a")

    assert names(await aws.list_contacts(**MAIN, PageSize=100_000)) == "a"


async def test_contacts_of_other_lists_alone_are_passed_over(aws, elsewhere, db, northwind):
    await elsewhere.create_contact_list(**MAIN)
    await add(elsewhere, *(f"b{number}" for number in range(12)))
    await add(aws, "a", "c")
    await apply(db, northwind.id, email="d@example.com")

    first = await aws.list_contacts(**MAIN, PageSize=2)
    second = await aws.list_contacts(**MAIN, PageSize=2, NextToken=first["NextToken"])

    assert (names(first), names(second)) == ("ac", "d")
    assert names(await elsewhere.list_contacts(**MAIN)) == "b" * 12 + "d"


async def test_clients_from_before_2023_list_by_get(app, aws, signer):
    await add(aws, "a", "b")
    await add(aws, "c", UnsubscribeAll=True)

    async def listed(query: str, body: bytes = b"") -> Any:
        url = f"http://127.0.0.1:8000/v2/email/contact-lists/Main/contacts{query}"
        request = AWSRequest("GET", url, data=body, headers={"Content-Type": "application/json"})
        SigV4Auth(Credentials(signer.access_key_id, signer.key), "ses", "eu-west-1").add_auth(
            request
        )
        answer = await send(app, request.prepare())
        assert answer.status_code == 200, answer.text
        return answer.json()

    first = await listed("?PageSize=2")
    assert names(first) == "ab"
    assert names(await listed(f"?PageSize=2&NextToken={quote(first['NextToken'])}")) == "c"
    assert names(await listed("", json.dumps({"Filter": OUT}).encode())) == "c"


async def test_a_thousand_contacts_cost_a_page_few_queries(aws, db, northwind, queries_at_most):
    one = await got(db, northwind.id)
    contact = await apply(db, northwind.id, email="a@example.com")
    await held(db, northwind.id, one, contact.contact.id, attributes="{}")

    with queries_at_most(6):
        assert names(await aws.list_contacts(**MAIN)) == "a"
