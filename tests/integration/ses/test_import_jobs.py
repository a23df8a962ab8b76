"""Import jobs: a source in S3 or in a folder becomes contacts of a list, or suppressions."""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from signalbook.contacts.jobs import HANDLERS as CONTACT_HANDLERS
from signalbook.doctor import actions as doctor
from signalbook.imports.jobs import handlers as import_handlers
from signalbook.kit.jobs import Worker
from signalbook.ses import jobs as ses_jobs
from signalbook.ses.importing_jobs import handlers
from tests.integration.imports.files import Imports
from tests.integration.ses.calls import Door, Refused
from tests.integration.ses.kept import deleted, emails, made, shown, topic
from tests.s3_server import CREDENTIALS, s3_server

CSV = """emailAddress,unsubscribeAll,attributesData
john.doe@example.com,false,"{""Name"": ""John"", ""Company"": ""ACM Inc""}"
jane.smith@example.com,true,"{""Name"": ""Jane"", ""Company"": null}"
"""
JSON = """{
     "emailAddress": "john.deo@example.com",
     "unsubscribeAll": false,
     "attributesData": "{\\"Name\\":\\"John\\"}"
}
{
     "emailAddress": "jane.smith@example.com",
     "unsubscribeAll": true,
}
"""
AWS_CSV = """emailAddress,unsubscribeAll,attributesData,\
topicPreferences.Sports,topicPreferences.Cycling
example1@amazon.com,false,{"Name": "John"},OPT_IN,OPT_OUT
example2@amazon.com,true,{"Name": "Rose", "Tags": ["a", "b"]},OPT_OUT,OPT_OUT
"""


@pytest.fixture(scope="module")
def s3():
    with s3_server() as server:
        yield server


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


@pytest.fixture
def door(db, northwind, tmp_path, s3, files, monkeypatch) -> Door:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return Door(db, northwind, tmp_path / "data", ses_s3_endpoint=s3.url, ses_files=files)


@pytest.fixture
async def main(db, northwind):
    return await made(
        db, northwind.id, "Main", topic("Sports"), topic("Cycling", "OPT_OUT"), topic("News")
    )


async def ordered(door, url, format="CSV", action="PUT", name: str | None = "Main"):
    to = {"ContactListDestination": {"ContactListName": name, "ContactListImportAction": action}}
    if name is None:
        to = {"SuppressionListDestination": {"SuppressionListImportAction": action}}
    asked = {
        "ImportDestination": to,
        "ImportDataSource": {"S3Url": url, "DataFormat": format},
    }
    return (await door("CreateImportJob", asked))["JobId"]


async def worked(door, job_id):
    """Let a worker work until the job has ended; return it."""
    orders = {
        **CONTACT_HANDLERS,
        **import_handlers(door.settings.data_dir),
        **handlers(door.settings),
    }
    worker = Worker(door.db, orders, beat_seconds=0.2, dead_seconds=2.0)
    async with worker.running(), asyncio.timeout(60):
        while (job := await door("GetImportJob", JobId=job_id))["JobStatus"] in {
            "CREATED",
            "PROCESSING",
        }:
            worker.nudge()
            await asyncio.sleep(0.02)
    return job


async def run(door, url, *more, **asked):
    return await worked(door, await ordered(door, url, *more, **asked))


async def fetched(url):
    """Read what lies at a signed address, as anybody may."""
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).raise_for_status().text


def counted(job):
    return job["JobStatus"], job["ProcessedRecordsCount"], job["FailedRecordsCount"]


async def people(db, place):
    return await Imports(db, place.id, Path()).people()


