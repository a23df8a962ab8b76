"""Import jobs and the suppression list by boto3: a running server, and one that speaks S3."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signalbook.accounts.made import Created
from tests.aws import boto
from tests.s3_server import CREDENTIALS, S3, s3_server
from tests.served import Served, serving

SEED_CSV = """emailAddress,unsubscribeAll,attributesData
john.doe@example.com,false,"{""Name"": ""John"", ""Company"": ""ACM Inc""}"
jane.smith@example.com,true,"{""Name"": ""Jane"", ""Company"": null}"
"""
PEOPLE = 12_000
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


@pytest.fixture(scope="module")
def served(s3: S3) -> Iterator[Served]:
    with serving(SIGNALBOOK_SES_S3_ENDPOINT=s3.url, **CREDENTIALS) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Any:
    made = json.loads(served.cli("key", "create", "--kind", "ses", "--json"))
    key = Created(made["id"], "ses", made["secret_access_key"], made["access_key_id"], "")
    client = boto(key, served.url)
    client.create_contact_list(
        ContactListName="Shop",
        Topics=[
            {
                "TopicName": "Sports",
                "DisplayName": "Sports",
                "DefaultSubscriptionStatus": "OPT_OUT",
            }
        ],
    )
    return client


def run(client: Any, url: str, format: str = "CSV", to: Any = None) -> dict[str, Any]:
    wanted = to or {
        "ContactListDestination": {"ContactListName": "Shop", "ContactListImportAction": "PUT"}
    }
    job = client.create_import_job(
        ImportDestination=wanted, ImportDataSource={"S3Url": url, "DataFormat": format}
    )
    end, found = time.monotonic() + PATIENCE_SECONDS, job
    while time.monotonic() < end:
        found = client.get_import_job(JobId=job["JobId"])
        if found["JobStatus"] not in {"CREATED", "PROCESSING"}:
            return found
        time.sleep(0.2)
    raise AssertionError(found)


def test_a_source_becomes_contacts_with_attributes_and_topics(served: Served, client: Any, s3: S3):
    job = run(client, s3.put("seed.csv", SEED_CSV))

    assert (job["JobStatus"], job["ProcessedRecordsCount"]) == ("COMPLETED", 2)
    assert job["FailedRecordsCount"] == 0
    john = client.get_contact(ContactListName="Shop", EmailAddress="john.doe@example.com")
    assert john["AttributesData"] == '{"Name": "John", "Company": "ACM Inc"}'
    jane = client.get_contact(ContactListName="Shop", EmailAddress="jane.smith@example.com")
    assert jane["UnsubscribeAll"] is True
    assert isinstance(job["CompletedTimestamp"], datetime)
    assert client.list_import_jobs()["ImportJobs"][0]["JobId"] == job["JobId"]
    seen = json.loads(served.cli("imports", "show", job["JobId"], "--json"))
    assert (seen["state"], seen["layout"], seen["name"]) == ("done", "Amazon SES", "seed.csv")


def test_many_records_are_written_through(client: Any, s3: S3):
    topic = [{"topicName": "Sports", "subscriptionStatus": "OPT_IN"}]
    lines = [
        json.dumps(
            {
                "emailAddress": f"p{n}@example.com",
                "attributesData": json.dumps({"n": n}),
                "topicPreferences": topic if n % 2 else [],
            }
        )
        for n in range(PEOPLE)
    ]
    began = time.monotonic()
    job = run(client, s3.put("many.json", "\n".join(lines)), "JSON")
    print(f"{PEOPLE / (time.monotonic() - began):,.0f} records a second")

    assert (job["JobStatus"], job["FailedRecordsCount"]) == ("COMPLETED", 0)
    assert job["ProcessedRecordsCount"] == PEOPLE
    one = client.get_contact(ContactListName="Shop", EmailAddress="p4321@example.com")
    assert one["AttributesData"] == '{"n": 4321}'
    assert one["TopicPreferences"] == [{"TopicName": "Sports", "SubscriptionStatus": "OPT_IN"}]


def test_suppressions_come_by_call_and_by_job(client: Any, s3: S3):
    client.put_suppressed_destination(EmailAddress="A@Example.com", Reason="BOUNCE")
    to = {"SuppressionListDestination": {"SuppressionListImportAction": "PUT"}}
    job = run(client, s3.put("bounced.csv", "b@example.com,COMPLAINT\n"), "CSV", to)

    assert (job["JobStatus"], job["ProcessedRecordsCount"]) == ("COMPLETED", 1)
    one = client.get_suppressed_destination(EmailAddress="A@example.COM")["SuppressedDestination"]
    assert (one["EmailAddress"], one["Reason"]) == ("A@example.com", "BOUNCE")
    day = timedelta(days=1)
    now = datetime.now(UTC)  # noqa: TID251  # as a client of AWS would say it
    listed = client.list_suppressed_destinations(
        Reasons=["BOUNCE", "COMPLAINT"], StartDate=now - day, EndDate=now + day
    )
    assert [each["EmailAddress"] for each in listed["SuppressedDestinationSummaries"]] == [
        "a@example.com",
        "b@example.com",
    ]
    first = client.list_suppressed_destinations(PageSize=1)
    second = client.list_suppressed_destinations(PageSize=1, NextToken=first["NextToken"])
    assert second["SuppressedDestinationSummaries"][0]["EmailAddress"] == "b@example.com"
    with pytest.raises(client.exceptions.InvalidNextTokenException):
        client.list_suppressed_destinations(NextToken="x")  # no secret
    client.delete_suppressed_destination(EmailAddress="a@example.com")
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_suppressed_destination(EmailAddress="a@example.com")
    with pytest.raises(client.exceptions.BadRequestException):
        client.put_suppressed_destination(EmailAddress="nobody", Reason="BOUNCE")


def test_the_account_says_what_it_suppresses(client: Any):
    client.put_account_suppression_attributes(SuppressedReasons=["BOUNCE"])
    shown = client.get_account()
    assert shown["SuppressionAttributes"]["SuppressedReasons"] == ["BOUNCE"]
    assert shown["SendingEnabled"] is True


def test_a_source_that_is_not_there_fails_its_job(client: Any):
    job = run(client, "s3://contacts/missing.csv")
    assert job["JobStatus"] == "FAILED"
    assert "There is no source" in job["FailureInfo"]["ErrorMessage"]
    with pytest.raises(client.exceptions.NotFoundException):
        run(
            client,
            "s3://contacts/seed.csv",
            to={
                "ContactListDestination": {
                    "ContactListName": "Other",
                    "ContactListImportAction": "PUT",
                }
            },
        )
