"""The lists: all of them with their counts; made, described, deleted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import views
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import Conflict, Invalid
from signalbook.kit.jobs import Worker
from signalbook.lists import (
    actions,
    combining_pages,
    job_actions,
    job_pages,
    member_pages,
    of_pages,
    picking_pages,
    queries,
)
from signalbook.lists.model import ContactList, Kind, key_of
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.formats import plural
from signalbook.web.render import Page

HOME: Final = "/lists"
SHOWN: Final = 200

_FIELDS: Final = ("name", "description", "kind")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType(dict.fromkeys(_FIELDS, ""))


@get(HOME, access=person("viewer"))
async def index(
    caller: Caller, page: Page, db: Database, search: str = "", after: str = ""
) -> Response[Any]:
    """List lists by name; for htmx only the table."""
    return await _show(caller, page, db, search=search, after=after)


@post(HOME, access=person("editor"))
async def create(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Make a list and go to it, or ask again with what is wrong."""
    form = await forms.fields(request, _FIELDS)
    try:
        async with db.tx() as tx:
            one = await actions.create(
                tx,
                caller.account_id,
                form["name"],
                form["description"],
                kind=_kind(form),
                actor=caller.actor,
            )
    except (Invalid, Conflict) as refusal:
        status = status_of(refusal)
        return await _show(caller, page, db, given=form, problem=refusal.message, status=status)
    return page.go(f"{HOME}/{one.id}", Toast(f"The list {one.name} is made."))


@post("/lists/{list_id:uuid}/description", access=person("editor"))
async def describe(
    request: AnyRequest, list_id: UUID, caller: Caller, page: Page, db: Database
) -> Response[Any]:
    """Give a list another name and description, or ask again with what is wrong."""
    form = await forms.fields(request, _FIELDS)
    here = f"{HOME}/{list_id}"
    try:
        async with db.tx() as tx:
            await actions.describe(
                tx,
                caller.account_id,
                list_id,
                name=form["name"],
                description=form["description"],
                kind=_kind(form),
            )
    except (Invalid, Conflict) as refusal:
        view = views.view_of([], caller.time_zone)
        return await member_pages.shown_list(
            list_id, caller, page, db, view, given=form, refusal=refusal
        )
    return page.go(here, Toast("Saved."))


@post("/lists/{list_id:uuid}/switch", access=person("editor"))
async def switch(
    request: AnyRequest, list_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Deactivate a list, or activate it again."""
    is_active = (await forms.fields(request, ("to",)))["to"] == "active"

    async def work(tx: Tx) -> tuple[ContactList, UUID | None]:
        return await job_actions.switch(
            tx, caller.account_id, list_id, is_active=is_active, actor=caller.actor
        )

    one, job_id = await db.transact(work)
    if job_id is not None:
        worker.nudge()
        await db.transact(lambda tx: job_actions.step(tx, caller.account_id, job_id))
    said = "is active again" if is_active else "is deactivated: nobody on it can be reached"
    return page.go(f"{HOME}/{list_id}", Toast(f"The list {one.name} {said}."))


@post("/lists/{list_id:uuid}/deletion", access=person("editor"))
async def delete(
    list_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Delete a list; the contacts on it stay."""
    async with db.tx() as tx:
        one = await actions.delete(tx, caller.account_id, list_id)
    worker.nudge()
    said = f"The list {one.name} is deleted; {plural(one.members, 'contact')} stay."
    return page.go(HOME, Toast(said))


def _kind(form: Mapping[str, str]) -> Kind:
    return "topic" if form["kind"] == "topic" else "static"


async def _show(  # what a page is made of
    caller: Caller,
    page: Page,
    db: Database,
    *,
    search: str = "",
    after: str = "",
    given: Mapping[str, str] = _NOTHING,
    problem: str = "",
    status: int = 200,
) -> Response[Any]:
    search, after = (one.replace("\x00", "")[:200] for one in (search.strip(), after))
    async with db.read() as read:
        found = await queries.page(
            read, caller.account_id, SHOWN + 1, key_of(search), after or None
        )
    return page.show(
        "lists/index.html",
        status=status,
        parts={"list": "lists/_index.html"},
        nav="lists",
        lists=found[:SHOWN],
        after=key_of(found[SHOWN - 1].name) if len(found) > SHOWN else "",
        is_later=bool(after),
        search=search,
        given=given,
        problem=problem,
    )


ROUTES = [
    index,
    create,
    describe,
    switch,
    delete,
    *combining_pages.ROUTES,
    *member_pages.ROUTES,
    *picking_pages.ROUTES,
    *of_pages.ROUTES,
    *job_pages.ROUTES,
]
