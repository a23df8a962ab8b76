"""The pages of accounts, served by themselves."""

import re

import httpx
import pytest
from litestar import Litestar, Request

from signalbook.accounts import auth, pages
from signalbook.accounts.frames import DEPENDENCIES
from signalbook.accounts.keys import Keys
from signalbook.accounts.passwords import Passwords
from signalbook.accounts.plans import Meter
from signalbook.accounts.sessions import Sessions
from signalbook.accounts.usage import Tally
from signalbook.kit.errors import AppError
from signalbook.web import errors
from signalbook.web.limits import Limiter
from tests.world import PASSWORD

HERE = "http://127.0.0.1:8000"


def refused(request: Request, error: AppError):
    return errors.told(request, error)


@pytest.fixture
async def console(db, settings, tmp_path):
    limiter, passwords = Limiter(tmp_path, None), Passwords()
    app = Litestar(
        pages.ROUTES,
        guards=[auth.guard],
        dependencies=DEPENDENCIES,
        exception_handlers={**auth.exception_handlers, AppError: refused},
        openapi_config=None,
        logging_config=None,
        debug=True,
    )
    app.state.update(
        {
            "db": db,
            "settings": settings,
            "api_keys": Keys(db),
            "sessions": Sessions(db),
            "passwords": passwords,
            "meter": Meter(limiter, Tally()),
        }
    )
    yield app
    passwords.close()
    await limiter.close()


class Browser(httpx.AsyncClient):
    """A browser without scripts: it keeps cookies, follows redirects, and fills in forms."""

    async def sign_in(self, email: str, password: str = PASSWORD, next: str = "") -> httpx.Response:
        form = {"email": email, "password": password, "next": next}
        return await self.post("/login", data=form)

    async def submit(self, path: str, on: str, **fields: str) -> httpx.Response:
        """Send a form with the token of the page `on`, as that page would."""
        page = await self.get(on)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        token = {"csrf_token": found.group(1)} if found else {}
        return await self.post(path, data={**token, **fields})


def browser(app) -> Browser:
    transport = httpx.ASGITransport(app, client=("192.0.2.1", 4000))
    headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Origin": HERE}
    return Browser(transport=transport, base_url=HERE, headers=headers)


@pytest.fixture
async def visitor(console):
    async with browser(console) as client:
        yield client


@pytest.fixture
async def ada(console, northwind):
    """Ada, owner of Northwind, signed in."""
    async with browser(console) as client:
        assert (await client.sign_in("ada@northwind.example")).status_code == 303
        yield client


@pytest.fixture
async def grace(console, northwind):
    """Grace, who may only look, signed in."""
    async with browser(console) as client:
        assert (await client.sign_in("grace@northwind.example")).status_code == 303
        yield client
