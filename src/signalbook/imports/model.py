"""What an import is: its file, its mapping, its options, its states and its outcomes; no I/O."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal, TypeAlias
from uuid import UUID

import msgspec

from signalbook.kit.jobs import Message

Cell: TypeAlias = str | int | float | bool | datetime | date | list[Any] | dict[str, Any] | None
"""A cell as its reader gives it: text from CSV, typed from a sheet, anything from JSON."""


class State(StrEnum):
    """Where an import is."""

    UPLOADING = "uploading"
    READY = "ready"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    DONE = "done"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


WORKING = frozenset({State.CHECKING, State.APPLYING, State.UNDOING})
"""The states in which a job is at work, or will be in a moment."""


class Action(StrEnum):
    """What the rows of a file do."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Outcome(StrEnum):
    """What came of a row. The first letter of each is its own, and stands for it in storage."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    REJECTED = "rejected"
    DUPLICATE = "superseded"  # a later row names the same contact, and wins


Target: TypeAlias = str
"""What a column becomes: `email`, `mobile`, `external_id`, `tags`, `list`, `status`, `attributes`
(a JSON object of fields), `metadata`, `field:<name>` or `ignore`."""


class ColumnMap(msgspec.Struct, frozen=True, kw_only=True):
    """What one column of the file becomes."""

    column: int
    target: Target
    type: str | None = None
    """For a field that is new: its type, one of `fields.model.FieldType`; None lets it be text."""
    separator: str = ""
    """For `tags` and `list`: what stands between two of them; empty finds it out (`, ; |`)."""
    confidence: float = 1.0
    """How sure the guess is, from 0 to 1; 1 where a person chose."""
    reason: str = ""
    """Why it was guessed, for the person who looks: "The same name as the field City"."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The contact list that the rows are written to, for files that were not uploaded by hand.

    Their columns may be `listed:attributes`, `listed:out` and `listed:topics`, or `topic:<name>`.
    """

    id: UUID
    name: str
    topics: dict[str, UUID]
    """By its name, the list of those who opted in to a topic."""
    most_rows: int


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of a file are meant."""

    action: Action = Action.UPSERT
    blank: Literal["keep", "clear"] = "keep"
    tags: tuple[str, ...] = ()
    list: str = ""
    country: str = ""
    """ISO 3166 code by which national phone numbers are read; empty is strict E.164."""
    date_order: Literal["", "dmy", "mdy", "ymd"] = ""
    """How dates like 01/02/2024 are read; empty lets the column decide, or refuses."""
    listing: Listing | None = None


class PreviewRow(msgspec.Struct, frozen=True):
    """A row of the file as a person sees it."""

    number: int
    cells: list[str]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a file was found to be: all that is needed to read its rows again the same way."""

    kind: Literal["csv", "json", "xlsx", "xls", "ods"]
    compression: Literal["", "gzip", "zip"] = ""
    member: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    """What stands before a quote that belongs to a cell, where it is not another quote."""
    has_objects: bool = False
    """Whether a cell may be a JSON object without quotes around it: `ada@example.com,{"a": 1}`."""
    is_wrapped: bool = False
    """Whether each line is one quoted cell that holds a row."""
    each_alone: bool = False
    """Whether an object that cannot be read, or says nothing, is a row that is rejected alone."""
    skip_space: bool = False
    """Whether a space after a delimiter is left out: `a, "b, c"`."""
    sheet: str = ""
    sheets: list[str] = []
    header_row: int = 1
    """The row of the column names as the spreadsheet shows it; 0 where there is none."""
    columns: list[str] = []
    preview: list[PreviewRow] = []
    samples: list[list[str]] = []
    """Of each column up to 50 texts that are not blank, from the first 1,000 rows."""
    rows_estimate: int = 0
    notes: list[str] = []
    """Sentences worth telling: "The title line above the header was left out"."""


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chose instead of what was found."""

    sheet: str | None = None
    header_row: int | None = None
    delimiter: str | None = None
    encoding: str | None = None
    member: str | None = None
    has_objects: bool = False
    each_alone: bool = False


