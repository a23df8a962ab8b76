"""What is read by a secret, kept for half a second and read anew before it grows old.

What is in steady use is read again in the background, so that no call waits for it; what was taken
away counts for half a second more, in every process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, Generic, TypeAlias, TypeVar

from signalbook.accounts.recent import RENEW_AFTER_SECONDS, Recent
from signalbook.kit.errors import AppError

KNOWN_MOST: Final = 10_000
REFUSED_MOST: Final = 1_000

V = TypeVar("V")
Reading: TypeAlias = Callable[[str], Awaitable[V | AppError]]


class Renewed(Generic[V]):
    """Answers by their names, and refusals, as they are in the database within a second."""

    def __init__(self, read: Reading[V]) -> None:
        """Read by `read`, which returns a refusal rather than raise it."""
        self._read = read
        self._known: Recent[str, V] = Recent(KNOWN_MOST)
        self._refused: Recent[str, V] = Recent(REFUSED_MOST)
        self._reading: dict[str, asyncio.Task[V | AppError]] = {}

    def cached(self, name: str) -> V | None:
        """Return the answer if it is fresh: a look into a dictionary, 0.3 µs."""
        kept = self._known.get(name)
        if kept is None:
            return None
        age, answer = kept
        if age > RENEW_AFTER_SECONDS and name not in self._reading:
            self._start_reading(name)
        return None if isinstance(answer, AppError) else answer

    async def look_up(self, name: str) -> V:
        """Return the answer, read once for all who wait for it; raises what refuses it."""
        refused = self._refused.get(name)
        if refused is not None:
            answer = refused[1]
        else:
            answer = await asyncio.shield(self._reading.get(name) or self._start_reading(name))
        if isinstance(answer, AppError):
            raise type(answer)
        return answer

    def forget(self, name: str) -> None:
        """Ask the database again at the next call."""
        self._known.forget(name)
        self._refused.forget(name)

    def _start_reading(self, name: str) -> "asyncio.Task[V | AppError]":
        task = asyncio.create_task(self._read_now(name))
        self._reading[name] = task
        task.add_done_callback(lambda done: self._forget_reading(name, done))
        return task

    def _forget_reading(self, name: str, done: "asyncio.Task[V | AppError]") -> None:
        self._reading.pop(name, None)
        if not done.cancelled():
            done.exception()  # a renewal that failed is tried again by whoever comes next

    async def _read_now(self, name: str) -> V | AppError:
        read_at = monotonic()
        answer = await self._read(name)
        if isinstance(answer, AppError):
            self._known.forget(name)
            self._refused.put(name, read_at, answer)
        else:
            self._known.put(name, read_at, answer)
        return answer
