"""Workbooks made by hand, byte by byte where a library would refuse to make them."""

import io
import struct
import zipfile

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="22"/></cellXfs></styleSheet>'
)


def packed(members: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def xlsx(
    sheets: dict[str, str] | str,
    *,
    epoch_1904: bool = False,
    hidden: tuple[str, ...] = (),
    prolog: str = "",
    more: dict[str, str | bytes] | None = None,
    without: tuple[str, ...] = (),
) -> bytes:
    """A workbook of these sheets, each the inside of its `sheetData`."""
    named = sheets if isinstance(sheets, dict) else {"People": sheets}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"'
        + (' state="hidden"' if name in hidden else "")
        + "/>"
        for n, name in enumerate(named, 1)
    )
    date = '<workbookPr date1904="1"/>' if epoch_1904 else ""
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(named) + 1)
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}content-types"/>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}relationships"><Relationship'
        f' Id="r" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}{prolog}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">{date}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}relationships">'
        f'{relations}<Relationship Id="s" Type="{_REL}/styles" Target="styles.xml"/><Relationship'
        f' Id="t" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }
    for n, cells in enumerate(named.values(), 1):
        members[f"xl/worksheets/sheet{n}.xml"] = (
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'
        )
    members |= more or {}
    return packed({name: content for name, content in members.items() if name not in without})


def strings(*texts: str, prolog: str = "", attributes: str = "") -> dict[str, str | bytes]:
    """The part of the strings that cells share."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return {"xl/sharedStrings.xml": f'{_XML}{prolog}<sst xmlns="{_MAIN}"{attributes}>{items}</sst>'}


def row(number: int, *cells: object) -> str:
    """A row of texts and numbers; a cell given as `<c …` stands as it is, None is left out."""
    made = ""
    for letter, cell in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", cells, strict=False):
        at = f"{letter}{number}"
        if isinstance(cell, str) and cell.startswith("<c"):
            made += cell.replace("<c", f'<c r="{at}"', 1)
        elif isinstance(cell, str):
            made += f'<c r="{at}" t="inlineStr"><is><t>{cell}</t></is></c>'
        elif cell is not None:
            made += f'<c r="{at}"><v>{cell}</v></c>'
    return f'<row r="{number}">{made}</row>'


def ods(rows: str, *, manifest: str = "", kind: str = "spreadsheet") -> bytes:
    """An ODS of these `table:table-row` elements."""
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": f'{_XML}<manifest:manifest xmlns:manifest="{office}manifest:1.0">'
            f"{manifest}</manifest:manifest>",
            "content.xml": f'{_XML}<office:document-content xmlns:office="{office}office:1.0"'
            f' xmlns:table="{office}table:1.0" xmlns:text="{office}text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="People">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def ods_row(*cells: object, repeat: int = 1) -> str:
    made = "".join(ods_cell(cell) for cell in cells)
    return f'<table:table-row table:number-rows-repeated="{repeat}">{made}</table:table-row>'


def ods_cell(value: object, repeat: int = 1) -> str:
    start = f'<table:table-cell table:number-columns-repeated="{repeat}"'
    if value is None:
        return f"{start}/>"
    if isinstance(value, str):
        return f'{start} office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'{start} office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


def xls(rows: list[list[object]], *, dimensions: tuple[int, int] | None = None) -> bytes:
    """A BIFF8 workbook [MS-XLS] of one sheet, in an OLE file."""
    body = b"".join(
        _biff(r, c, cell) for r, cells in enumerate(rows) for c, cell in enumerate(cells)
    )
    height, width = dimensions or (len(rows), max(map(len, rows), default=0))
    sheet = (
        _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 6))
        + _record(0x200, struct.pack("<IIHHH", 0, height, 0, width, 0))
        + body
        + _record(0x0A, b"")
    )
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 1997, 0, 6))
    end = _record(0x0A, b"")
    bound_length = 4 + 4 + 2 + 2 + 6
    offset = len(start) + bound_length + len(end)
    bound = _record(0x85, struct.pack("<IBBBB", offset, 0, 0, 6, 0) + b"People")
    return ole({"Workbook": start + bound + end + sheet})


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file [MS-CFB] with these streams, each padded to more than the mini-stream's."""
    sector, fat, body, entries = 512, [], b"", []
    for name, content in streams.items():
        padded = content.ljust(max(4096, -(-len(content) // sector) * sector), b"\0")
        first = len(fat)
        count = len(padded) // sector
        fat += [*range(first + 1, first + count), 0xFFFFFFFE]
        body += padded
        entries.append(_entry(name, 2, first, len(padded)))
    directory_at = len(fat)
    directory = (_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + b"".join(entries)).ljust(
        sector, b"\0"
    )
    fat += [0xFFFFFFFE]
    fat_at = len(fat)
    fat += [0xFFFFFFFD]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff")
    assert len(table) == sector, "a larger file needs more than one sector of its table"
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE,
        9, 6, b"\0" * 6, 0, 1, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    ) + struct.pack("<I", fat_at) + b"\xff" * 432  # fmt: skip
    return header + body + directory + table


def _entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(encoded), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + b"\0" * 36
        + struct.pack("<IQ", first, size)
    )


def _biff(at: int, column: int, cell: object) -> bytes:
    place = struct.pack("<HHH", at, column, 0)
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _record(0x204, place + struct.pack("<HB", len(cell), 1) + text)
    return _record(0x203, place + struct.pack("<d", cell))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content
