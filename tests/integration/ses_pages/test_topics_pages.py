"""Topics on the console: contact lists and what people subscribe to, without scripts."""

import re

import pytest

from signalbook.ses import queries
from signalbook.ses.model import channel_of
from tests.integration.bulk.people import apply

LIST = {"region": "eu-west-1", "name": "newsletter", "description": "Once a month"}
NEWS = {"name": "news", "display_name": "Monthly news", "description": "", "default": "OPT_IN"}


async def made(ada, db, account_id, *topics):
    await ada.post("/topics/lists", LIST)
    (one,) = await lists(db, account_id)
    for topic in topics:
        await ada.post(f"/topics/lists/{one.id}", topic)
    (one,) = await lists(db, account_id)
    return one


async def lists(db, account_id):
    async with db.read() as read:
        return await queries.page(read, account_id, None, ("", ""), 10)


def numbers(page, topic):
    row = re.search(rf"<tr>(?:(?!</tr>).)*{topic}.*?</tr>", page.text, re.DOTALL)
    assert row
    return [int(one) for one in re.findall(r">(\d+)<", row[0])]


async def test_without_a_contact_list_the_page_says_how_to_make_one(ada):
    page = await ada.get("/topics")

    assert "No contact list yet" in page.text
    assert "aws sesv2 create-contact-list" in page.text
    assert "/topics/new" in page.text


async def test_a_contact_list_is_made_and_what_is_wrong_is_told_beside_it(ada, db, northwind):
    wrong = await ada.post("/topics/lists", LIST | {"name": "news letter"})
    nowhere = await ada.post("/topics/lists", LIST | {"region": "Ireland"})
    there = await ada.post("/topics/lists", LIST)
    again = await ada.post("/topics/lists", LIST)

    assert wrong.status_code == 400
    assert "Only alphanumeric characters" in wrong.text
    assert 'value="news letter"' in wrong.text
    assert "looks like eu-west-1" in nowhere.text
    assert there.headers["location"] == "/topics"
    assert again.status_code == 400
    assert [one.name for one in await lists(db, northwind.id)] == ["newsletter"]
    assert "Once a month" in (await ada.get("/topics")).text


async def test_topics_are_added_changed_and_deleted(ada, db, northwind):
    one = await made(ada, db, northwind.id, NEWS, NEWS | {"name": "events", "display_name": ""})
    here = f"/topics/lists/{one.id}"

    taken = await ada.post(here, NEWS)
    page = await ada.get("/topics")
    form = await ada.get(f"{here}/topics/news")
    await ada.post(f"{here}/topics/news", NEWS | {"display_name": "News", "default": "OPT_OUT"})
    await ada.post(f"{here}/topics/events/deletion")
    (after,) = await lists(db, northwind.id)

    assert taken.status_code == 409
    assert "has a topic news already" in taken.text
    assert [topic.display_name for topic in one.topics] == ["Monthly news", "events"]
    assert "Monthly news" in page.text
    assert 'value="Monthly news"' in form.text
    assert [(t.name, t.display_name, t.default_status) for t in after.topics] == [
        ("news", "News", "OPT_OUT")
    ]
    assert after.description == "Once a month"
    assert (await ada.get(f"{here}/topics/events")).status_code == 404


async def test_who_is_in_out_and_neither_is_counted(ada, db, northwind, queries_at_most):
    one = await made(ada, db, northwind.id, NEWS)
    topic = one.topics[0].list_id
    people = [
        (await apply(db, northwind.id, email=f"{name}@example.com")).contact.id
        for name in ("eve", "ada", "bob", "kay")
    ]
    await apply(db, northwind.id, mobile="+12025550143")
    await ada.post(f"/lists/{topic}/additions", {"who": "eve@example.com"})
    await db.transact(
        lambda tx: tx.execute(
            """
            INSERT INTO optout_states (account_id, address, channel, reason, since, source)
            VALUES (%(account_id)s, 'ada@example.com', %(channel)s, 'user', now(), 'console'),
                   (%(account_id)s, 'gone@example.com', %(channel)s, 'user', now(), 'console')
            """,
            {"account_id": northwind.id, "channel": channel_of(topic)},
        )
    )

    with queries_at_most(9):
        page = await ada.get("/topics")

    assert len(people) == 4
    assert numbers(page, "Monthly news") == [1, 1, 2]
    assert "4 contacts" in page.text


async def test_a_contact_list_is_deleted_and_its_contacts_stay(ada, db, northwind):
    one = await made(ada, db, northwind.id, NEWS)
    await apply(db, northwind.id, email="eve@example.com")

    await ada.post(f"/topics/lists/{one.id}/deletion")

    assert await lists(db, northwind.id) == []
    assert "eve@example.com" in (await ada.get("/contacts?search=eve")).text


@pytest.mark.parametrize("path", ["new", "topics/news"])
async def test_nobody_sees_the_lists_of_another_account(ada, kenji, db, northwind, path):
    one = await made(ada, db, northwind.id, NEWS)

    assert "No contact list yet" in (await kenji.get("/topics")).text
    assert (await kenji.get(f"/topics/lists/{one.id}/{path}")).status_code == 404
    assert (await kenji.post(f"/topics/lists/{one.id}", NEWS)).status_code == 404
    assert (await kenji.post(f"/topics/lists/{one.id}/deletion")).status_code == 404


async def test_a_viewer_looks_and_changes_nothing(ada, grace, db, northwind):
    one = await made(ada, db, northwind.id, NEWS)

    page = await grace.get("/topics")

    assert "Monthly news" in page.text
    assert "Add topic" not in page.text
    assert (await grace.post(f"/topics/lists/{one.id}", NEWS)).status_code == 403
