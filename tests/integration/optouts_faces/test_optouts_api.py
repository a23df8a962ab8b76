"""Opt-outs through the API: listed, added, lifted, told, synchronised; and why not."""

from signalbook.kit.ids import new_id

URL = "/api/v1/optouts"
ADA = "ada@x.example"
NUMBER = "+442071838750"


async def contact(api, **what):
    answer = await api.post("/api/v1/contacts", json=what)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def add(api, **what):
    return await api.post(URL, json={"channel": "email", "address": ADA} | what)


async def test_one_is_added_and_listed_and_holds(api):
    ada = await contact(api, email=ADA)

    added = await add(api, reason="hardbounced", evidence={"message_id": "m-1"})
    again = await add(api, reason="hardbounced")

    assert (added.status_code, again.status_code) == (201, 200)
    place = {"channel": "email", "address": ADA, "reason": "hardbounced"}
    assert added.json() == {
        "status": "restricted", "written": [place], "left": [place], "contacts": [ada["id"]],
        "error": None,
    }  # fmt: skip
    assert again.json()["status"] == "unchanged"
    shown = (await api.get(f"/api/v1/contacts/{ada['id']}")).json()
    assert shown["reachability"]["email"] is False
    (listed,) = (await api.get(URL)).json()["data"]
    assert (listed["address"], listed["reason"], listed["source"]) == (ADA, "hardbounced", "api")


