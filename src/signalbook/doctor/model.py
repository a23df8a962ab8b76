"""What the doctor finds; no I/O."""

from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

Level: TypeAlias = Literal["ok", "warning", "fault"]


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """The verdict of one check; `examples` shows the first rows that disagree."""

    check: str
    level: Level
    message: str
    account: str | None = None
    examples: list[list[Any]] = []
    repaired: int = 0


class Drift(NamedTuple):
    """A kind of count: what it is called, what a row of its disagreement holds."""

    name: str
    sentence: str


DRIFTS = (
    Drift("counts", "what contacts are, by tag; 0 is the account (tag, what, stored, counted)"),
    Drift("tags", "tags' contacts (id, stored, counted)"),
    Drift("fields", "fields' contacts (name, stored, counted)"),
    Drift("field_lengths", "how long values are (field, length, stored, counted)"),
    Drift("event_days", "daily signals (contact, tag, day, stored, counted)"),
    Drift("optout_states", "opt-outs in force (address, channel, reason, is there, should be)"),
    Drift("contact_optouts", "opt-outs written on contacts (contact, email, sms, voice, left)"),
    Drift("list_members", "who is on lists and is no contact (list, contact)"),
    Drift("lists", "lists' contacts (id, stored, counted)"),
    Drift("list_activity", "who is held by a deactivated list (contact, should be active)"),
    Drift("list_counts", "what the contacts of lists are (list, what, stored, counted)"),
    Drift("signals", "contacts without signals, or the reverse (contact, is a contact)"),
)
