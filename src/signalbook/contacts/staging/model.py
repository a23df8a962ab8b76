"""What a batch of staged rows is, and what comes of a chunk of it; no I/O."""

from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from signalbook.contacts.model import Source

INACTIVE: Final = "inactive"
"""Stands among the opt-outs of a staged row whose contact is to be deactivated."""


class Rule(StrEnum):
    """What the rows of a batch may do."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Kind(StrEnum):
    """What a row means for the contacts as they are, by the letter the statement gives it."""

    NEW = "n"
    CHANGED = "c"
    RENAMED = "w"  # its words and name keys change as well
    UNCHANGED = "="
    ODD = "o"  # the verb must decide
    DELETED = "d"
    CLASH = "x"
    EXISTS = "e"
    MISSING = "m"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that were staged together, and how they are meant."""

    account_id: int
    id: UUID
    rule: Rule
    tags: tuple[str, ...]
    """The tags of its rows, by number."""
    source: Source
    mark: dict[str, Any]
    """What the timeline keeps of every contact the batch touched: {"import": "<id>"}."""
    listing: UUID | None = None
    """The contact list its rows are written to; a deletion then takes them off that list."""

    @property
    def mark_json(self) -> str:
        """The mark as JSON text."""
        return msgspec.json.encode(self.mark).decode()


class Row(NamedTuple):
    """A staged row and the contact it means: a known one, or the one that it would make."""

    row_no: int
    contact: str


Matched = dict[Kind, list[Row]]
"""The rows of a chunk by what they mean."""


class Refused(NamedTuple):
    """A row that cannot be applied."""

    row_no: int
    field: str
    value: str
    code: str
    reason: str


class Applied(msgspec.Struct, kw_only=True):
    """What came of a chunk."""

    outcomes: dict[int, tuple[str, str | None]] = {}
    """By row: the first letter of its outcome, and its contact."""
    refused: list[Refused] = []
    protected: int = 0
    opted_out: int = 0
    conflicts: int = 0
