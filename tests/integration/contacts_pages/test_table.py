"""The table of contacts: what its address says, what it costs, what each person sees."""

import re

from tests.integration.bulk.people import apply, crowd


def names(page):
    return re.findall(r'<a class="lead-link"[^>]*>.*?<span>([^<]*)</span></a>', page.text)


async def three(db, account_id):
    ada = await apply(db, account_id, email="ada@example.com", tags_add=("vip", "math"),
                      fields={"first_name": "Ada", "city": "London"})  # fmt: skip
    bob = await apply(db, account_id, mobile="+14155552671", tags_add=("vip",),
                      fields={"first_name": "Bob", "city": "Paris"})  # fmt: skip
    eve = await apply(db, account_id, external_id="crm-7", fields={"first_name": "Eve"},
                      status="unsubscribe")  # fmt: skip
    return ada, bob, eve


async def test_the_first_page_without_contacts_shows_how_to_send_one(ada, northwind):
    page = await ada.get("/contacts")

    assert page.status_code == 200
    assert "curl http" in page.text
    assert northwind.upload_key[:9] in page.text
    assert northwind.upload_key not in page.text


async def test_the_latest_activity_comes_first_and_a_header_turns_the_order(ada, db, northwind):
    await three(db, northwind.id)

    assert names(await ada.get("/contacts")) == ["Eve", "Bob", "Ada"]
    assert names(await ada.get("/contacts?sort=name")) == ["Ada", "Bob", "Eve"]
    assert names(await ada.get("/contacts?sort=-name")) == ["Eve", "Bob", "Ada"]
    assert names(await ada.get("/contacts?sort=created")) == ["Ada", "Bob", "Eve"]


async def test_the_address_says_which_contacts(ada, db, northwind):
    await three(db, northwind.id)

    async def shown(query):
        return sorted(names(await ada.get(f"/contacts?{query}")))

    assert await shown("tag=vip&tag=math") == ["Ada"]
    assert await shown("tag=math&tag=vip&match=any") == ["Ada", "Bob"]
    assert await shown("tag=vip&match=none") == ["Eve"]
    assert await shown("status=unsubscribed") == ["Eve"]
    assert await shown("status=subscribed") == ["Ada", "Bob"]
    assert await shown("reach=sms") == ["Bob"]
    assert await shown("field1=city&value1=Paris") == ["Bob"]
    assert await shown("field1=city&op1=missing") == ["Eve"]
    assert await shown("search=crm-7") == ["Eve"]
    assert await shown("search=lov") == []
    assert await shown("created_from=2001-01-01&created_to=2001-01-02") == []


async def test_nonsense_in_an_address_still_shows_contacts(ada, db, northwind):
    await three(db, northwind.id)

    for query in (
        "status=odd&sort=odd&reach=odd&created_from=odd",
        "op1=is&value9=x&match=any",
        "%00",
    ):
        assert len(names(await ada.get(f"/contacts?{query}"))) == 3


async def test_every_filter_is_a_chip_that_can_be_removed(ada, db, northwind):
    await three(db, northwind.id)

    page = await ada.get("/contacts?tag=vip&status=subscribed&search=ada")

    removals = re.findall(r'class="chip-remove" href="([^"]+)"', page.text)
    assert "/contacts?tag=vip&amp;status=subscribed" in removals
    assert "/contacts?status=subscribed&amp;search=ada" in removals
    assert len(removals) == 3


async def test_the_next_rows_come_by_keyset_and_none_twice(ada, db, northwind):
    await crowd(db, northwind.id, 120)
    seen, path = [], "/contacts?sort=email"

    while path:
        page = await ada.part(path, "more") if seen else await ada.get(path)
        seen += names(page)
        more = re.search(r'hx-get="([^"]+after=[^"]+)"', page.text)
        path = more and more[1].replace("&amp;", "&")

    assert seen == [f"crowd{number:05}@example.com" for number in range(120)]


async def test_the_table_costs_four_queries_at_most(ada, db, northwind, queries_at_most):
    await crowd(db, northwind.id, 60, tags_add=("vip",), fields={"city": "Oslo"})
    await ada.get("/contacts")

    for query in ("", "?tag=vip&tag=other&match=any", "?search=crowd00001", "?status=bounced"):
        with queries_at_most(4):
            page = await ada.get(f"/contacts{query}")
        assert page.status_code == 200


async def test_htmx_gets_the_list_alone(ada, db, northwind):
    await three(db, northwind.id)

    part = await ada.part("/contacts?tag=math", "list")

    assert "<html" not in part.text
    assert names(part) == ["Ada"]
    assert 'id="list-count"' in part.text


async def test_columns_are_remembered_for_each_person(ada, grace, db, northwind):
    await three(db, northwind.id)

    await ada.post("/contacts/columns", {"columns": ["email", "field:city"], "back": "/contacts"})

    assert "London" in (await ada.get("/contacts")).text
    assert ">Last activity<" not in (await ada.part("/contacts", "list")).text
    assert ">London<" not in (await grace.get("/contacts")).text


async def test_what_cannot_be_a_column_is_none(ada, db, northwind):
    await three(db, northwind.id)

    answer = await ada.post(
        "/contacts/columns", {"columns": ["email", "\x00", "x" * 999], "back": "//evil.example"}
    )

    assert answer.headers["location"] == "/contacts"
    assert "ada@example.com" in (await ada.get("/contacts")).text


async def test_who_may_only_look_is_offered_nothing_to_change(grace, db, northwind):
    ada, *_ = await three(db, northwind.id)

    page = await grace.get("/contacts")
    card = await grace.get(f"/contacts/{ada.contact.id}")

    assert 'name="action"' not in page.text
    assert "Add contact" not in page.text
    assert 'method="post" action="/contacts' not in card.text
    assert (await grace.post("/contacts/bulk", {"action": "delete", "all": "1"})).status_code == 403
    assert (await grace.post("/contacts", {"email": "x@example.com"})).status_code == 403


async def test_the_pulse_is_silent_until_something_happens(ada, db, northwind):
    await three(db, northwind.id)
    page = await ada.get("/contacts")
    seen = re.search(r'hx-get="(/contacts/pulse\?seen=[^"]+)"', page.text)
    assert seen

    before = await ada.get(seen[1])
    await apply(db, northwind.id, email="ada@example.com", tags_add=("vip",))
    after = await ada.get(seen[1])

    assert before.status_code == 204
    assert after.status_code == 200
    assert after.headers["HX-Trigger"] == "list-stale"


async def test_the_palette_finds_by_anything_a_contact_is_known_by(ada, kenji, db, northwind):
    await three(db, northwind.id)

    async def found(console, text):
        answer = await console.get(f"/palette?q={text}")
        return [item["title"] for item in answer.json()["items"]]

    assert await found(ada, "ada@ex") == ["Ada"]
    assert await found(ada, "%2B1415555") == ["Bob"]
    assert await found(ada, "crm") == ["Eve"]
    assert await found(ada, "") == []
    assert await found(kenji, "ada") == []


async def test_a_count_is_told_up_to_ten_thousand(ada, db, northwind):
    await crowd(db, northwind.id, 60, fields={"city": "Oslo"})

    page = await ada.get("/contacts?field1=city&value1=Oslo")
    counted = await ada.get("/contacts/count?field1=city&value1=Oslo")

    assert "/contacts/count?field1=city" in page.text
    assert 'data-matching="60"' in counted.text
