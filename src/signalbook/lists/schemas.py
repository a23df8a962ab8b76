"""The published JSON of lists; a change here is a change of the API."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signalbook.contacts.conditions import Optout, Stage
from signalbook.contacts.schemas import ContactOut
from signalbook.contacts.waterfall import Address, Channel
from signalbook.lists.model import MAX_DESCRIPTION, MAX_NAME, MOST_COMBINED, MOST_NAMED, Kind

_TEXT = r"^[^\x00]*$"
Name = Annotated[
    str,
    Meta(
        description="Unique in the account; two names that differ only in capitals are the same.",
        extra_json_schema={
            "minLength": 1,
            "maxLength": MAX_NAME,
            "pattern": r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$",
        },
    ),
]
Description = Annotated[
    str, Meta(extra_json_schema={"maxLength": MAX_DESCRIPTION, "pattern": _TEXT})
]
Moment = Annotated[datetime, Meta(tz=True)]
_names = Meta(extra_json_schema={"maxItems": MOST_NAMED})
Names = Annotated[list[str], _names]

CombinedLists = Annotated[list[UUID], Meta(extra_json_schema={"maxItems": MOST_COMBINED})]


class FromLists(msgspec.Struct, forbid_unknown_fields=True):
    """Who is on it at first: those on all of some lists, on any of some, and on none of some."""

    all: CombinedLists = []
    any: CombinedLists = []
    none: CombinedLists = []


class NewList(msgspec.Struct, forbid_unknown_fields=True):
    """A list to make, empty or from other lists."""

    name: Name
    description: Description = ""
    kind: Kind = "static"
    of: FromLists | None = msgspec.field(name="from", default=None)


class ListIn(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change of a list; what is not sent stays."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET


class ListOut(msgspec.Struct):
    """A list; `members` is how many contacts are on it now.

    A static list is filled by whoever keeps it; a topic a person may choose, and leave. While it is
    not `is_active`, nobody on it can be reached.
    """

    id: str
    name: str
    description: str
    kind: Kind
    is_active: bool
    members: int
    created_at: str
    created_by: str


class Lists(msgspec.Struct):
    """A page of lists by name; `next_cursor` goes into `starting_after` of the next call."""

    data: list[ListOut]
    has_more: bool
    next_cursor: str | None


class ListDeleted(msgspec.Struct):
    """The list is gone; the contacts are still there."""

    deleted: bool
    id: str


class Matching(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Contacts for which everything given holds, as in `GET /contacts`; nothing given is all."""

    tags: list[str] = []
    any_tag: list[str] = []
    none_tag: list[str] = []
    lists: list[UUID] = []
    any_list: list[UUID] = []
    none_list: list[UUID] = []
    search: str = ""
    email: str | None = None
    mobile: str | None = None
    external_id: str | None = None
    is_active: bool | None = None
    is_unsubscribed: bool | None = None
    reachable: Channel | None = None
    has: list[Address] = []
    optout: Optout | None = None
    list_active: bool | None = None
    kept: Stage | None = None
    lost: Stage | None = None
    country: str | None = None
    source: str | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None
    updated_after: Moment | None = None
    updated_before: Moment | None = None


class MembersIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who is to be added or removed: any names of contacts, or a filter and nothing beside it."""

    ids: Annotated[list[UUID], _names] = []
    emails: Names = []
    mobiles: Names = []
    external_ids: Names = []
    filter: Matching | None = None


class MembersChanged(msgspec.Struct):
    """How many were added or removed, on whom there was nothing to do, and who is nobody."""

    changed: int
    unchanged: int
    not_found: list[str]
    members: int


class ListJobOut(msgspec.Struct, omit_defaults=True):
    """Adding or removing many, or what follows a switch; `not_found` is told as it begins."""

    id: str
    list_id: str
    action: Literal["add", "remove", "deactivate", "activate"]
    state: Literal["queued", "running", "done", "cancelled", "failed"]
    total: int | None
    done: int
    changed: int
    unchanged: int
    created_at: str
    started_at: str | None
    finished_at: str | None
    not_found: list[str] = []


class ListCombined(msgspec.Struct):
    """A list that is being filled from others, and the job that does it."""

    list: ListOut
    job: ListJobOut


class ListSwitched(msgspec.Struct):
    """A list that is deactivated or active now, and the job that follows; null where it was so."""

    list: ListOut
    job: ListJobOut | None


class MemberOut(ContactOut, kw_only=True):
    """A contact on a list, since when and through whom."""

    joined_at: str
    joined_by: str


class Members(msgspec.Struct):
    """A page of the contacts on a list, those made last first."""

    data: list[MemberOut]
    has_more: bool
    next_cursor: str | None
