"""`/api/v1/lists`, as a program sees it."""

import asyncio

import pytest

from signalbook.kit.ids import new_id
from signalbook.lists import gathering
from tests import asgi
from tests.integration.bulk.people import apply, crowd

LISTS = "/api/v1/lists"


async def made(api, name="Newsletter", **more):
    answer = await api.post(LISTS, json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def added(api, one, **who):
    return await api.post(f"{LISTS}/{one['id']}/contacts", json=who)


async def ended(api, one, job):
    told = {}
    for _ in range(200):
        told = (await api.get(f"{LISTS}/{one['id']}/jobs/{job['id']}")).json()
        if told["state"] not in {"queued", "running"}:
            return told
        await asyncio.sleep(0.05)
    raise AssertionError(told)


async def test_a_list_is_made_shown_described_and_deleted(api):
    one = await made(api, " Spring  news ", description="Fair")
    address = f"{LISTS}/{one['id']}"

    changed = await api.patch(address, json={"name": "Summer news"})
    shown = (await api.get(address)).json()
    gone = await api.delete(address)

    assert (one["name"], one["members"], one["kind"], one["is_active"]) == (
        "Spring news", 0, "static", True,
    )  # fmt: skip
    assert changed.json() == shown == one | {"name": "Summer news"}
    assert shown["description"] == "Fair"
    assert gone.json() == {"deleted": True, "id": one["id"]}
    assert (await api.get(address)).status_code == 404
    assert (await api.delete(address)).status_code == 404


async def test_lists_come_by_name_page_by_page(api):
    for name in ("beta", "Alpha", "gamma", "Beta two"):
        await made(api, name)

    first = (await api.get(LISTS, params={"limit": 3})).json()
    rest = (await api.get(LISTS, params={"starting_after": first["next_cursor"]})).json()
    found = (await api.get(LISTS, params={"search": "BETA"})).json()

    assert [one["name"] for one in first["data"]] == ["Alpha", "beta", "Beta two"]
    assert [one["name"] for one in rest["data"]] == ["gamma"]
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)
    assert [one["name"] for one in found["data"]] == ["beta", "Beta two"]


async def test_a_name_that_is_taken_is_a_conflict(api):
    await made(api, "News")
    other = await made(api, "Other")

    answers = [
        await api.post(LISTS, json={"name": "NEWS"}),
        await api.patch(f"{LISTS}/{other['id']}", json={"name": "news"}),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (409, "list_name_taken")


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x" * 101}, {"name": "a\x00"}, {"name": 7}, {"name": "x", "a": 1},
     {"name": "x", "description": "y" * 501}, []],
)  # fmt: skip
async def test_a_malformed_list_is_refused_with_its_problems(api, body):
    answer = await api.post(LISTS, json=body)

    assert answer.status_code == 400
    assert answer.json()["errors"]


