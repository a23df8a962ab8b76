"""The Send With SES door, with the vendor's own request, as its users call it."""

import json
from typing import Any

import httpx
import pytest
from litestar.types import ASGIApp

from signalbook.kit.db import Database
from tests import asgi
from tests.world import Place

SEED = {
    "email": "example@gmail.com",
    "status": "Unsubscribe",
    "full_name": "John Due",
    "mobile": "+918098763849",
    "dob": "10-10-1990",
    "gender": "Male",
    "city": "Hyderabad",
    "country": "India",
    "add_tags": "aaa,bbb,ccc",
    "remove_tags": "ddd,eee,fff",
}


@pytest.fixture
async def door(app: ASGIApp, northwind: Place):
    async with asgi.client(app, {"template-key": northwind.upload_key}) as client:
        yield client


async def contact(db: Database) -> dict[str, Any]:
    async with db.read() as read:
        ((email, mobile, fields, optout, tags),) = await read.rows(
            "SELECT email, mobile, fields, email_optout,"
            "       ARRAY(SELECT name FROM tags AS t WHERE t.id = ANY(s.tags) ORDER BY name)"
            "  FROM contacts AS c JOIN contact_signals AS s ON s.contact_id = c.id"
        )
    return {"email": email, "mobile": mobile, "fields": fields, "optout": optout, "tags": tags}


async def test_the_documented_request_is_answered_as_documented(door: httpx.AsyncClient, db):
    answer = await door.post("/add-contact", json=SEED)

    assert (answer.status_code, answer.json()) == (
        200,
        {"success": True, "message": "Contact added"},
    )
    assert await contact(db) == {
        "email": "example@gmail.com",
        "mobile": "+918098763849",
        "fields": {
            "full_name": "John Due",
            "birth_date": "1990-10-10",
            "gender": "Male",
            "city": "Hyderabad",
            "country": "India",
        },
        "optout": "user",
        "tags": ["aaa", "bbb", "ccc"],
    }


async def test_the_same_request_twice_is_one_contact_with_a_repeat_signal(door, db):
    for _ in range(2):
        await door.post("/add-contact", json=SEED)

    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM contacts") == 1
        assert await read.values("SELECT signals FROM tags ORDER BY name") == [2, 2, 2]
        assert await read.value("SELECT count(*) FROM optouts WHERE channel = 'email'") == 1


async def test_the_older_header_and_an_upload_scope_are_enough(app, db, northwind):
    async with asgi.client(app, {"x-api-key": northwind.upload_key}) as client:
        answer = await client.post("/add-contact", json={"email": "a@x.example"})

    assert answer.json() == {"success": True, "message": "Contact added"}


@pytest.mark.parametrize("status", ["Subscribe", "Subscribed", "SUBSCRIBED", " subscribed "])
async def test_subscribed_lifts_what_the_account_had_set(door, db, status):
    await door.post("/add-contact", json=SEED)

    answer = await door.post("/add-contact", json={"email": SEED["email"], "status": status})

    assert answer.json() == {"success": True, "message": "Contact added"}
    assert (await contact(db))["optout"] is None


async def test_subscribed_never_lifts_what_a_bounce_has_set_and_says_so(door, db, northwind):
    await door.post("/add-contact", json={"email": "a@x.example"})
    async with db.tx() as tx:
        await tx.execute(
            "INSERT INTO optout_states (account_id, address, channel, reason, since)"
            " VALUES (%s, 'a@x.example', 'email', 'hardbounced', now())",
            [northwind.id],
        )

    answer = await door.post("/add-contact", json={"email": "a@x.example", "status": "Subscribed"})

    assert answer.json()["success"] is True
    assert "The opt-out stays: it was made by a bounce" in answer.json()["note"]
    assert (await contact(db))["optout"] == "hardbounced"


async def test_the_calling_code_may_come_apart_from_the_number(door, db):
    await door.post("/add-contact", json={"mobile": "8098763849", "isd_code": "+91"})

    assert (await contact(db))["mobile"] == "+918098763849"


async def test_members_the_original_does_not_know_become_fields(door, db):
    await door.post("/add-contact", json={"email": "a@x.example", "plan": "pro", "score": 3})

    assert (await contact(db))["fields"] == {"plan": "pro", "score": 3}


async def test_blank_members_count_as_not_sent(door, db):
    await door.post("/add-contact", json=SEED)
    blank = dict.fromkeys(SEED, "") | {"email": SEED["email"]}

    answer = await door.post("/add-contact", json=blank)

    assert answer.status_code == 200
    assert (await contact(db))["fields"]["city"] == "Hyderabad"


async def test_blanks_in_any_member_count_as_not_sent(door, db):
    blank = {"city": "  ", "plan": " ", "longitude": " ", "birth_date": " ", "isd_code": " "}

    answer = await door.post("/add-contact", json={"email": "a@x.example", **blank})
    apart = await door.post(
        "/add-contact",
        json={"email": "a@x.example", "isd_code": "+91", "mobile": " +918098763849"},
    )

    assert (answer.status_code, apart.status_code) == (200, 200), (answer.text, apart.text)
    assert await contact(db) | {"tags": 0} == {
        "email": "a@x.example", "mobile": "+918098763849", "fields": {}, "optout": None, "tags": 0,
    }  # fmt: skip