@pytest.mark.parametrize(("text", "format"), [(CSV, "CSV"), (JSON, "JSON")])
async def test_the_samples_of_the_seed_go_in_verbatim(db, northwind, door, main, s3, text, format):
    job_id = await ordered(door, s3.put(f"seed.{format}", text), format)
    assert (await door("GetImportJob", JobId=job_id))["JobStatus"] == "CREATED"

    job = await worked(door, job_id)

    assert counted(job) == ("COMPLETED", 2, 0)
    assert "FailureInfo" not in job
    assert job["CompletedTimestamp"] >= job["CreatedTimestamp"]
    john, jane = sorted(await people(db, northwind), reverse=True)
    first = await shown(db, northwind.id, main, john)
    sent = '{"Name": "John", "Company": "ACM Inc"}' if format == "CSV" else '{"Name":"John"}'
    assert (first.raw, first.standing.unsubscribed) == (sent, False)
    known = (await people(db, northwind))[john]["fields"]
    assert known["full_name"] == "John"
    assert known.get("company") == ("ACM Inc" if format == "CSV" else None)
    second = await shown(db, northwind.id, main, jane)
    assert second.standing.unsubscribed is True


async def test_the_sample_of_aws_goes_in_with_its_topics(db, northwind, door, main, s3):
    job = await run(door, s3.put("aws.csv", AWS_CSV))

    assert counted(job) == ("COMPLETED", 2, 0)
    first = await shown(db, northwind.id, main, "example1@amazon.com")
    assert first.raw == '{"Name": "John"}'
    assert dict(first.standing.chosen) == {"Sports": "OPT_IN", "Cycling": "OPT_OUT"}
    second = await shown(db, northwind.id, main, "example2@amazon.com")
    assert second.raw == '{"Name": "Rose", "Tags": ["a", "b"]}'
    assert second.standing.unsubscribed is True


async def test_records_that_fail_lie_beside_the_source(db, northwind, door, main, s3):
    lines = [
        {"emailAddress": "ok@example.com", "attributesData": '{"a": 1}'},
        {"emailAddress": "nobody", "attributesData": '{"a": 1}'},
        {"emailAddress": "list@example.com", "attributesData": "[1]"},
        {
            "emailAddress": "topic@example.com",
            "topicPreferences": [{"topicName": "Chess", "subscriptionStatus": "OPT_IN"}],
        },
        {"emailAddress": "maybe@example.com", "unsubscribeAll": "maybe"},
        {
            "emailAddress": "sports@example.com",
            "topicPreferences": [{"topicName": "Sports", "subscriptionStatus": "OPT_IN"}],
        },
    ]
    job = await run(door, s3.put("odd.json", "\n".join(map(json.dumps, lines))), "JSON")

    url = job["FailureInfo"]["FailedRecordsS3Url"]
    assert "X-Amz-Signature" in url
    assert f"odd.json.failed-{job['JobId']}.json" in url
    failed = [json.loads(line) for line in (await fetched(url)).splitlines()]
    reasons = [one.pop("failureReason") for one in failed]
    assert counted(job) == ("COMPLETED", 6, 4)
    assert failed == lines[1:5]
    assert reasons[2] == "List: Main doesn't contain Topic: Chess"
    again = await run(door, s3.put("again.json", "\n".join(map(json.dumps, failed))), "JSON")
    assert counted(again) == ("COMPLETED", 4, 4)


async def test_a_record_that_is_no_json_fails_alone(db, northwind, door, main, s3):
    good = '{"topicPreferences": [{"topicName": "Sports", "subscriptionStatus": "OPT_IN"}], '
    lines = [
        '{"emailAddress": "ada@example.com}',
        good + '"emailAddress": "ben@example.com"}',
        '{"emailAddress": "cy@example.com"',
        "hello",
        "{}",
        '{"emailAddress": null, "unsubscribeAll": false}',
        '{"emailAddress": " "}',
        '{"emailAddress": "dan@example.com", "unsubscribeAll": }}',
        '{"emailAddress": "eve@example.com"}',
        '{"emailAddress": "fay@exam',
    ]
    job = await run(door, s3.put("torn.json", "\n".join(lines)), "JSON")

    assert counted(job) == ("COMPLETED", 9, 7)
    assert sorted(await people(db, northwind)) == ["ben@example.com", "eve@example.com"]
    text = await fetched(job["FailureInfo"]["FailedRecordsS3Url"])
    failed = [json.loads(line) for line in text.splitlines()]
    assert [one.get("record") for one in failed] == [
        lines[0],
        "\n".join(lines[2:4]),
        None,
        None,
        None,
        lines[7],
        lines[9],
    ]
    assert "is not valid JSON" in failed[0]["failureReason"]
    assert [one["failureReason"] for one in failed[2:5]] == ["EmailAddress can't be blank."] * 3


