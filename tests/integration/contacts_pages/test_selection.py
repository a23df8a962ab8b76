"""What is done with selected contacts, from the page."""

import re

from tests.integration.bulk.people import crowd


async def carried(db, name):
    async with db.read() as read:
        return await read.value("SELECT contacts FROM tags WHERE name = %s", [name])


async def test_all_that_match_are_tagged_and_put_back(ada, db, northwind):
    await crowd(db, northwind.id, 12, tags_add=("old",))
    form = {"action": "tag", "tag": "новости", "all": "1", "query": "tag=old"}

    answer = await ada.post("/contacts/bulk", form)
    page = await ada.get(answer.headers["location"])
    undo = re.search(r'action="(/contacts/bulk/[^"]+/undo)"', page.text)

    assert answer.headers["location"] == "/contacts?tag=old"
    assert "Attached tag новости" in page.text
    assert await carried(db, "новости") == 12
    assert undo
    card = await ada.get(undo[1].removesuffix("/undo"))
    assert "list-changed" in card.headers["HX-Trigger"]
    await ada.post(undo[1])
    assert await carried(db, "новости") == 0


async def test_deleting_asks_once_and_names_the_number(ada, db, northwind):
    made = await crowd(db, northwind.id, 3)
    form = {"action": "delete", "id": [str(id) for id in made[:2]]}

    asked = await ada.post("/contacts/bulk", form)
    kept = await ada.get("/contacts")
    await ada.post("/contacts/bulk", form | {"confirmed": "1"})
    left = await ada.get("/contacts")

    assert "Delete 2 contacts?" in asked.text
    assert kept.text.count("data-row=") == 3
    assert left.text.count("data-row=") == 1


async def test_nothing_selected_is_told_and_nothing_begins(ada, db, northwind):
    await crowd(db, northwind.id, 1)

    answer = await ada.post("/contacts/bulk", {"action": "deactivate"})
    page = await ada.get(answer.headers["location"])

    assert "Select the contacts first" in page.text
    assert "Deactivat" not in re.sub(r'<div class="menu".*?</div>', "", page.text, flags=re.DOTALL)


async def test_the_card_of_a_job_belongs_to_its_account(ada, kenji, db, northwind):
    made = await crowd(db, northwind.id, 1)
    await ada.post("/contacts/bulk", {"action": "deactivate", "id": str(made[0])})
    async with db.read() as read:
        job = await read.value("SELECT id FROM bulk_jobs")

    assert (await ada.get(f"/contacts/bulk/{job}")).status_code == 200
    assert (await kenji.get(f"/contacts/bulk/{job}")).status_code == 404
    assert (await kenji.post(f"/contacts/bulk/{job}/undo")).status_code == 404
