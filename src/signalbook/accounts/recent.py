"""What was just read: kept for half a second, so that a stream of calls reads it twice a second.

That half second is the whole promise of "revoked within one second": every process forgets by
itself, and nobody has to be told.
"""

from collections.abc import Hashable
from time import monotonic
from typing import Final, Generic, TypeVar

from signalbook.kit.errors import AppError

FRESH_SECONDS: Final = 0.5
RENEW_AFTER_SECONDS: Final = 0.25

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Answers, or refusals, by key: at most `most` of them, none older than half a second.

    The age counts from before the answer was read, never from when it arrived.
    """

    def __init__(self, most: int) -> None:
        """Remember at most this many; the oldest make room."""
        self._most = most
        self._kept: dict[K, tuple[float, V | AppError]] = {}

    def get(self, key: K) -> tuple[float, V | AppError] | None:
        """Return the age in seconds and the answer, or None when it is not fresh."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        age = monotonic() - kept[0]
        return None if age > FRESH_SECONDS else (age, kept[1])

    def put(self, key: K, read_at: float, answer: V | AppError) -> None:
        """Remember an answer that was asked for at `read_at` (monotonic seconds)."""
        self._kept.pop(key, None)
        while len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (read_at, answer)

    def forget(self, key: K) -> None:
        """Forget at once what this process knows."""
        self._kept.pop(key, None)
