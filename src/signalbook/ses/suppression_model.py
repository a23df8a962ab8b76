"""What is on the suppression list, and whose word put it there; no I/O."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from signalbook.ledger.model import Reason

SesReason = Literal["BOUNCE", "COMPLAINT"]

PUT: Final = "ses"
"""The source of what PutSuppressedDestination writes into the ledger."""
IMPORTED: Final = "ses import"
"""The source of what an import job of the suppression list writes there."""
OWN: Final = frozenset({PUT, IMPORTED})

MEANS: Final[dict[str, Reason]] = {"BOUNCE": Reason.HARDBOUNCED, "COMPLAINT": Reason.SPAM}
SHOWN: Final[dict[str, SesReason]] = {Reason.HARDBOUNCED: "BOUNCE", Reason.SPAM: "COMPLAINT"}


class Held(msgspec.Struct, frozen=True):
    """A bounce or a complaint in force, and from where it came."""

    address: str
    reason: str
    since: datetime
    source: str

    @property
    def is_own(self) -> bool:
        """Whether the account put it there itself, through the door or an import job of it."""
        return self.source in OWN


class Suppressed(msgspec.Struct, frozen=True):
    """An entry of the list."""

    address: str
    reason: str
    since: datetime

    @property
    def shown_reason(self) -> SesReason:
        """The reason as SES calls it."""
        return SHOWN[self.reason]


class Entry(msgspec.Struct, frozen=True):
    """An address to put on the list."""

    address: str
    reason: str
    row: int = 0


def echoed(address: str) -> str:
    """Write an address as SES shows it: trimmed, its domain in small letters."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local}{at}{domain.lower()}"


def who_put(held: Sequence[Held]) -> str:
    """Say who is behind entries that are not the account's own."""
    return "a bounce" if held[0].reason == Reason.HARDBOUNCED else "a complaint"
