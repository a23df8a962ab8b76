"""How a contact is shown to people: its name, its row in the table, the form of its values."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import msgspec

from signalbook.contacts.model import Contact
from signalbook.contacts.standing import Standing, standing_of
from signalbook.fields.model import FieldType

STANDARD_COLUMNS: Final = {
    "email": "E-mail",
    "mobile": "Mobile",
    "external_id": "External id",
    "tags": "Tags",
    "status": "Status",
    "activity": "Last activity",
    "created": "Created",
}
SHOWN_FIRST: Final = ("email", "mobile", "tags", "status", "activity")
SORTED: Final = frozenset({"email", "activity", "created"})

_LONGEST = 120


class Column(NamedTuple):
    """A column of the table."""

    name: str
    label: str
    sort: str = ""


class Line(NamedTuple):
    """A row of the table; `cells` are the values of the columns that are fields, by name."""

    id: UUID
    name: str
    contact: Contact
    tags: list[str]
    standing: Standing
    cells: dict[str, str]


def columns_of(
    chosen: Sequence[str] | None, fields: Sequence[tuple[str, str, str]]
) -> tuple[list[Column], list[tuple[str, str, bool]]]:
    """Return the columns to show, and all there are with whether each is shown."""
    wanted = SHOWN_FIRST if chosen is None else chosen
    labels = STANDARD_COLUMNS | {f"field:{name}": label for name, label, _ in fields}
    shown = [
        Column(name, label, name if name in SORTED else "")
        for name, label in labels.items()
        if name in wanted
    ]
    return shown, [(name, label, name in wanted) for name, label in labels.items()]


def line_of(contact: Contact, tag_names: Mapping[int, str], columns: Sequence[Column]) -> Line:
    """Make the row of a contact."""
    fields = [column.name[6:] for column in columns if column.name.startswith("field:")]
    return Line(
        id=contact.id,
        name=name_of(contact),
        contact=contact,
        tags=[tag_names[tag] for tag in reversed(contact.tags) if tag in tag_names],
        standing=standing_of(contact),
        cells={f"field:{name}": shortened(text_of(contact.fields.get(name))) for name in fields},
    )


def name_of(contact: Contact) -> str:
    """Call a contact by its name, or by the best it has instead of one."""
    return full_name(contact) or contact.email or contact.mobile or contact.external_id or "Contact"


def full_name(contact: Contact) -> str:
    """Return the name of a contact, empty where none is known."""
    fields = contact.fields
    parts = [fields.get("first_name"), fields.get("last_name")]
    joined = " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
    whole = fields.get("full_name")
    return joined or (whole.strip() if isinstance(whole, str) else "")


def text_of(value: Any, kind: str = "") -> str:  # noqa: ANN401  # any JSON value
    """Write a value for people: Yes, 31 Oct 1990, a, b; anything nested as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return _dated(value) if kind in {"", FieldType.DATE} else value
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if all(isinstance(item, str | int | float) for item in items):
            return ", ".join(text_of(item, FieldType.TEXT) for item in items)
    return msgspec.json.encode(value).decode()


def shortened(text: str) -> str:
    """Cut a text to what a cell or a sentence can hold."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _dated(text: str) -> str:
    if len(text) != len("1990-10-31") or text[4:5] != "-":
        return text
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{found.day} {found:%b %Y}"


def local_input(text: str) -> str:
    """Write a time as a `datetime-local` field takes it, or nothing where it cannot be read."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None).isoformat(timespec="minutes")
    except ValueError:
        return ""
