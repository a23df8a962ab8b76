"""Can we reach them? A part of a contact's page, and a page of its own without scripts."""

from typing import Any
from uuid import UUID

from litestar import Response, get

from signalbook.accounts.model import Caller
from signalbook.contacts import queries as contacts
from signalbook.contacts import shown as contacts_shown
from signalbook.contacts.errors import ContactNotFound
from signalbook.kit.db import Database
from signalbook.optouts import reachability, shown
from signalbook.web.access import person
from signalbook.web.render import Page


@get("/optouts/of/{contact_id:uuid}", access=person("viewer"))
async def show(contact_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show by which channels a contact can be reached, and if not, why not."""
    async with db.read() as read:
        contact = await contacts.get(read, caller.account_id, contact_id)
        if contact is None:
            raise ContactNotFound
        reached = await reachability.of(read, caller.account_id, contact)
    return page.show(
        "optouts/of.html",
        parts={"optouts-of": "optouts/_of.html"},
        nav="contacts",
        contact_id=contact_id,
        name=contacts_shown.name_of(contact),
        reached=reached,
        words=shown,
    )


ROUTES = [show]
