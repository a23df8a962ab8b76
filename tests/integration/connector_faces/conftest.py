"""A stand-in for AWS SES, what is asked to connect to it, and no connection afterwards."""

import pytest

from signalbook.connector import queries
from tests.ses_server import LIST, REGION, ses_server, topic


@pytest.fixture(scope="module")
def ses(tmp_path_factory):
    with ses_server(tmp_path_factory.mktemp("ses")) as server:
        server.make_list(LIST, [topic("Sports")])
        yield server


@pytest.fixture
def wanted(ses):
    return {
        "mode": "mirror", "region": REGION, "list_name": LIST, "endpoint": ses.url,
        "credentials": {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "secret/key"},
        "requests_per_second": 1000,
    }  # fmt: skip


@pytest.fixture(autouse=True)
async def gone(db, northwind):
    yield
    async with db.tx() as tx:
        await queries.delete(tx, northwind.id)
