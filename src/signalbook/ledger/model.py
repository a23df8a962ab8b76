"""Channels, reasons, addresses, and what is written of them; no I/O."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

Place = tuple[str, str]
"""A channel and an address."""


class Channel(StrEnum):
    """A way to reach somebody."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    VOICEMAIL = "voicemail"
    WHATSAPP = "whatsapp"
    PUSH = "push"


class Reason(StrEnum):
    """Why an address may not be reached; the strongest first."""

    SPAM = "spam"
    HARDBOUNCED = "hardbounced"
    CONTACT = "contact"
    USER = "user"


ALL: Final = "all"
"""Instead of a channel: every channel that the address, or the contact, can be reached by."""
STRENGTH = {reason: rank for rank, reason in enumerate(Reason)}
FOLLOWS_THE_PERSON = frozenset({Reason.CONTACT, Reason.USER})
"""Reasons that hold for the person, so a new address of theirs inherits them; a bounce does not."""
OWN_ID: Final = "id:"
"""How an external id is written as an address; no e-mail and no number begins so."""

TOPIC: Final = "topic:"
"""How a channel begins that is no way to reach somebody, but one subject of what is sent."""

MOBILE_CHANNELS: Final = (Channel.SMS, Channel.VOICE, Channel.VOICEMAIL, Channel.WHATSAPP)
LANDLINE_CHANNELS: Final = (Channel.VOICE, Channel.VOICEMAIL)


class Entry(msgspec.Struct, frozen=True):
    """One line of the ledger: `out` restricts, `in` lifts; `evidence` is what proves it."""

    address: str
    channel: str
    kind: str
    reason: str
    at: datetime
    source: str
    actor: str | None
    evidence: Mapping[str, Any] | None = None


class State(msgspec.Struct, frozen=True):
    """A restriction in force."""

    address: str
    channel: str
    reason: str
    since: datetime


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written down: `out` restricts, `in` lifts.

    It names an address in the form of the ledger, or a contact and so every address it has, on one
    channel or `all`. Of several reasons each is written that is not in force yet, or, lifting, is.
    """

    kind: Literal["out", "in"]
    channel: str
    reasons: tuple[str, ...]
    source: str
    at: datetime
    address: str = ""
    contact_id: UUID | None = None
    actor: str | None = None
    evidence: Mapping[str, Any] | None = None

    def places(self) -> list[Place]:
        """List the places an address means; those of a contact are the contact's to tell."""
        if is_topic(self.channel):
            return [(self.channel, self.address)] if "@" in self.address else []
        return [
            (channel, self.address)
            for channel in channels_of(self.address)
            if self.channel in {ALL, channel}
        ]


def topic(list_id: UUID) -> str:
    """Name the channel of a topic: of e-mails about it an address may be opted out alone."""
    return f"{TOPIC}{list_id}"


def is_topic(channel: str) -> bool:
    """Tell whether a channel is a topic's."""
    return channel.startswith(TOPIC)


def list_of(channel: str) -> UUID | None:
    """Return the list of a topic's channel, or None where the channel is none."""
    try:
        found = UUID(channel.removeprefix(TOPIC))
    except ValueError:
        return None
    return found if channel == topic(found) else None


def channels_of(address: str) -> tuple[Channel, ...]:
    """List the channels an address can be reached by; a number's kind is not known."""
    if address.startswith(OWN_ID):
        return (Channel.PUSH,)
    return (Channel.EMAIL,) if "@" in address else MOBILE_CHANNELS


def domain_of(address: str) -> str | None:
    """Return the domain of an e-mail address as the ledger knows it, `@example.com`, or None."""
    if "@" not in address or address.startswith(OWN_ID):
        return None
    return address[address.rindex("@") :]


def strongest(reasons: list[str]) -> str | None:
    """Name the reason that counts where several hold."""
    return min(reasons, key=lambda reason: STRENGTH[Reason(reason)], default=None)
