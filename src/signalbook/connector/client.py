"""SES itself: the calls of a contact list, paced, tried again, and their errors in our words.

    async with opened(db, target) as ses:
        remote = await ses.get("ada@example.com")

Every call waits for its turn (`pacing`), which all workers share. What AWS answers with 429 or 5xx,
what takes too long and what is cut is tried again up to six times, each time later; after that it
is SesAway or SesBusy. Only the permissions of `policy` are used. The library works in a thread.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar, cast

import structlog

from signalbook.connector import aws, pacing, storage
from signalbook.connector.aws import Failed
from signalbook.connector.errors import (
    ContactGone,
    ContactThere,
    SesAway,
    SesBusy,
)
from signalbook.connector.model import (
    ImportProgress,
    Page,
    Remote,
    RemoteList,
    Target,
    Topic,
)
from signalbook.kit.db import Database

ATTEMPTS: Final = 6
PAGE: Final = 1000
"""As many as AWS gives at once."""

_PAUSE_SECONDS: Final = 0.5
_MOST_SECONDS: Final = 30.0
_log = structlog.stdlib.get_logger(__name__)
R = TypeVar("R")
_Answer = dict[str, Any]


class Ses:
    """One contact list of SES."""

    def __init__(
        self,
        db: Database,
        target: Target,
        *,
        attempts: int = ATTEMPTS,
        s3_endpoint: str | None = None,
    ) -> None:
        """Prepare; nothing is asked of AWS yet. Files of import jobs lie at `s3_endpoint`."""
        self.target = target
        self._db = db
        self._bucket = pacing.bucket_of(target)
        self._attempts = attempts
        self._client: Any = None
        self._files = storage.Files(target, s3_endpoint)

    async def list_of(self) -> RemoteList:
        """Return the list with its topics; raises ListUnknown and whatever else is wrong."""
        found = await self._call("get_contact_list")
        topics = tuple(
            Topic(
                one["TopicName"],
                one.get("DisplayName") or one["TopicName"],
                one.get("DefaultSubscriptionStatus", "OPT_OUT"),
                one.get("Description"),
            )
            for one in found.get("Topics") or ()
        )
        return RemoteList(self.target.list_name, topics, found.get("Description") or None)

    async def set_topics(self, topics: tuple[Topic, ...], description: str | None) -> None:
        """Let the list have exactly these topics; the description must be said again."""
        told = [
            {
                "TopicName": one.name,
                "DisplayName": one.display_name,
                "DefaultSubscriptionStatus": one.default,
                **({"Description": one.description} if one.description else {}),
            }
            for one in topics
        ]
        said = {"Description": description} if description else {}
        await self._call("update_contact_list", Topics=told, **said)

    async def get(self, address: str) -> Remote | None:
        """Return a contact, or None where SES has none with this address."""
        try:
            found = await self._call("get_contact", EmailAddress=address)
        except ContactGone:
            return None
        return _remote(found)

    async def create(self, remote: Remote) -> None:
        """Make a contact; raises ContactThere, ContactRefused, TopicMissing."""
        await self._call("create_contact", **_written(remote))

    async def update(self, remote: Remote) -> None:
        """Replace all that SES holds of a contact, so read it first; raises ContactGone."""
        await self._call("update_contact", **_written(remote))

    async def delete(self, address: str) -> None:
        """Delete a contact; one that is not there is no error."""
        try:
            await self._call("delete_contact", EmailAddress=address)
        except ContactGone:
            return

    async def put(self, remote: Remote, *, is_there: bool) -> None:
        """Make a contact or replace it, whichever it turns out to need."""
        for _ in range(2):
            try:
                await (self.update(remote) if is_there else self.create(remote))
            except ContactThere:
                is_there = True
            except ContactGone:
                is_there = False
            else:
                return
        raise SesAway(said="the contact comes and goes")

    async def page(self, token: str | None = None) -> Page:
        """Return a part of everybody, at most a thousand; the first without a token."""
        said = {"NextToken": token} if token else {}
        found = await self._call("list_contacts", PageSize=PAGE, **said)
        contacts = tuple(_remote(one) for one in found.get("Contacts") or ())
        return Page(contacts, found.get("NextToken") or None)

    async def begin_import(self, url: str, action: str) -> str:
        """Begin an import job, PUT or DELETE, of a file of JSON lines in S3; return its id."""
        started = await self._call(
            "create_import_job",
            ImportDestination={
                "ContactListDestination": {
                    "ContactListName": self.target.list_name,
                    "ContactListImportAction": action,
                }
            },
            ImportDataSource={"S3Url": url, "DataFormat": "JSON"},
        )
        return str(started["JobId"])

    async def import_job(self, job_id: str) -> ImportProgress:
        """Tell how an import job stands."""
        found = await self._call("get_import_job", JobId=job_id)
        failure = cast("_Answer", found.get("FailureInfo") or {})
        return ImportProgress(
            status=found["JobStatus"],
            processed=found.get("ProcessedRecordsCount") or 0,
            failed=found.get("FailedRecordsCount") or 0,
            failed_url=failure.get("FailedRecordsS3Url"),
            error=failure.get("ErrorMessage"),
        )

    async def store(self, url: str, content: bytes) -> None:
        """Put a file into S3 for an import job."""
        await asyncio.to_thread(self._files.put, url, content)

    async def forget(self, url: str) -> None:
        """Remove a file from S3, where that is possible."""
        await asyncio.to_thread(self._files.remove, url)

    async def fetched(self, url: str) -> str:
        """Return the records that SES did not take, empty where they cannot be had."""
        return await asyncio.to_thread(self._files.fetched, url)

    async def _call(self, operation: str, **said: Any) -> _Answer:  # noqa: ANN401  # AWS's members
        if operation not in {"create_import_job", "get_import_job"}:
            said["ContactListName"] = self.target.list_name
        for attempt in range(self._attempts):
            if self._client is None:
                self._client = await asyncio.to_thread(aws.client, self.target, "sesv2")
            await pacing.turn(self._db, self._bucket, self.target.requests_per_second)
            try:
                return await asyncio.to_thread(self._ask, operation, said)
            except Failed as failed:
                _log.info("ses_retry", operation=operation, said=failed.said, attempt=attempt)
                if attempt + 1 == self._attempts:
                    raise _given_up(failed) from failed
            wait = min(_MOST_SECONDS, _PAUSE_SECONDS * 2**attempt) * random.uniform(0.5, 1)  # noqa: S311  # no secret
            pause = wait / max(1.0, self.target.requests_per_second / 10)
            await asyncio.sleep(pause)
        raise AssertionError  # the loop returns or raises

    def _ask(self, operation: str, said: Mapping[str, Any]) -> _Answer:
        with aws.told(operation, self.target, said.get("EmailAddress", "")):
            call = cast("Callable[..., _Answer]", getattr(self._client, operation))
            return call(**said)


def _given_up(failed: Failed) -> SesAway | SesBusy:
    if failed.is_throttled:
        return SesBusy(retry_after_seconds=5)
    return SesAway(said=failed.said, retry_after_seconds=5)


def _remote(found: _Answer) -> Remote:
    return Remote(
        address=found["EmailAddress"],
        unsubscribed=bool(found.get("UnsubscribeAll")),
        topics={
            one["TopicName"]: one["SubscriptionStatus"]
            for one in found.get("TopicPreferences") or ()
        },
        attributes=found.get("AttributesData") or None,
        created_at=cast("datetime | None", found.get("CreatedTimestamp")),
        updated_at=cast("datetime | None", found.get("LastUpdatedTimestamp")),
    )


def _written(remote: Remote) -> _Answer:
    """Say all of a contact: what is left out of an update, SES clears."""
    told: _Answer = {
        "EmailAddress": remote.address,
        "UnsubscribeAll": remote.unsubscribed,
        "TopicPreferences": [
            {"TopicName": name, "SubscriptionStatus": status}
            for name, status in sorted(remote.topics.items())
        ],
    }
    if remote.attributes is not None:
        told["AttributesData"] = remote.attributes
    return told
