"""The stand-in for AWS SES answers boto3 as the specification says that AWS does."""

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.ses_server import LIST, REGION, ses_server, topic

_KEYS = {
    "region_name": REGION, "aws_access_key_id": "AKIAFAKE", "aws_secret_access_key": "secret"
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with ses_server(tmp_path_factory.mktemp("ses")) as server:
        server.make_list(LIST, [topic("Sports"), topic("News", "OPT_OUT")])
        yield server


@pytest.fixture
def ses(running):
    for address in running.contacts():
        running.delete(address)
    yield running
    running.strike()


@pytest.fixture
def aws(running):
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client("sesv2", endpoint_url=running.url, config=once, **_KEYS)


def test_an_update_clears_what_it_does_not_name_and_merges_topics(ses, aws):
    who = {"ContactListName": LIST, "EmailAddress": "a+b c'é/x@example.com".replace(" ", "")}
    aws.create_contact(
        **who, AttributesData='{"Name": "A"}', UnsubscribeAll=True,
        TopicPreferences=[{"TopicName": "Sports", "SubscriptionStatus": "OPT_OUT"}],
    )  # fmt: skip
    aws.update_contact(
        **who, TopicPreferences=[{"TopicName": "News", "SubscriptionStatus": "OPT_IN"}]
    )

    found = aws.get_contact(**who)

    assert "AttributesData" not in found
    assert found["UnsubscribeAll"] is False
    assert {one["TopicName"] for one in found["TopicPreferences"]} == {"Sports", "News"}


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"EmailAddress": "there@example.com"}, "AlreadyExistsException"),
        ({"EmailAddress": "nobody"}, "BadRequestException"),
        ({"EmailAddress": "n@example.com", "AttributesData": "[]"}, "BadRequestException"),
        ({"EmailAddress": "n@example.com", "ContactListName": "No"}, "NotFoundException"),
    ],
)
def test_wrong_calls_are_refused_by_name(ses, aws, call, code):
    ses.create("there@example.com")

    with pytest.raises(ClientError) as refusal:
        aws.create_contact(**{"ContactListName": LIST, **call})

    assert refusal.value.response["Error"]["Code"] == code


def test_a_listing_goes_on_until_there_is_no_token(ses, aws):
    for number in range(7):
        ses.create(f"p{number}@example.com")
    seen, more = [], {}
    while True:
        page = aws.list_contacts(ContactListName=LIST, PageSize=3, **more)
        seen += [one["EmailAddress"] for one in page["Contacts"]]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}

    assert sorted(seen) == [f"p{number}@example.com" for number in range(7)]


def test_an_import_replaces_contacts_and_keeps_what_failed(ses, aws):
    ses.create("p1@example.com", UnsubscribeAll=True, AttributesData='{"a": 1}')
    s3 = boto3.client("s3", endpoint_url=ses.url, **_KEYS)
    rows = [{"emailAddress": "p1@example.com"}, {"emailAddress": "nobody"}]
    body = "\n".join(json.dumps(row) for row in rows)
    s3.put_object(Bucket="b", Key="in/file.json", Body=body.encode())
    to = {"ContactListDestination": {"ContactListName": LIST, "ContactListImportAction": "PUT"}}
    source = {"S3Url": "s3://b/in/file.json", "DataFormat": "JSON"}
    id = aws.create_import_job(ImportDestination=to, ImportDataSource=source)["JobId"]
    while (job := aws.get_import_job(JobId=id))["JobStatus"] != "COMPLETED":
        pass

    assert (job["ProcessedRecordsCount"], job["FailedRecordsCount"]) == (2, 1)
    assert ses.contacts()["p1@example.com"]["unsubscribed"] is False


def test_faults_strike_before_and_after_the_effect_and_a_kill_loses_nothing(ses, aws):
    ses.strike("cut_before", "cut_after", "500", times=1)
    for address in ("before@example.com", "after@example.com"):
        with pytest.raises(ConnectionClosedError):
            aws.create_contact(ContactListName=LIST, EmailAddress=address)
    with pytest.raises(ClientError) as refusal:
        aws.create_contact(ContactListName=LIST, EmailAddress="c@example.com")
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500

    ses.kill()
    ses.start()

    assert list(ses.contacts()) == ["after@example.com"]
