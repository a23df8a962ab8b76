"""The first minute of a stranger: what the first start prints works as printed."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.served import Served


@pytest.fixture
def upload(served: Served) -> Iterator[httpx.Client]:
    """A client with the contact-upload key that was printed."""
    headers = {"template-key": served.upload_key}
    with httpx.Client(base_url=served.url, headers=headers) as client:
        yield client


@pytest.fixture
def api(served: Served) -> Iterator[httpx.Client]:
    """A client with the API key that was printed."""
    headers = {"X-API-Key": served.api_key}
    with httpx.Client(base_url=f"{served.url}/api/v1", headers=headers) as client:
        yield client


def test_the_documented_request_is_answered_and_the_contact_is_there(upload, api):
    ada = {"email": "first@example.com", "full_name": "Ada Lovelace", "add_tags": "red-sneakers"}

    added = upload.post("/add-contact", json=ada)

    assert added.json() == {"success": True, "message": "Contact added"}
    (contact,) = api.get("/contacts", params={"email": "first@example.com"}).json()["data"]
    assert contact["tags"] == ["red-sneakers"]


def test_a_signal_given_twice_is_one_tag_and_two_moments(upload, api):
    ada = {"email": "twice@example.com", "add_tags": ["viewed-red-sneakers"]}

    for _ in range(2):
        upload.post("/add-contact", json=ada)

    (contact,) = api.get("/contacts", params={"email": "twice@example.com"}).json()["data"]
    assert contact["tags"] == ["viewed-red-sneakers"]
    timeline = api.get(f"/contacts/{contact['id']}/timeline", params={"kind": "tagged"}).json()
    assert len(timeline["data"]) == 2


def test_the_commands_work_beside_the_running_server(served: Served):
    account = json.loads(served.cli("account", "list", "--json"))

    assert [one["name"] for one in account] == ["default"]
