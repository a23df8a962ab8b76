"""What an event is; no I/O."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Kind(StrEnum):
    """What can happen to a contact."""

    CREATED = "created"
    UPDATED = "updated"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    MERGED = "merged"
    IMPORTED = "imported"
    DELETED = "deleted"


class Event(msgspec.Struct, frozen=True):
    """One thing that happened; `payload` says which fields changed, each as [old, new]."""

    contact_id: UUID
    at: datetime
    id: UUID
    kind: str
    tag_id: int | None
    source: str
    actor: str | None
    payload: dict[str, Any] | None = None
