"""Which columns a file can have, and which one gets; no I/O."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from signalbook.exports.errors import ExportInvalid
from signalbook.exports.model import Format
from signalbook.fields.model import STANDARD
from signalbook.kit.errors import Problem

FIELD: Final = "field:"
"""Stands before the name of a field that is called like a column of the contact itself."""

_BEFORE: Final = {
    "id": "Id",
    "email": "E-mail",
    "mobile": "Mobile",
    "external_id": "External id",
}
_AFTER: Final = {
    "tags": "Tags",
    "status": "Status",
    "is_active": "Active",
    "email_optout": "E-mail opt-out",
    "sms_optout": "SMS opt-out",
    "voice_optout": "Voice opt-out",
    "created_at": "Created",
    "updated_at": "Last activity",
    "metadata": "Metadata",
}
MEMBERSHIP: Final = {"joined_at": "Joined list", "joined_by": "Joined by"}
"""Since when and through whom somebody is on the list the filter names, the shortest of several."""
OWN: Final = _BEFORE | _AFTER | MEMBERSHIP
"""The columns of the contact itself, each with its label."""
SES_HEADER: Final = ("emailAddress", "unsubscribeAll", "attributesData")
"""https://docs.aws.amazon.com/ses/latest/dg/sending-email-list-management.html"""
_OF_THE_PAGE: Final = {"activity": "updated_at", "created": "created_at"}
_MOST_TOLD: Final = 20


class Column(NamedTuple):
    """A column of a file; `field` is the field it holds, empty for one of the contact itself."""

    name: str
    label: str
    field: str = ""


Known = Sequence[tuple[str, str]]
"""The registered fields, as (name, label)."""


def all_of(known: Known, *, on_list: bool = False) -> list[Column]:
    """List every column there is: who it is, the fields, how it stands; and as a member."""
    return [
        *(Column(name, label) for name, label in _BEFORE.items()),
        *(_field(name, label) for name, label in known),
        *(Column(name, label) for name, label in _AFTER.items()),
        *(Column(name, label) for name, label in MEMBERSHIP.items() if on_list),
    ]


def chosen(
    names: Iterable[str], known: Known, format: Format, *, on_list: bool = False
) -> list[Column]:
    """Return the columns of these names, all of them where none is named.

    The SES layout has columns of its own; the fields among those named go into its attributes.
    Raises ExportInvalid with every name that is none.
    """
    wanted = list(dict.fromkeys(names))
    there = {column.name: column for column in all_of(known, on_list=on_list)}
    standard = {name: _field(name, one.label) for name, one in STANDARD.items()}
    there = standard | there | {FIELD + c.field: c for c in there.values() if c.field}
    problems = [
        Problem("columns", f"There is no column {_shown(name)}", "unknown_column")
        for name in wanted
        if name not in there
    ]
    if problems:
        raise ExportInvalid(problems=problems[:_MOST_TOLD])
    found = [there[name] for name in dict.fromkeys(there[name].name for name in wanted)]
    found = found or all_of(known, on_list=on_list)
    return [column for column in found if column.field] if format == Format.SES else found


def stored(names: Iterable[str]) -> list[Column]:
    """Return the columns that were chosen before, whatever became of their fields since."""
    return [
        Column(name, OWN[name])
        if name in OWN
        else Column(name, name, name.removeprefix(FIELD) if name[len(FIELD) :] in OWN else name)
        for name in names
    ]


def named_on_the_page(shown: Sequence[str], known: Known) -> list[str]:
    """Name the columns that show what somebody sees in the table of contacts.

    The table shows names and not the id; a file begins with who it is.
    """
    fields = {FIELD + name: _field(name, "").name for name, _ in known}
    first = [name for name in ("first_name", "last_name", "full_name") if name in fields.values()]
    wanted = {fields.get(name, _OF_THE_PAGE.get(name, name)) for name in shown}
    wanted |= {"email", "mobile", *first}
    return [column.name for column in all_of(known) if column.name in wanted]


def _field(name: str, label: str) -> Column:
    return Column(FIELD + name if name in OWN else name, label, name)


def _shown(name: str) -> str:
    return name[:64].replace("\x00", "")
