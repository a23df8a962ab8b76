"""Exports on the console: choose, begin, watch, fetch."""

import asyncio
import re
from datetime import timedelta

from signalbook.kit import clock
from tests.integration.bulk.people import apply, crowd


async def ended(page):
    async with asyncio.timeout(20):
        while "job-running" in (text := (await page.get("/exports")).text):  # noqa: ASYNC110  # the worker works
            await asyncio.sleep(0.02)
    return text


async def test_the_view_becomes_a_file(ada, db, northwind):
    await crowd(db, northwind.id, 4)
    await apply(db, northwind.id, email="ada@example.com", tags_add=("vip",), fields={"city": "X"})

    chosen = await ada.get("/exports/new?tag=vip&search=&match=")
    begun = await ada.post(
        "/exports", {"query": "tag=vip", "columns": ["email", "city"], "format": "csv"}
    )
    page = await ended(ada)
    link = re.search(r'href="(/exports/[^"]+/file)"', page)
    file = await ada.get(link[1])

    assert "Export 1 contact" in chosen.text
    assert 'name="query" value="tag=vip"' in chosen.text
    assert 'href="/exports/new"' in chosen.text  # the chip leads to the same page without it
    assert begun.headers["location"] == "/exports"
    assert 'href="/contacts?tag=vip"' in page
    assert file.text == "email,city\nada@example.com,X\n"


async def test_the_columns_of_the_table_are_chosen_already(ada, db, northwind):
    await apply(
        db, northwind.id, email="a@example.com", fields={"first_name": "A", "city": "X", "n": 1}
    )
    await ada.post("/contacts/columns", {"columns": ["email", "field:city", "activity"]})

    page = (await ada.get("/exports/new")).text
    every = (await ada.get("/exports/new?preset=all")).text

    assert chosen(page) == {"email", "mobile", "first_name", "city", "updated_at"}
    assert {"id", "n", "metadata", "city"} <= chosen(every)


def chosen(page):
    return set(re.findall(r'name="columns" value="([^"]+)" checked', page))


async def test_the_pages_cost_few_queries(ada, db, northwind, queries_at_most):
    await crowd(db, northwind.id, 3)
    await ada.post("/exports", {"format": "csv", "columns": ["email"]})
    await ended(ada)

    with queries_at_most(2):
        await ada.get("/exports")
    with queries_at_most(5):
        await ada.get("/exports/new?search=crowd")


async def test_a_card_tells_when_it_has_ended(ada, kenji, db, northwind):
    await crowd(db, northwind.id, 3)
    await ada.post("/exports", {"format": "xlsx", "gzip": "on", "columns": ["email"]})
    page = await ended(ada)
    here = re.search(r'action="(/exports/[^"]+)/deletion"', page)[1]

    card = await ada.part(here, here.replace("/exports/", "export-"))

    assert "The export is ready: 3 contacts." in card.headers["HX-Trigger"]
    assert (await kenji.get(here)).status_code == 404
    assert (await kenji.get(f"{here}/file")).status_code == 404
    assert (await kenji.post(f"{here}/cancellation")).status_code == 404
    assert (await kenji.post(f"{here}/deletion")).status_code == 404
    assert (await ada.post(f"{here}/cancellation", target="x")).status_code == 200
    await ada.post(f"{here}/deletion")
    assert "No exports yet" in (await ada.get("/exports")).text


async def test_a_card_says_that_it_has_expired_before_it_is_swept(ada, db, northwind):
    await ada.post("/exports", {"format": "csv", "columns": ["email"]})
    ready = await ended(ada)
    async with db.tx() as tx:
        await tx.execute("UPDATE exports SET expires_at = %s", [clock.now() - timedelta(seconds=1)])

    late = (await ada.get("/exports")).text

    assert "Expired" not in ready
    assert "Expired: CSV" in late
    assert "The file was kept for 24 hours and is gone." in late


async def test_what_cannot_be_exported_is_told_as_a_toast(ada, db, northwind):
    answer = await ada.post("/exports", {"columns": ["no-such"]})
    page = await ada.get(answer.headers["location"])

    assert "There is no column no-such" in page.text


async def test_without_a_column_nothing_is_exported_and_the_form_comes_again(ada, db, northwind):
    answer = await ada.post("/exports", {"format": "csv", "query": "tag=vip"})

    assert answer.headers["location"] == "/exports/new?tag=vip"
    assert "Tick one column at least" in (await ada.get(answer.headers["location"])).text
    assert "No exports yet" in (await ada.get("/exports")).text


async def test_somebody_who_may_look_may_export(grace, db, northwind):
    await crowd(db, northwind.id, 2)

    await grace.post("/exports", {"format": "jsonl", "gzip": "on", "columns": ["email"]})

    assert "JSON lines, gzip" in await ended(grace)


async def test_everything_known_is_a_download_on_the_contacts_page(ada, kenji, db, northwind):
    who = (await apply(db, northwind.id, email="ada@example.com")).contact

    page = await ada.get(f"/contacts/{who.id}")
    known = await ada.get(f"/contacts/{who.id}/export")

    assert f'href="/contacts/{who.id}/export"' in page.text
    assert known.json()["contact"]["email"] == "ada@example.com"
    assert f"contact-{who.id}.json" in known.headers["content-disposition"]
    assert (await kenji.get(f"/contacts/{who.id}/export")).status_code == 404
