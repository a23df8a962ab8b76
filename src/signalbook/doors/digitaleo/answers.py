"""Answers as JSON, XML or CSV, whichever `Accept` names first; an empty one means JSON; no I/O."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from xml.sax.saxutils import escape

import msgspec

from signalbook.doors.digitaleo.model import Row, items_of, members_of, text_of

JSON: Final = "application/json"
XML: Final = "application/xml"
CSV: Final = "text/csv"

_TYPES: Final = {
    JSON: JSON, "application/js": JSON, "application/javascript": JSON, "*/*": JSON,
    "application/*": JSON, XML: XML, "text/xml": XML, CSV: CSV, "text/*": CSV,
}  # fmt: skip
_RISKY: Final = ("=", "@", "\t", "\r")
# What XML 1.0 cannot hold at all (§2.2): control characters, and halves of a pair.
_UNWRITABLE: Final = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)


class Written(NamedTuple):
    """The body of an answer, and its media type."""

    body: bytes
    media_type: str


def written(answer: Row, accept: str) -> Written:
    """Write an answer in the form that is asked for."""
    form = form_of(accept)
    if form == XML:
        return Written(_xml(answer), XML + "; charset=utf-8")
    if form == CSV:
        return Written(_csv(answer), CSV + "; charset=utf-8")
    return Written(msgspec.json.encode(answer), JSON)


def form_of(accept: str) -> str:
    """Choose the form with the greatest `q` that is known here, the first of equals; else JSON."""
    best, form = 0.0, JSON
    for part in accept.split(","):
        kind, *params = [one.strip().lower() for one in part.split(";")]
        weight = next((_weight(one[2:]) for one in params if one.startswith("q=")), 1.0)
        if kind in _TYPES and weight > best:
            best, form = weight, _TYPES[kind]
    return form


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _xml(answer: Row) -> bytes:
    inside = "".join(_element(name, value) for name, value in answer.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<response>{inside}</response>'.encode()


def _element(name: str, value: object) -> str:
    if value is None:
        return f"<{name}/>"
    members = members_of(value)
    if members is not None:
        inside = "".join(_element(one, held) for one, held in members.items())
    elif isinstance(value, list):
        inside = "".join(_element("item", one) for one in items_of(value))  # pyright: ignore[reportUnknownArgumentType]
    else:
        inside = escape(text_of(value).translate(_UNWRITABLE))
    return f"<{name}>{inside}</{name}>"


def _csv(answer: Row) -> bytes:
    """Write the list of an answer, one record a line; of an answer without one its numbers.

    Messages are for the other forms: a table has no place for them.
    """
    numbers = {name: value for name, value in answer.items() if name != "messages"}
    rows: list[Any] = answer.get("list", [numbers])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if rows:
        writer.writerow(rows[0].keys())
        writer.writerows(list(_cells(row)) for row in rows)
    return out.getvalue().encode()


def _cells(row: Row) -> Iterator[str]:
    """Write a record; a text that a spreadsheet would run is led by a quote (OWASP, CSV injection).

    A plus or minus leads numbers more often than formulas: it is marked where no number follows.
    """
    for value in row.values():
        text = ",".join(map(text_of, items_of(value)))
        lead, rest = text[:1], text[1:].replace(".", "").replace(" ", "")
        is_formula = lead in _RISKY or (lead in {"+", "-"} and not rest.isdigit())
        yield f"'{text}" if lead and is_formula else text
