"""The table of contacts: which, in which order, with what beside; and adding one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Response, get, post

from signalbook.accounts import forms, key_queries
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller, Role
from signalbook.contacts import (
    adding_pages,
    bulk_pages,
    card_pages,
    fact_pages,
    page_queries,
    paging,
    queries,
    reading,
    shown,
    timeline_pages,
    views,
)
from signalbook.contacts.bulk_model import BulkJob
from signalbook.contacts.filters import ContactFilter, Predicate, TagFound, compile_filter
from signalbook.contacts.model import Contact
from signalbook.contacts.orders import Sort
from signalbook.contacts.page_queries import Surroundings
from signalbook.contacts.paging import Listing, Place
from signalbook.contacts.stored import Stored
from signalbook.contacts.views import SORTS, View
from signalbook.kit import clock
from signalbook.kit.db import Database, Read
from signalbook.web import cursors
from signalbook.web.access import person
from signalbook.web.render import Page

PAGE: Final = 50
COUNTED_TO: Final = 10_000
PALETTE_ROWS: Final = 6

_JOB_SHOWN_SECONDS = 180
_LONGEST_COLUMN = 80
_ACTIONS: Final[tuple[tuple[str, str, Role], ...]] = (
    ("Add contact", "/contacts/new", "editor"),
    ("Import a file", "/imports/new", "editor"),
    ("Make a key", "/keys#new-key", "admin"),
    ("Invite somebody", "/people#invite", "admin"),
)


class Total(NamedTuple):
    """How many contacts a view means: a number, one it exceeds, or not known yet."""

    number: int
    is_more: bool = False
    is_known: bool = True

    @property
    def said(self) -> str:
        """Write it down: 12,345 or 10,000+."""
        return f"{self.number:,}{'+' if self.is_more else ''}"


@get(views.HOME, access=person("viewer"))
async def index(
    request: AnyRequest, caller: Caller, page: Page, db: Database, after: str = ""
) -> Response[Any]:
    """List contacts; for htmx only the rows that follow, or the table anew."""
    view = views.view_of(views.pairs_of(request.url.query), caller.time_zone)
    async with db.read() as read:
        around = await _around(read, caller, view)
        predicate = await _predicate(read, caller.account_id, view.wanted, around)
        found, more = await _page(read, caller.account_id, predicate, view, after)
        names = await _tag_names(read, caller.account_id, found, around)
        total = _total(view, predicate, around, found, is_whole=not (after or more))
        everybody = around.contacts
        keys = [] if everybody else await key_queries.list_all(read, caller.account_id)
    shown_columns, all_columns = shown.columns_of(around.columns, around.fields)
    return page.show(
        "contacts/index.html",
        parts={"list": "contacts/_list.html", "more": "contacts/_rows.html"},
        nav="contacts",
        view=view,
        total=total,
        everybody=everybody,
        chips=views.chips(view, around.labels(), around.list_names()),
        columns=shown_columns,
        all_columns=all_columns,
        lines=[shown.line_of(contact, names, shown_columns) for contact in found],
        more=f"{view.href()}{'&' if view.pairs else '?'}after={more}" if more else "",
        is_later=bool(after),
        tags=_offered(around, view),
        lists=around.lists,
        fields=around.fields,
        jobs=_jobs(around),
        pulse=_pulse(everybody, around.latest),
        upload_key=next((k for k in keys if k.kind == "upload" and not k.revoked_at), None),
        operators=views.OPERATORS,
        channels=views.CHANNELS,
        addresses=views.ADDRESSES,
        optouts=views.OPTOUT_CHOICES,
        is_part=bool(page.target),
        stored=around.stored and msgspec.convert(around.stored, Stored),
    )


@get("/contacts/stored", access=person("viewer"))
async def where_stored(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Say again where the contacts are stored besides here, and how far behind that is."""
    async with db.read() as read:
        found = await page_queries.stored(read, caller.account_id)
    return page.part("contacts/_stored.html", stored=found)


