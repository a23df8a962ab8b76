"""A workbook from lines of COPY text."""

import io
import zipfile
from threading import Event

import pytest
from python_calamine import load_workbook

from signalbook.exports import workbook


def packed(lines: bytes, header=("a", "b")) -> bytes:
    out = io.BytesIO()
    workbook.pack(io.BytesIO(lines), header, out)
    return out.getvalue()


def sheets(content: bytes):
    book = load_workbook(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def test_cells_are_texts_and_empty_ones_are_empty():
    content = packed(b"1\t=1+1\n\tx\n")

    assert sheets(content) == [[["a", "b"], ["1", "=1+1"], ["", "x"]]]
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert xml.count(b"inlineStr") == 5


def test_signs_that_xml_cannot_say_are_written_down():
    xml = workbook.xml_of("\x01\x1f\ufffe\uffff\\r\\b\\f\\v_x0041_&<>\\\\n\\n\n".encode()).decode()

    assert "_x0001__x001F__xFFFE__xFFFF__x000D__x0008__x000C__x000B_" in xml
    assert "_x005F_x0041_&amp;&lt;&gt;\\n\n</t>" in xml


def test_a_full_sheet_is_followed_by_another_with_its_own_header(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    monkeypatch.setattr(workbook, "_BLOCK", 16)
    lines = b"".join(b"%d\tx\n" % number for number in range(10))

    found = sheets(packed(lines))

    assert [len(rows) for rows in found] == [5, 5, 3]
    assert [row[0] for rows in found for row in rows[1:]] == [str(n) for n in range(10)]
    assert all(rows[0] == ["a", "b"] for rows in found)


def test_a_sheet_that_is_just_full_is_the_last(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)

    assert len(sheets(packed(b"1\tx\n2\tx\n"))) == 1


def test_it_stops_when_told():
    stop = Event()
    stop.set()

    with pytest.raises(workbook.Stopped):
        workbook.pack(io.BytesIO(b"1\n"), ("a",), io.BytesIO(), stop)


def test_a_header_may_hold_anything():
    names = ["tab\there", "two\nlines", "back\\slash", "<b>"]

    assert sheets(packed(b"1\t2\t3\t4\n", names))[0][0] == names
