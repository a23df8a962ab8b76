"""Contacts as a file, the way a person gets one."""

import csv

import httpx
from playwright.async_api import Page, expect

from tests.e2e.test_pages import assert_accessible
from tests.served import Served


def send(served: Served, **body: object) -> None:
    headers = {"template-key": served.upload_key}
    answer = httpx.post(f"{served.url}/add-contact", headers=headers, json=body)
    answer.raise_for_status()


async def test_those_whom_a_filter_means_become_a_file(page: Page, served: Served):
    for number in range(3):
        tags = "for-export" if number else "not-for-export"
        send(served, email=f"export{number}@example.com", city="=Paris", add_tags=tags)
    await page.goto("/contacts")
    await page.get_by_role("checkbox", name="for-export 2").check()
    await expect(page.locator("tr[data-row]")).to_have_count(2)

    await page.get_by_role("button", name="Export").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Export 2 contacts")
    await page.get_by_label("City").check()
    await assert_accessible(page)
    await page.get_by_role("button", name="Export").click()
    card = page.locator(".job").first
    await expect(card).to_contain_text("2 contacts")
    await assert_accessible(page)
    async with page.expect_download() as downloading:
        await card.get_by_role("link", name="Download").click()
    download = await downloading.value

    assert download.suggested_filename.startswith("contacts-")
    with open(await download.path(), newline="", encoding="utf-8") as file:  # noqa: ASYNC230, PTH123  # a test may wait
        rows = list(csv.DictReader(file))
    assert {(row["email"], row["city"]) for row in rows} == {
        ("export1@example.com", "'=Paris"), ("export2@example.com", "'=Paris"),
    }  # fmt: skip


async def test_everything_known_of_a_person_is_a_download(page: Page, served: Served):
    send(served, email="known@example.com", full_name="Known Person")
    await page.goto("/contacts?search=known@example.com")
    await page.locator("tr[data-row] a.lead-link").first.click()
    await page.get_by_role("link", name="Open page").click()
    await page.wait_for_url("**/contacts/*-*")

    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Export everything known").click()
    download = await downloading.value

    assert download.suggested_filename.endswith(".json")
