"""What is on the wire itself: bodies that no SDK sends, old addresses of operations, shapes."""

import json
from typing import Any

import pytest

from tests import aws
from tests.aws import ENDPOINT, Answer, Door, SesKey
from tests.integration.doors.ses.clients.conftest import KNOWN, LIST

BASE = "/v2/email"
CONTACTS = f"{BASE}/contact-lists/{LIST}/contacts"
ONE = f"{CONTACTS}/known%40example.com"


@pytest.fixture
def send(door: Door, key: SesKey, ses):
    """Send any body anywhere, signed."""

    async def sent(
        method: str, path: str, body: bytes | dict[str, Any] = b"", key: SesKey = key
    ) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = aws.signed(key, method, ENDPOINT + path, raw)
        return await door.asked(method, ENDPOINT + path, headers, raw)

    return sent


def refused(answer: Answer, code: str, status: int = 400) -> str:
    """Check that an error has AWS's shape, and give its message."""
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (status, code), answer.body
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-amzn-requestid"]
    return json.loads(answer.body)["message"]


WRONG_BODIES: list[tuple[bytes, str | None]] = [
    (b"{", None),
    (b"nonsense", None),
    (b"[]", None),
    (b'"text"', None),
    (b"7", None),
    (b'{"EmailAddress": "a@example.com"', None),
    (b'{"EmailAddress": "a@example.com"} more', None),
    (b'{"EmailAddress": "\xff"}', None),
    (b'{"EmailAddress": 5}', "NUMBER_VALUE can not be converted to a String"),
    (b'{"EmailAddress": true}', None),
    (b'{"EmailAddress": ["a@example.com"]}', None),
    (b'{"EmailAddress": {"a": 1}}', None),
    (b'{"EmailAddress":"a@example.com","UnsubscribeAll":1}',
     "NUMBER_VALUE can not be converted to a Boolean"),
    (b'{"EmailAddress":"a@example.com","UnsubscribeAll":[]}', None),
    (b'{"EmailAddress":"a@example.com","UnsubscribeAll":null}',
     "NULL_VALUE can not be converted to a Boolean"),
    (b'{"EmailAddress":"a@example.com","AttributesData":{"Name":"Jane"}}', None),
    (b'{"EmailAddress":"a@example.com","TopicPreferences":{}}', None),
    (b'{"EmailAddress":"a@example.com","TopicPreferences":"Sports"}', None),
    (b'{"EmailAddress":"a@example.com","TopicPreferences":["Sports"]}', None),
    (b'{"EmailAddress":"a@example.com","TopicPreferences":[{"TopicName":1}]}', None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "message"), WRONG_BODIES, ids=lambda one: str(one)[:60])
async def test_a_body_of_a_wrong_kind_is_a_serialization_exception(
    send, body: bytes, message: str | None
) -> None:
    told = refused(await send("POST", CONTACTS, body), "SerializationException")

    assert message is None or told == message


async def test_whole_numbers_are_wanted_where_numbers_are(send) -> None:
    refused(await send("POST", CONTACTS + "/list", {"PageSize": "many"}), "SerializationException")
    refused(await send("POST", CONTACTS + "/list", {"PageSize": []}), "SerializationException")
    answer = await send("GET", f"{BASE}/contact-lists?PageSize=many")
    assert answer.status == 400
    assert answer.headers["x-amzn-errortype"] in {"SerializationException", "BadRequestException"}


async def test_any_text_for_a_truth_is_true(send, ses) -> None:
    body = {"EmailAddress": "text@example.com", "UnsubscribeAll": "false"}

    assert (await send("POST", CONTACTS, body)).status == 200

    shown = await ses("GetContact", ContactListName=LIST, EmailAddress="text@example.com")
    assert shown["UnsubscribeAll"] is True


async def test_null_is_absent_and_unknown_members_are_passed_over(send, ses) -> None:
    body = {
        "EmailAddress": "null@example.com",
        "TopicPreferences": None,
        "AttributesData": None,
        "Unheard": {"of": []},
        "ContactListName": "another",
    }

    assert (await send("POST", CONTACTS, body)).status == 200

    shown = await ses("GetContact", ContactListName=LIST, EmailAddress="null@example.com")
    assert "AttributesData" not in shown
    assert shown["UnsubscribeAll"] is False


