"""Topics: what people can subscribe to, contact list by contact list; made, changed, deleted."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import Conflict, Invalid
from signalbook.kit.jobs import Worker
from signalbook.ses import actions, counting, of_pages, page_queries, queries
from signalbook.ses.errors import (
    ContactListNotFound,
    RegionUnfit,
    TopicNotFound,
    TopicTaken,
)
from signalbook.ses.model import OPEN, STRICT, KeptTopic, Limits, SesList, Topic
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.formats import plural
from signalbook.web.render import Page

HOME: Final = "/topics"
MOST_LISTS: Final = 50

_LIST: Final = ("region", "name", "description")
_TOPIC: Final = ("name", "display_name", "description", "default")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


@get(HOME, access=person("viewer"))
async def index(caller: Caller, page: Page, db: Database, settings: Settings) -> Response[Any]:
    """List the topics of every contact list, with who is in and who is out."""
    async with db.read() as read:
        lists = await queries.page(read, caller.account_id, None, ("", ""), MOST_LISTS)
        contacts, counts = await counting.of_topics(read, caller.account_id, lists)
    limits = limits_of(settings)
    return page.show(
        "ses/index.html",
        nav="lists",
        lists=lists,
        contacts=contacts,
        counts=counts,
        most=limits.topics,
    )


@get("/topics/new", access=person("editor"), sync_to_thread=False)
def new_list(page: Page) -> Response[Any]:
    """Ask what a new contact list is called and where it is."""
    return _ask_list(page)


@post("/topics/lists", access=person("editor"))
async def create_list(
    request: AnyRequest, caller: Caller, page: Page, db: Database, settings: Settings
) -> Response[Any]:
    """Make a contact list, or ask again with what is wrong."""
    form = await forms.fields(request, _LIST)
    region = form["region"].strip().lower()
    try:
        if not _REGION.fullmatch(region):
            raise RegionUnfit(region=region or "Nothing")
        made = await db.transact(
            lambda tx: actions.create(
                tx,
                caller.account_id,
                region,
                form["name"].strip(),
                description=form["description"].strip() or None,
                limits=limits_of(settings),
                actor=caller.actor,
            )
        )
    except (Invalid, Conflict) as refusal:
        return _ask_list(page, form, refusal)
    return page.go(HOME, Toast(f"The contact list {made.name} is made."))


@post("/topics/lists/{list_id:uuid}/deletion", access=person("editor"))
async def delete_list(
    list_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Delete a contact list, its topics, and the contacts that it alone has made."""

    async def work(tx: Tx) -> SesList:
        one = await _list(tx, caller.account_id, list_id)
        return await actions.delete(tx, caller.account_id, one.region, one.name)

    gone = await db.transact(work)
    worker.nudge()
    return page.go(HOME, Toast(f"The contact list {gone.name} is deleted."))


