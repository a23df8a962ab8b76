"""What a link says, what a person may choose, and how an account's pages look; no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from signalbook.ledger.model import Channel, Place, Reason

MAX_NAME: Final = 100
MAX_ADDRESS: Final = 320
MAX_REF: Final = 100
MOST_LOGO_BYTES: Final = 200_000
MOST_LOGO_PIXELS: Final = 4_000
ACCENT: Final = "#3b5bdb"
"""The colour of buttons and links where an account has chosen none."""


class Purpose(StrEnum):
    """What a link is for; a link for one is none for the other."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What a signed link says.

    `address` is in the form of the ledger, and keeps the link working when the contact is gone.
    `channel` is what one unsubscribes from, None everything; `ref` names the campaign or message
    that the link went out with.
    """

    account_id: int
    purpose: Purpose
    address: str
    channel: Channel | None = None
    contact_id: UUID | None = None
    ref: str = ""


class LinkKey(msgspec.Struct, frozen=True):
    """A signing key as it is stored: random bytes, of which the installation's secret makes it."""

    number: int
    salt: bytes
    created_at: datetime
    created_by: str


class Logo(msgspec.Struct, frozen=True):
    """A picture that was looked into: what it is, how large, and a name that its content gives."""

    type: str
    width: int
    height: int
    digest: str


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How an account's pages look; what is empty is ours. `channels` are those one can choose."""

    name: str = ""
    accent: str = ""
    background: str = ""
    channels: tuple[Channel, ...] = tuple(Channel)
    logo: Logo | None = None


class Standing(StrEnum):
    """How somebody stands on a channel.

    `off` they have chosen themselves and can take back; `blocked` is what only others can lift.
    """

    ON = "on"
    OFF = "off"
    BLOCKED = "blocked"


class Choice(msgspec.Struct, frozen=True):
    """A channel on the page: the addresses it reaches, and how the person stands on it."""

    channel: Channel
    addresses: tuple[str, ...]
    standing: Standing
    reason: Reason | None = None


def choices(places: Iterable[Place], in_force: Mapping[Place, Sequence[str]]) -> list[Choice]:
    """Say how somebody stands on each channel they can be reached by, in the order of channels."""
    found: list[Choice] = []
    by_channel: dict[str, list[str]] = {}
    for channel, address in places:
        by_channel.setdefault(channel, []).append(address)
    for channel in Channel:
        addresses = tuple(dict.fromkeys(by_channel.get(channel, ())))
        if not addresses:
            continue
        reasons = {Reason(r) for one in addresses for r in in_force.get((channel, one), ())}
        by_others = next((reason for reason in Reason if reason in reasons - _THEIRS), None)
        standing = Standing.OFF if reasons else Standing.ON
        if by_others is not None:
            standing = Standing.BLOCKED
        found.append(Choice(channel, addresses, standing, by_others))
    return found


def masked(address: str) -> str:
    """Show enough of an address for its owner to know it, and no more: `a•••@example.com`."""
    if "@" in address:
        name, _, domain = address.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return f"••• {address[-3:]}"


_THEIRS: Final = frozenset({Reason.CONTACT})
