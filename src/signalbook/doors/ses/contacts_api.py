"""Contacts at the SES door: wire only."""

from collections.abc import Sequence
from typing import Any, Final

from signalbook.doors.ses import paging, tokens
from signalbook.doors.ses.call import Call, Handler, stamp
from signalbook.doors.ses.members import Flag, Nested, Structure, Text, Whole
from signalbook.ses import checking, looking, reading
from signalbook.ses.model import CHOICES, Filter, KeptTopic, SesList, Standing

_TOPIC_FILTER: Final = Structure(Text("TopicName"), Flag("UseDefaultIfPreferenceUnavailable"))
_FILTER: Final = Structure(
    Text("FilteredStatus", choices=CHOICES), Nested("TopicFilter", _TOPIC_FILTER)
)
_LISTING: Final = Structure(Nested("Filter", _FILTER), Whole("PageSize"), Text("NextToken"))


async def get(call: Call) -> dict[str, Any]:
    """Answer GetContact."""
    email = checking.email(call.path["EmailAddress"])
    one = await _list(call)
    async with call.db.read() as read:
        shown = await reading.contact(read, call.account_id, one, email)
    answer: dict[str, Any] = {
        "ContactListName": one.name,
        "EmailAddress": shown.email,
        **_preferences(one.topics, shown.standing),
        "CreatedTimestamp": stamp(shown.created_at),
        "LastUpdatedTimestamp": stamp(shown.updated_at),
    }
    if shown.raw is not None:
        answer["AttributesData"] = shown.raw
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
    answer: dict[str, Any] = {
        "Contacts": [
            {
                "EmailAddress": seen.email,
                **_preferences(one.topics, seen.standing),
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


def _filter_of(given: dict[str, Any]) -> Filter:
    about: dict[str, Any] = given.get("TopicFilter", {})
    return Filter(
        status=given.get("FilteredStatus"),
        topic=about.get("TopicName"),
        use_default=about.get("UseDefaultIfPreferenceUnavailable", False),
    )


def _preferences(topics: Sequence[KeptTopic], standing: Standing) -> dict[str, Any]:
    """Show what was chosen, and what counts of the topics about which nothing was."""
    chosen = standing.chosen
    return {
        "TopicPreferences": [
            {"TopicName": topic.name, "SubscriptionStatus": chosen[topic.name]}
            for topic in topics
            if topic.name in chosen
        ],
        "TopicDefaultPreferences": [
            {"TopicName": topic.name, "SubscriptionStatus": topic.default_status}
            for topic in topics
            if topic.name not in chosen
        ],
        "UnsubscribeAll": standing.unsubscribed,
    }


HANDLERS: Final[dict[str, Handler]] = {"GetContact": get, "ListContacts": index}
"""By the operation's name."""
