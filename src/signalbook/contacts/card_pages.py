"""The page of one contact: who it is, whether it can be reached, its tags; what ends it."""

from typing import Any, Final, Literal, cast
from uuid import UUID

from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import card, erasing, page_queries, timelines
from signalbook.contacts.adding_pages import CONSOLE
from signalbook.contacts.model import ContactChange, Mode, Outcome, Source
from signalbook.contacts.writer import Writer
from signalbook.kit import clock
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.formats import zone_of
from signalbook.web.render import Page

_DONE: Final = {
    "unsubscribe": "Unsubscribed on every channel.",
    "resubscribe": "Resubscribed.",
    "deactivate": "Deactivated. Signals still arrive; nobody writes to an inactive contact.",
    "reactivate": "Reactivated.",
}
CHANGED: Final = '{"contact-changed": true}'


@get("/contacts/{contact_id:uuid}", access=person("viewer"))
async def show(
    contact_id: UUID, caller: Caller, page: Page, db: Database, kind: str = ""
) -> Response[Any]:
    """Show a contact with the beginning of its timeline."""
    return await _show(contact_id, caller, page, db, "contacts/contact.html", kind)


@get("/contacts/{contact_id:uuid}/drawer", access=person("viewer"))
async def drawer(contact_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show a contact beside the table."""
    return await _show(contact_id, caller, page, db, "contacts/_drawer.html", "")


@get("/contacts/{contact_id:uuid}/reach", access=person("viewer"))
async def reachability(contact_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show again what may have changed with a signal: tags and reachability."""
    async with db.read() as read:
        one = await card.read(read, caller.account_id, contact_id)
    return page.part("contacts/_tags.html", card=one, tag_problem="", focus=False)


@post("/contacts/{contact_id:uuid}/status", access=person("editor"))
async def set_status(
    request: AnyRequest, contact_id: UUID, caller: Caller, page: Page, writer: Writer
) -> Response[Any]:
    """Unsubscribe, resubscribe, deactivate or reactivate."""
    asked = (await forms.fields(request, ("action",)))["action"]
    here = f"/contacts/{contact_id}"
    if asked not in _DONE:
        return page.go(here)
    change = ContactChange(source=Source(CONSOLE, caller.actor), id=contact_id, mode=Mode.UPDATE)
    if asked in {"unsubscribe", "resubscribe"}:
        change.status = cast("Literal['unsubscribe', 'resubscribe']", asked)
    else:
        change.is_active = asked == "reactivate"
    outcome = _accepted(await writer.submit(caller.account_id, change))
    if outcome.notes:
        return page.go(here, Toast(" ".join(outcome.notes), "warn"))
    return page.go(here, Toast(_DONE[asked]))


@post("/contacts/{contact_id:uuid}/deletion", access=person("editor"))
async def delete(
    request: AnyRequest,
    contact_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    writer: Writer,
) -> Response[Any]:
    """Delete a contact with its timeline; the ledger stays, or only hashes where it is erased."""
    form = await forms.fields(request, ("erase",))
    async with db.read() as read:
        one = await card.read(read, caller.account_id, contact_id)
    if form["erase"]:
        source = Source(CONSOLE, caller.actor)
        _accepted(
            await db.transact(lambda tx: erasing.erase(tx, caller.account_id, contact_id, source))
        )
        return page.go("/contacts", Toast(f"{one.name} is erased."))
    change = ContactChange(
        source=Source(CONSOLE, caller.actor), id=contact_id, mode=Mode.UPDATE, delete=True
    )
    _accepted(await writer.submit(caller.account_id, change))
    return page.go("/contacts", Toast(f"{one.name} is deleted."))


@post("/contacts/{contact_id:uuid}/tags", access=person("editor"))
async def change_tags(
    request: AnyRequest,
    contact_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    writer: Writer,
) -> Response[Any]:
    """Attach a tag, or detach one."""
    form = await forms.fields(request, ("tag", "detach"))
    added = tuple(one.strip() for one in form["tag"].split(",") if one.strip())
    change = ContactChange(
        source=Source(CONSOLE, caller.actor),
        id=contact_id,
        tags_add=added,
        tags_remove=(form["detach"],) if form["detach"] else (),
        mode=Mode.UPDATE,
    )
    problem, status = "", 200
    try:
        _accepted(await writer.submit(caller.account_id, change))
    except AppError as refusal:
        if refusal.kind == "not_found":
            raise
        problem, status = refusal.message, status_of(refusal)
    if not page.target:
        toast = Toast(problem, "bad") if problem else None
        return page.go(f"/contacts/{contact_id}", toast)
    async with db.read() as read:
        one = await card.read(read, caller.account_id, contact_id)
    answer = page.part(
        "contacts/_tags.html", status=status, card=one, tag_problem=problem, focus=True
    )
    if not problem:
        answer.headers["HX-Trigger"] = CHANGED
    return answer


@get("/contacts/tag-options", access=person("viewer"))
async def tag_options(caller: Caller, page: Page, db: Database, tag: str = "") -> Response[Any]:
    """Offer tags that contain what is typed, with how many contacts carry each."""
    async with db.read() as read:
        found = await page_queries.tags_like(read, caller.account_id, tag.replace("\x00", "")[:128])
    return page.part("contacts/_tag_options.html", options=found)


async def _show(
    contact_id: UUID, caller: Caller, page: Page, db: Database, template: str, kind: str
) -> Response[Any]:
    today = clock.now().astimezone(zone_of(caller.time_zone)).date()
    async with db.read() as read:
        one = await card.read(read, caller.account_id, contact_id)
        strip = await card.strip(read, caller.account_id, contact_id, today)
        timeline = await timelines.read(
            read, caller.account_id, contact_id, kind=kind, zone=caller.time_zone
        )
    return page.show(
        template,
        nav="contacts",
        card=one,
        strip=strip,
        timeline=timeline,
        kinds=timelines.FILTERS,
        tag_problem="",
        focus=False,
    )


def _accepted(outcome: Outcome) -> Outcome:
    if outcome.error is not None:
        raise outcome.error
    return outcome


ROUTES = [show, drawer, reachability, set_status, delete, change_tags, tag_options]
