"""What a connection is, what SES holds of a contact, and how a connection stands; no I/O."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

import msgspec

from signalbook.kit.jobs import Message

AWS_PER_SECOND: Final = 1.0
"""What AWS allows of all calls but those that send (developer guide, "quotas"); not adjustable."""
MOST_PER_SECOND: Final = 1000.0
LEAST_PER_SECOND: Final = 0.01
BULK_FROM: Final = 100
"""Above so many waiting changes an import job of SES takes them, where a bucket is set."""

Status = Literal["OPT_IN", "OPT_OUT"]


class Mode(StrEnum):
    """Who leads: SES (`store`, `follow`) or Signalbook (`mirror`)."""

    STORE = "store"
    MIRROR = "mirror"
    FOLLOW = "follow"


class Access(msgspec.Struct, frozen=True):
    """Keys of AWS; without them the machine's own credentials are taken."""

    access_key_id: str
    secret_access_key: str
    session_token: str = ""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A contact list of SES and how it is reached; `role` is the ARN of a role to take on."""

    region: str
    list_name: str
    endpoint: str | None = None
    access: Access | None = None
    role: str | None = None
    requests_per_second: float = AWS_PER_SECOND


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as it is stored; `credentials` are sealed with the secret key."""

    account_id: int
    id: UUID
    mode: Mode
    region: str
    list_name: str
    endpoint: str | None
    credentials: bytes | None
    role: str | None
    bucket: str | None
    requests_per_second: float
    created_at: datetime
    created_by: str
    error: str | None
    failing_since: datetime | None
    rests_until: datetime | None
    succeeded_at: datetime | None
    filled_to: str | None
    filled_at: datetime | None
    listing: UUID | None
    listing_token: str | None
    listing_started_at: datetime | None
    listing_count: int
    listed_at: datetime | None
    listed_count: int
    import_job: dict[str, Any] | None

    def __post_init__(self) -> None:
        """Take the mode as it is stored."""
        msgspec.structs.force_setattr(self, "mode", Mode(self.mode))


class Topic(msgspec.Struct, frozen=True):
    """A topic of the list as SES holds it."""

    name: str
    display_name: str
    default: Status
    description: str | None = None


class RemoteList(msgspec.Struct, frozen=True):
    """What SES tells of the list."""

    name: str
    topics: tuple[Topic, ...] = ()
    description: str | None = None


class Remote(msgspec.Struct, frozen=True):
    """A contact as SES holds it; `topics` are its own choices, without the list's defaults.

    `attributes` is AttributesData: a JSON object as text, None where there is none.
    """

    address: str
    unsubscribed: bool = False
    topics: Mapping[str, Status] = {}
    attributes: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Page(msgspec.Struct, frozen=True):
    """A part of a listing; only where `token` is None the listing has ended."""

    contacts: tuple[Remote, ...]
    token: str | None


class ImportProgress(msgspec.Struct, frozen=True):
    """How an import job of SES stands."""

    status: str
    processed: int = 0
    failed: int = 0
    failed_url: str | None = None
    error: str | None = None

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more comes of it."""
        return self.status in {"COMPLETED", "FAILED", "CANCELLED"}


class Waiting(msgspec.Struct, frozen=True):
    """A row of the outbox."""

    address: str
    contact_id: UUID | None
    version: UUID
    since: datetime


class Seen(msgspec.Struct, frozen=True):
    """What SES was last seen to hold of an address."""

    address: str
    updated_at: datetime | None
    unsubscribed: bool
    topics: dict[str, Status]
    attributes: str | None
    read_at: datetime | None
    spelling: str | None = None

    @property
    def is_known(self) -> bool:
        """Tell whether the attributes are those of what a listing last saw."""
        return self.read_at is not None and self.read_at == self.updated_at


class Refusal(msgspec.Struct, frozen=True):
    """A contact that SES would not take, with what it said."""

    address: str
    said: str
    at: datetime
    times: int


class Backlog(msgspec.Struct, frozen=True):
    """How much waits for SES, since when, and what SES refused."""

    waiting: int = 0
    since: datetime | None = None
    refused: int = 0


class CompareWithSes(Message, frozen=True):
    """Compare an account with SES, contact by contact where `deep`, and repair what differs."""

    is_long: ClassVar[bool] = True

    account_id: int
    deep: bool = False
    repair: bool = False

    def lock(self) -> str:
        """Compare an account once at a time."""
        return f"ses-drift-{self.account_id}"


class State(StrEnum):
    """How a connection stands, in a word."""

    OK = "ok"
    FILLING = "filling"
    LISTING = "listing"
    WAITING = "waiting"
    FAILING = "failing"


def state_of(connection: Connection, backlog: Backlog) -> State:
    """Say how a connection stands; what is wrong comes before what is under way."""
    if connection.error is not None:
        return State.FAILING
    if connection.mode is not Mode.FOLLOW and connection.filled_at is None:
        return State.FILLING
    if connection.mode is Mode.FOLLOW and connection.listed_at is None:
        return State.LISTING
    return State.WAITING if backlog.waiting else State.OK


def lag_of(backlog: Backlog, now: datetime) -> timedelta:
    """Say for how long the oldest change has been waiting."""
    return timedelta() if backlog.since is None else max(timedelta(), now - backlog.since)
