"""`/rest/contacts` as its clients call it."""

import asyncio
import json
import re

import pytest

ADA = {"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace"}
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


async def made(door, *records):
    answer = await door.post("/rest/contacts", json={"contacts": list(records)})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["list"]]


async def test_a_new_contact_is_answered_with_all_its_properties(door):
    answer = await door.post("/rest/contacts", json=[ADA | {"birthDate": "1815-12-10"}])

    told = answer.json()
    (ada,) = told["list"]
    assert (answer.status_code, told["size"], told["total"]) == (200, 1, 1)
    assert ada["id"].isdigit()
    assert ada["birthDate"] == "1815-12-10"
    assert STAMP.fullmatch(ada["dateCreated"])
    assert STAMP.fullmatch(ada["dateUpdated"])
    assert ada["listIds"] == []
    assert [name for name in ada if re.fullmatch(r"field\d\d", name)] == [
        f"field{n:02}" for n in range(1, 16)
    ]
    optouts = ["smsOptout", "emailOptout", "voiceOptout", "voicemailOptout"]
    assert [ada[name] for name in optouts] == [None] * 4


async def test_brackets_json_and_a_single_object_are_the_same_to_it(door):
    form = (
        b"contacts%5B0%5D%5Bemail%5D=a%40x.example&contacts%5B0%5D%5BfirstName%5D=A"
        b"&contacts[1][email]=b@x.example"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    first = await door.post("/rest/contacts", content=form, headers=headers)
    again = await door.post("/rest/contacts", json={"email": "A@x.example"})
    untyped = await door.post("/rest/contacts", content=form)

    ids = [one["id"] for one in first.json()["list"]]
    assert len(set(ids)) == 2
    assert [one["id"] for one in again.json()["list"]] == ids[:1]
    assert [one["id"] for one in untyped.json()["list"]] == ids
    assert (await door.get("/rest/contacts")).json()["total"] == 2


async def test_one_bad_address_refuses_the_whole_batch_and_is_named(door):
    answer = await door.post(
        "/rest/contacts", json={"contacts": [ADA, {"email": "not-an-address"}]}
    )

    told = answer.json()
    assert (answer.status_code, told["status"], told["httpStatusCode"]) == (417, 417, 417)
    assert "not-an-address" in told["message"]
    assert told["messages"][0]["field"] == "contacts[1].email"
    assert (await door.get("/rest/contacts")).json()["list"] == []


async def test_a_contact_may_have_neither_email_nor_mobile(door):
    phone_only = {"civility": "M", "firstName": "Michel", "phone": "0605040302"}

    first, again = await made(door, phone_only), await made(door, phone_only)

    assert first == again
    (shown,) = (await door.get("/rest/contacts", params={"id": first[0]})).json()["list"]
    assert (shown["phone"], shown["email"], shown["mobile"]) == ("0605040302", None, None)


async def test_metadata_changes_only_what_it_names(door):
    (id,) = await made(door, ADA | {"city": "London", "mobile": "+33601010101"})

    as_text = await door.put(
        "/rest/contacts", json={"metaData": json.dumps({"lastName": "King", "city": ""}), "id": id}
    )
    as_object = await door.put(
        "/rest/contacts", params={"id": id}, json={"metaData": {"firstname": "Augusta"}}
    )

    (shown,) = (await door.get("/rest/contacts")).json()["list"]
    assert [as_text.json(), as_object.json()] == [{"count": 1}, {"count": 1}]
    assert (shown["firstName"], shown["lastName"], shown["city"]) == ("Augusta", "King", None)
    assert shown["mobile"] == "+33601010101"


async def test_deletion_takes_ids_in_the_address_or_in_a_body(door):
    a, b, c, d = await made(door, *({"email": f"{n}@x.example"} for n in "abcd"))

    first = await door.delete("/rest/contacts", params={"id": f"{a},{b}"})
    second = await door.request("DELETE", "/rest/contacts", json={"id": int(c)})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    third = await door.request("DELETE", "/rest/contacts", content=f"id={d}", headers=form)

    assert [one.json() for one in (first, second, third)] == [
        {"count": 2},
        {"count": 1},
        {"count": 1},
    ]
    assert (await door.get("/rest/contacts")).json() == {"size": 0, "total": 0, "list": []}
    assert (await door.delete("/rest/contacts")).status_code == 417
    assert (await door.delete("/rest/contacts", params={"id": a})).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"email": "A@x.example,c@x.example"}, "ac"),
        ({"city": "Paris"}, "ab"),
        ({"city": "Paris", "lastName": "B"}, "b"),
        ({"mobile": "+33601010101"}, "a"),
        ({"mobile": " 33601010101"}, "a"),
        ({"city": ""}, "d"),
        ({"smsOptout": "user"}, "d"),
        ({"emailOptout": "null"}, "abc"),
        ({"dateCreated": "2020-01-01"}, ""),
        ({"complex[or][0][lastName]": "A", "complex[or][1][lastName]": "C"}, "ac"),
        ({"complex[city][ne]": "Paris"}, "cd"),
        ({"complex[email][like]": "%@X.example", "lastName": "A,B"}, "ab"),
        ({"complex[not][city]": "Paris,Lyon"}, "d"),
        ({"complex": '{"and":[{"longitude":{"gt":2}},{"longitude":{"lte":"3.5"}}]}'}, "b"),
        ({"complex[dateUpdated][gte]": "2020-01-01", "complex[or][][city]": "Lyon"}, "c"),
        ({"complex[or][0][dateUpdated][gt]": "2020-01-01 10:00:00"}, "abcd"),
        ({"complex[lastName][gt]": "B"}, "cd"),
        ({"complex[city][null]": "1"}, "d"),
    ],
)
async def test_filters_find_whom_they_mean(door, query, found):
    await made(
        door,
        {"email": "a@x.example", "lastName": "A", "city": "Paris", "mobile": "+33601010101"},
        {"email": "b@x.example", "lastName": "B", "city": "Paris", "longitude": "2.35"},
        {"email": "c@x.example", "lastName": "C", "city": "Lyon", "longitude": 4.8},
        {"email": "d@x.example", "lastName": "D", "mobile": "+33601010102"},
    )
    d = (await door.get("/rest/contacts", params={"lastName": "D"})).json()["list"][0]["id"]
    for reason in ("smsOptout", "emailOptout"):
        await door.put("/rest/contacts", json={"id": d, "metaData": {reason: "user"}})

    answer = await door.get("/rest/contacts", params=query | {"properties": "lastName"})

    told = answer.json()
    assert answer.status_code == 200, told
    assert "".join(sorted(one["lastName"] for one in told["list"])) == found.upper()
    assert told["total"] == told["size"] == len(found)


