"""From a selection of contacts to a list: which one, known or new."""

from typing import Any, Final

from litestar import Response, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import queries as contacts
from signalbook.contacts import reading
from signalbook.kit.db import Database
from signalbook.kit.errors import Conflict, Invalid
from signalbook.kit.jobs import Worker
from signalbook.lists import actions, changing, queries
from signalbook.lists.errors import NobodyNamed
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.formats import plural
from signalbook.web.render import Page

OFFERED: Final = 200
COUNTED_TO: Final = 100_000


@post("/lists/picks", access=person("editor"))
async def choose(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Ask which list the selected contacts are to be on."""
    picked = await changing.picked(request, caller)
    if picked.wanted is None and not picked.named.ids:
        return page.go(picked.back, Toast(NobodyNamed.sentence(), "bad"))
    async with db.read() as read:
        lists = await queries.page(read, caller.account_id, OFFERED + 1)
        number = len(picked.named)
        if picked.wanted is not None:
            predicate = await contacts.predicate_of(read, caller.account_id, picked.wanted)
            number = await reading.total(
                read, caller.account_id, picked.wanted, predicate, COUNTED_TO + 1
            )
    said = (
        f"more than {COUNTED_TO:,} contacts" if number > COUNTED_TO else plural(number, "contact")
    )
    return page.show(
        "lists/picks.html",
        nav="contacts",
        picked=picked,
        said=said,
        lists=lists[:OFFERED],
        is_cut=len(lists) > OFFERED,
    )


@post("/lists/additions", access=person("editor"))
async def add(
    request: AnyRequest, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Add the selected contacts to a list, which is made where there is none of that name."""
    picked = await changing.picked(request, caller)
    name = (await forms.fields(request, ("name",)))["name"]
    try:
        if picked.wanted is None and not picked.named.ids:
            raise NobodyNamed
        async with db.tx() as tx:
            found = await actions.ensure(tx, caller.account_id, [name], caller.actor)
    except (Invalid, Conflict) as refusal:
        return page.go(picked.back, Toast(refusal.message, "bad"))
    list_id = found[name]
    toast = await changing.change(
        db, worker, caller, list_id, "add", named=picked.named, wanted=picked.wanted
    )
    return page.go(f"/lists/{list_id}", toast)


ROUTES = [choose, add]
