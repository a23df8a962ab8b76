"""By which channels a contact can be reached, and where a channel loses those it cannot; no I/O.

A channel asks seven things one after the other, and a contact is lost at the first it fails: so
what the steps lose and those who are reachable are everybody, each counted once. `filters` asks the
same of the database.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Channel = Literal["email", "sms", "voice"]
Address = Literal["email", "mobile", "landline"]

CHANNELS: Final[tuple[Channel, ...]] = ("email", "sms", "voice")
HAS: Final[dict[Address, str]] = {"email": "E", "mobile": "M", "landline": "L"}
ADDRESSES: Final[dict[Channel, tuple[Address, ...]]] = {
    "email": ("email",),
    "sms": ("mobile",),
    "voice": ("mobile", "landline"),
}
"""What a channel reaches somebody by; any of them is enough."""
REASONS: Final = {"c": "contact", "u": "user", "h": "hardbounced", "s": "spam"}
"""The reason of an opt-out by its letter in a code."""


class Step(StrEnum):
    """What a channel asks, in this order; those lost at a step did everything before it."""

    ADDRESS = "address"
    VALID = "valid"
    ACTIVE = "active"
    LISTS = "lists"
    CONTACT = "contact"
    USER = "user"
    SPAM = "spam"


CHANNEL_WORDS: Final[dict[Channel, str]] = {"email": "E-mail", "sms": "SMS", "voice": "Voice"}
KEPT_WORDS: Final = {
    Step.ADDRESS: "with an address",
    Step.VALID: "with a valid address",
    Step.ACTIVE: "active",
    Step.LISTS: "on no deactivated list",
    Step.CONTACT: "not unsubscribed",
    Step.USER: "not blocked",
    Step.SPAM: "reachable",
}
"""What those have in common who come past a step."""
LOST_WORDS: Final = {
    Step.ADDRESS: "no address",
    Step.VALID: "bounced",
    Step.ACTIVE: "inactive",
    Step.LISTS: "on a deactivated list",
    Step.CONTACT: "unsubscribed themselves",
    Step.USER: "blocked by you",
    Step.SPAM: "complained of spam",
}
"""Why a step loses somebody."""


class Standing(NamedTuple):
    """What a code says: facts, the opt-out of each channel, and where each channel loses it."""

    has: frozenset[Address]
    is_active: bool
    is_unsubscribed: bool
    optouts: tuple[str, ...]
    lost_at: tuple[Step | None, ...]


@lru_cache(maxsize=8192)  # there are no more codes than 64 x 125
def read(code: str) -> Standing:
    """Read a contact's `reach`, such as `EMA/-u-` (migration 0008 says what writes it)."""
    flags, _, letters = code.partition("/")
    has = frozenset[Address](address for address, letter in HAS.items() if letter in flags)
    optouts = tuple(REASONS.get(letter, "") for letter in letters)
    lost = tuple(
        _lost_at(channel, has, flags, reason)
        for channel, reason in zip(CHANNELS, optouts, strict=True)
    )
    return Standing(has, "A" in flags, "U" in flags, optouts, lost)


def reachable(counts: Iterable[tuple[str, int]]) -> dict[Channel, int]:
    """Sum by channel who can be reached, from counts as `statistics.model.fold` takes them."""
    sums: dict[Channel, int] = dict.fromkeys(CHANNELS, 0)
    for what, contacts in counts:
        kind, _, code = what.partition(":")
        if kind == "r":
            for channel, step in zip(CHANNELS, read(code).lost_at, strict=True):
                sums[channel] += contacts if step is None else 0
    return sums


def _lost_at(channel: Channel, has: frozenset[Address], flags: str, reason: str) -> Step | None:
    if has.isdisjoint(ADDRESSES[channel]):
        return Step.ADDRESS
    if reason == "hardbounced":
        return Step.VALID
    if "A" not in flags:
        return Step.ACTIVE
    if "D" in flags:
        return Step.LISTS
    return Step(reason) if reason else None
