"""What an operation of the API promises, declared beside its handler.

`@get(PATH, access=key("read"), operation=Operation(…))`: the OpenAPI document, the reference page
and the tests are made from these declarations, and a route of the API without one fails a test.
"""

from typing import Any, Literal

import msgspec

Schema = dict[str, Any]


class Param(msgspec.Struct, frozen=True):
    """A parameter of an operation."""

    name: str
    about: str
    schema: Schema
    example: Any = None
    where: Literal["path", "query", "header"] = "query"
    is_required: bool = False


class Answered(msgspec.Struct, frozen=True):
    """What one status answers with: a published struct, several or a schema, and an example.

    `leads_with` points to the id in it by which other operations of the same tag go on. An answer
    of another `media_type` has a schema for its shape, and may come as any of `more_media` as well;
    one without a body has an empty type.
    """

    shape: Any
    example: Any
    about: str = ""
    leads_with: str = ""
    media_type: str = "application/json"
    more_media: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation: what it does, what it takes, what it answers.

    It `conflicts` where what is there may forbid it, and `names_others` where its query or its body
    names what may not be there.
    """

    id: str
    tag: str
    summary: str
    about: str = ""
    params: tuple[Param, ...] = ()
    body: Any = None
    body_may_be_empty: bool = False
    examples: dict[str, Any] = {}
    more_types: dict[str, Schema] = {}
    more_examples: dict[str, Any] = {}
    answers: dict[int, Answered]
    conflicts: bool = False
    names_others: bool = False
    has_own_errors: bool = False
    signed_with: tuple[str, ...] = ("upload key", "key")
    """Of one with its own errors: the security schemes, any of which lets a call in."""


TEXT: Schema = {"type": "string", "maxLength": 1024, "pattern": r"^[^\x00]*$"}
TRUTH: Schema = {"type": "boolean"}
MOMENT: Schema = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]
}


def whole(least: int, most: int, default: int | None = None) -> Schema:
    """Describe a whole number."""
    schema: Schema = {"type": "integer", "minimum": least, "maximum": most}
    return schema if default is None else {**schema, "default": default}


def one_of(*choices: str) -> Schema:
    """Describe a choice."""
    return {"type": "string", "enum": list(choices)}


def texts() -> Schema:
    """Describe a parameter that may be repeated."""
    return {"type": "array", "items": TEXT}