async def test_the_list_is_filtered_and_comes_in_pages(api):
    many = [{"channel": "all", "address": f"+4420718387{n:02d}"} for n in range(5)]
    many += [{"channel": "email", "address": f"p{n}@x.example", "reason": "spam"} for n in range(3)]
    done = await api.post(f"{URL}/batch", json={"add": many})
    assert [one["status"] for one in done.json()["added"]] == ["restricted"] * 8

    seen, cursor = [], None
    while True:
        after = {"starting_after": cursor} if cursor else {}
        page = (await api.get(URL, params={"limit": 7, **after})).json()
        seen += [(one["address"], one["channel"]) for one in page["data"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break

    async def count(**asked):
        return len((await api.get(URL, params=asked)).json()["data"])

    assert len(seen) == len(set(seen)) == 23
    assert await count(channel="sms") == 5
    assert await count(reason="spam") == 3
    assert await count(address="P1@X.example") == 1
    assert await count(address="+4420718387") == 20
    assert await count(source="api", channel="email") == 3
    assert await count(before="2020-01-01") == 0
    assert (await api.get(URL, params={"channel": "fax"})).status_code == 400


async def test_a_key_lifts_what_the_account_has_set_and_nothing_else(api):
    await add(api)
    await add(api, reason="contact")

    lifted = await api.post(f"{URL}/lifts", json={"channel": "email", "address": ADA})
    theirs = await api.post(
        f"{URL}/lifts", json={"channel": "email", "address": ADA, "reason": "contact"}
    )
    spam = await api.post(
        f"{URL}/lifts",
        json={"channel": "email", "address": ADA, "reason": "spam", "note": "please"},
    )

    assert lifted.json()["status"] == "lifted"
    assert [one["reason"] for one in lifted.json()["left"]] == ["contact"]
    assert (theirs.status_code, spam.status_code) == (403, 403)
    assert theirs.json()["code"] == "optouts_not_yours"
    assert spam.json()["code"] == "lift_needs_person"


async def test_the_history_shows_everything_that_was_ever_said(api):
    await add(api)
    await api.post(f"{URL}/lifts", json={"channel": "email", "address": ADA, "note": "a mistake"})
    await add(api, reason="spam")

    lines = (await api.get(f"{URL}/history", params={"address": "ADA@x.example"})).json()["data"]

    assert [(line["kind"], line["reason"]) for line in lines] == [
        ("out", "spam"), ("in", "user"), ("out", "user"),
    ]  # fmt: skip
    assert lines[1]["evidence"] == {"note": "a mistake"}
    assert lines[0]["actor"].startswith("key:")


async def test_a_bad_one_is_refused_with_its_sentence(api):
    for odd in (
        {"channel": "sms", "address": ADA},
        {"channel": "email", "address": "nobody"},
        {"channel": "email", "address": ADA, "contact_id": str(new_id())},
        {"channel": "email"},
        {"channel": "fax", "address": ADA},
    ):
        answer = await api.post(URL, json=odd)
        assert answer.status_code == 400, odd
        assert answer.json()["errors"], odd
    missing = await api.post(URL, json={"channel": "all", "contact_id": str(new_id())})
    assert missing.status_code == 404


async def test_a_reply_stops_and_starts(api):
    ada = await contact(api, mobile=NUMBER)
    reply = {"channel": "sms", "from_address": NUMBER, "message_id": "SM1"}

    stopped = await api.post(f"{URL}/replies", json=reply | {"text": "Stop."})
    why = (await api.get(f"/api/v1/contacts/{ada['id']}/reachability")).json()
    other = await api.post(f"{URL}/replies", json=reply | {"text": "stop by at five"})
    started = await api.post(f"{URL}/replies", json=reply | {"text": "START"})
    odd = await api.post(f"{URL}/replies", json=reply | {"text": "STOP", "message_id": "\0"})
    assert (odd.status_code, odd.json()["code"]) == (400, "optout_invalid")
    nobody = await api.post(f"{URL}/replies", json=reply | {"text": "STOP", "from_address": "AB"})

    assert stopped.json()["result"]["status"] == "restricted"
    assert other.json() == {"meaning": None, "result": None}
    assert started.json()["result"]["status"] == "lifted"
    assert nobody.status_code == 400
    sms = next(one for one in why["channels"] if one["channel"] == "sms")
    assert (sms["reachable"], sms["why_not"][0]["code"]) == (False, "contact")
    assert sms["why_not"][0]["source"] == "reply"


async def test_why_not_names_every_reason(api, db, northwind):
    ada = await contact(api, email=ADA, mobile=NUMBER)
    await add(api, reason="spam")
    await add(api, address="@x.example")
    made = (await api.post("/api/v1/lists", json={"name": "Closed"})).json()
    await api.post(f"/api/v1/lists/{made['id']}/contacts", json={"ids": [ada["id"]]})
    async with db.tx() as tx:
        await tx.execute("UPDATE lists SET is_active = false WHERE name = 'Closed'")
    await api.patch(f"/api/v1/contacts/{ada['id']}", json={"is_active": False})

    told = (await api.get(f"/api/v1/contacts/{ada['id']}/reachability")).json()

    by_channel = {
        one["channel"]: [why["code"] for why in one["why_not"]] for one in told["channels"]
    }
    assert by_channel == {
        "email": ["spam", "domain", "inactive", "list_deactivated"],
        "sms": ["inactive", "list_deactivated"],
        "voice": ["inactive", "list_deactivated"],
        "voicemail": ["inactive", "list_deactivated"],
        "whatsapp": ["inactive", "list_deactivated"],
        "push": ["no_address"],
    }
    assert told["channels"][0]["addresses"] == [ADA]


async def test_a_blocklist_manages_its_own_and_nothing_else(api):
    await add(api, address="mine@x.example")
    await add(api, address="left@x.example", reason="contact")
    url = f"{URL}/blocklist?channel=email"
    first = ["A@x.example", "mine@x.example", "left@x.example", "@blocked.example", "no address"]

    looked = await api.put(f"{url}&dry_run=true", json=first)
    unchanged = (await api.get(URL)).json()["data"]
    done = await api.put(url, json=first)
    csv = "name;e-mail\nBob;b@x.example\n;a@x.example\n"
    second = await api.put(url, content=csv, headers={"content-type": "text/csv"})
    third = await api.put(url, content="", headers={"content-type": "text/plain"})

    assert looked.json() | {"dry_run": False} == done.json()
    assert len(unchanged) == 2
    assert done.json() == {
        "channel": "email", "dry_run": False, "added": 3, "lifted": 0, "unchanged": 1,
        "rejected": 1,
        "first_added": ["@blocked.example", "a@x.example", "left@x.example"], "first_lifted": [],
        "first_rejected": done.json()["first_rejected"],
    }  # fmt: skip
    assert (second.json()["added"], second.json()["lifted"], second.json()["unchanged"]) == (
        1,
        2,
        1,
    )
    assert (third.json()["added"], third.json()["lifted"]) == (0, 2)
    left = {(one["address"], one["reason"]) for one in (await api.get(URL)).json()["data"]}
    assert left == {("mine@x.example", "user"), ("left@x.example", "contact")}


async def test_a_blocklist_that_cannot_be_read_changes_nothing(api):
    url = f"{URL}/blocklist?channel=sms"

    assert (await api.put(url, json={"not": "a list"})).status_code == 400
    assert (await api.put(URL + "/blocklist", json=[])).status_code == 400
    assert (await api.put(url)).json()["code"] == "body_missing"
    odd = await api.put(url, content=b"\xff\xfe", headers={"content-type": "text/plain"})
    assert odd.json()["code"] == "list_unreadable"
    await api.put(url, json=[NUMBER])
    email = await api.put(url, json=["ada@x.example"])
    assert email.json()["message"] == (
        "The list cannot be read: none of its lines is an address of sms."
    )
    both = await api.put(url, json=["ada@x.example", NUMBER])
    assert both.json()["first_rejected"] == ["ada@x.example cannot be reached by sms"]
    assert both.json()["unchanged"] == 1


async def test_a_page_of_opt_outs_costs_one_query(api, queries_at_most):
    await add(api)
    await api.get(URL)

    with queries_at_most(2):
        await api.get(URL)


async def test_a_file_goes_in_and_comes_out(api):
    file = "address;reason;channel\nADA@x.example;contact;email\n+442071838750;;\nnobody;;\n"
    url = f"{URL}/import?name=left.csv&reason=spam"

    looked = await api.post(
        f"{url}&dry_run=true", content=file, headers={"content-type": "text/csv"}
    )
    done = await api.post(url, content=file, headers={"content-type": "text/csv"})
    again = await api.post(url, content=file, headers={"content-type": "text/csv"})
    out = await api.get(f"{URL}/export", params={"channel": "email"})

    assert looked.json() == done.json()
    assert (done.json()["restricted"], done.json()["rejected"]) == (2, 1)
    assert done.json()["first_rejected"][0].startswith("Row 4: ")
    assert (again.json()["restricted"], again.json()["unchanged"]) == (0, 2)
    assert out.text.splitlines()[1].startswith("ada@x.example,email,contact,")
    lines = (await api.get(f"{URL}/history", params={"address": ADA})).json()["data"]
    assert lines[0]["evidence"] == {"file": "left.csv", "row": 2}


async def topic(api, name="Newsletter"):
    made = await api.post("/api/v1/lists", json={"name": name, "kind": "topic"})
    assert made.status_code == 201, made.text
    return f"topic:{made.json()['id']}"


async def test_an_address_is_opted_out_of_one_topic_and_may_be_reached_about_others(api):
    ada = await contact(api, email=ADA)
    news = await topic(api)

    added = await add(api, channel=news)
    by_id = await api.post(URL, json={"channel": news, "contact_id": ada["id"]})

    place = {"channel": news, "address": ADA, "reason": "user"}
    assert (added.status_code, added.json()["written"]) == (201, [place])
    assert (by_id.status_code, by_id.json()["status"]) == (200, "unchanged")
    shown = (await api.get(f"/api/v1/contacts/{ada['id']}")).json()
    assert shown["reachability"]["email"] is True
    for asked in (news, news.upper().replace("TOPIC", "Topic")):
        (listed,) = (await api.get(URL, params={"channel": asked})).json()["data"]
        assert (listed["address"], listed["channel"]) == (ADA, news)
    assert (await api.get(URL, params={"channel": "email"})).json()["data"] == []
    lifted = await api.post(f"{URL}/lifts", json={"channel": news, "address": ADA})
    assert lifted.json()["written"] == [place]
    assert (await api.get(URL)).json()["data"] == []


async def test_a_topic_that_is_none_or_cannot_be_is_refused_with_what_to_do(api):
    news, static = await topic(api), await api.post("/api/v1/lists", json={"name": "Clients"})

    answers = {
        f"topic:{new_id()}": 404,
        f"topic:{static.json()['id']}": 404,
        "topic:news": 400,
        "smoke": 400,
    }
    for channel, status in answers.items():
        refused = await add(api, channel=channel)
        assert refused.status_code == status, refused.text
        assert "topic" in refused.text
    for address in (NUMBER, "id:7", "@x.example"):
        refused = await add(api, channel=news, address=address)
        assert "no e-mail address" in str(refused.json()), address
    assert (await api.get(URL, params={"channel": "topic:x"})).status_code == 400


async def test_a_file_names_topics_as_the_list_does(api):
    news = await topic(api)
    rows = f"address,channel,reason\n{ADA},{news},contact\n{NUMBER},{news},contact\n"

    filed = await api.post(
        f"{URL}/import", content=rows.encode(), headers={"content-type": "text/csv"}
    )
    whole = await api.post(
        f"{URL}/import",
        params={"channel": news},
        content=b"address\ngrace@x.example\n",
        headers={"content-type": "text/csv"},
    )

    assert filed.json()["restricted"] == 1
    assert "no e-mail address" in filed.json()["first_rejected"][0]
    assert whole.json()["restricted"] == 1
    listed = (await api.get(URL, params={"channel": news})).json()["data"]
    assert {one["address"] for one in listed} == {ADA, "grace@x.example"}


async def test_a_file_without_a_line_and_a_channel_without_a_name_are_refused(api):
    csv = {"content-type": "text/csv"}

    for content in (b"", b" \n"):
        empty = await api.post(f"{URL}/import", content=content, headers=csv)
        assert (empty.status_code, empty.json()["code"]) == (400, "list_unreadable")
    for path in (URL, f"{URL}/import"):
        method = "GET" if path == URL else "POST"
        odd = await api.request(method, path, params={"channel": ""}, content=b"a", headers=csv)
        assert odd.status_code == 400, path
        assert "channel must be one of" in odd.text
