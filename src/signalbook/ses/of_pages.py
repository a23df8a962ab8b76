"""What a contact gets: its topics, and what SES clients see of it; a part of its page."""

from typing import Any, Final, NamedTuple
from uuid import UUID

from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import queries as contacts
from signalbook.contacts import shown
from signalbook.contacts.errors import ContactNotFound
from signalbook.contacts.model import Contact, ContactChange, Mode, Source
from signalbook.contacts.reading import as_id
from signalbook.contacts.writer import Writer
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import AppError
from signalbook.ledger.model import Reason
from signalbook.ses import page_queries, queries, reading
from signalbook.ses.errors import NotInList
from signalbook.ses.model import KeptTopic, SesList, Standing, channel_of
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.render import Page

CONSOLE: Final = "console"
MOST_LISTS: Final = 20
_THEIRS: Final = "They opted out themselves, which nobody here can undo."


class Choice(NamedTuple):
    """A topic and how a contact stands to it; `is_theirs` where only they can change it."""

    topic: KeptTopic
    status: str
    is_chosen: bool
    is_theirs: bool


class OnList(NamedTuple):
    """A contact as a contact list shows it."""

    one: SesList
    is_unsubscribed: bool
    choices: list[Choice]
    attributes: str | None


@get("/topics/of/{contact_id:uuid}", access=person("viewer"))
async def show(contact_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show which topics a contact is in, and its AttributesData."""
    return await _show(contact_id, caller, page, db, "")


@post("/topics/of/{contact_id:uuid}", access=person("editor"))
async def change(
    request: AnyRequest,
    contact_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    writer: Writer,
) -> Response[Any]:
    """Opt a contact in to a topic or out of it; what they decided themselves stays."""
    form = await forms.fields(request, ("in", "out"))
    topic_id = as_id(form["in"] or form["out"])
    async with db.read() as read:
        lists = await queries.page(read, caller.account_id, None, ("", ""), MOST_LISTS)
        contact = await _contact(read, caller.account_id, contact_id)
    if topic_id is None or topic_id not in {t.list_id for one in lists for t in one.topics}:
        return await _show(contact_id, caller, page, db, "There is no such topic any more.")
    source = Source(CONSOLE, caller.actor)
    asked = ContactChange(source=source, id=contact.id, mode=Mode.UPDATE)
    if form["in"]:
        asked.status, asked.channels = "resubscribe", frozenset({channel_of(topic_id)})
        asked.joins = frozenset({topic_id})
    else:
        asked.optouts = ((channel_of(topic_id), Reason.USER),)
        asked.leaves = frozenset({topic_id})
    outcome = await writer.submit(caller.account_id, asked)
    problem = outcome.error.message if isinstance(outcome.error, AppError) else ""
    if not page.target:
        toast = Toast(problem, "bad") if problem else None
        return page.go(f"/topics/of/{contact_id}", toast)
    return await _show(contact_id, caller, page, db, problem)


async def _show(
    contact_id: UUID, caller: Caller, page: Page, db: Database, problem: str
) -> Response[Any]:
    async with db.read() as read:
        contact = await _contact(read, caller.account_id, contact_id)
        lists = await queries.page(read, caller.account_id, None, ("", ""), MOST_LISTS)
        on = [
            seen
            for one in lists
            if contact.email and (seen := await _on(read, caller.account_id, one, contact))
        ]
    return page.show(
        "ses/of.html",
        parts={"topics-of": "ses/_of.html"},
        nav="contacts",
        contact_id=contact_id,
        name=shown.name_of(contact),
        on=on,
        topic_problem=problem,
        theirs=_THEIRS,
    )


async def _on(db: Read, account_id: int, one: SesList, contact: Contact) -> OnList | None:
    """Show a contact as a list does, or None where the list does not show it."""
    assert contact.email is not None  # noqa: S101  # asked before
    try:
        seen = await reading.contact(db, account_id, one, contact.email)
    except NotInList:
        return None
    channels = [channel_of(topic.list_id) for topic in one.topics]
    left = await page_queries.left(db, account_id, contact.email.lower(), channels)
    theirs = {row[0] for row in left if row[1] == Reason.CONTACT}
    choices = [_choice(topic, seen.standing, theirs) for topic in one.topics]
    text = await reading.attributes(db, account_id, seen)
    return OnList(one, seen.standing.unsubscribed, choices, text)


def _choice(topic: KeptTopic, standing: Standing, theirs: set[str]) -> Choice:
    chosen = standing.chosen.get(topic.name)
    status = chosen or topic.default_status
    return Choice(topic, status, chosen is not None, channel_of(topic.list_id) in theirs)


async def _contact(read: Read, account_id: int, contact_id: UUID) -> Contact:
    contact = await contacts.get(read, account_id, contact_id)
    if contact is None:
        raise ContactNotFound
    return contact


ROUTES = [show, change]
