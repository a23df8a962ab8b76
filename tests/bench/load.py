"""A load generator that costs little: keep-alive sockets, ready-made requests, a closed loop.

It shares two cores with what it measures, so it does as little as it can: no HTTP library, no
header parsing beyond `content-length`, no allocation per answer. `python -m tests.bench.load` reads
a plan as JSON on standard input and writes the result as JSON on standard output, in a process of
its own; a plan names a file of length-prefixed requests.
"""

import asyncio
import mmap
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import uvloop

_LENGTH = struct.Struct("<I")
_HEAD_END = b"\r\n\r\n"
_SIZE = b"content-length: "


class Plan(msgspec.Struct):
    """What to send where: `seconds` ends the run early, `warm` answers are not counted."""

    host: str
    port: int
    requests: str
    connections: int = 64
    seconds: float = 60.0
    warm: int = 0


class Result(msgspec.Struct):
    """What came back; latencies in milliseconds, sorted."""

    answers: int
    seconds: float
    statuses: dict[str, int]
    milliseconds: list[float]
    first_failure: str = ""

    @property
    def rate(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        times = self.milliseconds
        return times[min(int(len(times) * share), len(times) - 1)] if times else 0.0


class _Run:
    """What the connections of one run share."""

    def __init__(self, requests: Iterator[bytes], warm: int, until: float) -> None:
        self.requests = requests
        self.warm = warm
        self.until = until
        self.began = time.perf_counter()
        self.ended = self.began
        self.times: list[float] = []
        self.statuses: Counter[bytes] = Counter()
        self.failure = b""

    def answered(self, status: bytes, sent: float, body: bytes) -> None:
        now = time.perf_counter()
        if self.warm > 0:
            self.warm -= 1
            self.began = now
            return
        self.ended = now
        self.times.append(now - sent)
        self.statuses[status] += 1
        if status[:1] != b"2" and not self.failure:
            self.failure = body


class _Connection(asyncio.Protocol):
    """One client: it sends a request, waits for its answer, and sends the next."""

    def __init__(self, run: _Run, done: "asyncio.Future[None]") -> None:
        self._run = run
        self._done = done
        self._sent = 0.0
        self._part = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by behaviour
        self._next()

    def data_received(self, data: bytes) -> None:
        if self._part:
            data = self._part + data
        head = data.find(_HEAD_END)
        if head < 0:
            self._part = data
            return
        size = data.find(_SIZE, 0, head)
        end = head + 4 + (int(data[size + 16 : data.find(b"\r", size)]) if size > 0 else 0)
        if len(data) < end:
            self._part = data
            return
        self._part = b""
        self._run.answered(
            data[9:12], self._sent, data[head + 4 : end] if data[9:10] != b"2" else b""
        )
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            if not self._run.failure:
                self._run.failure = f"connection lost: {exc}".encode()
            self._done.set_result(None)

    def _next(self) -> None:
        assert self._transport is not None
        request = next(self._run.requests, None)
        now = time.perf_counter()
        if request is None or now > self._run.until:
            self._done.set_result(None)
            self._transport.close()
            return
        self._sent = now
        self._transport.write(request)


def write_requests(path: Path, requests: Iterable[bytes]) -> int:
    """Write requests for `run` to read; return how many."""
    count = 0
    with path.open("wb") as file:
        for one in requests:
            file.write(_LENGTH.pack(len(one)))
            file.write(one)
            count += 1
    return count


def read_requests(path: Path) -> Iterator[bytes]:
    """Read what `write_requests` wrote, without holding it in memory."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all_of:
        at, end = 0, len(all_of)
        while at < end:
            (size,) = _LENGTH.unpack_from(all_of, at)
            yield all_of[at + 4 : at + 4 + size]
            at += 4 + size


async def run(plan: Plan) -> Result:
    """Send the plan's requests over its connections and say how it went."""
    loop = asyncio.get_running_loop()
    course = _Run(read_requests(Path(plan.requests)), plan.warm, time.perf_counter() + plan.seconds)
    finished = [loop.create_future() for _ in range(plan.connections)]
    for done in finished:
        await loop.create_connection(
            lambda done=done: _Connection(course, done), plan.host, plan.port
        )
    await asyncio.gather(*finished)
    return Result(
        answers=len(course.times),
        seconds=course.ended - course.began,
        statuses={status.decode(): count for status, count in course.statuses.items()},
        milliseconds=sorted(round(taken * 1000, 3) for taken in course.times),
        first_failure=course.failure.decode(errors="replace")[:500],
    )


async def in_own_process(plan: Plan) -> Result:
    """Run a plan in another process, as a client on another machine would be."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    written, _ = await child.communicate(msgspec.json.encode(plan))
    return msgspec.json.decode(written, type=Result)


def main() -> None:
    """Run the plan given on standard input."""
    plan: Any = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(plan))))


if __name__ == "__main__":
    main()
