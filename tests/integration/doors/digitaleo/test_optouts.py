"""`/rest/optouts`, and the opt-outs of contacts."""

import pytest

ADA = "ada@x.example"


async def made(door, *records):
    answer = await door.post("/rest/optouts", json={"optouts": list(records)})
    assert answer.status_code == 200, answer.text
    return answer.json()["list"]


@pytest.fixture
async def ada(door):
    record = {"email": ADA, "mobile": "+33601010101", "phone": "+33145454545"}
    answer = await door.post("/rest/contacts", json=[record])
    return answer.json()["list"][0]["id"]


async def optouts_of(door, id):
    shown = (await door.get("/rest/contacts", params={"id": id})).json()["list"][0]
    return {name[:-6]: shown[name] for name in shown if name.endswith("Optout") and shown[name]}


async def test_a_mean_of_contact_is_blocked_for_one_medium(door, ada):
    rows = await made(
        door,
        {"media": "EMAIL", "meanOfContact": "Ada@X.example", "reason": "spam"},
        {"media": "sms", "meanOfContact": "+33601010101"},
        {"media": "VOICEMAIL", "meanOfContact": "+33145454545", "reason": "user"},
        {"media": "VOICE", "meanOfContact": "+33145454500"},
    )

    assert [(one["media"], one["meanOfContact"], one["reason"]) for one in rows] == [
        ("EMAIL", ADA, "spam"),
        ("SMS", "+33601010101", "user"),
        ("VOICEMAIL", "+33145454545", "user"),
        ("VOICE", "+33145454500", "user"),
    ]
    assert all(one["id"].isdigit() for one in rows)
    assert await optouts_of(door, ada) == {"email": "spam", "sms": "user", "voicemail": "user"}


async def test_the_same_again_is_the_same_opt_out(door, ada):
    first = await made(door, {"media": "EMAIL", "meanOfContact": ADA})
    again = await made(door, {"media": "EMAIL", "meanOfContact": ADA})

    assert first == again
    assert (await door.get("/rest/optouts")).json()["total"] == 1


async def test_a_contact_is_blocked_at_every_address_of_the_medium(door, ada):
    rows = await made(door, {"media": "VOICE", "contactId": ada})
    again = await made(door, {"media": "VOICE", "contactId": ada})

    assert sorted(one["id"] for one in again) == sorted(one["id"] for one in rows)
    assert {one["meanOfContact"] for one in rows} == {"+33601010101", "+33145454545"}
    assert await optouts_of(door, ada) == {"voice": "user"}


async def test_a_contact_without_an_address_for_the_medium_cannot_be_blocked_there(door):
    grace = await door.post("/rest/contacts", json=[{"email": "grace@x.example"}])
    of_grace = {"contactId": grace.json()["list"][0]["id"]}

    answer = await door.post(
        "/rest/optouts", json=[{"media": "EMAIL"} | of_grace, {"media": "SMS"} | of_grace]
    )

    assert answer.status_code == 417, answer.text
    assert [one["field"] for one in answer.json()["messages"]] == ["optouts[1].contactId"]
    assert "no address for SMS" in answer.json()["message"]
    assert (await door.get("/rest/optouts")).json()["total"] == 0


async def test_opt_outs_are_found_by_what_they_are(door, ada):
    await made(
        door,
        {"media": "EMAIL", "meanOfContact": ADA, "reason": "spam"},
        {"media": "SMS", "meanOfContact": "+33601010101"},
        {"media": "VOICE", "meanOfContact": "+33601010101"},
    )

    async def found(**query):
        answer = await door.get("/rest/optouts", params=query)
        assert answer.status_code == 200, answer.text
        return sorted(one["media"] for one in answer.json()["list"])

    assert await found(media="sms,voice") == ["SMS", "VOICE"]
    assert await found(meanOfContact=ADA.upper()) == ["EMAIL"]
    assert await found(reason="user", media="VOICE") == ["VOICE"]
    assert await found(**{"complex[or][0][reason]": "spam", "complex[or][1][media]": "SMS"}) == [
        "EMAIL",
        "SMS",
    ]
    assert await found(limit=2, sort="dateCreated", offset=2) == ["EMAIL"]
    (one,) = (await door.get("/rest/optouts", params={"media": "SMS"})).json()["list"]
    assert await found(id=one["id"]) == ["SMS"]


