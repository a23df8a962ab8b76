"""What an export is, how far it is, and what a spreadsheet must not run; no I/O."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from signalbook.contacts.filters import ContactFilter
from signalbook.kit.jobs import Message

Compression: TypeAlias = Literal["", "gzip"]

STRIDE: Final = 20_000
LEAST_STRIDE: Final = 500
MOST_STRIDE: Final = 320_000
"""How many contacts are looked at in one statement. A read ends after 15 seconds; 20,000 contacts
with 15 columns take 0.25 (2 cores, PostgreSQL 18, 2026-11)."""
LIFE: Final = timedelta(hours=24)
"""How long a finished file can be fetched."""
REMEMBERED: Final = timedelta(days=30)
"""How long an export is listed after its file is gone."""
MOST_AT_ONCE: Final = 10
"""How many exports of one account may wait or run at once."""

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]|'+[0-9]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


class Format(StrEnum):
    """What kind of file it is."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"
    SES = "ses"


class State(StrEnum):
    """How far an export is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"


ACTIVE: Final = frozenset({State.QUEUED, State.RUNNING})

LABELS: Final[dict[Format, str]] = {
    Format.CSV: "CSV",
    Format.JSONL: "JSON lines",
    Format.XLSX: "Excel workbook",
    Format.SES: "Amazon SES",
}
_ENDINGS: Final = {Format.CSV: "csv", Format.JSONL: "jsonl", Format.XLSX: "xlsx", Format.SES: "csv"}
_GZIP: Final = "application/gzip"
_MEDIA_TYPES: Final = {
    Format.CSV: "text/csv",
    Format.JSONL: "application/x-ndjson",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.SES: "text/csv",
}


MEDIA_TYPES: Final = (*dict.fromkeys(_MEDIA_TYPES.values()), _GZIP)
"""Everything a file can be."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants as a file; no columns are all there are.

    `is_raw` leaves cells as they are that a spreadsheet would run as a formula. `query` is the
    address of the console's table, where the filter came from there.
    """

    wanted: ContactFilter = ContactFilter()
    columns: tuple[str, ...] = ()
    format: Format = Format.CSV
    compression: Compression = ""
    is_raw: bool = False
    query: str = ""


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """An export as it is stored; migrations/0006_exports.sql says what its checkpoint is."""

    id: UUID
    format: Format
    compression: Compression
    columns: tuple[str, ...]
    is_raw: bool
    filter: dict[str, Any]
    query: str
    state: State
    last_id: UUID | None
    cursor: UUID | None
    part: int
    stride: int
    bytes: int
    total: int | None
    done: int
    actor: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Tell whether it waits or works."""
        return self.state in ACTIVE

    def as_of(self, now: datetime) -> "Export":
        """Return it as it is at a moment: a file whose time is over has expired, swept or not."""
        if self.state != State.DONE or self.is_ready(now):
            return self
        return msgspec.structs.replace(self, state=State.EXPIRED)

    def is_ready(self, now: datetime) -> bool:
        """Tell whether its file can be fetched."""
        return self.state == State.DONE and self.expires_at is not None and now < self.expires_at

    @property
    def label(self) -> str:
        """Name its format for people."""
        return LABELS[self.format] + (", gzip" if self.compression else "")

    @property
    def file_name(self) -> str:
        """Call the file as it is saved: contacts-2026-11-21.csv."""
        return name_of(self.format, self.compression, self.created_at)

    @property
    def media_type(self) -> str:
        """Say what the file is."""
        return _GZIP if self.compression else _MEDIA_TYPES[self.format]


class RunExport(Message, frozen=True):
    """Go on with an export until its file is whole."""

    is_long: ClassVar[bool] = True

    account_id: int
    export_id: UUID


def name_of(format: Format, compression: Compression, at: datetime) -> str:
    """Name a file of contacts by its day."""
    stem = "contacts-ses" if format == Format.SES else "contacts"
    return f"{stem}-{at:%Y-%m-%d}.{_ENDINGS[format]}" + (".gz" if compression else "")


def neutral(text: str) -> str:
    """Put one apostrophe before what a spreadsheet would run as a formula; plain numbers stay.

    Whoever has one already gets another, so that taking one away always gives the text back; so
    does one before a digit, which an import would take for the sign of a protected number. The
    statements say the same in SQL. (OWASP, CSV injection; the wide signs are for East Asian
    versions, which take them alike.)
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text
