"""Contacts, the way a person works with them; the basic journey also without scripts."""

import asyncio

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.conftest import watched
from tests.e2e.test_pages import assert_accessible
from tests.served import Served


def send(served: Served, **body: object) -> None:
    headers = {"template-key": served.upload_key}
    answer = httpx.post(f"{served.url}/add-contact", headers=headers, json=body)
    answer.raise_for_status()


async def of(page: Page, served: Served, email: str) -> str:
    """Open the page of a contact and return its address."""
    await page.goto(f"/contacts?search={email}")
    await page.locator("tr[data-row] a.lead-link").first.click()
    await page.get_by_role("link", name="Open page").click()
    await page.wait_for_url("**/contacts/*-*")
    return page.url


async def test_a_contact_is_added_edited_tagged_and_its_timeline_tells(page: Page):
    await page.goto("/contacts/new")
    await page.get_by_label("E-mail").fill("not an address")
    await page.keyboard.press("Enter")
    await expect(page.locator("#f-email-error")).to_be_visible()
    await page.get_by_label("E-mail").fill("ada.lovelace@example.com")
    await page.get_by_label("First name").fill("Ada")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
    await expect(page.get_by_text("Ada is added.")).to_be_visible()
    await page.wait_for_load_state("networkidle")  # until then it works without its scripts

    await page.get_by_role("link", name="Edit Last name:").click()
    await expect(page.locator("#fact-input")).to_be_focused()
    await page.wait_for_timeout(250)  # htmx binds a form a moment after showing it; until then
    await page.keyboard.type("Lovelace")  # Enter sends it as a browser without scripts would
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Edit Last name:")).to_be_focused()
    await expect(page.get_by_text("Last name set to Lovelace")).to_be_visible()

    await page.get_by_label("Attach a tag").fill("first-programmer")
    await page.keyboard.press("Enter")
    await expect(page.locator(".moment").first).to_contain_text("Attached tag first-programmer")
    await page.get_by_role("button", name="Remove first-programmer").click()
    await expect(page.locator(".moment").first).to_contain_text("Detached tag first-programmer")

    await page.get_by_role("link", name="Edit E-mail:").click()
    await expect(page.locator("#fact-input")).to_be_focused()
    await page.wait_for_timeout(250)  # as above
    await page.locator("#fact-input").fill("nobody")
    await page.keyboard.press("Enter")
    await expect(page.locator("#fact-error")).to_be_visible()
    await expect(page.locator("#fact-input")).to_have_value("nobody")
    await page.wait_for_timeout(250)  # as above
    await page.keyboard.press("Escape")
    await expect(page.locator(".fact", has_text="ada.lovelace@example.com")).to_be_visible()


async def test_signals_appear_by_themselves(page: Page, served: Served):
    send(served, email="live@example.com", full_name="Liv Einar")
    await of(page, served, "live@example.com")

    send(served, email="live@example.com", add_tags="viewed-red-sneakers")

    await expect(page.locator(".moment").first).to_contain_text("viewed-red-sneakers")
    await expect(page.locator("#signals .chip", has_text="viewed-red-sneakers")).to_be_visible()

    await page.goto("/contacts")
    await expect(page.locator("tr[data-row]").first).to_contain_text("Liv Einar")
    send(served, email="newcomer@example.com", full_name="Nova Comer")
    await expect(page.locator("tr[data-row]").first).to_contain_text("Nova Comer")


async def test_a_word_that_is_being_typed_outlives_what_happens_meanwhile(
    page: Page, served: Served
):
    send(served, email="typed@example.com", full_name="Ty Ped")
    await of(page, served, "typed@example.com")
    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await page.route("**/reach", hold)
    async with page.expect_response("**/reach"):
        async with page.expect_request("**/reach"):
            await page.evaluate("document.dispatchEvent(new Event('contact-stirred'))")
        await page.get_by_label("Attach a tag").fill("begun")
        held.set()
    await page.wait_for_timeout(100)  # a swap would have come by now

    await expect(page.get_by_label("Attach a tag")).to_have_value("begun")
    await page.keyboard.press("Enter")
    await expect(page.locator("#signals .chip", has_text="begun")).to_be_visible()


