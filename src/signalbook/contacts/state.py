"""A contact while a batch works on it: what it was, what it is, what must be written; no I/O."""

from typing import Any

import msgspec

from signalbook.contacts.model import Contact

encode = msgspec.json.Encoder().encode

Tally = tuple[int, int, int, int, int, int]
TALLIED = (
    "contacts",
    "active",
    "unsubscribed",
    "reachable_email",
    "reachable_sms",
    "reachable_voice",
)
_NOBODY: Tally = (0, 0, 0, 0, 0, 0)


class State:
    """The contact, with its fields and tags as they were before the batch."""

    __slots__ = (
        "contact",
        "deleted",
        "fields_before",
        "fields_json",
        "hex",
        "is_new",
        "metadata_json",
        "record_changed",
        "signals_changed",
        "tags_before",
        "tally_before",
    )

    def __init__(self, contact: Contact, *, is_new: bool) -> None:
        """Wrap a contact that was read and locked, or one that is being made."""
        self.contact = contact
        self.hex = contact.id.hex
        self.is_new = is_new
        self.deleted = False
        self.record_changed = is_new
        self.signals_changed = is_new
        self.fields_before: dict[str, Any] = {} if is_new else contact.fields
        self.tags_before: list[int] = [] if is_new else contact.tags
        self.tally_before = _NOBODY if is_new else tally(contact)
        self.fields_json: bytes | None = None
        self.metadata_json: bytes | None = None

    def written_fields(self) -> bytes:
        """Return the fields as JSON, encoded once however often it is asked for."""
        if self.fields_json is None:
            self.fields_json = encode(self.contact.fields)
        return self.fields_json

    def written_metadata(self) -> bytes:
        """Return the metadata as JSON, encoded once however often it is asked for."""
        if self.metadata_json is None:
            self.metadata_json = encode(self.contact.metadata)
        return self.metadata_json

    def tally_after(self) -> Tally:
        """Count the contact as it is now."""
        return _NOBODY if self.deleted else tally(self.contact)


def tally(contact: Contact) -> Tally:
    """Count one contact in each of the numbers an account shows at a glance (`TALLIED`)."""
    active = contact.is_active
    voice = contact.mobile or contact.fields.get("phone")
    return (
        1,
        int(active),
        int(contact.unsubscribed_at is not None),
        int(active and contact.email is not None and contact.email_optout is None),
        int(active and contact.mobile is not None and contact.sms_optout is None),
        int(active and bool(voice) and contact.voice_optout is None),
    )
