"""A contact while a batch works on it: what it was, what it is, what must be written; no I/O."""

from typing import Any

import msgspec

from signalbook.contacts.model import Contact

encode = msgspec.json.Encoder().encode


class State:
    """The contact, with its fields and tags as they were before the batch.

    `counted` is what it counted as then (`count_queries.Was`), `source` what made it.
    """

    __slots__ = (
        "contact",
        "counted",
        "deleted",
        "fields_before",
        "fields_json",
        "hex",
        "identifiers_before",
        "is_new",
        "metadata_json",
        "record_changed",
        "signals_changed",
        "source",
        "standing_before",
        "tags_before",
    )

    def __init__(self, contact: Contact, counted: str | None, source: str = "") -> None:
        """Wrap a contact that was read and locked, or one that is being made by `source`."""
        is_new = counted is None
        self.contact = contact
        self.counted = counted
        self.source = source
        contact.list_active = counted is None or "D" not in counted.partition("|")[0]
        self.hex = contact.id.hex
        self.is_new = is_new
        self.deleted = False
        self.record_changed = is_new
        self.signals_changed = is_new
        self.fields_before: dict[str, Any] = {} if is_new else contact.fields
        self.tags_before: list[int] = [] if is_new else contact.tags
        self.standing_before = self._standing()
        self.identifiers_before = self.identifiers()
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

    def identifiers(self) -> tuple[str | None, str | None, str | None]:
        """List by what the contact is known, as the database compares it."""
        contact = self.contact
        email = None if contact.email is None else contact.email.lower()
        return email, contact.mobile, contact.external_id

    def is_other(self) -> bool:
        """Tell whether it counts as something else now, its tags aside."""
        return self.deleted or self.is_new or self._standing() != self.standing_before

    def _standing(self) -> tuple[object, ...]:
        """List all that `reach` and `country` are derived from."""
        contact = self.contact
        fields = contact.fields
        return (
            contact.email is None,
            contact.mobile,
            fields.get("phone"),
            fields.get("country"),
            contact.is_active,
            contact.list_active,
            contact.unsubscribed_at is None,
            contact.email_optout,
            contact.sms_optout,
            contact.voice_optout,
        )
