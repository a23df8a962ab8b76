"""The published JSON of fields; a change here is a change of the API."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signalbook.fields.model import FieldType

_LABEL = {"minLength": 1, "maxLength": 128, "pattern": r"^[^\x00-\x1f\x7f]+$"}


class FieldOut(msgspec.Struct):
    """A field; `type_is_set` where values are held to the type, else it was only inferred."""

    name: str
    label: str
    type: FieldType
    is_standard: bool
    type_is_set: bool
    contacts: int
    created_at: str
    last_used_at: str


class FieldList(msgspec.Struct):
    """All fields by name."""

    data: list[FieldOut]


class FieldIn(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change of a field."""

    label: Annotated[str, Meta(extra_json_schema=_LABEL)] | UnsetType = UNSET
    type: FieldType | UnsetType = UNSET