async def test_all_that_match_are_tagged_and_put_back(page: Page, served: Served):
    for number in range(60):
        send(served, email=f"bulk{number:02}@example.com", add_tags="bulk-journey")
    await page.goto("/contacts?tag=bulk-journey")
    await expect(page.locator("#list-count")).to_have_text("60 match")

    await page.get_by_role("checkbox", name="Select all rows shown").check()
    await page.get_by_role("button", name="Select all 60 matching").click()
    await page.get_by_role("button", name="Tag", exact=True).click()
    await page.locator("#bulk-tag-name").fill("campaign")
    await page.keyboard.press("Enter")

    job = page.get_by_role("group", name="Attached tag campaign")
    await expect(job).to_contain_text("60 contacts changed")
    await page.goto("/contacts?tag=campaign")
    await expect(page.locator("#list-count")).to_have_text("60 match")
    async with page.expect_response("**/undo"):
        await job.get_by_role("button", name="Undo").click()
    await nobody_left(page, "/contacts?tag=campaign")


async def nobody_left(page: Page, url: str) -> None:
    """Load a list until the job behind it has emptied it: a page shows what was there by then."""
    for _ in range(40):
        await page.goto(url)
        if not await page.locator("tr[data-row]").count():
            return
        await page.wait_for_timeout(500)
    raise AssertionError(url)


async def test_deleting_many_asks_once_and_names_them(page: Page, served: Served):
    for number in range(2):
        send(served, email=f"gone{number}@example.com", add_tags="to-be-gone")
    await page.goto("/contacts?tag=to-be-gone")

    await page.get_by_role("checkbox", name="Select all rows shown").check()
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("button", name="Delete…").click()
    await assert_accessible(page)
    async with page.expect_response("**/contacts/bulk*"):
        await page.get_by_role("button", name="Delete 2 contacts").click()

    await nobody_left(page, "/contacts?tag=to-be-gone")


async def test_filters_apply_as_one_clicks_and_come_off_as_chips(page: Page, served: Served):
    send(served, email="filter1@example.com", add_tags="f-one,f-two")
    send(served, email="filter2@example.com", add_tags="f-one")
    await page.goto("/contacts")

    await page.get_by_label("f-one").check()
    await expect(page.locator("tr[data-row]")).to_have_count(2)
    await page.get_by_label("f-two").check()
    await expect(page.locator("tr[data-row]")).to_have_count(1)
    assert "tag=f-one" in page.url
    await page.get_by_role("link", name="Remove filter Tag f-two").click()
    await expect(page.locator("tr[data-row]")).to_have_count(2)


async def test_the_basic_journey_works_without_scripts(browser, served: Served):
    async with watched(browser, base_url=served.url, java_script_enabled=False) as page:
        await page.goto("/login")
        await page.get_by_label("E-mail").fill(served.email)
        await page.get_by_label("Password").fill(served.password)
        await page.get_by_role("button", name="Sign in").click()

        await page.get_by_role("link", name="Add contact").first.click()
        await page.get_by_label("E-mail").fill("plain@example.com")
        await page.get_by_role("button", name="Add contact").click()
        await page.get_by_label("Attach a tag").fill("plain-html")
        await page.get_by_role("button", name="Attach", exact=True).click()
        await page.get_by_role("link", name="Edit First name:").click()
        await page.get_by_label("First name").fill("Plain")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Plain")

        await page.goto("/contacts")
        await page.locator(".toolbar input[name=search]").fill("plain@example")
        await page.keyboard.press("Enter")
        await expect(page.locator("tr[data-row]")).to_have_count(1)
        await page.locator("tr[data-row] a.lead-link").click()
        await expect(page.get_by_text("plain-html").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_contact_is_whole_and_accessible_everywhere(page: Page, served: Served, scheme):
    send(served, email="whole@example.com", full_name="Whole Person", city="Oslo",
         mobile="+14155552671", add_tags="seen-everywhere", status="Unsubscribed")  # fmt: skip
    await page.emulate_media(color_scheme=scheme)
    url = await of(page, served, "whole@example.com")
    await assert_accessible(page)
    await page.get_by_role("link", name="Edit City:").click()
    await expect(page.locator("#fact-input")).to_be_focused()
    await assert_accessible(page)
    await page.goto("/contacts?search=whole")
    await page.locator("tr[data-row] a.lead-link").first.click()
    await expect(page.locator("#drawer")).to_be_visible()
    await assert_accessible(page)
    await page.goto("/contacts/new")
    await assert_accessible(page)

    await page.set_viewport_size({"width": 390, "height": 844})
    for path in (url, "/contacts/new", "/contacts?tag=seen-everywhere&status=unsubscribed"):
        await page.goto(path)
        widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], path
        await assert_accessible(page)
