"""The pages of fields, in a browser without scripts and as htmx asks for parts."""

import asyncio
import re

import pytest

from tests.integration.bulk.people import apply, crowd
from tests.integration.rewriting.fields import Fields


@pytest.fixture
def fields(db, northwind) -> Fields:
    return Fields(db, northwind.id)


def names(page):
    return re.findall(r'<a class="lead-link"[^>]*>.*?<span>([^<]*)</span></a>', page.text)


async def until(reached):
    async with asyncio.timeout(30):
        while True:
            found = await reached()
            if found:
                return found
            await asyncio.sleep(0.02)


async def test_without_values_the_page_says_how_fields_come(ada):
    page = await ada.get("/fields")

    assert page.status_code == 200
    assert "No field is used yet" in page.text
    assert "22 standard fields not used yet" in page.text


async def test_fields_are_listed_with_how_filled_they_are(ada, fields, queries_at_most):
    await fields.people({"city": "Pune", "pts": 1200}, {"city": "Delhi"}, {})
    await ada.get("/fields")

    with queries_at_most(6):
        page = await ada.get("/fields")
    by_contacts = await ada.get("/fields?sort=contacts")
    found = await ada.part("/fields?search=PTS", "list")

    assert names(page) == ["City", "Pts"]
    assert "67 %" in page.text
    assert "33 %" in page.text
    assert names(by_contacts) == ["City", "Pts"]
    assert names(found) == ["Pts"]
    assert "<html" not in found.text


async def test_a_field_is_made_and_described(ada):
    form = {"name": "score", "label": "Lead score", "type": "number", "aliases": "Note\npts"}
    there = (await ada.post("/fields", form)).headers["location"]
    refused = await ada.post("/fields", {"name": "score", "label": "Mine"})
    taken = await ada.post(
        "/fields/description", {"name": "score", "label": "Score", "aliases": "City"}
    )
    await ada.post(
        "/fields/description",
        {"name": "score", "label": "Rank", "aliases": "Note", "is_hidden": "on"},
    )
    page = await ada.get(there)

    assert refused.status_code == 409
    assert 'value="Mine"' in refused.text
    assert taken.status_code == 409
    assert "City already means the field city" in taken.text
    assert "<h1>Rank" in page.text
    assert "hidden" in page.text
    assert ">Note</textarea>" in page.text


async def test_a_hidden_field_is_not_offered_but_shown_where_it_has_a_value(ada, fields):
    ids = await fields.people({"old_code": 1}, {"city": "Pune"})
    form = {"label": "Old code", "aliases": "", "is_hidden": "on"}
    for name in ("old_code", "fax"):
        await ada.post("/fields/description", {"name": name, **form})

    table = await ada.get("/contacts")
    adding = await ada.get("/contacts/new")
    with_value, without = [await ada.get(f"/contacts/{id}") for id in ids]

    assert 'value="field:city"' in table.text
    assert 'value="field:old_code"' not in table.text
    assert "Old code" not in adding.text
    assert "Old code" in with_value.text
    assert "Old code" not in without.text


async def test_a_name_may_hold_anything(ada, fields):
    await fields.people({"a/b & <c>?": 1})

    page = await ada.get("/fields")
    (href,) = re.findall(r'href="(/fields/one\?name=a%2F[^"]*)"', page.text)
    one = await ada.get(href.replace("&amp;", "&"))

    assert one.status_code == 200
    assert "a/b &amp; &lt;c&gt;?" in one.text


async def test_the_most_frequent_values_come_once_they_are_counted(ada, fields):
    await fields.people({"city": "Pune"}, {"city": "Delhi"}, {"city": "Pune"})

    first = await ada.get("/fields/one?name=city")

    async def counted():
        part = await ada.part("/fields/values?name=city", "values")
        return part if "Being counted" not in part.text else None

    part = await until(counted)
    assert "Being counted" in first.text
    assert 'hx-get="/fields/values?name=city"' in first.text
    assert "2 different values" in part.text
    assert part.text.index("Pune") < part.text.index("Delhi")


