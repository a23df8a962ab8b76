"""Fields: listed, labelled, and held to a type that their values fit."""

CONTACTS = "/api/v1/contacts"
FIELDS = "/api/v1/fields"


async def test_a_type_that_is_set_is_held_to(api):
    body = {"external_id": "a", "custom_fields": {"score": 7, "city": "Paris"}}
    await api.post(CONTACTS, json=body)

    answer = await api.patch(f"{FIELDS}/score", json={"type": "number", "label": "Lead score"})
    refused = await api.patch(f"{CONTACTS}/a", json={"custom_fields": {"score": "high"}})

    assert answer.json() | {"created_at": 0, "last_used_at": 0} == {
        "name": "score", "label": "Lead score", "type": "number", "is_standard": False,
        "type_is_set": True, "contacts": 1, "created_at": 0, "last_used_at": 0,
    }  # fmt: skip
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "custom_fields.score"
    names = [field["name"] for field in (await api.get(FIELDS)).json()["data"]]
    assert names == ["city", "score"]


async def test_a_type_that_stored_values_do_not_fit_is_refused_and_names_them(api):
    made = await api.post(CONTACTS, json={"external_id": "a", "custom_fields": {"score": "high"}})

    answer = await api.patch(f"{FIELDS}/score", json={"type": "number"})

    assert answer.status_code == 409
    [problem] = answer.json()["errors"]
    assert problem["field"] == made.json()["id"]
    assert '"high"' in problem["message"]


async def test_a_standard_field_keeps_its_type(api):
    await api.post(CONTACTS, json={"external_id": "a", "custom_fields": {"city": "Paris"}})

    assert (await api.patch(f"{FIELDS}/city", json={"type": "number"})).status_code == 409
    assert (await api.patch(f"{FIELDS}/nothing", json={"label": "x"})).status_code == 404
    assert (await api.patch(f"{FIELDS}/city", json={"label": " "})).status_code == 400
