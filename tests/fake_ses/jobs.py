"""Import jobs of the stand-in: read from S3, record by record, going on where a kill left them."""

import csv
import io
import json
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fake_ses import rules
from tests.fake_ses.account import SesAccount

_AT_ONCE = 50


class Jobs:
    """The import jobs of an account, worked off one after another by a thread."""

    def __init__(self, account: SesAccount, files: Path | None, s3: str | None) -> None:
        """Take `s3://bucket/key` from `files/bucket/key`, from the server at `s3`, or from here."""
        self.account = account
        self._files = files
        self._s3 = s3
        self._news = threading.Event()
        account.operations["CreateImportJob"] = self.create
        account.operations["GetImportJob"] = self.get
        account.operations["ListImportJobs"] = self.all
        threading.Thread(target=self._run, daemon=True).start()

    def create(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        to = asked.get("ImportDestination") or {}
        source = asked.get("ImportDataSource") or {}
        if len(to) != 1:
            raise rules.bad("Exactly one import destination must be given.")
        if not str(source.get("S3Url", "")).startswith("s3://"):
            raise rules.invalid("importDataSource.s3Url", "Member must satisfy its pattern")
        if source.get("DataFormat") not in {"CSV", "JSON"}:
            raise rules.invalid("importDataSource.dataFormat")
        if "ContactListDestination" in to:
            self.account.get_list(region, to["ContactListDestination"])
        id = str(uuid.UUID(bytes=uuid.uuid1().bytes))
        self.account.run(
            "INSERT INTO jobs VALUES (?, ?, ?, 'CREATED', 0, '', NULL, ?, NULL)",
            id, region, json.dumps(asked), rules.now(),
        )  # fmt: skip
        self._news.set()
        return {"JobId": id}

    def get(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        found = self.account.one(
            "SELECT * FROM jobs WHERE region = ? AND id = ?", region, asked["JobId"]
        )
        if found is None:
            raise rules.missing(f"Job {asked['JobId']} could not be found.")
        whole = _summary(found) | {
            "ImportDataSource": json.loads(found["asked"])["ImportDataSource"]
        }
        if found["completed"]:
            whole["CompletedTimestamp"] = found["completed"]
        failure: dict[str, str] = {}
        if found["failed"]:
            failure["FailedRecordsS3Url"] = f"{self.account.url}/_failed/{found['id']}"
        if found["error"]:
            failure["ErrorMessage"] = found["error"]
        return whole | ({"FailureInfo": failure} if failure else {})

    def all(self, region: str, _asked: dict[str, Any]) -> dict[str, Any]:
        rows = self.account.all("SELECT * FROM jobs WHERE region = ? ORDER BY created", region)
        return {"ImportJobs": [_summary(one) for one in rows]}

    def failed(self, id: str) -> str:
        """Return the records of a job that failed, as they are downloaded."""
        with self.account.lock:
            found = self.account.one("SELECT failed FROM jobs WHERE id = ?", id)
        return found["failed"] if found else ""

    def _run(self) -> None:
        while True:
            with self.account.lock:
                job = self.account.one(
                    "SELECT * FROM jobs WHERE status IN ('CREATED', 'PROCESSING') ORDER BY created"
                )
            if job is None:
                self._news.wait(1)
                self._news.clear()
                continue
            time.sleep(self.account.setting("import_delay", 0.05))
            self._work_off(dict(job))

    def _work_off(self, job: dict[str, Any]) -> None:
        asked = json.loads(job["asked"])
        try:
            text = self._source(asked["ImportDataSource"]["S3Url"])
            records = list(_records(text, asked["ImportDataSource"]["DataFormat"]))
        except (OSError, ValueError, KeyError) as error:
            self._finish(job["id"], "FAILED", str(error))
            return
        for begin in range(job["records"], len(records), _AT_ONCE):
            with self.account.lock:
                self.account.run("BEGIN")
                faults = [self._take(job, asked, one) for one in records[begin : begin + _AT_ONCE]]
                self.account.run(
                    "UPDATE jobs SET status = 'PROCESSING', records = ?, failed = failed || ?"
                    " WHERE id = ?",
                    min(begin + _AT_ONCE, len(records)), "".join(faults), job["id"],
                )  # fmt: skip
                self.account.run("COMMIT")
            time.sleep(self.account.setting("import_pause", 0.0))
        self._finish(job["id"], "COMPLETED", None)

    def _take(self, job: dict[str, Any], asked: dict[str, Any], record: dict[str, Any]) -> str:
        """Take one record; return the line about it when it is refused."""
        try:
            self._apply(job["region"], asked["ImportDestination"], record)
        except (rules.Refused, KeyError, AttributeError, TypeError) as error:
            return json.dumps({"record": record, "error": str(error)}) + "\n"
        return ""

    def _apply(self, region: str, to: dict[str, Any], record: dict[str, Any]) -> None:
        if of_addresses := to.get("SuppressionListDestination"):
            one = {"EmailAddress": record["emailAddress"], "Reason": record.get("reason")}
            if of_addresses["SuppressionListImportAction"] == "PUT":
                self.account.suppress(region, one)
            else:
                self.account.unsuppress(region, one)
            return
        of_contacts = to["ContactListDestination"]
        one = {
            "ContactListName": of_contacts["ContactListName"],
            "EmailAddress": record.get("emailAddress"),
            "UnsubscribeAll": record.get("unsubscribeAll"),
            "AttributesData": record.get("attributesData"),
            "TopicPreferences": [
                {"TopicName": t["topicName"], "SubscriptionStatus": t["subscriptionStatus"]}
                for t in record.get("topicPreferences") or []
            ],
        }
        if of_contacts["ContactListImportAction"] == "PUT":
            wanted = self.account.wanted(region, one)
            self.account.put(region, wanted["address"], wanted)
        else:
            self.account.delete_contact(region, one)
        action = f"Import{of_contacts['ContactListImportAction']}"
        self.account.note(region, action, one["EmailAddress"], "200")

    def _source(self, url: str) -> str:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        if self._files is not None:
            return (self._files / bucket / key).read_text(encoding="utf-8-sig")
        if self._s3 is not None:
            address = f"{self._s3}/{bucket}/{key}"
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  # loopback
                return answer.read().decode("utf-8-sig")
        with self.account.lock:
            found = self.account.one("SELECT body FROM objects WHERE path = ?", f"/{bucket}/{key}")
        if found is None:
            raise OSError(f"The object {url} does not exist.")
        return bytes(found["body"]).decode("utf-8-sig")

    def _finish(self, id: str, status: str, error: str | None) -> None:
        with self.account.lock:
            self.account.run(
                "UPDATE jobs SET status = ?, error = ?, completed = ? WHERE id = ?",
                status, error, rules.now(), id,
            )  # fmt: skip


def _summary(found: Any) -> dict[str, Any]:
    return {
        "JobId": found["id"],
        "ImportDestination": json.loads(found["asked"])["ImportDestination"],
        "JobStatus": found["status"],
        "CreatedTimestamp": found["created"],
        "ProcessedRecordsCount": found["records"],
        "FailedRecordsCount": found["failed"].count("\n"),
    }


def _records(text: str, format: str) -> Iterator[dict[str, Any]]:
    """Read the records of a file: CSV with a header, or JSON objects one after another."""
    if format == "CSV":
        for row in csv.DictReader(io.StringIO(text)):
            yield _of_cells(row)
        return
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        record, at = decoder.raw_decode(text, at)
        yield record


def _of_cells(row: dict[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {"topicPreferences": []}
    for name, cell in row.items():
        if not cell:
            continue
        if name.startswith("topicPreferences."):
            topic = name.removeprefix("topicPreferences.")
            preference = {"topicName": topic, "subscriptionStatus": cell}
            record["topicPreferences"].append(preference)
        elif name == "unsubscribeAll":
            record[name] = cell.lower() == "true"
        else:
            record[name] = cell
    return record
