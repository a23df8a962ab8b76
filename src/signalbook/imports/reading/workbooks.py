"""What is inside a zip or OLE file that may be a workbook, and how large its sheets would become.

A reader of workbooks holds a sheet as a full rectangle from its first to its last cell. Two cells
in opposite corners, 1,451 bytes of file, make it ask for 512 GiB and end the process (calamine
0.9.1). So the corners are looked for here, in the bytes, before it sees them.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias
from xml.etree import ElementTree as ET

from signalbook.imports.errors import Unreadable
from signalbook.imports.reading import compression

Container: TypeAlias = Literal["xlsx", "ods", "files"]

MAX_AREA: Final = 16_000_000
"""Cells of the rectangle of a sheet: 1,048,576 rows of 15 columns need 1.0 GB (calamine 0.9.1)."""
MAX_PART: Final = 4 << 30
MAX_LIST: Final = 64 << 20
"""Bytes of a part that says what is where."""
MAX_STRINGS: Final = 600 << 20
_MAX_RATIO_BYTES: Final = 100 << 20
_MAX_RATIO: Final = 400

_PIECE: Final = 1 << 20
_OVERLAP: Final = 512
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,7})(\d{1,10})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b(?:[^>]*?\sr\s*=\s*["'](\d{1,10})["'])?""")
_NAMED_ROW = re.compile(rb'<row r="(\d{1,10})"')
_ONE_LETTER: Final = 26
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_FAULT = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"[^>]*>(?:<f\b[^>]*(?:/>|>[^<]*</f>))?<v>([^<]{1,20})</v>"""
)
_MOST_FAULTS: Final = 200_000
_ODS_TAG = re.compile(
    rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)\b([^>]*)>", re.DOTALL
)
_ODS_REPEAT = re.compile(rb"""table:number-(?:rows|columns)-repeated\s*=\s*["'](\d{1,10})["']""")
_ODS_NAME = re.compile(rb"""table:name\s*=\s*["']([^"']*)["']""")
_OFFICE: Final = (
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a presentation"),
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
    ("Index/Document.iwa", "a document of Apple Numbers or Pages"),
    ("META-INF/container.xml", "an e-book"),
)
_ODS_TYPES: Final = ("application/vnd.oasis.opendocument.spreadsheet",)
_NS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Extent(NamedTuple):
    """How far a sheet reaches, and the cells in it whose formula failed."""

    rows: int
    columns: int
    faults: dict[tuple[int, int], str]
    """By row and column from 0, the error they show: `#N/A`. The reader shows nothing there."""


def container(archive: zipfile.ZipFile) -> Container:
    """Tell what a zip archive is; raises Unreadable for documents that are no tables."""
    names = set(archive.namelist())
    if "xl/workbook.xml" in names or ("[Content_Types].xml" in names and _has_sheets(names)):
        _refuse_bombs(archive)
        return "xlsx"
    for name, what in _OFFICE:
        if name in names:
            raise Unreadable(
                "not_a_table", f"This is {what}: save the list as .xlsx or CSV and try again."
            )
    if "mimetype" in names and "content.xml" in names:
        kind = part(archive, "mimetype", 200).decode("ascii", "replace").strip()
        if not kind.startswith(_ODS_TYPES):
            raise Unreadable(
                "not_a_table", "This is no spreadsheet: save the list as .ods, .xlsx or CSV."
            )
        if b"<manifest:encryption-data" in part(archive, "META-INF/manifest.xml", MAX_LIST):
            raise locked()
        _refuse_bombs(archive)
        return "ods"
    return "files"


def locked() -> Unreadable:
    """The error for a workbook with a password."""
    return Unreadable(
        "encrypted",
        "The workbook is protected by a password: save it without one and upload it again.",
    )


