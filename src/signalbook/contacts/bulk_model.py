"""One action on many contacts: what was asked, how far it is, and the words for it; no I/O."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from signalbook.kit.jobs import Message

Action = Literal["tag", "untag", "deactivate", "reactivate", "delete"]
ACTIONS: Final[tuple[Action, ...]] = ("tag", "untag", "deactivate", "reactivate", "delete")
CHUNK: Final = 500
MOST_PICKED: Final = 5_000


class State(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


ACTIVE: Final = frozenset({State.QUEUED, State.RUNNING, State.UNDOING})
UNDOABLE: Final = frozenset({State.DONE, State.CANCELLED, State.FAILED})


class BulkJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job; `ids` are the contacts that were picked, otherwise `filter` says which are meant."""

    id: UUID
    action: Action
    argument: str
    filter: dict[str, Any]
    ids: list[UUID] | None
    state: State
    last_id: UUID
    cursor: UUID | None
    total: int | None
    done: int
    changed: int
    skipped: int
    undo_done: int
    undo_changed: int
    actor: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Tell whether it still works."""
        return self.state in ACTIVE

    @property
    def can_be_undone(self) -> bool:
        """Tell whether there is something to take back."""
        return self.state in UNDOABLE and self.action != "delete" and self.changed > 0

    @property
    def title(self) -> str:
        """Say what it does, or did."""
        does, did = _WORDS[self.action]
        said = (does if self.is_active else did).format(self.argument)
        if self.state in {State.UNDOING, State.UNDONE}:
            return f"{'Undoing' if self.is_active else 'Undid'}: {_WORDS[self.action][1]}".format(
                self.argument
            )
        return {"cancelled": "Cancelled: ", "failed": "Failed: "}.get(self.state, "") + said

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many contacts are done, of how many."""
        if self.state in {State.UNDOING, State.UNDONE}:
            return self.undo_done, self.changed
        return self.done, self.done if self.state == State.DONE else self.total or 0


class Before(msgspec.Struct, frozen=True):
    """What a job changed of one contact: when, so that later changes can be told from its own."""

    contact_id: UUID
    at: datetime


class RunBulk(Message, frozen=True):
    """Go on with a job, or with its undoing, until there is nothing left to do."""

    account_id: int
    job_id: UUID


_WORDS: Final[dict[Action, tuple[str, str]]] = {
    "tag": ("Attaching tag {}", "Attached tag {}"),
    "untag": ("Detaching tag {}", "Detached tag {}"),
    "deactivate": ("Deactivating contacts", "Deactivated contacts"),
    "reactivate": ("Reactivating contacts", "Reactivated contacts"),
    "delete": ("Deleting contacts", "Deleted contacts"),
}
