"""What Sendmator's Node SDK sends, and what its types promise it."""

import pytest

from tests import asgi

CONTACTS = "/api/v1/contacts"
SDK = {"User-Agent": "sendmator-node/1.0.0", "Content-Type": "application/json"}


@pytest.fixture
async def sdk(app, northwind):
    headers = SDK | {"X-API-Key": northwind.api_key, "X-Team-ID": "team-1"}
    async with asgi.client(app, headers) as client:
        yield client


async def test_a_contact_comes_inside_success_and_data(sdk):
    body = {"email": "user@example.com", "first_name": "John", "phone": "+1-555-0123",
            "tags": ["customer"], "custom_fields": {"plan": "pro"}, "preferences": {}}  # fmt: skip
    made = await sdk.post(CONTACTS, json=body)

    assert made.status_code == 201
    contact = made.json()["data"]
    assert made.json()["success"] is True
    assert contact["phone"] == "+1-555-0123"
    assert (await sdk.get(f"{CONTACTS}/{contact['id']}")).json()["data"] == contact
    by_email = await sdk.get(f"{CONTACTS}/by-email/user%40example.com")
    assert by_email.json()["data"] == contact
    changed = await sdk.patch(f"{CONTACTS}/{contact['id']}", json={"last_name": "Doe"})
    assert changed.json()["data"]["last_name"] == "Doe"
    tagged = await sdk.post(f"{CONTACTS}/{contact['id']}/tags", json={"tags": ["vip"]})
    assert tagged.json()["data"]["tags"] == ["customer", "vip"]
    left = await sdk.post(f"{CONTACTS}/{contact['id']}/unsubscribe")
    assert left.json()["data"]["is_unsubscribed"] is True


async def test_a_list_is_paged_by_number(sdk):
    for n in range(3):
        await sdk.post(CONTACTS, json={"email": f"{n}@example.com", "tags": ["premium", "x"]})

    params = "page=2&limit=2&search=example&sort_by=email&sort_order=ASC&tags=premium%2Cx"
    answer = await sdk.get(f"{CONTACTS}?{params}&is_active=true&is_unsubscribed=false")
    bare = await sdk.get(CONTACTS)

    assert [c["email"] for c in answer.json()["data"]] == ["2@example.com"]
    expected = {"page": 2, "limit": 2, "total": 3, "totalPages": 2}
    assert answer.json() | {"data": []} == {"success": True, "data": [], "pagination": expected}
    assert bare.json()["pagination"] == {"page": 1, "limit": 10, "total": 3, "totalPages": 1}


async def test_a_deletion_sets_aside_unless_it_is_hard(sdk):
    contact = (await sdk.post(CONTACTS, json={"email": "a@example.com"})).json()["data"]
    address = f"{CONTACTS}/{contact['id']}"

    soft = await sdk.delete(address)
    shown = (await sdk.get(address)).json()["data"]
    hard = await sdk.delete(f"{address}?hard=true")

    assert soft.json()["success"] is True
    assert shown["is_active"] is False
    assert hard.json()["data"]["deleted"] is True
    assert (await sdk.get(address)).status_code == 404


async def test_a_bulk_result_and_a_refusal_come_flat(sdk):
    bulk = await sdk.post(CONTACTS + "/bulk", json={"contacts": [{"email": "a@example.com"}]})
    refused = await sdk.post(CONTACTS, json={"email": "a@example.com"})

    assert bulk.json()["summary"]["created_count"] == 1
    assert refused.json()["message"] == "You already have a contact with email a@example.com"
    assert "success" not in refused.json()


async def test_the_shorter_published_address_works_too(api):
    answer = await api.get("/v1/account")

    assert answer.status_code == 200
    assert {"id", "email", "plan", "credits_remaining"} <= set(answer.json())
    assert answer.json()["email"] == "ada@northwind.example"


async def test_everybody_else_gets_the_documented_dialect(api):
    contact = (await api.post(CONTACTS, json={"email": "a@example.com"})).json()

    assert (await api.get(CONTACTS)).json() == {
        "data": [contact], "has_more": False, "next_cursor": None,
    }  # fmt: skip
    assert (await api.delete(f"{CONTACTS}/{contact['id']}")).json()["deleted"] is True


async def test_ids_that_are_called_like_an_address_are_ids(sdk):
    for own in ("tags", "bulk"):
        await sdk.post(CONTACTS, json={"email": f"{own}@example.com", "external_id": own})

    shown = await sdk.get(f"{CONTACTS}/external/bulk")
    soft = await sdk.delete(f"{CONTACTS}/tags")

    assert shown.json()["data"]["email"] == "bulk@example.com"
    assert soft.json()["data"]["deleted"] is False
    assert (await sdk.get(f"{CONTACTS}/external/tags")).json()["data"]["is_active"] is False


async def test_an_answer_in_pieces_comes_inside_success_and_data(sdk, api):
    contact = (await sdk.post(CONTACTS, json={"email": "a@example.com"})).json()["data"]
    address = f"{CONTACTS}/{contact['id']}/export"

    answer = await sdk.get(address)

    known = (await api.get(address)).json()
    assert answer.json()["success"] is True
    assert answer.json()["data"] | {"exported_at": 0} == known | {"exported_at": 0}


async def test_an_answer_without_a_body_stays_without(sdk):
    answer = await sdk.options(CONTACTS)

    assert (answer.status_code, answer.content) == (204, b"")
