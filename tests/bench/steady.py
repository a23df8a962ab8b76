"""A light, steady load: so many calls a second, sent when they are due, however slow the answers.

A latency counts from when its call was due, so a server that stands still for a second is told to
have kept 25 callers waiting and not one. `python -m tests.bench.steady` reads a plan as JSON on
standard input and runs until that is closed.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
import uvloop

from tests.bench import bodies
from tests.bench.load import Result
from tests.bench.server import Door

_READS = ("/api/v1/contacts?limit=20", "/api/v1/tags", "/api/v1/fields", "/api/v1/account")


class Plan(msgspec.Struct):
    """How many calls a second, of what, to whom."""

    port: int
    door: Door
    reads: int = 20
    adds: int = 5


class Steady:
    """A load that runs; `stop` ends it and gives what it saw."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    async def stop(self) -> Result:
        """End the load; return its latencies, in milliseconds from when a call was due."""
        told, _ = await self._child.communicate(b"")  # which closes its input
        return msgspec.json.decode(told, type=Result)


@asynccontextmanager
async def steady(plan: Plan) -> AsyncGenerator[Steady]:
    """Put the load on from a process of its own."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.steady",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin is not None
    child.stdin.write(msgspec.json.encode(plan) + b"\n")
    await child.stdin.drain()
    try:
        yield Steady(child)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


class _Callers:
    """Connections that are free, and what came of the calls."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.failure = ""

    async def call(self, whole: bytes, due: float) -> None:
        was_used = bool(self._free)
        try:
            streams = (
                self._free.pop()
                if was_used
                else await asyncio.open_connection("127.0.0.1", self._plan.port)
            )
            status, body = await asyncio.wait_for(_exchange(whole, *streams), 60)
        except (OSError, EOFError, TimeoutError) as error:
            if was_used and isinstance(error, EOFError):  # closed for having been idle
                await self.call(whole, due)
                return
            status, body = "lost", repr(error)
        else:
            self._free.append(streams)
        self.times.append(time.perf_counter() - due)
        self.statuses[status] += 1
        if status != "200" and not self.failure:
            self.failure = f"{status} {body[:300]}"


async def _exchange(
    whole: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> tuple[str, str]:
    writer.write(whole)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    size = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
    body = await reader.readexactly(size)
    return head[9:12].decode(), body[:300].decode(errors="replace")


async def _run() -> Result:
    plan = msgspec.json.decode(sys.stdin.buffer.readline(), type=Plan)
    closed = asyncio.create_task(asyncio.to_thread(sys.stdin.buffer.read))
    callers, calls = _Callers(plan), set[asyncio.Task[None]]()
    chance, began, number = random.Random(7), time.perf_counter(), 0
    every = 1 / (plan.reads + plan.adds)
    while not closed.done():
        due = began + number * every
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(callers.call(_request(plan, number, chance), due))
        calls.add(task)
        task.add_done_callback(calls.discard)
        number += 1
    await asyncio.gather(*calls)
    return Result(
        answers=len(callers.times),
        seconds=time.perf_counter() - began,
        statuses=dict(callers.statuses),
        milliseconds=sorted(round(taken * 1000, 3) for taken in callers.times),
        first_failure=callers.failure,
    )


def _request(plan: Plan, number: int, chance: random.Random) -> bytes:
    if number % (plan.reads + plan.adds) % 5 == 0 and plan.adds:
        body = bodies.add_contact(number % 5_000, chance)
        return bodies.request("/add-contact", {"template-key": plan.door.upload_key}, body)
    path = _READS[number % len(_READS)]
    return bodies.request(path, {"x-api-key": plan.door.api_key}, None)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_run())))
