"""Keys, people and passwords, the way a person meets them; also in a browser without scripts."""

import re

import httpx
import pytest
from playwright.async_api import expect

from tests.e2e.conftest import watched

PASSWORD = "a quiet walk by the sea"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_key_is_made_used_and_revoked(browser, served, session, scripts):
    options = {"base_url": served.url, "storage_state": session, "java_script_enabled": scripts}
    async with watched(browser, **options) as page:
        await page.goto("/keys")
        name = f"Shop {'with' if scripts else 'without'}"
        await page.get_by_label("Name", exact=False).last.fill(name)
        await page.get_by_text("Contact upload", exact=True).check()
        await page.get_by_role("button", name="Make key").click()
        key = await page.locator(".secret code").inner_text()
        assert add_contact(served, key) == 200

        await page.get_by_role("button", name=f"Change {name}").click()
        await page.get_by_role("button", name="Revoke key").click()
        await expect(page.get_by_text("The key is revoked")).to_be_visible()
        await page.wait_for_timeout(1000)
        assert add_contact(served, key) == 401


def add_contact(served, key: str) -> int:
    headers = {"template-key": key}
    return httpx.post(
        f"{served.url}/add-contact", headers=headers, json={"email": "k@example.com"}
    ).status_code


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_somebody_is_invited_comes_in_and_is_shown_out(browser, served, session, scripts):
    options = {"base_url": served.url, "java_script_enabled": scripts}
    email = f"grace-{scripts}@example.com".lower()
    async with (
        watched(browser, storage_state=session, **options) as page,
        watched(browser, **options) as guest,
    ):
        await page.goto("/people")
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_text("Sees everything, changes nothing").check()
        await page.get_by_role("button", name="Make invitation").click()
        link = await page.locator(".secret code").inner_text()

        await guest.goto(link)
        await guest.get_by_label("Your name").fill("Grace")
        await guest.get_by_label("Choose a password").fill(PASSWORD)
        await guest.get_by_role("button", name=re.compile("^Join")).click()
        await guest.wait_for_url("**/contacts")
        await guest.goto("/settings")
        await expect(guest.get_by_role("heading", name="Settings")).to_be_visible()
        await guest.goto("/keys")
        await expect(guest.get_by_text("takes the role admin")).to_be_visible()

        await page.goto("/people")
        row = page.get_by_role("row").filter(has_text=email)
        await row.get_by_label("Role of Grace", exact=True).select_option("admin")
        await row.get_by_role("button", name="Save the role").click()
        await expect(page.get_by_text("The role is changed")).to_be_visible()
        await guest.wait_for_timeout(1000)
        await guest.goto("/keys")
        assert "/login" in guest.url, "a new role ends the session of the old one"

        row = page.get_by_role("row").filter(has_text=email)
        await row.get_by_role("button", name="More for Grace").click()
        await (
            page.get_by_role("button", name=re.compile("^Remove from"))
            .locator("visible=true")
            .click()
        )
        await expect(page.get_by_text("no longer belongs")).to_be_visible()


async def test_the_plan_draws_the_calls_that_were_made(page, served):
    for _ in range(3):
        assert add_contact(served, served.upload_key) == 200
    await page.wait_for_timeout(6000)
    await page.goto("/plan?days=1")
    await expect(page.locator("[data-plot] canvas")).to_be_visible()
    await page.get_by_text("Show as a table").click()
    await expect(page.get_by_role("columnheader", name="Contact uploads")).to_be_visible()


async def test_signing_out_works_from_the_menu(stranger, served):
    await stranger.goto("/login")
    await stranger.get_by_label("E-mail").fill(served.email)
    await stranger.get_by_label("Password").fill(served.password)
    await stranger.keyboard.press("Enter")
    await stranger.wait_for_url("**/contacts")
    await stranger.goto("/settings")
    await stranger.get_by_role("button", name="your menu").click()
    await stranger.get_by_role("button", name="Sign out", exact=True).click()
    await stranger.wait_for_url("**/login")
    await stranger.goto("/settings")
    assert "/login" in stranger.url
