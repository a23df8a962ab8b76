"""The published JSON of contacts; a change here is a change of the API."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signalbook.fields.model import STANDARD, FieldType

_EMAIL = Meta(
    description="Syntax by RFC 5321 and 6531; compared without regard to case.",
    extra_json_schema={"anyOf": [{"format": "email"}, {"maxLength": 0}]},
)
_MOBILE = Meta(
    description="Strictly E.164: a plus, the country code and the number, nothing between.",
    extra_json_schema={"anyOf": [{"format": "e164"}, {"maxLength": 0}]},
)
_OWN_ID = Meta(
    description="Your own id of the contact, unique in the account.",
    extra_json_schema={
        "maxLength": 255,
        "pattern": r"^([^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?)?$",
    },
)
_TEXT = {"pattern": r"^[^\x00]*$"}
_TAG = {
    "minLength": 1,
    "maxLength": 128,
    "pattern": r"^[^,\x00-\x1f\x7f]*[^,\s\x00-\x1f\x7f][^,\x00-\x1f\x7f]*$",
}
_FIELD_VALUE: dict[str, Any] = {"description": "Any JSON value, nested at most 8 levels."}
_TYPES: dict[FieldType, dict[str, Any]] = {
    FieldType.TEXT: {"type": ["string", "number", "null"], **_TEXT},
    FieldType.NUMBER: {"type": ["number", "null"]},
    FieldType.DATE: {"type": ["string", "null"], "format": "date"},
}
_CUSTOM_FIELDS = Meta(
    description="Your own fields and the standard ones, merged per key; null removes a key."
    " Numbers and truth values may also be written as text.",
    extra_json_schema={
        "properties": {
            **{name: _TYPES[standard.type] for name, standard in STANDARD.items()},
            "longitude": {"type": ["number", "null"], "minimum": -180, "maximum": 180},
            "latitude": {"type": ["number", "null"], "minimum": -90, "maximum": 90},
        },
        "propertyNames": {"minLength": 1, "maxLength": 64, "format": "field-name"},
        "additionalProperties": _FIELD_VALUE,
    },
)
_METADATA = Meta(
    description="What you want to remember about the contact's origin, merged per key;"
    " null removes a key.",
    extra_json_schema={"additionalProperties": _FIELD_VALUE},
)
_SHOWN = Meta(
    description="Shown and never set: it may be sent back as it was read, and is not looked at.",
    extra_json_schema={"readOnly": True},
)
_TAGS = Meta(
    description="Replaces the tags the contact carries.", extra_json_schema={"maxItems": 500}
)

Email = Annotated[str, _EMAIL]
Mobile = Annotated[str, _MOBILE]
ExternalId = Annotated[str, _OWN_ID]
Text = Annotated[str, Meta(extra_json_schema=_TEXT)]
Tag = Annotated[str, Meta(extra_json_schema=_TAG)]
Json = dict[str, Any]
Shown = Annotated[Any, _SHOWN]


class ContactIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A contact as it is sent: one of email, mobile and external_id is needed to make a new one.

    An identifier that is an empty text is taken as not sent.
    """

    email: Email | UnsetType | None = UNSET
    mobile: Mobile | UnsetType | None = UNSET
    external_id: ExternalId | UnsetType | None = UNSET
    first_name: Text | UnsetType | None = UNSET
    last_name: Text | UnsetType | None = UNSET
    full_name: Text | UnsetType | None = UNSET
    phone: Text | UnsetType | None = UNSET
    tags: Annotated[list[Tag], _TAGS] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    is_unsubscribed: bool | UnsetType = UNSET
    custom_fields: Annotated[Json, _CUSTOM_FIELDS] | UnsetType = UNSET
    metadata: Annotated[Json, _METADATA] | UnsetType = UNSET
    preferences: (
        Annotated[
            Json,
            Meta(
                description="Not kept yet; only an empty object is accepted.",
                extra_json_schema={"maxProperties": 0},
            ),
        ]
        | UnsetType
    ) = UNSET
    id: Shown = None
    unsubscribed_at: Shown = None
    reachability: Shown = None
    created_at: Shown = None
    updated_at: Shown = None


