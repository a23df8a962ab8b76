"""The list of contacts without a mouse: every step of it, in a real browser."""

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.served import Served


@pytest.fixture(scope="session", autouse=True)
def some_contacts(served: Served) -> None:
    """Three people with a signal that no other journey uses."""
    headers = {"template-key": served.upload_key}
    with httpx.Client(base_url=served.url, headers=headers) as client:
        for name in ("Kay One", "Kay Two", "Kay Three"):
            email = f"{name.replace(' ', '.').lower()}@example.com"
            body = {"email": email, "full_name": name, "add_tags": "by-keyboard"}
            client.post("/add-contact", json=body).raise_for_status()


async def test_rows_are_walked_selected_and_opened(page: Page):
    await page.goto("/contacts?tag=by-keyboard&sort=name")

    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(page.locator("[data-count]")).to_have_text("2 selected")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-selection]")).not_to_be_visible()

    await page.keyboard.press("Enter")
    first = await page.locator("#drawer-title").inner_text()
    await page.keyboard.press("j")
    await expect(page.locator("#drawer-title")).not_to_have_text(first)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    await expect(page.locator("#drawer")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/contacts/*-*")


async def test_a_search_becomes_the_address_and_the_address_the_search(page: Page):
    await page.goto("/contacts")

    await page.keyboard.press("/")
    await page.keyboard.type("kay.tw")

    await expect(page.locator("tr[data-row]")).to_have_count(1)
    assert page.url.endswith("?search=kay.tw")
    await page.reload()
    await expect(page.locator(".toolbar input[name=search]")).to_have_value("kay.tw")


async def test_the_palette_finds_a_person_and_a_page(page: Page):
    await page.goto("/contacts")

    await page.keyboard.press("Control+k")
    await page.keyboard.type("kay.three")
    await expect(page.locator("#palette-list [role=option]").first).to_contain_text("Kay Three")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Kay Three")

    await page.keyboard.press("Control+k")
    await page.keyboard.type("people")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/people")


async def test_letters_go_to_pages_and_a_question_mark_lists_the_keys(page: Page):
    await page.goto("/contacts")

    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("k")
    await page.wait_for_url("**/keys")


async def test_a_look_is_kept_from_page_to_page(page: Page):
    await page.goto("/contacts")

    await page.get_by_role("button", name="Your menu").click()
    await page.get_by_text("Dark", exact=True).click()
    await page.goto("/plan")

    assert await page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
