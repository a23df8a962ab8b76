"""`POST /rest/contacts?action=import`, as Digitaleo's Python client sends a file."""

import asyncio
from typing import Any

import pytest

FILE = (
    "First name,Last name,Email,Fixed Telephone,Postal code,Date of birth,field07\r\n"
    "Ada,Lovelace,ada@x.example,0145454545,75001,1815-12-10,seven\r\n"
    "Grace,Hopper,grace@x.example,,10001,,\r\n"
    "Nobody,,not-an-address,,,,\r\n"
)


def sent(text: str, name: str = "contacts.csv") -> dict[str, Any]:
    """The form that `requests` makes of `files={'contactFile': open(…, 'rb')}`, byte for byte."""
    boundary = "6f1b2a0c9d8e4f3ab5c6d7e8f9a0b1c2"
    body = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="contactFile"; filename="{name}"\r\n\r\n'
        f"{text}\r\n--{boundary}--\r\n"
    )
    return {
        "content": body.encode(),
        "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    }


async def ended(door, answer) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["list"]
    for _ in range(100):
        if row["status"] in {"done", "failed"}:
            break
        await asyncio.sleep(0.1)
        told = await door.get("/rest/imports", params={"id": row["id"]})
        (row,) = told.json()["list"]
    return row


async def test_the_columns_of_a_file_are_found_by_the_default_aliases(door):
    row = await ended(door, await door.post("/rest/contacts?action=import", **sent(FILE)))

    assert (row["status"], row["count"], row["created"], row["rejected"]) == ("done", "3", "2", "1")
    assert "not-an-address" in row["message"]
    shown = await door.get("/rest/contacts", params={"email": "ada@x.example"})
    (ada,) = shown.json()["list"]
    assert {name: ada[name] for name in ("firstName", "lastName", "phone", "zipcode")} == {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "phone": "0145454545",
        "zipcode": "75001",
    }
    assert (ada["birthDate"], ada["field07"]) == ("1815-12-10", "seven")


async def test_names_of_properties_lead_columns_and_a_list_takes_all_of_them(door):
    made = await door.post("/rest/lists", json={"name": "Winter"})
    winter = made.json()["list"][0]["id"]
    text = "id,firstName,MOBILE,company,x\n7,Ada,0601010101,Engines,y\n"

    row = await ended(
        door,
        await door.post(
            "/rest/contacts",
            params={
                "action": "import",
                "listId": winter,
                "country": "FR",
                "complex[city]": "what the Python client leaves in its addresses",
            },
            **sent(text),
        ),
    )

    assert (row["status"], row["created"]) == ("done", "1"), row
    shown = await door.get("/rest/contacts", params={"listIds": winter})
    (ada,) = shown.json()["list"]
    assert (ada["mobile"], ada["company"], ada["firstName"]) == ("+33601010101", "Engines", "Ada")


@pytest.mark.parametrize(("order", "day"), [("dmy", "1985-12-10"), ("MDY", "1985-10-12")])
async def test_days_and_months_that_could_be_either_come_in_the_order_said(door, order, day):
    text = "Email,Date of birth\nada@x.example,10/12/1985\n"
    address = f"/rest/contacts?action=import&dateOrder={order}"

    row = await ended(door, await door.post(address, **sent(text)))

    assert row["created"] == "1", row
    (ada,) = (await door.get("/rest/contacts")).json()["list"]
    assert ada["birthDate"] == day


async def test_a_missing_file_is_told_with_the_name_of_its_part(door):
    answer = await door.post("/rest/contacts?action=import")

    assert (answer.status_code, "contactFile" in answer.json()["message"]) == (417, True)


@pytest.mark.parametrize(
    ("params", "text", "status"),
    [
        ({"listId": "77"}, FILE, 404),
        ({"country": "Atlantis"}, FILE, 417),
        ({"dateOrder": "md"}, FILE, 417),
        ({"colour": "red"}, FILE, 417),
        ({}, "", 417),
        ({}, "Colour\nred\n", 417),
    ],
)
async def test_a_file_that_cannot_be_taken_in_is_told_and_leaves_nothing(
    door, params, text, status
):
    answer = await door.post("/rest/contacts", params={"action": "import"} | params, **sent(text))

    assert answer.status_code == status, answer.text
    assert answer.json()["message"]
    assert (await door.get("/rest/contacts")).json()["total"] == 0


async def test_an_import_of_another_account_is_not_shown(door, theirs):
    row = await ended(theirs, await theirs.post("/rest/contacts?action=import", **sent(FILE)))

    answer = await door.get("/rest/imports", params={"id": row["id"]})

    assert answer.json() == {"size": 0, "total": 0, "list": []}
    assert (await door.get("/rest/imports")).status_code == 417
