"""The published JSON of exports; a change here is a change of the API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from signalbook.contacts.filters import ContactFilter
from signalbook.exports.model import Format, State

_Moment = Annotated[datetime, Meta(tz=True)]


class FilterIn(
    ContactFilter, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Which contacts: those for which everything given here holds; nothing given is everybody."""

    created_after: _Moment | None = None
    created_before: _Moment | None = None
    updated_after: _Moment | None = None
    updated_before: _Moment | None = None


class ExportIn(msgspec.Struct, forbid_unknown_fields=True):
    """What is wanted as a file; without columns all there are."""

    filter: FilterIn = FilterIn()
    columns: Annotated[list[str], Meta(max_length=1100)] = []
    format: Format = Format.CSV
    gzip: bool = False
    raw: bool = False


class ExportOut(msgspec.Struct):
    """An export; `file` is where to fetch it, once its state is done and until `expires_at`."""

    id: UUID
    state: State
    format: Format
    gzip: bool
    raw: bool
    columns: list[str]
    filter: dict[str, Any]
    total: int | None
    done: int
    rows_per_second: int | None
    seconds_left: float | None
    bytes: int
    file: str | None
    created_at: str
    finished_at: str | None
    expires_at: str | None


class ExportList(msgspec.Struct):
    """A page of exports, the newest first."""

    data: list[ExportOut]
    has_more: bool
    next_cursor: str | None


class ExportDeleted(msgspec.Struct):
    """The export that is gone."""

    deleted: bool
    id: UUID