async def test_what_would_not_fit_is_shown_before_it_is_cleared(ada, fields):
    await fields.people({"score": "7"}, {"score": "high"})

    asked = await ada.get("/fields/rewriting?action=type&name=score&target=number")
    refused = await ada.post(
        "/fields/rewriting", {"action": "type", "name": "score", "target": "number"}
    )
    kept = await fields.stored()
    form = {"action": "type", "name": "score", "target": "number", "unfit": "clear"}
    done = await ada.post("/fields/rewriting", form)

    assert "Clear 1 value and go on" in asked.text
    assert "p00001" in asked.text
    assert refused.headers["location"] == "/fields/one?name=score"
    assert kept == [{"score": "7"}, {"score": "high"}]
    assert done.headers["location"] == "/fields/one?name=score"

    async def stored():
        return await fields.stored() == [{"score": 7}, {}]

    await until(stored)


async def test_a_field_is_renamed_watched_and_deleted(ada, fields):
    await fields.people(*({"pts": n} for n in range(3)))

    asked = await ada.get("/fields/rewriting?action=rename&name=pts&target=points")
    done = await ada.post(
        "/fields/rewriting", {"action": "rename", "name": "pts", "target": "points"}
    )

    async def renamed():
        page = await ada.get(done.headers["location"])
        return page if "Renamed pts to points" in page.text else None

    page = await until(renamed)
    (job,) = re.findall(r'id="job-([0-9a-f-]{36})"', page.text)
    ended = await ada.part(f"/fields/jobs/{job}", f"job-{job}")
    vain = await ada.post(f"/fields/jobs/{job}/cancellation")
    gone = await ada.post("/fields/rewriting", {"action": "delete", "name": "points"})

    assert "3 contacts" in asked.text
    assert ended.headers["hx-refresh"] == "true"
    assert vain.headers["location"] == "/fields"
    assert gone.headers["location"] == "/fields"

    async def deleted():
        return await fields.stored() == [{}, {}, {}]

    await until(deleted)


async def test_what_cannot_be_done_is_told_as_a_toast(ada, fields):
    await fields.people({"pts": 1, "city": "Pune"})

    for query in (
        "action=rename&name=pts&target=city",
        "action=delete&name=city",
        "action=merge&name=pts&target=pts",
        "action=type&name=pts&target=rubbish",
        "action=rubbish&name=pts",
    ):
        answer = await ada.get(f"/fields/rewriting?{query}")
        assert answer.status_code == 303, query
    assert (await ada.get("/fields/one?name=nothing")).status_code == 404
    assert (await ada.get("/fields/rewriting?action=empty&name=nothing")).status_code == 404


async def test_who_may_look_is_offered_nothing(grace, fields):
    await fields.people({"pts": 1})

    page = await grace.get("/fields")
    one = await grace.get("/fields/one?name=pts")

    assert "New field" not in page.text
    assert "Rename" not in one.text
    assert (await grace.get("/fields/rewriting?action=delete&name=pts")).status_code == 403
    assert (await grace.post("/fields", {"name": "x"})).status_code == 403


async def test_the_other_account_sees_none_of_it(kenji, ada, fields, db, northwind):
    await crowd(db, northwind.id, 1, fields={"secret_field": "hidden"})
    await apply(db, northwind.id, email="x@example.com", fields={"secret_field": "hidden"})
    await ada.post("/fields/rewriting", {"action": "delete", "name": "secret_field"})
    page = await ada.get("/fields")
    (job,) = re.findall(r'id="job-([0-9a-f-]{36})"', page.text)

    assert "secret_field" not in (await kenji.get("/fields")).text
    assert (await kenji.get("/fields/one?name=secret_field")).status_code == 404
    assert (await kenji.get(f"/fields/jobs/{job}")).status_code == 404
    assert (await kenji.post(f"/fields/jobs/{job}/cancellation")).status_code == 404
