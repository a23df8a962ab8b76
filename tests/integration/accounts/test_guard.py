"""The guard lets in whom a route declares, and nobody else."""

from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar, Request, get, post

from signalbook.accounts import auth, session_actions
from signalbook.accounts.keys import Keys
from signalbook.accounts.plans import Meter
from signalbook.accounts.session_actions import Place
from signalbook.accounts.sessions import Sessions
from signalbook.accounts.usage import Tally
from signalbook.kit.errors import AppError
from signalbook.web import csrf, errors
from signalbook.web.access import ANYONE_SIGNED_IN, PUBLIC, key, person
from signalbook.web.limits import STATE_KEY, Limiter
from tests.world import place

HERE = "http://127.0.0.1:8000"


@get("/public", access=PUBLIC)
async def public() -> str:
    return "public"


@post("/public", access=PUBLIC)
async def public_form() -> str:
    return "public"


@get("/undeclared")
async def undeclared() -> str:
    return "never"


@get("/api/read", access=key("read"))
async def read(request: Request[Any, Any, Any]) -> str:
    return auth.caller_in(request.scope).account


@post("/api/write", access=key("write"))
async def write(request: Request[Any, Any, Any]) -> str:
    return auth.caller_in(request.scope).actor


@get("/page", access=ANYONE_SIGNED_IN)
async def page(request: Request[Any, Any, Any]) -> str:
    return auth.caller_in(request.scope).name


@post("/page", access=person("editor"))
async def change(request: Request[Any, Any, Any]) -> str:
    return auth.caller_in(request.scope).name


@pytest.fixture
async def guarded(db, settings, tmp_path):
    limiter = Limiter(tmp_path, None)

    def answer(request: Request[Any, Any, Any], error: AppError):
        answer = errors.told(request, error)
        for name, value in request.scope["state"].get(STATE_KEY, ()):
            answer.headers[name.decode()] = value.decode()
        return answer

    app = Litestar(
        [public, public_form, undeclared, read, write, page, change],
        guards=[auth.guard],
        exception_handlers={**auth.exception_handlers, AppError: answer},
        openapi_config=None,
        logging_config=None,
    )
    app.state.update(
        {
            "settings": settings,
            "api_keys": Keys(db),
            "sessions": Sessions(db),
            "meter": Meter(limiter, Tally()),
        }
    )
    yield app
    await limiter.close()


@pytest.fixture
async def http(guarded):
    transport = httpx.ASGITransport(guarded)
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        yield client


@pytest.fixture
async def ada(http, db, settings, northwind):
    return await _signed_in(http, db, settings, northwind, "Ada")


@pytest.fixture
async def grace(http, db, settings, northwind):
    return await _signed_in(http, db, settings, northwind, "Grace")


class Browser(msgspec.Struct):
    """The headers of a browser in which somebody is signed in, and the token of its pages."""

    headers: dict[str, str]
    token: str


async def _signed_in(http, db, settings, northwind, name):
    async with db.tx() as tx:
        token = await session_actions.start(tx, northwind.people[name].id, Place())
    caller = await Sessions(db).authenticate(token)
    assert caller.session_id
    return Browser(
        {"Cookie": f"{auth.cookie_name(settings)}={token}", "Origin": HERE},
        csrf.token(settings.secret_key, caller.session_id),
    )


async def test_a_route_that_declares_nothing_lets_nobody_in(http, ada):
    answer = await http.get("/undeclared", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "access_undeclared")


async def test_a_public_route_asks_nobody_but_takes_no_form_of_another_site(http):
    assert (await http.get("/public")).text == "public"
    assert (await http.post("/public")).text == "public"
    answer = await http.post("/public", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


@pytest.mark.parametrize("name", ["X-API-Key", "Authorization"])
async def test_a_key_comes_in_either_header(http, northwind, name):
    value = northwind.api_key if name == "X-API-Key" else f"Bearer {northwind.api_key}"
    answer = await http.get("/api/read", headers={name: value})
    assert answer.text == "Northwind"


async def test_a_call_without_a_key_is_told_where_to_get_one_and_what_the_limit_is(http):
    answer = await http.get("/api/read")
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("Send your key in the X-API-Key header")
    assert answer.headers["X-RateLimit-Limit"] == "300"
    assert answer.headers["RateLimit-Policy"] == '"unknown-key";q=300;w=60'


async def test_a_read_key_may_not_write(http, northwind):
    answer = await http.post("/api/write", headers={"X-API-Key": northwind.read_key})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert answer.headers["RateLimit"].startswith('"api";r=')


async def test_a_cookie_is_no_key_and_a_key_is_no_cookie(http, northwind, ada):
    assert (await http.get("/api/read", headers=ada.headers)).status_code == 401
    answer = await http.get("/page", headers={"X-API-Key": northwind.api_key})
    assert answer.status_code == 303


async def test_over_the_limit_the_answer_says_when_to_come_back(http, db):
    async with db.tx() as tx:
        free = await place(tx, "Free", {"Fay": "owner"}, "free")
    seen = [await http.get("/api/read", headers={"X-API-Key": free.read_key}) for _ in range(101)]
    assert [answer.status_code for answer in seen] == [200] * 100 + [429]
    refused = seen[-1]
    assert 0 < int(refused.headers["Retry-After"]) <= 3606
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert "100 calls in 3,600 seconds" in refused.json()["message"]


async def test_a_page_sends_to_sign_in_and_back(http):
    answer = await http.get("/page?tag=a&x=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=/page%3Ftag%3Da%26x%3D1"


async def test_htmx_is_told_to_turn_the_whole_page(http):
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HERE}/contacts?q=a"}
    answer = await http.get("/page", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/contacts%3Fq%3Da"


async def test_a_form_of_another_site_never_sends_people_there(http):
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example//evil"}
    answer = await http.get("/page", headers=headers)
    assert answer.headers["HX-Redirect"] == "/login?next=/contacts"


async def test_a_form_needs_the_token_of_its_page(http, ada, grace):
    for sent in (
        {"headers": {**ada.headers, csrf.HEADER: ada.token}},
        {"headers": ada.headers, "data": {csrf.FIELD: ada.token}},
        {"headers": ada.headers, "data": {csrf.FIELD: ada.token}, "files": {"f": b"x"}},
    ):
        assert (await http.post("/page", **sent)).text == "Ada"
    for sent in (
        {"headers": ada.headers},
        {"headers": {**ada.headers, csrf.HEADER: grace.token}},
        {"headers": ada.headers, "data": {csrf.FIELD: ""}},
        {"headers": ada.headers, "json": {csrf.FIELD: ada.token}},
        {"headers": ada.headers, "content": f"csrf_token={ada.token}"},
    ):
        answer = await http.post("/page", **sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "form_expired")


async def test_a_form_of_another_site_is_refused_even_with_the_token(http, ada):
    headers = {**ada.headers, csrf.HEADER: ada.token, "Origin": "https://evil.example"}
    answer = await http.post("/page", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


async def test_a_viewer_looks_and_does_not_touch(http, grace):
    assert (await http.get("/page", headers=grace.headers)).text == "Grace"
    answer = await http.post("/page", headers={**grace.headers, csrf.HEADER: grace.token})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert "editor" in answer.json()["message"]
