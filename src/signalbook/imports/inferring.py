"""The type of a new field, by what its column holds; no I/O."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from signalbook.fields.model import FieldType, Unfit
from signalbook.imports.parsing.booleans import boolean
from signalbook.imports.parsing.dates import Dates, is_no_day
from signalbook.imports.parsing.numbers import is_lossless, number, style_of

CODES: Final = ("id", "code", "nr", "no", "number", "zip", "plz", "ref", "iban", "siret", "sku")
"""Words of headers whose digits are no number to count with."""

_MERE_SIGNS: Final = frozenset({"x", "o", "s", "t", "f", "j", "n", "y"})


def type_of(samples: Sequence[str], words: Sequence[str] = ()) -> FieldType:
    """Name the type that all samples agree with; text where there are none.

    `words` are those of the header. Nothing is inferred that would lose what a text says: leading
    zeros, a day that may be a month.
    """
    texts = _told(samples)
    if not texts:
        return FieldType.TEXT
    if not set(words) & set(CODES) and _all(texts, _number(style_of(texts))):
        return FieldType.NUMBER
    if not {text.lower() for text in texts} <= _MERE_SIGNS and _all(texts, boolean):
        return FieldType.BOOLEAN
    dates = Dates("", texts)
    if not any(text.isdigit() for text in texts):
        if _all(texts, dates.date) and not _have_times(texts):
            return FieldType.DATE
        if _all(texts, dates.datetime):
            return FieldType.DATETIME
    return _of_json(texts)


def fits(kind: str, samples: Sequence[str]) -> float:
    """Tell which share of samples a field of this type would take."""
    texts = _told(samples)
    if not texts:
        return 1.0
    dates = Dates("dmy", texts)
    reads: dict[str, Callable[[str], object]] = {
        FieldType.NUMBER: lambda text: number(text, style_of(texts)),
        FieldType.BOOLEAN: boolean,
        FieldType.DATE: dates.date,
        FieldType.DATETIME: dates.datetime,
    }
    read = reads.get(kind)
    if read is None:
        return 1.0
    either = Dates("mdy", texts).date if kind == FieldType.DATE else read
    return sum(_takes(read, text) or _takes(either, text) for text in texts) / len(texts)


def _told(samples: Sequence[str]) -> list[str]:
    """Return the samples that say something; a date of zeros says that there is none."""
    texts = (text.strip() for text in samples)
    return [text for text in texts if text and not is_no_day(text)]


def _number(style: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        if text.lstrip("+-").isdigit() and not is_lossless(text):
            raise Unfit
        return number(text, "comma" if style == "comma" else "point" if style == "point" else "")

    return read


def _all(texts: Sequence[str], read: Callable[[str], object]) -> bool:
    return all(_takes(read, text) for text in texts)


def _takes(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except Unfit:
        return False
    return True


def _have_times(texts: Sequence[str]) -> bool:
    return any(":" in text and not text.endswith(("00:00", "00:00:00")) for text in texts)


def _of_json(texts: Sequence[str]) -> FieldType:
    """Tell lists and objects, which begin with a bracket, from text."""
    if not all(text[0] in "[{" for text in texts):
        return FieldType.TEXT
    try:
        values = [msgspec.json.decode(text) for text in texts]
    except msgspec.DecodeError:
        return FieldType.TEXT
    if all(isinstance(value, list) for value in values):
        return FieldType.LIST
    return FieldType.OBJECT if all(isinstance(one, dict) for one in values) else FieldType.TEXT
