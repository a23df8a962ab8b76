"""What a field is, what it may be called, and by which rules a value fits its type; no I/O."""

import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import msgspec

from signalbook.kit.errors import Problem
from signalbook.kit.spelling import plain


class FieldType(StrEnum):
    """What kind of value a field holds."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    OBJECT = "object"


class Standard(NamedTuple):
    """A field every account has from the start."""

    label: str
    type: FieldType


STANDARD: dict[str, Standard] = {
    "first_name": Standard("First name", FieldType.TEXT),
    "last_name": Standard("Last name", FieldType.TEXT),
    "full_name": Standard("Full name", FieldType.TEXT),
    "civility": Standard("Civility", FieldType.TEXT),
    "gender": Standard("Gender", FieldType.TEXT),
    "birth_date": Standard("Date of birth", FieldType.DATE),
    "company": Standard("Company", FieldType.TEXT),
    "phone": Standard("Landline", FieldType.TEXT),
    "fax": Standard("Fax", FieldType.TEXT),
    "address1": Standard("Address 1", FieldType.TEXT),
    "address2": Standard("Address 2", FieldType.TEXT),
    "zipcode": Standard("Postal code", FieldType.TEXT),
    "city": Standard("City", FieldType.TEXT),
    "state": Standard("State", FieldType.TEXT),
    "country": Standard("Country", FieldType.TEXT),
    "longitude": Standard("Longitude", FieldType.NUMBER),
    "latitude": Standard("Latitude", FieldType.NUMBER),
    "language": Standard("Language", FieldType.TEXT),
    "timezone": Standard("Time zone", FieldType.TEXT),
    "reference": Standard("Reference", FieldType.TEXT),
    "facebook_id": Standard("Facebook id", FieldType.TEXT),
    "twitter_id": Standard("Twitter id", FieldType.TEXT),
}
RESERVED = frozenset({"id", "email", "mobile", "external_id", "tags", "lists", "metadata"})
_RESERVED_KEYS = frozenset(plain(name) for name in RESERVED)
MAX_FIELDS = 1000
MAX_NAME = 64
MAX_LABEL = 128
MAX_ALIASES = 20

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_MOST = sys.float_info.max
_RANGES = {"longitude": 180.0, "latitude": 90.0}
_EXPECTED = {
    FieldType.TEXT: 'text, like "Hyderabad"',
    FieldType.NUMBER: "a number, like 12.5",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "a date as YYYY-MM-DD, like 1990-10-31",
    FieldType.DATETIME: "a time in ISO 8601, like 2026-01-31T14:30:00Z",
    FieldType.LIST: 'a list, like ["a", "b"]',
    FieldType.OBJECT: 'an object, like {"key": "value"}',
}


class Field(NamedTuple):
    """What must be known of a field to judge a value."""

    name: str
    type: str
    is_set: bool


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A field as the registry holds it.

    `contacts` have a value in it, the longest of which has `longest` characters. A standard field
    that nobody has used yet has no times.

    `moving_to` names the field that is being given its values; it is "" while they are taken away.
    """

    name: str
    label: str
    type: str
    aliases: list[str] = []
    is_standard: bool
    is_hidden: bool = False
    type_is_set: bool
    moving_to: str | None = None
    contacts: int = 0
    longest: int = 0
    created_at: datetime | None = None
    last_used_at: datetime | None = None

    @property
    def used_at(self) -> datetime | None:
        """When a contact was last given a value or lost one; None where that never happened."""
        is_only_described = self.contacts == 0 and self.last_used_at == self.created_at
        return None if is_only_described else self.last_used_at

    @property
    def alias(self) -> str | None:
        """The alias for those who know of one only."""
        return self.aliases[0] if self.aliases else None

    @property
    def is_moving(self) -> bool:
        """Whether its values are on their way into another field, whose name it has become."""
        return bool(self.moving_to)


class Unfit(Exception):  # a verdict that `fit` turns into a Problem
    """The value does not have the form its field's type asks for."""


def label_of(name: str) -> str:
    """Say what a field is called until somebody gives it a label: `last_order` → "Last order"."""
    standard = STANDARD.get(name)
    return standard.label if standard else name.replace("_", " ").strip().capitalize() or name


def unused(name: str) -> Registered:
    """Return a standard field as it is before anybody has used it."""
    standard = STANDARD[name]
    return Registered(
        name=name,
        label=standard.label,
        type=standard.type,
        is_standard=True,
        type_is_set=True,
    )


def name_problem(name: str, field: str = "name") -> Problem | None:
    """Say why no field can have this name, or None."""
    if not name.strip() or len(name) > MAX_NAME or _has_control(name):
        told = f"A field name has 1 to {MAX_NAME} characters and no control characters"
        return Problem(field, told, "field_name_invalid")
    if name in RESERVED:
        told = f"{name} belongs to the contact itself and cannot be a custom field"
        return Problem(field, told, "field_name_reserved")
    return None


