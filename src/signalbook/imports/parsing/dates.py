"""Dates as files have them, read into ISO 8601; no I/O.

Day and month are told apart by what the person chose, by the column (31/12/2024 somewhere in it)
or by the date itself. A date that may be two is refused.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, NamedTuple

from signalbook.fields.model import Unfit
from signalbook.kit import clock
from signalbook.kit.spelling import fold

Order = Literal["", "dmy", "mdy", "ymd"]

TWO_DIGITS: Final = "year_two_digits"
SERIAL: Final = "date_from_serial"
TIME_DROPPED: Final = "time_dropped"

_TIME = (
    r"(?:(?:T|[ ,]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<part>\.\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})" + _TIME, re.ASCII
)
_YEAR_LAST = re.compile(
    r"(?P<a>\d{1,2})(?P<sign>[-/.])\s?(?P<b>\d{1,2})(?P=sign)\s?(?P<year>\d{4}|\d{2})" + _TIME,
    re.ASCII,
)
_DAY_NAMED = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º)?[.\s-]*(?:de\s+)?(?P<name>[^\W\d_]+)\.?,?[\s-]*(?:de\s+)?"
    r"(?P<year>\d{4})" + _TIME
)
_NAMED_DAY = re.compile(
    r"(?P<name>[^\W\d_]+)\.?[\s-]+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(?P<year>\d{4})" + _TIME
)
_COMPACT = re.compile(r"(?P<year>[12]\d{3})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
_NO_DAY = re.compile(
    r"0{1,4}([-/.])0{1,2}\1(?:0{4}|0{1,2})(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?Z?)?", re.ASCII
)
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 73_415  # 1927-05-18 to 2100-12-31
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a sheet's dates have no zone
_MONTHS_OF_A_YEAR = 12
_NOON = 12

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january janv janvier januar janner ene enero janeiro",
            "feb february fev fevr fevrier februar febrero fevereiro",
            "mar march mars marz maerz mrz marzo marco",
            "apr april avr avril abr abril",
            "may mai mayo maio",
            "jun june juin juni junio junho",
            "jul july juil juillet juli julio julho",
            "aug august aout ago agosto",
            "sep sept september septembre septiembre set setembro",
            "oct october octobre okt oktober octubre out outubro",
            "nov november novembre noviembre novembro",
            "dec december decembre dez dezember dic diciembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}


class Moment(NamedTuple):
    """A date, its time of day where there was one, and what was mended."""

    day: date
    clock: str = ""
    notes: tuple[str, ...] = ()


class AmbiguousDate(Unfit):
    """Day and month cannot be told apart."""


class Dates:
    """Reads the dates of one column."""

    def __init__(self, order: Order, samples: Iterable[str] = ()) -> None:
        """Hold to an order, or find the one that the samples show."""
        self.order: Order = order or order_of(samples)
        self._this_year = clock.now().year

    def date(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Return a date as YYYY-MM-DD, and what was mended; raises Unfit, AmbiguousDate."""
        if _ISO.fullmatch(text):
            return _day(text).isoformat(), ()
        moment = self._moment(text)
        dropped = moment.clock not in {"", "00:00:00"} and moment.clock[:8] != "00:00:00"
        return moment.day.isoformat(), (*moment.notes, *((TIME_DROPPED,) if dropped else ()))

    def datetime(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Return a time in ISO 8601, and what was mended; raises Unfit, AmbiguousDate."""
        if _ISO_TIME.fullmatch(text):
            try:
                datetime.fromisoformat(text)
            except ValueError as impossible:
                raise Unfit from impossible
            return text, ()
        moment = self._moment(text)
        return f"{moment.day.isoformat()}T{moment.clock or '00:00:00'}", moment.notes

    def _moment(self, text: str) -> Moment:
        if found := _YEAR_FIRST.fullmatch(text):
            return Moment(_made(found["year"], found["month"], found["day"]), _clock(found))
        if found := _YEAR_LAST.fullmatch(text):
            return self._year_last(found)
        if found := _DAY_NAMED.fullmatch(text) or _NAMED_DAY.fullmatch(text):
            month = _MONTHS.get(fold(found["name"]))
            if month is None:
                raise Unfit
            return Moment(_made(found["year"], str(month), found["day"]), _clock(found))
        if found := _COMPACT.fullmatch(text):
            return Moment(_made(found["year"], found["month"], found["day"]))
        raise Unfit

    def _year_last(self, found: re.Match[str]) -> Moment:
        first, second, year = found["a"], found["b"], found["year"]
        notes: tuple[str, ...] = ()
        is_short = len(year) < len("2024")
        if is_short:
            notes = (TWO_DIGITS,)
        if is_short and self.order == "ymd":
            return Moment(_made(self._century(first), second, year), _clock(found), notes)
        if is_short:
            year = self._century(year)
        order = self.order if self.order != "ymd" else ""
        if not order:
            order = _own_order(first, second, found["sign"])
        day, month = (first, second) if order == "dmy" else (second, first)
        return Moment(_made(year, month, day), _clock(found), notes)

    def _century(self, year: str) -> str:
        """Take two digits for the last year that ends in them."""
        full = self._this_year // 100 * 100 + int(year)
        return str(full if full <= self._this_year else full - 100)


def is_no_day(text: str) -> bool:
    """Tell whether a date is all zeros, as MySQL (`0000-00-00`) and Outlook write one not known."""
    return _NO_DAY.fullmatch(text) is not None


def order_of(samples: Iterable[str]) -> Order:
    """Tell day from month by those dates of a column that leave no doubt."""
    seen: set[Order] = set()
    for sample in samples:
        found = _YEAR_LAST.fullmatch(sample.strip())
        if found and found["a"] != found["b"]:
            with suppress(Unfit):
                seen.add(_own_order(found["a"], found["b"], found["sign"]))
    return seen.pop() if len(seen) == 1 else ""


def from_serial(number: float) -> datetime | None:
    """Return the moment a spreadsheet means by a number (1900 date system), if it is plausible.

    ECMA-376 part 1, §18.17.4.1.
    """
    if not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return None
    return _EPOCH + timedelta(seconds=round(number * 86_400))


def iso(moment: datetime | date) -> str:
    """Write a cell that is a moment in ISO 8601, with its time of day."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment.isoformat(timespec="seconds" if not moment.microsecond else "auto")


def _own_order(first: str, second: str, sign: str) -> Order:
    """Tell day from month by one date; points are written with the day first."""
    if int(second) > _MONTHS_OF_A_YEAR:
        return "mdy"
    if int(first) > _MONTHS_OF_A_YEAR or first == second or sign == ".":
        return "dmy"
    raise AmbiguousDate


def _made(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as impossible:
        raise Unfit from impossible


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as impossible:
        raise Unfit from impossible


def _clock(found: re.Match[str]) -> str:
    if found["hour"] is None:
        return ""
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if found["half"]:
        if not 1 <= hour <= _NOON:
            raise Unfit
        hour = hour % _NOON + (_NOON if found["half"][0] in "pP" else 0)
    try:
        shown = time(hour, minute, second).isoformat()
    except ValueError as impossible:
        raise Unfit from impossible
    zone = found["zone"] or ""
    return f"{shown}{found['part'] or ''}{'Z' if zone in {'UTC', 'GMT'} else zone}"
