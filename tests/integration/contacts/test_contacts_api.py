"""One contact through the API, in the words of the published documentation."""

import re

import httpx

CONTACTS = "/api/v1/contacts"
SARAH = {
    "external_id": "USER_12345",
    "email": "customer@example.com",
    "first_name": "Sarah",
    "last_name": "Johnson",
    "tags": ["customer", "premium"],
    "custom_fields": {"company": "TechStart Inc", "plan": "pro"},
    "metadata": {"source": "signup_form", "campaign": "launch_week"},
}


async def added(api: httpx.AsyncClient, **body) -> dict:
    answer = await api.post(CONTACTS, json=SARAH | body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_contact_comes_back_as_it_was_sent(api):
    contact = await added(api)

    shown = {name: contact[name] for name in SARAH}
    assert shown == SARAH
    assert contact["is_active"] is True
    assert contact["is_unsubscribed"] is False
    assert contact["unsubscribed_at"] is None
    assert contact["preferences"] == {}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", contact["created_at"])
    assert (await api.get(f"{CONTACTS}/{contact['id']}")).json() == contact
    assert (await api.get(f"{CONTACTS}/USER_12345")).json() == contact
    assert (await api.get(f"{CONTACTS}/external/USER_12345")).json() == contact
    assert (await api.get(f"{CONTACTS}/by-email/Customer@Example.com")).json() == contact


async def test_an_email_belongs_to_one_contact_and_the_refusal_is_the_published_one(api):
    await added(api)

    answer = await api.post(CONTACTS, json={"email": "Customer@example.com"})

    assert answer.status_code == 409
    body = answer.json()
    assert body["statusCode"] == 409
    assert body["error"] == "Conflict"
    assert body["message"] == "You already have a contact with email Customer@example.com"
    assert body["code"] == "email_taken"


async def test_an_external_id_belongs_to_one_contact(api):
    await added(api)

    answer = await api.post(CONTACTS, json={"email": "b@example.com", "external_id": "USER_12345"})

    assert answer.status_code == 409
    assert answer.json()["message"] == "You already have a contact with external_id USER_12345"


async def test_nobody_is_404_in_the_published_words(api):
    answer = await api.get(f"{CONTACTS}/nobody")

    assert answer.status_code == 404
    expected = {"statusCode": 404, "message": "Contact not found", "error": "Not Found"}
    assert answer.json() == expected | {"code": "contact_not_found"}


async def test_an_update_changes_what_was_sent_and_nothing_else(api):
    before = await added(api)

    body = {"custom_fields": {"plan": "enterprise", "company": None, "upgrade_date": "2024-01-20"}}
    answer = await api.put(f"{CONTACTS}/USER_12345", json=body)

    assert answer.status_code == 200
    after = answer.json()
    assert after["custom_fields"] == {"plan": "enterprise", "upgrade_date": "2024-01-20"}
    unchanged = set(before) - {"custom_fields", "updated_at"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


async def test_tags_are_replaced_and_metadata_is_merged(api):
    await added(api)

    body = {"tags": ["vip"], "metadata": {"campaign": None, "utm_source": "google"}}
    after = (await api.patch(f"{CONTACTS}/USER_12345", json=body)).json()

    assert after["tags"] == ["vip"]
    assert after["metadata"] == {"source": "signup_form", "utm_source": "google"}


async def test_all_problems_of_a_body_are_told_at_once(api):
    body = {
        "email": "no address",
        "mobile": 7,
        "colour": "red",
        "tags": ["ok", 5, "a,b"],
        "custom_fields": {"id": 1, "": 2},
        "first_name": "x\x00",
    }

    answer = await api.post(CONTACTS, json=body)

    assert answer.status_code == 400
    told = answer.json()
    assert told["error"] == "Bad Request"
    fields = {problem["field"] for problem in told["errors"]}
    assert fields == {
        "email", "mobile", "colour", "tags[1]", "custom_fields.id", "custom_fields.", "first_name",
    }  # fmt: skip
    assert all(problem["message"] and problem["code"] for problem in told["errors"])


async def test_a_value_that_does_not_fit_a_standard_field_names_it(api):
    body = {"email": "a@example.com", "custom_fields": {"birth_date": "31-02-1990"}}

    answer = await api.post(CONTACTS, json=body)

    assert answer.status_code == 400
    assert [p["field"] for p in answer.json()["errors"]] == ["custom_fields.birth_date"]


async def test_deleting_is_for_good_and_hard_false_sets_aside(api):
    contact = await added(api)
    address = f"{CONTACTS}/{contact['id']}"

    aside = await api.delete(address, params={"hard": "false"})
    shown = (await api.get(address)).json()
    gone = await api.delete(address)

    assert aside.json() == {"deleted": False, "id": contact["id"]}
    assert shown["is_active"] is False
    assert gone.json() == {"deleted": True, "id": contact["id"]}
    assert (await api.get(address)).status_code == 404


async def test_tags_are_attached_and_detached(api):
    contact = await added(api)
    address = f"{CONTACTS}/{contact['id']}/tags"

    more = await api.post(address, json={"tags": ["viewed-red-sneakers", "customer"]})
    less = await api.request("DELETE", address, json={"tags": ["premium", "never"]})

    assert more.json()["tags"] == ["customer", "premium", "viewed-red-sneakers"]
    assert less.json()["tags"] == ["customer", "viewed-red-sneakers"]


async def test_a_json_type_without_a_body_is_no_error_where_none_is_needed(api):
    contact = await added(api)
    headers = {"Content-Type": "application/json"}

    answer = await api.post(f"{CONTACTS}/{contact['id']}/unsubscribe", headers=headers)

    assert answer.status_code == 200
    assert answer.json()["is_unsubscribed"] is True
    assert answer.json()["unsubscribed_at"] is not None
    assert (await api.post(CONTACTS, headers=headers)).status_code == 400


async def test_an_update_lifts_what_the_account_had_set(api):
    await added(api, is_unsubscribed=True)

    upserted = await api.post(f"{CONTACTS}/upsert", json=SARAH | {"is_unsubscribed": False})
    updated = await api.patch(f"{CONTACTS}/USER_12345", json={"is_unsubscribed": False})

    assert upserted.json()["is_unsubscribed"] is True, "an upsert never lifts an opt-out"
    assert updated.json()["is_unsubscribed"] is False


async def test_an_upsert_adds_once_and_then_updates(api):
    first = await api.post(f"{CONTACTS}/upsert", json=SARAH)
    second = await api.post(f"{CONTACTS}/upsert", json={"email": SARAH["email"], "phone": "040 1"})

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["id"] == first.json()["id"]
    assert second.json()["phone"] == "040 1"
    assert second.json()["custom_fields"]["phone"] == "040 1"


async def test_the_other_account_sees_nothing(api, app, contoso):
    from tests import asgi

    contact = await added(api)
    async with asgi.client(app, {"X-API-Key": contoso.api_key}) as kenji:
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            answer = await kenji.request(method, f"{CONTACTS}/{contact['id']}", json={})
            assert answer.status_code == 404, method
        assert (await kenji.get(CONTACTS)).json()["data"] == []
    assert (await api.get(f"{CONTACTS}/{contact['id']}")).json() == contact


async def test_a_key_that_may_only_read_does_not_write(app, northwind):
    from tests import asgi

    async with asgi.client(app, {"X-API-Key": northwind.read_key}) as reader:
        assert (await reader.get(CONTACTS)).status_code == 200
        assert (await reader.post(CONTACTS, json=SARAH)).status_code == 403


async def test_what_is_no_json_is_refused_with_its_place(api):
    for raw in (
        b'{"email" 1}',
        b"[" * 100_000,
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":1e999}',
    ):
        answer = await api.post(CONTACTS, content=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, raw[:20]
        assert answer.json()["code"] == "json_malformed", answer.text


async def test_another_type_is_415_and_none_is_taken_for_json(api):
    raw = b'{"email":"a@example.com"}'

    refused = await api.post(CONTACTS, content=raw, headers={"Content-Type": "text/xml"})
    taken = await api.post(CONTACTS, content=raw)

    assert refused.status_code == 415
    assert taken.status_code == 201


async def test_a_body_beyond_the_limit_is_413(api):
    raw = b'{"first_name":"' + b"x" * 1_100_000 + b'"}'

    answer = await api.post(CONTACTS, content=raw, headers={"Content-Type": "application/json"})

    assert answer.status_code == 413


async def test_a_wrong_method_names_the_right_ones(api):
    answer = await api.post(f"{CONTACTS}/USER_1")

    assert answer.status_code == 405
    assert {"GET", "PUT", "PATCH", "DELETE"} <= set(re.split(r", ?", answer.headers["allow"]))


async def test_a_contact_may_be_sent_back_as_it_was_read(api):
    made = (await api.post("/api/v1/contacts", json={"email": "ada@x.example"})).json()
    read = (await api.get(f"/api/v1/contacts/{made['id']}")).json()

    answer = await api.put(f"/api/v1/contacts/{made['id']}", json=read)

    assert answer.status_code == 200
    assert answer.json() == read
