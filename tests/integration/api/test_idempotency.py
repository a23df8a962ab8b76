"""A call repeated with the same Idempotency-Key has its effect once."""

import asyncio

import pytest

CONTACTS = "/api/v1/contacts"
KEY_NAME = "Idempotency-Key"
KEY = {KEY_NAME: "order-77"}


async def test_a_repetition_gets_the_first_answer_byte_for_byte(api):
    first = await api.post(CONTACTS, json={"email": "a@example.com"}, headers=KEY)
    again = await api.post(CONTACTS, content=b'{ "email" : "a@example.com" }', headers=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


async def test_a_signal_repeated_with_its_key_counts_once(api):
    await api.post(CONTACTS, json={"external_id": "a"})
    for _ in range(3):
        await api.post(f"{CONTACTS}/a/tags", json={"tags": ["t"]}, headers=KEY)

    events = (await api.get(f"{CONTACTS}/a/timeline", params={"kind": "tagged"})).json()["data"]

    assert len(events) == 1


async def test_another_body_with_the_same_key_is_422(api):
    await api.post(CONTACTS, json={"email": "a@example.com"}, headers=KEY)

    answer = await api.post(CONTACTS, json={"email": "b@example.com"}, headers=KEY)

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"


async def test_a_refusal_is_not_kept_so_the_corrected_call_may_follow(api):
    refused = await api.post(CONTACTS, json={"email": "wrong"}, headers=KEY)
    taken = await api.post(CONTACTS, json={"email": "a@example.com"}, headers=KEY)

    assert (refused.status_code, taken.status_code) == (400, 201)


async def test_many_at_once_have_one_effect(api):
    async def once():
        return await api.post(CONTACTS, json={"email": "a@example.com"}, headers=KEY)

    answers = await asyncio.gather(*(once() for _ in range(20)))

    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    bodies = {answer.content for answer in answers if answer.status_code == 201}
    assert len(bodies) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "idempotency_key_busy"
            assert answer.headers["Retry-After"] == "1"


async def test_the_other_account_has_keys_of_its_own(api, app, contoso):
    from tests import asgi

    body = {"email": "a@example.com"}
    ours = await api.post(CONTACTS, json=body, headers=KEY)
    async with asgi.client(app, {"X-API-Key": contoso.api_key}) as kenji:
        theirs = await kenji.post(CONTACTS, json=body, headers=KEY)

    assert theirs.status_code == 201
    assert theirs.json()["id"] != ours.json()["id"]


async def test_a_batch_is_repeated_whole(api):
    body = [{"email": "a@example.com", "add_tags": ["t"]}, {"email": "wrong"}]

    first = await api.post(CONTACTS + "/batch", json=body, headers=KEY)
    again = await api.post(CONTACTS + "/batch", json=body, headers=KEY)

    assert again.content == first.content
    assert (await api.get("/api/v1/tags")).json()["data"][0]["signals"] == 1


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "caf\u00e9"])
async def test_a_key_that_is_none_is_refused(api, key):
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]

    answer = await api.post(CONTACTS, json={"email": "a@example.com"}, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_invalid"


async def test_after_a_day_a_key_is_new(api, db, northwind):
    from datetime import timedelta

    from signalbook.accounts import tidying
    from signalbook.kit import clock

    await api.post(CONTACTS, json={"email": "a@example.com"}, headers=KEY)
    async with db.tx() as tx:
        await tx.execute(
            "UPDATE idempotency SET created_at = %s", (clock.now() - timedelta(hours=25),)
        )
        other = await api.post(CONTACTS, json={"email": "b@example.com"}, headers={"x": "y"})
        assert other.status_code == 201
    answer = await api.post(CONTACTS, json={"email": "c@example.com"}, headers=KEY)
    fresh = await api.post(CONTACTS, json={"email": "d@example.com"}, headers={KEY_NAME: "new"})
    async with db.tx() as tx:
        await tx.execute(
            "UPDATE idempotency SET created_at = %s WHERE key <> 'new'",
            (clock.now() - timedelta(hours=25),),
        )
    await tidying.tidy(db)
    async with db.read() as read:
        kept = await read.values("SELECT key FROM idempotency")

    assert (answer.status_code, fresh.status_code) == (201, 201)
    assert kept == ["new"]
