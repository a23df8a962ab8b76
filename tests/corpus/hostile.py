"""Files made to bring a reader down, and files that are not what they say they are."""

import gzip
import io
import os
import random
import struct
import zipfile
import zlib

from tests.corpus import workbook_files as made
from tests.corpus.case import Case, bad, odd
from tests.corpus.workbook_files import ods_cell, ods_row, row

CSV = b"email,name\na@x.com,Ada\n"
EN = ["email", "name"]
HEAD = row(1, "email", "name") + row(2, "a@x.com", "Ada")
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def patched(content: bytes, signature: bytes, at: int, value: bytes) -> bytes:
    """Change a field behind the last occurrence of a signature."""
    where = content.rfind(signature) + at
    return content[:where] + value + content[where + len(value) :]


def directory_says(at: int, value: bytes) -> bytes:
    return patched(zipped(("a.csv", CSV * 50)), b"PK\x01\x02", at, value)


def nested_bomb() -> bytes:
    inner = zipped(*[(f"{n}.csv", b"0" * 1_000_000) for n in range(16)])
    return zipped(*[(f"{n}.zip", inner) for n in range(16)])


def many_entries(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.csv", b"")
    return file.getvalue()


def overlapping() -> bytes:
    """Ten entries that all name the same packed bytes."""
    one = zipped(("a.csv", CSV * 1_000))
    at = one.find(b"PK\x01\x02")
    end = one.find(b"PK\x05\x06")
    directory = one[at:end] * 10
    tail = bytearray(one[end:])
    struct.pack_into("<HHI", tail, 8, 10, 10, len(directory))
    return one[:at] + directory + bytes(tail)


def gzip_bomb(byte: bytes, megabytes: int, head: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    content = packer.compress(head)
    for _ in range(megabytes):
        content += packer.compress(byte * (1 << 20))
    return content + packer.flush()


def tall_sheet(rows: int) -> str:
    return "".join(
        f'<row r="{n}"><c r="XFD{n}" s="1"/><c r="A{n}"><v>1</v></c></row>' for n in range(1, rows)
    )


def biff_lies() -> bytes:
    return made.xls([["email", "name"], ["a@x.com", "Ada"]]).replace(
        struct.pack("<HH", 0x204, 8 + 1 + 10), struct.pack("<HH", 0x204, 60_000)
    )


ZIPS = [
    bad("zip of zips", nested_bomb, "nested_archive"),
    bad("zip in gzip", gzip.compress(zipped(("a.csv", CSV))), "nested_archive"),
    bad("gzip in gzip", gzip.compress(gzip.compress(CSV)), "nested_archive"),
    bad("gzip in zip", zipped(("a.csv.gz", gzip.compress(CSV))), "nested_archive"),
    bad("workbook in zip", zipped(("a.xlsx", made.xlsx(HEAD))), "nested_archive"),
    bad("xls in zip", zipped(("a.xls", made.xls([["a"]]))), "packed_workbook"),
    bad("20,000 files", lambda: many_entries(20_000), "too_many_members"),
    bad("100,000 files", lambda: many_entries(100_000), "too_many_members"),
    bad("a member that is locked", directory_says(8, b"\x01\0"), "encrypted"),
    bad("zip cut off", zipped(("a.csv", CSV * 100))[:-30], "damaged"),
    bad("zip of its first bytes", b"PK\x03\x04", "damaged"),
    bad("zip of noise", b"PK\x03\x04" + random.Random(1).randbytes(5_000), "damaged"),
    bad("empty zip", zipped(), "empty"),
    bad("zip of folders", zipped(("a/", b""), ("b/", b"")), "empty"),
    bad("zip of an empty file", zipped(("a.csv", b"")), "empty"),
    bad("checksum wrong", directory_says(16, b"\0\0\0\0"), "damaged"),
    odd("declared larger than it is", directory_says(24, struct.pack("<I", 1 << 30)), EN, 99),
    bad("declared smaller than it is", directory_says(24, struct.pack("<I", 40)), "damaged"),
    bad("a method nobody has", directory_says(10, struct.pack("<H", 99)), "packed_unknown|damaged"),
    bad("an entry that lies elsewhere", directory_says(42, struct.pack("<I", 9_999)), "damaged"),
    odd("zip64 that lies", directory_says(24, b"\xff\xff\xff\xff"), EN, 99),
    bad("member that is not there", zipped(("a.csv", CSV)), "member_missing", hints={"member": "../b"}),
    odd("names that climb out", zipped(("../../x.csv", CSV)), EN, [2]),
    odd("an absolute name", zipped(("/etc/passwd", CSV)), EN, [2]),
    odd("a name of Windows", zipped(("C:\\x.csv", CSV)), EN, [2]),
    odd("a name with a bidi override", zipped(("\u202ecsv.exe", CSV)), EN, [2]),
    odd("entries that overlap", overlapping(), EN, 1_999, ragged=[]),
    bad("a zip behind a web page", b"<html><body></body></html>" + zipped(("a.csv", CSV)), "html"),
    bad("a web page in a zip", zipped(("a.csv", b"<!DOCTYPE html><table>")), "html"),
    bad("a program in a zip", zipped(("a.csv", b"MZ\x90\0" + b"\0" * 100)), "program"),
    bad("gzip of 64 MB of one line", lambda: gzip_bomb(b"0", 64), "line_too_long"),
    bad("gzip of 20 MB of blank lines", lambda: gzip_bomb(b"\n", 20), "empty"),
    odd("gzip of 1 MB of blank lines behind a row", gzip_bomb(b"\n", 1, CSV), EN, [2]),
    bad("gzip cut off", gzip.compress(os.urandom(1) * 100 + CSV * 100)[:-20], "damaged"),
    bad("gzip with a wrong checksum", gzip.compress(CSV)[:-8] + b"\0" * 8, "damaged"),
    bad("gzip of its first bytes", b"\x1f\x8b", "damaged"),
    bad("gzip with rubbish behind", gzip.compress(CSV) + b"rubbish", "damaged"),
]  # fmt: skip

SHEETS = [
    bad("xlsx: A1 and XFD1048576", made.xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "sheet_too_large"),
    bad("xlsx: the same in small letters", made.xlsx('<row r="1"><c r="a1"><v>1</v></c></row><row r="1048576"><c r="xfd1048576"><v>1</v></c></row>'), "sheet_too_large"),
    bad("xlsx: the same in single quotes", made.xlsx("<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r = 'XFD1048576'><v>1</v></c></row>"), "sheet_too_large"),
    bad("xlsx: the corners without references", lambda: made.xlsx("<row>" + "<c/>" * 16_383 + "<c><v>1</v></c></row>" + "<row/>" * 60_000 + "<row><c><v>1</v></c></row>"), "sheet_too_large"),
    bad("xlsx: a cell far right in 2,000 rows", lambda: made.xlsx(tall_sheet(2_000)), "sheet_too_large"),
    bad("xlsx: 16,384 columns", made.xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'), "too_many_columns"),
    bad("xlsx: a reference beyond all", made.xlsx('<row r="1"><c r="ZZZZZZZ9999999999"><v>1</v></c></row>'), "sheet_too_large|workbook_broken"),
    bad("xlsx: row 0", made.xlsx('<row r="0"><c r="A0"><v>1</v></c></row>'), "workbook_broken|empty|sheet_too_large"),
    bad("xlsx: references that are none", made.xlsx('<row r="x"><c r="!!"><v>1</v></c></row>'), "workbook_broken|empty"),
    bad("xlsx: billion laughs among the strings", made.xlsx(row(1, '<c t="s"><v>0</v></c>'), more=made.strings("&i;", prolog=LAUGHS)), "workbook_broken|empty"),
    bad("xlsx: billion laughs in the list of sheets", made.xlsx(HEAD, prolog=LAUGHS), "xml_entities"),
    bad("xlsx: external entity", made.xlsx(HEAD, prolog=EXTERNAL), "xml_entities"),
    bad("xlsx: external entity among the strings", made.xlsx(row(1, '<c t="s"><v>0</v></c>'), more=made.strings("&a;", prolog=EXTERNAL)), "workbook_broken|empty"),
    bad("xlsx: a string that is not there", made.xlsx(row(1, '<c t="s"><v>99</v></c>')), "workbook_broken|empty"),
    bad("xlsx: 110 MB of strings in 110 kB", lambda: made.xlsx(HEAD, more=made.strings(" " * 110_000_000)), "workbook_too_large"),
    bad("xlsx: a sheet of 110 MB of blanks", lambda: made.xlsx(HEAD + " " * 110_000_000), "workbook_too_large"),
    bad("xlsx: no list of sheets", made.xlsx(HEAD, without=("xl/workbook.xml",)), "no_sheets"),
    bad("xlsx: the sheet is missing", made.xlsx(HEAD, without=("xl/worksheets/sheet1.xml",)), "workbook_broken|empty"),
    bad("xlsx: a sheet that is no XML", made.xlsx("<row></c></v>"), "workbook_broken|empty"),
    bad("xlsx: 100,000 elements deep", made.xlsx("<row>" * 100_000), "workbook_broken|empty|sheet_too_large"),
    bad("xlsx: cut off", made.xlsx(HEAD)[:-100], "damaged"),
    bad("xlsx: locked", made.ole({"EncryptedPackage": b"x" * 5_000, "EncryptionInfo": b"x"}), "encrypted"),
    bad("xlsx: binary workbook", made.packed({"[Content_Types].xml": "", "xl/workbook.bin": b"x"}), "not_a_table"),
    bad("xlsx: Word document", made.packed({"[Content_Types].xml": "", "word/document.xml": "<x/>"}), "not_a_table"),
    bad("xlsx: sheet by a name there is none of", made.xlsx(HEAD), "sheet_missing", hints={"sheet": "Nobody"}),
    bad("xlsx: a cell of 2 MB", lambda: made.xlsx(HEAD + row(3, "x" * 2_000_000)), "cell_too_large"),
    odd("xlsx: named csv", made.xlsx(HEAD), EN, [2], file="contacts.csv"),
    odd("csv: named xlsx", CSV, EN, [2], file="contacts.xlsx"),
    bad("ods: a row of 16,384 a million times", made.ods(f'<table:table-row table:number-rows-repeated="1048576">{ods_cell("x", 16_384)}</table:table-row>'), "sheet_too_large"),
    bad("ods: a cell behind a million empty rows and columns", made.ods(ods_row("a") + f'<table:table-row table:number-rows-repeated="1048574">{ods_cell(None)}</table:table-row><table:table-row>{ods_cell(None, 16_383)}{ods_cell("x")}</table:table-row>'), "sheet_too_large"),
    bad("ods: ten billion rows", made.ods(f'<table:table-row table:number-rows-repeated="9999999999">{ods_cell("x")}</table:table-row>'), "sheet_too_large"),
    bad("ods: repeated minus once", made.ods(f'<table:table-row table:number-rows-repeated="-1">{ods_cell("x")}</table:table-row>'), "workbook_broken|empty"),
    bad("ods: locked", made.ods(ods_row("a"), manifest="<manifest:encryption-data/>"), "encrypted"),
    bad("ods: a text document", made.ods(ods_row("a"), kind="text"), "not_a_table"),
    bad("ods: no XML", made.ods("<table:table-row></x>"), "workbook_broken|empty"),
    bad("xls: a document of Word", made.ole({"WordDocument": b"x" * 5_000}), "not_a_table"),
    bad("xls: cut off", made.xls([["email", "name"], ["a@x.com", "Ada"]])[:2_000], "workbook_broken|not_a_table"),
    bad("xls: noise behind its first bytes", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(2).randbytes(9_000), "workbook_broken|not_a_table"),
    bad("xls: noise for a workbook", made.ole({"Workbook": random.Random(3).randbytes(9_000)}), "workbook_broken|empty"),
    odd("xls: dimensions that lie", made.xls([["email", "name"], ["a@x.com", "Ada"]], dimensions=(65_536, 256)), EN, [2]),
    bad("xls: records longer than the file", biff_lies, "workbook_broken|empty"),
]  # fmt: skip

DOCUMENTS = [
    bad("json: 100,000 arrays deep", b"[" * 100_000, "json_too_deep|json_no_object"),
    bad("json: 100,000 arrays deep in an object", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "json_too_deep"),
    bad("json: 100,000 objects deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json_too_deep"),
    bad("json: 40 deep", b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "json_too_deep"),
    bad("json: a string of 40 MB that never ends", lambda: b'[{"a":"' + b"x" * 40_000_000, "object_too_large"),
    bad("json: a string of 2 MB", lambda: b'[{"a":"' + b"x" * 2_000_000 + b'"}]', "object_too_large"),
    bad("json: array cut off", b'[{"email":"a@x.com"},{"email":"b@', "json_cut_off"),
    bad("json: array without its end", b'[{"email":"a@x.com"}', "json_cut_off"),
    bad("json: lines, the third is bad", b'{"a":1}\n{"a":2}\n{"a":oops}\n{"a":4}\n', "json_invalid"),
    bad("json: numbers", b"[1,2,3]", "json_no_object"),
    bad("json: arrays of arrays", b'[["email"],["a@x.com"]]', "json_no_object"),
    bad("json: a string among the objects", b'[{"a":1},"b"]', "json_no_object"),
    bad("json: no objects", b"[]", "empty"),
    bad("json: one bracket", b"[{", "json_cut_off"),
    bad("json: 3,000 keys", ("{" + ",".join(f'"k{n}":1' for n in range(3_000)) + "}").encode(), "too_many_columns"),
    bad("json: ever new keys", lambda: "\n".join(f'{{"k{n}":1}}' for n in range(5_000)).encode(), "too_many_columns"),
    bad("json: words behind", b'{"a":1}\nand so on', "json_no_object"),
    bad("json: a million brackets that never meet", b'[{"a":' + b"{[" * 500_000, "json_too_deep|json_cut_off|json_invalid|object_too_large"),
    bad("json: bad escape", b'{"a":"\\q"}', "json_invalid"),
    odd("json: 10,000 digits", b'{"a":' + b"9" * 10_000 + b"}", ["a"], [1]),
]  # fmt: skip

FOREIGN = [
    bad("html named xls", b"<html><table><tr><td>email</td></tr></table></html>", "html", file="c.xls"),
    bad("html table alone", b"\n <TABLE border=1><tr><td>email", "html", file="c.xls"),
    bad("html with a bom", b"\xef\xbb\xbf<!DOCTYPE HTML><html>", "html"),
    bad("Excel 2003 XML", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "xml", file="c.xls"),
    bad("sylk", b'ID;PWXL;N;E\nC;Y1;X1;K"email"\nE\n', "sylk"),
    bad("pdf", b"%PDF-1.7\n" + b"x" * 100, "pdf"),
    bad("png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image"),
    bad("program", b"\x7fELF\x02" + b"\0" * 50, "program"),
    bad("sqlite", b"SQLite format 3\x00" + b"\0" * 50, "database"),
    bad("rar", b"Rar!\x1a\x07\x00" + b"x" * 50, "archive"),
    bad("7-zip", b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "archive"),
    bad("bzip2", b"BZh91AY&SY" + b"x" * 50, "archive"),
    bad("tar", b"a.csv".ljust(257, b"\0") + b"ustar\x00" + b"\0" * 249, "archive"),
    bad("vcard", b"BEGIN:VCARD\nFN:Ada\nEND:VCARD\n", "vcard"),
    bad("rich text", b"{\\rtf1 hello}", "rtf"),
    bad("noise", random.Random(4).randbytes(100_000), "binary"),
    bad("20 MB without a line end", lambda: b"x," * 10_000_000, "line_too_long|too_many_columns"),
    bad("a quote, then 30 MB", lambda: b'email,name\na@x.com,"' + b"b@x.com,B\n" * 3_000_000, "cell_too_large", failed_row=2),
]  # fmt: skip

# These end the process that reads them, by its limits: only a parent can tell.
KILLERS = [
    bad("xlsx: four billion strings promised", made.xlsx(HEAD, more=made.strings("a", attributes=' count="4294967295" uniqueCount="4294967295"')), "too_much_memory"),
    bad("xls: a table of sectors that goes in circles", made.ole({"Workbook": b"x" * 5_000})[:-512] + struct.pack("<128I", *([0] * 128)), "too_much_memory"),
]  # fmt: skip

HOSTILE: list[Case] = [*ZIPS, *SHEETS, *DOCUMENTS, *FOREIGN]
