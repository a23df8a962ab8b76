"""The published JSON of public pages and their links; a change here is a change of the API."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signalbook.ledger.model import Channel
from signalbook.preferences.model import MAX_NAME, Purpose

_COLOUR = {"pattern": "^(#[0-9A-Fa-f]{3}([0-9A-Fa-f]{3})?)?$", "format": "colour"}
Colour = Annotated[
    str, Meta(description="`#rgb` or `#rrggbb`; empty is ours.", extra_json_schema=_COLOUR)
]


class LookIn(msgspec.Struct, forbid_unknown_fields=True):
    """How the pages look; what is not sent stays.

    `name` is whom the person reads the messages are from, empty for the account's own name.
    `channels` are those they can choose.
    """

    name: (
        Annotated[
            str,
            Meta(
                extra_json_schema={
                    "maxLength": MAX_NAME,
                    "pattern": r"^[^\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]*$",
                }
            ),
        ]
        | UnsetType
    ) = UNSET
    accent: Colour | UnsetType = UNSET
    background: Colour | UnsetType = UNSET
    channels: Annotated[list[Channel], Meta(extra_json_schema={"minItems": 1})] | UnsetType = UNSET


class LogoOut(msgspec.Struct):
    """A logo, and where anybody can fetch it."""

    url: str
    type: str
    width: int
    height: int


class LookOut(msgspec.Struct):
    """How the pages look; `public_name` is what they say where `name` is empty too."""

    name: str
    public_name: str
    accent: str
    background: str
    channels: list[Channel]
    logo: LogoOut | None


class LinkKeyOut(msgspec.Struct):
    """A signing key; the one with the greatest number signs, all of them are accepted."""

    number: int
    created_at: str
    created_by: str


class LinkKeys(msgspec.Struct):
    """The signing keys of the account, the newest first."""

    data: list[LinkKeyOut]


class LinkOut(msgspec.Struct):
    """A link of a contact: what it is for, the address it speaks for, and where it leads.

    `headers` go into a message, so that mail programs unsubscribe with one click (RFC 8058).
    """

    purpose: Purpose
    channel: Channel | None
    address: str
    url: str
    headers: dict[str, str] = {}


class ContactLinks(msgspec.Struct):
    """The links of a contact: to its preferences, and to leave each channel it has."""

    data: list[LinkOut]