def label_problem(label: str) -> Problem | None:
    """Say why no field can have this label, or None."""
    if 0 < len(label.strip()) <= MAX_LABEL and not _CONTROL.search(label):
        return None
    told = f"A label has 1 to {MAX_LABEL} characters and no control characters"
    return Problem("label", told, "label_invalid")


def aliases_problem(aliases: Sequence[str]) -> Problem | None:
    """Say why a field cannot have these aliases, or None."""
    if len(aliases) > MAX_ALIASES:
        return Problem("aliases", f"A field has at most {MAX_ALIASES} aliases", "aliases_invalid")
    for alias in aliases:
        key = plain(alias)
        if not key or len(alias) > MAX_LABEL or _CONTROL.search(alias):
            told = f"An alias has 1 to {MAX_LABEL} characters, a letter or digit among them"
            return Problem("aliases", told, "aliases_invalid")
        if key in _RESERVED_KEYS:
            told = f"{alias} means the contact itself and cannot mean a field"
            return Problem("aliases", told, "alias_reserved")
    return None


def _has_control(text: str) -> bool:
    return not text.isprintable() and _CONTROL.search(text) is not None


def fit(name: str, wanted: str, value: object) -> object:
    """Return `value` in the form that the type `wanted` stores; raises Unfit.

    Text written where a number or a truth value belongs is read as one ("85" → 85), since forms
    and files know only text; a number where text belongs becomes its digits. Nothing else is
    converted. Dates stay ISO 8601 text (`1990-10-31`).
    """
    fitted = _FITS[FieldType(wanted)](value)
    bound = _RANGES.get(name)
    if bound is not None and isinstance(fitted, int | float) and abs(fitted) > bound:
        raise Unfit
    return fitted


def length_of(value: object) -> int:
    """Return how many characters a value has where it is written; 0 for lists and objects.

    Migration 0008 and the statements of staged rows measure the same in the database.
    """
    if isinstance(value, str):
        return len(value)
    if isinstance(value, bool):
        return 4 if value else 5
    if isinstance(value, float):
        return len(format(Decimal(repr(value)), "f"))
    return len(str(value)) if isinstance(value, int) else 0


def infer(value: object) -> FieldType:
    """Name the type of a field that has just been seen for the first time with this value."""
    if isinstance(value, bool):
        return FieldType.BOOLEAN
    if isinstance(value, int | float):
        return FieldType.NUMBER
    if isinstance(value, list):
        return FieldType.LIST
    if isinstance(value, dict):
        return FieldType.OBJECT
    for wanted in (FieldType.DATE, FieldType.DATETIME):
        if agrees(wanted, value):
            return wanted
    return FieldType.TEXT


def agrees(wanted: str, value: object) -> bool:
    """Tell whether a value already has the form of a type, without any conversion."""
    try:
        return fit("", wanted, value) == value
    except Unfit:
        return False


def unfit_problem(name: str, wanted: str, value: object) -> Problem:
    """Say which field refused which value, and what it expects."""
    shown = repr(value) if not isinstance(value, str) else f'"{value}"'
    if len(shown) > 60:  # noqa: PLR2004  # long enough to recognise the value
        shown = shown[:60] + "…"
    message = f"The field {name} does not take {shown}: it expects {_expected(name, wanted)}"
    return Problem(f"fields.{name}", message, "field_value_unfit")


def _expected(name: str, wanted: str) -> str:
    bound = _RANGES.get(name)
    if bound is not None:
        return f"a number from -{bound:g} to {bound:g}"
    return _EXPECTED[FieldType(wanted)]


def _text(value: object) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit
    return str(value)


def _number(value: object) -> object:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
        value = int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit
    if not abs(value) <= _MOST:  # this way round because nothing is true of NaN
        raise Unfit
    return value


def _boolean(value: object) -> object:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise Unfit
    return value


def _date(value: object) -> object:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Unfit
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as impossible:
        raise Unfit from impossible


def _datetime(value: object) -> object:
    if not isinstance(value, str) or not _DATETIME.fullmatch(value):
        raise Unfit
    try:
        datetime.fromisoformat(value)
    except ValueError as impossible:
        raise Unfit from impossible
    return value


def _list(value: object) -> object:
    if not isinstance(value, list):
        raise Unfit
    return value  # pyright: ignore[reportUnknownVariableType]  # any JSON list


def _object(value: object) -> object:
    if not isinstance(value, dict):
        raise Unfit
    return value  # pyright: ignore[reportUnknownVariableType]  # any JSON object


_FITS = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.LIST: _list,
    FieldType.OBJECT: _object,
}