async def test_channels_that_digitaleo_does_not_know_are_not_shown(door, api, ada):
    await api.post("/api/v1/contacts/upsert", json={"email": ADA, "is_unsubscribed": True})

    rows = (await door.get("/rest/optouts")).json()["list"]

    assert {one["media"] for one in rows} == {"EMAIL", "SMS", "VOICE", "VOICEMAIL"}


async def test_only_what_the_account_has_set_is_lifted(door, ada):
    (own,) = await made(door, {"media": "SMS", "meanOfContact": "+33601010101"})
    (spam,) = await made(door, {"media": "EMAIL", "meanOfContact": ADA, "reason": "spam"})
    await made(door, {"media": "VOICE", "meanOfContact": "+33601010101"})

    lifted = await door.delete("/rest/optouts", params={"id": own["id"]})
    refused = await door.delete("/rest/optouts", params={"id": spam["id"]})
    by_address = await door.request(
        "DELETE", "/rest/optouts", json={"media": "VOICE", "meanOfContact": "+33601010101"}
    )
    gone = await door.delete("/rest/optouts", params={"id": own["id"]})
    nothing = await door.delete("/rest/optouts", params={"media": "EMAIL", "meanOfContact": ADA})

    assert (lifted.json(), by_address.json()) == ({"count": 1}, {"count": 1})
    assert (refused.status_code, gone.status_code, nothing.status_code) == (403, 404, 404)
    assert refused.json()["message"]
    assert await optouts_of(door, ada) == {"email": "spam"}


async def test_a_contact_sets_its_opt_outs_and_lifts_those_of_the_account(door, ada):
    await door.put("/rest/contacts", json={"id": ada, "metaData": {"smsOptout": "user"}})
    await door.put("/rest/contacts", json={"id": ada, "metaData": {"emailOptout": "contact"}})
    await door.put("/rest/contacts", json={"id": ada, "metaData": {"voicemailOptout": "user"}})
    before = await optouts_of(door, ada)

    none = {"smsOptout": None, "voicemailOptout": "", "voiceOptout": "null"}
    lifted = await door.put("/rest/contacts", json={"id": ada, "metaData": none})
    refused = await door.put("/rest/contacts", json={"id": ada, "metaData": {"emailOptout": None}})

    assert before == {"sms": "user", "email": "contact", "voicemail": "user"}
    assert (lifted.json(), refused.status_code) == ({"count": 1}, 417)
    assert "only they can lift it" in refused.json()["message"]
    assert await optouts_of(door, ada) == {"email": "contact"}
    again = await door.post("/rest/contacts", json=[{"email": ADA, "emailOptout": None}])
    assert again.json()["list"][0]["emailOptout"] == "contact"


async def test_a_block_of_a_whole_domain_is_not_lifted_for_one_of_it(door):
    await made(door, {"media": "EMAIL", "meanOfContact": "@x.example"})
    answer = await door.post("/rest/contacts", json=[{"email": ADA}])
    (ada,) = answer.json()["list"]

    refused = await door.put(
        "/rest/contacts", json={"id": ada["id"], "metaData": {"emailOptout": None, "city": "X"}}
    )

    assert ada["emailOptout"] == "user"
    assert (refused.status_code, refused.json()["errorCode"]) == (417, "values_invalid")
    assert "whole domain" in refused.json()["message"]
    shown = (await door.get("/rest/contacts")).json()["list"][0]
    assert (shown["emailOptout"], shown["city"]) == ("user", None)