async def test_members_that_another_record_spells_otherwise_count(db, northwind, door, main, s3):
    text = '{"EmailAddress": "ada@example.com"}\n{"emailAddress": "ben@example.com"}\n'

    job = await run(door, s3.put("spelt.json", text), "JSON")
    alone = await run(door, s3.put("alone.json", text.splitlines()[0]), "JSON")

    assert counted(job) == ("COMPLETED", 2, 1)
    assert counted(alone) == ("COMPLETED", 1, 0)
    assert sorted(await people(db, northwind)) == ["ada@example.com", "ben@example.com"]


async def test_a_record_that_is_no_json_is_no_deletion(db, northwind, door, main, s3):
    await run(door, s3.put("in.csv", CSV))

    text = '{"emailAddress": "john.doe@example.com"\n\n{"emailAddress": "jane.smith@example.com"}\n'
    job = await run(door, s3.put("gone.json", text), "JSON", "DELETE")

    assert counted(job) == ("COMPLETED", 2, 1)
    assert list(await people(db, northwind)) == ["john.doe@example.com"]


async def test_a_job_adds_opt_outs_and_lifts_none(db, northwind, door, main, s3):
    out = "emailAddress,unsubscribeAll,topicPreferences.Sports\nada@example.com,true,OPT_OUT\n"
    back = "emailAddress,unsubscribeAll,topicPreferences.Sports\nada@example.com,false,OPT_IN\n"

    await run(door, s3.put("out.csv", out))
    job = await run(door, s3.put("back.csv", back))

    assert counted(job) == ("COMPLETED", 1, 0)
    ada = await shown(db, northwind.id, main, "ada@example.com")
    assert (ada.standing.unsubscribed, dict(ada.standing.chosen)) == (True, {"Sports": "OPT_OUT"})


async def test_attributes_are_replaced_and_kept_where_none_are_given(db, northwind, door, main, s3):
    head = "emailAddress,attributesData\n"
    await run(door, s3.put("1.csv", f'{head}ada@example.com,{{"city": "Rome", "age": 3}}\n'))
    await run(door, s3.put("2.csv", f'{head}ada@example.com,{{"city":"Oslo"}}\n'))
    await run(door, s3.put("3.csv", f"{head}ada@example.com,\n"))

    ada = await shown(db, northwind.id, main, "ada@example.com")
    assert ada.raw == '{"city":"Oslo"}'
    assert (await people(db, northwind))["ada@example.com"]["fields"] == {"city": "Oslo"}


async def test_a_deletion_takes_contacts_off_the_list(db, northwind, door, main, s3):
    await run(door, s3.put("in.csv", CSV))

    job = await run(
        door,
        s3.put("gone.csv", "emailAddress\nJOHN.doe@example.com\nnobody@example.com\n"),
        action="DELETE",
    )

    assert counted(job) == ("COMPLETED", 2, 1)
    assert list(await people(db, northwind)) == ["jane.smith@example.com"]


