"""Which lists a contact is on: a part of its page, and a page of its own without scripts."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import queries as contacts
from signalbook.contacts import shown
from signalbook.contacts.errors import ContactNotFound
from signalbook.contacts.model import Contact
from signalbook.contacts.reading import as_id
from signalbook.kit import clock
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.errors import Conflict, Invalid
from signalbook.lists import actions, member_queries, queries, who
from signalbook.lists.model import key_of
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.render import Page

OFFERED: Final = 12


@get("/lists/of/{contact_id:uuid}", access=person("viewer"))
async def show(contact_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show which lists a contact is on, since when and through whom."""
    return await _show(contact_id, caller, page, db, "", focus=False)


@post("/lists/of/{contact_id:uuid}", access=person("editor"))
async def change(
    request: AnyRequest, contact_id: UUID, caller: Caller, page: Page, db: Database
) -> Response[Any]:
    """Add a contact to the list of this name, which is made if need be, or take it from one."""
    form = await forms.fields(request, ("name", "leave"))
    account, leaves = caller.account_id, as_id(form["leave"])
    async with db.read() as read:
        await _contact(read, account, contact_id)

    async def work(tx: Tx) -> None:
        if leaves is not None:
            await actions.leave(tx, account, leaves, [contact_id])
            return
        found = await actions.ensure(tx, account, [form["name"]], caller.actor)
        (list_id,) = found.values()
        await actions.join(tx, account, list_id, [contact_id], clock.now(), caller.actor)

    problem = ""
    try:
        await db.transact(work)
    except (Invalid, Conflict) as refusal:
        problem = refusal.message
    if not page.target:
        toast = Toast(problem, "bad") if problem else None
        return page.go(f"/lists/of/{contact_id}", toast)
    return await _show(contact_id, caller, page, db, problem, focus=True)


@get("/lists/options", access=person("viewer"))
async def options(caller: Caller, page: Page, db: Database, name: str = "") -> Response[Any]:
    """Offer lists whose name contains what is typed."""
    asked = key_of(name.replace("\x00", "")[:200])
    async with db.read() as read:
        found = await queries.page(read, caller.account_id, OFFERED, asked)
    return page.part("lists/_options.html", options=found)


async def _show(
    contact_id: UUID, caller: Caller, page: Page, db: Database, problem: str, *, focus: bool
) -> Response[Any]:
    async with db.read() as read:
        contact = await _contact(read, caller.account_id, contact_id)
        memberships = await member_queries.of_contact(read, caller.account_id, contact_id)
        actors = {one.joined_by for one in memberships}
        names = await who.names(read, caller.account_id, actors)
    return page.show(
        "lists/of.html",
        parts={"lists-of": "lists/_of.html"},
        nav="contacts",
        contact_id=contact_id,
        name=shown.name_of(contact),
        memberships=memberships,
        names=names,
        list_problem=problem,
        list_focus=focus,
    )


async def _contact(read: Read, account_id: int, contact_id: UUID) -> Contact:
    contact = await contacts.get(read, account_id, contact_id)
    if contact is None:
        raise ContactNotFound
    return contact


ROUTES = [show, change, options]
