"""Times as the API writes them."""

from datetime import UTC, datetime


def shown(at: datetime) -> str:
    """Write a time as ISO 8601 in UTC with milliseconds, like 2024-01-15T10:30:00.000Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
