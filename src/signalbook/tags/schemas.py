"""The published JSON of tags; a change here is a change of the API."""

from typing import Annotated

import msgspec
from msgspec import Meta

_NAME = {
    "minLength": 1,
    "maxLength": 128,
    "pattern": r"^[^,\x00-\x1f\x7f]*[^,\s\x00-\x1f\x7f][^,\x00-\x1f\x7f]*$",
}


class TagOut(msgspec.Struct):
    """A tag: `contacts` carry it now, `signals` counts how often it ever came."""

    id: int
    name: str
    contacts: int
    signals: int
    first_seen_at: str
    last_seen_at: str


class TagList(msgspec.Struct):
    """A page of tags, the most carried first."""

    data: list[TagOut]
    has_more: bool
    next_cursor: str | None


class TagNameIn(msgspec.Struct, forbid_unknown_fields=True):
    """What a tag is to be called."""

    name: Annotated[str, Meta(extra_json_schema=_NAME)]


class TagMergeIn(msgspec.Struct, forbid_unknown_fields=True):
    """The id of the tag to merge into."""

    into: int


class TagDeleted(msgspec.Struct):
    """The tag is gone."""

    deleted: bool
    id: int
