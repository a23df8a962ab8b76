"""What a file is, told by its first bytes and never by its name."""

import re
from typing import Final, Literal, TypeAlias

from signalbook.imports.errors import Unreadable

Kind: TypeAlias = Literal["text", "json", "gzip", "zip", "ole"]

HEAD_BYTES: Final = 65_536

# First bytes of what cannot be a list of contacts, and what to do instead.
_FOREIGN: Final = (
    (b"%PDF-", "pdf", "a PDF document"),
    (b"\x89PNG", "image", "a picture"),
    (b"\xff\xd8\xff", "image", "a picture"),
    (b"GIF8", "image", "a picture"),
    (b"{\\rtf", "rtf", "a rich-text document"),
    (b"SQLite format 3\x00", "database", "an SQLite database"),
    (b"PAR1\x15", "parquet", "a Parquet file"),
    (b"Obj\x01", "avro", "an Avro file"),
    (b"\x7fELF", "program", "a program"),
    (b"MZ\x90", "program", "a program"),
    (b"BEGIN:VCARD", "vcard", "a file of visiting cards (vCard)"),
    (b"PGDMP", "database", "a database dump"),
)
_ARCHIVES: Final = (
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh91AY&SY", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x1f\x9d", "a compress archive"),
)
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_TAR_AT: Final = 257

_MARKUP = re.compile(
    rb"\s*<(?:!doctype\s+html|html|head|body|table|meta|style|div|script)\b", re.IGNORECASE
)
_XML = re.compile(rb"\s*<(?:\?xml\b|[\w:]+[^<>]*>\s*<)")
_SYLK = re.compile(rb"ID;P[^\r\n]*[\r\n]+(?:[BCEFOPW];[^\r\n]*[\r\n]*)", re.ASCII)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*(?:[\[{\]\"\d-]|null|true|false))")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b\x1a\x00"))
_TOO_MANY_CONTROLS: Final = 20  # one in so many bytes


def of(head: bytes) -> Kind:
    """Tell the kind by the first bytes; raises Unreadable for what is no list of contacts."""
    if not head:
        raise Unreadable("empty", "The file is empty: there is nothing in it to import.")
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_OLE):
        return "ole"
    _refuse_foreign(head)
    _refuse_archives(head)
    _refuse_disguised(head)
    return "text"


def of_unpacked(head: bytes) -> Kind:
    """Tell the kind of what was packed: text only; raises Unreadable for a package in a package."""
    kind = of(head)
    if kind in {"gzip", "zip"}:
        raise Unreadable(
            "nested_archive",
            "There is an archive inside the archive: unpack it once and upload what is in it.",
        )
    if kind == "ole":
        raise Unreadable(
            "packed_workbook",
            "There is a workbook inside the archive: unpack it and upload the workbook itself.",
        )
    return kind


def is_json(text: str) -> bool:
    """Tell whether a text begins as a JSON object or array does."""
    return _JSON.match(text.lstrip("\ufeff")) is not None


def _refuse_foreign(head: bytes) -> None:
    for magic, code, what in _FOREIGN:
        if head.startswith(magic):
            raise Unreadable(
                code, f"This is {what}: save the list as CSV, Excel (.xlsx) or JSON and try again."
            )


def _refuse_archives(head: bytes) -> None:
    for magic, what in _ARCHIVES:
        if head.startswith(magic):
            raise Unreadable(
                "archive", f"This is {what}: unpack it, or pack the file with zip or gzip."
            )
    if head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        raise Unreadable("archive", "This is a tar archive: unpack it and upload the file in it.")
    if head.startswith(_OLD_EXCEL):
        raise Unreadable(
            "old_excel", "This is a sheet of Excel 4 or older: save it as .xlsx and try again."
        )


def _refuse_disguised(head: bytes) -> None:
    """Refuse text that is no table of values, however it is named."""
    start = head[:4096].removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(start):
        raise Unreadable(
            "html",
            "This is a web page, though it may be named .xls or .csv: open it in a spreadsheet,"
            " save it as .xlsx or CSV, and upload that.",
        )
    if _XML.match(start):
        raise Unreadable(
            "xml",
            "This is XML, perhaps an Excel 2003 sheet: open it in a spreadsheet, save it as .xlsx"
            " or CSV, and upload that.",
        )
    if _SYLK.match(start):
        raise Unreadable(
            "sylk",
            "This is a SYLK file: open it in a spreadsheet, save it as .xlsx or CSV, and upload"
            " that.",
        )
    controls = len(head) - len(head.translate(None, _CONTROL))
    if controls * _TOO_MANY_CONTROLS > len(head) and not _is_wide(head):
        raise Unreadable(
            "binary",
            "This is no text and no workbook that is known here: save the list as CSV, Excel"
            " (.xlsx) or JSON and try again.",
        )


def _is_wide(head: bytes) -> bool:
    """Tell whether this is UTF-16 or UTF-32, in which ordinary letters have such bytes."""
    marked = head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"))
    return marked or head.count(0) * 3 > len(head)
