"""A workbook made of rows that the database wrote: constant memory, and no row looked at alone.

XLSX is XML in a ZIP archive (ECMA-376, part 1, §18.3). The rows come as COPY text, in which a tab
and a newline only ever end a cell and a row, so whole blocks become XML by replacing bytes: 16
columns cost 3 µs a row, and packing them 4 (2026-11). A library is called for every cell instead,
and keeps the interpreter from all requests meanwhile; and what it has begun cannot be taken up
again after a kill, which rows in a file can.
Every cell is an inline string; nothing is ever a formula.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import IO, Final

MOST_ROWS: Final = 1_048_575
"""How many contacts a sheet holds beside its header; further ones go to further sheets."""

_BLOCK: Final = 256 * 1024
_LEVEL: Final = 3
_CELL: Final = b'<c t="inlineStr"><is><t xml:space="preserve">'
_CELL_END: Final = b"</t></is></c>"
_NEXT_CELL: Final = _CELL_END + _CELL
_NEXT_ROW: Final = _CELL_END + b"</row>\n<row>" + _CELL
_EMPTY: Final = _CELL + _CELL_END
_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)
_MEANT: Final = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"_x000D_",
    b"b": b"_x0008_",
    b"f": b"_x000C_",
    b"v": b"_x000B_",
}
# XML has no such characters; a workbook writes them down so (ECMA-376, part 1, §22.9.2.19), and
# marks the underscore of a text that only looks so.
_UNSPEAKABLE: Final = re.compile(rb"[\x00-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]")
_SPEAKABLE: Final = bytes({9, 10, *range(32, 256)})  # to look first: a hundred times as fast
_LOOKS_SO: Final = re.compile(rb"_(?=x[0-9A-Fa-f]{4}_)")

_SHEET: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<sheetViews><sheetView workbookViewId="0">'
    b'<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    b'</sheetView></sheetViews><sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/>'
    b"<sheetData>"
)
_SHEET_END: Final = b"</sheetData></worksheet>"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MAIN: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES: Final = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN}.sheet.main+xml"/>'
)
_PART: Final = (
    f'<Override PartName="/xl/worksheets/sheet{{n}}.xml" ContentType="{_MAIN}.worksheet+xml"/>'
)
_LINKS: Final = f'<Relationships xmlns="{_PACKAGE}/relationships">'
_LINK: Final = (
    f'<Relationship Id="rId{{n}}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{{n}}.xml"/>'
)
_ROOT: Final = (
    f'{_LINKS}<Relationship Id="rId1" Type="{_OFFICE}/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>'
)
_BOOK: Final = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    f' xmlns:r="{_OFFICE}">'
)
_NAMED: Final = '<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'


class Stopped(Exception):  # an instruction to stop, not a failure
    """The workbook is not wanted any more."""


def pack(rows: IO[bytes], header: Sequence[str], out: IO[bytes], stop: Event | None = None) -> None:
    """Pack rows into a workbook; raises Stopped when told to."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        blocks = _blocks(rows, stop)
        first = "\t".join(_as_copied(name) for name in header).encode() + b"\n"
        sheets, left = 0, b""
        while sheets == 0 or left:
            sheets += 1
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                left = _fill(sheet, first, left, blocks)
        for name, text in _frame(sheets):
            book.writestr(name, _HEAD + text)


def pack_file(rows: Path, header: Sequence[str], out: Path, stop: Event) -> int:
    """Do so from file to file; return how long the workbook is."""
    with rows.open("rb") as source, out.open("wb") as target:
        pack(source, header, target, stop)
        return target.tell()


def xml_of(block: bytes) -> bytes:
    """Make rows of cells of whole lines of COPY text."""
    text = _LOOKS_SO.sub(b"_x005F_", block) if b"_x" in block else block
    if b"\xef\xbf" in text or text.translate(None, _SPEAKABLE):
        text = _UNSPEAKABLE.sub(_spoken, text)
    text = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    lines = text.replace(b"\t", _NEXT_CELL).removesuffix(b"\n").replace(b"\n", _NEXT_ROW)
    if b"\\" in lines:
        lines = _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), lines)
    return (b"<row>" + _CELL + lines + _CELL_END + b"</row>\n").replace(_EMPTY, b"<c/>")


def _spoken(found: re.Match[bytes]) -> bytes:
    return b"_x%04X_" % ord(found[0].decode())


def _as_copied(text: str) -> str:
    """Write a text as COPY does."""
    for sign, letter in (("\\", "\\"), ("\t", "t"), ("\n", "n"), ("\r", "r")):
        text = text.replace(sign, "\\" + letter)
    return text


def _fill(sheet: IO[bytes], first: bytes, left: bytes, blocks: Iterator[bytes]) -> bytes:
    """Write a sheet until it is full; return rows that did not fit."""
    sheet.write(_SHEET + xml_of(first))
    room = MOST_ROWS
    block = left or next(blocks, b"")
    while block:
        lines = block.count(b"\n")
        if lines > room:
            cut = _nth_end(block, room)
            if cut:
                sheet.write(xml_of(block[:cut]))
            sheet.write(_SHEET_END)
            return block[cut:]
        sheet.write(xml_of(block))
        room -= lines
        block = next(blocks, b"")
    sheet.write(_SHEET_END)
    return b""


def _nth_end(block: bytes, count: int) -> int:
    """Return where the first `count` lines of a block end."""
    end = 0
    for _ in range(count):
        end = block.index(b"\n", end) + 1
    return end


def _blocks(rows: IO[bytes], stop: Event | None) -> Iterator[bytes]:
    """Read blocks of whole lines."""
    rest = b""
    while read := rows.read(_BLOCK):
        if stop is not None and stop.is_set():
            raise Stopped
        end = read.rfind(b"\n") + 1
        if end:
            yield rest + read[:end]
            rest = read[end:]
        else:
            rest += read


def _frame(sheets: int) -> Iterator[tuple[str, str]]:
    """Give what a workbook needs beside its sheets."""
    numbers = range(1, sheets + 1)
    parts = "".join(_PART.format(n=n) for n in numbers)
    names = "".join(_NAMED.format(n=n, name=_sheet_name(n)) for n in numbers)
    links = "".join(_LINK.format(n=n) for n in numbers)
    yield "[Content_Types].xml", f"{_TYPES}{parts}</Types>"
    yield "_rels/.rels", _ROOT
    yield "xl/workbook.xml", f"{_BOOK}<sheets>{names}</sheets></workbook>"
    yield "xl/_rels/workbook.xml.rels", f"{_LINKS}{links}</Relationships>"


def _sheet_name(number: int) -> str:
    return "Contacts" if number == 1 else f"Contacts {number}"
