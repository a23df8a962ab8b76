"""The connection through the API and the command line."""

import json

import pytest
from typer.testing import CliRunner

from signalbook.cli import app as commands
from tests.ses_server import LIST, REGION

URL = "/api/v1/ses-connection"


async def test_a_connection_is_tried_set_shown_and_ended(api, wanted):
    assert (await api.get(URL)).status_code == 404
    tried = await api.post(URL + "/tests", json=wanted)
    assert tried.json()["topics"][0]["name"] == "Sports"

    made = await api.put(URL, json=wanted)

    assert made.status_code == 200, made.text
    assert made.json()["has_credentials"] is True
    assert "secret/key" not in made.text
    kept = {name: value for name, value in wanted.items() if name != "credentials"}
    again = await api.put(URL, json=kept | {"mode": "follow"})
    assert again.json()["mode"] == "follow"
    assert again.json()["has_credentials"] is True
    assert (await api.post(URL + "/syncs")).status_code == 202
    assert (await api.get(URL + "/refusals")).json() == {"data": []}
    policy = (await api.get(URL + "/policy")).json()["policy"]
    assert policy["Statement"][0]["Resource"].endswith(f":contact-list/{LIST}")
    assert (await api.delete(URL)).status_code == 200
    assert (await api.get(URL)).json()["code"] == "not_connected"


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ({"list_name": "Nope"}, "list_unknown", "no contact list named Nope"),
        ({"region": "Europe"}, "connection_invalid", "eu-west-1"),
        ({"credentials": None}, "connection_invalid", "needs an access key"),
        ({"bucket": "A b"}, "connection_invalid", "bucket"),
        ({"endpoint": "http://127.0.0.1:9"}, "ses_away", "cannot be reached"),
        ({"requests_per_second": 5e-324}, "connection_invalid", "from 0.01 to 1000"),
    ],
)
async def test_what_is_wrong_is_told_in_a_sentence(api, wanted, more, code, says):
    refused = await api.post(URL + "/tests", json=wanted | more)

    assert refused.json()["code"] == code
    assert says in refused.text


async def test_a_wrong_key_is_told(api, ses, wanted):
    ses.control(refused_keys=["AKIAIOSFODNN7EXAMPLE"])
    try:
        refused = await api.post(URL + "/tests", json=wanted)
    finally:
        ses.control(refused_keys=[])

    assert (refused.status_code, refused.json()["code"]) == (403, "aws_key_wrong")


def test_the_command_line_does_the_same(settings, northwind, ses):
    environ = {
        "SIGNALBOOK_DATABASE_URL": settings.database_url,
        "SIGNALBOOK_DATA_DIR": str(settings.data_dir),
        "AWS_SECRET_ACCESS_KEY": "secret",
    }

    def ran(*arguments: str) -> str:
        done = CliRunner().invoke(
            commands, ["ses", *arguments, "--account", "Northwind"], env=environ
        )
        assert done.exit_code == 0, done.output
        return done.output

    place = ("--region", REGION, "--list", LIST, "--endpoint", ses.url, "--access-key-id", "AKIAX")

    assert "is there: Sports." in ran("test", *place)
    made = json.loads(ran("connect", *place, "--requests-per-second", "100", "--json"))
    assert made["list_name"] == LIST
    assert f"{LIST} in {REGION}" in ran("show")
    assert "mirror" in ran("sync")
    assert "There are none." in ran("refusals")
    assert json.loads(ran("policy"))["Version"] == "2012-10-17"
    assert "not connected" in ran("disconnect")