async def test_a_folder_of_files_is_a_source_as_well(db, northwind, door, main, files):
    (files / "of people.csv").write_text(CSV + "nobody,,\n")

    job = await run(door, f"file://{files}/of%20people.csv")

    assert counted(job) == ("COMPLETED", 3, 1)
    url = job["FailureInfo"]["FailedRecordsS3Url"]
    assert url == f"file://{files}/of%20people.csv.failed-{job['JobId']}.csv"
    (beside,) = [one for one in files.iterdir() if "failed" in one.name]
    text = beside.read_text()
    assert text.startswith("emailAddress,unsubscribeAll,attributesData,failureReason\nnobody,,,")
    short = await run(door, "file:///of people.csv")
    assert counted(short) == ("COMPLETED", 3, 1)


async def test_a_source_that_cannot_be_read_fails_the_job(door, main, s3):
    told = {
        "s3://contacts/missing.csv": "There is no source",
        "s3://no-such-bucket/a.csv": "There is no source",
        s3.put("empty.csv", ""): "file is empty",
        s3.put("head.csv", "name,age\nAda,3\n"): "no column emailAddress",
        s3.put("chess.csv", "emailAddress,topicPreferences.Chess\na@example.com,OPT_IN\n"): "Chess",
        s3.put("is.csv", JSON): "not CSV, but JSON",
    }
    for url, sentence in told.items():
        job = await run(door, url)
        assert job["JobStatus"] == "FAILED", url
        assert sentence in job["FailureInfo"]["ErrorMessage"]


async def test_too_many_records_fail_the_job_before_anything_is_written(
    db, northwind, door, main, s3, monkeypatch
):
    monkeypatch.setattr("signalbook.ses.importing.MOST_CONTACTS", 1)

    job = await run(door, s3.put("many.csv", CSV))

    assert job["JobStatus"] == "FAILED"
    assert "more than 1 records" in job["FailureInfo"]["ErrorMessage"]
    assert await people(db, northwind) == {}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"ImportDataSource": {"S3Url": "http://a/b", "DataFormat": "CSV"}}, "BadRequest"),
        ({"ImportDataSource": {"S3Url": "s3://bucket", "DataFormat": "CSV"}}, "BadRequest"),
        ({"ImportDataSource": {"S3Url": "s3://a/b", "DataFormat": "XML"}}, "BadRequest"),
        ({"ImportDestination": {}}, "BadRequest"),
        (
            {
                "ImportDestination": {
                    "ContactListDestination": {
                        "ContactListName": "Other",
                        "ContactListImportAction": "PUT",
                    }
                }
            },
            "NotFound",
        ),
    ],
)
async def test_a_job_that_cannot_be_is_refused(door, main, asked, code):
    to = {"ContactListName": "Main", "ContactListImportAction": "PUT"}
    whole = {
        "ImportDestination": {"ContactListDestination": to},
        "ImportDataSource": {"S3Url": "s3://a/b", "DataFormat": "CSV"},
    }
    with pytest.raises(Refused) as refused:
        await door("CreateImportJob", whole | asked)
    assert refused.value.code == f"{code}Exception"


async def test_jobs_are_listed_latest_first(db, northwind, contoso, door, main, tmp_path):
    jobs = [await ordered(door, f"s3://contacts/{n}.csv") for n in range(3)]
    jobs.append(await ordered(door, "s3://contacts/x.csv", name=None))

    first = await door("ListImportJobs", {"PageSize": 3})
    last = await door("ListImportJobs", {"PageSize": 3, "NextToken": first["NextToken"]})

    seen = [one["JobId"] for one in first["ImportJobs"] + last["ImportJobs"]]
    assert seen == jobs[::-1]
    assert "NextToken" not in last
    only = await door("ListImportJobs", {"ImportDestinationType": "SUPPRESSION_LIST"})
    assert [one["JobId"] for one in only["ImportJobs"]] == jobs[3:]
    for other in (
        Door(db, contoso, tmp_path),
        Door(db, northwind, tmp_path, region="us-east-1"),
    ):
        assert (await other("ListImportJobs"))["ImportJobs"] == []
        with pytest.raises(Refused, match="NotFoundException"):
            await other("GetImportJob", JobId=jobs[0])
    with pytest.raises(Refused, match="NotFoundException"):
        await door("GetImportJob", JobId="nonsense")
    with pytest.raises(Refused, match="BadRequestException"):
        await door("ListImportJobs", {"NextToken": "nonsense"})