_IDENTIFIED: dict[str, Any] = {
    "anyOf": [
        {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
        for name in ("email", "mobile", "external_id")
    ]
}
NewContact = Annotated[ContactIn, Meta(extra_json_schema=_IDENTIFIED)]


class BatchChange(ContactIn, kw_only=True):
    """One change of a batch: an upsert unless `op` says otherwise; any identifier says who."""

    op: Literal["upsert", "create", "update", "delete"] = "upsert"
    id: UUID | None = None
    add_tags: list[Tag] = []
    remove_tags: list[Tag] = []
    merge: Annotated[
        bool,
        Meta(
            description="Make one contact of those the identifiers belong to, and no conflict;"
            " the oldest stays and its own values win."
        ),
    ] = False
    message_id: (
        Annotated[
            str,
            Meta(
                description="Your id of this change: one that was applied is never applied again.",
                extra_json_schema={"minLength": 1, "maxLength": 255},
            ),
        ]
        | None
    ) = None


class BulkIn(msgspec.Struct, forbid_unknown_fields=True):
    """Contacts to create; those that are there already are skipped."""

    contacts: list[ContactIn]


class TagsIn(msgspec.Struct, forbid_unknown_fields=True):
    """Tags to attach or to detach."""

    tags: Annotated[list[Tag], Meta(extra_json_schema={"maxItems": 500})]


class Reachability(msgspec.Struct):
    """Whether the contact may be written to or called, by channel."""

    email: bool
    sms: bool
    voice: bool


class ContactOut(msgspec.Struct, omit_defaults=True):
    """A contact; `notes` are there where a change left something to say, as an opt-out kept."""

    id: str
    external_id: str | None
    email: str | None
    mobile: str | None
    first_name: Any
    last_name: Any
    full_name: Any
    phone: Any
    tags: list[str]
    is_active: bool
    is_unsubscribed: bool
    unsubscribed_at: str | None
    reachability: Reachability
    custom_fields: Json
    metadata: Json
    preferences: Json
    created_at: str
    updated_at: str
    notes: list[str] = []


class ContactList(msgspec.Struct):
    """A page of contacts; `next_cursor` goes into `starting_after` of the next call."""

    data: list[ContactOut]
    has_more: bool
    next_cursor: str | None


class Pagination(msgspec.Struct):
    """Which page this is, and of how many."""

    page: int
    limit: int
    total: int
    totalPages: int  # noqa: N815  # as published


class ContactPage(msgspec.Struct):
    """A page of contacts by its number."""

    success: bool
    data: list[ContactOut]
    pagination: Pagination


class Deleted(msgspec.Struct):
    """The contact is gone, or inactive where `deleted` is false."""

    deleted: bool
    id: str


class BulkSkipped(msgspec.Struct):
    """A contact that was there already."""

    email: str | None
    external_id: str | None
    reason: str


class BulkError(msgspec.Struct):
    """A contact that was not accepted, and why."""

    email: str | None
    error: str
    index: int


class BulkSummary(msgspec.Struct):
    """How it went in numbers."""

    created_count: int
    skipped_count: int
    error_count: int


class BulkOut(msgspec.Struct):
    """What came of a bulk creation."""

    created: list[ContactOut]
    skipped: list[BulkSkipped]
    errors: list[BulkError]
    user_id: str
    total_processed: int
    summary: BulkSummary


class ItemError(msgspec.Struct, omit_defaults=True):
    """Why one change of a batch was rejected."""

    code: str
    message: str
    errors: list[dict[str, str]] = []


class BatchItem(msgspec.Struct, omit_defaults=True):
    """What came of one change, at the same position as the change."""

    status: Literal["created", "updated", "unchanged", "deleted", "rejected"]
    id: UUID | None = None
    error: ItemError | None = None
    notes: list[str] = []
    contact: ContactOut | None = None


class BatchSummary(msgspec.Struct):
    """How many changes came to what."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0


class BatchOut(msgspec.Struct):
    """What came of a batch; after a dry run nothing of it was kept."""

    dry_run: bool
    summary: BatchSummary
    results: list[BatchItem]
