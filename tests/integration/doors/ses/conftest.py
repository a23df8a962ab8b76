"""boto3 with keys of Northwind, against the application in this process."""

from typing import Any

import pytest

from signalbook.accounts import key_actions
from signalbook.accounts.model import Created
from tests.aws import Aws


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
    """boto3's client of sesv2 in the region eu-west-1."""
    return Aws(app, signer)
