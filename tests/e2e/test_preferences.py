"""Somebody who holds a link, in a browser without scripts, and the account that made it."""

import json
import zlib

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.e2e.conftest import watched
from tests.e2e.test_contacts import send
from tests.e2e.test_pages import PHONE, assert_accessible
from tests.served import Served
from tests.unit.preferences.test_looks import PNG


def links(served: Served, email: str) -> dict[str, str]:
    mobile = f"+4420718{zlib.crc32(email.encode()) % 100_000:05}"  # nobody else's
    send(served, email=email, mobile=mobile, full_name="Ada Lovelace")
    told = json.loads(served.cli("contacts", "links", email, "--json"))
    return {one["channel"] or one["purpose"]: one["url"] for one in told["data"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_somebody_unsubscribes_comes_back_and_chooses(
    browser: Browser, served: Served, scheme
):
    url = links(served, f"{scheme}@pages.example")
    options = {"java_script_enabled": False, "color_scheme": scheme}
    async with watched(browser, **options) as page:
        await page.goto(url["email"])
        await page.get_by_role("button", name="Unsubscribe").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed again")

        await page.goto(url["preferences"])
        await page.get_by_label("WhatsApp").uncheck()
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("listitem").filter(has_text="WhatsApp")).to_contain_text(
            "Off"
        )
        await page.get_by_role("button", name="Undo").click()
        await page.get_by_role("button", name="Change again").click()
        await page.get_by_role("link", name="Français").click()
        await page.get_by_role("button", name="Me désabonner de tout").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("C’est enregistré")
        assert await page.context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_public_pages_have_nothing_for_axe_to_say(browser: Browser, served: Served, scheme):
    url = links(served, f"axe-{scheme}@pages.example")
    async with watched(browser, color_scheme=scheme) as page:
        await page.set_viewport_size(PHONE)
        for address in (url["email"], url["preferences"], url["preferences"] + "?lang=hi",
                        f"{served.url}/u/none"):  # fmt: skip
            await page.goto(address)
            await assert_accessible(page)
            widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert widths[0] <= widths[1]
        await page.goto(url["email"])
        await page.get_by_role("button").click()
        await assert_accessible(page)


async def test_the_account_dresses_its_pages(page: Page, browser: Browser, served: Served):
    url = links(served, "dressed@pages.example")

    await page.goto("/settings")
    await page.get_by_role("link", name="Change how they look").click()
    await page.get_by_label("Public name").fill("Northwind Café")
    await page.get_by_label("Colour of buttons").fill("#ffee00")
    await page.get_by_role("button", name="Save look").click()
    await expect(page.get_by_text("can hardly be seen")).to_be_visible()
    await assert_accessible(page)
    await page.get_by_label("Colour of buttons").fill("#0b6e4f")
    await page.get_by_role("button", name="Save look").click()
    await expect(page.get_by_text("The pages look as you said.")).to_be_visible()
    logo: FilePayload = {"name": "logo.png", "mimeType": "image/png", "buffer": PNG}
    await page.get_by_label("Picture").set_input_files([logo])
    await page.get_by_role("button", name="Show this logo").click()
    await expect(page.get_by_alt_text("The logo in use")).to_be_attached()
    await assert_accessible(page)

    async with watched(browser) as public:
        await public.goto(url["preferences"])
        await expect(public.get_by_alt_text("Northwind Café")).to_be_attached()
        button = public.get_by_role("button", name="Save")
        await expect(button).to_have_css("background-color", "rgb(11, 110, 79)")
        await assert_accessible(public)