@get("/contacts/count", access=person("viewer"))
async def count(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Count the contacts of a view, which may take longer than to show the first of them."""
    view = views.view_of(views.pairs_of(request.url.query), caller.time_zone)
    async with db.read() as read:
        predicate = await queries.predicate_of(read, caller.account_id, view.wanted)
        number = await reading.total(
            read, caller.account_id, view.wanted, predicate, COUNTED_TO + 1
        )
    return page.part("contacts/_count.html", view=view, total=_capped(number))


@get("/contacts/pulse", access=person("viewer"))
async def pulse(caller: Caller, page: Page, db: Database, seen: str = "") -> Response[Any]:
    """Tell whether anything happened since the table was read; nothing is said when it did not."""
    async with db.read() as read:
        number, latest = await page_queries.pulse(read, caller.account_id)
    current = _pulse(number or 0, latest)
    if current == seen:
        return Response(None, status_code=204)
    answer = page.part("contacts/_pulse.html", pulse=current)
    answer.headers["HX-Trigger"] = "list-stale"
    return answer


@post("/contacts/columns", access=person("viewer"))
async def choose_columns(
    request: AnyRequest, caller: Caller, page: Page, db: Database
) -> Response[Any]:
    """Remember which columns somebody wants to see."""
    form = await request.form()
    texts = [one for one in form.getall("columns", []) if isinstance(one, str)]
    chosen = [one for one in texts if len(one) <= _LONGEST_COLUMN and "\x00" not in one][:60]
    if caller.user_id is not None:
        async with db.tx() as tx:
            await page_queries.set_columns(tx, caller.account_id, caller.user_id, chosen)
    back = (await forms.fields(request, ("back",)))["back"]
    return page.go(back if back.startswith(views.HOME) else views.HOME)


@get("/palette", access=person("viewer"))
async def palette(caller: Caller, db: Database, q: str = "") -> dict[str, list[dict[str, str]]]:
    """Find contacts by the beginning of anything they are known by."""
    wanted = ContactFilter(search=q[:200])
    if not q.strip():
        return {"items": []}
    async with db.read() as read:
        predicate = await queries.predicate_of(read, caller.account_id, wanted)
        listing = Listing(Sort.UPDATED_AT, descending=True, size=PALETTE_ROWS)
        found = await queries.page(read, caller.account_id, predicate, listing)
    people = [
        {
            "title": shown.name_of(one),
            "hint": one.email or one.mobile or one.external_id or "",
            "href": f"/contacts/{one.id}",
            "icon": "user",
        }
        for one in found
    ]
    asked = q.casefold().split()
    actions = [
        {"title": title, "href": href, "icon": "plus", "group": "Actions"}
        for title, href, role in _ACTIONS
        if caller.has_role(role) and all(word in title.casefold() for word in asked)
    ]
    return {"items": [*people, *actions]}


async def _around(read: Read, caller: Caller, view: View) -> Surroundings:
    ids = view.wanted.list_ids()
    return await page_queries.surroundings(read, caller.account_id, caller.user_id, ids)


async def _predicate(
    read: Read, account_id: int, wanted: ContactFilter, around: Surroundings
) -> Predicate:
    """Make the predicate, from the tags and lists read already wherever they suffice."""
    known = {name: TagFound(id, contacts) for id, name, contacts in around.tags}
    lists = {UUID(id): members for id, _, members in around.lists}
    has_tags = known.keys() >= set(wanted.tag_names()) or len(known) < page_queries.MOST_TAGS
    if has_tags and wanted.reachable is None and len(wanted.list_ids()) <= page_queries.MOST_LISTS:
        return compile_filter(account_id, wanted, known, lists)
    return await queries.predicate_of(read, account_id, wanted)


async def _page(
    read: Read, account_id: int, predicate: Predicate, view: View, after: str
) -> tuple[list[Contact], str]:
    """Read a page of a view, and where the next one begins."""
    sort = SORTS[view.sort.removeprefix("-")]
    listed = f"console:{view.sort}"
    place: Place | None = None
    if after:
        key: Any = {"created": UUID, "activity": datetime}.get(
            view.sort.removeprefix("-"), str | None
        )
        first, identifier = cursors.read(after, account_id, listed, (key, UUID))
        place = Place(first, identifier)
    listing = Listing(sort, view.sort.startswith("-"), PAGE + 1, place)
    found = await queries.page(read, account_id, predicate, listing)
    if len(found) <= PAGE:
        return found, ""
    found = found[:PAGE]
    return found, cursors.write(account_id, listed, *paging.place_of(found[-1], sort))


async def _tag_names(
    read: Read, account_id: int, found: list[Contact], around: Surroundings
) -> Mapping[int, str]:
    names = {id: name for id, name, _ in around.tags}
    if all(tag in names for contact in found for tag in contact.tags):
        return names
    return names | await reading.tag_names(read, account_id, found)


def _total(
    view: View, predicate: Predicate, around: Surroundings, found: list[Contact], *, is_whole: bool
) -> Total:
    """Say how many a view means wherever that is known without counting."""
    if not predicate:
        return Total(around.contacts)
    if is_whole:
        return Total(len(found))
    tags = view.wanted.tags
    one_tag = len(tags) == 1 and view.wanted == ContactFilter(tags=tags)
    if one_tag and predicate.at_most is not None:
        return Total(predicate.at_most)
    return Total(len(found), is_known=False)


def _capped(number: int) -> Total:
    return Total(min(number, COUNTED_TO), number > COUNTED_TO)


def _offered(around: Surroundings, view: View) -> list[tuple[str, int | None]]:
    """List the tags of the panel: those of the view first, then the most carried."""
    chosen = view.all("tag")
    counts: dict[str, int | None] = {name: contacts for _, name, contacts in around.tags}
    ordered = dict.fromkeys([*chosen, *counts])
    return [(name, counts.get(name)) for name in ordered]


def _jobs(around: Surroundings) -> list[BulkJob]:
    """Return the jobs worth showing: those that work, and those that have just ended."""
    now = clock.now()
    found = [msgspec.convert(job, BulkJob) for job in reversed(around.jobs)]
    return [
        job
        for job in found
        if job.is_active
        or (job.finished_at and (now - job.finished_at).total_seconds() < _JOB_SHOWN_SECONDS)
    ]


def _pulse(number: int, latest: datetime | None) -> str:
    return f"{number}.{latest.timestamp() if latest else 0}"


ROUTES = [
    index,
    where_stored,
    count,
    pulse,
    choose_columns,
    palette,
    *adding_pages.ROUTES,
    *bulk_pages.ROUTES,
    *card_pages.ROUTES,
    *fact_pages.ROUTES,
    *timeline_pages.ROUTES,
]
