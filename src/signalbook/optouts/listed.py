"""Lists of addresses as they are sent: JSON, one a line, or a column of a CSV; no I/O."""

import csv
import io
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from signalbook.optouts.errors import ListUnreadable

COLUMNS: Final = ("address", "email", "e-mail", "mobile", "number", "phone", "msisdn", "id")
"""By which of these names the column of addresses is found; without any it is the first."""
_CSV_SIGNS: Final = ",;\t"


class FileRow(NamedTuple):
    """A row of a file of opt-outs: its number as a spreadsheet shows it, and what it says."""

    number: int
    address: str
    channel: str
    reason: str


def addresses(raw: bytes) -> list[str]:
    """Read a complete list of addresses; raises ListUnreadable.

    It is a JSON array of texts, or lines, of which the first cell counts, or that of the column
    named `address`, `email` or the like. Blank lines and a byte order mark are passed over.
    """
    if raw.lstrip()[:1] in {b"[", b"{"}:
        try:
            return [one for one in msgspec.json.decode(raw, type=list[str]) if one.strip()]
        except msgspec.DecodeError as fault:
            raise ListUnreadable(reason="it is no JSON list of texts") from fault
    return [row.address for row in rows(raw, "", "")]


def rows(raw: bytes, channel: str, reason: str) -> Iterator[FileRow]:
    """Read a CSV with the columns address, channel and reason; raises ListUnreadable.

    A column that is missing, or empty in a row, is `channel` or `reason`.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ListUnreadable(reason="it is not UTF-8 text") from fault
    first = text.partition("\n")[0]
    sign = max(_CSV_SIGNS, key=first.count)
    places = {"address": 0}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        for number, cells in enumerate(reader, 1):
            if number == 1 and (named := _header(cells)) is not None:
                places = named
                continue
            said = {name: cells[at].strip() for name, at in places.items() if at < len(cells)}
            if said.get("address"):
                yield FileRow(
                    number,
                    said["address"],
                    (said.get("channel") or channel).lower(),
                    (said.get("reason") or reason).lower(),
                )
    except csv.Error as fault:
        raise ListUnreadable(reason=f"line {reader.line_num} is no CSV ({fault})") from fault


def _header(cells: list[str]) -> dict[str, int] | None:
    """Return where the columns are, if these cells are names of columns."""
    names = [cell.strip().lower() for cell in cells]
    found = next((name for name in COLUMNS if name in names), None)
    if found is None:
        return None
    places = {"address": names.index(found)}
    return places | {name: names.index(name) for name in ("channel", "reason") if name in names}
