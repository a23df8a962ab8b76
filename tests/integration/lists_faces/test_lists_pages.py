"""The pages of lists, in a browser without scripts and as htmx asks for parts."""

import re

from signalbook.kit import clock
from signalbook.lists import actions, queries
from tests.integration.bulk.people import apply, crowd
from tests.integration.ses import kept as contact_lists


async def made(db, account_id, name="Newsletter", people=()):
    async with db.tx() as tx:
        one = await actions.create(tx, account_id, name, "Everybody", actor="test")
    await db.transact(
        lambda tx: actions.join(tx, account_id, one.id, list(people), clock.now(), "cli")
    )
    return one


async def members(db, account_id, name="Newsletter"):
    async with db.read() as read:
        one = await queries.named(read, account_id, name.casefold())
    return one.members if one else None


def names(page):
    return re.findall(r'<a class="lead-link"[^>]*>.*?<span>([^<]*)</span></a>', page.text)


async def test_without_lists_the_page_says_how_to_make_one(ada):
    page = await ada.get("/lists")

    assert page.status_code == 200
    assert "No lists yet" in page.text
    assert "/api/v1/lists" in page.text


async def test_a_list_is_made_described_and_deleted(ada, db, northwind):
    there = (await ada.post("/lists", {"name": "News", "description": "A"})).headers["location"]
    refused = await ada.post("/lists", {"name": "NEWS"})
    await ada.post(f"{there}/description", {"name": "Old news", "description": "B"})
    page = await ada.get(there)
    index = await ada.get("/lists?search=OLD")
    gone = await ada.post(f"{there}/deletion")

    assert refused.status_code == 409
    assert "There already is a list" in refused.text
    assert 'value="NEWS"' in refused.text
    assert "Old news" in page.text
    assert ">B<" in page.text
    assert "Nobody is on this list yet" in page.text
    assert "Old news" in index.text
    assert gone.headers["location"] == "/lists"
    assert (await ada.get(there)).status_code == 404
    assert "There already is a list" not in page.text


async def test_who_is_on_a_list_is_shown_searched_and_ordered(ada, db, northwind, queries_at_most):
    people = [
        (await apply(db, northwind.id, email=f"{name}@example.com", tags_add=("vip",),
                     fields={"first_name": name.capitalize()})).contact.id
        for name in ("eve", "ada", "bob")
    ]  # fmt: skip
    await apply(db, northwind.id, email="zoe@example.com")
    one = await made(db, northwind.id, people=people)

    with queries_at_most(9):
        page = await ada.get(f"/lists/{one.id}")

    assert names(page) == ["Bob", "Ada", "Eve"]
    assert names(await ada.get(f"/lists/{one.id}?sort=name")) == ["Ada", "Bob", "Eve"]
    assert names(await ada.get(f"/lists/{one.id}?search=ada")) == ["Ada"]
    assert names(await ada.get(f"/lists/{one.id}?tag=vip&sort=-name")) == ["Eve", "Bob", "Ada"]
    assert "Nobody on this list matches" in (await ada.get(f"/lists/{one.id}?search=zoe")).text
    assert "just now" in page.text
    assert f'href="/lists/{one.id}?sort=name"' in page.text


async def test_a_long_list_goes_on_where_the_page_ended(ada, db, northwind):
    people = await crowd(db, northwind.id, 60)
    one = await made(db, northwind.id, people=people)

    first = await ada.get(f"/lists/{one.id}?search=crowd&sort=email")
    more = re.search(r'hx-get="([^"]+after=[^"]+)"', first.text)
    assert more
    rest = await ada.part(more[1].replace("&amp;", "&"), "more")
    count = await ada.get(f"/lists/{one.id}/count?search=crowd")

    assert len(names(first)) == 50
    assert names(rest) == [f"crowd{n:05}@example.com" for n in range(50, 60)]
    assert "60 match" in count.text
    assert "<html" not in rest.text


async def test_people_are_added_as_somebody_writes_them_down(ada, db, northwind):
    bob = (await apply(db, northwind.id, external_id="crm-7")).contact.id
    await apply(db, northwind.id, email="ada@example.com")
    await apply(db, northwind.id, mobile="+442071838750")
    one = await made(db, northwind.id)

    there = await ada.post(
        f"/lists/{one.id}/additions",
        {"who": f"ADA@example.com, +44 2071 838750\r\n{bob}; crm-7\nnobody"},
    )
    page = await ada.get(there.headers["location"])

    assert await members(db, northwind.id) == 3
    assert "3 contacts added; there is no contact nobody." in page.text


