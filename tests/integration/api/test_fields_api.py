"""Fields: listed, made, described, and found by their aliases."""

CONTACTS = "/api/v1/contacts"
FIELDS = "/api/v1/fields"


async def has(api, **fields):
    return (await api.post(CONTACTS, json={"external_id": "a", "custom_fields": fields})).json()


async def field(api, name):
    return (await api.get(f"{FIELDS}/{name}")).json()


async def test_the_standard_fields_are_there_from_the_start(api):
    found = {one["name"]: one for one in (await api.get(FIELDS)).json()["data"]}

    assert len(found) == 22
    assert found["birth_date"] | {} == {
        "name": "birth_date", "label": "Date of birth", "aliases": [], "type": "date",
        "is_standard": True, "is_hidden": False, "type_is_set": True, "contacts": 0, "share": 0.0,
        "max_length": 0, "created_at": None, "last_used_at": None,
    }  # fmt: skip


async def test_a_field_says_for_whom_it_is_filled(api):
    await has(api, score=700)
    await api.patch(f"{CONTACTS}/a", json={"custom_fields": {"score": 70}})
    await api.post(CONTACTS, json={"external_id": "b"})

    score = await field(api, "score")

    assert score["contacts"] == 1
    assert score["share"] == 0.5
    assert score["max_length"] == 2
    assert score["last_used_at"] is not None
    names = [one["name"] for one in (await api.get(FIELDS)).json()["data"]]
    assert names == sorted(names)
    assert "score" in names


async def test_a_field_is_made_before_anybody_has_a_value_for_it(api):
    answer = await api.post(
        FIELDS, json={"name": "score", "label": "Lead score", "type": "number", "aliases": ["Note"]}
    )
    refused = await api.post(
        CONTACTS, json={"external_id": "a", "custom_fields": {"score": "high"}}
    )
    again = await api.post(FIELDS, json={"name": "score"})

    assert answer.status_code == 201
    assert answer.json()["aliases"] == ["Note"]
    assert answer.json()["type_is_set"]
    assert refused.status_code == 400
    assert again.status_code == 409
    assert (await api.post(FIELDS, json={"name": "city"})).status_code == 409
    assert (await api.post(FIELDS, json={"name": "email"})).status_code == 400


async def test_a_value_given_under_an_alias_lands_in_the_field(api):
    await has(api, loyalty_points=5)
    await api.patch(f"{FIELDS}/loyalty_points", json={"aliases": ["Points de fidélité", "pts"]})

    for spelling in ("Points de fidélité", "POINTS-DE-FIDELITE", "pointsdefidelite"):
        answer = await api.patch(f"{CONTACTS}/a", json={"custom_fields": {spelling: 7}})
        assert answer.json()["custom_fields"] == {"loyalty_points": 7}
        await api.patch(f"{CONTACTS}/a", json={"custom_fields": {"loyalty_points": 0}})
    both = await api.patch(f"{CONTACTS}/a", json={"custom_fields": {"loyalty_points": 1, "pts": 2}})
    gone = await api.patch(f"{CONTACTS}/a", json={"custom_fields": {"pts": None}})

    assert both.json()["custom_fields"] == {"loyalty_points": 1}
    assert gone.json()["custom_fields"] == {}
    assert (await field(api, "PTS"))["name"] == "loyalty_points"


async def test_a_standard_field_has_aliases_before_it_is_used(api):
    await api.patch(f"{FIELDS}/first_name", json={"aliases": ["Prénom"]})

    described = await field(api, "first_name")
    made = await has(api, prenom="Ada")

    assert described["created_at"] is not None
    assert described["last_used_at"] is None
    assert (await field(api, "first_name"))["last_used_at"] is not None
    assert made["first_name"] == "Ada"


async def test_an_alias_means_one_field(api):
    await has(api, score=7, Region="north")
    await api.patch(f"{FIELDS}/score", json={"label": "Lead score", "aliases": ["Note"]})

    for taken in ("note", "region", "City", "last-name", "Date of birth"):
        answer = await api.patch(f"{FIELDS}/company", json={"aliases": [taken]})
        assert answer.status_code == 409, taken
        assert answer.json()["code"] == "field_alias_taken"
    assert (await api.patch(f"{FIELDS}/Region", json={"label": "NOTE"})).status_code == 409
    assert (await api.post(FIELDS, json={"name": "nôte"})).status_code == 409
    for unfit in ("E-mail", "tags", "-", ""):
        answer = await api.patch(f"{FIELDS}/company", json={"aliases": [unfit]})
        assert answer.status_code == 400, unfit
    assert (await api.patch(f"{FIELDS}/score", json={"aliases": ["Score!"]})).status_code == 200


async def test_an_alias_of_one_account_is_none_of_another(api, contoso, http):
    await has(api, score=7)
    await api.patch(f"{FIELDS}/score", json={"aliases": ["Note"]})
    theirs = {"X-API-Key": contoso.api_key}

    body = {"external_id": "a", "custom_fields": {"note": 1}}
    made = await http.post(CONTACTS, json=body, headers=theirs)

    assert made.json()["custom_fields"] == {"note": 1}
    assert (await http.get(f"{FIELDS}/score", headers=theirs)).status_code == 404


async def test_a_field_is_hidden_and_shown_again(api):
    assert (await api.patch(f"{FIELDS}/fax", json={"is_hidden": True})).json()["is_hidden"]
    assert (await field(api, "fax"))["is_hidden"]
    assert not (await api.patch(f"{FIELDS}/fax", json={"is_hidden": False})).json()["is_hidden"]


async def test_a_type_that_is_set_is_held_to(api):
    await has(api, score=7, city="Paris")

    answer = await api.patch(f"{FIELDS}/score", json={"type": "number", "label": "Lead score"})
    refused = await api.patch(f"{CONTACTS}/a", json={"custom_fields": {"score": "high"}})

    assert answer.json()["label"] == "Lead score"
    assert answer.json()["type_is_set"]
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "custom_fields.score"


async def test_a_type_that_stored_values_do_not_fit_is_refused_and_names_them(api):
    made = await has(api, score="high")

    answer = await api.patch(f"{FIELDS}/score", json={"type": "number"})

    assert answer.status_code == 409
    [problem] = answer.json()["errors"]
    assert problem["field"] == made["id"]
    assert '"high"' in problem["message"]


async def test_a_standard_field_keeps_its_type(api):
    await has(api, city="Paris")

    assert (await api.patch(f"{FIELDS}/city", json={"type": "number"})).status_code == 409
    assert (await api.patch(f"{FIELDS}/nothing", json={"label": "x"})).status_code == 404
    assert (await api.patch(f"{FIELDS}/city", json={"label": " "})).status_code == 400
