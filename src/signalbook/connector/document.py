"""A contact as SES can hold it: AttributesData that carries all that SES has no place for; no I/O.

SES knows an address, `UnsubscribeAll`, a choice for each topic and AttributesData, a JSON object as
text. Into that object go, in this order: the contact's attributes as our own SES door shows them,
byte for byte; the keys that others have put there; and one key, `signalbook`, with the rest: who
the contact is, its other addresses, tags, lists, fields, and every opt-out with its reason. So a
contact that was written and read again is the one it was, and nothing of others is lost.

    written(dossier, former)  →  the text for SES, `former` being the text it holds now
    read(text)                →  what of it is attributes, what is others', and what we kept
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from signalbook.connector.model import Remote, Status, Topic
from signalbook.ledger.model import Channel, Reason

KEY: Final = "signalbook"
VERSION: Final = 1
TOPIC: Final = "topic:"
"""How the ledger's channel of a topic begins; the id of the topic's list follows."""

_SHOWN_AS_UNSUBSCRIBED: Final = frozenset({Reason.CONTACT.value, Reason.USER.value})
_DIGEST: Final = 12


class Optout(msgspec.Struct, frozen=True, array_like=True):
    """An opt-out in force; no address stands for the contact's e-mail, `@…` for all its domain."""

    channel: str
    address: str
    reason: str
    since: datetime
    source: str