def part(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Read a part as a whole; nothing if it is not there, Unreadable if it is too large."""
    read = b"".join(pieces(archive, name, most))
    if len(read) > most:
        raise _too_large()
    return read


def pieces(archive: zipfile.ZipFile, name: str, most: int) -> Iterator[bytes]:
    """Unpack a part piece by piece, at most `most` bytes and one piece of it."""
    if name not in archive.NameToInfo:
        return
    taken = 0
    with compression.member(archive, name) as inner:
        while taken <= most and (piece := compression.piece_of(inner, _PIECE)):
            taken += len(piece)
            yield piece


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Map the names of an XLSX's sheets to its parts; empty where that cannot be told."""
    try:
        relations = {
            one.get("Id", ""): one.get("Target", "")
            for one in _xml(part(archive, "xl/_rels/workbook.xml.rels", MAX_LIST))
        }
        sheets = [
            one
            for one in _xml(part(archive, "xl/workbook.xml", MAX_LIST)).iter()
            if one.tag.endswith("}sheet")
        ]
    except ET.ParseError:
        return {}
    found: dict[str, str] = {}
    for sheet in sheets:
        target = relations.get(sheet.get(f"{_NS}id", ""), "")
        found[sheet.get("name", "")] = (
            target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        )
    return found


def extent_of_xlsx(archive: zipfile.ZipFile, name: str) -> Extent:
    """Find the last row and column of a sheet, given or implied; raises Unreadable if too far."""
    rows = columns = counted = 0
    faults: dict[tuple[int, int], str] = {}
    rest, taken = b"", 0
    for piece in pieces(archive, name, MAX_PART):
        taken += len(piece)
        if taken > MAX_PART:
            raise _too_large()
        window = rest + piece
        cut = window.rfind(b"<")
        rest, window = (
            (window[cut:], window[:cut]) if len(window) - cut < _OVERLAP else (b"", window)
        )
        rows, columns, counted = _widened(window, rows, columns, counted)
        if b't="e"' in window and len(faults) < _MOST_FAULTS:
            faults |= _faults(window)
        _refuse_area(rows, columns)
    return Extent(rows, columns, faults)


def extent_of_ods(archive: zipfile.ZipFile) -> None:
    """Refuse an ODS whose repeated rows and columns would fill more than a sheet may have."""
    state = _OdsArea()
    rest, taken = b"", 0
    for piece in pieces(archive, "content.xml", MAX_PART):
        taken += len(piece)
        if taken > MAX_PART:
            raise _too_large()
        window = rest + piece
        cut = max(window.rfind(b">") + 1, len(window) - 65_536)
        rest = window[cut:]
        for tag in _ODS_TAG.finditer(window, 0, cut):
            state.take(tag[1] == b"/", tag[2], tag[3])


class _OdsArea:
    """Counts the cells that a sheet with repeats stands for."""

    def __init__(self) -> None:
        self.rows = self.columns = self.width = self.row_repeats = 0
        self.skipped = self.skipped_columns = 0

    def take(self, closes: bool, tag: bytes, rest: bytes) -> None:  # noqa: FBT001  # as in the tag
        if tag == b"table":
            self.rows = self.columns = self.skipped = 0
        elif tag == b"table-row" and not closes:
            self.row_repeats, self.width, self.skipped_columns = _repeats(rest), 0, 0
            if rest.endswith(b"/"):
                self._end_row()
        elif tag == b"table-row":
            self._end_row()
        elif not closes and b"office:value-type" in rest:
            self.width += self.skipped_columns + _repeats(rest)
            self.skipped_columns = 0
        elif not closes:
            self.skipped_columns += _repeats(rest)

    def _end_row(self) -> None:
        if not self.width:
            self.skipped += self.row_repeats
            return
        self.rows += self.skipped + self.row_repeats
        self.skipped = 0
        self.columns = max(self.columns, self.width)
        _refuse_area(self.rows, self.columns)


def _repeats(rest: bytes) -> int:
    found = _ODS_REPEAT.search(rest)
    return int(found[1]) if found else 1


def _widened(window: bytes, rows: int, columns: int, counted: int) -> tuple[int, int, int]:
    """Take a window of a sheet into account; fast where it looks as usual."""
    starts = window.count(b"<row ") + window.count(b"<row>")
    named = _NAMED_ROW.findall(window)
    cells = window.count(b"<c ") + window.count(b"<c>")
    if window.count(b' r="') != len(named) + cells or len(named) != starts or not named:
        return _widened_by_all(window, rows, columns, counted)
    counted += starts
    rows = max(rows, counted, *map(int, named))
    if re.search(rb' r="[A-Za-z]{1,7}\d{%d}' % (len(str(rows)) + 1), window):
        return _widened_by_all(window, rows, columns, counted - starts)
    for letters in set(_beyond(columns).findall(window)):
        columns = max(columns, column_number(letters))
    return rows, columns, counted


def _beyond(columns: int) -> re.Pattern[bytes]:
    """Find the references to a column beyond these: nearly none in a sheet that is half read."""
    if columns >= _ONE_LETTER:
        return re.compile(rb' r="([A-Za-z]{2,7})\d')
    return re.compile(rb' r="([%c-Za-z][A-Za-z]{0,6}|[A-Z][A-Za-z]{1,6})\d' % (columns + 65))


def _widened_by_all(window: bytes, rows: int, columns: int, counted: int) -> tuple[int, int, int]:
    """Look at every cell and row, however they are written."""
    references = _REFERENCE.findall(window)
    for letters in {letters for letters, _ in references}:
        columns = max(columns, column_number(letters))
    if references:
        rows = max(rows, *(int(digits) for _, digits in references))
    starts = _ROW.findall(window)
    counted += len(starts)
    rows = max(rows, counted, *(int(number) for number in starts if number), 0)
    cells = len(_CELL.findall(window))
    if cells > len(references):  # cells without a reference stand where the one before ends
        columns = max(columns, *(len(_CELL.findall(row)) for row in window.split(b"<row")))
    return rows, columns, counted


def column_number(letters: bytes) -> int:
    """Return the number of a column from 1: A is 1, XFD 16,384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _faults(window: bytes) -> dict[tuple[int, int], str]:
    return {
        (int(digits) - 1, column_number(letters) - 1): text.decode("ascii", "replace")
        for letters, digits, text in _FAULT.findall(window)
    }


def _has_sheets(names: set[str]) -> bool:
    return any(name.startswith("xl/worksheets/") for name in names)


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Refuse by what the directory says; what it says wrongly meets the limits of the process."""
    for entry in archive.infolist():
        ratio = entry.file_size / max(1, entry.compress_size)
        if entry.file_size > MAX_PART or (
            entry.file_size > _MAX_RATIO_BYTES and ratio > _MAX_RATIO
        ):
            raise _too_large()
        if entry.filename.endswith("sharedStrings.xml") and entry.file_size > MAX_STRINGS:
            raise _too_large()


def _refuse_area(rows: int, columns: int) -> None:
    if rows * columns > MAX_AREA:
        raise Unreadable(
            "sheet_too_large",
            f"The sheet reaches to row {rows:,} and column {columns:,}, which is more than fits:"
            " delete what stands far outside the list, or save the sheet as CSV.",
        )


def _xml(text: bytes) -> ET.Element:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Unreadable(
            "xml_entities",
            "The workbook declares entities of its own, as none does that a spreadsheet saved:"
            " open it, save it anew and upload that.",
        )
    return ET.fromstring(text)  # noqa: S314  # without a DOCTYPE there are no entities to expand


def _too_large() -> Unreadable:
    return Unreadable(
        "workbook_too_large",
        "The workbook unpacks to more than can be read: save the sheet as CSV and upload that.",
    )


def of_ole(path: Path) -> None:
    """Refuse an OLE file that is no XLS: a locked workbook, a document of Word or Outlook."""
    with path.open("rb") as file:
        seen = file.read(8 << 20)
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        seen += file.read()
    if "EncryptedPackage".encode("utf-16-le") in seen:
        raise locked()
    if not any(name.encode("utf-16-le") in seen for name in ("Workbook", "Book")):
        raise Unreadable(
            "not_a_table",
            "This is an old Office document and no workbook: save the list as .xlsx or CSV.",
        )
