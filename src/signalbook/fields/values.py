"""The most frequent values of a field: what was counted, when, and the order to count; no I/O."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import msgspec

from signalbook.fields.model import Registered
from signalbook.kit.jobs import Message

MOST: Final = 10
LONGEST: Final = 200
"""How many characters of a value are kept."""

_AGE: Final = timedelta(hours=1)
_PAUSE: Final = timedelta(minutes=1)


class Frequent(msgspec.Struct, frozen=True):
    """A value and how many contacts have it."""

    value: Any
    contacts: int


class Counted(msgspec.Struct, frozen=True):
    """What was counted of a field, and when; `counted_at` is None the first time it is asked."""

    asked_at: datetime
    counted_at: datetime | None
    different: int
    most: list[Frequent]


class CountValues(Message, frozen=True):
    """Count the most frequent values of a field."""

    is_long: ClassVar[bool] = True
    account_id: int
    name: str

    def lock(self) -> str | None:
        """Count one field of an account at a time: each reads all of its contacts."""
        return f"field-values:{self.account_id}"


def is_stale(field: Registered, counted: Counted | None, at: datetime) -> bool:
    """Whether a field was used since it was counted, or that is more than an hour ago."""
    if counted is None or counted.counted_at is None:
        return True
    used = field.last_used_at
    return counted.counted_at < at - _AGE or (used is not None and counted.counted_at < used)


def latest_ask(at: datetime) -> datetime:
    """Return since when nobody may have asked: who asks every second counts every minute."""
    return at - _PAUSE


def shortened(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """Cut a value to what is kept of it."""
    if isinstance(value, list | dict):
        value = msgspec.json.encode(value).decode()
    if isinstance(value, str) and len(value) > LONGEST:
        return value[: LONGEST - 1] + "…"
    return value
