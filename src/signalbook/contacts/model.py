"""What a contact is, what a change to one says, and what comes of it; no I/O."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from signalbook.kit.errors import AppError

MAX_CONTACT_BYTES = 64 * 1024
MAX_JSON_DEPTH = 8


class Contact(msgspec.Struct):
    """A contact as it is stored; tags are ids of the registry, fields are by name.

    `list_active` is false while a deactivated list holds it.
    """

    id: UUID
    email: str | None
    mobile: str | None
    external_id: str | None
    fields: dict[str, Any]
    metadata: dict[str, Any]
    tags: list[int]
    is_active: bool
    email_optout: str | None
    sms_optout: str | None
    voice_optout: str | None
    unsubscribed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    list_active: bool = True


class Mode(StrEnum):
    """What may happen when the contact is already there, or is not."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"


class Source(msgspec.Struct, frozen=True):
    """Where a change came from: the door, and the key or person behind it."""

    name: str
    actor: str | None = None


class Former(msgspec.Struct, frozen=True):
    """What a contact that is made again keeps of the one it was."""

    id: UUID
    created_at: datetime
    unsubscribed_at: datetime | None
    source: str = ""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What a change says of an SES contact list: `ses_contacts` has a row of it afterwards.

    A contact is on such a list when the list has a row of it, or no list has. `presence` asks that
    it is not there yet (`new`) or is there already. `attributes` is AttributesData, checked to be
    a JSON object: its keys are written as fields, those of the former text that are absent now are
    taken away, and what cannot be a field stays in the text. With `leave` the list lets go of the
    contact, which is deleted where no other list has a row of it.
    """

    list_id: UUID
    attributes: str | UnsetType | None = UNSET
    presence: Literal["any", "new", "there"] = "any"
    leave: bool = False


class ContactChange(msgspec.Struct, kw_only=True):
    """One change to one contact.

    Who: any of `id`, `email`, `mobile`, `external_id`; those that are given and differ are set,
    `None` removes one. What: `fields` and `metadata` merge per key and `None` removes a key;
    `tags_set` replaces the tags, `tags_remove` detaches, then `tags_add` attaches and counts as a
    signal even when the tag is there already. `resubscribe` lifts only what the account had set,
    in `channels` or, without any, in all. `optouts` are pairs of a channel,
    or `all`, and a reason; they are added and never lifted. A channel may be that of a topic
    (`ledger.model.topic`), which means the e-mail address. The contact `joins` and `leaves` lists.

    A value of the fields that `lenient` names is left out where it does not fit.

    With `news` all that the change does is one event, `imported`, that carries these facts, and a
    tag is no signal. A `careful` change means whom its strongest identifier means (external_id,
    then email, then mobile) and never gives a contact another value in a stronger one than that.
    `former` is the contact that was deleted and is made again. `erase` with `delete` takes the
    addresses out of the ledger as well and leaves their seals.
    """

    source: Source
    id: UUID | None = None
    email: str | UnsetType | None = UNSET
    mobile: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET
    fields: dict[str, Any] = msgspec.field(default_factory=dict)
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)
    tags_add: tuple[str, ...] = ()
    tags_remove: tuple[str, ...] = ()
    tags_set: tuple[str, ...] | None = None
    status: Literal["unsubscribe", "resubscribe"] | None = None
    channels: frozenset[str] = frozenset()
    is_active: bool | None = None
    delete: bool = False
    erase: bool = False
    mode: Mode = Mode.UPSERT
    merge: bool = False
    careful: bool = False
    optouts: tuple[tuple[str, str], ...] = ()
    joins: frozenset[UUID] = frozenset()
    leaves: frozenset[UUID] = frozenset()
    listed: Listed | None = None
    lenient: frozenset[str] = frozenset()
    news: dict[str, Any] | None = None
    former: "Former | None" = None
    at: datetime | None = None
    message_id: str | None = None


class Status(StrEnum):
    """What a change came to."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    REJECTED = "rejected"


class Outcome(msgspec.Struct):
    """What came of one change: the contact after it or the error, and what else is worth saying."""

    status: Status
    contact: Contact | None = None
    error: AppError | None = None
    notes: tuple[str, ...] = ()


KEPT_OPTOUT = "The opt-out stays: it was made by {who}, and only they can lift it."
OPTOUT_MAKERS = {
    "contact": "the person",
    "hardbounced": "a bounce",
    "spam": "a complaint",
}
DOMAIN_KEPT = "The e-mail stays blocked: your account blocks the whole domain of its address."
SEEN_BEFORE = "This message_id was applied before; nothing was changed."
