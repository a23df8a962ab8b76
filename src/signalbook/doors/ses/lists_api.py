"""Contact lists at the SES door: wire only."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from signalbook.doors.ses import paging, tokens
from signalbook.doors.ses.call import Call, Handler, stamp
from signalbook.doors.ses.errors import LimitReached
from signalbook.doors.ses.members import Items, Structure, Text, text_in, whole_in
from signalbook.lists.errors import TooManyLists
from signalbook.ses import actions, checking, queries
from signalbook.ses.model import CHOICES, SesList, Topic, limits_of

_TAG: Final = Structure(Text("Key", required=True), Text("Value", required=True))
TAGS: Final = Items("Tags", _TAG)
_TOPIC: Final = Structure(
    Text("TopicName", required=True),
    Text("DisplayName", required=True),
    Text("Description"),
    Text("DefaultSubscriptionStatus", required=True, choices=CHOICES),
)
_DESCRIBED: Final = (
    Text("ContactListName", required=True),
    Items("Topics", _TOPIC),
    Text("Description"),
)
_CREATED: Final = Structure(*_DESCRIBED, TAGS)
_UPDATED: Final = Structure(*_DESCRIBED)


async def create(call: Call) -> None:
    """Answer CreateContactList."""
    given = _CREATED.read(call.body)
    limits = limits_of(call.settings.ses_limits)
    with _lists_at_most():
        await call.db.transact(
            lambda tx: actions.create(
                tx,
                call.account_id,
                call.region,
                given["ContactListName"],
                topics=_topics_of(given),
                description=given.get("Description"),
                tags=tags_of(given),
                limits=limits,
                actor=call.caller.actor,
            )
        )


async def get(call: Call) -> dict[str, Any]:
    """Answer GetContactList."""
    name = call.path["ContactListName"]
    checking.name(name)
    async with call.db.read() as read:
        one = await actions.existing(read, call.account_id, call.region, name)
    shown: dict[str, Any] = {
        "ContactListName": one.name,
        "Topics": [_topic_shown(topic) for topic in one.topics],
        "CreatedTimestamp": stamp(one.created_at),
        "LastUpdatedTimestamp": stamp(one.updated_at),
        "Tags": tags_shown(one),
    }
    if one.description is not None:
        shown["Description"] = one.description
    return shown


async def index(call: Call) -> dict[str, Any]:
    """Answer ListContactLists."""
    size = paging.size_of(whole_in(call.query, "PageSize"))
    token = text_in(call.query, "NextToken")
    (after,) = tokens.read(call, None, token, (str,)) if token else [""]
    async with call.db.read() as read:
        found = await queries.page(
            read, call.account_id, call.region, (call.region, after), size + 1
        )
    shown: dict[str, Any] = {
        "ContactLists": [
            {"ContactListName": one.name, "LastUpdatedTimestamp": stamp(one.updated_at)}
            for one in found[:size]
        ]
    }
    if len(found) > size:
        shown["NextToken"] = tokens.write(call, None, found[size - 1].name)
    return shown


async def update(call: Call) -> None:
    """Answer UpdateContactList: topics and description are replaced, absent ones by nothing."""
    given = _UPDATED.read(call.body, ContactListName=call.path["ContactListName"])
    limits = limits_of(call.settings.ses_limits)
    with _lists_at_most():
        await call.db.transact(
            lambda tx: actions.update(
                tx,
                call.account_id,
                call.region,
                given["ContactListName"],
                topics=_topics_of(given),
                description=given.get("Description"),
                limits=limits,
                actor=call.caller.actor,
            )
        )


async def delete(call: Call) -> None:
    """Answer DeleteContactList."""
    name = call.path["ContactListName"]
    await call.db.transact(lambda tx: actions.delete(tx, call.account_id, call.region, name))
    call.worker.nudge()


@contextmanager
def _lists_at_most() -> Generator[None]:
    """Say it as AWS says limits where the account has no room for the lists of topics."""
    try:
        yield
    except TooManyLists as full:
        raise LimitReached(full.message) from full


def tags_of(given: dict[str, Any]) -> list[tuple[str, str]]:
    """Read tags as they were sent."""
    return [(tag["Key"], tag["Value"]) for tag in given.get("Tags", ())]


def tags_shown(one: SesList) -> list[dict[str, str]]:
    """Show the tags of a contact list."""
    return [{"Key": key, "Value": value} for key, value in one.tags.items()]


def _topics_of(given: dict[str, Any]) -> list[Topic]:
    return [
        Topic(
            name=topic["TopicName"],
            display_name=topic["DisplayName"],
            default_status=topic["DefaultSubscriptionStatus"],
            description=topic.get("Description"),
        )
        for topic in given.get("Topics", ())
    ]


def _topic_shown(topic: Topic) -> dict[str, str]:
    shown: dict[str, str] = {
        "TopicName": topic.name,
        "DisplayName": topic.display_name,
        "DefaultSubscriptionStatus": topic.default_status,
    }
    if topic.description is not None:
        shown["Description"] = topic.description
    return shown


HANDLERS: Final[dict[str, Handler]] = {
    "CreateContactList": create,
    "GetContactList": get,
    "ListContactLists": index,
    "UpdateContactList": update,
    "DeleteContactList": delete,
}
"""By the operation's name."""
