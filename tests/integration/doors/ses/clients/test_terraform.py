"""What Terraform's `aws_sesv2_contact_list` asks for in the course of a resource's life.

Its provider is a program of its own, and its requests were written down once; it reads after every
change, and with `skip_requesting_account_id` it names a list by an ARN without an account.
`make test-clients` runs the real one where it is installed.
"""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests import aws
from tests.aws import ENDPOINT, Door, SesKey

LISTS = "/v2/email/contact-lists"
TAGS = "/v2/email/tags"
ARN = "arn:aws:ses:eu-west-1::contact-list/tf"
TOPIC = {
    "DefaultSubscriptionStatus": "OPT_IN",
    "DisplayName": "Sports",
    "TopicName": "Sports",
}


@pytest.fixture
def provider(door: Door, key: SesKey):
    async def asked(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        raw = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = aws.signed(key, method, ENDPOINT + path, raw)
        answer = await door.asked(method, ENDPOINT + path, headers, raw)
        assert answer.status == 200, answer.body
        return json.loads(answer.body or b"{}")

    return asked


async def test_a_resource_lives_without_a_difference(provider, door, key) -> None:
    tags = [{"Key": "env", "Value": "test"}]
    whole = {"ContactListName": "tf", "Description": "By code", "Tags": tags, "Topics": [TOPIC]}
    await provider("POST", LISTS, whole)
    for _ in range(2):
        read = await provider("GET", f"{LISTS}/tf")
        assert (read["Description"], read["Topics"]) == ("By code", [TOPIC])
        assert isinstance(read["CreatedTimestamp"], int | float)
        kept = await provider("GET", f"{TAGS}?ResourceArn={quote(ARN, safe='')}")
        assert kept["Tags"] == tags

    await provider("PUT", f"{LISTS}/tf", {"Description": "By code"})
    read = await provider("GET", f"{LISTS}/tf")
    assert not read.get("Topics")
    assert read["Description"] == "By code"

    await provider("DELETE", f"{TAGS}?ResourceArn={quote(ARN, safe='')}&TagKeys=env")
    await provider("POST", TAGS, {"ResourceArn": ARN, "Tags": [{"Key": "owner", "Value": "us"}]})
    kept = await provider("GET", f"{TAGS}?ResourceArn={quote(ARN, safe='')}")
    assert kept["Tags"] == [{"Key": "owner", "Value": "us"}]

    await provider("DELETE", f"{LISTS}/tf")
    headers = aws.signed(key, "GET", f"{ENDPOINT}{LISTS}/tf")
    gone = await door.asked("GET", f"{ENDPOINT}{LISTS}/tf", headers)
    assert (gone.status, gone.headers["x-amzn-errortype"]) == (404, "NotFoundException")


async def test_the_other_ways_to_write_the_arn_name_the_same_list(provider) -> None:
    await provider("POST", LISTS, {"ContactListName": "tf"})
    for account in ("", "123456789012", "000000000000"):
        arn = f"arn:aws:ses:eu-west-1:{account}:contact-list/tf"
        await provider(
            "POST", TAGS, {"ResourceArn": arn, "Tags": [{"Key": account or "none", "Value": ""}]}
        )

    kept = await provider("GET", f"{TAGS}?ResourceArn={quote(ARN, safe='')}")

    assert {one["Key"] for one in kept["Tags"]} == {"none", "123456789012", "000000000000"}
