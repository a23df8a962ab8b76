"""The first line of a file; no I/O."""

import csv
import io
from collections.abc import Sequence

from signalbook.exports import columns
from signalbook.exports.copy_queries import Rows
from signalbook.exports.model import Format, neutral


def header_of(rows: Rows) -> list[str]:
    """Name the columns as the first line does."""
    names: Sequence[str] = [column.name for column in rows.columns]
    if rows.format == Format.SES:
        names = columns.SES_HEADER
    return [name if rows.is_raw else neutral(name) for name in names]


def first_line(rows: Rows) -> bytes:
    """Write the header of a file that begins with one."""
    if rows.format not in {Format.CSV, Format.SES}:
        return b""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(header_of(rows))
    return line.getvalue().encode()
