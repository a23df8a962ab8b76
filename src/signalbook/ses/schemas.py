"""How contact lists are published."""

from typing import Literal

import msgspec


class TopicOut(msgspec.Struct, frozen=True):
    """A topic; `list_id` is the list of those who opted in."""

    name: str
    display_name: str
    description: str | None
    default_status: Literal["OPT_IN", "OPT_OUT"]
    list_id: str


class ContactListOut(msgspec.Struct, frozen=True):
    """A contact list of a region, with its topics and tags."""

    region: str
    name: str
    description: str | None
    topics: list[TopicOut]
    tags: dict[str, str]
    created_at: str
    updated_at: str


class ContactListsOut(msgspec.Struct, frozen=True):
    """Contact lists by region and name."""

    contact_lists: list[ContactListOut]
