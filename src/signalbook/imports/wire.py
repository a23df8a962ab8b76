"""An import as the published JSON, for the API and the command line alike."""

from typing import Final, TypeVar

import msgspec

from signalbook.imports.model import Counts, Import, RowOutcome, Source
from signalbook.imports.progress import Progress
from signalbook.imports.schemas import (
    CanOut,
    ColumnOut,
    CountsOut,
    ImportLine,
    ImportOut,
    OptionsOut,
    ProgressOut,
    RowOut,
    SourceOut,
)
from signalbook.web.moments import shown

IMPORTS: Final = "/api/v1/imports"

S = TypeVar("S", bound=msgspec.Struct)

_SAMPLES: Final = 3
_LINKS: Final = {
    "self": "",
    "mapping": "/mapping",
    "start": "/start",
    "rows": "/rows",
    "rejected": "/rejected.csv",
    "events": "/events",
}


def out(now: Progress) -> ImportOut:
    """Show an import in full."""
    found = now.of
    verdict = found.verdict
    at = f"{IMPORTS}/{found.id}"
    return ImportOut(
        id=found.id,
        name=found.name,
        state=found.state,
        dry_run=found.dry_run,
        bytes=found.bytes,
        expected_bytes=found.expected,
        layout=found.layout,
        source=_source(found.source) if found.source is not None else None,
        columns=_columns(found),
        options=_fitted(found.options, OptionsOut),
        progress=_progress(now),
        counts=counts(now.counts),
        reasons=list(now.reasons),
        samples=list(verdict.samples) if verdict is not None else [],
        notes=found.notes,
        new_fields=found.fields,
        failure=found.failure,
        can=CanOut(now.can_start, now.can_pause, now.can_resume, now.can_cancel, now.can_undo),
        created_by=found.actor,
        created_at=shown(found.created_at),
        started_at=shown(found.checking_at) if found.checking_at else None,
        checked_at=shown(found.checked_at) if found.checked_at else None,
        finished_at=shown(found.finished_at) if found.finished_at else None,
        links={name: at + path for name, path in _LINKS.items()},
    )


def line(found: Import) -> ImportLine:
    """Show an import in a list."""
    return ImportLine(
        id=found.id,
        name=found.name,
        state=found.state,
        dry_run=found.dry_run,
        action=found.options.action,
        bytes=found.bytes,
        layout=found.layout,
        rows=found.staged + found.rejected,
        rejected=found.rejected,
        failure=found.failure,
        created_by=found.actor,
        created_at=shown(found.created_at),
        finished_at=shown(found.finished_at) if found.finished_at else None,
    )


def row(one: RowOutcome) -> RowOut:
    """Show what came of a row."""
    return RowOut(
        one.row_no, one.outcome, one.contact_id, one.field, one.value, one.code, one.reason
    )


def counts(found: Counts) -> CountsOut:
    """Show how many rows came to what."""
    return _fitted(found, CountsOut)


def _progress(now: Progress) -> ProgressOut:
    return ProgressOut(
        phase=now.phase,
        total_rows=now.total,
        done_rows=now.done,
        percent=now.percent,
        rows_per_second=now.rows_per_second,
        seconds=round(now.seconds, 1),
        seconds_left=now.seconds_left,
    )


def _source(found: Source) -> SourceOut:
    return _fitted(found, SourceOut)


def _columns(found: Import) -> list[ColumnOut]:
    if found.source is None:
        return []
    samples = found.source.samples
    return [
        ColumnOut(
            column=one.column,
            name=found.source.columns[one.column],
            target=one.target,
            type=one.type,
            separator=one.separator,
            confidence=round(one.confidence, 2),
            reason=one.reason,
            samples=samples[one.column][:_SAMPLES] if one.column < len(samples) else [],
        )
        for one in found.columns
        if one.column < len(found.source.columns)
    ]


def _fitted(found: msgspec.Struct, shape: type[S]) -> S:
    """Take over the members that the published shape has."""
    return msgspec.convert(found, shape, from_attributes=True)
