"""Northwind's oauth key, a token for it, and a client that sends what it is told to, verbatim."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar.types import ASGIApp

from signalbook.accounts import key_actions
from signalbook.accounts.made import Created
from signalbook.kit.db import Database
from tests import asgi
from tests.world import Place

FORM = "application/x-www-form-urlencoded"


async def made_key(db: Database, account_id: int, **besides: Any) -> Created:
    async with db.tx() as tx:
        return await key_actions.create(tx, account_id, "oauth", actor="test", **besides)


async def token_of(http: httpx.AsyncClient, key: Created) -> str:
    """Ask for a token in the very bytes that Digitaleo's Python client sends."""
    body = f"grant_type=client_credentials&client_id={key.client_id}&client_secret={key.key}"
    answer = await http.post("/token", content=body, headers={"Content-Type": FORM})
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


@pytest.fixture
async def key(db: Database, northwind: Place) -> Created:
    return await made_key(db, northwind.id)


@pytest.fixture
async def door(
    app: ASGIApp, http: httpx.AsyncClient, key: Created
) -> AsyncIterator[httpx.AsyncClient]:
    """A client that signs its calls with a token."""
    headers = {"Authorization": f"Bearer {await token_of(http, key)}"}
    async with asgi.client(app, headers) as client:
        yield client


@pytest.fixture
async def theirs(
    app: ASGIApp, http, db: Database, contoso: Place
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the other account."""
    token = await token_of(http, await made_key(db, contoso.id))
    async with asgi.client(app, {"Authorization": f"Bearer {token}"}) as client:
        yield client
