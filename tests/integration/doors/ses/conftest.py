"""boto3 with keys of Northwind and of Contoso, against the application in this process."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from signalbook.accounts import key_actions
from signalbook.accounts.made import Created
from tests.aws import Aws, Refused, told


@pytest.fixture
def new_signer(db, settings):
    """Makes a ses key of an account."""

    async def make(account_id: int, **besides: Any) -> Created:
        async with db.tx() as tx:
            return await key_actions.create_signer(
                tx, account_id, settings.secret_key, actor="test", **besides
            )

    return make


@pytest.fixture
async def signer(northwind, new_signer) -> Created:
    """A ses key of Northwind that may write."""
    return await new_signer(northwind.id)


@pytest.fixture
async def aws(app, signer) -> Aws:
    """boto3's client of sesv2 in the region eu-west-1, which sends what is wrong as well."""
    return Aws(app, signer, parameter_validation=False)


@pytest.fixture
async def elsewhere(app, signer) -> Aws:
    """The same key in another region."""
    return Aws(app, signer, "us-east-1", parameter_validation=False)


@pytest.fixture
async def theirs(app, contoso, new_signer) -> Aws:
    """A key of Contoso."""
    return Aws(app, await new_signer(contoso.id), parameter_validation=False)


@pytest.fixture
def setting(app, monkeypatch) -> Callable[..., None]:
    """Let the door work under other settings for one test."""
    state = app.app.state

    def set_(**changed: str) -> None:
        settings = msgspec.structs.replace(state["settings"], **changed)
        monkeypatch.setitem(state, "settings", settings)

    return set_


async def refused(call: Awaitable[object]) -> Refused:
    """Say how a call is refused."""
    with pytest.raises(ClientError) as error:
        await call
    return told(error.value)
