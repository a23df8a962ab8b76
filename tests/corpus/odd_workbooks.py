"""Workbooks as people have them."""

from datetime import date, datetime

from tests.corpus import workbook_files as made
from tests.corpus.case import odd
from tests.corpus.workbook_files import ods_cell, ods_row, row

EN = ["email", "name"]
HEAD = row(1, "email", "name")
BODY = row(2, "a@x.com", "Ada") + row(3, "g@x.com", "Grace")
DATED = row(1, "email", "born") + row(2, "a@x.com", '<c s="1"><v>45000</v></c>')
ERROR = '<c t="e"><v>#N/A</v></c>'
LINK: dict[str, str | bytes] = {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}
SHARED = row(1, '<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>') + BODY
MERGED = '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'


def book(name, content, columns, rows, kind="xlsx", **more):
    return odd(f"{kind}: {name}", content, columns, rows, kind=kind, file=f"c.{kind}", **more)


WORKBOOKS = [
    book("plain", made.xlsx(HEAD + BODY), EN, [2, 3], cells={(3, 1): "Grace"}),
    book("named csv", made.xlsx(HEAD + BODY), EN, [2, 3]),
    book("shared strings", made.xlsx(SHARED, more=made.strings("email", "name")), EN, [2, 3]),
    book("phone as a number", made.xlsx(row(1, "mobile") + row(2, 447700900123)), ["mobile"], [2], cells={(2, 0): 447700900123}),
    book("phone as an exponent", made.xlsx(row(1, "mobile") + row(2, "4.47700900123E+11").replace('t="inlineStr"><is><t>', "><v>").replace("</t></is>", "</v>")), ["mobile"], [2], cells={(2, 0): 447700900123}),
    book("numbers and booleans", made.xlsx(row(1, "a", "b", "c") + row(2, 1.5, 3, '<c t="b"><v>1</v></c>')), ["a", "b", "c"], [2], cells={(2, 0): 1.5, (2, 1): 3, (2, 2): True}),
    book("1e308", made.xlsx(row(1, "a") + row(2, 1e308)), ["a"], [2], cells={(2, 0): 1e308}),
    book("dates since 1900", made.xlsx(DATED), ["email", "born"], [2], cells={(2, 1): date(2023, 3, 15)}),
    book("dates since 1904", made.xlsx(DATED, epoch_1904=True), ["email", "born"], [2], cells={(2, 1): date(2027, 3, 16)}),
    book("date and time", made.xlsx(row(1, "at") + row(2, '<c s="2"><v>45000.5</v></c>')), ["at"], [2], cells={(2, 0): datetime(2023, 3, 15, 12)}),  # noqa: DTZ001  # a sheet knows no zone
    book("a time alone", made.xlsx(row(1, "at", "b") + row(2, '<c s="2"><v>0.75</v></c>', "x")), ["at", "b"], [2], cells={(2, 0): "18:00:00"}),
    book("the serial 0", made.xlsx(row(1, "at", "b") + row(2, '<c s="1"><v>0</v></c>', "x")), ["at", "b"], [2]),
    book("error cells are text", made.xlsx(HEAD + row(2, "a@x.com", ERROR)), EN, [2], cells={(2, 1): "#N/A"}),
    book("formulas with their last values", made.xlsx(HEAD + row(2, "a@x.com", '<c t="str"><f>A2&amp;""</f><v>Ada</v></c>')), EN, [2], cells={(2, 1): "Ada"}),
    book("title line and gaps", made.xlsx(row(2, "Northwind") + row(4, "email", "name") + row(7, "a@x.com", "A")), EN, [7], header_row=4),
    book("list that begins in column C", made.xlsx(row(3, None, None, "email", "name") + row(4, None, None, "a@x.com", ERROR)), EN, [4], header_row=3, cells={(4, 1): "#N/A"}),
    book("blank rows between", made.xlsx(HEAD + row(5, "a@x.com", "A") + row(9, "b@x.com", "B")), EN, [5, 9]),
    book("first sheet empty", made.xlsx({"Cover": "", "People": HEAD + BODY}), EN, [2, 3]),
    book("first sheet hidden", made.xlsx({"Old": row(1, "x") + row(2, "y"), "People": HEAD + BODY}, hidden=("Old",)), EN, [2, 3]),
    book("sheet by hint", made.xlsx({"A": row(1, "x") + row(2, "y"), "B": HEAD + BODY}), EN, [2, 3], hints={"sheet": "B"}),
    book("merged cells", made.xlsx(row(1, "Title") + row(2, "email", "name") + row(3, "a@x.com", "A") + MERGED), EN, [3], header_row=2),
    book("links to other workbooks", made.xlsx(HEAD + BODY, more=LINK), EN, [2, 3]),
    book("cells without references", made.xlsx("<row><c t='inlineStr'><is><t>email</t></is></c><c t='inlineStr'><is><t>name</t></is></c></row><row><c t='inlineStr'><is><t>a@x.com</t></is></c><c t='inlineStr'><is><t>A</t></is></c></row>"), EN, [2]),
    book("macros", made.xlsx(HEAD + BODY, more={"xl/vbaProject.bin": b"x"}), EN, [2, 3]),
    book("plain", made.ods(ods_row("email", "name") + ods_row("a@x.com", 447700900123)), EN, [2], kind="ods", cells={(2, 1): 447700900123}),
    book("rows and columns to the end of the world, empty", made.ods(ods_row("email", "name") + ods_row("a@x.com", "A") + f'<table:table-row table:number-rows-repeated="1048574">{ods_cell(None, 16384)}</table:table-row>'), EN, [2], kind="ods"),
    book("repeated rows", made.ods(ods_row("email", "name") + ods_row("a@x.com", "A", repeat=3)), EN, [2, 3, 4], kind="ods"),
    book("plain", made.xls([["email", "name"], ["a@x.com", "Ada"], ["b@x.com", 447700900123.0]]), EN, [2, 3], kind="xls", cells={(2, 1): "Ada", (3, 1): 447700900123}),
]  # fmt: skip
