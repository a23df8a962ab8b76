"""`/rest/statistics`: the account and its lists, in maintained numbers."""

import json


async def made(door, resource, *records):
    answer = await door.post(f"/rest/{resource}", json=list(records))
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["list"]]


async def test_the_account_and_a_list_are_told_with_whom_each_medium_reaches(door, theirs):
    ids = await made(
        door,
        "contacts",
        {"email": "a@x.example", "mobile": "+33601010101"},
        {"email": "b@x.example"},
        {"mobile": "+33601010103"},
        {"firstName": "Nobody", "phone": "0145454545"},
    )
    await made(theirs, "contacts", {"email": "z@x.example"})
    await made(door, "optouts", {"media": "SMS", "meanOfContact": "+33601010103"})
    winter, empty = await made(door, "lists", {"name": "Winter"}, {"name": "Empty"})
    body = {"id": winter, "metaData": json.dumps({"contactIds": f"{ids[0]},{ids[2]}"})}
    await door.post("/rest/lists", params={"action": "contactadd"}, data=body)

    whole = await door.get("/rest/statistics")
    listed = await door.get("/rest/statistics", params={"listId": f"{winter},{empty},999"})

    (account,) = whole.json()["list"]
    assert account == {
        "listId": None,
        "listName": None,
        "total": "4",
        "smsReachable": "1",
        "emailReachable": "2",
        "voiceReachable": "3",
    }
    assert [
        (one["listName"], one["total"], one["smsReachable"]) for one in listed.json()["list"]
    ] == [("Winter", "2", "1"), ("Empty", "0", "0")]
    assert listed.json()["total"] == 2
    named = await door.get("/rest/statistics", params={"listName": "Winter"})
    assert named.json()["list"] == listed.json()["list"][:1]
    either = {"complex[or][0][listName]": "Winter", "complex[or][1][listId]": empty}
    both = await door.get("/rest/statistics", params=either | {"sort": "total DESC"})
    assert both.json()["list"] == listed.json()["list"]


async def test_only_what_is_asked_for_is_shown(door):
    answer = await door.get("/rest/statistics", params={"properties": "total,emailReachable"})
    wrong = await door.get("/rest/statistics", params={"properties": "totals"})

    assert answer.json()["list"] == [{"total": "0", "emailReachable": "0"}]
    assert wrong.status_code == 417
