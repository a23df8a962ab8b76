"""The comparison with SES through the API, and the rebuild on the command line."""

import asyncio

import pytest
from typer.testing import CliRunner

from signalbook.cli import app as commands

URL = "/api/v1/ses-connection"


@pytest.fixture
async def connected(api, wanted):
    assert (await api.put(URL, json=wanted)).status_code == 200


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
