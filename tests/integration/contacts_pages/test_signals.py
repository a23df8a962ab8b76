"""The page of signals."""

import re

from tests.integration.bulk.people import apply


async def tagged(db, account_id):
    await apply(db, account_id, email="ada@example.com", tags_add=("vip", "sneakers"))
    await apply(db, account_id, email="bob@example.com", tags_add=("vip",))
    async with db.read() as read:
        rows = await read.rows("SELECT name, id FROM tags WHERE account_id = %s", [account_id])
    return dict(rows)


async def names(console, query=""):
    page = await console.get(f"/tags{query}")
    return re.findall(r'<td class="lead"><a class="chip[^>]*title="([^"]+)"', page.text)


async def test_signals_are_listed_sorted_and_found(ada, grace, db, northwind):
    await tagged(db, northwind.id)

    assert await names(ada) == ["vip", "sneakers"]
    assert await names(ada, "?sort=name") == ["sneakers", "vip"]
    assert await names(grace, "?search=SNEAK") == ["sneakers"]


async def test_a_tag_is_renamed_merged_and_deleted(ada, db, northwind):
    ids = await tagged(db, northwind.id)

    await ada.post(f"/tags/{ids['vip']}/name", {"name": "gold"})
    assert await names(ada) == ["gold", "sneakers"]
    await ada.post(f"/tags/{ids['sneakers']}/merger", {"into": "gold"})
    assert await names(ada) == ["gold"]
    await ada.post(f"/tags/{ids['vip']}/deletion")
    assert await names(ada) == []


async def test_a_name_that_is_taken_is_told(ada, db, northwind):
    ids = await tagged(db, northwind.id)

    answer = await ada.post(f"/tags/{ids['vip']}/name", {"name": "sneakers"})

    assert "merge into it instead" in (await ada.get(answer.headers["location"])).text


async def test_who_may_only_look_changes_no_tag(grace, kenji, db, northwind):
    ids = await tagged(db, northwind.id)

    assert (await grace.post(f"/tags/{ids['vip']}/deletion")).status_code == 403
    assert (await kenji.post(f"/tags/{ids['vip']}/deletion")).status_code == 404
