"""What people type for a field, read by the field's type; no I/O."""

from typing import Any, Final

import msgspec

from signalbook.contacts.errors import ContactInvalid
from signalbook.fields.model import STANDARD, FieldType, Unfit, fit, unfit_problem
from signalbook.kit.errors import Problem

IDENTIFIERS: Final = {"email": "E-mail", "mobile": "Mobile", "external_id": "External id"}
TYPES: Final = (
    ("text", "Text"),
    ("number", "Number"),
    ("boolean", "Yes or no"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("list", "List"),
)
_NESTED = frozenset({FieldType.LIST, FieldType.OBJECT})


class Known(msgspec.Struct, frozen=True):
    """A field as the account knows it."""

    name: str
    label: str
    type: str
    is_hidden: bool = False


def known_fields(registered: list[tuple[str, str, str, bool]]) -> dict[str, Known]:
    """List every field one may set: the standard ones, then those of the account."""
    known = {name: Known(name, one.label, one.type) for name, one in STANDARD.items()}
    return known | {row[0]: Known(*row) for row in registered}


def value_of(field: Known, text: str) -> Any:  # noqa: ANN401  # any JSON value
    """Read what was typed; nothing typed removes the value. Raises ContactInvalid."""
    stripped = text.strip()
    if not stripped:
        return None
    try:
        return fit(field.name, field.type, _read(field.type, stripped))
    except Unfit:
        problem = unfit_problem(field.name, field.type, stripped)
    raise ContactInvalid(problems=[problem])


def typed(value: Any, kind: str) -> str:  # noqa: ANN401  # any JSON value
    """Write a value as one would type it, so that it reads back as itself."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == FieldType.LIST and isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        if all(isinstance(item, str) and "," not in item and item.strip() for item in items):
            return ", ".join(items)
    return msgspec.json.encode(value).decode()


def problem_of(error: ContactInvalid, name: str) -> str:
    """Return what an error says of one field."""
    wanted = {name, f"fields.{name}"}
    own: list[Problem] = [one for one in error.problems if one.field in wanted]
    return "; ".join(one.message for one in own) or error.message


def _read(kind: str, text: str) -> object:
    """Turn text into what the type is made of: JSON, or a list written with commas."""
    if kind not in _NESTED:
        return text
    if kind == FieldType.LIST and not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise Unfit from None
