"""Import jobs at the SES door: wire only."""

from typing import Any, Final
from uuid import UUID

from signalbook.doors.ses import tokens
from signalbook.doors.ses.call import Call, Handler, stamp
from signalbook.doors.ses.errors import ConstraintBroken, ParameterRefused
from signalbook.doors.ses.members import Nested, Structure, Text, Whole, breach
from signalbook.doors.ses.paging import size_of
from signalbook.ses import importing, sources
from signalbook.ses.errors import ImportJobNotFound
from signalbook.ses.importing_model import Destination, ImportJob
from signalbook.ses.sources import Stores

_ACTIONS: Final = ("DELETE", "PUT")
_DESTINATION: Final = Structure(
    Nested(
        "SuppressionListDestination",
        Structure(Text("SuppressionListImportAction", required=True, choices=_ACTIONS)),
    ),
    Nested(
        "ContactListDestination",
        Structure(
            Text("ContactListName", required=True),
            Text("ContactListImportAction", required=True, choices=_ACTIONS),
        ),
    ),
)
_SOURCE: Final = Structure(
    Text("S3Url", required=True), Text("DataFormat", required=True, choices=("CSV", "JSON"))
)
_CREATE: Final = Structure(
    Nested("ImportDestination", _DESTINATION, required=True),
    Nested("ImportDataSource", _SOURCE, required=True),
)
_KINDS: Final = {
    "ContactList": Destination.CONTACT_LIST,
    "SuppressionList": Destination.SUPPRESSION_LIST,
}
_LIST: Final = Structure(
    Text("ImportDestinationType", choices=tuple(reversed(Destination))),
    Text("NextToken"),
    Whole("PageSize"),
)


async def create(call: Call) -> object:
    """Order a job; its source is only looked for when it begins."""
    given = _CREATE.read(call.body)
    destination: dict[str, Any] = given["ImportDestination"]
    if len(destination) != 1:
        told = (
            "ImportDestination must have exactly one of ContactListDestination and"
            " SuppressionListDestination."
        )
        raise ParameterRefused(told)
    source: dict[str, Any] = given["ImportDataSource"]
    if not sources.is_source(source["S3Url"], _stores(call)):
        told = f"Member must satisfy regular expression pattern: {sources.S3_PATTERN}"
        raise ConstraintBroken([breach("importDataSource.s3Url", told)])
    kind = "ContactList" if "ContactListDestination" in destination else "SuppressionList"
    wanted: dict[str, str] = destination[f"{kind}Destination"]
    async with call.db.tx() as tx:
        job_id = await importing.order(
            tx,
            call.account_id,
            call.region,
            destination=_KINDS[kind],
            action=wanted[f"{kind}ImportAction"],
            list_name=wanted.get("ContactListName"),
            url=source["S3Url"],
            format=source["DataFormat"],
            actor=call.caller.actor,
        )
    call.worker.nudge()
    return {"JobId": str(job_id)}


async def get(call: Call) -> object:
    """Show a job, with the address of the records that it refused."""
    try:
        job_id = UUID(call.path["JobId"])
    except ValueError:
        raise ImportJobNotFound(job_id=call.path["JobId"][:64]) from None
    async with call.db.read() as read:
        job = await importing.get(read, call.account_id, call.region, job_id)
    failure: dict[str, object] = {}
    if job.failed_url:
        failure["FailedRecordsS3Url"] = await sources.signed(
            job.failed_url, call.region, _stores(call)
        )
    if job.failure:
        failure["ErrorMessage"] = job.failure
    shown = _summary(job) | {"ImportDataSource": {"S3Url": job.url, "DataFormat": job.format}}
    if failure:
        shown["FailureInfo"] = failure
    if job.finished_at is not None:
        shown["CompletedTimestamp"] = stamp(job.finished_at)
    return shown


async def list_(call: Call) -> object:
    """List the jobs of a region, the latest first."""
    given = _LIST.read(call.body)
    kind = given.get("ImportDestinationType")
    size = size_of(given.get("PageSize"))
    before: UUID | None = None
    if token := given.get("NextToken"):
        (before,) = tokens.read(call, kind, token, (UUID,))
    async with call.db.read() as read:
        found = await importing.page(
            read,
            call.account_id,
            call.region,
            destination=Destination(kind) if kind else None,
            before=before,
            size=size + 1,
        )
    answer: dict[str, object] = {"ImportJobs": [_summary(job) for job in found[:size]]}
    if len(found) > size:
        answer["NextToken"] = tokens.write(call, kind, found[size - 1].id)
    return answer


def _summary(job: ImportJob) -> dict[str, object]:
    return {
        "JobId": str(job.id),
        "ImportDestination": _destination(job),
        "JobStatus": job.status,
        "CreatedTimestamp": stamp(job.created_at),
        "ProcessedRecordsCount": job.done,
        "FailedRecordsCount": job.failed,
    }


def _destination(job: ImportJob) -> dict[str, object]:
    if job.destination == Destination.SUPPRESSION_LIST:
        return {"SuppressionListDestination": {"SuppressionListImportAction": job.action}}
    return {
        "ContactListDestination": {
            "ContactListName": job.list_name,
            "ContactListImportAction": job.action,
        }
    }


def _stores(call: Call) -> Stores:
    return Stores(call.settings.ses_s3_endpoint, call.settings.ses_files)


HANDLERS: Final[dict[str, Handler]] = {
    "CreateImportJob": create,
    "GetImportJob": get,
    "ListImportJobs": list_,
}
"""By the operation's name."""
