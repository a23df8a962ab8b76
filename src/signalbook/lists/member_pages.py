"""The page of a list: who is on it, who joins, who leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from litestar import Response, get, post

from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import page_queries, paging, reading, shown, views, waterfall
from signalbook.contacts import queries as contacts
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.model import Contact
from signalbook.contacts.paging import Listing, Place
from signalbook.contacts.shown import Column, Line
from signalbook.contacts.views import SORTS, View
from signalbook.contacts.waterfall import Channel
from signalbook.kit import clock
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import Conflict, Invalid
from signalbook.kit.jobs import Worker
from signalbook.lists import (
    changing,
    count_queries,
    filters,
    job_pages,
    keeping,
    member_queries,
    naming,
    queries,
    who,
)
from signalbook.lists.errors import ListNotFound
from signalbook.lists.model import ContactList
from signalbook.web import cursors, formats
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.render import Page

PAGE: Final = 50
COUNTED_TO: Final = 10_000

_JOINED = (Column("joined", "Joined"), Column("joined_by", "By"))


class Shown(NamedTuple):
    """A page of a list, and the cursor of the next one."""

    found: list[Contact]
    more: str


class Total(NamedTuple):
    """How many of a list a view means; `said` is empty until that is counted."""

    number: int
    said: str


@get("/lists/{list_id:uuid}", access=person("viewer"))
async def show(
    request: AnyRequest, list_id: UUID, caller: Caller, page: Page, db: Database, after: str = ""
) -> Response[Any]:
    """Show a list and who is on it; for htmx only the rows that follow, or the table anew."""
    view = views.view_of(views.pairs_of(request.url.query), caller.time_zone)
    return await shown_list(list_id, caller, page, db, view, after)


async def shown_list(
    list_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    view: View,
    after: str = "",
    *,
    given: Mapping[str, str] | None = None,
    refusal: Invalid | Conflict | None = None,
) -> Response[Any]:
    """Show a view of a list; with a refusal its form is open, with what was `given` in it."""
    async with db.read() as read:
        # Before the list: what ends between the two is polled once more, and then counts are right.
        jobs = await job_pages.recent(read, caller.account_id, list_id)
        one = await existing(read, caller.account_id, list_id)
        around = await _around(read, caller, view)
        here = await _page(read, caller.account_id, one, view, after)
        names = await reading.tag_names(read, caller.account_id, here.found)
        joined = await _joined(read, caller.account_id, one, here.found)
        about = await _about(read, caller.account_id, one)
    columns = _columns(around)
    return page.show(
        "lists/list.html",
        status=status_of(refusal) if refusal else 200,
        parts={"list": "lists/_members.html", "more": "contacts/_rows.html"},
        nav="lists",
        one=one,
        given=given or {"name": one.name, "description": one.description, "kind": one.kind},
        problem=refusal.message if refusal else "",
        view=view,
        columns=columns,
        lines=_lines(here, names, columns, joined, caller.time_zone),
        total=_total(one, view, here, is_whole=not (after or here.more)),
        jobs=jobs,
        is_later=bool(after),
        is_part=bool(page.target),
        **about,
        **_ways(f"/lists/{list_id}", view, around, columns, here.more),
    )


@get("/lists/{list_id:uuid}/count", access=person("viewer"))
async def count(
    request: AnyRequest, list_id: UUID, caller: Caller, page: Page, db: Database
) -> Response[Any]:
    """Count those on a list whom a view means, which may take longer than to show the first."""
    view = views.view_of(views.pairs_of(request.url.query), caller.time_zone)
    async with db.read() as read:
        one = await existing(read, caller.account_id, list_id)
        predicate = await filters.members(read, caller.account_id, one, view.wanted)
        number = await contacts.count(read, caller.account_id, predicate, COUNTED_TO + 1)
    said = f"{min(number, COUNTED_TO):,}{'+' if number > COUNTED_TO else ''}"
    return page.part(
        "lists/_count.html", one=one, view=view, total=Total(min(number, COUNTED_TO), said)
    )


@post("/lists/{list_id:uuid}/additions", access=person("editor"))
async def add(
    request: AnyRequest, list_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Add the contacts whose names somebody wrote down."""
    form = await request.form()
    text = form.get("who")
    named = naming.read(text if isinstance(text, str) else "")
    toast = await changing.change(
        db, worker, caller, list_id, "add", named=named, wanted=None
    )  # fmt: skip
    return page.go(f"/lists/{list_id}", toast)