async def test_the_same_call_with_a_key_makes_one_list(api):
    headers = {"Idempotency-Key": "one"}

    answers = [await api.post(LISTS, json={"name": "Once"}, headers=headers) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert [one.status_code for one in answers] == [201, 201]


async def test_contacts_are_added_by_any_name_and_the_unknown_are_told(api, db, northwind):
    ada = (await apply(db, northwind.id, email="ada@example.com")).contact.id
    await apply(db, northwind.id, mobile="+442071838750")
    await apply(db, northwind.id, external_id="crm-7")
    one = await made(api)

    first = await added(
        api, one, ids=[str(ada)], emails=["ADA@example.com", "no\x00@example.com"],
        mobiles=["+442071838750"], external_ids=["crm-8"],
    )  # fmt: skip
    second = await added(api, one, external_ids=["crm-7"], ids=[str(ada)])

    assert first.status_code == 200
    assert first.json() == {
        "changed": 2, "unchanged": 0, "not_found": ["no\x00@example.com", "crm-8"], "members": 2,
    }  # fmt: skip
    assert second.json() == {"changed": 1, "unchanged": 1, "not_found": [], "members": 3}


async def test_who_is_on_a_list_is_shown_page_by_page_and_by_filter(api, db, northwind):
    people = await crowd(db, northwind.id, 5, tags_add=("vip",))
    other = (await apply(db, northwind.id, email="other@example.com")).contact.id
    await apply(db, northwind.id, email="outside@example.com", tags_add=("vip",))
    one = await made(api)
    await added(api, one, ids=[str(id) for id in [*people, other]])
    address = f"{LISTS}/{one['id']}/contacts"

    first = (await api.get(address, params={"limit": 4})).json()
    rest = (await api.get(address, params={"starting_after": first["next_cursor"]})).json()
    vip = (await api.get(address, params={"tag": "vip"})).json()

    shown = [member["id"] for member in [*first["data"], *rest["data"]]]
    assert shown == [str(id) for id in [other, *reversed(people)]]
    assert [member["id"] for member in vip["data"]] == [str(id) for id in reversed(people)]
    assert first["data"][0]["joined_by"].startswith("key:")
    assert first["data"][0]["joined_at"] >= first["data"][0]["created_at"]
    assert (await api.get(address, params={"starting_after": "x"})).status_code == 400


async def test_a_page_of_members_costs_six_statements(api, db, northwind, queries_at_most):
    people = await crowd(db, northwind.id, 20, tags_add=("vip",))
    one = await made(api)
    await added(api, one, ids=[str(id) for id in people])

    with queries_at_most(6):
        answer = await api.get(f"{LISTS}/{one['id']}/contacts", params={"tag": "vip", "limit": 10})

    assert len(answer.json()["data"]) == 10


async def test_contacts_are_removed(api, db, northwind):
    people = await crowd(db, northwind.id, 3)
    one = await made(api)
    await added(api, one, ids=[str(id) for id in people])

    answer = await api.request(
        "DELETE", f"{LISTS}/{one['id']}/contacts", json={"emails": ["crowd00001@example.com", "x"]}
    )

    assert answer.json() == {"changed": 1, "unchanged": 0, "not_found": ["x"], "members": 2}


async def test_all_that_match_are_added_and_removed_by_a_job(api, db, northwind):
    await crowd(db, northwind.id, 12, tags_add=("vip",))
    await apply(db, northwind.id, email="other@example.com")
    one = await made(api)

    begun = await added(api, one, filter={"tags": ["vip"]})
    done = await ended(api, one, begun.json())
    emptied = await api.request("DELETE", f"{LISTS}/{one['id']}/contacts", json={"filter": {}})
    after = await ended(api, one, emptied.json())

    assert begun.status_code == emptied.status_code == 202
    assert (begun.json()["state"], begun.json()["total"]) == ("queued", None)
    assert (done["state"], done["total"], done["changed"]) == ("done", 12, 12)
    assert (after["state"], after["changed"]) == ("done", 12)
    assert (await api.get(f"{LISTS}/{one['id']}")).json()["members"] == 0


async def test_more_names_than_fit_at_once_become_a_job(api, db, northwind, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_AT_ONCE", 3)
    people = await crowd(db, northwind.id, 4)
    one = await made(api)

    few = await added(api, one, ids=[str(id) for id in people[:3]])
    many = await added(api, one, ids=[str(id) for id in people], emails=["nobody@example.com"])

    assert few.status_code == 200
    assert many.status_code == 202
    assert many.json()["not_found"] == ["nobody@example.com"]
    done = await ended(api, one, many.json())
    assert (done["total"], done["changed"], done["unchanged"]) == (4, 1, 3)


async def test_a_job_that_is_over_is_cancelled_without_effect(api, db, northwind):
    await crowd(db, northwind.id, 2)
    one = await made(api)
    job = (await added(api, one, filter={})).json()
    done = await ended(api, one, job)

    answer = await api.post(f"{LISTS}/{one['id']}/jobs/{job['id']}/cancel")

    assert answer.json() == done
    assert (await api.get(f"{LISTS}/{new_id()}/jobs/{job['id']}")).status_code == 404


async def test_a_job_goes_with_its_list(api, db, northwind):
    one = await made(api)
    job = (await added(api, one, filter={})).json()
    await ended(api, one, job)

    await api.delete(f"{LISTS}/{one['id']}")

    assert (await api.get(f"{LISTS}/{one['id']}/jobs/{job['id']}")).status_code == 404
    assert (await api.post(f"{LISTS}/{one['id']}/jobs/{job['id']}/cancel")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"ids": []}, {"ids": ["x"]}, {"emails": ["a@b.example"], "filter": {}},
     {"filter": {"reachable": "fax"}}, {"filter": {"tags": ["a\x00"]}},
     {"filter": {"color": "red"}}, {"filter": {"created_after": "yesterday"}}, {"people": ["x"]}],
)  # fmt: skip
async def test_who_is_meant_must_be_clear(api, body):
    one = await made(api)

    for method in ("POST", "DELETE"):
        answer = await api.request(method, f"{LISTS}/{one['id']}/contacts", json=body)
        assert answer.status_code == 400, (method, body, answer.text)


