"""The published JSON of fields; a change here is a change of the API."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signalbook.fields.model import MAX_ALIASES, MAX_LABEL, MAX_NAME, FieldType

_PRINTED = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"

Name = Annotated[
    str,
    Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_NAME, "pattern": _PRINTED}),
]
Label = Annotated[
    str,
    Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_LABEL, "pattern": _PRINTED}),
]
Aliases = Annotated[
    list[
        Annotated[
            str,
            Meta(
                extra_json_schema={
                    "minLength": 1,
                    "maxLength": MAX_LABEL,
                    "format": "field-alias",
                }
            ),
        ]
    ],
    Meta(
        description="What else the field is called: by imports, in `custom_fields`, by the doors."
        " Compared without case, accents, blanks and punctuation, and no other field's name,"
        " label or alias.",
        extra_json_schema={"maxItems": MAX_ALIASES},
    ),
]


class FieldOut(msgspec.Struct):
    """A field; `type_is_set` where values are held to the type, else it was only inferred.

    `contacts` have a value in it, which is a `share` of all, from 0 to 1; the longest of the values
    has `max_length` characters. A standard field that was never used has no times.
    """

    name: str
    label: str
    aliases: list[str]
    type: FieldType
    is_standard: bool
    is_hidden: bool
    type_is_set: bool
    contacts: int
    share: float
    max_length: int
    created_at: str | None
    last_used_at: str | None


class FieldList(msgspec.Struct):
    """All fields by name: the standard ones and the account's own."""

    data: list[FieldOut]


class NewField(msgspec.Struct, forbid_unknown_fields=True):
    """A field to make before a contact has a value for it; with a type it is held to it."""

    name: Name
    label: Label | UnsetType = UNSET
    type: FieldType | UnsetType = UNSET
    aliases: Aliases = []


class FieldIn(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change of a field; what is not sent stays."""

    label: Label | UnsetType = UNSET
    aliases: Aliases | UnsetType = UNSET
    is_hidden: bool | UnsetType = UNSET
    type: FieldType | UnsetType = UNSET


class FrequentOut(msgspec.Struct):
    """A value and how many contacts have it; a long one is cut."""

    value: Any
    contacts: int


class FieldValues(msgspec.Struct):
    """The most frequent values of a field as they were at `as_of`, and how many there are.

    The first time they are asked for they are being counted, and `as_of` is null.
    """

    as_of: str | None
    is_counting: bool
    different: int
    data: list[FrequentOut]