@post("/lists/{list_id:uuid}/removals", access=person("editor"))
async def remove(
    request: AnyRequest, list_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Remove the selected contacts, or all of the list whom the view means."""
    picked = await changing.picked(request, caller)
    toast = await changing.change(
        db, worker, caller, list_id, "remove", named=picked.named, wanted=picked.wanted
    )
    return page.go(_moved(picked.back, f"/lists/{list_id}"), toast)


async def existing(read: Read, account_id: int, list_id: UUID) -> ContactList:
    """Return a list; raises ListNotFound."""
    one = await queries.get(read, account_id, list_id)
    if one is None:
        raise ListNotFound
    return one


async def _about(read: Read, account_id: int, one: ContactList) -> dict[str, Any]:
    """Say how many can be reached, and what a topic is to the feature that keeps it."""
    kept = await keeping.kept_as(read, account_id, one.id) if one.kind == "topic" else None
    return {"reach": await _reachable(read, account_id, one), "kept": kept}


async def _reachable(read: Read, account_id: int, one: ContactList) -> dict[Channel, int]:
    counts = await count_queries.counts(read, account_id, [one.id])
    return waterfall.reachable((what, number) for _, what, number in counts)


async def _page(read: Read, account_id: int, one: ContactList, view: View, after: str) -> Shown:
    """Read a page of a list, in the order of the view."""
    name = view.sort.removeprefix("-")
    listed = f"list:{one.id}:{view.sort}"
    place: Place | None = None
    if after:
        key: Any = {"created": UUID, "activity": datetime}.get(name, str | None)
        place = Place(*cursors.read(after, account_id, listed, (key, UUID)))
    predicate = await filters.members(read, account_id, one, view.wanted)
    listing = Listing(SORTS[name], view.sort.startswith("-"), PAGE + 1, place)
    found = await contacts.page(read, account_id, predicate, listing)
    if len(found) <= PAGE:
        return Shown(found, "")
    found = found[:PAGE]
    last = paging.place_of(found[-1], SORTS[name])
    return Shown(found, cursors.write(account_id, listed, *last))


def _ways(
    address: str, view: View, around: page_queries.Surroundings, columns: list[Column], more: str
) -> dict[str, Any]:
    """Return where the page, its headers, its chips and what follows it lead."""
    return {
        "here": _moved(view.href(), address),
        "heads": _heads(view, columns, address),
        "chips": [chip._replace(href=_moved(chip.href, address)) for chip in _chips(view, around)],
        "more": _moved(view.href(after=more), address) if more else "",
    }


def _total(one: ContactList, view: View, here: Shown, *, is_whole: bool) -> Total:
    """Say how many are meant wherever that is known without counting."""
    if is_whole:
        return Total(len(here.found), f"{len(here.found):,}")
    if view.wanted == ContactFilter():
        return Total(one.members, f"{one.members:,}")
    return Total(len(here.found), "")


def _heads(view: View, columns: list[Column], address: str) -> list[tuple[str, str, str]]:
    """Return (label, address, order) of the headers."""
    heads: list[tuple[str, str, str]] = []
    for column in (Column("name", "Name", "name"), *columns):
        href, order = view.sorted_by(column.sort) if column.sort else ("", "")
        heads.append((column.label, _moved(href, address) if href else "", order))
    return heads


def _chips(view: View, around: page_queries.Surroundings) -> list[views.Chip]:
    return views.chips(view, around.labels(), around.list_names())


def _lines(
    here: Shown,
    names: Mapping[int, str],
    columns: list[Column],
    joined: Mapping[UUID, tuple[datetime, str]],
    zone: str,
) -> list[Line]:
    lines = [shown.line_of(contact, names, columns) for contact in here.found]
    return [_with_joined(line, joined, zone) for line in lines]


def _with_joined(line: Line, joined: Mapping[UUID, tuple[datetime, str]], zone: str) -> Line:
    at, by = joined.get(line.id, (None, ""))
    line.cells["joined"] = formats.ago(at, clock.now(), zone) if at else ""
    line.cells["joined_by"] = by
    return line


async def _around(read: Read, caller: Caller, view: View) -> page_queries.Surroundings:
    ids = view.wanted.list_ids()
    return await page_queries.surroundings(read, caller.account_id, caller.user_id, ids)


async def _joined(
    read: Read, account_id: int, one: ContactList, found: list[Contact]
) -> dict[UUID, tuple[datetime, str]]:
    """Return since when and through whom these are on the list."""
    ids = [contact.id for contact in found]
    rows = await member_queries.joined(read, account_id, one.id, ids)
    names = await who.names(read, account_id, {row[2] for row in rows})
    return {row[0]: (row[1], names[row[2]]) for row in rows}


def _columns(around: page_queries.Surroundings) -> list[Column]:
    chosen, _ = shown.columns_of(around.columns, around.fields)
    return [*(column for column in chosen if column.name != "created"), *_JOINED]


def _moved(href: str, address: str) -> str:
    """Let an address of the table of contacts lead to the same view of a list."""
    return address + href.removeprefix(views.HOME)


ROUTES = [show, count, add, remove]
