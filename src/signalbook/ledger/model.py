"""Channels, reasons and the rule of who may lift what; no I/O."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Channel(StrEnum):
    """A way to reach somebody."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"


class Reason(StrEnum):
    """Why an address may not be reached; the strongest first."""

    SPAM = "spam"
    HARDBOUNCED = "hardbounced"
    CONTACT = "contact"
    USER = "user"


STRENGTH = {reason: rank for rank, reason in enumerate(Reason)}
FOLLOWS_THE_PERSON = frozenset({Reason.CONTACT, Reason.USER})
"""Reasons that hold for the person, so a new address of theirs inherits them; a bounce does not."""


class Entry(msgspec.Struct, frozen=True):
    """One line of the ledger: `out` restricts, `in` lifts."""

    address: str
    channel: str
    kind: str
    reason: str
    at: datetime
    source: str
    actor: str | None


class State(msgspec.Struct, frozen=True):
    """A restriction in force."""

    address: str
    channel: str
    reason: str
    since: datetime


def strongest(reasons: list[str]) -> str | None:
    """Name the reason that counts where several hold."""
    return min(reasons, key=lambda reason: STRENGTH[Reason(reason)], default=None)
