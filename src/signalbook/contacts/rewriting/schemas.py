"""The published JSON of rewriting fields; a change here is a change of the API."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from signalbook.fields.model import FieldType
from signalbook.fields.schemas import Name

OfUnfit = Annotated[
    Literal["refuse", "clear"],
    Meta(
        description="What becomes of values that the type does not take: `refuse` changes nothing"
        " while there are any, `clear` removes them."
    ),
]
DryRun = Annotated[bool, Meta(description="Only tell what it would come to.")]


class TypeIn(msgspec.Struct, forbid_unknown_fields=True):
    """The type that a field is to have."""

    type: FieldType
    unfit: OfUnfit = "refuse"
    dry_run: DryRun = False


class RenameIn(msgspec.Struct, forbid_unknown_fields=True):
    """The new name of a field."""

    name: Name


class MergeIn(msgspec.Struct, forbid_unknown_fields=True):
    """The field that takes the values over.

    Of a contact that has a value in both the `winner` stays: that of `into`, or of the `source`.
    """

    into: Name
    winner: Literal["into", "source"] = "into"
    unfit: OfUnfit = "refuse"
    dry_run: DryRun = False


class MisfitOut(msgspec.Struct):
    """A value that would not fit: a contact that has it, how many do, and why."""

    contact_id: str
    contact: str
    value: Any
    contacts: int
    message: str


class RewritePreview(msgspec.Struct):
    """What it would come to: how many `contacts` have a value, and what becomes of the values.

    `converted` take another form and `unfit` fit in none, of which up to 20 are told. Merging, of
    the contacts that have `both` fields `equal` have the same in each.
    """

    contacts: int
    converted: int
    unfit: int
    both: int
    equal: int
    misfits: list[MisfitOut]


class FieldJobOut(msgspec.Struct):
    """Rewriting a field in every contact, and how far it is.

    `changed` contacts have other values now, `cleared` of them have lost one that did not fit, and
    `refused` could not be changed. A job that has failed or was cancelled leaves what is done.
    """

    id: str
    action: Literal["rename", "merge", "type", "delete", "empty"]
    name: str
    target: str
    state: Literal["queued", "running", "ending", "done", "cancelled", "failed"]
    total: int
    done: int
    changed: int
    cleared: int
    refused: int
    created_at: str
    started_at: str | None
    finished_at: str | None
