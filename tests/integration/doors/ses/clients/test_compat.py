"""UpdateContact in all four manners: what is left out, and what happens to it.

Each manner has its column of the contested table: `safe` keeps whatever is left out, `observed` is
what was seen of real AWS, `documented` what its pages say today, `moto` what moto 5.2.3 does.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from signalbook.app import build
from tests import asgi, aws
from tests.aws import Door, Ses
from tests.integration.doors.ses.clients.conftest import LIST, TOPICS

EMAIL = "jane@example.com"
BEFORE = {"Sports": "OPT_OUT", "Cats": "OPT_IN"}
NAME, OTHER = '{"Name":"Jane"}', '{"Name":"June"}'
MODES = ("safe", "observed", "documented", "moto")

ALL_KEPT = (NAME, True, BEFORE)
TABLE: list[tuple[dict[str, Any], dict[str, tuple[str | None, bool, dict[str, str]]]]] = [
    (
        {},
        {
            "safe": ALL_KEPT,
            "observed": (None, False, BEFORE),
            "documented": (NAME, True, {}),
            "moto": ALL_KEPT,
        },
    ),
    (
        {"AttributesData": OTHER},
        {
            "safe": (OTHER, True, BEFORE),
            "observed": (OTHER, False, BEFORE),
            "documented": (OTHER, True, {}),
            "moto": (OTHER, True, BEFORE),
        },
    ),
    (
        {"UnsubscribeAll": True},
        {
            "safe": ALL_KEPT,
            "observed": (None, True, BEFORE),
            "documented": (NAME, True, {}),
            "moto": ALL_KEPT,
        },
    ),
    (
        {"UnsubscribeAll": False},
        {
            "safe": (NAME, False, BEFORE),
            "observed": (None, False, BEFORE),
            "documented": (NAME, False, {}),
            "moto": (NAME, False, BEFORE),
        },
    ),
    (
        {"TopicPreferences": [{"TopicName": "Cats", "SubscriptionStatus": "OPT_OUT"}]},
        {
            "safe": (NAME, True, {"Sports": "OPT_OUT", "Cats": "OPT_OUT"}),
            "observed": (None, False, {"Sports": "OPT_OUT", "Cats": "OPT_OUT"}),
            "documented": (NAME, True, {"Cats": "OPT_OUT"}),
            "moto": (NAME, True, {"Cats": "OPT_OUT"}),
        },
    ),
    (
        {
            "AttributesData": OTHER,
            "UnsubscribeAll": False,
            "TopicPreferences": [
                {"TopicName": "Cats", "SubscriptionStatus": "OPT_OUT"},
                {"TopicName": "Sports", "SubscriptionStatus": "OPT_IN"},
            ],
        },
        dict.fromkeys(MODES, (OTHER, False, {"Sports": "OPT_IN", "Cats": "OPT_OUT"})),
    ),
]


@pytest.fixture(scope="module", params=MODES)
async def moded(request, settings) -> AsyncIterator[tuple[str, Door]]:
    """The application in one of the four manners."""
    told = msgspec.structs.replace(settings, ses_compat=request.param)
    async with asgi.running(build(told)) as app:
        yield request.param, Door(app, asyncio.get_running_loop())


@pytest.mark.parametrize(("given", "expected"), TABLE, ids=[str(given)[:40] for given, _ in TABLE])
async def test_an_update_does_with_omissions_as_its_manner_says(
    moded, db, key, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    mode, door = moded
    ses = Ses(aws.client(door, key))
    chosen = [{"TopicName": name, "SubscriptionStatus": said} for name, said in BEFORE.items()]
    whole = {"AttributesData": NAME, "UnsubscribeAll": True, "TopicPreferences": chosen}
    await ses("CreateContactList", ContactListName=LIST, Topics=TOPICS)
    await ses("CreateContact", ContactListName=LIST, EmailAddress=EMAIL, **whole)

    await ses("UpdateContact", ContactListName=LIST, EmailAddress=EMAIL, **given)

    shown = await ses("GetContact", ContactListName=LIST, EmailAddress=EMAIL)
    choices = {p["TopicName"]: p["SubscriptionStatus"] for p in shown.get("TopicPreferences", ())}
    told = (shown.get("AttributesData"), shown["UnsubscribeAll"], choices)
    assert told == expected[mode]
