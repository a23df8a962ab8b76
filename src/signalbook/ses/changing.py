"""What an account says of a contact of a list, as the one change the verb applies; no I/O.

Opting out, and opting in again, is the account's own word: it lifts what the account had set and
never what the person, a bounce or a complaint has.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from signalbook.contacts import attributes as texts
from signalbook.contacts.model import ContactChange, Listed, Mode, Source
from signalbook.ledger.model import Channel, Reason
from signalbook.ses.errors import AttributesInvalid, TopicUnknown
from signalbook.ses.model import Choice, KeptTopic, SesList, channel_of

MAX_ATTRIBUTES_BYTES: Final = 64 * 1024
"""AWS documents no limit; this is what all the fields of a contact may weigh."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a call says of a contact; what it leaves out is not set."""

    attributes: str | UnsetType = UNSET
    unsubscribe: bool | UnsetType = UNSET
    topics: Mapping[str, Choice] | UnsetType = UNSET


class Compat(msgspec.Struct, frozen=True, kw_only=True):
    """What an update does with what it leaves out.

    `forgets_topics` says when the choices about topics that are not named are taken back: never,
    when others are named, or always.
    """

    clears_attributes: bool = False
    resubscribes: bool = False
    forgets_topics: Literal["never", "where others are named", "always"] = "never"


COMPAT: Final[Mapping[str, Compat]] = {
    "safe": Compat(),
    "observed": Compat(clears_attributes=True, resubscribes=True),
    "documented": Compat(forgets_topics="always"),
    "moto": Compat(forgets_topics="where others are named"),
}
"""By the setting SES_COMPAT."""


def created(one: SesList, email: str, said: Said, source: Source) -> ContactChange:
    """Say that a contact is new to a list; raises TopicUnknown, AttributesInvalid."""
    change = _said(one, email, said, source, [])
    change.listed = Listed(list_id=one.id, attributes=_checked(said.attributes), presence="new")
    return change


def updated(one: SesList, email: str, said: Said, source: Source, compat: Compat) -> ContactChange:
    """Say what changes of a contact of a list; raises TopicUnknown, AttributesInvalid."""
    forgets = compat.forgets_topics == "always" or (
        compat.forgets_topics != "never" and said.topics is not UNSET
    )
    named: Mapping[str, Choice] = {} if said.topics is UNSET else said.topics
    forgotten = [topic for topic in one.topics if forgets and topic.name not in named]
    if said.unsubscribe is UNSET and compat.resubscribes:
        said = msgspec.structs.replace(said, unsubscribe=False)
    change = _said(one, email, said, source, forgotten)
    attributes: str | UnsetType | None = _checked(said.attributes)
    if attributes is UNSET and compat.clears_attributes:
        attributes = None
    change.mode = Mode.UPDATE
    change.listed = Listed(list_id=one.id, attributes=attributes, presence="there")
    return change


def deleted(one: SesList, email: str, source: Source) -> ContactChange:
    """Say that a contact is to leave a list, and to go where no other list holds it."""
    listed = Listed(list_id=one.id, leave=True)
    return ContactChange(source=source, email=email, mode=Mode.UPDATE, listed=listed)


def _said(
    one: SesList, email: str, said: Said, source: Source, forgotten: list[KeptTopic]
) -> ContactChange:
    topics: Mapping[str, Choice] = {} if said.topics is UNSET else said.topics
    chosen = {_topic(one, name): choice for name, choice in topics.items()}
    joined = [topic for topic, choice in chosen.items() if choice == "OPT_IN"]
    left = [topic for topic, choice in chosen.items() if choice == "OPT_OUT"]
    out = [channel_of(topic.list_id) for topic in left]
    back = [channel_of(topic.list_id) for topic in (*joined, *forgotten)]
    if said.unsubscribe is True:
        out.append(Channel.EMAIL)
    elif said.unsubscribe is False:
        back.append(Channel.EMAIL)
    return ContactChange(
        source=source,
        email=email,
        joins=frozenset(topic.list_id for topic in joined),
        leaves=frozenset(topic.list_id for topic in (*left, *forgotten)),
        optouts=tuple((channel, Reason.USER) for channel in out),
        status="resubscribe" if back else None,
        channels=frozenset(back),
    )


def _topic(one: SesList, name: str) -> KeptTopic:
    found = one.topic(name)
    if found is None:
        raise TopicUnknown(list=one.name, topic=name)
    return found


def _checked(attributes: str | UnsetType) -> str | UnsetType:
    if isinstance(attributes, str):
        if texts.parsed(attributes) is None:
            raise AttributesInvalid
        if len(attributes.encode()) > MAX_ATTRIBUTES_BYTES:
            told = f"AttributesData can contain up to {MAX_ATTRIBUTES_BYTES} bytes."
            raise AttributesInvalid(told)
    return attributes
