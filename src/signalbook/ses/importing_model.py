"""What an import job of SES is: its source, its destination, its states; no I/O."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from signalbook.imports.model import ColumnMap
from signalbook.kit.jobs import Message

MOST_CONTACTS: Final = 1_000_000
"""How many records a job of a contact list may have (AWS, "Bulk import")."""
MOST_SUPPRESSED: Final = {"PUT": 100_000, "DELETE": 10_000}
"""The same of the suppression list, by action."""
KEYS: Final = ("emailAddress", "unsubscribeAll", "attributesData", "topicPreferences")
"""The members of a record of a contact list."""

_TARGETS: Final = dict(
    zip(
        map(str.lower, KEYS),
        ("email", "listed:out", "listed:attributes", "listed:topics"),
        strict=True,
    )
)
_TOPIC: Final = "topicpreferences."


class Destination(StrEnum):
    """What a job writes to."""

    CONTACT_LIST = "CONTACT_LIST"
    SUPPRESSION_LIST = "SUPPRESSION_LIST"


class Status(StrEnum):
    """Where a job is."""

    CREATED = "CREATED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OPEN: Final = frozenset({Status.CREATED, Status.PROCESSING})


class ImportJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it is stored; of a contact list the numbers are its import's while it runs."""

    account_id: int
    id: UUID
    region: str
    destination: Destination
    action: str
    list_name: str | None
    list_id: UUID | None
    url: str
    format: str
    status: Status
    done: int = 0
    failed: int = 0
    last_row: int = 0
    failed_url: str | None = None
    failure: str = ""
    actor: str
    created_at: datetime
    finished_at: datetime | None = None


class RunImportJob(Message, frozen=True):
    """Fetch the source of a job, and begin its import or work on its suppressions."""

    is_long: ClassVar[bool] = True

    account_id: int
    job_id: UUID

    def lock(self) -> str | None:
        """One after another within an account."""
        return f"ses-jobs:{self.account_id}"


def columns_of(names: Sequence[str]) -> tuple[ColumnMap, ...]:
    """Say what the columns of a source are; what SES does not name is ignored."""
    columns: list[ColumnMap] = []
    taken: set[str] = set()
    for at, name in enumerate(names):
        plain = name.strip()
        target = _TARGETS.get(plain.lower(), "ignore")
        if plain.lower().startswith(_TOPIC):
            target = f"topic:{plain[len(_TOPIC) :]}"
        if target in taken and target != "ignore":
            target = "ignore"
        taken.add(target)
        columns.append(ColumnMap(column=at, target=target, reason="The layout of Amazon SES"))
    return tuple(columns)


def topics_of(columns: Sequence[ColumnMap]) -> list[str]:
    """List the topics that columns are named after."""
    return [one.target.removeprefix("topic:") for one in columns if one.target[:6] == "topic:"]
