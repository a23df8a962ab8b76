"""The comparison with SES through the API, and the rebuild on the command line."""

import asyncio

import pytest
from typer.testing import CliRunner

from signalbook.cli import app as commands
from signalbook.connector import queries
from tests.ses_server import LIST, REGION, ses_server, topic

URL = "/api/v1/ses-connection"


@pytest.fixture(scope="module")
def ses(tmp_path_factory):
    with ses_server(tmp_path_factory.mktemp("ses")) as server:
        server.make_list(LIST, [topic("Sports")])
        yield server


@pytest.fixture
async def connected(api, db, ses, northwind):
    wanted = {
        "mode": "mirror", "region": REGION, "list_name": LIST, "endpoint": ses.url,
        "credentials": {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "secret/key"},
        "requests_per_second": 1000,
    }  # fmt: skip
    assert (await api.put(URL, json=wanted)).status_code == 200
    yield
    async with db.tx() as tx:
        await queries.delete(tx, northwind.id)


async def test_a_comparison_is_begun_and_what_it_found_is_shown(api, connected):
    assert (await api.get(URL + "/drifts")).json()["code"] == "never_compared"

    begun = await api.post(URL + "/drifts", json={"deep": True})

    assert begun.status_code == 202, begun.text
    while (found := (await api.get(URL + "/drifts")).json())["running"]:  # noqa: ASYNC110  # a worker works
        await asyncio.sleep(0.1)
    assert (found["failed"], found["counts"]["only_there"]) == ("", 0)


async def test_without_a_connection_nothing_is_compared(api):
    assert (await api.post(URL + "/drifts", json={})).json()["code"] == "not_connected"
    wrong = await api.post(URL + "/drifts", json={"deep": "yes"})
    assert wrong.status_code == 400


def test_a_rebuild_asks_first():
    told = CliRunner().invoke(commands, ["ses", "rebuild"], input="n\n")

    assert told.exit_code == 1
    assert "Their timelines are not in SES" in told.stderr