async def test_the_selected_are_removed_and_all_that_match(ada, db, northwind):
    people = await crowd(db, northwind.id, 9, tags_add=("vip",))
    other = (await apply(db, northwind.id, email="other@example.com")).contact.id
    one = await made(db, northwind.id, people=[*people, other])

    await ada.post(f"/lists/{one.id}/removals", {"id": [str(people[0]), str(people[1])]})
    after = await members(db, northwind.id)
    back = await ada.post(f"/lists/{one.id}/removals", {"all": "1", "query": "tag=vip"})
    page = await ada.get(back.headers["location"])
    nobody = await ada.post(f"/lists/{one.id}/removals", {})

    assert after == 8
    assert back.headers["location"] == f"/lists/{one.id}?tag=vip"
    assert "Removed from Newsletter" in page.text
    assert await members(db, northwind.id) == 1
    assert "Say who is meant" in (await ada.get(nobody.headers["location"])).text


async def test_selected_contacts_are_added_to_a_list_that_is_made(ada, db, northwind):
    people = await crowd(db, northwind.id, 6, tags_add=("vip",))
    await apply(db, northwind.id, email="other@example.com")

    asked = await ada.post("/lists/picks", {"id": [str(id) for id in people[:2]], "query": ""})
    there = await ada.post(
        "/lists/additions", {"id": [str(id) for id in people[:2]], "name": "Newsletter"}
    )
    everybody = await ada.post("/lists/picks", {"all": "1", "query": "tag=vip"})
    again = await ada.post(
        "/lists/additions", {"all": "1", "query": "tag=vip", "name": "newsletter"}
    )
    page = await ada.get(again.headers["location"])
    job = re.search(r'hx-get="(/lists/jobs/[^"]+)"|id="job-([0-9a-f-]+)"', page.text)

    assert "Add 2 contacts to a list" in asked.text
    assert "Add 6 contacts to a list" in everybody.text
    assert there.headers["location"] == again.headers["location"]
    assert await members(db, northwind.id) == 6
    assert "Added to Newsletter" in page.text
    assert job
    card = await ada.get(job[1] or f"/lists/jobs/{job[2]}")
    assert "list-changed" in card.headers["HX-Trigger"]


async def test_nobody_selected_and_a_name_no_list_can_have_are_told(ada, db, northwind):
    (one,) = await crowd(db, northwind.id, 1)

    nobody = await ada.post("/lists/picks", {"query": "tag=vip"})
    told = await ada.get(nobody.headers["location"])
    bad = await ada.post("/lists/additions", {"id": str(one), "name": " "})

    assert nobody.headers["location"] == "/contacts?tag=vip"
    assert "Say who is meant" in told.text
    assert "The name of a list has" in (await ada.get(bad.headers["location"])).text
    assert await members(db, northwind.id) is None


async def test_a_contact_shows_its_lists_joins_and_leaves(ada, db, northwind):
    someone = (await apply(db, northwind.id, email="ada@example.com")).contact.id
    one = await made(db, northwind.id, "Old list", people=[someone])
    here = f"/lists/of/{someone}"

    card = await ada.get(f"/contacts/{someone}")
    first = await ada.part(here, "lists-of")
    second = await ada.post(here, {"name": "Brand new"}, target="lists-of")
    bad = await ada.post(here, {"name": "x" * 101}, target="lists-of")
    plain = await ada.post(here, {"leave": str(one.id)})
    page = await ada.get(plain.headers["location"])
    offered = await ada.get("/lists/options?name=OLD")

    assert f'hx-get="{here}"' in card.text
    assert "Old list" in first.text
    assert "the command line" in first.text
    assert "<html" not in first.text
    assert "Brand new" in second.text
    assert "1 to 100 characters" in bad.text
    assert "Old list" not in page.text
    assert "by Ada" in page.text
    assert 'value="Old list"' in offered.text


async def test_who_may_only_look_sees_lists_and_changes_nothing(grace, db, northwind):
    people = await crowd(db, northwind.id, 1)
    one = await made(db, northwind.id, people=people)

    page = await grace.get(f"/lists/{one.id}")
    of = await grace.get(f"/lists/of/{people[0]}")

    assert "Add contacts" not in page.text
    assert "Add to a list" not in of.text
    assert (await grace.post("/lists", {"name": "x"})).status_code == 403
    assert (await grace.post(f"/lists/{one.id}/additions", {"who": "x"})).status_code == 403
    assert (await grace.post(f"/lists/of/{people[0]}", {"name": "x"})).status_code == 403


async def test_another_account_finds_no_list_and_no_job(kenji, ada, db, northwind):
    people = await crowd(db, northwind.id, 1)
    one = await made(db, northwind.id, people=people)
    await ada.post("/lists/additions", {"all": "1", "query": "", "name": "Newsletter"})
    async with db.read() as read:
        job = await read.value("SELECT id FROM list_jobs")

    assert job
    for path in (f"/lists/{one.id}", f"/lists/of/{people[0]}", f"/lists/jobs/{job}"):
        assert (await kenji.get(path)).status_code == 404
    assert (await kenji.post(f"/lists/jobs/{job}/cancellation")).status_code == 404
    assert (await kenji.post(f"/lists/{one.id}/removals", {"all": "1"})).status_code == 404


