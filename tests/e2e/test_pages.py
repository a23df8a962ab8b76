"""Every page of the console: nothing for axe to say, light and dark, and whole on a phone."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize

PAGES = [
    "/contacts",
    "/tags",
    "/fields",
    "/fields/one?name=city",
    "/statistics",
    "/topics",
    "/topics/new",
    "/aws",
    "/aws/connection",
    "/optouts",
    "/optouts/blocklist",
    "/optouts/history?address=ada@example.com",
    "/imports",
    "/imports/new",
    "/keys",
    "/people",
    "/plan",
    "/settings",
]
PHONE: ViewportSize = {"width": 390, "height": 844}

axe = Axe()


async def assert_accessible(page: Page) -> None:
    found = await axe.run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_nothing_for_axe_to_say(page, path, scheme):
    await page.emulate_media(color_scheme=scheme)

    answer = await page.goto(path)

    assert answer.status == 200
    await assert_accessible(page)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_whole_on_a_phone(page, path):
    await page.set_viewport_size(PHONE)

    await page.goto(path)

    widths = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], "something is wider than the screen"
    await assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_door_is_accessible_to_everybody(stranger, scheme):
    await stranger.emulate_media(color_scheme=scheme)

    await stranger.goto("/login")

    await assert_accessible(stranger)


async def test_a_stranger_is_shown_to_the_door_and_comes_back_to_where_they_wanted(
    stranger, served
):
    await stranger.goto("/plan")
    assert "/login" in stranger.url

    await stranger.get_by_label("E-mail").fill(served.email)
    await stranger.get_by_label("Password").fill(served.password)
    await stranger.keyboard.press("Enter")

    await stranger.wait_for_url("**/plan")


async def test_a_wrong_password_is_answered_beside_the_form(stranger, served):
    await stranger.goto("/login")

    await stranger.get_by_label("E-mail").fill(served.email)
    await stranger.get_by_label("Password").fill("not the one that was printed")
    await stranger.keyboard.press("Enter")

    await stranger.get_by_text("do not belong together").wait_for()
