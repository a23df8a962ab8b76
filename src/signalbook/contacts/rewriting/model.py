"""One rewriting of a field: what is wanted, how far it is, and what it would come to; no I/O."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from signalbook.kit.jobs import Message

Action = Literal["rename", "merge", "type", "delete", "empty"]
Winner = Literal["target", "source"]
OfUnfit = Literal["refuse", "clear"]
CHUNK: Final = 500
MOST_ROUNDS: Final = 3
MOST_SHOWN: Final = 20


class State(StrEnum):
    """How far a job is; `ending` is the last look, with everybody else waiting."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDING = "ending"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


ACTIVE: Final = frozenset({State.QUEUED, State.RUNNING, State.ENDING})


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with a field.

    `target` is the new name, the field to merge into, or the new type. Where two fields that are
    merged both have a value the `winner` stays. Values that the target does not take are `unfit`:
    they refuse the whole, or they are cleared.
    """

    action: Action
    name: str
    target: str = ""
    winner: Winner = "target"
    unfit: OfUnfit = "refuse"

    @property
    def target_name(self) -> str:
        """Name the field that has the values afterwards."""
        return self.target if self.action in {"rename", "merge"} else self.name


class FieldJob(Wish, frozen=True, kw_only=True):
    """A wish that is being fulfilled, and how far."""

    id: UUID
    state: State
    round: int
    cursor: UUID | None
    total: int
    done: int
    changed: int
    cleared: int
    refused: int
    actor: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether it still works."""
        return self.state in ACTIVE

    @property
    def names(self) -> frozenset[str]:
        """Name the fields it is about."""
        other = {self.target} if self.action in {"rename", "merge"} else set[str]()
        return frozenset({self.name, *other})

    @property
    def title(self) -> str:
        """Say what it does, or did."""
        does, did = _WORDS[self.action]
        said = (does if self.is_active else did).format(self.name, self.target)
        return {"cancelled": "Cancelled: ", "failed": "Failed: "}.get(self.state, "") + said


class Held(NamedTuple):
    """What a contact has in the field, and in the one that it becomes."""

    id: UUID
    value: Any
    other: Any = None


class Misfit(msgspec.Struct, frozen=True):
    """A value that would not fit, a contact that has it, and how many there are.

    `who` is the contact's e-mail, number or external id, `reason` a sentence.
    """

    contact_id: UUID
    who: str
    value: Any
    contacts: int
    reason: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a wish would come to: how many contacts have a value, and what becomes of the values.

    `converted` take another form, `unfit` have none that fits; of `both`, which have a value in
    the other field as well, `equal` have the same one.
    """

    contacts: int
    converted: int = 0
    unfit: int = 0
    both: int = 0
    equal: int = 0
    misfits: list[Misfit] = []


class RewriteField(Message, frozen=True):
    """Go on with a rewriting until there is nothing left to do."""

    is_long: ClassVar[bool] = True
    account_id: int
    job_id: UUID

    def lock(self) -> str | None:
        """Rewrite one field of an account after the other: each may touch every contact."""
        return f"field-rewriting:{self.account_id}"


_WORDS: Final[dict[Action, tuple[str, str]]] = {
    "rename": ("Renaming {0} to {1}", "Renamed {0} to {1}"),
    "merge": ("Merging {0} into {1}", "Merged {0} into {1}"),
    "type": ("Making {0} a field of type {1}", "Made {0} a field of type {1}"),
    "delete": ("Deleting {0}", "Deleted {0}"),
    "empty": ("Emptying {0}", "Emptied {0}"),
}