async def test_an_update_of_a_list_has_no_member_for_tags(send, ses) -> None:
    body = {"Description": "All of it", "Tags": [{"Key": 1}]}

    assert (await send("PUT", f"{BASE}/contact-lists/{LIST}", body)).status == 200

    shown = await ses("GetContactList", ContactListName=LIST)
    assert (shown["Description"], shown["Tags"]) == ("All of it", [])


@pytest.mark.parametrize("body", [b"", b"{}", b"  {} "])
async def test_an_update_of_nothing_is_none(send, body: bytes) -> None:
    assert (await send("PUT", ONE, body)).status == 200


async def test_times_are_numbers_and_an_answer_says_what_it_is(send) -> None:
    for method, path, body, member in (
        ("GET", f"{BASE}/contact-lists/{LIST}", b"", "CreatedTimestamp"),
        ("GET", ONE, b"", "LastUpdatedTimestamp"),
        ("GET", ONE, b"", "CreatedTimestamp"),
    ):
        answer = await send(method, path, body)
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-amzn-requestid"]
        assert isinstance(json.loads(answer.body)[member], int | float)
    (one,) = json.loads((await send("GET", f"{BASE}/contact-lists")).body)["ContactLists"]
    assert isinstance(one["LastUpdatedTimestamp"], int | float)


async def test_contacts_are_listed_at_their_old_address_too(send, ses) -> None:
    await ses("CreateContact", ContactListName=LIST, EmailAddress="out@example.com",
              UnsubscribeAll=True)  # fmt: skip

    plain = json.loads((await send("GET", CONTACTS)).body)
    assert len(plain["Contacts"]) == 2
    first = json.loads((await send("GET", f"{CONTACTS}?PageSize=1")).body)
    assert len(first["Contacts"]) == 1
    token = aws.quoted(first["NextToken"])
    second = json.loads((await send("GET", f"{CONTACTS}?NextToken={token}&PageSize=1")).body)
    assert {one["EmailAddress"] for one in first["Contacts"] + second["Contacts"]} == {
        KNOWN,
        "out@example.com",
    }
    body = {"Filter": {"FilteredStatus": "OPT_OUT"}}
    found = json.loads((await send("GET", f"{CONTACTS}?PageSize=5", body)).body)
    assert [one["EmailAddress"] for one in found["Contacts"]] == ["out@example.com"]


async def test_import_jobs_are_listed_at_their_old_address_too(send) -> None:
    for body in (b"", {"ImportDestinationType": "CONTACT_LIST"}):
        answer = await send("GET", f"{BASE}/import-jobs", body)
        assert (answer.status, json.loads(answer.body)["ImportJobs"]) == (200, [])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{BASE}/nothing"),
        ("GET", f"{BASE}/"),
        ("PATCH", f"{BASE}/contact-lists"),
        ("DELETE", f"{BASE}/contact-lists"),
        ("POST", f"{BASE}/account"),
        ("GET", f"{ONE}/more"),
        ("POST", f"{BASE}/contact-lists/{LIST}/nothing"),
    ],
)
async def test_what_is_no_operation_is_said_to_be_none(send, method: str, path: str) -> None:
    refused(await send(method, path), "UnknownOperationException", 404)


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense"])
async def test_who_does_not_sign_is_refused_in_the_same_shape(door: Door, body: bytes) -> None:
    answer = await door.asked("POST", ENDPOINT + CONTACTS, {}, body)

    refused(answer, "MissingAuthenticationTokenException", 403)


async def test_a_signature_is_for_this_very_body_and_path(door: Door, key: SesKey, ses) -> None:
    body = b'{"EmailAddress":"a@example.com"}'
    headers = aws.signed(key, "POST", ENDPOINT + CONTACTS, body)
    wrong = SesKey(key.access_key_id, "x" * 40)
    stranger = SesKey("AKIA0123456789ABCDEF", key.secret_access_key)

    for changed, path in ((body[:-2] + b" }", CONTACTS), (body, CONTACTS + "/list")):
        answer = await door.asked("POST", ENDPOINT + path, headers, changed)
        refused(answer, "InvalidSignatureException", 403)
    for other, code in (
        (wrong, "InvalidSignatureException"),
        (stranger, "UnrecognizedClientException"),
    ):
        headers = aws.signed(other, "POST", ENDPOINT + CONTACTS, body)
        refused(await door.asked("POST", ENDPOINT + CONTACTS, headers, body), code, 403)
    assert await ses.refused("GetContact", ContactListName=LIST, EmailAddress="a@example.com")
