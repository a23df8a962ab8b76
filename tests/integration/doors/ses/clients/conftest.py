"""AWS's clients with Northwind's key, and what most cases are about: a list of one contact."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from litestar.types import ASGIApp

from signalbook.accounts import key_actions
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from tests import aws
from tests.aws import Door, Ses, SesKey
from tests.world import Place

LIST = "news"
TOPICS = [
    {
        "TopicName": "Sports",
        "DisplayName": "Sports",
        "Description": "Every match",
        "DefaultSubscriptionStatus": "OPT_IN",
    },
    {"TopicName": "Cats", "DisplayName": "Cats", "DefaultSubscriptionStatus": "OPT_OUT"},
]
KNOWN = "known@example.com"


async def made_key(db: Database, settings: Settings, account_id: int) -> SesKey:
    async with db.tx() as tx:
        made = await key_actions.create_signer(tx, account_id, settings.secret_key, actor="test")
    return SesKey(made.access_key_id, made.key)


@pytest.fixture
async def door(app: ASGIApp, db: Database) -> Door:
    return Door(app, asyncio.get_running_loop())


@pytest.fixture
async def key(db: Database, settings: Settings, northwind: Place) -> SesKey:
    return await made_key(db, settings, northwind.id)


@pytest.fixture
def client_of(door: Door) -> Callable[..., Any]:
    """Make clients with other keys, regions or settings."""
    return lambda key, *besides, **named: aws.client(door, key, *besides, **named)


@pytest.fixture
def empty(door: Door, key: SesKey) -> Ses:
    """A client of an account without a list."""
    return Ses(aws.client(door, key))


@pytest.fixture
async def ses(empty: Ses) -> Ses:
    """A client of an account with the list of `TOPICS`, on which is one contact."""
    await empty("CreateContactList", ContactListName=LIST, Topics=TOPICS)
    await empty("CreateContact", ContactListName=LIST, EmailAddress=KNOWN)
    return empty


@pytest.fixture
async def theirs(door: Door, db: Database, settings: Settings, contoso: Place) -> Ses:
    """A client of the other account."""
    return Ses(aws.client(door, await made_key(db, settings, contoso.id)))