async def test_suppressions_are_put_and_deleted_in_bulk(door, s3):
    text = "ada@example.com,BOUNCE\nben@example.com,COMPLAINT\nnobody,BOUNCE\ncy@example.com,SPAM\n"
    job = await run(door, s3.put("bounced.csv", text), name=None)

    assert counted(job) == ("COMPLETED", 4, 2)
    url = job["FailureInfo"]["FailedRecordsS3Url"]
    failed = await fetched(url)
    assert failed == (
        "nobody,BOUNCE,EmailAddress nobody is invalid\n"
        "cy@example.com,SPAM,The reason is BOUNCE or COMPLAINT\n"
    )
    objects = '{"emailAddress": "dan@example.com", "reason": "BOUNCE"}\n'
    job = await run(door, s3.put("bounced.json", objects), "JSON", name=None)
    assert counted(job) == ("COMPLETED", 1, 0)
    listed = await door("ListSuppressedDestinations")
    assert [
        (one["EmailAddress"], one["Reason"]) for one in listed["SuppressedDestinationSummaries"]
    ] == [
        ("ada@example.com", "BOUNCE"),
        ("ben@example.com", "COMPLAINT"),
        ("dan@example.com", "BOUNCE"),
    ]

    gone = "ada@example.com\nnobody@example.com\n"
    job = await run(door, s3.put("gone.csv", gone), action="DELETE", name=None)
    assert counted(job) == ("COMPLETED", 2, 1)
    listed = await door("ListSuppressedDestinations")
    assert len(listed["SuppressedDestinationSummaries"]) == 2


@pytest.mark.parametrize(
    ("format", "odd"),
    [
        ("JSON", "{}"),
        ("JSON", '{"emailAddress": null, "reason": "BOUNCE"}'),
        ("JSON", '{"emailAddress": "ada@example.com, "reason": "BOUNCE"}'),
        ("JSON", '{"emailAddress": "ada@example.com", "reason": "BOUNCE"'),
        ("JSON", json.dumps({"emailAddress": "a" * 20_000, "reason": "BOUNCE"})),
        ("JSON", '{"emailAddress": "ada\\u0000@example.com", "reason": "BOUNCE"}'),
        ("JSON", '{"emailAddress": ["ada@example.com"], "reason": {"of": "\\u0000"}}'),
        ("CSV", f"{'a' * 20_000},BOUNCE"),
        ("CSV", "ada\x00@example.com,BOUNCE"),
    ],
)
@pytest.mark.parametrize("action", ["PUT", "DELETE"])
async def test_an_odd_suppression_fails_alone(door, s3, format, odd, action):
    await door("PutSuppressedDestination", {"EmailAddress": "ben@example.com", "Reason": "BOUNCE"})
    good = (
        "ben@example.com,BOUNCE"
        if format == "CSV"
        else '{"emailAddress": "ben@example.com", "reason": "BOUNCE"}'
    )

    job = await run(door, s3.put("odd", f"{odd}\n{good}\n"), format, action, name=None)

    assert counted(job) == ("COMPLETED", 2, 1), job
    (failed,) = (await fetched(job["FailureInfo"]["FailedRecordsS3Url"])).splitlines()
    assert format == "CSV" or json.loads(failed)["failureReason"]


async def test_too_many_suppressions_fail_the_job(door, s3, monkeypatch):
    monkeypatch.setitem(
        __import__("signalbook.ses.suppressing", fromlist=["x"]).MOST_SUPPRESSED, "DELETE", 1
    )
    job = await run(door, s3.put("g.csv", "a@b.com\nc@b.com\n"), action="DELETE", name=None)
    assert job["JobStatus"] == "FAILED"
    assert "at most 1 addresses" in job["FailureInfo"]["ErrorMessage"]


