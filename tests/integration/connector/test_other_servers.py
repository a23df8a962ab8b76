"""The connector against other servers that speak SES: this project's own door, and moto's."""

import json

import boto3
import pytest
from botocore.config import Config

from signalbook.connector.model import Access, Mode
from tests.served import serving
from tests.ses_server import LIST, REGION, topic

_ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def door():
    """Another Signalbook, whose door is the SES that we connect to."""
    with serving() as served:
        made = json.loads(served.cli("key", "create", "--kind", "ses", "--json"))
        yield served.url, Access(made["access_key_id"], made["secret_access_key"])


@pytest.fixture(scope="module")
def moto():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}", Access("AKIAIOSFODNN7EXAMPLE", "secret")
    server.stop()


@pytest.mark.parametrize("which", ["door", "moto"])
async def test_a_list_follows_and_is_followed(desk, wish, request, which):
    url, access = request.getfixturevalue(which)
    aws = boto3.client(
        "sesv2", endpoint_url=url, region_name=REGION, config=_ONCE,
        aws_access_key_id=access.access_key_id, aws_secret_access_key=access.secret_access_key,
    )  # fmt: skip
    aws.create_contact_list(ContactListName=LIST, Topics=[topic("Sports")])
    aws.create_contact(
        ContactListName=LIST, EmailAddress="grace@example.com", UnsubscribeAll=True,
        AttributesData='{"Shoe": 44}',
    )  # fmt: skip
    await desk.write(
        {"email": "ada@example.com", "fields": {"city": "Pune"}, "tags_add": ("vip",)},
        {"email": "grace@example.com"},
    )

    await desk.connect(wish(Mode.MIRROR, endpoint=url, access=access))
    await desk.work()
    sports = await desk.topic("Sports")
    await desk.write({"email": "ada@example.com", "joins": frozenset({sports})})
    await desk.work()

    assert (await desk.connection()).error is None
    ada = aws.get_contact(ContactListName=LIST, EmailAddress="ada@example.com")
    assert json.loads(ada["AttributesData"])["signalbook"]["tags"] == ["vip"]
    assert ada["TopicPreferences"] == [{"TopicName": "Sports", "SubscriptionStatus": "OPT_IN"}]
    grace = aws.get_contact(ContactListName=LIST, EmailAddress="grace@example.com")
    assert grace["UnsubscribeAll"] is True
    assert json.loads(grace["AttributesData"])["Shoe"] == 44
    assert await desk.optouts("grace@example.com") == {("email", "contact")}
    await desk.write({"email": "ada@example.com", "delete": True})
    await desk.work()
    with pytest.raises(aws.exceptions.NotFoundException):
        aws.get_contact(ContactListName=LIST, EmailAddress="ada@example.com")
