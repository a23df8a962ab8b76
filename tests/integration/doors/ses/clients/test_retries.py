"""Who asks too much is told so in a way that makes AWS's clients come back by themselves."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from signalbook.accounts import actions as accounts
from tests import aws
from tests.aws import Answer, Door, Ses
from tests.integration.doors.ses.clients.conftest import LIST, made_key

MODES = [("standard", 3), ("legacy", 5)]


class Watched(Door):
    """Counts what is sent, and gives an earlier answer again as long as there are `busy` ones."""

    def __init__(self, door: Door) -> None:
        super().__init__(door._app, door._loop)
        self.calls = 0
        self.busy: list[Answer] = []
        self.last: Answer | None = None

    def send(self, method: str, url: str, headers: Mapping[str, Any], body: bytes = b"") -> Answer:
        self.calls += 1
        self.last = self.busy.pop() if self.busy else super().send(method, url, headers, body)
        return self.last


@pytest.fixture
async def watched(door: Door, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
    return Watched(door)


@pytest.fixture
async def small(db, settings, world) -> aws.SesKey:
    """The key of an account that may ask twice an hour."""
    async with db.tx() as tx:
        account = await accounts.create(tx, "Small", "enterprise", api_per_hour=2, actor="test")
    return await made_key(db, settings, account.id)


def patient(mode: Any) -> Config:
    return Config(retries={"mode": mode})


@pytest.mark.parametrize(("mode", "attempts"), MODES)
async def test_a_client_tries_as_often_as_its_mode_does(
    watched: Watched, small, mode: str, attempts: int
) -> None:
    ses = Ses(aws.client(watched, small, config=patient(mode)))
    await ses("ListContactLists")
    await ses("ListContactLists")
    watched.calls = 0

    with pytest.raises(ClientError) as told:
        await ses("ListContactLists")

    assert isinstance(told.value, ses.client.exceptions.TooManyRequestsException)
    assert told.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert watched.calls == attempts


@pytest.mark.parametrize(("mode", "attempts"), MODES)
async def test_a_client_goes_on_where_there_is_room_again(
    watched: Watched, small, key, mode: str, attempts: int
) -> None:
    short = Ses(aws.client(watched, small))
    for _ in range(2):
        await short("ListContactLists")
    assert (await short.refused("ListContactLists")).status == 429
    assert watched.last is not None
    busy = watched.last
    ses = Ses(aws.client(watched, key, config=patient(mode)))
    await ses("CreateContactList", ContactListName=LIST)

    watched.busy = [busy] * (attempts - 1)
    watched.calls = 0
    await ses("CreateContact", ContactListName=LIST, EmailAddress="patient@example.com")

    assert watched.calls == attempts


async def test_what_is_refused_for_good_is_not_tried_again(watched: Watched, key) -> None:
    ses = Ses(aws.client(watched, key, config=patient("standard")))
    await ses("CreateContactList", ContactListName=LIST)
    watched.calls = 0

    assert (await ses.refused("GetContactList", ContactListName="nope")).status == 404
    assert (await ses.refused("CreateContactList", ContactListName="second")).status == 400

    assert watched.calls == 2
