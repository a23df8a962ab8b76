"""The fields in the console: how filled they are, what they hold, what they are called."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts.rewriting import job_pages
from signalbook.contacts.rewriting.job_pages import recent
from signalbook.contacts.values import TYPES
from signalbook.fields import actions, counting
from signalbook.fields.actions import Fields
from signalbook.fields.model import FieldType, Registered
from signalbook.kit.db import Database
from signalbook.kit.errors import Conflict, Invalid
from signalbook.kit.jobs import Worker
from signalbook.kit.spelling import plain
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

HOME: Final = "/fields"
_DESCRIBED: Final = ("name", "label", "aliases", "is_hidden")
_TYPE_NAMES: Final = dict(TYPES) | {"object": "Object"}
_NOTHING: Final = {"name": "", "label": "", "type": "", "aliases": ""}


class Line(msgspec.Struct, frozen=True):
    """A field with the part of all contacts that has it, in percent."""

    field: Registered
    percent: float

    @property
    def href(self) -> str:
        """The address of its page."""
        return href_of(self.field.name)


def href_of(name: str) -> str:
    """Return the address of a field's page; a name may hold anything, so it is no path."""
    return f"{HOME}/one?{urlencode({'name': name})}"


@get(HOME, access=person("viewer"))
async def index(
    caller: Caller, page: Page, db: Database, search: str = "", sort: str = ""
) -> Response[Any]:
    """List the fields that are used or the account's own, then the standard ones that are not."""
    return await _show(caller, page, db, search=search, sort=sort)


@post(HOME, access=person("editor"))
async def create(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Make a field and go to it, or ask again with what is wrong."""
    form = await forms.fields(request, tuple(_NOTHING))
    type = form["type"]
    try:
        async with db.tx() as tx:
            field = await actions.create(
                tx,
                caller.account_id,
                form["name"].strip(),
                label=form["label"],
                type=FieldType(type) if type in set(FieldType) else None,
                aliases=_listed(form["aliases"]),
            )
    except (Invalid, Conflict) as refusal:
        status = status_of(refusal)
        return await _show(caller, page, db, given=form, problem=refusal.message, status=status)
    return page.go(href_of(field.name), Toast(f"The field {field.label} is made."))


@get(f"{HOME}/one", access=person("viewer"))
async def one(
    caller: Caller, page: Page, db: Database, worker: Worker, name: str = ""
) -> Response[Any]:
    """Show a field: for whom it is filled, what it holds, and what can be done with it."""
    return await _show_one(caller, page, db, worker, name)


@get(f"{HOME}/values", access=person("viewer"))
async def values(caller: Caller, page: Page, db: Database, name: str = "") -> Response[Any]:
    """Show the most frequent values again, which may have been counted by now."""
    found = await counting.ask(db, caller.account_id, name.replace("\x00", ""))
    return page.part("fields/_values.html", shown=found, href=href_of(found.field.name))


@post(f"{HOME}/description", access=person("editor"))
async def describe(
    request: AnyRequest, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Give a field another label or other aliases, or hide it; or ask again with what is wrong."""
    form = await forms.fields(request, _DESCRIBED)
    try:
        async with db.tx() as tx:
            field = await actions.describe(
                tx,
                caller.account_id,
                form["name"],
                label=form["label"],
                aliases=_listed(form["aliases"]),
                is_hidden=bool(form["is_hidden"]),
            )
    except (Invalid, Conflict) as refusal:
        return await _show_one(caller, page, db, worker, form["name"], form, refusal)
    return page.go(href_of(field.name), Toast("Saved."))


async def _show(  # what a page is made of
    caller: Caller,
    page: Page,
    db: Database,
    *,
    search: str = "",
    sort: str = "",
    given: Mapping[str, str] = _NOTHING,
    problem: str = "",
    status: int = 200,
) -> Response[Any]:
    search = search.strip()[:200]
    async with db.read() as read:
        found = await actions.everything(read, caller.account_id)
        jobs = await recent(read, caller.account_id)
    lines = _lines(found, search, sort)
    return page.show(
        "fields/index.html",
        status=status,
        parts={"list": "fields/_list.html"},
        nav="fields",
        used=[line for line in lines if line.field.created_at is not None],
        unused=[line for line in lines if line.field.created_at is None],
        contacts=found.contacts,
        search=search,
        sort=sort,
        jobs=jobs,
        types=TYPES,
        type_names=_TYPE_NAMES,
        given=given,
        problem=problem,
    )


async def _show_one(
    caller: Caller,
    page: Page,
    db: Database,
    worker: Worker,
    name: str,
    given: Mapping[str, str] | None = None,
    refusal: Invalid | Conflict | None = None,
) -> Response[Any]:
    name = name.replace("\x00", "")
    shown = await counting.ask(db, caller.account_id, name)
    worker.nudge()
    field = shown.field
    async with db.read() as read:
        found = await actions.everything(read, caller.account_id)
        jobs = [job for job in await recent(read, caller.account_id) if field.name in job.job.names]
    others = [(other.name, other.label) for other in found.fields if other.name != field.name]
    return page.show(
        "fields/one.html",
        status=status_of(refusal) if refusal else 200,
        nav="fields",
        line=Line(field, 100 * found.share(field)),
        shown=shown,
        href=href_of(field.name),
        contacts=found.contacts,
        jobs=jobs,
        is_busy=any(job.job.is_active for job in jobs),
        others=sorted(others, key=lambda other: plain(other[1])),
        types=TYPES,
        type_names=_TYPE_NAMES,
        given=given or _described(field),
        problem=refusal.message if refusal else "",
    )


def _lines(found: Fields, search: str, sort: str) -> list[Line]:
    """Pick the fields that are called so, and put them in order."""
    key = plain(search)
    called = [
        one
        for one in found.fields
        if not key or any(key in plain(text) for text in (one.name, one.label, *one.aliases))
    ]
    called.sort(key=lambda one: plain(one.label))
    if sort == "contacts":
        called.sort(key=lambda one: -one.contacts)
    elif sort == "used":
        called.sort(key=lambda one: one.used_at.timestamp() if one.used_at else 0)
        called.reverse()
    return [Line(one, 100 * found.share(one)) for one in called]


def _described(field: Registered) -> dict[str, str]:
    return {
        "label": field.label,
        "aliases": "\n".join(field.aliases),
        "is_hidden": "on" if field.is_hidden else "",
    }


def _listed(text: str) -> list[str]:
    """Read aliases, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


ROUTES = [index, create, one, values, describe, *job_pages.ROUTES]
