"""Many changes in one call: each with its own outcome, none failing another."""

import json

CONTACTS = "/api/v1/contacts"
BATCH = CONTACTS + "/batch"
MIXED = [
    {"email": "ada@example.com", "first_name": "Ada", "add_tags": ["viewed-red-sneakers"]},
    {"email": "no address"},
    {"op": "update", "external_id": "nobody", "tags": []},
    {"email": "ADA@example.com", "add_tags": ["viewed-red-sneakers"]},
    {"mobile": "+442071838750", "colour": "red"},
    {"op": "delete", "email": "ada@example.com"},
]


async def test_every_change_has_its_outcome_at_its_place(api):
    answer = await api.post(BATCH, json=MIXED)

    assert answer.status_code == 200
    told = answer.json()
    statuses = [item["status"] for item in told["results"]]
    assert statuses == ["created", "rejected", "rejected", "updated", "rejected", "deleted"]
    assert told["results"][0]["id"] == told["results"][3]["id"]
    assert told["results"][1]["error"]["errors"][0]["field"] == "email"
    assert told["results"][2]["error"]["code"] == "contact_not_found"
    assert told["results"][4]["error"]["errors"][0]["field"] == "colour"
    assert told["summary"] == {
        "created": 1, "updated": 1, "unchanged": 0, "deleted": 1, "rejected": 3,
    }  # fmt: skip


async def test_lines_are_read_as_a_list_is(api):
    lines = "\n".join(json.dumps(change) for change in MIXED) + "\n\n"

    answer = await api.post(
        BATCH, content=lines, headers={"Content-Type": "application/x-ndjson; charset=utf-8"}
    )

    statuses = [item["status"] for item in answer.json()["results"]]
    assert statuses == ["created", "rejected", "rejected", "updated", "rejected", "deleted"]


async def test_one_broken_line_is_rejected_alone(api):
    lines = b'{"email":"a@example.com"}\n{"email" oops\n{"email":"b@example.com"}'

    answer = await api.post(BATCH, content=lines, headers={"Content-Type": "application/x-ndjson"})

    assert [i["status"] for i in answer.json()["results"]] == ["created", "rejected", "created"]


async def test_a_dry_run_tells_what_would_be_and_keeps_nothing(api):
    sound = [{"email": f"{n}@example.com", "tags": ["t"]} for n in range(5)]

    dry = (await api.post(BATCH, params={"dry_run": "true"}, json=sound)).json()

    assert dry["dry_run"] is True
    assert dry["summary"]["created"] == 5
    assert (await api.get(CONTACTS, params={"page": 1})).json()["pagination"]["total"] == 0
    assert (await api.post(BATCH, json=sound)).json()["summary"] == dry["summary"]


async def test_contacts_are_shown_where_that_is_asked_for(api):
    body = [{"email": "a@example.com", "tags": ["x"]}]

    answer = await api.post(BATCH, params={"return": "contact"}, json=body)

    assert answer.json()["results"][0]["contact"]["tags"] == ["x"]


async def test_more_changes_than_one_call_takes_are_413(api):
    answer = await api.post(BATCH, json=[{"email": f"{n}@example.com"} for n in range(10_001)])

    assert answer.status_code == 413
    assert answer.json()["code"] == "batch_too_long"


async def test_thousands_are_written_in_order(api):
    body = [{"email": f"{n}@example.com"} for n in range(2_500)]

    answer = await api.post(BATCH, json=body)

    assert answer.json()["summary"]["created"] == 2_500
    ids = [item["id"] for item in answer.json()["results"]]
    assert ids == sorted(ids)


async def test_a_message_id_is_applied_once(api):
    body = [{"email": "a@example.com", "add_tags": ["t"], "message_id": "m-1"}]

    first = (await api.post(BATCH, json=body)).json()
    second = (await api.post(BATCH, json=body)).json()

    assert first["results"][0]["status"] == "created"
    assert second["results"][0]["status"] == "unchanged"
    assert second["results"][0]["notes"]


async def test_a_bulk_creation_answers_as_the_sdk_promises(api):
    await api.post(CONTACTS, json={"email": "there@example.com", "external_id": "E1"})

    contacts = [
        {"email": "new@example.com", "first_name": "New"},
        {"email": "there@example.com"},
        {"email": "broken"},
        {"email": "new@example.com"},
    ]
    answer = await api.post(CONTACTS + "/bulk", json={"contacts": contacts})

    assert answer.status_code == 200
    told = answer.json()
    assert [contact["email"] for contact in told["created"]] == ["new@example.com"]
    assert [skipped["email"] for skipped in told["skipped"]] == [
        "there@example.com", "new@example.com",
    ]  # fmt: skip
    assert told["skipped"][0]["reason"] == "You already have a contact with email there@example.com"
    assert [error["email"] for error in told["errors"]] == ["broken"]
    assert told["total_processed"] == 4
    assert told["summary"] == {"created_count": 1, "skipped_count": 2, "error_count": 1}
    assert told["user_id"]


async def test_a_merge_is_asked_for_in_a_batch(api):
    made = [{"email": "ada@x.example"}, {"mobile": "+442071838750"}]
    await api.post("/api/v1/contacts/batch", json=made)
    both = {"email": "ada@x.example", "mobile": "+442071838750"}

    refused = await api.post("/api/v1/contacts/batch", json=[both])
    merged = await api.post("/api/v1/contacts/batch", json=[both | {"merge": True}])

    assert refused.json()["results"][0]["error"]["code"] == "contacts_conflict"
    assert merged.json()["results"][0]["status"] == "updated"
    assert len((await api.get("/api/v1/contacts")).json()["data"]) == 1
