"""boto3 and `aws` against a running server: what a socket and a real HTTP server make of paths."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signalbook.accounts.made import Created
from tests.aws import boto
from tests.served import Served, serving

ODD = [
    "a+b@example.com",
    "o'neil@example.com",
    "a/b//c@example.com",
    "100%25@example.com",
    "a=b&c?d@example.com",
    "#first!$*@example.com",
    "~{x}|^`_-@example.com",
    "é.ü@example.com",
    "佐藤@example.com",
    "Upper.Case@Example.COM",
    "a@bücher.example",
]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def key(served: Served) -> Created:
    return created(served)


def created(served: Served, *more: str) -> Created:
    made = json.loads(served.cli("key", "create", "--kind", "ses", "--json", *more))
    token = made.get("session_token", "")
    secret = made["secret_access_key"]
    return Created(made["id"], "ses", secret, made["access_key_id"], token)


@pytest.fixture(scope="module")
def client(served: Served, key: Created) -> Any:
    client = boto(key, served.url)
    client.create_contact_list(ContactListName="Shop")
    return client


@pytest.mark.parametrize("address", ODD)
def test_odd_addresses_make_the_round_trip(client: Any, address: str):
    named = {"ContactListName": "Shop", "EmailAddress": address}
    client.create_contact(**named, AttributesData='{"n":1}')
    assert client.get_contact(**named)["AttributesData"] == '{"n":1}'
    client.update_contact(**named, AttributesData='{"n":2}')
    assert client.get_contact(**named)["AttributesData"] == '{"n":2}'
    listed = client.list_contacts(ContactListName="Shop")["Contacts"]
    assert len(listed) == 1
    client.delete_contact(**named)
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_contact(**named)


def test_the_cli_works_with_the_profile_that_the_keys_page_shows(
    served: Served, client: Any, tmp_path: Path
):
    brief = created(served, "--expires", "1h")
    (tmp_path / "credentials").write_text(
        f"[signalbook]\naws_access_key_id = {brief.access_key_id}\n"
        f"aws_secret_access_key = {brief.key}\naws_session_token = {brief.session_token}\n"
    )
    (tmp_path / "config").write_text(
        f"[profile signalbook]\nregion = eu-west-1\nendpoint_url = {served.url}\n"
    )
    environ = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    environ |= {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    aws = [str(Path(sys.executable).with_name("aws")), "sesv2", "--profile", "signalbook"]
    lists = subprocess.run(
        [*aws, "list-contact-lists"], env=environ, check=True, capture_output=True, text=True
    )
    assert [one["ContactListName"] for one in json.loads(lists.stdout)["ContactLists"]] == ["Shop"]

    refused = subprocess.run(
        [*aws, "get-contact", "--contact-list-name", "Shop", "--email-address", "no@x.example"],
        env=environ, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert "(NotFoundException)" in refused.stderr
    assert "no@x.example doesn't exist in List." in refused.stderr
