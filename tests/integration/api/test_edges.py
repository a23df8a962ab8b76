"""Bodies at the edge of JSON: accepted or refused, never a server error."""

import pytest

CONTACTS = "/api/v1/contacts"
JSON = {"Content-Type": "application/json"}
ONE = b'{"external_id":"a","custom_fields":{"x":%s}}'


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (b"9" * 19, 201),
        (b"9" * 30, 201),
        (b"9" * 5000, 400),
        (b"-0.0", 201),
        (b"1e308", 201),
        (b"1e309", 400),
        (b"NaN", 400),
        (b"Infinity", 400),
        (b'"\\ud83d\\ude00"', 201),
        (b'"\\ud800"', 400),
        (b'"\\u0000"', 400),
        (b'"\xff"', 400),
        (b'"\xed\xa0\x80"', 400),
        (b'{"a":1,"a":2}', 201),
        (b"[" * 6 + b"]" * 6, 201),
        (b"[" * 9 + b"]" * 9, 400),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400),
        (b'"' + b"x" * 70_000 + b'"', 400),
        (b"01", 400),
        (b"+1", 400),
        (b"'a'", 400),
        (b"[1,]", 400),
        (b'"\x01"', 400),
        (b"", 400),
    ],
)
@pytest.mark.parametrize("address", [CONTACTS, CONTACTS + "/upsert", CONTACTS + "/batch"])
async def test_a_value_is_taken_or_refused(api, value, status, address):
    raw = ONE % value
    if address.endswith("/batch"):
        answer = await api.post(address, content=b"[%s]" % raw, headers=JSON)
        assert answer.status_code in {200, 400}, answer.text
        if answer.status_code == 200:
            [item] = answer.json()["results"]
            assert item["status"] == ("created" if status == 201 else "rejected")
    else:
        answer = await api.post(address, content=raw, headers=JSON)
        assert answer.status_code == status, answer.text
    if status == 201:
        assert (await api.get(f"{CONTACTS}/a")).status_code == 200


@pytest.mark.parametrize(
    "raw",
    [b"null", b"[]", b"1", b'"a"', b"true", b"{}", b"", b" ", b"{", b"\xef\xbb\xbf{}", b"{}{}"],
)
async def test_what_is_no_contact_is_refused(api, raw):
    for address in (CONTACTS, CONTACTS + "/upsert", CONTACTS + "/bulk"):
        answer = await api.post(address, content=raw, headers=JSON)
        assert answer.status_code == 400, (address, answer.text)
        assert set(answer.json()) <= {"statusCode", "message", "error", "code", "errors"}


async def test_a_call_without_parameters_says_that_it_takes_none(api):
    answer = await api.post(CONTACTS + "?email=a@example.com", json={})

    told = "There is no parameter email; this call takes none in its address"
    assert (answer.status_code, answer.json()["message"]) == (400, told)


@pytest.mark.parametrize(
    "text", ["%00", "%ff", "%ed%a0%80", "%F0%9F%98%80", "a%0ab", "%2e%2e", "'"]
)
async def test_odd_addresses_and_parameters_are_no_server_errors(api, text):
    for address in (
        f"{CONTACTS}/{text}",
        f"{CONTACTS}/external/{text}",
        f"{CONTACTS}/by-email/{text}",
        f"{CONTACTS}/{text}/timeline",
        f"/api/v1/tags/{text}",
        f"{CONTACTS}?search={text}&tag={text}&email={text}&external_id={text}",
        f"{CONTACTS}?starting_after={text}",
        f"{CONTACTS}?created_after={text}",
        f"{CONTACTS}?{text}={text}",
        f"/api/v1/tags?search={text}",
    ):
        answer = await api.get(address)
        assert answer.status_code in {200, 400, 404}, (address, answer.text)
