"""`/rest/lists` as its clients call it, and lists of contacts."""

import json

import pytest


async def made(door, resource, *records):
    answer = await door.post(f"/rest/{resource}", json=list(records))
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["list"]]


@pytest.fixture
async def people(door):
    return await made(door, "contacts", *({"email": f"{n}@x.example"} for n in "abc"))


async def test_a_list_is_made_once_whatever_its_name_is_sent_in(door):
    form = await door.post("/rest/lists", data={"name": "Winter"})
    nested = await door.post("/rest/lists", data={"lists[0][name]": "winter"})
    plain = await door.post("/rest/lists", json={"name": "Winter", "description": "Coats"})

    (first,), (second,), (third,) = (one.json()["list"] for one in (form, nested, plain))
    assert first["id"] == second["id"] == third["id"]
    assert first["id"].isdigit()
    assert (third["name"], third["description"], third["active"], third["count"]) == (
        "Winter",
        "Coats",
        "1",
        "0",
    )


async def test_contacts_join_and_leave_by_named_actions(door, people):
    (winter,) = await made(door, "lists", {"name": "Winter"})
    add = {"id": winter, "metaData": json.dumps({"contactIds": ",".join(people)})}

    joined = await door.post("/rest/lists", params={"action": "contactadd"}, data=add)
    again = await door.post("/rest/lists", params={"action": "contactadd"}, json=add)
    on_it = await door.get("/rest/contacts", params={"listIds": winter, "properties": "id,listIds"})
    left = await door.post(
        "/rest/lists",
        params={"action": "contactremove"},
        json={"id": int(winter), "metaData": {"contactIds": [people[0], "999999"]}},
    )

    assert [one.json() for one in (joined, again, left)] == [
        {"count": 3},
        {"count": 0},
        {"count": 1},
    ]
    assert on_it.json()["list"] == [{"id": id, "listIds": [winter]} for id in people]
    shown = await door.get("/rest/lists", params={"id": winter})
    assert shown.json()["list"][0]["count"] == "2"
    rest = await door.get("/rest/contacts", params={"complex[listIds][null]": "1"})
    assert [one["id"] for one in rest.json()["list"]] == people[:1]


async def test_a_new_contact_may_name_its_lists(door, people):
    (winter,) = await made(door, "lists", {"name": "Winter"})

    await made(door, "contacts", {"email": "a@x.example", "listIds": [winter]})
    unknown = await door.post("/rest/contacts", json=[{"email": "z@x.example", "listIds": "99"}])

    shown = await door.get("/rest/contacts", params={"email": "a@x.example"})
    assert shown.json()["list"][0]["listIds"] == [winter]
    assert unknown.status_code == 404
    assert (await door.get("/rest/contacts", params={"email": "z@x.example"})).json()["total"] == 0


async def test_lists_are_found_changed_and_deleted(door):
    a, b = await made(door, "lists", {"name": "Alpha"}, {"name": "Beta"})

    changed = await door.put(
        "/rest/lists", params={"id": a}, data={"metaData": '{"name":"Zeta","description":"z"}'}
    )
    taken = await door.put("/rest/lists", json={"id": b, "metaData": {"name": "zeta"}})
    found = await door.get(
        "/rest/lists", params={"sort": "id DESC", "properties": "id,name", "limit": 1}
    )
    liked = await door.get("/rest/lists", params={"complex[name][like]": "z%"})
    (shown,) = (await door.get("/rest/lists", params={"id": b})).json()["list"]
    day = shown["dateCreated"][:10]
    for asked, total in {
        "dateCreated": 2,
        "complex[dateCreated][gte]": 2,
        "complex[dateCreated][lte]": 2,
        "complex[dateCreated][gt]": 0,
        "complex[dateCreated][lt]": 0,
        "complex[dateCreated][ne]": 0,
    }.items():
        answer = await door.get("/rest/lists", params={"id": f"{a},{b}", asked: day})
        assert answer.json()["total"] == total, asked
    exact = await door.get("/rest/lists", params={"dateCreated": shown["dateCreated"]})
    assert b in [one["id"] for one in exact.json()["list"]]
    gone = await door.delete("/rest/lists", params={"id": f"{a},{b}"})

    assert (changed.json(), taken.status_code) == ({"count": 1}, 409)
    assert taken.json()["message"]
    assert found.json() == {"size": 1, "total": 2, "list": [{"id": b, "name": "Beta"}]}
    assert [one["name"] for one in liked.json()["list"]] == ["Zeta"]
    assert gone.json() == {"count": 2}
    assert (await door.get("/rest/lists")).json() == {"size": 0, "total": 0, "list": []}


async def test_a_list_that_is_not_active_makes_its_contacts_unreachable(door, people):
    winter, off = await made(door, "lists", {"name": "Winter"}, {"name": "Off", "active": "0"})
    add = {"id": winter, "metaData": json.dumps({"contactIds": ",".join(people[:2])})}
    await door.post("/rest/lists", params={"action": "contactadd"}, json=add)

    async def reachable(switch):
        metadata = json.dumps({"active": switch})
        answer = await door.put("/rest/lists", data={"id": winter, "metaData": metadata})
        assert answer.json() == {"count": 1}
        told = (await door.get("/rest/statistics")).json()["list"][0]
        return told["total"], told["emailReachable"]

    assert await reachable("0") == ("3", "1")
    assert await reachable("0") == ("3", "1")
    shown = await door.get("/rest/lists", params={"active": "0"})
    assert {one["id"] for one in shown.json()["list"]} == {winter, off}
    assert await reachable("true") == ("3", "3")
    wrong = await door.put("/rest/lists", json={"id": winter, "metaData": {"active": "maybe"}})
    assert wrong.status_code == 417


async def test_another_accounts_list_is_not_found(door, theirs, people):
    await made(theirs, "lists", *({"name": f"L{n}"} for n in range(9)))
    body = {"id": "9", "metaData": {"contactIds": people[0], "name": "Mine"}}

    answers = [
        await door.put("/rest/lists", json={"id": "9", "metaData": {"name": "Mine"}}),
        await door.delete("/rest/lists", params={"id": "9"}),
        await door.post("/rest/lists", params={"action": "contactadd"}, json=body),
        await door.post("/rest/lists", params={"action": "contactremove"}, json=body),
    ]

    assert [one.status_code for one in answers] == [404] * 4
    assert (await theirs.get("/rest/lists")).json()["total"] == 9


@pytest.mark.parametrize(
    ("params", "body", "words"),
    [
        ({}, {}, "name"),
        ({}, {"name": ""}, "name"),
        ({}, {"name": "x" * 101}, "100 characters"),
        ({}, {"name": "A", "colour": "red"}, "colour"),
        ({"action": "contactadd"}, {"metaData": {"contactIds": "1"}}, "id"),
        ({"action": "contactadd"}, {"id": "1", "metaData": {}}, "contactIds"),
        ({"action": "contactadd"}, {"id": "1", "metaData": "[1]"}, "metaData"),
        ({"action": "explode"}, {"id": "1"}, "explode"),
        ({"action": "contactadd"}, {"id": "1,2", "metaData": {"contactIds": "3"}}, "One list"),
        ({}, {"name": ["Winter"]}, "name is a text"),
        ({}, {"name": "Winter", "description": {"a": "b"}}, "description is a text"),
    ],
)
async def test_what_is_missing_is_named(door, params, body, words):
    answer = await door.post("/rest/lists", params=params, json=body)

    assert answer.status_code == 417, answer.text
    assert words in answer.json()["message"]
