"""The first look at a file: what it is, how it is to be read, and what its first rows show."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from signalbook.imports.errors import Unreadable
from signalbook.imports.model import Cell, Hints, PreviewRow, Source
from signalbook.imports.parsing.cells import text_of
from signalbook.imports.reading import (
    batches,
    compression,
    delimited,
    dialects,
    documents,
    encodings,
    headers,
    kinds,
    scanning,
    sheets,
    workbooks,
)
from signalbook.imports.reading.batch import MAX_COLUMNS

LOOK_AT: Final = 1_000
PREVIEW: Final = 20
SAMPLES: Final = 50
_SHOWN: Final = 500
"""Characters of a cell that a preview or a sample shows."""

_T = TypeVar("_T")


def inspect(path: Path, name: str, hints: Hints) -> Source:
    """Find out how a file is to be read; raises Unreadable where that cannot be.

    What the file is, its bytes say; where its name says otherwise, a note tells.
    """
    with batches.told():
        source = _inspected(path, hints)
    said, found = _said(name), "workbook" if source.kind in {"xlsx", "xls", "ods"} else "text"
    if said and said != found:
        what = source.kind.upper()
        note = f"The file is named “{name[-60:]}”, but it is {what} and was read as that."
        source = _with(source, notes=[note, *source.notes])
    return source


def _said(name: str) -> str:
    """Tell what the ending of a name promises, if it does."""
    ending = name.lower().rpartition(".")[2]
    return {"xlsx": "workbook", "xls": "workbook", "ods": "workbook", "csv": "text"}.get(ending, "")


def _inspected(path: Path, hints: Hints) -> Source:
    with path.open("rb") as file:
        kind = kinds.of(file.read(kinds.HEAD_BYTES))
    if kind == "ole":
        return _sheet(path, Source(kind="xls"), hints)
    if kind == "zip":
        return _zip(path, hints)
    if kind == "gzip":
        return _text(path, Source(kind="csv", compression="gzip"), hints)
    return _text(path, Source(kind="csv"), hints)


def _zip(path: Path, hints: Hints) -> Source:
    with path.open("rb") as file, compression.directory(file) as archive:
        container = workbooks.container(archive)
        names = compression.members(archive)
    if container != "files":
        return _sheet(path, Source(kind=container), hints)
    if not names:
        raise Unreadable("empty", "There is no file in the archive.")
    chosen = hints.member if hints.member is not None else names[0]
    source = Source(
        kind="csv",
        compression="zip",
        member=chosen,
        sheets=names if len(names) > 1 else [],
        notes=[f"The archive has {len(names)} files; this is {chosen[:100]}."]
        if len(names) > 1
        else [],
    )
    return _text(path, source, hints)


def _text(path: Path, source: Source, hints: Hints) -> Source:
    with compression.opened(path, source) as stream:
        head = stream.unpacked.peek(kinds.HEAD_BYTES)
        kinds.of_unpacked(head) if source.compression else kinds.of(head)
        mark = encodings.of_head(head[:4096]) or encodings.Found("utf-8")
        if kinds.is_json(encodings.decoded(head, mark.encoding)):
            stream.allow_long_lines()
        scan = scanning.scan(stream.unpacked)
    if hints.encoding:
        found = encodings.Found(encodings.known(hints.encoding))
    else:
        found = encodings.of_head(scan.head[:4096]) or encodings.of_sample(scan.sample)
    source = _with(source, encoding=found.encoding, notes=_added(source.notes, found.note))
    text = encodings.decoded(scan.head, found.encoding)
    if not text.strip("\ufeff \t\r\n\x00"):
        raise Unreadable("empty", "There is nothing in the file but blanks.")
    if kinds.is_json(text):
        source = _with(source, kind="json", each_alone=hints.each_alone)
        return _documents(path, source, scan)
    if hints.has_objects:
        return _delimited(path, _with(source, has_objects=True), hints, scan)
    return _delimited(path, dialects.find(text, source, hints.delimiter), hints, scan)


def _documents(path: Path, source: Source, scan: scanning.Scan) -> Source:
    """See the keys of the first thousand objects; their order is that of their first meeting."""
    with compression.opened(path, source, compression.MAX_UNPACKED) as stream:
        text = encodings.text(stream.unpacked, source.encoding)
        objects = _first(LOOK_AT, documents.objects(text, each_alone=source.each_alone))
    columns = list(dict.fromkeys(key for one in objects for key in one.value))
    if not columns and not (objects and source.each_alone):
        raise Unreadable("empty", "There is no object in the file: nothing to import.")
    if len(columns) > MAX_COLUMNS:
        raise batches.too_many_keys()
    rows = len(objects)
    if rows == LOOK_AT:
        size = scan.seen * _share_seen(path, source, scan)
        rows = max(rows, int(size * rows / objects[-1].end))
    source = _with(source, header_row=0, columns=columns, rows_estimate=rows)
    numbered = [(one.number, one.value) for one in objects if any(one.value.values())]
    cells: list[list[Cell]] = [[value.get(key) for key in columns] for _, value in numbered]
    return _shown(source, [number for number, _ in numbered], cells)


def _delimited(path: Path, source: Source, hints: Hints, scan: scanning.Scan) -> Source:
    with compression.opened(path, source) as stream:
        blocks = delimited.blocks(stream, source)
        block = next(blocks, None)
        rows = block.rows if block else []
        if len(rows) < LOOK_AT:
            next(blocks, None)  # what cannot be read among the first rows is told at once
    source = _headed(source, rows, hints)
    numbered = [
        (number, row)
        for number, row in enumerate(rows, 1)
        if number > source.header_row and not delimited.is_blank(row)
    ]
    estimate = len(numbered)
    if len(rows) == LOOK_AT:
        inside = sum(cell.count("\n") for row in rows for cell in row)
        lines = scan.lines * _share_seen(path, source, scan)
        estimate = max(estimate, int(lines * LOOK_AT / (LOOK_AT + inside)) - source.header_row)
    source = _with(source, rows_estimate=estimate)
    return _shown(source, [number for number, _ in numbered], [row for _, row in numbered])


def _sheet(path: Path, source: Source, hints: Hints) -> Source:
    with sheets.opened(path, _with(source, sheet=hints.sheet or "")) as sheet:
        _, block = next(sheets.blocks(sheet), (1, list[list[Cell]]()))
        source = _with(source, sheet=sheet.name, sheets=sheet.names)
        height = sheets.height(sheet)
    texts = [[text_of(cell) for cell in row] for row in block]
    if not any(any(row) for row in texts):
        raise Unreadable("empty", f"There is nothing in the sheet {source.sheet[:100]!r}.")
    source = _headed(source, texts, hints)
    numbered = [
        (number, row)
        for number, row in enumerate(block, 1)
        if number > source.header_row and not sheets.is_blank(row)
    ]
    estimate = len(numbered) if height <= LOOK_AT else height - source.header_row
    source = _with(source, rows_estimate=estimate)
    return _shown(source, [number for number, _ in numbered], [row for _, row in numbered])


def _headed(source: Source, rows: Sequence[Sequence[str]], hints: Hints) -> Source:
    """Find the header, or take the one that a person chose, and name the columns."""
    if hints.header_row is None:
        at, notes = headers.find(rows)
    elif hints.header_row > len(rows):
        raise Unreadable(
            "header_missing", f"There is no row {hints.header_row:,} among the first rows."
        )
    else:
        at, notes = (hints.header_row - 1 if hints.header_row > 0 else None), []
    if at is None:
        width = max((headers.width(row) for row in rows), default=1)
        columns = headers.numbered(max(1, width))
    else:
        columns, more = headers.named(rows[at], rows[at + 1 :])
        notes = [*notes, *more]
    return _with(
        source,
        header_row=0 if at is None else at + 1,
        columns=columns,
        notes=[*source.notes, *notes],
    )


def _shown(source: Source, numbers: Sequence[int], rows: Sequence[Sequence[Cell]]) -> Source:
    texts = [[_seen(cell) for cell in row] for row in rows]
    preview = [
        PreviewRow(number=number, cells=row)
        for number, row in zip(numbers[:PREVIEW], texts, strict=False)
    ]
    samples = [
        _first(SAMPLES, (row[column] for row in texts if column < len(row) and row[column].strip()))
        for column in range(len(source.columns))
    ]
    return _with(source, preview=preview, samples=samples)


def _seen(cell: Cell) -> str:
    """Show a cell; for a NUL, which PostgreSQL cannot keep, there is a sign."""
    return text_of(cell)[:_SHOWN].replace("\x00", "␀")


def _share_seen(path: Path, source: Source, scan: scanning.Scan) -> float:
    """How many times longer the file is than what was looked at; 1 where it is not known."""
    if scan.whole or source.compression:
        return 1.0
    return path.stat().st_size / scan.seen


def _first(count: int, items: Iterable[_T]) -> list[_T]:
    return list(islice(items, count))


def _added(notes: list[str], note: str) -> list[str]:
    return [*notes, note] if note else notes


def _with(source: Source, **changes: object) -> Source:
    return msgspec.structs.replace(source, **changes)
