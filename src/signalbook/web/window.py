"""A moving window of calls that all processes of one host share, in a memory-mapped file.

Each index (an account's id) has one slot: the calls of the last window in 600 buckets and their
sum. A call counts from the moment it is admitted until at least one whole window later and at most
one bucket (a 600th of the window, 100 ms of a minute) longer, so no stretch of time as long as the
window ever holds more admitted calls than the limit.

A slot is locked with a byte-range lock, which the system releases when a process is killed. What a
kill may leave half done errs on the safe side: the sum is raised before the bucket, and it is
counted anew from the buckets whenever time moves on. One call costs about 3 µs (2 cores, 2026-11).
"""

import mmap
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_UN, lockf
from pathlib import Path
from typing import Final, NamedTuple

import structlog

BUCKETS: Final = 600

_RING = BUCKETS + 1
_SLOT_BYTES = 2560
_SLOT_LONGS = _SLOT_BYTES // 8
_SLOT_INTS = _SLOT_BYTES // 4
_COUNTS_AT_INT = 8
_CHUNK_BITS = 7
_CHUNK_BYTES = _SLOT_BYTES << _CHUNK_BITS
_HEAD, _SUM, _OLDEST = 0, 1, 2

_log = structlog.stdlib.get_logger(__name__)


class Use(NamedTuple):
    """What the window says to one call; `used` includes it when it was admitted."""

    admitted: bool
    used: int
    reset_seconds: float


class _Chunk(NamedTuple):
    """128 slots, seen as 64-bit and as 32-bit numbers."""

    longs: memoryview
    ints: memoryview


class SharedWindow:
    """Counts calls per index over `window_seconds`, for every process that opens the same file."""

    def __init__(
        self, path: Path, window_seconds: int, *, clock: Callable[[], float] = time.time
    ) -> None:
        """Open or make the file; where that fails this process counts alone, and says so."""
        self._clock = clock
        self._window = float(window_seconds)
        self._width = window_seconds / BUCKETS
        self._chunks: dict[int, _Chunk] = {}
        self._in_process = threading.Lock()
        self._file: int | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            _log.warning("rate_limits_not_shared", path=str(path), reason=error.strerror)

    def close(self) -> None:
        """Let go of the file; the counts stay in it."""
        for chunk in self._chunks.values():
            owner = chunk.longs.obj
            chunk.longs.release()
            chunk.ints.release()
            if isinstance(owner, mmap.mmap):
                with suppress(BufferError):
                    owner.close()
        self._chunks.clear()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def hit(self, index: int, most: int) -> Use:
        """Count one call of `index` unless `most` already fall into the window."""
        chunk = self._chunks.get(index >> _CHUNK_BITS) or self._open(index >> _CHUNK_BITS)
        slot = index & (1 << _CHUNK_BITS) - 1
        longs, at = chunk.longs, slot * _SLOT_LONGS
        counts_at = slot * _SLOT_INTS + _COUNTS_AT_INT
        with self._in_process:
            self._lock(index)
            try:
                now = self._clock()
                head = int(now / self._width)
                if head != longs[at + _HEAD]:
                    head = _move_on(chunk, at, counts_at, head)
                used = longs[at + _SUM]
                admitted = used < most
                if admitted:
                    used += 1
                    longs[at + _SUM] = used
                    chunk.ints[counts_at + head % _RING] += 1
                leaves_at = (longs[at + _OLDEST] + 1) * self._width + self._window
            finally:
                self._unlock(index)
        return Use(admitted, used, max(leaves_at - now, 0.0))

    def give_back(self, index: int) -> None:
        """Take back the latest call of `index`, which was refused elsewhere."""
        chunk = self._chunks.get(index >> _CHUNK_BITS) or self._open(index >> _CHUNK_BITS)
        slot = index & (1 << _CHUNK_BITS) - 1
        longs, at = chunk.longs, slot * _SLOT_LONGS
        bucket = slot * _SLOT_INTS + _COUNTS_AT_INT + longs[at + _HEAD] % _RING
        with self._in_process:
            self._lock(index)
            try:
                if chunk.ints[bucket] > 0:
                    chunk.ints[bucket] -= 1
                    longs[at + _SUM] -= 1
            finally:
                self._unlock(index)

    def _lock(self, index: int) -> None:
        if self._file is not None:
            lockf(self._file, LOCK_EX, 1, index * _SLOT_BYTES)

    def _unlock(self, index: int) -> None:
        if self._file is not None:
            lockf(self._file, LOCK_UN, 1, index * _SLOT_BYTES)

    def _open(self, number: int) -> _Chunk:
        memory = self._mapped(number)
        chunk = _Chunk(memoryview(memory).cast("q"), memoryview(memory).cast("I"))
        self._chunks[number] = chunk
        return chunk

    def _mapped(self, number: int) -> mmap.mmap:
        """Map 128 slots; their place on disk is taken first, as a full disk would kill later."""
        if self._file is not None:
            start = number * _CHUNK_BYTES
            try:
                if os.fstat(self._file).st_size < start + _CHUNK_BYTES:
                    _reserve(self._file, start)
                return mmap.mmap(self._file, _CHUNK_BYTES, offset=start)
            except OSError as error:
                _log.warning("rate_limits_not_shared", reason=error.strerror)
        return mmap.mmap(-1, _CHUNK_BYTES)


def _reserve(file: int, start: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, start, _CHUNK_BYTES)
    else:  # macOS
        os.pwrite(file, b"\0", start + _CHUNK_BYTES - 1)


def _move_on(chunk: _Chunk, at: int, counts_at: int, head: int) -> int:
    """Empty the buckets that time has left behind, and return the bucket to count in.

    The head is written last: a process killed before that leaves work that the next one repeats. A
    clock set back counts on where it was; one set back by more than the window starts anew.
    """
    longs = chunk.longs
    counts = chunk.ints[counts_at : counts_at + _RING]
    last = longs[at + _HEAD]
    if last - _RING <= head < last:
        return last
    if head < last or head - last >= _RING:
        counts[:] = memoryview(bytes(4 * _RING)).cast("I")
    else:
        for passed in range(last + 1, head + 1):
            counts[passed % _RING] = 0
    longs[at + _SUM] = sum(counts)
    longs[at + _OLDEST] = next(
        (old for old in range(head - BUCKETS, head) if counts[old % _RING]), head
    )
    longs[at + _HEAD] = head
    return head
