"""The rows of a file, read as its `Source` says; in a memory that does not depend on its length."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import cast

from signalbook.imports.errors import Unreadable
from signalbook.imports.model import Cell, Source
from signalbook.imports.reading import compression, delimited, documents, encodings, sheets
from signalbook.imports.reading.batch import MAX_COLUMNS, SIZE, Batch


def rows(path: Path, source: Source) -> Iterator[Batch]:
    """Yield the rows below the header, those with something in them, with their numbers.

    Raises Unreadable where the rest cannot be read, behind the last row that could. A workbook is
    the exception to the memory: the library holds its sheet (`workbooks.MAX_AREA`).
    """
    if source.kind == "csv":
        return _delimited(path, source)
    if source.kind == "json":
        return _documents(path, source)
    return _sheet(path, source)


@contextmanager
def told() -> Generator[None]:
    """Turn what a file can do to a reader that is no Unreadable yet into one."""
    try:
        yield
    except UnicodeError as undecodable:
        raise Unreadable(
            "undecodable", "The text cannot be decoded: choose its encoding and try again."
        ) from undecodable
    except MemoryError as full:
        raise Unreadable(
            "too_much_memory",
            "Reading this file takes more memory than it may: split it, or save it as CSV.",
        ) from full
    except OSError as missing:
        raise Unreadable("unreadable", "The file cannot be read; upload it again.") from missing


def too_many_keys() -> Unreadable:
    """The error for objects that have ever new keys."""
    return Unreadable(
        "too_many_columns",
        f"The objects have more than {MAX_COLUMNS:,} different keys: leave out those that are not"
        " about contacts.",
    )


def _delimited(path: Path, source: Source) -> Iterator[Batch]:
    with told(), compression.opened(path, source) as stream:
        for block in delimited.blocks(stream, source):
            numbers = list(range(block.first, block.first + len(block.rows)))
            found = [not delimited.is_blank(row) for row in block.rows]
            if block.first <= source.header_row:
                above = source.header_row - block.first + 1
                found[:above] = [False] * min(above, len(found))
            cells = block.rows
            if not all(found):
                numbers = [number for number, is_row in zip(numbers, found, strict=True) if is_row]
                cells = [row for row, is_row in zip(cells, found, strict=True) if is_row]
            yield Batch(
                numbers,
                cast("list[list[Cell]]", cells),
                stream.position(),
                source.columns,
                block.mended,
            )


def _documents(path: Path, source: Source) -> Iterator[Batch]:
    columns = list(source.columns)
    known = set(columns)
    with told(), compression.opened(path, source, compression.MAX_UNPACKED) as stream:
        text = encodings.text(stream.unpacked, source.encoding)
        objects = documents.objects(text, each_alone=source.each_alone)
        while True:
            some: list[documents.Object] = []
            failure = _fill(some, objects)
            for one in some:
                if not known.issuperset(one.value):
                    new = [key for key in one.value if key not in known]
                    known.update(new)
                    columns.extend(new)
            if len(columns) > MAX_COLUMNS:
                raise too_many_keys()
            if some:
                yield _batch(some, columns, source, stream.position())
            if failure:
                raise failure
            if len(some) < SIZE:
                return


def _batch(
    some: list[documents.Object], columns: list[str], source: Source, position: int
) -> Batch:
    given = len(source.columns)
    first, later = columns[:given], columns[given:]
    numbers: list[int] = []
    cells: list[list[Cell]] = []
    for number, value, _, unread in some:
        row = [value.get(key) for key in first]
        if (
            later
            and (extra := [value.get(key) for key in later])
            and any(cell is not None for cell in extra)
        ):
            row += extra
        if unread is not None:
            row.append(unread)
        if source.each_alone or any(cell is not None and cell != "" for cell in row):
            numbers.append(number)
            cells.append(row)
    return Batch(numbers, cells, position, list(columns), {})


def _fill(some: list[documents.Object], objects: Iterator[documents.Object]) -> Unreadable | None:
    try:
        some.extend(islice(objects, SIZE))
    except Unreadable as failure:
        return failure
    return None


def _sheet(path: Path, source: Source) -> Iterator[Batch]:
    with told(), sheets.opened(path, source) as sheet:
        size = path.stat().st_size
        for first, block in sheets.blocks(sheet):
            kept = [
                (number, row)
                for number, row in enumerate(block, first)
                if number > source.header_row and not sheets.is_blank(row)
            ]
            done = (first + len(block)) / max(1, sheets.height(sheet))
            yield Batch(
                [number for number, _ in kept],
                [row for _, row in kept],
                int(size * min(1.0, done)),
                source.columns,
                {},
            )