async def test_who_joined_through_a_file_is_said_to(ada, db, northwind):
    someone = (await apply(db, northwind.id, email="ada@example.com")).contact.id
    one = await made(db, northwind.id)
    actor = f"import:{one.id}"
    await db.transact(
        lambda tx: actions.join(tx, northwind.id, one.id, [someone], clock.now(), actor)
    )

    page = await ada.get(f"/lists/of/{someone}")

    assert "by an import" in page.text
    assert actor not in page.text


async def test_a_name_that_is_taken_is_told_at_the_form(ada, db, northwind):
    await made(db, northwind.id, "Taken")
    one = await made(db, northwind.id, "Mine")

    answer = await ada.post(f"/lists/{one.id}/description", {"name": "TAKEN", "description": "New"})

    assert answer.status_code == 409
    assert 'id="describe-list" aria-labelledby="describe-list-title" data-open-now' in answer.text
    assert 'value="TAKEN" autocomplete="off" required aria-invalid="true"' in answer.text
    assert 'value="New"' in answer.text
    assert "<h1>Mine" in answer.text
    assert "data-open-now" not in (await ada.get(f"/lists/{one.id}")).text


async def test_the_table_says_through_whom_somebody_joined(ada, db, northwind):
    people = await crowd(db, northwind.id, 1)
    one = await made(db, northwind.id, people=people)
    await ada.post("/lists", {"name": "Other"})
    other = (await db_list(db, northwind.id, "other")).id
    await ada.post(f"/lists/{other}/additions", {"who": str(people[0])})

    assert "the command line" in (await ada.get(f"/lists/{one.id}")).text
    assert "Ada" in (await ada.get(f"/lists/{other}")).text.partition('id="rows"')[2]


async def db_list(db, account_id, key):
    async with db.read() as read:
        return await queries.named(read, account_id, key)


async def test_lists_are_combined_in_a_sentence(ada, db, northwind):
    people = await crowd(db, northwind.id, 5)
    one = await made(db, northwind.id, "One", people[:4])
    two = await made(db, northwind.id, "Two", people[3:])
    asked = {"on1": str(one.id), "off1": str(two.id), "match": "", "name": "Rest"}

    page = await ada.get(f"/lists/combine?on1={one.id}&off1={two.id}")
    refused = await ada.post("/lists/combinations", asked | {"name": "one"})
    nothing = await ada.post("/lists/combinations", asked | {"on1": ""})
    answer = await ada.post("/lists/combinations", asked)
    united = await ada.get(f"/lists/combine/count?on1={one.id}&on2={two.id}&match=any")

    assert "On One but not on Two: 3 contacts now." in page.text
    assert "On One or Two: 5 contacts now." in united.text
    assert (refused.status_code, nothing.status_code) == (409, 400)
    assert "There already is a list one" in refused.text
    assert f'<option value="{one.id}" selected>' in refused.text
    assert "Say on which lists they are" in nothing.text
    assert await members(db, northwind.id, "rest") == 3
    assert answer.headers["location"] == f"/lists/{(await db_list(db, northwind.id, 'rest')).id}"


async def test_a_deactivated_list_says_what_it_means_everywhere(ada, grace, db, northwind):
    people = await crowd(db, northwind.id, 2)
    one = await made(db, northwind.id, people=people[:1])

    answer = await ada.post(f"/lists/{one.id}/switch", {"to": "deactivated"})
    page = await ada.get(f"/lists/{one.id}")
    index = await ada.get("/lists")
    card = await ada.get(f"/contacts/{people[0]}")
    of = await ada.get(f"/lists/of/{people[0]}")
    why = await ada.get(f"/optouts/of/{people[0]}")
    other = await ada.get(f"/contacts/{people[1]}")
    held = await ada.get("/contacts?list_active=false")
    await ada.post(f"/lists/{one.id}/switch", {"to": "active"})

    assert answer.headers["location"] == f"/lists/{one.id}"
    assert "<strong>Deactivated.</strong>" in page.text
    assert ">Deactivated</span>" in index.text
    assert f'<a href="/lists/{one.id}">List Newsletter is deactivated</a>' in card.text
    assert "deactivated</span>" in of.text
    assert f'href="/lists/{one.id}">The list Newsletter is deactivated</a>' in why.text
    assert "is deactivated" not in other.text
    assert names(held) == ["crowd00000@example.com"]
    assert "Deactivated list <b>holds it back</b>" in held.text
    assert "<strong>Deactivated.</strong>" not in (await ada.get(f"/lists/{one.id}")).text
    assert "is deactivated" not in (await ada.get(f"/contacts/{people[0]}")).text


async def test_a_topic_of_a_contact_list_says_so_and_is_not_deleted_here(ada, db, northwind):
    main = await contact_lists.made(db, northwind.id, "Main", contact_lists.topic("News"))
    where = f"/lists/{main.topic('News').list_id}"

    shown = (await ada.get(where)).text
    own = await made(db, northwind.id, "Own")

    assert "the topic News of the contact list Main in eu-west-1" in shown
    assert "Delete list" not in shown
    assert "Delete list" in (await ada.get(f"/lists/{own.id}")).text
