"""Who is on which lists, as a filter of contacts in every face."""

import asyncio

import pytest

from signalbook.kit import clock
from signalbook.kit.ids import new_id
from signalbook.lists import actions, queries
from tests.integration.bulk.people import crowd
from tests.integration.lists_faces.test_lists_api import added, ended

CONTACTS = "/api/v1/contacts"


@pytest.fixture
async def lists(db, northwind):
    """Five people: the first three on News, the second and third on VIP as well."""
    people = await crowd(db, northwind.id, 5)
    ids = {}
    for name, members in (("News", people[:3]), ("VIP", people[1:3]), ("Empty", [])):
        async with db.tx() as tx:
            one = await actions.create(tx, northwind.id, name, actor="test")
            await actions.join(tx, northwind.id, one.id, members, clock.now(), "test")
        ids[name] = one.id
    return ids


async def found(api, **params):
    answer = await api.get(CONTACTS, params=params)
    assert answer.status_code == 200, answer.text
    return sorted(int(one["email"][5:10]) for one in answer.json()["data"])


async def test_a_list_is_a_filter_of_the_api(api, lists):
    news, vip, empty = (str(lists[name]) for name in ("News", "VIP", "Empty"))

    assert await found(api, list=news) == [0, 1, 2]
    assert await found(api, list=[news, vip]) == [1, 2]
    assert await found(api, any_list=[vip, empty]) == [1, 2]
    assert await found(api, none_list=vip) == [0, 3, 4]
    assert await found(api, none_list=[news, empty]) == [3, 4]
    assert await found(api, list=str(new_id())) == []
    assert await found(api, list=[news, str(new_id())]) == []
    assert await found(api, none_list=str(new_id())) == [0, 1, 2, 3, 4]
    refused = await api.get(CONTACTS, params={"list": "News"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "list")


async def test_a_list_of_another_account_finds_nobody(api, db, contoso, lists):
    async with db.tx() as tx:
        theirs = await actions.create(tx, contoso.id, "Theirs", actor="test")

    assert await found(api, list=str(theirs.id)) == []


async def test_a_job_on_a_list_takes_lists_as_its_filter(api, db, northwind, lists):
    one = {"id": str(lists["Empty"])}
    job = await added(
        api, one, filter={"lists": [str(lists["News"])], "none_list": [str(lists["VIP"])]}
    )
    told = await ended(api, one, job.json())

    assert (told["state"], told["total"], told["changed"]) == ("done", 1, 1)
    async with db.read() as read:
        assert (await queries.get(read, northwind.id, lists["Empty"])).members == 1


async def test_an_export_takes_lists_as_its_filter(api, lists):
    columns = ["email", "joined_at", "joined_by"]
    body = {"filter": {"lists": [str(lists["VIP"])]}, "columns": columns}
    export = (await api.post("/api/v1/exports", json=body)).json()
    while export["state"] in {"queued", "running"}:
        await asyncio.sleep(0.02)
        export = (await api.get(f"/api/v1/exports/{export['id']}")).json()

    assert (export["state"], export["total"], export["done"]) == ("done", 2, 2)
    head, *rows = (await api.get(export["file"])).text.splitlines()
    assert head == "email,joined_at,joined_by"
    assert [row.split(",")[0] for row in rows] == [f"crowd{n:05}@example.com" for n in (1, 2)]
    assert all(row.split(",")[1].startswith("20") and row.endswith(",test") for row in rows)
    refused = await api.post("/api/v1/exports", json={"columns": ["joined_at"]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown_column")


async def test_the_table_is_narrowed_to_lists_and_says_so(ada, lists, queries_at_most):
    news, vip = lists["News"], lists["VIP"]

    with queries_at_most(5):
        page = await ada.get(f"/contacts?list={news}&list={vip}")
    without = await ada.get(f"/contacts?list={news}&list={vip}&lists=none")
    gone = await ada.get(f"/contacts?list={new_id()}")
    unread = await ada.get("/contacts?list=News&lists=any")

    assert _shown(page.text) == [1, 2]
    assert "On list <b>News</b>" in page.text
    assert f'href="/contacts?list={vip}"' in page.text, "the chip of News leads to VIP alone"
    assert f'name="list" value="{news}" checked' in page.text
    assert _shown(without.text) == [3, 4]
    assert "Not on <b>News</b>" in without.text
    assert _shown(gone.text) == []
    assert "a list that is gone" in gone.text
    assert _shown(unread.text) == [0, 1, 2, 3, 4]


async def test_all_that_match_are_those_on_the_list(ada, db, northwind, lists):
    await ada.post(
        "/contacts/bulk",
        {"action": "tag", "tag": "wave", "all": "1", "query": f"list={lists['VIP']}"},
    )

    assert _shown((await ada.get("/contacts?tag=wave")).text) == [1, 2]


def _shown(text):
    return [number for number in range(5) if f"crowd{number:05}@example.com" in text]