@get("/topics/lists/{list_id:uuid}/new", access=person("editor"))
async def new_topic(list_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Ask what a new topic of a list is called."""
    async with db.read() as read:
        one = await _list(read, caller.account_id, list_id)
    return _ask_topic(page, one)


@post("/topics/lists/{list_id:uuid}", access=person("editor"))
async def add_topic(
    request: AnyRequest,
    list_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    settings: Settings,
) -> Response[Any]:
    """Add a topic to a list, or ask again with what is wrong."""
    form = await forms.fields(request, _TOPIC)
    topic = _topic_of(form, form["name"].strip())

    async def work(tx: Tx) -> None:
        one = await _list(tx, caller.account_id, list_id)
        if one.topic(topic.name) is not None:
            raise TopicTaken(name=topic.name)
        await _put(tx, caller, one, (*one.topics, topic), settings)

    return await _changed(caller, page, db, list_id, form, work, f"{topic.display_name} is added.")


@get("/topics/lists/{list_id:uuid}/topics/{name:str}", access=person("editor"))
async def edit_topic(
    list_id: UUID, name: str, caller: Caller, page: Page, db: Database
) -> Response[Any]:
    """Show a topic as it can be changed."""
    async with db.read() as read:
        one = await _list(read, caller.account_id, list_id)
        _, counts = await counting.of_topics(read, caller.account_id, [one])
    topic = _topic(one, name)
    return _ask_topic(page, one, topic, opted_in=counts[topic.list_id].opted_in)


@post("/topics/lists/{list_id:uuid}/topics/{name:str}", access=person("editor"))
async def change_topic(
    request: AnyRequest,
    list_id: UUID,
    name: str,
    caller: Caller,
    page: Page,
    db: Database,
    settings: Settings,
) -> Response[Any]:
    """Change what a topic is called and what counts for whoever has not chosen."""
    form = await forms.fields(request, _TOPIC)
    changed = _topic_of(form, name)

    async def work(tx: Tx) -> None:
        one = await _list(tx, caller.account_id, list_id)
        _topic(one, name)
        topics = tuple(changed if topic.name == name else topic for topic in one.topics)
        await _put(tx, caller, one, topics, settings)

    return await _changed(caller, page, db, list_id, form, work, "Saved.", name)


@post("/topics/lists/{list_id:uuid}/topics/{name:str}/deletion", access=person("editor"))
async def delete_topic(
    list_id: UUID, name: str, caller: Caller, page: Page, db: Database, settings: Settings
) -> Response[Any]:
    """Delete a topic; who opted out of it stays out should it come again."""

    async def work(tx: Tx) -> KeptTopic:
        one = await _list(tx, caller.account_id, list_id)
        gone = _topic(one, name)
        topics = tuple(topic for topic in one.topics if topic.name != name)
        await _put(tx, caller, one, topics, settings)
        return gone

    gone = await db.transact(work)
    return page.go(HOME, Toast(f"The topic {gone.display_name or gone.name} is deleted."))


def limits_of(settings: Settings) -> Limits:
    """Return how many lists and topics there may be."""
    return OPEN if settings.ses_limits == "open" else STRICT


async def _changed(  # what a form came to
    caller: Caller,
    page: Page,
    db: Database,
    list_id: UUID,
    form: Mapping[str, str],
    work: Any,  # noqa: ANN401  # a transaction's work
    said: str,
    name: str = "",
) -> Response[Any]:
    try:
        await db.transact(work)
    except (Invalid, Conflict) as refusal:
        async with db.read() as read:
            one = await _list(read, caller.account_id, list_id)
        topic = one.topic(name) if name else None
        return _ask_topic(page, one, topic, form=form, refusal=refusal)
    return page.go(HOME, Toast(said))


async def _put(
    tx: Tx, caller: Caller, one: SesList, topics: tuple[Topic, ...], settings: Settings
) -> None:
    plain = [msgspec.convert(topic, Topic, from_attributes=True) for topic in topics]
    await actions.update(
        tx,
        caller.account_id,
        one.region,
        one.name,
        topics=plain,
        description=one.description,
        limits=limits_of(settings),
        actor=caller.actor,
    )


def _topic_of(form: Mapping[str, str], name: str) -> Topic:
    return Topic(
        name=name,
        display_name=form["display_name"].strip() or name,
        default_status="OPT_OUT" if form["default"] == "OPT_OUT" else "OPT_IN",
        description=form["description"].strip() or None,
    )


def _topic(one: SesList, name: str) -> KeptTopic:
    found = one.topic(name)
    if found is None:
        raise TopicNotFound
    return found


async def _list(db: Read, account_id: int, list_id: UUID) -> SesList:
    place = await page_queries.place(db, account_id, list_id)
    found = await queries.get(db, account_id, *place) if place else None
    if found is None:
        raise ContactListNotFound(name=str(list_id))
    return found


def _ask_list(
    page: Page, form: Mapping[str, str] | None = None, refusal: Invalid | Conflict | None = None
) -> Response[Any]:
    return page.show(
        "ses/new_list.html",
        status=status_of(refusal) if refusal else 200,
        nav="lists",
        form=form or dict.fromkeys(_LIST, ""),
        problem=refusal.message if refusal else "",
        is_region=isinstance(refusal, RegionUnfit),
        regions=REGIONS,
    )


def _ask_topic(  # what a page is made of
    page: Page,
    one: SesList,
    topic: KeptTopic | None = None,
    *,
    form: Mapping[str, str] | None = None,
    refusal: Invalid | Conflict | None = None,
    opted_in: int = 0,
) -> Response[Any]:
    kept = {
        "name": topic.name if topic else "",
        "display_name": topic.display_name if topic else "",
        "description": (topic.description or "") if topic else "",
        "default": topic.default_status if topic else "OPT_IN",
    }
    return page.show(
        "ses/topic.html",
        status=status_of(refusal) if refusal else 200,
        nav="lists",
        one=one,
        topic=topic,
        form=form or kept,
        problem=refusal.message if refusal else "",
        opted_in=plural(opted_in, "contact"),
    )


REGIONS: Final = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1",
    "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
    "me-south-1", "me-central-1", "af-south-1", "il-central-1", "ap-south-1", "ap-south-2",
    "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3",
)  # fmt: skip
"""Regions that offer SES (AWS general reference, "SES endpoints", 2026); others are taken too."""

ROUTES = [
    index,
    new_list,
    create_list,
    delete_list,
    new_topic,
    add_topic,
    edit_topic,
    change_topic,
    delete_topic,
    *of_pages.ROUTES,
]
