"""The real thing: `signalbook serve` on a folder of its own, and a real browser in front of it."""

import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    StorageState,
    async_playwright,
    expect,
)

from tests.served import Served, serving

HERE = Path(__file__).parent
PATIENCE_MS = 20_000  # a busy machine is slow now and then, which is no property of the page
BROWSERS = ("chromium", "google-chrome", "chromium-browser")


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks next
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys on one worker: they share a server and a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("e2e"))


SERVED = pytest.StashKey[Served]()


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """A server at its first start, shared by the journeys; none of them may find a bug in it."""
    with serving() as served:
        request.config.stash[SERVED] = served
        yield served
        said = served.errors()
    assert "unhandled" not in said, said


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Show with a journey that fails what the server had to say."""
    report = yield
    if report.failed and SERVED in item.config.stash:
        report.sections.append(("What the server said", item.config.stash[SERVED].errors()))
    return report


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium; without one the journeys are skipped, except in CI."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium: scripts/system-packages installs it")
        pytest.skip("there is no Chromium here")
    async with async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def session(browser: Browser, served: Served) -> StorageState:
    """The cookies of the owner, signed in once for all journeys."""
    context = await browser.new_context(base_url=served.url)
    page = await context.new_page()
    await sign_in(page, served)
    cookies = await context.storage_state()
    await context.close()
    return cookies


@pytest.fixture
async def stranger(browser: Browser, served: Served) -> AsyncIterator[Page]:
    """A page of somebody who is not signed in."""
    async with watched(browser, base_url=served.url) as page:
        yield page


@pytest.fixture
async def page(browser: Browser, served: Served, session: StorageState) -> AsyncIterator[Page]:
    """A page of the owner, signed in; whatever the browser complains about fails the test."""
    async with watched(browser, base_url=served.url, storage_state=session) as page:
        yield page


@asynccontextmanager
async def watched(browser: Browser, **options: Any) -> AsyncIterator[Page]:
    """Open a page and listen for complaints: scripts that fail, policies that are broken."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, **options)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A refused form is answered with 400, and the browser and htmx both say so.
        refused = ("Failed to load resource", "Response Status Error Code 4")
        if message.type == "error" and not message.text.startswith(refused):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    await context.close()
    assert not complaints, complaints


async def sign_in(page: Page, served: Served) -> None:
    """Sign in as the owner, the way a person does."""
    await page.goto("/login")
    await page.get_by_label("E-mail").fill(served.email)
    await page.get_by_label("Password").fill(served.password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/login" not in url)
