"""Fields rewritten through the API: tried, begun, watched, ended; their most frequent values."""

import asyncio

CONTACTS = "/api/v1/contacts"
FIELDS = "/api/v1/fields"


async def has(api, **fields):
    people = [
        {
            "external_id": f"p{n}",
            "custom_fields": {name: value[n] for name, value in fields.items()},
        }
        for n in range(3)
    ]
    for one in people:
        assert (await api.post(CONTACTS, json=one)).status_code == 201


async def values(api, name):
    found = [(await api.get(f"{CONTACTS}/p{n}")).json()["custom_fields"] for n in range(3)]
    return [one.get(name) for one in found]


async def ended(api, answer):
    assert answer.status_code == 202, answer.text
    begun = answer.json()
    async with asyncio.timeout(30):
        while True:
            job = (await api.get(f"{FIELDS}/{begun['name']}/jobs/{begun['id']}")).json()
            if job["state"] not in {"queued", "running", "ending"}:
                return job
            await asyncio.sleep(0.02)


async def test_a_field_is_renamed(api):
    await has(api, pts=[1, 2, 3])

    job = await ended(api, await api.post(f"{FIELDS}/pts/rename", json={"name": "points"}))

    assert (job["state"], job["total"], job["changed"]) == ("done", 3, 3)
    assert await values(api, "points") == [1, 2, 3]
    assert (await api.get(f"{FIELDS}/pts")).json()["name"] == "points"


async def test_a_type_is_tried_and_then_set(api):
    await has(api, score=["1", "high", 3])

    tried = await api.post(f"{FIELDS}/score/type", json={"type": "number", "dry_run": True})
    refused = await api.post(f"{FIELDS}/score/type", json={"type": "number"})
    job = await ended(
        api, await api.post(f"{FIELDS}/score/type", json={"type": "number", "unfit": "clear"})
    )

    assert tried.status_code == 200
    told = tried.json()
    assert (told["contacts"], told["converted"], told["unfit"]) == (3, 1, 1)
    assert told["misfits"][0]["contact"] == "p1"
    assert refused.status_code == 409
    assert refused.json()["code"] == "field_values_unfit"
    assert (job["changed"], job["cleared"]) == (2, 1)
    assert await values(api, "score") == [1, None, 3]


async def test_fields_are_merged(api):
    await has(api, a=["x", "y", "z"], b=["1", "y", "3"])

    tried = await api.post(f"{FIELDS}/a/merge", json={"into": "b", "dry_run": True})
    job = await ended(
        api, await api.post(f"{FIELDS}/a/merge", json={"into": "b", "winner": "source"})
    )

    assert (tried.json()["both"], tried.json()["equal"]) == (3, 1)
    assert job["state"] == "done"
    assert await values(api, "b") == ["x", "y", "z"]
    assert await values(api, "a") == [None] * 3


async def test_a_field_is_deleted_and_a_standard_one_emptied(api):
    await has(api, pts=[1, 2, 3], city=["Pune", "Delhi", "Pune"])

    refused = await api.delete(f"{FIELDS}/city")
    await ended(api, await api.delete(f"{FIELDS}/pts"))
    await ended(api, await api.post(f"{FIELDS}/city/empty"))

    assert refused.status_code == 409
    assert (await api.get(f"{FIELDS}/pts")).status_code == 404
    assert (await api.get(f"{FIELDS}/city")).json()["contacts"] == 0
    assert await values(api, "city") == [None] * 3


async def test_what_is_over_is_ended_in_vain_and_of_others_is_not_found(api, http, contoso):
    await has(api, pts=[1, 2, 3])
    job = await ended(api, await api.delete(f"{FIELDS}/pts"))
    theirs = {"X-API-Key": contoso.api_key}

    again = await api.post(f"{FIELDS}/pts/jobs/{job['id']}/cancel")

    assert again.json()["state"] == "done"
    for answer in (
        await http.get(f"{FIELDS}/pts/jobs/{job['id']}", headers=theirs),
        await http.post(f"{FIELDS}/pts/jobs/{job['id']}/cancel", headers=theirs),
        await api.get(f"{FIELDS}/pts/jobs/nothing"),
        await api.get(f"{FIELDS}/city/jobs/{job['id']}"),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "field_job_not_found"


async def test_a_retry_begins_nothing_new(api):
    await has(api, pts=[1, 2, 3])
    asked = {"json": {"name": "points"}, "headers": {"Idempotency-Key": "once"}}

    first = await api.post(f"{FIELDS}/pts/rename", **asked)
    second = await api.post(f"{FIELDS}/pts/rename", **asked)

    assert first.status_code == second.status_code == 202
    assert first.json()["id"] == second.json()["id"]
    await ended(api, first)


async def test_a_field_may_be_called_jobs(api):
    await has(api, jobs=[1, 2, 3])

    assert (await api.get(f"{FIELDS}/jobs")).json()["contacts"] == 3
    assert (await api.patch(f"{FIELDS}/jobs", json={"label": "Work"})).status_code == 200


async def test_the_most_frequent_values_are_counted_when_somebody_asks(api):
    await has(api, city=["Pune", "Delhi", "Pune"])

    first = (await api.get(f"{FIELDS}/city/values")).json()
    async with asyncio.timeout(30):
        while True:
            found = (await api.get(f"{FIELDS}/city/values")).json()
            if not found["is_counting"]:
                break
            await asyncio.sleep(0.02)

    assert (first["as_of"], first["is_counting"], first["data"]) == (None, True, [])
    assert found["as_of"] is not None
    assert found["different"] == 2
    assert found["data"] == [{"value": "Pune", "contacts": 2}, {"value": "Delhi", "contacts": 1}]
    assert (await api.get(f"{FIELDS}/nothing/values")).status_code == 404
