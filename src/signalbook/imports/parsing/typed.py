"""A cell as the value of a field, in the form its type stores; no I/O.

A type that somebody has set is held to; one that was only inferred gives way: the value stays text
and the field becomes text, as in `contacts.registry`.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import msgspec

from signalbook.fields.model import FieldType, Unfit, agrees, fit, unfit_problem
from signalbook.imports.model import Options
from signalbook.imports.parsing.booleans import boolean
from signalbook.imports.parsing.cells import Manner, as_shown, text_of, trimmed, unstorable
from signalbook.imports.parsing.dates import (
    SERIAL,
    AmbiguousDate,
    Dates,
    from_serial,
    is_no_day,
    iso,
)
from signalbook.imports.parsing.numbers import Style, is_lossless, number, style_of
from signalbook.imports.parsing.verdicts import Odd
from signalbook.kit.errors import Problem

Read = tuple[object, tuple[str, ...]]
"""A value, and what was mended."""

_NOTHING = Odd[object](None)
_WHOLE = 2**53


class Wanted(NamedTuple):
    """The field a value is for."""

    name: str
    type: str
    is_set: bool
    is_new: bool = False
    """Whether the account does not have it yet."""


class Reader:
    """Reads the values of one field."""

    def __init__(
        self, wanted: Wanted, manner: Manner, options: Options, samples: Sequence[str] = ()
    ) -> None:
        """Learn from samples how the column writes its numbers and dates."""
        self.wanted = wanted
        self._manner = manner
        self._style: Style = style_of(samples)
        self._dates = Dates(options.date_order, samples)
        self._reads: Callable[[str], Read] = {
            FieldType.TEXT: _as_it_is,
            FieldType.NUMBER: self._number,
            FieldType.BOOLEAN: _boolean,
            FieldType.DATE: self._dates.date,
            FieldType.DATETIME: self._dates.datetime,
            FieldType.LIST: _listed,
            FieldType.OBJECT: _object,
        }[FieldType(wanted.type)]

    def value(self, cell: Any) -> Odd[object]:  # noqa: ANN401  # whatever a reader gives
        """Return the value, None for a blank; with problems, and what was mended."""
        if isinstance(cell, str):
            return self._of_text(cell)
        if cell is None:
            return _NOTHING
        if isinstance(cell, list | dict):
            return self._of_tree(cast("object", cell))
        return self._of_typed(cell)

    def _of_text(self, cell: str) -> Odd[object]:
        is_postcode = self.wanted.name == "zipcode"
        text, note = as_shown(cell, self._manner, is_postcode=is_postcode)
        found = self._of_shown(text)
        return found._replace(notes=(note, *found.notes)) if note and text else found

    def _of_shown(self, text: str) -> Odd[object]:
        if not self._manner.is_exact:
            text = trimmed(text)
        if not text:
            return _NOTHING
        broken = unstorable(f"fields.{self.wanted.name}", text)
        if broken is not None:
            return Odd(None, (broken,))
        if self.wanted.type == FieldType.TEXT:
            return Odd(text)
        if self.wanted.type in {FieldType.DATE, FieldType.DATETIME} and is_no_day(text.strip()):
            return _NOTHING
        if self._manner.is_json and not self.wanted.is_set:
            return self._sent(text)
        return self._read(text)

    def _read(self, text: str) -> Odd[object]:
        """Read what a person wrote, by the type of the field."""
        kind, name = self.wanted.type, self.wanted.name
        try:
            value, notes = self._reads(text.strip())
            if kind == FieldType.NUMBER and not self.wanted.is_set and not _keeps(text.strip()):
                return Odd(text, widened=(name,))
            return Odd(fit(name, kind, value), notes=notes)
        except Unfit as reason:
            if not self.wanted.is_set:
                return Odd(text, widened=(name,))
            problem = unfit_problem(name, kind, text)
            if isinstance(reason, AmbiguousDate):
                sentence = f"{problem.message}. Day and month may be either: choose their order"
                problem = Problem(problem.field, sentence, "date_ambiguous")
            return Odd(None, (problem,))

    def _of_typed(self, cell: float | date) -> Odd[object]:
        """Take a cell that has a type of its own, from a sheet or from JSON."""
        kind = self.wanted.type
        if isinstance(cell, date):
            shown = iso(cell) if kind == FieldType.DATETIME else text_of(cell)
            return Odd(shown) if kind == FieldType.TEXT else self._read(shown)
        if self._manner.is_json:
            return self._sent(cell)
        if isinstance(cell, bool):
            return self._fitted(cell, text_of(cell))
        if kind in {FieldType.DATE, FieldType.DATETIME}:
            moment = from_serial(cell)
            if moment is not None:
                shown = iso(moment)
                value = shown if kind == FieldType.DATETIME else shown[:10]
                return Odd(value, notes=(SERIAL,))
        if kind == FieldType.NUMBER:
            plain = int(cell) if cell == cell // 1 and abs(cell) < _WHOLE else cell
            return self._fitted(plain, text_of(cell))
        return Odd(text_of(cell)) if kind == FieldType.TEXT else self._read(text_of(cell))

    def _of_tree(self, cell: object) -> Odd[object]:
        if self._manner.is_json:
            return self._sent(cell)
        return self._fitted(cell, text_of(cell))

    def _sent(self, value: object) -> Odd[object]:
        """Take a value as the API would: as it is where the type was only inferred."""
        if not self.wanted.is_set:
            fits = self.wanted.type == FieldType.TEXT or agrees(self.wanted.type, value)
            return Odd(value, widened=() if fits else (self.wanted.name,))
        return self._fitted(value, value)

    def _fitted(self, value: object, else_text: object) -> Odd[object]:
        name, kind = self.wanted.name, self.wanted.type
        try:
            return Odd(fit(name, kind, value))
        except Unfit:
            if not self.wanted.is_set:
                return Odd(else_text, widened=(name,))
            if kind == FieldType.TEXT and not self._manner.is_json:
                return Odd(else_text)
            return Odd(None, (unfit_problem(name, kind, value),))

    def _number(self, text: str) -> Read:
        return number(text, self._style), ()


def _as_it_is(text: str) -> Read:
    return text, ()


def _boolean(text: str) -> Read:
    return boolean(text), ()


def _keeps(text: str) -> bool:
    """Tell whether a number says all that its text says; one with commas is as good as without."""
    return is_lossless(text) or not text.lstrip("+-").isdigit()


def _listed(text: str) -> Read:
    """Read a list: of JSON, or written with bars, semicolons or commas."""
    if text.startswith("["):
        try:
            return msgspec.json.decode(text, type=list[Any]), ()
        except msgspec.MsgspecError:
            raise Unfit from None
    sign = next((sign for sign in "|;," if sign in text), ",")
    return [part.strip() for part in text.split(sign) if part.strip()], ()


def _object(text: str) -> Read:
    try:
        return msgspec.json.decode(text, type=dict[str, Any]), ()
    except msgspec.MsgspecError:
        raise Unfit from None
