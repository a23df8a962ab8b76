"""AttributesData of AWS SES, one JSON object of any keys, and the fields it stands for; no I/O.

SES keeps it as text and gives it back byte for byte. Here each key is a field as well, so that a
person sees it, filters by it and changes it. Whatever cannot be a field stays in the text alone:
SES takes any object, and so do we.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from signalbook.contacts.model import MAX_CONTACT_BYTES, MAX_JSON_DEPTH
from signalbook.contacts.state import encode
from signalbook.fields import model as fields
from signalbook.fields.model import RESERVED, STANDARD, Field, Unfit
from signalbook.kit.spelling import plain

WORDS: Final = {
    **{plain(name): name for name in STANDARD},
    **{plain(standard.label): name for name, standard in STANDARD.items()},
    "name": "full_name",
    "firstname": "first_name",
    "givenname": "first_name",
    "lastname": "last_name",
    "surname": "last_name",
    "familyname": "last_name",
    "fullname": "full_name",
    "companyname": "company",
    "organization": "company",
    "organisation": "company",
    "birthday": "birth_date",
    "dateofbirth": "birth_date",
    "zip": "zipcode",
    "postalcode": "zipcode",
    "postcode": "zipcode",
    "town": "city",
    "lang": "language",
}
"""How people call the standard fields, in plain spelling."""

_RESERVED: Final = frozenset(plain(name) for name in RESERVED) | {"emailaddress", "phonenumber"}


def _refused(constant: str) -> object:
    raise ValueError(constant)  # NaN and Infinity are no JSON


_MOST_BYTES: Final = MAX_CONTACT_BYTES - len(encode({}))
"""What fields may weigh beside metadata that say nothing."""
_SURELY_SMALL: Final = MAX_CONTACT_BYTES // 8
"""Characters that make no more bytes than a contact may have, in whatever language and field."""

_decode: Final = json.JSONDecoder(parse_constant=_refused).decode


class Names:
    """The fields of an account as keys may mean them: by name, and also by alias."""

    def __init__(
        self,
        known: Iterable[Field] = (),
        aliases: Mapping[str, str] | None = None,
        *,
        gone: Iterable[str] = (),
    ) -> None:
        """Take the registered fields, and the names that aliases in plain spelling mean.

        Fields that are `gone` were deleted, renamed or merged. A name that is neither registered
        nor gone never became a field: there was no room for it.
        """
        self.fields = {field.name: field for field in known}
        self.aliases = aliases or {}
        self.gone = frozenset(gone)

    def name_of(self, key: str) -> str | None:
        """Name the field that a key means; None where it can mean none."""
        name = field_of(key)
        if name is None or name in self.fields or name in STANDARD:
            return name
        return self.aliases.get(plain(name), name)

    def stored(self, name: str, value: object) -> object:
        """Return a value as its field stores it; raises Unfit."""
        field = self.fields.get(name)
        if field is not None and field.is_set:
            return fields.fit(name, field.type, value)
        if field is None and name in STANDARD:
            return fields.fit(name, STANDARD[name].type, value)
        return value


def parsed(raw: str) -> dict[str, Any] | None:
    """Read AttributesData; None where it is no JSON object. Of a key given twice the last holds."""
    try:
        found: object = _decode(raw)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def field_of(key: str) -> str | None:
    """Name the field that a key means without any alias; None where it can mean none."""
    written = plain(key)
    if written in _RESERVED:
        return None
    name = WORDS.get(written, key)
    return None if fields.name_problem(name) else name


def values_of(raw: str | None) -> dict[str, Any]:
    """Return the values of AttributesData by the fields that its keys mean without any alias.

    A key that can mean no field and a value that no field can hold are left out, and where all
    are more than a contact can hold the largest are; of several keys for one field the first
    counts. `None` stands for a null.
    """
    found = None if raw is None else parsed(raw)
    if raw is None or found is None:
        return {}
    values = _meant(found)
    for name in _too_large(values, raw):
        del values[name]
    return values


def _meant(sent: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in sent.items():
        name = field_of(key)
        if name is not None and name not in values and _can_be_stored(value):
            values[name] = value
    return values


def _too_large(values: Mapping[str, Any], raw: str) -> set[str]:
    """Name the largest values, so many that the others are no more than a contact can hold."""
    found: set[str] = set()
    if len(raw) > _SURELY_SMALL:
        sizes = {name: len(encode({name: value})) - 1 for name, value in values.items()}
        size = sum(sizes.values()) + 1
        for name in sorted(sizes, key=sizes.__getitem__, reverse=True):
            if size <= _MOST_BYTES:
                break
            size -= sizes[name]
            found.add(name)
    return found


def shown(raw: str | None, held: Mapping[str, Any], names: Names) -> str | None:
    """Write AttributesData of a contact that has these fields; None where there is nothing.

    As it was sent, byte for byte, while its fields are as it says. Where a field has another value
    by now its key has that, and where it has none the key is gone. Without `raw` all fields.
    """
    if raw is None:
        return _written(dict(held)) if held else None
    sent = parsed(raw)
    if sent is None:
        return raw
    now = dict(sent)
    seen: set[str] = set()
    is_other = False
    too_large = _too_large(_meant(sent), raw) if len(raw) > _SURELY_SMALL else set[str]()
    for key, value in sent.items():
        name = names.name_of(key)
        if name is None or name in seen or not _can_be_stored(value):
            continue
        if field_of(key) in too_large:
            continue
        seen.add(name)
        is_other |= _bring_up_to_date(now, key, held.get(name), name, names)
    return _written(now) if is_other else raw


def _bring_up_to_date(
    now: dict[str, Any], key: str, current: object, name: str, names: Names
) -> bool:
    """Give a key the current value of its field; tell whether that is another one."""
    try:
        stored = None if now[key] is None else names.stored(name, now[key])
    except Unfit:
        return False  # never became a value of the field
    if current is None and name not in names.fields and name not in names.gone:
        return False  # there was no room for the field
    if _are_same(current, stored):
        return False
    if current is None:
        del now[key]
    else:
        now[key] = current
    return True


def _are_same(current: object, sent: object) -> bool:
    """Tell whether a value is the one that was sent; 1e+300 is 10 to the 300th in a database."""
    if isinstance(current, list) and isinstance(sent, list):
        ones, others = cast("list[object]", current), cast("list[object]", sent)
        return len(ones) == len(others) and all(map(_are_same, ones, others))
    if isinstance(current, dict) and isinstance(sent, dict):
        one, other = cast("dict[str, object]", current), cast("dict[str, object]", sent)
        return one.keys() == other.keys() and all(_are_same(one[key], other[key]) for key in one)
    if isinstance(current, bool) or isinstance(sent, bool):
        return current is sent
    if isinstance(current, int) and isinstance(sent, float):
        return float(current) == sent
    return current == sent


def _written(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _can_be_stored(value: object) -> bool:
    """Tell whether a field can hold a value: no NUL, no lone surrogate, not too deep."""
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        here, depth = waiting.pop()
        if isinstance(here, str):
            if not _is_text(here):
                return False
        elif isinstance(here, dict | list):
            if depth >= MAX_JSON_DEPTH:
                return False
            inner = cast("dict[str, Any] | list[Any]", here)
            if isinstance(inner, dict):
                waiting += [(one, depth + 1) for pair in inner.items() for one in pair]
            else:
                waiting += [(one, depth + 1) for one in inner]
        elif isinstance(here, int | float) and not _is_number(here):
            return False
    return True


def _is_number(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond what others can read
        return False


def _is_text(value: str) -> bool:
    if "\x00" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
