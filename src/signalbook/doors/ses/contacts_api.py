"""Contacts at the SES door: wire only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET

from signalbook.contacts.errors import (
    ContactInvalid,
    ContactNotFound,
    ContactTooLarge,
    ListedAlready,
    NotListed,
)
from signalbook.contacts.model import ContactChange, Source
from signalbook.doors.ses import paging, tokens
from signalbook.doors.ses.call import Call, Handler, stamp
from signalbook.doors.ses.members import Flag, Items, Nested, Structure, Text, Whole
from signalbook.ses import changing, checking, looking, reading
from signalbook.ses.changing import Said
from signalbook.ses.errors import AttributesInvalid, InListAlready, NotInList
from signalbook.ses.model import CHOICES, Choice, Filter, KeptTopic, SesList, Standing

_TOPIC_FILTER: Final = Structure(Text("TopicName"), Flag("UseDefaultIfPreferenceUnavailable"))
_FILTER: Final = Structure(
    Text("FilteredStatus", choices=CHOICES), Nested("TopicFilter", _TOPIC_FILTER)
)
_LISTING: Final = Structure(Nested("Filter", _FILTER), Whole("PageSize"), Text("NextToken"))


_PREFERENCES: Final = Items(
    "TopicPreferences",
    Structure(
        Text("TopicName", required=True),
        Text("SubscriptionStatus", required=True, choices=CHOICES),
    ),
)
_CREATED: Final = Structure(
    _PREFERENCES,
    Text("EmailAddress", required=True),
    Flag("UnsubscribeAll"),
    Text("AttributesData"),
)
_UPDATED: Final = Structure(_PREFERENCES, Flag("UnsubscribeAll"), Text("AttributesData"))


async def create(call: Call) -> None:
    """Answer CreateContact."""
    given = _CREATED.read(call.body)
    email = given["EmailAddress"]
    address = checking.new_email(email)
    one = await _list(call)
    await _write(call, email, changing.created(one, address, _said(given), _source(call)))


async def update(call: Call) -> None:
    """Answer UpdateContact; the setting SES_COMPAT says what becomes of what is left out."""
    given = _UPDATED.read(call.body)
    email = checking.email(call.path["EmailAddress"])
    one = await _list(call)
    compat = changing.COMPAT[call.settings.ses_compat]
    change = changing.updated(one, email, _said(given), _source(call), compat)
    await _write(call, email, change)


async def delete(call: Call) -> None:
    """Answer DeleteContact."""
    email = checking.email(call.path["EmailAddress"])
    one = await _list(call)
    await _write(call, email, changing.deleted(one, email, _source(call)))


async def get(call: Call) -> dict[str, Any]:
    """Answer GetContact."""
    email = checking.email(call.path["EmailAddress"])
    one = await _list(call)
    async with call.db.read() as read:
        shown = await reading.contact(read, call.account_id, one, email)
        attributes = await reading.attributes(read, call.account_id, shown)
    answer: dict[str, Any] = {
        "ContactListName": one.name,
        "EmailAddress": shown.email,
        **_Preferences(one.topics).of(shown.standing),
        "CreatedTimestamp": stamp(shown.created_at),
        "LastUpdatedTimestamp": stamp(shown.updated_at),
    }
    if attributes is not None:
        answer["AttributesData"] = attributes
    return answer


async def index(call: Call) -> dict[str, Any]:
    """Answer ListContacts."""
    given = _LISTING.read(call.body)
    size = paging.size_of(given.get("PageSize"))
    one = await _list(call)
    wanted = _filter_of(given.get("Filter", {}))
    bound = [str(one.id), wanted.digest()]
    token = given.get("NextToken")
    (after,) = tokens.read(call, bound, token, (str,)) if token else [""]
    async with call.db.read() as read:
        page = await reading.page(read, call.account_id, one, wanted, after=after, size=size)
    preferences = _Preferences(one.topics)
    answer: dict[str, Any] = {
        "Contacts": [
            {
                "EmailAddress": seen.email,
                **preferences.of(seen.standing),
                "LastUpdatedTimestamp": stamp(seen.updated_at),
            }
            for seen in page.contacts
        ]
    }
    if page.last_key is not None:
        answer["NextToken"] = tokens.write(call, bound, page.last_key)
    return answer


async def _list(call: Call) -> SesList:
    name = call.path["ContactListName"]
    checking.name(name)
    return await looking.existing(call.db, call.account_id, call.region, name)


async def _write(call: Call, email: str, change: ContactChange) -> None:
    """Write one change, together with others that come at the same time.

    Raises what is wrong in AWS's words, with the address as it was sent.
    """
    outcome = await call.writer.submit(call.account_id, change, call.size)
    if isinstance(outcome.error, ListedAlready):
        raise InListAlready(email=email)
    if isinstance(outcome.error, NotListed | ContactNotFound):
        raise NotInList(email=email)
    if isinstance(outcome.error, ContactInvalid):  # of an address that nobody here can have
        raise NotInList(email=email)
    if isinstance(outcome.error, ContactTooLarge):
        raise AttributesInvalid(outcome.error.message)
    if outcome.error is not None:
        raise outcome.error


def _said(given: dict[str, Any]) -> Said:
    preferences: list[dict[str, Any]] | None = given.get("TopicPreferences")
    return Said(
        attributes=given.get("AttributesData", UNSET),
        unsubscribe=given.get("UnsubscribeAll", UNSET),
        topics=UNSET
        if preferences is None
        else {one["TopicName"]: one["SubscriptionStatus"] for one in preferences},
    )


def _source(call: Call) -> Source:
    return Source("ses", call.caller.actor)


def _filter_of(given: dict[str, Any]) -> Filter:
    about: dict[str, Any] = given.get("TopicFilter", {})
    return Filter(
        status=given.get("FilteredStatus"),
        topic=about.get("TopicName"),
        use_default=about.get("UseDefaultIfPreferenceUnavailable", False),
    )


class _Preferences:
    """Writes what was chosen of the topics of a list, and what counts where nothing was.

    Most of a page have chosen alike, so what is written once is used again: a page of a thousand
    contacts with 20 topics takes a tenth of the time.
    """

    def __init__(self, topics: Sequence[KeptTopic]) -> None:
        self._topics = topics
        self._written: dict[tuple[tuple[str, Choice], ...], dict[str, msgspec.Raw]] = {}

    def of(self, standing: Standing) -> dict[str, Any]:
        """Return the members of one contact."""
        key = tuple(standing.chosen.items())
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = self._write(standing.chosen)
        return {**written, "UnsubscribeAll": standing.unsubscribed}

    def _write(self, chosen: Mapping[str, Choice]) -> dict[str, msgspec.Raw]:
        default: list[tuple[str, Choice]] = [
            (topic.name, topic.default_status) for topic in self._topics if topic.name not in chosen
        ]
        return {
            "TopicPreferences": _raw(chosen.items()),
            "TopicDefaultPreferences": _raw(default),
        }


def _raw(choices: Iterable[tuple[str, Choice]]) -> msgspec.Raw:
    shown = [{"TopicName": name, "SubscriptionStatus": choice} for name, choice in choices]
    return msgspec.Raw(msgspec.json.encode(shown))


HANDLERS: Final[dict[str, Handler]] = {
    "CreateContact": create,
    "GetContact": get,
    "ListContacts": index,
    "UpdateContact": update,
    "DeleteContact": delete,
}
"""By the operation's name."""
