"""What a contact list of the SES kind is, its topics, and what may be said of them; no I/O."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

import msgspec

from signalbook.kit.jobs import Message
from signalbook.ledger import model as ledger

Choice = Literal["OPT_IN", "OPT_OUT"]
"""What somebody chose of a topic, or what counts where nobody chose."""
CHOICES: Final[tuple[Choice, ...]] = ("OPT_OUT", "OPT_IN")
"""In the order in which AWS names them."""

MAX_DISPLAY_NAME: Final = 128
MAX_DESCRIPTION: Final = 500
MAX_TAG_KEY: Final = 128
MAX_TAG_VALUE: Final = 256

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SHORT: Final = 48


class Limits(msgspec.Struct, frozen=True):
    """How many there may be: lists of an account and region, topics of a list, tags of a list."""

    lists: int
    topics: int
    tags: int


STRICT: Final = Limits(lists=1, topics=20, tags=50)
"""AWS's own."""
OPEN: Final = Limits(lists=1_000, topics=1_000, tags=1_000)


def limits_of(setting: str) -> Limits:
    """Return what the setting SES_LIMITS means."""
    return STRICT if setting == "strict" else OPEN


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """Something one may subscribe to; `default_status` counts for whoever has not chosen."""

    name: str
    display_name: str
    default_status: Choice
    description: str | None = None


class KeptTopic(Topic, frozen=True, kw_only=True):
    """A topic as it is stored: who opted in is on the list `list_id`."""

    list_id: UUID


class SesList(msgspec.Struct, frozen=True, kw_only=True):
    """A contact list with its topics, in their order."""

    id: UUID
    region: str
    name: str
    description: str | None
    tags: dict[str, str]
    created_at: datetime
    updated_at: datetime
    topics: tuple[KeptTopic, ...]

    def topic(self, name: str) -> KeptTopic | None:
        """Return the topic of a name, which is compared as it is written."""
        return next((one for one in self.topics if one.name == name), None)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which contacts are meant: of a status, on the whole or for a topic.

    With `use_default` the topic's default counts for whoever has not chosen.
    """

    status: Choice | None = None
    topic: str | None = None
    use_default: bool = False

    def digest(self) -> str:
        """Tell one filter from another in few characters."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


class Standing(msgspec.Struct, frozen=True):
    """What a contact has chosen: of all mail, and of each topic it has chosen about."""

    unsubscribed: bool
    chosen: Mapping[str, Choice]

    def means(self, wanted: Filter, topic: Topic | None) -> bool:
        """Tell whether a filter means a contact that stands so; `topic` is the filter's."""
        if wanted.status is None:
            return True
        if self.unsubscribed or topic is None:
            return (wanted.status == "OPT_OUT") == self.unsubscribed
        choice = self.chosen.get(topic.name)
        if choice is None and wanted.use_default:
            choice = topic.default_status
        return choice == wanted.status


class Seen(msgspec.Struct, frozen=True):
    """A contact as a list shows it in a page."""

    id: UUID
    email: str
    updated_at: datetime
    standing: Standing


class Page(msgspec.Struct, frozen=True):
    """Contacts in the order of their addresses; `last_key` leads on, where there may be more."""

    contacts: list[Seen]
    last_key: str | None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A contact as a list shows it alone; `raw` is AttributesData as it was sent last."""

    id: UUID
    email: str
    mobile: str | None
    external_id: str | None
    fields: dict[str, Any]
    raw: str | None
    is_held: bool
    created_at: datetime
    updated_at: datetime
    standing: Standing


class ForgetContacts(Message, frozen=True):
    """Remove what a deleted contact list held, and the contacts that it alone has made."""

    is_long: ClassVar[bool] = True

    account_id: int
    list_id: UUID


def is_name(text: str) -> bool:
    """Tell whether a contact list or a topic can be called so."""
    return _NAME.fullmatch(text) is not None


def channel_of(list_id: UUID) -> str:
    """Name the channel on which the ledger of opt-outs knows a topic."""
    return ledger.topic(list_id)


class Choices:
    """Tells what was chosen of topics, for one contact after another."""

    def __init__(self, topics: Iterable[KeptTopic]) -> None:
        """Take the topics, in their order."""
        self._names: list[str] = []
        self._lists: dict[UUID, int] = {}
        self._channels: dict[str, int] = {}
        for place, one in enumerate(topics):
            self._names.append(one.name)
            self._lists[one.list_id] = place
            self._channels[channel_of(one.list_id)] = place

    def of(self, joined: Iterable[UUID], left: Iterable[str]) -> dict[str, Choice]:
        """Return what was chosen, by topic in their order.

        An opt-out counts also for who is on the list.
        """
        found: dict[int, Choice] = {self._lists[one]: "OPT_IN" for one in joined}
        for channel in left:
            if channel in self._channels:
                found[self._channels[channel]] = "OPT_OUT"
        return {self._names[place]: found[place] for place in sorted(found)}


def names_for(topic: str, ses_list: str, list_id: UUID) -> tuple[str, ...]:
    """List how the list of a topic may be called, the best first; the last is nobody else's."""
    return (
        topic,
        f"{topic[:_SHORT]} ({ses_list[:_SHORT]})",
        f"{topic} {list_id.hex[-12:]}",
    )


def described(topic: str, ses_list: str, region: str) -> str:
    """Say of a topic's list what it is."""
    return f"The topic {topic} of the contact list {ses_list} in {region} (AWS SES)."
