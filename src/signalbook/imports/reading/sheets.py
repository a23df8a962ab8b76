"""Sheets of XLSX, XLS and ODS: their cells with types, guarded before the library sees them."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from signalbook.imports.errors import Unreadable
from signalbook.imports.model import Cell, Source
from signalbook.imports.reading import compression, workbooks
from signalbook.imports.reading.batch import MAX_CELL, MAX_COLUMNS, SIZE

_WHOLE: Final = 1e15
"""Whole numbers below this are exact in the floats of which a sheet consists."""

_Raw: TypeAlias = object


class Sheet(NamedTuple):
    """One sheet, and all the names there are."""

    name: str
    names: list[str]
    calamine: CalamineSheet
    extent: workbooks.Extent


@contextmanager
def opened(path: Path, source: Source) -> Generator[Sheet]:
    """Open the sheet that the source names, or the first that shows something."""
    parts = _guarded(path, source)
    try:
        with CalamineWorkbook.from_path(  # pyright: ignore[reportUnknownMemberType]  # a bare PathLike
            path
        ) as workbook:
            names, shown = _names(workbook)
            candidates = [source.sheet] if source.sheet else shown or names
            if candidates[0] not in names:
                raise Unreadable(
                    "sheet_missing", f"There is no sheet {source.sheet[:100]!r} in the workbook."
                )
            name, extent = _first_filled(path, source, candidates, parts)
            yield Sheet(name, names, workbook.get_sheet_by_name(name), extent)
    except PasswordError as locked:
        raise workbooks.locked() from locked
    except (CalamineError, OSError, ValueError) as broken:
        raise Unreadable(
            "workbook_broken",
            "The workbook is damaged, or not saved as spreadsheets do: open it, save it anew as"
            " .xlsx and upload that.",
        ) from broken


def blocks(sheet: Sheet) -> Iterator[tuple[int, list[list[Cell]]]]:
    """Yield the rows of a sheet from its first one on, blank ones too, a thousand at a time."""
    number, block = 1, list[list[Cell]]()
    left = (sheet.calamine.start or (0, 0))[1]
    faults = sheet.extent.faults
    rows_with_faults = {row for row, _ in faults}
    for row in sheet.calamine.iter_rows():
        at = number + len(block) - 1
        cells = [
            cell if type(cell) is str and len(cell) <= MAX_CELL else _cell(cell, at) for cell in row
        ]
        if at in rows_with_faults:
            for column in range(len(cells)):
                if (at, column + left) in faults:
                    cells[column] = faults[at, column + left]
        block.append(cells)
        if len(block) == SIZE:
            yield number, _checked(block)
            number, block = number + SIZE, []
    if block:
        yield number, _checked(block)


def height(sheet: Sheet) -> int:
    """Return the number of the last row with something in it."""
    end = sheet.calamine.end
    return end[0] + 1 if end else 0


def is_blank(row: list[Cell]) -> bool:
    """Tell whether nothing is in a row."""
    return not any(cell.strip() if isinstance(cell, str) else cell is not None for cell in row)


def _cell(value: _Raw, row: int) -> Cell:
    """Give a cell as a person sees it: whole numbers without `.0`, times and spans as text."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _WHOLE else value
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, str):
        raise Unreadable(
            "cell_too_large", f"Row {row + 1:,} has a cell of more than {MAX_CELL:,} characters."
        )
    return value  # type: ignore[return-value]  # calamine's other types are all cells


def _checked(block: list[list[Cell]]) -> list[list[Cell]]:
    """Refuse a sheet that is too wide: all of its rows have the same length."""
    if len(block[0]) > MAX_COLUMNS and not all(is_blank(row[MAX_COLUMNS:]) for row in block):
        raise Unreadable(
            "too_many_columns",
            f"The sheet has more than {MAX_COLUMNS:,} columns: leave out those that are not about"
            " contacts.",
        )
    return block


def _guarded(path: Path, source: Source) -> dict[str, str]:
    """Look at a workbook's parts before the library does; return where each sheet lies."""
    if source.kind == "xls":
        workbooks.of_ole(path)
        return {}
    with path.open("rb") as file, compression.directory(file) as archive:
        workbooks.container(archive)
        if source.kind == "ods":
            workbooks.extent_of_ods(archive)
            return {}
        return workbooks.sheet_parts(archive)


def _first_filled(
    path: Path, source: Source, names: list[str], parts: dict[str, str]
) -> tuple[str, workbooks.Extent]:
    """Choose the first sheet that has cells, and tell how far it reaches."""
    nowhere = workbooks.Extent(0, 0, {})
    if source.kind != "xlsx":
        return names[0], nowhere
    with path.open("rb") as file, compression.directory(file) as archive:
        for name in names:
            extent = workbooks.extent_of_xlsx(archive, parts.get(name, ""))
            if extent.rows and extent.columns:
                return name, extent
    return names[0], nowhere


def _names(workbook: CalamineWorkbook) -> tuple[list[str], list[str]]:
    """Return the names of all sheets with cells, and of those that are not hidden."""
    every = [one for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    if not every:
        raise Unreadable("no_sheets", "There is no sheet with cells in the workbook.")
    shown = [one.name for one in every if one.visible == SheetVisibleEnum.Visible]
    return [one.name for one in every], shown