class Membership(msgspec.Struct, frozen=True, array_like=True):
    """A list on which the contact is."""

    id: UUID
    name: str
    joined_at: datetime
    joined_by: str


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """All that Signalbook holds of a contact.

    `attributes` is AttributesData as our own door shows it, and `was_sent` says that somebody sent
    it; it is None where the contact has none. `topics` are the choices that SES shall hold.
    """

    id: UUID
    email: str
    mobile: str | None = None
    external_id: str | None = None
    fields: Mapping[str, Any] = {}
    metadata: Mapping[str, Any] = {}
    tags: tuple[str, ...] = ()
    lists: tuple[Membership, ...] = ()
    optouts: tuple[Optout, ...] = ()
    is_active: bool = True
    unsubscribed_at: datetime | None = None
    created_at: datetime
    source: str = ""
    attributes: str | None = None
    was_sent: bool = False
    topics: Mapping[str, Status] = {}

    @property
    def is_unsubscribed(self) -> bool:
        """Tell whether it is unsubscribed from all, by its own or the account's word."""
        return any(
            one.channel == Channel.EMAIL
            and one.reason in _SHOWN_AS_UNSUBSCRIBED
            and (not one.address or one.address.startswith("@"))
            for one in self.optouts
        )


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands under the key `signalbook`.

    `email` is the address where it has capitals. `own` are the attributes' keys, None where
    there are no attributes; `at` is where they end in the text, `end` what follows them, `sum`
    says whether they are as we wrote them. `text` are attributes that could not stand in the
    text as they are. `not_` are keys that are no field by that name; `fields` those that no
    attribute shows. `defaulted` are topics whose choice stands for none. `other` is what
    somebody else had under this key.
    """

    v: int
    id: UUID
    email: str | None = None
    mobile: str | None = None
    external_id: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}
    lists: tuple[Membership, ...] = ()
    fields: dict[str, Any] = {}
    optouts: tuple[Optout, ...] = ()
    is_active: bool = True
    unsubscribed_at: datetime | None = None
    created_at: datetime
    source: str = ""
    own: tuple[str, ...] | None = None
    not_: tuple[str, ...] = msgspec.field(default=(), name="not")
    was_sent: bool = False
    at: int = 0
    end: str = "}"
    sum: str = ""
    text: str | None = None
    defaulted: tuple[str, ...] = ()
    other: Any = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """AttributesData as it was read.

    `attributes` are our own, `foreign` the keys of others; without `kept` all of it is of others.
    `whole` is everything but our key. `is_edited`: somebody else has changed our attributes.
    """

    attributes: str | None = None
    foreign: dict[str, Any] = {}
    whole: str | None = None
    kept: Kept | None = None
    is_edited: bool = False
    other: Any = None


def written(dossier: Dossier, former: str | None = None, *, defaulted: tuple[str, ...] = ()) -> str:
    """Write AttributesData for SES; what others have put into `former` stays."""
    before = read(former)
    sent = None if dossier.attributes is None else parsed(dossier.attributes)
    is_plain = sent is not None and KEY not in sent
    shown = dossier.attributes if is_plain else None
    own = {} if sent is None else {key: value for key, value in sent.items() if key != KEY}
    if shown is None:
        shown = _dumped(own)
    lead, end = _ended(shown)
    foreign = {key: value for key, value in before.foreign.items() if key not in own}
    members = [f"{_dumped(key)}:{_dumped(value)}" for key, value in foreign.items()]
    kept = _kept(dossier, own, at=len(lead), end=end, text=None if is_plain else dossier.attributes)
    kept = msgspec.structs.replace(kept, defaulted=defaulted, other=before.other)
    members.append(f"{_dumped(KEY)}:{_dumped(msgspec.to_builtins(kept))}")
    return lead + ("," if own else "") + ",".join(members) + end


def read(text: str | None) -> Document:
    """Read AttributesData of SES, whoever wrote it."""
    found = None if text is None else parsed(text)
    if text is None or found is None:
        return Document(attributes=text, whole=text)
    kept = _ours(found.get(KEY))
    if kept is None:
        rest = {key: value for key, value in found.items() if key != KEY}
        return Document(attributes=text, foreign=rest, whole=text, other=found.get(KEY))
    own = {key: found[key] for key in kept.own or () if key in found}
    foreign = {key: value for key, value in found.items() if key != KEY and key not in own}
    attributes = _attributes(text, own, kept)
    whole = attributes if not foreign else _dumped({**own, **foreign})
    return Document(
        attributes=attributes,
        foreign=foreign,
        whole=whole,
        kept=kept,
        is_edited=_sum(attributes) != kept.sum,
        other=kept.other,
    )


def fields_of(document: Document) -> dict[str, Any]:
    """Return the fields of a contact as they were when it was written."""
    kept = document.kept
    if kept is None:
        return {}
    sent = (None if document.attributes is None else parsed(document.attributes)) or {}
    shown = {key: value for key, value in sent.items() if key not in kept.not_ and key != KEY}
    return shown | kept.fields


def dossier_of(remote: Remote, document: Document) -> Dossier | None:
    """Return the contact that was written; None where SES has it from somebody else."""
    kept = document.kept
    if kept is None:
        return None
    return Dossier(
        id=kept.id,
        email=_email(remote, kept),
        mobile=kept.mobile,
        external_id=kept.external_id,
        fields=fields_of(document),
        metadata=kept.metadata,
        tags=kept.tags,
        lists=kept.lists,
        optouts=kept.optouts,
        is_active=kept.is_active,
        unsubscribed_at=kept.unsubscribed_at,
        created_at=kept.created_at,
        source=kept.source,
        attributes=document.attributes,
        was_sent=kept.was_sent,
        topics={name: s for name, s in remote.topics.items() if name not in kept.defaulted},
    )


def wanted(dossier: Dossier, remote: Remote | None, topics: tuple[Topic, ...] = ()) -> Remote:
    """Say what SES shall hold of a contact, of which it holds `remote` now.

    SES cannot forget a choice, so one that the contact no longer has becomes the topic's default.
    Topics that we know nothing of stay as they are.
    """
    defaults: dict[str, Status] = {topic.name: topic.default for topic in topics}
    held: Mapping[str, Status] = {} if remote is None else remote.topics
    defaulted = tuple(
        sorted(name for name in held if name in defaults and name not in dossier.topics)
    )
    chosen: dict[str, Status] = {
        **held,
        **{name: defaults[name] for name in defaulted},
        **dossier.topics,
    }
    return Remote(
        address=dossier.email.lower() if remote is None else remote.address,
        unsubscribed=dossier.is_unsubscribed,
        topics=chosen,
        attributes=written(
            dossier, None if remote is None else remote.attributes, defaulted=defaulted
        ),
    )


def is_same(one: Remote, other: Remote | None) -> bool:
    """Tell whether SES holds already what it shall."""
    return (
        other is not None
        and one.unsubscribed == other.unsubscribed
        and dict(one.topics) == dict(other.topics)
        and one.attributes == other.attributes
    )


def parsed(text: str) -> dict[str, Any] | None:
    """Read a JSON object; None where it is none."""
    try:
        found: object = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _kept(dossier: Dossier, own: Mapping[str, Any], *, at: int, end: str, text: str | None) -> Kept:
    by_name = {
        name for name in own if name in dossier.fields and _same(own[name], dossier.fields[name])
    }
    rest = {name: value for name, value in dossier.fields.items() if name not in by_name}
    return Kept(
        v=VERSION,
        id=dossier.id,
        email=None if dossier.email.islower() else dossier.email,
        mobile=dossier.mobile,
        external_id=dossier.external_id,
        tags=dossier.tags,
        metadata=dict(dossier.metadata),
        lists=dossier.lists,
        fields=rest,
        optouts=dossier.optouts,
        is_active=dossier.is_active,
        unsubscribed_at=dossier.unsubscribed_at,
        created_at=dossier.created_at,
        source=dossier.source,
        own=None if dossier.attributes is None else tuple(own),
        not_=tuple(name for name in own if name not in by_name),
        was_sent=dossier.was_sent,
        at=at,
        end=end,
        sum=_sum(dossier.attributes),
        text=text,
    )


def _email(remote: Remote, kept: Kept) -> str:
    """Return the e-mail as it was written; to SES an address is another one in capitals."""
    is_same = kept.email is not None and kept.email.lower() == remote.address.lower()
    return kept.email if is_same and kept.email is not None else remote.address


def _attributes(text: str, own: dict[str, Any], kept: Kept) -> str | None:
    """Cut our attributes out of the text; where others have written it anew, write them anew."""
    if kept.own is None:
        return kept.text
    if kept.text is not None:
        sent = parsed(kept.text) or {}
        if _same({key: value for key, value in sent.items() if key != KEY}, own):
            return kept.text
    cut = text[: kept.at] + kept.end
    return cut if _same(parsed(cut), own) else _dumped(own)


def _ours(block: object) -> Kept | None:
    if not isinstance(block, dict):
        return None
    try:
        return msgspec.convert(block, Kept)
    except msgspec.ValidationError:
        return None


def _ended(shown: str) -> tuple[str, str]:
    """Split an object's text at its closing brace."""
    at = shown.rindex("}")
    return shown[:at], shown[at:]


def _same(one: object, other: object) -> bool:
    """Compare as JSON, where true is not 1 and 1 is not 1.0."""
    return one == other and _dumped(one) == _dumped(other)


def _sum(text: str | None) -> str:
    if text is None:
        return ""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _refused(constant: str) -> object:
    raise ValueError(constant)  # NaN and Infinity are no JSON