async def test_pages_orders_and_properties(door):
    ids = await made(door, *({"email": f"{n}@x.example", "city": n} for n in "cabd"))

    async def shown(**query):
        answer = await door.get("/rest/contacts", params=query)
        assert answer.status_code == 200, answer.text
        return [one.get("id") for one in answer.json()["list"]]

    assert [int(id) for id in ids] == sorted(map(int, ids))
    assert await shown() == ids
    assert await shown(sort="id DESC") == ids[::-1]
    assert await shown(sort="id DESC", limit=2, offset=1) == [ids[2], ids[1]]
    assert await shown(sort="email") == [ids[1], ids[2], ids[0], ids[3]]
    assert await shown(sort="email", offset=3) == [ids[3]]
    assert await shown(sort="city DESC,id ASC", limit=2) == [ids[3], ids[0]]
    assert await shown(sort="city", offset=2) == [ids[0], ids[3]]
    assert await shown(offset=4) == []
    assert await shown(limit=0) == []
    only = await door.get("/rest/contacts", params={"properties": "id,city", "total": "0"})
    assert only.json()["list"][0] == {"id": ids[0], "city": "c"}
    assert "total" not in only.json()
    more = await door.get("/rest/contacts", params={"properties": "DEFAULT,city", "limit": 1})
    assert set(more.json()["list"][0]) > {"id", "email", "field15", "voicemailOptout"}


async def test_numbers_rise_as_contacts_were_made_whichever_door_they_came_through(door, api):
    for number in range(3):
        await api.post("/api/v1/contacts", json={"email": f"native{number}@x.example"})
    (mine,) = await made(door, {"email": "mine@x.example"})
    await api.post("/api/v1/contacts", json={"email": "last@x.example"})

    answer = await door.get("/rest/contacts", params={"sort": "id DESC", "limit": 10})

    found = [(int(one["id"]), one["email"]) for one in answer.json()["list"]]
    assert [number for number, _ in found] == sorted({n for n, _ in found}, reverse=True)
    assert found[1] == (int(mine), "mine@x.example")
    again = (await door.get("/rest/contacts", params={"sort": "id DESC"})).json()["list"]
    assert [(int(one["id"]), one["email"]) for one in again] == found


