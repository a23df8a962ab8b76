"""Values that other importers bend on the way in: here every cell comes out as it stands."""

import gzip
import io
import zipfile

from tests.corpus.case import odd

_VALUES = {
    "leading zeros": "007",
    "phone as an exponent": "3.36E+10",
    "ambiguous date": "01/02/03",
    "impossible date": "2024-02-30",
    "excel serial": "45292",
    "hour 24": "24:00",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "thousands and decimal comma": "1.234.567,89",
    "true": "TRUE",
    "vrai": "VRAI",
    "oui": "oui",
    "one": "1",
    "emoji": "😀",
    "zero-width joiner": "👩\u200d👧",
    "combining marks": "e\u0301te\u0301",
    "right to left": "שלום",
    "right-to-left mark": "\u200fA",
    "homoglyph domain": "a@exаmple.com",
    "international domain": "a@bücher.example",
    "upper-case domain": "A@EXAMPLE.COM",
    "dots and tags": "a.d.a+news@example.com",
    "trailing space": "a@example.com ",
    "non-breaking space": "a@example.com\u00a0",
    "full-width at": "a＠example.com",
    "quoted local part": '"a b"@example.com',
    "254 characters": "a" * 242 + "@example.com",
    "two addresses": "a@example.com; b@example.com",
    "mailto": "mailto:a@example.com",
    "name and address": "Ada <a@example.com>",
    "formula": "=1+1",
    "formula with a command": "=cmd|' /C calc'!A0",
    "at formula": "@SUM(A1)",
    "minus formula": "-2+3",
    "html": "<b>Ada</b><script>alert(1)</script>",
    "template braces": "{{7*7}}${7*7}",
    "sql quotes": "'; DROP TABLE contacts; --",
    "null": "NULL",
    "not a number": "NaN",
    "excel error": "#N/A",
    "backslash n": "\\n\\N",
    "percent": "15 %",
    "money": "€ 1.000,00",
    "url": "https://example.com/?a=1,2&b=3",
    "crlf injection": "a@example.com\r\nBcc: b@example.com",
    "zero-width space": "a\u200b@example.com",
    "long digits": "123456789012345678901234567890",
}  # fmt: skip


def _with_value(value: str) -> str:
    quoted = '"' + value.replace('"', '""') + '"'
    return f"id,value,city\n1,{quoted},London\n2,x,Paris\n"


VALUES = [
    odd(
        f"value: {name}", _with_value(value), ["id", "value", "city"], [2, 3], cells={(2, 1): value}
    )
    for name, value in _VALUES.items()
]


def zipped(**members: bytes) -> bytes:
    """A zip of these files, a dot for each double underscore."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return file.getvalue()


TWO = b"email,name\nada@example.com,Ada\ngrace@example.com,Grace\n"
OTHER = b"id;city\n1;London\n"

PACKED = [
    odd("gzip", gzip.compress(TWO), ["email", "name"], [2, 3], file="contacts.csv.gz"),
    odd("gzip named csv", gzip.compress(TWO), ["email", "name"], [2, 3]),
    odd("two gzips in one", gzip.compress(TWO[:27]) + gzip.compress(TWO[27:]), ["email", "name"], [2, 3]),
    odd("zip", zipped(a__csv=TWO), ["email", "name"], [2, 3], file="contacts.zip"),
    odd("zip named csv", zipped(a__csv=TWO), ["email", "name"], [2, 3]),
    odd("zip of two: the first", zipped(a__csv=TWO, b__csv=OTHER), ["email", "name"], [2, 3], note="2 files"),
    odd("zip of two: the chosen", zipped(a__csv=TWO, b__csv=OTHER), ["id", "city"], [2], hints={"member": "b.csv"}),
    odd("zip with what a Mac adds", zipped(**{"__MACOSX/._a__csv": b"x", "__DS_Store": b"x", "a__csv": TWO}), ["email", "name"], [2, 3]),
    odd("zip of utf-16", zipped(a__txt="email\tname\na@x.com\tÀ\n".encode("utf-16")), ["email", "name"], [2]),
    odd("text named xls", TWO, ["email", "name"], [2, 3], file="contacts.xls", note="named"),
    odd("csv of which the first name is ID", "ID;email;name\n1;a@x.com;A\n2;b@x.com;B\n", ["ID", "email", "name"], [2, 3], delimiter=";"),
]  # fmt: skip
