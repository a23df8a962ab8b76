"""The rejected rows as a file to mend and to send again."""

import csv
import io
import re
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Final
from uuid import UUID

from signalbook.imports import outcomes, queries
from signalbook.imports.errors import ImportNotFound
from signalbook.imports.parsing.cells import is_text_formula
from signalbook.kit.db import Database

REASON: Final = "reason"

_FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_KEPT: Final = re.compile(r"'+[=+\-@\t\r\n＝＋－＠0-9]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


async def rejected(db: Database, account_id: int, import_id: UUID) -> AsyncGenerator[bytes]:
    """Write the header of the file with `reason` behind it, then its rejected rows, block by block.

    A row with more cells than the file has columns keeps them, behind its reason. The columns of
    a file of rejected rows that is sent again stay as they were: its `reason` is replaced. Raises
    ImportNotFound.
    """
    async with db.read() as read:
        found = await queries.get(read, account_id, import_id)
    if found is None:
        raise ImportNotFound
    columns = list(found.source.columns) if found.source is not None else []
    is_json = found.source is not None and found.source.kind == "json"
    again = bool(columns) and columns[-1].strip().casefold() == REASON
    if again:
        columns.pop()
    yield _lines([[*columns, REASON]], is_json=False)
    async for block in outcomes.rejected_rows(db, account_id, import_id):
        rows = [_row(cells, reason, len(columns), again) for _, cells, reason in block]
        yield _lines(rows, is_json=is_json)


def safe(text: str, *, is_json: bool) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula; plain numbers stay.

    Reading a file takes one apostrophe away again, so what carried one when it came carries as many
    when it goes: only JSON is taken at its word, and what has one there gets another. A formula
    that is a text alone (`="01234"`) runs nothing, and is read as that text again. (OWASP, CSV
    injection; exports say the same of stored values.)
    """
    if is_json and _KEPT.match(text):
        return "'" + text
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return text if is_text_formula(text) and not is_json else "'" + text
    return text


def _row(cells: Sequence[str], reason: str, columns: int, again: bool) -> list[str]:  # noqa: FBT001
    """Lay a row out: its cells, its reason, and the cells for which there is no column.

    Of a row that is sent `again` the cell behind its columns is the old reason.
    """
    filled = [*cells[:columns], *[""] * (columns - len(cells))]
    return [*filled, reason, *cells[columns + again :]]


def _lines(rows: Iterable[Sequence[str]], *, is_json: bool) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([safe(cell, is_json=is_json) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")