async def test_too_many_names_are_refused_before_anything_is_done(api, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_NAMED", 2)
    one = await made(api)

    answer = await added(api, one, emails=["a", "b", "c"])

    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_named")


async def test_a_key_that_may_only_read_reads_and_another_account_sees_nothing(
    app, api, contoso, northwind
):
    one = await made(api)
    async with asgi.client(app, {"X-API-Key": northwind.read_key}) as reader:
        assert (await reader.get(f"{LISTS}/{one['id']}")).status_code == 200
        assert (await reader.post(LISTS, json={"name": "x"})).status_code == 403
        assert (await added(reader, one, emails=["x"])).status_code == 403
    async with asgi.client(app, {"X-API-Key": contoso.api_key}) as other:
        assert (await other.get(LISTS)).json()["data"] == []
        for path in ("", "/contacts"):
            assert (await other.get(f"{LISTS}/{one['id']}{path}")).status_code == 404
        assert (await added(other, one, filter={})).status_code == 404


async def test_deleting_and_merging_through_the_api_keeps_the_counts(api, db, northwind):
    people = await crowd(db, northwind.id, 2)
    one = await made(api)
    await added(api, one, ids=[str(id) for id in people])

    await api.delete(f"/api/v1/contacts/{people[0]}")

    assert (await api.get(f"{LISTS}/{one['id']}")).json()["members"] == 1


def test_the_commands_let_lists_follow_as_well():
    from signalbook import cli
    from signalbook.contacts import following

    assert cli.app
    assert "lists" in following._followers


async def test_a_list_is_made_of_others(api, db, northwind):
    await crowd(db, northwind.id, 4)
    one, two = await made(api, "One"), await made(api, "Two")
    await added(api, one, emails=[f"crowd{n:05}@example.com" for n in range(3)])
    await added(api, two, emails=["crowd00000@example.com"])
    asked = {"name": "New", "from": {"all": [one["id"]], "none": [two["id"]]}}

    answer = await api.post(LISTS, json=asked)
    begun = answer.json()
    job = await ended(api, begun["list"], begun["job"])

    assert (answer.status_code, begun["list"]["name"]) == (202, "New")
    assert (job["state"], job["changed"]) == ("done", 2)
    assert (await api.get(f"{LISTS}/{begun['list']['id']}")).json()["members"] == 2
    nothing = await api.post(LISTS, json={"name": "Else", "from": {"none": [one["id"]]}})
    assert (nothing.status_code, nothing.json()["code"]) == (400, "nothing_combined")
    missing = await api.post(LISTS, json={"name": "Else", "from": {"all": [str(new_id())]}})
    assert (missing.status_code, missing.json()["code"]) == (404, "list_not_found")


async def test_a_list_is_deactivated_and_activated(api, db, northwind):
    await crowd(db, northwind.id, 2)
    one = await made(api, kind="topic")
    await added(api, one, emails=["crowd00000@example.com"])
    address = f"{LISTS}/{one['id']}"

    answer = await api.post(f"{address}/deactivate")
    told = await ended(api, one, answer.json()["job"])
    again = await api.post(f"{address}/deactivate")
    off = (await api.get("/api/v1/contacts", params={"reachable": "email"})).json()["data"]
    held = (await api.get("/api/v1/contacts", params={"list_active": "false"})).json()["data"]
    refused = await api.post(f"{address}/jobs/{told['id']}/cancel")
    on = await api.post(f"{address}/activate")
    await ended(api, one, on.json()["job"])
    found = (await api.get("/api/v1/contacts", params={"reachable": "email"})).json()["data"]

    assert (one["kind"], one["is_active"]) == ("topic", True)
    assert (answer.status_code, answer.json()["list"]["is_active"]) == (202, False)
    assert (told["action"], told["changed"]) == ("deactivate", 1)
    assert (again.status_code, again.json()["job"]) == (200, None)
    assert [one["email"] for one in off] == ["crowd00001@example.com"]
    assert [one["email"] for one in held] == ["crowd00000@example.com"]
    assert (refused.status_code, refused.json()["code"]) == (409, "switch_goes_on")
    assert on.json()["list"]["is_active"] is True
    assert len(found) == 2
    assert (await api.patch(address, json={"kind": "static"})).json()["kind"] == "static"
    assert (await api.post(f"{LISTS}/{new_id()}/deactivate")).status_code == 404
