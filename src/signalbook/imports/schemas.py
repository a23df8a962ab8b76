"""The published JSON of imports; a change here is a change of the API."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signalbook.fields.model import FieldType
from signalbook.imports.model import Action, Outcome, Reason, Sample, State
from signalbook.imports.places import MOST_BYTES
from signalbook.imports.progress import Phase

_TEXT = {"pattern": r"^[^\x00]*$"}
_NAME = Annotated[str, Meta(min_length=1, max_length=255, extra_json_schema=_TEXT)]
_LINE = Annotated[str, Meta(max_length=255, extra_json_schema=_TEXT)]
_TARGET = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        description="`email`, `mobile`, `external_id`, `tags`, `list`, `status`, `attributes` (a"
        " JSON object of fields), `metadata`, `ignore`, or a field: `city`, `field:city`.",
        extra_json_schema=_TEXT,
    ),
]


class TargetIn(msgspec.Struct, forbid_unknown_fields=True):
    """What a column becomes: a new field with its type, or tags split by a separator."""

    target: _TARGET
    type: FieldType | None = None
    separator: Annotated[str, Meta(max_length=8, extra_json_schema=_TEXT)] = ""


class OptionsIn(msgspec.Struct, forbid_unknown_fields=True):
    """How the rows are meant, and how the file is read; what is left out stays as it is."""

    action: Action | UnsetType = UNSET
    blank: Literal["keep", "clear"] | UnsetType = UNSET
    tags: Annotated[list[str], Meta(max_length=100)] | UnsetType = UNSET
    list: _LINE | UnsetType = UNSET
    country: (
        Annotated[str, Meta(description="ISO 3166 code by which national numbers are read: IN.")]
        | UnsetType
    ) = UNSET
    date_order: Literal["", "dmy", "mdy", "ymd"] | UnsetType = UNSET
    sheet: _LINE | UnsetType = UNSET
    header_row: (
        Annotated[int, Meta(ge=0, le=1_000, description="As the spreadsheet shows it; 0 is none.")]
        | UnsetType
    ) = UNSET
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] | UnsetType = UNSET
    encoding: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    member: Annotated[str, Meta(max_length=1024)] | UnsetType = UNSET


_MAPPING = Annotated[
    dict[str, TargetIn | _TARGET],
    Meta(
        description="By the name of a column, or its number from 0: what it becomes. Columns that"
        " are not named keep their guess; `*` names all of them.",
        extra_json_schema={"maxProperties": 2_000},
    ),
]


class MappingIn(msgspec.Struct, forbid_unknown_fields=True):
    """What the columns of a file become and how its rows are meant."""

    mapping: _MAPPING = {}
    options: OptionsIn = msgspec.field(default_factory=OptionsIn)


class WishesIn(MappingIn, forbid_unknown_fields=True):
    """What is said beside a file that is sent whole."""

    dry_run: bool = False
    start: bool = True


class UploadIn(msgspec.Struct, forbid_unknown_fields=True):
    """A file that will be sent in pieces: how it is called and how many bytes it has."""

    name: _NAME
    bytes: Annotated[int, Meta(ge=1, le=MOST_BYTES)]


class StartIn(msgspec.Struct, forbid_unknown_fields=True):
    """Whether the rows are only checked."""

    dry_run: bool = False


class SourceOut(msgspec.Struct):
    """What the file was found to be; `notes` are sentences worth reading."""

    kind: str
    compression: str
    member: str
    encoding: str
    delimiter: str
    sheet: str
    sheets: list[str]
    header_row: int
    rows_estimate: int
    notes: list[str]


class ColumnOut(msgspec.Struct):
    """A column, what it becomes, how sure that is (0 to 1) and why; `samples` are its values."""

    column: int
    name: str
    target: str
    type: str | None
    separator: str
    confidence: float
    reason: str
    samples: list[str]


class OptionsOut(msgspec.Struct):
    """How the rows are meant."""

    action: Action
    blank: str
    tags: list[str]
    list: str
    country: str
    date_order: str


class CountsOut(msgspec.Struct):
    """How many rows came to what; a dry run tells the same numbers beforehand.

    The first six add up to all rows. `conflicts` are among the rejected; `protected` and
    `opted_out` count rows besides their outcome.
    """

    created: int
    updated: int
    unchanged: int
    deleted: int
    rejected: int
    superseded: int
    conflicts: int
    protected: int
    opted_out: int


class ProgressOut(msgspec.Struct):
    """How far its phase is: rows in all where that is known, rows behind it, speed, time left.

    While it is undone contacts are counted instead of rows.
    """

    phase: Phase
    total_rows: int | None
    done_rows: int
    percent: int
    rows_per_second: int
    seconds: float
    seconds_left: int | None


class CanOut(msgspec.Struct):
    """What may be done with it now."""

    start: bool
    pause: bool
    resume: bool
    cancel: bool
    undo: bool


class ImportOut(msgspec.Struct):
    """An import: its file, its mapping, how far it is and what came of its rows."""

    id: UUID
    name: str
    state: State
    dry_run: bool
    bytes: int
    expected_bytes: int | None
    layout: str
    source: SourceOut | None
    columns: list[ColumnOut]
    options: OptionsOut
    progress: ProgressOut
    counts: CountsOut
    reasons: list[Reason]
    samples: list[Sample]
    notes: dict[str, int]
    new_fields: dict[str, str]
    failure: str
    can: CanOut
    created_by: str
    created_at: str
    started_at: str | None
    checked_at: str | None
    finished_at: str | None
    links: dict[str, str]


class ImportLine(msgspec.Struct):
    """An import in the list."""

    id: UUID
    name: str
    state: State
    dry_run: bool
    action: Action
    bytes: int
    layout: str
    rows: int
    rejected: int
    failure: str
    created_by: str
    created_at: str
    finished_at: str | None


class ImportList(msgspec.Struct):
    """A page of imports, the newest first."""

    data: list[ImportLine]
    has_more: bool
    next_cursor: str | None


class RowOut(msgspec.Struct):
    """What came of a row, by its number as the spreadsheet shows it."""

    row: int
    outcome: Outcome
    contact_id: UUID | None
    field: str
    value: str
    code: str
    reason: str


class KeptOut(msgspec.Struct):
    """A contact that an undo left as it was, and the first row of the file that had changed it."""

    row: int
    contact_id: UUID


class KeptList(msgspec.Struct):
    """A page of contacts that an undo left; `next_after` leads to the next one."""

    data: list[KeptOut]
    has_more: bool
    next_after: int | None


class RowList(msgspec.Struct):
    """A page of rows; `next_after` leads to the next one."""

    data: list[RowOut]
    has_more: bool
    next_after: int | None
