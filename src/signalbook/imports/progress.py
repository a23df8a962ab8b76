"""How far an import is: what its page, its API and its command show."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from signalbook.imports import queries
from signalbook.imports.errors import ImportNotFound
from signalbook.imports.model import WORKING, Counts, Import, Reason, State
from signalbook.kit import clock
from signalbook.kit.db import Read

Phase: TypeAlias = Literal["", "reading", "comparing", "applying", "undoing"]

_RECENT: Final = timedelta(minutes=1)
_OPEN: Final = frozenset({State.UPLOADING, State.READY, State.CHECKED, State.PAUSED})
_UNDOABLE: Final = frozenset({State.DONE, State.CANCELLED, State.FAILED})


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """An import, what came of its rows so far, and when it will be through."""

    of: Import
    phase: Phase
    counts: Counts
    """What came of the rows: as the dry run judged until they are applied, then as it was."""
    reasons: list[Reason]
    done: int
    """Rows that are through this phase; contacts while it is undone."""
    total: int | None
    """Rows in all; an estimate while the file is being read."""
    percent: int
    """Of this phase: 0 to 100."""
    rows_per_second: int
    """Of the last minute while rows are applied, so that a pause does not count; else overall.

    0 while it is undone: when that began is not kept.
    """
    seconds_left: int | None
    seconds: float
    """How long it has been, or was, at work since it was started."""

    @property
    def can_start(self) -> bool:
        """Whether it may be started, as a dry run or in earnest."""
        return self.of.state in {State.READY, State.CHECKED}

    @property
    def can_pause(self) -> bool:
        """Whether a job is at work that may be paused."""
        return self.of.state in WORKING

    @property
    def can_resume(self) -> bool:
        """Whether it was paused."""
        return self.of.state == State.PAUSED

    @property
    def can_cancel(self) -> bool:
        """Whether there is anything left to cancel."""
        return self.of.state in _OPEN | WORKING

    @property
    def can_undo(self) -> bool:
        """Whether something was applied that can be taken back."""
        return self.of.state in _UNDOABLE and self.of.applying_at is not None


async def show(db: Read, account_id: int, import_id: UUID) -> Progress:
    """Tell how far an import is; raises ImportNotFound."""
    found = await queries.get(db, account_id, import_id)
    if found is None:
        raise ImportNotFound
    chunks = [
        (at, msgspec.convert(counts, Counts))
        for at, counts in await queries.counted(db, account_id, import_id)
    ]
    applied = sum((counts for _, counts in chunks), Counts())
    reasons = await queries.reasons(db, account_id, import_id)
    if found.verdict is not None and found.applying_at is None:
        counts, reasons = found.verdict.counts, found.verdict.reasons
    else:
        counts = applied + Counts(rejected=found.rejected)
    phase = _phase(found)
    done, total = _of_phase(found, phase, applied)
    since = _since(found, phase)
    until = found.finished_at or clock.now()
    seconds = max((until - since).total_seconds(), 0.001) if since else 0.0
    rate = int(done / seconds) if seconds else 0
    if phase == "applying" and found.finished_at is None:
        rate = _recent(chunks, clock.now() if found.is_working else None) or rate
    left = int((total - done) / rate) + 1 if rate and total and total > done else None
    started = found.checking_at
    return Progress(
        of=found,
        phase=phase if found.is_working else "",
        counts=counts,
        reasons=reasons,
        done=done,
        total=total,
        percent=_percent(found, done, total),
        rows_per_second=rate,
        seconds_left=left if found.is_working else None,
        seconds=(until - started).total_seconds() if started else 0.0,
    )


def _recent(chunks: Sequence[tuple[datetime, Counts]], now: datetime | None) -> int:
    """Tell how many rows a second the last minute brought, so that no pause counts for longer.

    Of a paused import it is the minute before its last chunk. 0 where there is too little to tell.
    """
    until = now or max((at for at, _ in chunks), default=None)
    last = [one for one in chunks if until is not None and until - one[0] < _RECENT]
    if until is None or len(last) < 2:  # noqa: PLR2004  # the first says only when it ended
        return 0
    seconds = max((until - last[0][0]).total_seconds(), 0.001)
    return int(sum(counts.rows for _, counts in last[1:]) / seconds)


def _phase(found: Import) -> Phase:
    state = found.paused_state if found.state == State.PAUSED else found.state
    if state == State.UNDOING:
        return "undoing"
    if found.applying_at is not None:
        return "applying"
    if state in {State.CHECKING, State.FAILED, State.CANCELLED}:
        return "comparing" if found.is_sorted else "reading"
    return "comparing" if state == State.CHECKED else ""


def _of_phase(found: Import, phase: Phase, applied: Counts) -> tuple[int, int | None]:
    """Return how many rows are through this phase, and of how many."""
    rows = found.staged + found.rejected
    match phase:
        case "reading":
            return rows, _estimate(found, rows)
        case "applying":
            return applied.rows + found.rejected, rows
        case "undoing":
            return found.undo_done, applied.created + applied.updated + applied.deleted
        case "comparing":
            return rows, rows
        case _:
            return 0, found.source.rows_estimate if found.source else None


def _estimate(found: Import, rows: int) -> int | None:
    """Guess the rows of a file from how much of it is read."""
    if rows and found.read_bytes:
        return max(rows, int(rows * max(found.bytes, found.read_bytes) / found.read_bytes))
    return found.source.rows_estimate or None if found.source else None


def _since(found: Import, phase: Phase) -> datetime | None:
    if phase == "undoing":
        return None
    return found.applying_at if phase == "applying" else found.checking_at


def _percent(found: Import, done: int, total: int | None) -> int:
    if found.state in {State.DONE, State.UNDONE, State.CHECKED}:
        return 100
    return min(int(100 * done / total), 99) if total else 0
