"""Somebody of Northwind signed in, in a browser without scripts."""

import re

import pytest

from signalbook.accounts import auth, session_actions
from signalbook.accounts.session_actions import Place
from tests import asgi

HERE = "http://127.0.0.1:8000"


class Console:
    """A client that carries the session and the token of its pages."""

    def __init__(self, client):
        self.client = client

    async def get(self, path, **headers):
        return await self.client.get(path, headers=headers)

    async def part(self, path, target):
        """Ask as htmx does, for what belongs into one element."""
        return await self.client.get(path, headers={"HX-Request": "true", "HX-Target": target})

    async def post(self, path, data=None, *, target=None):
        page = await self.client.get("/settings")
        token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
        assert token
        headers = {"HX-Request": "true", "HX-Target": target} if target else {}
        form = {"csrf_token": token[1], **(data or {})}
        return await self.client.post(path, data=form, headers=headers)


async def signed_in(app, db, settings, person):
    async with db.tx() as tx:
        token = await session_actions.start(tx, person.id, Place())
    client = asgi.client(app, {"Origin": HERE})
    client.cookies.set(auth.cookie_name(settings), token)
    return client


@pytest.fixture
async def ada(app, db, settings, northwind):
    """Ada, who owns Northwind."""
    async with await signed_in(app, db, settings, northwind.people["Ada"]) as client:
        yield Console(client)


@pytest.fixture
async def grace(app, db, settings, northwind):
    """Grace, who may only look."""
    async with await signed_in(app, db, settings, northwind.people["Grace"]) as client:
        yield Console(client)


@pytest.fixture
async def kenji(app, db, settings, contoso):
    """Kenji, who owns Contoso."""
    async with await signed_in(app, db, settings, contoso.people["Kenji"]) as client:
        yield Console(client)
