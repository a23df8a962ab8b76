"""The parent's side of reading a file: a child that has limits does it, and may die of it.

The child inherits no socket, no setting and no secret: it gets an environment of its own, standard
input, output and error, and the path of one file. Whatever comes of it, the parent gets an answer
or an `Unreadable` with a sentence.
"""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from signalbook.imports.errors import ReaderKilled, Unreadable
from signalbook.imports.model import Hints, Parcel, Plan, Source
from signalbook.kit import log

Piece: TypeAlias = tuple[Parcel, bytes, bytes]

INSPECT_SECONDS: Final = 120.0
STILL_SECONDS: Final = 300.0
"""So long a child may be silent: it then hangs, since 10,000 rows take it less than a second."""

_HEAD_BYTES: Final = 4
_MAX_HEAD: Final = 64 << 20
_STDERR_BYTES: Final = 16_384
_FRAME = re.compile(
    r'^\s+File "[^"]*", line \d+, in \S+|^[\w.]+(?=:|$)|^memory allocation.*', re.MULTILINE
)
_OUT_OF_MEMORY = ("MemoryError", "memory allocation", "bad_alloc")
_log = log.get(__name__)


class _Answer(msgspec.Struct, frozen=True):
    source: Source | None = None
    code: str = ""
    failure: str = ""


async def inspect(
    path: Path, name: str, hints: Hints, *, seconds: float = INSPECT_SECONDS
) -> Source:
    """Find out how a file is to be read; raises Unreadable, ReaderKilled."""
    request = {"command": "inspect", "path": str(path), "name": name, "hints": hints}
    answer = msgspec.json.decode(await _asked(request, seconds), type=_Answer)
    if answer.source is None:
        raise Unreadable(answer.code, answer.failure)
    return answer.source


async def cells(
    path: Path, source: Source, numbers: Sequence[int], *, seconds: float = STILL_SECONDS
) -> dict[int, list[str]]:
    """Read the cells of some rows again, as texts, by number; raises Unreadable, ReaderKilled."""
    request = {"command": "cells", "path": str(path), "source": source, "numbers": list(numbers)}
    return msgspec.json.decode(await _asked(request, seconds), type=dict[int, list[str]])


@asynccontextmanager
async def parsing(
    path: Path, plan: Plan, *, still_seconds: float = STILL_SECONDS
) -> AsyncGenerator[AsyncIterator[Piece]]:
    """Parse a file: yields its parcels, each with its COPY text of rows and of rejects.

    The child waits while the parent is busy with a parcel, and is killed when the block is left.
    Raises, here or between two parcels, Unreadable if the child dies or falls silent, and
    ReaderKilled if it was killed from outside, which says nothing of the file.
    """
    request = {"command": "parse", "path": str(path), "plan": plan}
    async with _child(request) as child:
        yield _pieces(child, still_seconds)


async def _asked(request: Mapping[str, object], seconds: float) -> bytes:
    async with _child(request) as child:
        try:
            async with asyncio.timeout(seconds):
                answer = await child.out.read()
                ended = await child.ended()
        except TimeoutError as late:
            raise _too_long() from late
    if ended is not None:
        raise ended
    return answer


async def _pieces(child: "_Child", still_seconds: float) -> AsyncIterator[Piece]:
    finished = False
    while not finished:
        try:
            async with asyncio.timeout(still_seconds):
                piece = await _piece(child.out)
        except TimeoutError as late:
            raise _too_long() from late
        except (asyncio.IncompleteReadError, msgspec.DecodeError) as cut:
            raise (await child.ended()) or _failed() from cut
        finished = piece[0].finished
        yield piece


async def _piece(out: asyncio.StreamReader) -> Piece:
    length = int.from_bytes(await out.readexactly(_HEAD_BYTES))
    if length > _MAX_HEAD:
        raise msgspec.DecodeError
    head = msgspec.json.decode(await out.readexactly(length), type=Parcel)
    rows = await out.readexactly(head.rows_bytes)
    return head, rows, await out.readexactly(head.rejects_bytes)


class _Child:
    """A running child; what it writes to standard error is kept, its end only."""

    def __init__(self, running: Process, out: asyncio.StreamReader) -> None:
        self._running = running
        self.out = out
        self._told = b""
        self._listening = asyncio.create_task(self._listen())

    async def ended(self) -> Unreadable | ReaderKilled | None:
        """Wait for its end; returns the sentence for a bad one."""
        status = await self._running.wait()
        await self._listening
        if status == 0:
            return None
        told = self._told.decode("utf-8", "replace")
        _log.warning("A reader of a file died", status=status, at=_without_values(told))
        return _meaning(status, told)

    async def stop(self) -> None:
        """Kill it if it is still there, and leave nothing of it."""
        if self._running.returncode is None:
            with suppress(ProcessLookupError):
                self._running.kill()
        await self._running.wait()
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    async def _listen(self) -> None:
        errors = self._running.stderr
        while errors and (piece := await errors.read(_STDERR_BYTES)):
            self._told = (self._told + piece)[-_STDERR_BYTES:]


@asynccontextmanager
async def _child(request: Mapping[str, object]) -> AsyncGenerator[_Child]:
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-X", "utf8", "-m", "signalbook.imports.child"),
        stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment(), limit=1 << 20,
    )  # fmt: skip
    assert running.stdin  # noqa: S101  # asked for above
    assert running.stdout  # noqa: S101  # as above
    child = _Child(running, running.stdout)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # its exit status says why
            running.stdin.write(msgspec.json.encode(request))
            await running.stdin.drain()
            running.stdin.close()
        yield child
    finally:
        await asyncio.shield(child.stop())


def _environment() -> dict[str, str]:
    """Give what a process needs to start, and nothing that it could give away."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in {"PATH", "SYSTEMROOT", "TZ", "LD_LIBRARY_PATH"}
    } | {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


def _without_values(told: str) -> str:
    """Keep of a traceback where it was and what kind of error it is: messages may quote a file."""
    return " | ".join(found.strip() for found in _FRAME.findall(told))[-2_000:]


def _meaning(status: int, told: str) -> Unreadable | ReaderKilled:
    if status == -getattr(signal, "SIGKILL", 0):  # none of our limits kills so: somebody did
        return ReaderKilled()
    if status == -getattr(signal, "SIGXCPU", 0):
        return _too_long()
    if status < 0 or any(sign in told for sign in _OUT_OF_MEMORY):
        return Unreadable(
            "too_much_memory",
            "Reading this file takes more memory than it may, so it was stopped: it may be damaged,"
            " or have cells far outside the list. Save the list itself as CSV and upload that.",
        )
    return _failed()


def _failed() -> Unreadable:
    return Unreadable(
        "reader_failed",
        "The file cannot be read as it is: open it in a spreadsheet, save it as CSV (UTF-8) and"
        " upload that.",
    )


def _too_long() -> Unreadable:
    return Unreadable(
        "too_slow",
        "Reading this file takes longer than it may, so it was stopped: save the list as CSV, or"
        " split it.",
    )