class KnownField(msgspec.Struct, frozen=True):
    """A field of the registry, as mapping and normalising need it."""

    name: str
    label: str
    aliases: tuple[str, ...]
    type: str
    is_set: bool


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the child needs to turn rows into staged ones."""

    account_id: int
    import_id: UUID
    source: Source
    columns: tuple[ColumnMap, ...]
    options: Options
    fields: tuple[KnownField, ...]
    tags: tuple[str, ...] = ()
    """The tags met so far, in the order of their numbers: a restart goes on with them."""
    skip: int = 0
    """How many rows with something in them are staged or rejected already."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """The head of one piece of the child's output: what follows it, and what to remember.

    After the head come `rows_bytes` bytes of COPY text for `import_rows` and `rejects_bytes` for
    `import_rejects`. Rows, rejects and head are one checkpoint.
    """

    rows: int = 0
    rejected: int = 0
    rows_bytes: int = 0
    rejects_bytes: int = 0
    read_bytes: int = 0
    """How far in the file the child is, for the bar; compressed bytes where it is compressed."""
    tags: list[str] = []
    """Tags met for the first time; their numbers follow on those before."""
    fields: dict[str, str] = {}
    """Fields that get their first value here, each with its type."""
    widened: list[str] = []
    """Fields of an inferred type that met a value of another: they become text."""
    notes: dict[str, int] = {}
    """How often something was mended on the way: {"mobile_from_national": 120}."""
    finished: bool = False
    failure: str = ""
    """Why the rest cannot be read, as a sentence; what came before stays staged."""


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """An import as it is stored; what was applied is counted from its chunks (`Progress`)."""

    account_id: int
    id: UUID
    name: str
    state: State
    paused_state: State | None
    bytes: int
    expected: int | None
    source: Source | None
    fingerprint: str | None
    layout: str
    columns: tuple[ColumnMap, ...]
    options: Options
    dry_run: bool
    tags: list[str]
    fields: dict[str, str]
    widened: list[str]
    notes: dict[str, int]
    staged: int
    rejected: int
    read_bytes: int
    last_row: int
    is_sorted: bool
    verdict: "Verdict | None"
    failure: str
    undo_done: int
    actor: str
    created_at: datetime
    checking_at: datetime | None
    checked_at: datetime | None
    applying_at: datetime | None
    finished_at: datetime | None

    @property
    def is_working(self) -> bool:
        """Whether a job is at work on it, or will be in a moment."""
        return self.state in WORKING


class Counts(msgspec.Struct, kw_only=True):
    """How many rows came to what; `protected` and `opted_out` count rows besides their outcome."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    superseded: int = 0
    conflicts: int = 0
    """Of the rejected: those whose identifiers belong to two contacts."""
    protected: int = 0
    """Rows of contacts that have an opt-out, which stays whatever the file says."""
    opted_out: int = 0
    """Rows that added an opt-out."""

    def __add__(self, other: "Counts") -> "Counts":
        """Add two, number by number."""
        return Counts(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__}
        )

    @property
    def rows(self) -> int:
        """How many rows these are."""
        return (
            self.created
            + self.updated
            + self.unchanged
            + self.deleted
            + self.rejected
            + self.superseded
        )


class Reason(msgspec.Struct, frozen=True):
    """Why rows were rejected: how many for this reason, and one of them as an example."""

    code: str
    count: int
    row_no: int
    field: str
    value: str
    reason: str

    def counting(self, count: int) -> "Reason":
        """Return the same reason with another count."""
        return msgspec.structs.replace(self, count=count)


class Sample(msgspec.Struct, frozen=True):
    """A row that would change a contact: each field with its value before and after."""

    row_no: int
    contact_id: UUID
    name: str
    fields: dict[str, list[Any]]
    tags: list[str] = []


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a dry run found."""

    counts: Counts
    reasons: list[Reason] = []
    samples: list[Sample] = []


class RowOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one row of the file."""

    row_no: int
    outcome: Outcome
    contact_id: UUID | None = None
    field: str = ""
    value: str = ""
    code: str = ""
    reason: str = ""


class _OfImport(Message, frozen=True):
    """An order about an import, which is done beside no other order about it.

    Of one account two at most are done at a time, so that nobody's files fill all the lanes.
    """

    is_long: ClassVar[bool] = True
    account_id: int
    import_id: UUID

    def lock(self) -> str | None:
        return f"imports:{self.account_id}:{self.import_id.int & 1}"


class CheckImport(_OfImport, frozen=True):
    """Read, check and stage the rows of a file; then show or do what they mean."""


class ApplyImport(_OfImport, frozen=True):
    """Apply the staged rows."""


class UndoImport(_OfImport, frozen=True):
    """Put back what an import changed."""


class SweepImport(_OfImport, frozen=True):
    """Remove the staged rows of an import that has ended."""


class ImportEnded(_OfImport, frozen=True):
    """Tell those who had ordered an import with a listing that it is over, however it ended."""
