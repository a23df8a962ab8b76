"""The process that reads a file: it knows no database and no network, and may die of a file.

Its parent (`imports/sandbox.py`) writes one request as JSON to its stdin and reads its stdout.
`inspect` is answered by a Source; `parse` by parcels, each four bytes of length, big-endian, a
head (`Parcel`) and the rows and rejects it counts; `cells` by the texts of the rows asked for. What
goes wrong with the file is an answer too: an `Answer` without a source, a parcel with a failure.
"""

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Literal

import msgspec

from signalbook.imports.errors import MappingInvalid, Unreadable
from signalbook.imports.model import Hints, Parcel, Plan, Source

PARCEL: Final = 10_000
"""Rows in a parcel, about: a checkpoint, and the most that is held in memory."""

LONGEST: Final = 10_000

Write = Callable[[Parcel, bytes, bytes], None]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the parent asks."""

    command: Literal["inspect", "parse", "cells"]
    path: str
    name: str = ""
    hints: Hints = Hints()
    plan: Plan | None = None
    source: Source | None = None
    numbers: tuple[int, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What `inspect` comes to: the source, or why there is none."""

    source: Source | None = None
    code: str = ""
    failure: str = ""


def main() -> int:
    """Answer the one request on stdin; the exit status is 0 whenever there is an answer."""
    from signalbook.imports import limits  # noqa: PLC0415  # before anything reads the file

    limits.apply()
    gc.set_threshold(50_000, 20, 100)  # cells are many and never in cycles: 10 % of the time
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    if request.command == "inspect":
        sys.stdout.buffer.write(msgspec.json.encode(inspect(request)))
    elif request.command == "cells":
        sys.stdout.buffer.write(msgspec.json.encode(cells(request)))
    else:
        parse(request, _writing(sys.stdout.buffer))
    sys.stdout.buffer.flush()
    return 0


def inspect(request: Request) -> Answer:
    """Find out what the file is."""
    from signalbook.imports.reading import inspecting  # noqa: PLC0415  # under the limits

    try:
        return Answer(source=inspecting.inspect(Path(request.path), request.name, request.hints))
    except Unreadable as reason:
        return Answer(code=reason.reason, failure=reason.message)


def cells(request: Request) -> dict[int, list[str]]:
    """Read the cells of some rows as texts, each cut to 10,000 characters."""
    from signalbook.imports.parsing.cells import text_of  # noqa: PLC0415  # as above
    from signalbook.imports.reading import batches  # noqa: PLC0415  # as above

    assert request.source is not None  # noqa: S101  # the parent sends one
    wanted, last = set(request.numbers), max(request.numbers, default=0)
    found: dict[int, list[str]] = {}
    with suppress(Unreadable):  # then there are none behind it
        for batch in batches.rows(Path(request.path), request.source):
            for number, row in zip(batch.numbers, batch.cells, strict=True):
                if number in wanted:
                    found[number] = [text_of(cell)[:LONGEST] for cell in row]
            if batch.numbers and batch.numbers[-1] >= last:
                break
    return found


def parse(request: Request, write: Write) -> None:
    """Read, check and write the rows; the last parcel says that it is."""
    from signalbook.imports.parsing.normaliser import Normaliser  # noqa: PLC0415  # as above
    from signalbook.imports.reading import batches  # noqa: PLC0415  # as above

    assert request.plan is not None  # noqa: S101  # the parent sends one
    try:
        normaliser = Normaliser(request.plan)
    except MappingInvalid as reason:
        write(Parcel(finished=True, failure=reason.message), b"", b"")
        return
    read_bytes = 0
    try:
        for batch in batches.rows(Path(request.path), request.plan.source):
            read_bytes = batch.read_bytes
            normaliser.note(batch.mended)
            normaliser.feed(batch.numbers, batch.cells)
            if normaliser.has_failed:
                break
            if normaliser.waiting >= PARCEL:
                write(*normaliser.take(read_bytes=read_bytes))
    except Unreadable as reason:
        normaliser.fail(reason.message)
    write(*normaliser.take(read_bytes=read_bytes, finished=True))


def _writing(out: BinaryIO) -> Write:
    encoder = msgspec.json.Encoder()

    def write(parcel: Parcel, rows: bytes, rejects: bytes) -> None:
        head = encoder.encode(parcel)
        out.write(len(head).to_bytes(4) + head)
        out.write(rows)
        out.write(rejects)
        out.flush()

    return write


if __name__ == "__main__":
    sys.exit(main())
