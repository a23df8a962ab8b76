"""A file becomes contacts: with a mouse, with the keyboard alone, and without scripts."""

import itertools
import re
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize, expect

from tests.e2e.conftest import watched

SIZES: list[tuple[ViewportSize, Literal["light", "dark"]]] = [
    ({"width": 390, "height": 844}, "dark"),
    ({"width": 1440, "height": 900}, "light"),
]
ROWS = 400
FIRST_NUMBERS = itertools.count(10_000, ROWS)
SETTLE = """for (const one of document.getAnimations())
    if (one instanceof CSSTransition) one.finish()"""

axe = Axe()


@pytest.fixture
def fair(request: pytest.FixtureRequest) -> str:
    """A name for the people of one test: the server beneath is shared with the others."""
    return f"fair-{request.node.name.replace('_', '-')[5:35]}-"


@pytest.fixture
def file(tmp_path: Path, fair: str) -> Path:
    """A list as somebody's spreadsheet writes it: a title, semicolons, Windows-1252, phones."""
    first = next(FIRST_NUMBERS)
    lines = ["Customers of the spring fair", "", "E-mail;Mobile No;Town;Loyalty points"]
    lines += [f"{fair}{n}@example.com;098480 {first + n};København;{n}" for n in range(ROWS)]
    lines += ["nobody;098480 99999;Kyoto;7"]
    path = tmp_path / "spring fair.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


async def assert_whole_and_accessible(page: Page) -> None:
    """On a phone in the dark, and on a desk in the light."""
    for size, scheme in SIZES:
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate(SETTLE)
        found = await axe.run(page)
        assert found.violations_count == 0, found.generate_report()
        widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], "something is wider than the screen"


async def test_a_dropped_file_becomes_contacts_and_can_be_taken_back(page, file, fair):
    await page.goto("/imports")
    await page.get_by_role("link", name="Import a file").first.click()
    await page.get_by_label("File to import").set_input_files(file)

    await page.wait_for_url("**/mapping")
    await expect(page.get_by_label("Mobile No", exact=True)).to_have_value("mobile")
    await expect(page.get_by_label("Town", exact=True)).to_have_value("field:city")
    await page.get_by_label("Loyalty points", exact=True).select_option("ignore")
    await expect(page.get_by_text("3 of 4 columns are used")).to_be_visible()
    await page.get_by_label("Phone numbers without a +").select_option("IN")
    await assert_whole_and_accessible(page)
    await page.get_by_role("button", name=re.compile(r"^Check \d+ rows$")).click()

    await page.wait_for_url("**/check")
    await expect(page.get_by_text("nobody", exact=True)).to_be_visible()
    await assert_whole_and_accessible(page)
    await page.get_by_role("button", name=f"Import {ROWS} contacts").click()

    await page.wait_for_url("**/report")
    await expect(page.get_by_role("status")).to_contain_text(f"{ROWS} contacts imported")
    await assert_whole_and_accessible(page)
    await page.reload()
    await page.get_by_role("link", name=re.compile("^Created")).first.click()
    await expect(page.get_by_role("link", name=f"{fair}0@example.com")).to_be_visible()

    await page.get_by_role("button", name="Undo this import").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Undo this import").click()
    await page.wait_for_url("**/report")
    await expect(page.get_by_text("Undone", exact=True)).to_be_visible()


async def test_the_wizard_is_walked_by_keyboard_and_its_errors_take_the_focus(page, file):
    await page.goto("/contacts")
    await page.keyboard.press("g")
    await page.keyboard.press("i")
    await page.wait_for_url("**/imports")
    await page.goto("/imports/new")
    field = page.get_by_label("File to import")
    await field.focus()
    await expect(field).to_be_focused()
    await field.set_input_files(file)

    await page.wait_for_url("**/mapping")
    town = page.get_by_label("Town", exact=True)
    await town.focus()
    await town.press("E")  # the first letters of a choice choose it
    await town.select_option("email")
    await page.get_by_label("Tags for everybody").press("Enter")

    await expect(town).to_be_focused()
    await expect(town).to_have_accessible_description(re.compile("becomes this already"))
    await assert_whole_and_accessible(page)
    await town.select_option("field:city")
    await page.get_by_label("Tags for everybody").press("Enter")
    await page.wait_for_url("**/check")
    await page.go_back()
    await page.wait_for_url("**/mapping")
    await page.get_by_role("button", name="Cancel import").press("Enter")
    await page.wait_for_url("**/imports")
    await assert_whole_and_accessible(page)


async def test_every_step_works_without_scripts(browser, served, session, file, fair):
    options = {"base_url": served.url, "storage_state": session, "java_script_enabled": False}
    async with watched(browser, **options) as page:
        await page.goto("/imports/new")
        await page.get_by_label("File to import").set_input_files(file)
        await page.get_by_role("button", name="Upload").click()

        await page.wait_for_url("**/mapping")
        await page.get_by_label("Phone numbers without a +").select_option("IN")
        await page.get_by_label("Tags for everybody").fill("fair")
        await page.get_by_role("button", name=re.compile("^Check")).click()
        await page.wait_for_url("**/check")
        await page.get_by_role("button", name=re.compile("^Import")).click()

        await page.wait_for_url("**/report")
        await page.get_by_role("link", name="Show the contacts").click()
        await expect(page.get_by_text(f"{fair}{ROWS - 1}@example.com").first).to_be_visible()
