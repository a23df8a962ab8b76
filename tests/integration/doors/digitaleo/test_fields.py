"""`/rest/fields`: lengths, counts and aliases, and files that come with them."""

import json

import pytest

from tests.integration.doors.digitaleo.test_import import ended, sent


async def fields(door, **query):
    answer = await door.get("/rest/fields", params=query)
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["list"]}


async def test_each_property_of_a_person_has_its_length_its_count_and_its_alias(door, theirs):
    await door.post(
        "/rest/contacts",
        json=[
            {"email": "ada@x.example", "field01": "eleven char"},
            {"email": "b@x.example", "field01": "x", "mobile": "+33601010101", "city": "Paris"},
        ],
    )
    await theirs.post("/rest/contacts", json=[{"email": "z@x.example", "field01": "x" * 60}])

    told = await fields(door)

    assert told["field01"] == {"name": "field01", "max": "11", "count": "2", "alias": "Field01"}
    assert told["email"] == {"name": "email", "max": "13", "count": "2", "alias": "Email"}
    assert told["mobile"] == {"name": "mobile", "max": "12", "count": "1", "alias": "Mobile"}
    assert told["field15"]["count"] == told["field15"]["max"] == "0"
    documented = {
        "civility": "Civility", "firstName": "First name", "lastName": "Last name",
        "phone": "Fixed Telephone", "fax": "Fax", "address1": "Address 1",
        "address2": "Address 2", "zipcode": "Postal code", "city": "City", "state": "State",
        "country": "Country", "birthDate": "Date of birth",
    }  # fmt: skip
    assert {name: told[name]["alias"] for name in documented} == documented
    assert not {"id", "listIds", "dateCreated", "emailOptout"} & set(told)


async def test_they_are_found_by_name_and_by_alias(door):
    assert set(await fields(door, name="city,field02")) == {"city", "field02"}
    assert set(await fields(door, alias="Fixed Telephone")) == {"phone"}
    assert set(await fields(door, alias="FIXED téléphone,fixed-telephone")) == {"phone"}
    assert "phone" not in await fields(door, **{"complex[alias][ne]": "fixed telephone"})
    assert list((await fields(door, properties="name", limit=2)).values()) == [
        {"name": "email"},
        {"name": "phone"},
    ]


async def test_an_alias_is_given_shown_and_taken_by_files(door):
    metadata = json.dumps({"alias": "Shoe size"})
    first = await door.put("/rest/fields", data={"name": "field01", "metaData": metadata})
    second = await door.put("/rest/fields", params={"name": "lastname"}, json={"alias": "Nom"})
    row = await ended(
        door,
        await door.post(
            "/rest/contacts?action=import",
            **sent("Nom,SHOE SIZE,Email\nLovelace,38,ada@x.example\n"),
        ),
    )

    assert [first.json(), second.json()] == [{"count": 1}, {"count": 1}]
    assert row["created"] == "1"
    (ada,) = (await door.get("/rest/contacts")).json()["list"]
    assert (ada["lastName"], ada["field01"]) == ("Lovelace", "38")
    told = await fields(door)
    assert (told["field01"]["alias"], told["lastName"]["alias"]) == ("Shoe size", "Nom")

    await door.put("/rest/fields", json={"name": "lastName", "metaData": {"alias": ""}})
    assert (await fields(door))["lastName"]["alias"] == "Last name"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "field99", "metaData": {"alias": "X"}}, 404),
        ({"name": "emailOptout", "metaData": {"alias": "X"}}, 404),
        ({"metaData": {"alias": "X"}}, 404),
        ({"name": "email", "metaData": {"alias": "X"}}, 417),
        ({"name": "city", "metaData": {}}, 417),
        ({"name": "city", "metaData": {"alias": ["Town"]}}, 417),
        ({"name": "city", "metaData": {"alias": "FIRST NAME"}}, 409),
        ({"name": "city", "metaData": {"alias": "x" * 500}}, 417),
    ],
)
async def test_what_cannot_be_named_so_is_told(door, body, status):
    answer = await door.put("/rest/fields", json=body)

    assert answer.status_code == status, answer.text
    assert answer.json()["message"]
