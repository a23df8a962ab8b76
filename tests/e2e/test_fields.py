"""A field, the way a person puts it in order."""

import re

from playwright.async_api import Page, expect

from tests.e2e.test_contacts import send
from tests.e2e.test_pages import assert_accessible
from tests.served import Served


async def test_a_field_gets_a_type_after_its_misfits_are_shown(page: Page, served: Served):
    for number, points in enumerate(("12", "12", "many")):
        send(served, email=f"points{number}@field.example", bonus_pts=points)

    await page.goto("/fields")
    await page.get_by_role("searchbox", name="Search fields").fill("BONUS-PTS")
    await page.locator("a.lead-link", has_text="Bonus pts").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Bonus pts")
    await expect(page.locator("#values tbody tr")).to_have_count(2)
    await assert_accessible(page)
    await page.get_by_label("Aliases").fill("Treuepunkte")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()

    await page.get_by_label("Hold it to a type").select_option("Number")
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_role("link", name="points2@field.example")).to_be_visible()
    await assert_accessible(page)
    await page.get_by_role("button", name="Clear 1 value and go on").click()
    await expect(page.get_by_text("Made bonus_pts a field of type number")).to_be_visible()
    await expect(page.locator("main")).to_contain_text(re.compile(r"Contacts\s*2\b"))
    await assert_accessible(page)

    await page.get_by_label("Rename it to").fill("bonus_points")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Rename Bonus pts to bonus_points").click()
    await expect(page.get_by_text("Renamed bonus_pts to bonus_points")).to_be_visible()
    await expect(page.get_by_label("Aliases")).to_have_value("Treuepunkte\nbonus_pts")
