"""CSV and its relatives (RFC 4180, and what is really found): from a stream to records.

One record is one row as a spreadsheet shows it: a quoted line end stays inside it, and a blank line
counts.
"""

import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from signalbook.imports.errors import Unreadable
from signalbook.imports.model import Source
from signalbook.imports.reading import bare_objects, encodings
from signalbook.imports.reading.batch import MAX_CELL, MAX_COLUMNS, MAX_ROWS, SIZE
from signalbook.imports.reading.compression import Stream
from signalbook.imports.reading.encodings import Mended

_END: Final = "\x00\x03\x00"
"""A last line of ours: where it turns up inside a row, a quotation mark was never closed.

No delimiter is in it (`can_delimit`), so it is one cell whatever the file is read with.
"""

_STAND_IN: Final = "\x1f"
"""The unit separator of ASCII, for a delimiter of more than one character."""

_WRAPPED: Final = re.compile(r'\s*"(?:[^"]|"")*"\s*')
_CHUNK: Final = 1 << 18
_SEP: Final = "sep="


class Block(NamedTuple):
    """Records as they follow each other, blank ones too."""

    first: int
    """The number of the first one."""
    rows: list[list[str]]
    mended: dict[str, int]


def blocks(stream: Stream, source: Source) -> Iterator[Block]:
    """Yield the records of a stream, a thousand at a time.

    Raises Unreadable at the first that cannot be read, after those before it were yielded.
    """
    text = encodings.text(stream.unpacked, source.encoding)
    text._CHUNK_SIZE = _CHUNK  # type: ignore[attr-defined]  # noqa: SLF001  # 8 kB otherwise: a tenth of the time
    csv.field_size_limit(MAX_CELL)
    records = _reader(_lines(text, source), source)
    number, told = 1, (Mended.replaced, Mended.as_windows)
    while True:
        rows: list[list[str]] = []
        failure = _fill(rows, records, number)
        ended = bool(rows) and bool(rows[-1]) and rows[-1][-1].endswith(_END)
        if ended:
            failure = failure or _unclosed(rows[-1], number + len(rows) - 1)
            rows.pop()
        ended = ended or not (rows or failure)
        wide = _too_wide(rows, number)
        now = (Mended.replaced, Mended.as_windows)
        if rows and not wide:
            yield Block(number, rows, _difference(told, now))
            told = now
        if failure or wide:
            raise failure or wide or AssertionError
        if ended:
            return
        number += len(rows)
        if number > MAX_ROWS:
            raise Unreadable(
                "too_many_rows", f"The file has more than {MAX_ROWS:,} rows: split it in parts."
            )


def is_blank(row: list[str]) -> bool:
    """Tell whether nothing is in a row."""
    return not any(map(str.strip, row))


def reader(lines: Iterable[str], source: Source, *, strict: bool = False) -> Iterator[list[str]]:
    """Split lines into records as the source says."""
    return csv.reader(
        lines,
        delimiter=source.delimiter if len(source.delimiter) == 1 else _STAND_IN,
        quotechar=source.quote or None,
        quoting=csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE,
        escapechar=source.escape or None,
        skipinitialspace=source.skip_space,
        strict=strict,
    )


def can_delimit(sign: str) -> bool:
    """Tell whether cells can be told apart by this: a tab, or what can be seen and quotes none."""
    return sign == "\t" or (sign.isprintable() and sign not in {'"', "'"})


def unwrapped(line: str) -> str:
    """Take the quotes off a line that is one quoted cell as a whole."""
    bare = line.rstrip("\r\n")
    if not _WRAPPED.fullmatch(bare):
        return line
    return bare.strip()[1:-1].replace('""', '"') + line[len(bare) :]


def sep_line(line: str) -> str | None:
    """Return the delimiter that the line `sep=;` names, which a spreadsheet does not show."""
    bare = line.rstrip("\r\n").strip('"')
    is_one = len(bare) == 5 and bare[:4].lower() == _SEP and can_delimit(bare[4])  # noqa: PLR2004  # sep=;
    return bare[4] if is_one else None


def _lines(text: Iterable[str], source: Source) -> Iterator[str]:
    lines = iter(text)
    first = next(lines, "")
    begin = [] if sep_line(first) or not first else [first]
    every = itertools.chain(begin, lines)
    if source.is_wrapped:
        every = map(unwrapped, every)
    if source.has_objects:
        every = bare_objects.quoted(every)
    if len(source.delimiter) > 1:
        every = (line.replace(source.delimiter, _STAND_IN) for line in every)
    return itertools.chain(every, [_END])


def _reader(lines: Iterator[str], source: Source) -> Iterator[list[str]]:
    if len(source.delimiter) == 1:
        return reader(lines, source)
    return (
        [cell.replace(_STAND_IN, source.delimiter) for cell in row] for row in reader(lines, source)
    )


def _fill(rows: list[list[str]], records: Iterator[list[str]], first: int) -> Unreadable | None:
    """Take the next records; what was taken stays taken if the one after it fails."""
    try:
        rows.extend(itertools.islice(records, SIZE))
    except csv.Error as error:
        number = first + len(rows)
        if "field limit" in str(error):
            return Unreadable(
                "cell_too_large",
                f"Row {number:,} has a cell of more than {MAX_CELL:,} characters. Most likely a"
                " quotation mark opens there and is never closed: correct that row and upload the"
                " file again.",
            )
        return Unreadable("row_unreadable", f"Row {number:,} cannot be read: {error}.")
    except Unreadable as failure:
        number = first + len(rows)
        return Unreadable(failure.reason, f"{failure.message} It was read up to row {number:,}.")
    return None


def _unclosed(row: list[str], number: int) -> Unreadable | None:
    if row == [_END]:
        return None
    return Unreadable(
        "quote_unclosed",
        f"In row {number:,} a quotation mark opens and is never closed, so that everything after it"
        " would be one cell: correct that row and upload the file again.",
    )


def _too_wide(rows: list[list[str]], first: int) -> Unreadable | None:
    if max(map(len, rows), default=0) <= MAX_COLUMNS:
        return None
    number = first + next(at for at, row in enumerate(rows) if len(row) > MAX_COLUMNS)
    return Unreadable(
        "too_many_columns",
        f"Row {number:,} has more than {MAX_COLUMNS:,} columns: leave out those that are not about"
        " contacts.",
    )


def _difference(before: tuple[int, int], now: tuple[int, int]) -> dict[str, int]:
    names = ("bytes_replaced", "bytes_as_windows")
    return {
        name: later - sooner
        for name, sooner, later in zip(names, before, now, strict=True)
        if later > sooner
    }
