"""What a list is, how it may be called, and work on many of its members; no I/O."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

import msgspec

from signalbook.kit.errors import Problem
from signalbook.kit.jobs import Message

MAX_NAME: Final = 100
MAX_DESCRIPTION: Final = 500
MAX_LISTS: Final = 5_000
"""How many lists an account may have."""
MOST_AT_ONCE: Final = 5_000
"""How many contacts join or leave in one transaction."""
MOST_COMBINED: Final = 50
"""How many lists may be combined into a new one."""
MOST_NAMED: Final = 100_000
"""How many contacts one call may name; beyond `MOST_AT_ONCE` they become a job."""

Action = Literal["add", "remove"]
Switch = Literal["deactivate", "activate"]
Kind = Literal["static", "topic"]
KINDS: Final[tuple[Kind, ...]] = ("static", "topic")
"""A static list is filled by whoever keeps it; a topic a person may choose, and leave."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class ContactList(msgspec.Struct, frozen=True):
    """A list with how many contacts are on it."""

    id: UUID
    name: str
    description: str
    kind: Kind
    is_active: bool
    is_settled: bool
    members: int
    created_at: datetime
    created_by: str


class Membership(msgspec.Struct, frozen=True):
    """That a contact is on a list, since when and through whom."""

    id: UUID
    name: str
    is_active: bool
    joined_at: datetime
    joined_by: str


class Combination(msgspec.Struct, frozen=True, kw_only=True):
    """Who is meant by other lists: on all of some, on any of some, and on none of some.

    A copy is all of one; several united are any of them, intersected all, subtracted none.
    """

    all: tuple[UUID, ...] = ()
    any: tuple[UUID, ...] = ()
    none: tuple[UUID, ...] = ()

    def ids(self) -> set[UUID]:
        """Return every list that is named."""
        return {*self.all, *self.any, *self.none}


class State(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ListJob(msgspec.Struct, frozen=True, kw_only=True):
    """Adding or removing many; `ids` says whether the contacts were named, or else `filter` does.

    To deactivate or activate a list is work on all its members. `done` contacts of `total` were
    looked at, and `changed` of them joined or left, or can be reached no more or again.
    """

    id: UUID
    list_id: UUID
    list_name: str
    action: Action | Switch
    filter: dict[str, Any]
    is_named: bool
    state: State
    last_id: UUID
    cursor: UUID | None
    total: int | None
    done: int
    changed: int
    actor: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Tell whether it still works."""
        return self.state in {State.QUEUED, State.RUNNING}

    @property
    def is_switch(self) -> bool:
        """Tell whether it deactivates or activates the list."""
        return self.action in {"deactivate", "activate"}

    @property
    def title(self) -> str:
        """Say what it does, or did."""
        does, did = _WORDS[self.action]
        said = does if self.is_active else did
        lead = {"cancelled": "Cancelled: ", "failed": "Failed: "}.get(self.state, "")
        return f"{lead}{said} {self.list_name}"

    @property
    def left_alone(self) -> int:
        """Count those on whom there was nothing to change."""
        return self.done - self.changed


class RunListJob(Message, frozen=True):
    """Go on with a job until there is nobody left to add or remove."""

    is_long: ClassVar[bool] = True

    account_id: int
    job_id: UUID


class ForgetMembers(Message, frozen=True):
    """Remove who was on a list that is deleted."""

    is_long: ClassVar[bool] = True

    account_id: int
    list_id: UUID


def name_of(text: str) -> str:
    """Write a name as it is kept: composed, trimmed, one blank where there were several."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def key_of(name: str) -> str:
    """Write a name as names are compared: without regard to capitals."""
    return name_of(name).casefold()


def list_problem(name: object, field: str = "name") -> Problem | None:
    """Say why a list cannot be called so, or None when it can."""
    if not isinstance(name, str):
        return Problem(field, "The name of a list is a text", "list_invalid")
    kept = name_of(name)
    if not 0 < len(kept) <= MAX_NAME:
        told = f"The name of a list has 1 to {MAX_NAME} characters"
        return Problem(field, told, "list_invalid")
    if _CONTROL.search(kept):
        return Problem(field, "The name of a list has no control characters", "list_invalid")
    return None


def description_problem(text: str) -> Problem | None:
    """Say why a list cannot be described so, or None when it can."""
    if len(text) > MAX_DESCRIPTION or "\x00" in text:
        told = f"A description has at most {MAX_DESCRIPTION} characters and no NUL"
        return Problem("description", told, "description_invalid")
    return None


_WORDS: Final[dict[Action | Switch, tuple[str, str]]] = {
    "add": ("Adding to", "Added to"),
    "remove": ("Removing from", "Removed from"),
    "deactivate": ("Deactivating", "Deactivated"),
    "activate": ("Activating", "Activated"),
}
