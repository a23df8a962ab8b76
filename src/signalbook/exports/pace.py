"""How fast an export goes and how long it will take; no I/O."""

from datetime import datetime
from typing import NamedTuple

from signalbook.exports.model import Export


class Pace(NamedTuple):
    """Rows a second, and the seconds that are left; None where that cannot be told."""

    rows_per_second: int | None
    seconds_left: float | None


def pace_of(export: Export, now: datetime) -> Pace:
    """Tell it from what is done since the beginning."""
    if export.started_at is None or not export.done:
        return Pace(None, None)
    until = export.finished_at or now
    seconds = max((until - export.started_at).total_seconds(), 0.1)
    rate = export.done / seconds
    left = max((export.total or 0) - export.done, 0) / rate if export.is_active else None
    return Pace(round(rate), left)
