"""Numbers as people write them: with decimal commas, and thousands set apart; no I/O."""

import re
from collections.abc import Iterable
from typing import Final, Literal

from signalbook.fields.model import FieldType, Unfit, fit

Style = Literal["", "comma", "point"]
"""What stands before the decimals of a column; "" where no sample tells."""

_BLANKS = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_LOSSLESS = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_BY_COMMAS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_BY_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_THREE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_MOST_DIGITS: Final = 15
"""As many decimal digits as a float keeps (IEEE 754 binary64)."""


def style_of(samples: Iterable[str]) -> Style:
    """Tell how a column writes decimals, by those samples that leave no doubt."""
    seen: set[Style] = set()
    for sample in samples:
        text = _BLANKS.sub("", sample.strip())
        if _THREE.fullmatch(text):
            continue
        if _BY_POINTS.fullmatch(text) or _DECIMAL_COMMA.fullmatch(text):
            seen.add("comma")
        elif _BY_COMMAS.fullmatch(text) or (_PLAIN.fullmatch(text) and "." in text):
            seen.add("point")
    return seen.pop() if len(seen) == 1 else ""


def number(text: str, style: Style) -> int | float:
    """Read a number; raises Unfit for what is none, and where 1,234 may be two numbers."""
    text = _BLANKS.sub("", text)
    if style == "comma" and _BY_POINTS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif not _PLAIN.fullmatch(text):
        text = _with_point(text, style)
    value = fit("", FieldType.NUMBER, text)
    assert isinstance(value, int | float)  # noqa: S101  # what a number is stored as
    return value


def is_lossless(text: str) -> bool:
    """Tell whether a number says all that its text says: no leading zero, no digit too many."""
    return _LOSSLESS.fullmatch(text) is not None and (
        len(text) <= _MOST_DIGITS or sum(map(str.isdigit, text)) <= _MOST_DIGITS
    )


def _with_point(text: str, style: Style) -> str:
    by_commas, decimal = _BY_COMMAS.fullmatch(text), _DECIMAL_COMMA.fullmatch(text)
    if by_commas and decimal and not text.lstrip("+-").startswith("0"):
        if not style:
            raise Unfit
        return text.replace(",", "." if style == "comma" else "")
    if decimal:
        return text.replace(",", ".")
    if by_commas:
        return text.replace(",", "")
    if _BY_POINTS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    raise Unfit
