"""The published JSON of the connection to SES; a change here is a change of the API."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signalbook.connector.model import LEAST_PER_SECOND, MOST_PER_SECOND, Mode, State

_PRINTED = r"^[\x21-\x7e]+$"
Text = Annotated[str, Meta(extra_json_schema={"pattern": _PRINTED, "maxLength": 4096})]


class AccessIn(msgspec.Struct, forbid_unknown_fields=True):
    """Keys of AWS; they are stored encrypted and never shown again."""

    access_key_id: Text
    secret_access_key: Text
    session_token: Annotated[
        str, Meta(extra_json_schema={"pattern": r"^[\x21-\x7e]*$", "maxLength": 4096})
    ] = ""


class ConnectionIn(msgspec.Struct, forbid_unknown_fields=True):
    """A connection to a contact list of SES.

    Without `credentials` those that are kept stay, or else the machine's own are taken; `null`
    means the machine's own. `role` is taken on with them. `bucket` is an S3 bucket, with a folder
    if you like, through which more than 100 changes go at once. AWS takes one request a second;
    another `endpoint` may take more.
    """

    mode: Mode
    region: Annotated[str, Meta(extra_json_schema={"pattern": r"^[a-z]{2,}(-[a-z0-9]+)+-\d$"})]
    list_name: Annotated[str, Meta(extra_json_schema={"pattern": r"^[a-zA-Z0-9_-]{1,64}$"})]
    credentials: AccessIn | UnsetType | None = UNSET
    role: (
        Annotated[str, Meta(extra_json_schema={"format": "aws-role", "maxLength": 600})] | None
    ) = None
    bucket: (
        Annotated[str, Meta(extra_json_schema={"format": "s3-bucket", "maxLength": 576})] | None
    ) = None
    endpoint: (
        Annotated[str, Meta(extra_json_schema={"format": "http-url", "maxLength": 1024})] | None
    ) = None
    requests_per_second: Annotated[
        float, Meta(extra_json_schema={"minimum": LEAST_PER_SECOND, "maximum": MOST_PER_SECOND})
    ] = 1.0


class TopicOut(msgspec.Struct):
    """A topic of the list in SES."""

    name: str
    display_name: str
    default_status: str


class TestOut(msgspec.Struct):
    """What SES answered: the list is there, with these topics."""

    region: str
    list_name: str
    description: str | None
    topics: list[TopicOut]


class ListingOut(msgspec.Struct):
    """How far reading the whole list of SES is: contacts so far, and at the last time."""

    started_at: str | None
    contacts: int
    completed_at: str | None
    completed_contacts: int


class ConnectionOut(msgspec.Struct):
    """A connection and how it stands.

    `error` is what is wrong, in a sentence; nothing is lost meanwhile. `waiting` changes (counted
    up to 100,000) are not in SES yet, the oldest for `lag_seconds`; `refused` contacts SES will not
    take. `notices_url` is where AWS SNS may send what people choose in messages.
    """

    state: State
    error: str | None
    failing_since: str | None
    mode: Mode
    region: str
    list_name: str
    endpoint: str | None
    has_credentials: bool
    role: str | None
    bucket: str | None
    requests_per_second: float
    waiting: int
    lag_seconds: float
    refused: int
    succeeded_at: str | None
    filled_at: str | None
    listing: ListingOut
    notices_url: str
    created_at: str
    created_by: str


class RefusalOut(msgspec.Struct):
    """A contact that SES would not take, what it said, and how often."""

    email: str
    said: str
    at: str
    times: int


class Refusals(msgspec.Struct):
    """Contacts that SES would not take, by address."""

    data: list[RefusalOut]


class PolicyOut(msgspec.Struct):
    """A policy of IAM."""

    policy: dict[str, Any]


class DriftIn(msgspec.Struct):
    """How to compare: `deep` reads each contact of SES, `repair` brings both sides together."""

    deep: bool = False
    repair: bool = False


class DifferenceOut(msgspec.Struct):
    """A contact that is on both sides, and in what it differs."""

    email: str
    what: list[str]


class RunningOut(msgspec.Struct):
    """A comparison under way: in which part it is, and how far; `total` is 0 while unknown."""

    part: str
    done: int
    total: int


class DriftOut(msgspec.Struct):
    """What the last comparison with SES found; of each kind at most a thousand are named.

    `unread` contacts were compared in all but their attributes, `waiting` ones are still to go to
    SES, `nameless` ones have no e-mail; `repaired` were brought together. `failed` says why the
    last comparison came to nothing.
    """

    at: str | None
    compared: int
    unread: int
    waiting: int
    nameless: int
    counts: dict[str, int]
    only_here: list[str]
    only_there: list[str]
    different: list[DifferenceOut]
    optouts: list[DifferenceOut]
    repaired: int
    running: RunningOut | None
    failed: str
