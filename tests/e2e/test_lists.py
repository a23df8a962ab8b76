"""A list, the way a person works with it."""

from playwright.async_api import Page, expect

from tests.e2e.test_contacts import send
from tests.e2e.test_pages import assert_accessible
from tests.served import Served


async def test_contacts_are_selected_onto_a_list_and_leave_it(page: Page, served: Served):
    for name in ("Lise Meitner", "Lina Stern", "Otto Hahn"):
        email = f"{name.split()[0].lower()}@list.example"
        send(served, email=email, full_name=name, add_tags="physicist")

    await page.goto("/contacts?tag=physicist")
    await page.locator("[data-pick]").nth(0).click()
    await page.locator("[data-pick]").nth(1).click()
    await page.get_by_role("button", name="Add to list").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Add 2 contacts to a list")
    await assert_accessible(page)
    await page.get_by_role("combobox", name="List").fill("Nobel committee")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Nobel committee")
    await expect(page.get_by_text("2 contacts added.")).to_be_visible()
    await expect(page.locator("tr[data-row]")).to_have_count(2)
    await assert_accessible(page)

    await page.get_by_role("button", name="Add contacts").click()
    await page.get_by_label("Who").fill("lise@list.example, lina@list.example\notto@list.example")
    await page.get_by_role("dialog").get_by_role("button", name="Add contacts").click()
    await expect(page.locator("tr[data-row]")).to_have_count(3)
    await expect(page.get_by_text("1 contact added; 2 already on it.")).to_be_visible()

    await page.locator("tr[data-row]", has_text="Lise").locator("a.lead-link").click()
    await page.get_by_role("link", name="Open page").click()
    await page.wait_for_url("**/contacts/*-*")
    lists = page.locator("#lists-of")
    await expect(lists.get_by_role("link", name="Nobel committee")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await lists.get_by_role("button", name="Remove from Nobel committee").click()
    await expect(lists.get_by_text("On no list.")).to_be_visible()

    await page.goto("/lists")
    await expect(page.locator("tr", has_text="Nobel committee")).to_contain_text("2")
    await assert_accessible(page)