async def test_a_body_without_a_json_type_and_a_form_are_read(door, db):
    plain = await door.post("/add-contact", content=json.dumps({"email": "a@x.example"}))
    form = await door.post("/add-contact", data={"email": "a@x.example", "city": "Paris"})

    assert [plain.status_code, form.status_code] == [200, 200]
    assert (await contact(db))["fields"] == {"city": "Paris"}


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"full_name": "John"}, "identifier_missing", "Say who"),
        ({"email": "nobody"}, "email_invalid", "not an e-mail address"),
        ({"mobile": "+44 20 7183 8750"}, "mobile_invalid", "+442071838750"),
        ({"mobile": "(020) 71838750"}, "mobile_invalid", "+442071838750"),
        ({"email": "a@x.example", "dob": "31-02-1990"}, "dob_invalid", "DD-MM-YYYY"),
        ({"email": "a@x.example", "dob": "1990/10/10"}, "dob_invalid", "DD-MM-YYYY"),
        ({"email": "a@x.example", "status": "maybe"}, "status_unknown", "Subscribed"),
        ({"email": "a@x.example", "add_tags": 7}, "add_tags_invalid", "commas"),
        ({"email": ["a@x.example"]}, "email_invalid", "text"),
        ({"mobile": "8098763849", "isd_code": "India"}, "isd_code_invalid", "+91"),
    ],
)
async def test_a_refusal_says_what_to_do_in_the_shape_of_the_door(door, db, body, code, words):
    answer = await door.post("/add-contact", json=body)

    assert answer.status_code == 400
    assert set(answer.json()) == {"success", "message", "error"}
    assert answer.json()["success"] is False
    assert answer.json()["error"] == code
    assert words in answer.json()["message"]


async def test_all_problems_are_told_at_once(door, db):
    body = {"email": "nobody", "mobile": "123", "dob": "99-99-1990", "status": "maybe"}

    answer = await door.post("/add-contact", json=body)

    assert set(answer.json()["error"].split(", ")) == {
        "email_invalid",
        "mobile_invalid",
        "dob_invalid",
        "status_unknown",
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b'"a"',
        b"\xff\xfe",
        b'{"a": NaN}',
        b"email=a%40x.example&city=%ff",
        b'{"email": "\\ud800"}',
        b'{"email": "a@b.co", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
async def test_a_body_that_is_no_object_is_refused(door, db, content):
    answer = await door.post("/add-contact", content=content)

    assert answer.status_code == 400
    assert answer.json()["success"] is False


async def test_an_empty_body_and_a_multipart_form_are_told_as_such(door, db):
    empty = await door.post("/add-contact?email=a@x.example")
    parts = await door.post("/add-contact", files={"email": (None, "a@x.example")})

    assert "it is empty" in empty.json()["message"]
    assert [one.json()["error"] for one in (empty, parts)] == ["body_not_read"] * 2


async def test_identifiers_of_two_contacts_are_a_conflict(door, db):
    await door.post("/add-contact", json={"email": "a@x.example"})
    await door.post("/add-contact", json={"mobile": "+442071838750"})

    answer = await door.post(
        "/add-contact", json={"email": "a@x.example", "mobile": "+442071838750"}
    )

    assert (answer.status_code, answer.json()["error"]) == (409, "contacts_conflict")
    assert answer.json()["message"].endswith(": send one of them alone")


async def test_a_body_over_the_limit_is_refused(door, db):
    answer = await door.post("/add-contact", content=b" " * (256 * 1024 + 1))

    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_told_which_one_is_right(door, db, method):
    answer = await door.request(method, "/add-contact")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_calls_without_a_good_key_are_refused_in_the_shape_of_the_door(app, db, northwind):
    async with asgi.client(app) as client:
        none = await client.post("/add-contact", json=SEED)
        wrong = await client.post("/add-contact", json=SEED, headers={"template-key": "cu_nope"})
        reads = await client.post(
            "/add-contact", json=SEED, headers={"template-key": northwind.read_key}
        )

    assert [none.status_code, wrong.status_code, reads.status_code] == [401, 401, 403]
    assert all(answer.json()["success"] is False for answer in (none, wrong, reads))


async def test_a_key_writes_into_its_own_account_only(app, db, northwind, contoso):
    async with asgi.client(app, {"template-key": contoso.upload_key}) as client:
        await client.post("/add-contact", json=SEED)

    async with db.read() as read:
        assert await read.values("SELECT DISTINCT account_id FROM contacts") == [contoso.id]


async def test_every_answer_tells_the_limit(door, db):
    good = await door.post("/add-contact", json=SEED)
    bad = await door.post("/add-contact", json={"email": "nobody"})

    for answer in (good, bad):
        assert {
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "ratelimit",
            "ratelimit-policy",
        } <= set(answer.headers)


async def test_over_the_limit_is_refused_in_the_shape_of_the_door(app, db, northwind):
    async with db.tx() as tx:
        await tx.execute("UPDATE accounts SET plan = 'free' WHERE id = %s", [northwind.id])

    async with asgi.client(app, {"template-key": northwind.upload_key}) as client:
        answers = [await client.post("/add-contact", json=SEED) for _ in range(61)]

    assert [answer.status_code for answer in answers].count(200) == 60
    last = answers[-1]
    assert (last.status_code, last.json()["error"]) == (429, "rate_limited")
    assert int(last.headers["retry-after"]) > 0


@pytest.mark.parametrize("name", ["dob", "status", "email", "mobile"])
@pytest.mark.parametrize("value", [{}, [], 0, False])
async def test_an_empty_object_is_wrong_and_not_blank(door, name, value):
    answer = await door.post("/add-contact", json=SEED | {name: value})

    assert answer.status_code == 400, answer.text