async def test_a_job_that_is_stopped_goes_on_where_it_was(door, s3, monkeypatch):
    monkeypatch.setattr("signalbook.ses.suppressing._AT_ONCE", 5)
    text = "".join(f"p{n:03}@example.com,BOUNCE\n" for n in range(60)) + "nobody,BOUNCE\n"
    job_id = await ordered(door, s3.put("stopped.csv", text), name=None)
    orders = handlers(door.settings)

    seen: list[int] = []
    job = await door("GetImportJob", JobId=job_id)
    while job["JobStatus"] in {"CREATED", "PROCESSING"}:
        before = job["ProcessedRecordsCount"]
        worker = Worker(door.db, orders, beat_seconds=0.2, dead_seconds=2.0)
        async with worker.running(), asyncio.timeout(30):
            while job["JobStatus"] != "COMPLETED" and job["ProcessedRecordsCount"] == before:
                worker.nudge()
                await asyncio.sleep(0.01)
                job = await door("GetImportJob", JobId=job_id)
        seen.append(before)

    assert counted(job) == ("COMPLETED", 61, 1)
    assert len(seen) > 1
    listed = await door("ListSuppressedDestinations")
    assert len(listed["SuppressedDestinationSummaries"]) == 60


async def test_a_list_that_is_deleted_cancels_its_jobs(db, northwind, door, main, s3, monkeypatch):
    monkeypatch.setattr("signalbook.imports.staged.LISTED_CHUNK", 10)
    text = "emailAddress\n" + "".join(f"p{n}@example.com\n" for n in range(1_000))
    begun = await ordered(door, s3.put("long.csv", text))
    orders = {**CONTACT_HANDLERS, **import_handlers(door.settings.data_dir)}
    orders |= {**handlers(door.settings), **ses_jobs.HANDLERS}
    async with Worker(db, orders).running() as worker, asyncio.timeout(60):
        while not await people(db, northwind):
            worker.nudge()
            await asyncio.sleep(0.01)
        waiting = await ordered(door, s3.put("late.csv", text))
        await deleted(db, northwind.id)
        while await people(db, northwind):
            worker.nudge()
            await asyncio.sleep(0.01)

    for job_id in (begun, waiting):
        job = await door("GetImportJob", JobId=job_id)
        assert job["JobStatus"] == "CANCELLED"
        assert job["FailureInfo"]["ErrorMessage"] == "The contact list was deleted."
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM ses_contacts") == 0


async def test_what_a_job_did_is_counted_and_can_be_undone(
    db, northwind, door, main, s3, everything_follows
):
    head = "emailAddress,attributesData,topicPreferences.Sports\n"
    await run(door, s3.put("before.csv", f'{head}ada@example.com,{{"city": "Rome"}},\n'))
    text = f'{head}ada@example.com,{{"city": "Oslo"}},OPT_IN\nben@example.com,{{"n": 1}},OPT_IN\n'
    job = await run(door, s3.put("then.csv", text))
    assert await no_drift(db, northwind)
    assert await emails(db, northwind.id, main, status="OPT_IN", topic="Sports") == [
        "ada@example.com",
        "ben@example.com",
    ]

    await Imports(db, northwind.id, door.settings.data_dir).undo(UUID(job["JobId"]))

    assert await no_drift(db, northwind)
    known = await people(db, northwind)
    assert {name: one["fields"] for name, one in known.items()} == {
        "ada@example.com": {"city": "Rome"}
    }
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM ses_contacts") == 1
    assert counted(await door("GetImportJob", JobId=job["JobId"])) == ("COMPLETED", 2, 0)


async def no_drift(db, place):
    findings = await doctor.recount(db, place.id, place.account.name)
    return [one for one in findings if one.level != "ok"] == []