async def test_a_whole_contact_may_be_sent_back_as_it_was_read(door, ada):
    await door.put("/rest/contacts", json={"id": ada, "metaData": {"emailOptout": "contact"}})
    shown = (await door.get("/rest/contacts", params={"id": ada})).json()["list"][0]

    answer = await door.put("/rest/contacts", json={"id": ada, "metaData": shown})

    assert answer.json() == {"count": 1}
    assert (await door.get("/rest/contacts", params={"id": ada})).json()["list"][0] == shown


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"media": "FAX", "meanOfContact": ADA}, "media"),
        ({"media": "SMS", "meanOfContact": ADA}, "media"),
        ({"media": "EMAIL", "meanOfContact": "ada"}, "meanOfContact"),
        ({"media": "EMAIL"}, "meanOfContact"),
        ({"media": "EMAIL", "meanOfContact": ADA, "reason": "tired"}, "reason"),
        ({"media": "EMAIL", "meanOfContact": ADA, "colour": "red"}, "colour"),
        ({}, "media"),
    ],
)
async def test_one_that_is_wrong_is_named_and_nothing_is_written(door, record, field):
    fine = {"media": "EMAIL", "meanOfContact": "grace@x.example"}
    answer = await door.post("/rest/optouts", json={"optouts": [fine, record]})

    assert answer.status_code == 417, answer.text
    assert answer.json()["messages"][0]["field"] == f"optouts[1].{field}"
    assert (await door.get("/rest/optouts")).json()["total"] == 0


async def test_those_of_another_account_are_not_there(door, theirs):
    (row,) = await made(theirs, {"media": "EMAIL", "meanOfContact": ADA})
    await made(door, {"media": "EMAIL", "meanOfContact": "grace@x.example"})

    assert (await door.get("/rest/optouts", params={"meanOfContact": ADA})).json()["total"] == 0
    for params in ({"id": "99"}, {"media": "EMAIL", "meanOfContact": ADA}):
        assert (await door.delete("/rest/optouts", params=params)).status_code == 404
    contact = {"media": "EMAIL", "contactId": "99"}
    assert (await door.post("/rest/optouts", json=[contact])).status_code == 404
    assert (await theirs.get("/rest/optouts", params={"id": row["id"]})).json()["total"] == 1


@pytest.mark.parametrize(
    ("query", "media"),
    [
        ({"complex[or][0][id]": "{sms}", "complex[or][1][media]": "EMAIL"}, ["EMAIL", "SMS"]),
        ({"complex[id][ne]": "{sms}"}, ["EMAIL", "VOICE"]),
        ({"complex[not][id]": "{sms}"}, ["EMAIL", "VOICE"]),
        ({"complex[id][gt]": "{sms}"}, ["VOICE"]),
        ({"complex[id][null]": "1"}, []),
        ({"complex[id][null]": "0"}, ["EMAIL", "SMS", "VOICE"]),
        ({"id": "999"}, []),
        ({"id": ""}, []),
    ],
)
async def test_numbers_may_be_nested_in_a_filter(door, ada, query, media):
    rows = await made(
        door,
        {"media": "EMAIL", "meanOfContact": ADA},
        {"media": "SMS", "meanOfContact": "+33601010101"},
        {"media": "VOICE", "meanOfContact": "+33601010101"},
    )
    ids = {row["media"].lower(): row["id"] for row in rows}

    answer = await door.get(
        "/rest/optouts", params={name: value.format(**ids) for name, value in query.items()}
    )

    assert answer.status_code == 200, answer.text
    assert sorted(one["media"] for one in answer.json()["list"]) == media


async def test_a_number_that_is_compared_otherwise_is_told(door):
    answer = await door.get("/rest/optouts", params={"complex[id][like]": "1%"})

    assert (answer.status_code, answer.json()["messages"][0]["field"]) == (417, "id")