async def test_many_at_once_get_each_their_own_number_and_nobody_two(door):
    async def sent(number):
        record = {"email": f"n{number % 12}@x.example", "lastName": f"N{number % 12}"}
        answer = await door.post("/rest/contacts", json=[record])
        assert answer.status_code == 200, answer.text
        return number % 12, answer.json()["list"][0]["id"]

    told = await asyncio.gather(*(sent(number) for number in range(36)))

    assert len({id for _, id in told}) == len(set(told)) == 12
    assert (await door.get("/rest/contacts")).json()["total"] == 12


async def test_nothing_of_another_account_is_there(door, theirs):
    (id,) = await made(theirs, ADA)
    await made(door, {"email": "own@x.example"})

    assert (await door.get("/rest/contacts", params={"email": ADA["email"]})).json()["total"] == 0
    for call in (
        await door.put("/rest/contacts", json={"id": 999, "metaData": {"city": "X"}}),
        await door.delete("/rest/contacts", params={"id": 999}),
    ):
        assert (call.status_code, call.json()["errorCode"]) == (404, "record_not_found")
    (still,) = (await theirs.get("/rest/contacts", params={"id": id})).json()["list"]
    assert still["email"] == ADA["email"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "many"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"sort": "shoeSize"}, "sort"),
        ({"shoeSize": "44"}, "shoeSize"),
        ({"properties": "id,shoeSize"}, "properties"),
        ({"id": "abc"}, "id"),
        ({"emailOptout": "maybe"}, "emailOptout"),
        ({"dateCreated": "soon"}, "dateCreated"),
        ({"complex[shoeSize]": "44"}, "shoeSize"),
        ({"complex[city][is]": "44"}, "complex"),
        ({"complex": "city"}, None),
    ],
)
async def test_what_cannot_be_asked_is_told(door, query, field):
    answer = await door.get("/rest/contacts", params=query)

    assert answer.status_code == (417 if field else 400), answer.text
    assert answer.json()["message"]
    if field:
        assert answer.json()["messages"][0]["field"] == field


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"email": "a@x.example", "shoeSize": "44"}, "shoeSize"),
        ({"mobile": "0601010101"}, "mobile"),
        ({"email": "a@x.example", "birthDate": "10/12/1815"}, "birthDate"),
        ({"email": "a@x.example", "longitude": "east"}, "longitude"),
        ({"email": "a@x.example", "smsOptout": "spam"}, "smsOptout"),
        ({"email": "a@x.example", "city": ["Paris"]}, "city"),
        ({}, ""),
    ],
)
async def test_a_value_that_does_not_fit_is_a_417_that_names_it(door, record, field):
    answer = await door.post("/rest/contacts", json=[record])

    assert answer.status_code == 417, answer.text
    assert answer.json()["messages"][0]["field"] == field
    assert (await door.get("/rest/contacts")).json()["total"] == 0


async def test_an_opt_out_without_an_address_is_told_not_to_be_kept(door):
    (known,) = await made(door, {"email": "a@x.example"})
    both = {"email": "b@x.example", "smsOptout": "user", "emailOptout": "user"}

    added = await door.post("/rest/contacts", json=[{"email": "c@x.example"}, both])
    changed = await door.put(
        "/rest/contacts", json={"id": known, "metaData": {"voiceOptout": "contact"}}
    )
    kept = await door.put("/rest/contacts", json={"id": known, "metaData": {"emailOptout": "user"}})

    as_table = await door.put(
        "/rest/contacts",
        json={"id": known, "metaData": {"voiceOptout": "contact"}},
        headers={"Accept": "text/csv"},
    )

    assert as_table.text == "count\r\n1\r\n"
    (message,) = added.json()["messages"]
    assert added.json()["list"][1]["emailOptout"] == "user"
    assert (message["field"], message["errorCode"]) == (
        "contacts[1].smsOptout", "optout_without_address",
    )  # fmt: skip
    assert "b@x.example has no mobile" in message["message"]
    assert changed.json()["count"] == 1
    assert changed.json()["messages"][0]["field"] == "voiceOptout"
    assert kept.json() == {"count": 1}


async def test_a_conflict_names_both_by_their_ids_here_and_what_can_be_done(door):
    first, second = await made(door, {"email": "a@x.example"}, {"mobile": "+33601010101"})

    refused = await door.post(
        "/rest/contacts", json={"email": "a@x.example", "mobile": "+33601010101"}
    )

    assert (refused.status_code, refused.json()["errorCode"]) == (409, "contacts_conflict")
    assert f"two different contacts, {first} and {second}" in refused.json()["message"]
    assert "merge" not in refused.json()["message"]
