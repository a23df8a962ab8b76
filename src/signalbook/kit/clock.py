"""The time, in one place: aware, in UTC, to the millisecond, as every statement stores it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Tell the time in UTC, cut to whole milliseconds."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
