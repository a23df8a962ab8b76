"""`signalbook ses lists` shows what clients of AWS have made."""

import asyncio
import json

import pytest

from tests.integration.lists_faces.test_lists_commands import command
from tests.integration.ses.kept import made, topic

__all__ = ["command"]


@pytest.fixture
def account(command, dsn) -> int:
    code, out, err = command("account", "list", "--json")
    assert code == 0, err
    return next(one["id"] for one in json.loads(out) if one["name"] == "default")


async def test_contact_lists_are_listed_by_region(db, command, account):
    await made(db, account, "Main", topic("News"), topic("Sports", "OPT_OUT"), tags=[("a", "1")])
    await made(db, account, "Other", region="us-east-1")

    code, out, err = await asyncio.to_thread(command, "ses", "lists", "--json")
    listed = await asyncio.to_thread(command, "ses", "lists", "--region", "us-east-1")

    assert code == 0, err
    main, other = json.loads(out)["contact_lists"]
    assert [(one["name"], one["default_status"]) for one in main["topics"]] == [
        ("News", "OPT_IN"), ("Sports", "OPT_OUT")
    ]  # fmt: skip
    assert (main["tags"], other["region"]) == ({"a": "1"}, "us-east-1")
    assert listed[1].split() == ["us-east-1", "Other"]
