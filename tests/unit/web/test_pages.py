"""A page answers whole, or with the part that htmx asked for; a toast survives one redirect."""

from typing import Any

import pytest
from litestar import Litestar, Request, Response, get, post
from litestar.testing import AsyncTestClient

from signalbook.web import flash, static
from signalbook.web.access import PUBLIC
from signalbook.web.flash import Toast
from signalbook.web.render import Frame, Page


@get("/page", access=PUBLIC)
async def shown(request: Request[Any, Any, Any]) -> Response[Any]:
    page = Page(request, Frame())
    return page.show("error.html", parts={"list": "_nav.html"}, heading="Hello", message="There")


@get("/part", access=PUBLIC)
async def part(request: Request[Any, Any, Any]) -> Response[Any]:
    return Page(request, Frame()).part("_nav.html", toast=Toast("Łukasz was added"), nav="tags")


@post("/go", access=PUBLIC)
async def go(request: Request[Any, Any, Any]) -> Response[Any]:
    return Page(request, Frame()).go("/page", Toast("Saved", href="/contacts", link="Open"))


@pytest.fixture
async def client():
    app = Litestar([shown, part, go, static.serve, static.favicon], openapi_config=None, debug=True)
    async with AsyncTestClient(app) as client:
        yield client


async def test_a_browser_gets_the_whole_page(client):
    answer = await client.get("/page")

    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_page_travels_packed(client):
    packed = await client.get("/page")
    plain = await client.get("/page", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


async def test_htmx_gets_the_part_of_its_target(client):
    headers = {"HX-Request": "true", "HX-Target": "list"}

    assert (await client.get("/page", headers=headers)).text.startswith("<nav")
    for more in (
        {"HX-Target": "other"},
        {"HX-Boosted": "true"},
        {"HX-History-Restore-Request": "1"},
    ):
        whole = await client.get("/page", headers=headers | more)
        assert whole.text.startswith("<!doctype html>")


async def test_a_fragment_may_bring_a_toast(client):
    answer = await client.get("/part")

    assert "\\u0141ukasz was added" in answer.headers["hx-trigger"]


async def test_a_form_is_redirected_and_its_toast_is_shown_once(client):
    went = await client.post("/go", follow_redirects=False)

    assert (went.status_code, went.headers["location"]) == (303, "/page")
    assert "Saved" in (await client.get("/page")).text
    assert "Saved" not in (await client.get("/page")).text


async def test_htmx_is_sent_elsewhere_in_its_own_way(client):
    went = await client.post("/go", headers={"HX-Request": "true"})

    assert went.headers["hx-redirect"] == "/page"


@pytest.mark.parametrize("kept", ["", "not base64", "bm90IGpzb24=", "x" * 5000])
def test_a_cookie_that_is_not_ours_says_nothing(kept):
    assert flash.toasts_in({flash.COOKIE: kept}) == []


def test_a_toast_leads_nowhere_else():
    for href in ("https://example.com", "//example.com", "javascript:alert(1)"):
        cookie = flash.cookie_of(Toast("Look", href=href), secure=True)
        assert flash.toasts_in({flash.COOKIE: cookie.value or ""}) == []


async def test_a_static_file_is_kept_for_ever_under_the_digest_of_the_version(client):
    answer = await client.get(static.url("css/tokens.css"))

    assert answer.headers["cache-control"] == static.FOREVER
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["content-encoding"] == "gzip"
    assert (await client.get("/favicon.ico")).headers["content-type"] == "image/svg+xml"


async def test_a_page_of_another_version_still_finds_its_files_but_does_not_keep_them(client):
    answer = await client.get(
        "/static/older/fonts/inter-latin.woff2", headers={"accept-encoding": "identity"}
    )

    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "font/woff2"


@pytest.mark.parametrize("path", ["css/nothing.css", "../render.py", "..%2f..%2frender.py"])
async def test_only_static_files_are_served(client, path):
    assert (await client.get(f"/static/{static.version()}/{path}")).status_code == 404
