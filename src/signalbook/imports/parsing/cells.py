"""A cell as text, without what a spreadsheet or our own export put around it; no I/O."""

import re
import unicodedata
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple, cast

import msgspec

from signalbook.kit.errors import Problem

UNPROTECTED: Final = "apostrophe_removed"
FORMULA: Final = "formula_read"

_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠\x00]|''+[0-9]")
_PROTECTED = re.compile(r"'(?:\+[0-9]+|(?=\(|0|[0-9]{3})\(?[0-9][0-9 .,()/-]*)")
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_POSTCODE = re.compile(r"'[0-9A-Za-z][0-9A-Za-z -]*")
_INVISIBLE: Final = "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f\u202a\u202c"
_UNSEEN = str.maketrans(dict.fromkeys(_INVISIBLE))
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WHOLE: Final = 2**53


class Manner(NamedTuple):
    """How the cells of a file are taken."""

    is_json: bool = False
    is_exact: bool = False
    """Whether blanks around a text are part of it: in JSON and in what we exported ourselves."""


def text_of(cell: Any) -> str:  # noqa: ANN401, PLR0911  # whatever a reader gives, each kind of it
    """Write a cell as a person would type it; numbers without `.0`, times in ISO 8601."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _WHOLE:
        return str(int(cell))
    if isinstance(cell, datetime):
        if cell.time() == time():
            return cell.date().isoformat()
        return cell.isoformat(timespec="seconds" if not cell.microsecond else "auto")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, list | dict):
        return msgspec.json.encode(cell).decode()
    return str(cell)


def as_shown(text: str, manner: Manner, *, is_postcode: bool = False) -> tuple[str, str]:
    """Return what a spreadsheet shows of a cell, and what was mended ("" for nothing).

    Shopify and people put an apostrophe before a number that is to keep its zeros, Excel writes
    `="01234"` for the same: a text, which is taken out; nothing is ever worked out. Two digits
    behind an apostrophe may be a year, and stay. What an export of ours has neutralised comes back
    as it was, which is no change.
    """
    if manner.is_json or text[:1] not in {"'", "="}:
        return text, ""
    if not manner.is_exact:
        if _PROTECTED.fullmatch(text) or (is_postcode and _POSTCODE.fullmatch(text)):
            return text[1:], UNPROTECTED
        formula = _TEXT_FORMULA.fullmatch(text)
        if formula is not None:
            return formula[1].replace('""', '"'), FORMULA
    return restored(text), ""


def is_text_formula(text: str) -> bool:
    """Tell whether a cell is a formula that is a text alone, like `="01234"`."""
    return _TEXT_FORMULA.fullmatch(text) is not None


def restored(text: str) -> str:
    """Take away the apostrophe by which an export kept a spreadsheet from running the cell.

    Exactly one was put before a text that, behind any apostrophes, begins like a formula, and
    before apostrophes with a digit behind them; so one goes, and what had one of its own keeps it.
    (OWASP, CSV injection.)
    """
    return text[1:] if text.startswith("'") and _NEUTRALISED.match(text) else text


def cleaned(text: str) -> str:
    """Return a text of an identifier in ASCII's shapes, without blanks and invisible characters.

    `ａｄａ＠example.com` becomes `ada@example.com` (Unicode NFKC).
    """
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).translate(_UNSEEN).strip()


def trimmed(text: str) -> str:
    """Return a text without the blanks around it, seen and unseen."""
    return text.strip() if text.isascii() else text.strip().strip("\ufeff\u200b\u2060").strip()


def is_blank(cell: Any) -> bool:  # noqa: ANN401  # as `text_of`
    """Tell whether there is nothing in a cell."""
    return cell is None or (isinstance(cell, str) and not trimmed(cell))


def unstorable(field: str, text: str) -> Problem | None:
    """Say why PostgreSQL could not hold a text, if so."""
    if "\x00" in text:
        sentence = f"{field} contains a NUL character, which cannot be stored"
        return Problem(field, sentence, "nul")
    if not text.isascii() and _SURROGATE.search(text):
        sentence = f"{field} contains half a character, which no encoding has"
        return Problem(field, sentence, "text_broken")
    return None


def object_of(cell: Any) -> dict[str, Any] | None:  # noqa: ANN401  # as above
    """Read a cell as a JSON object; None where it is none."""
    if isinstance(cell, str):
        try:
            cell = msgspec.json.decode(cell)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return None
    return cast("dict[str, Any]", cell) if isinstance(cell, dict) else None
