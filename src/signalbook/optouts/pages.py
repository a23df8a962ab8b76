"""The opt-outs: who may not be reached, why and since when; added, lifted, with their history."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.response import Stream

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import identifiers, restricting_queries
from signalbook.contacts import queries as contacts
from signalbook.contacts import shown as contacts_shown
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import AppError
from signalbook.ledger import seals
from signalbook.ledger.model import ALL, Channel, Reason, domain_of
from signalbook.optouts import (
    actions,
    blocklist_pages,
    exporting,
    of_pages,
    queries,
    reading,
    shown,
)
from signalbook.optouts.model import LIFTS, NEED_A_NOTE, By, Outcome, Restriction, Wanted
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.formats import zone_of
from signalbook.web.render import Page

HOME: Final = "/optouts"
CONSOLE: Final = "console"
SHOWN: Final = 100
MOST_LINES: Final = 200

_FIELDS = ("channel", "reason", "address", "source", "since", "until")
_NEW = ("address", "channel", "reason", "note")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType(dict.fromkeys(_NEW, ""))


@get(HOME, access=person("viewer"))
async def index(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """List opt-outs in force, the latest first; for htmx only the table."""
    return await _show(request, caller, page, db)


@post(HOME, access=person("editor"))
async def create(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Add an opt-out, or ask again with what is wrong."""
    form = await forms.fields(request, _NEW)
    asked = Restriction(
        channel=form["channel"] or ALL,
        address=form["address"],
        reason=form["reason"] or Reason.USER,
        source=CONSOLE,
        actor=caller.actor,
        evidence={"note": form["note"]} if form["note"] else None,
    )

    async def work(tx: Tx) -> list[Outcome]:
        return await actions.restrict(tx, caller.account_id, [asked], at=clock.now())

    (done,) = await db.transact(work)
    if done.error is not None:
        return await _show(request, caller, page, db, given=form, refusal=done.error)
    said = "It holds from now on." if done.status == "restricted" else "It was blocked already."
    return page.go(_history(reading.address_of(form["address"])), Toast(said))


@get("/optouts/history", access=person("viewer"))
async def history(caller: Caller, page: Page, db: Database, address: str = "") -> Response[Any]:
    """Show what holds of an address, who has it, and everything that was ever said of it."""
    account, address = caller.account_id, _read(address)
    both = [address, seals.seal(account, address)]
    async with db.read() as read:
        lines = await queries.history(read, account, both, MOST_LINES)
        domain = [one] if (one := domain_of(address)) else []
        held = await queries.of_addresses(read, account, [*both, *domain])
        rows = await restricting_queries.owners(read, account, [address]) if address else []
        owners = [await contacts.get(read, account, row[1]) for row in rows[:10]]
        actors = await shown.actors(read, account, [line.actor for line in lines])
        topics = await shown.topics(read, account)
    return page.show(
        "optouts/history.html",
        parts={"drawer-content": "optouts/_drawer.html"},
        nav="optouts",
        address=address,
        lines=lines,
        held=held,
        owners=[(one.id, contacts_shown.name_of(one)) for one in owners if one is not None],
        actors=actors,
        topics=topics,
        lifts=LIFTS[By.OPERATOR],
        need_a_note=NEED_A_NOTE,
        words=shown,
    )


@get("/optouts/export.csv", access=person("viewer"))
async def export(request: AnyRequest, caller: Caller, db: Database) -> Stream:
    """Write the opt-outs that the page's filters mean as a CSV."""
    asked = {name: _clean(request.query_params.get(name, "")) for name in _FIELDS}
    lines = exporting.lines(db, caller.account_id, _wanted(asked, caller))
    headers = {"content-disposition": 'attachment; filename="opt-outs.csv"'}
    return Stream(lines, media_type="text/csv; charset=utf-8", headers=headers)


@post("/optouts/lifts", access=person("editor"))
async def lift(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Lift an opt-out, as far as a named person may."""
    form = await forms.fields(request, _NEW)
    asked = Restriction(
        channel=form["channel"],
        address=form["address"],
        reason=form["reason"] or Reason.USER,
        source=CONSOLE,
        actor=caller.actor,
        evidence={"note": form["note"]} if form["note"] else None,
    )

    async def work(tx: Tx) -> list[Outcome]:
        at = clock.now()
        return await actions.lift(tx, caller.account_id, [asked], by=By.OPERATOR, at=at)

    (done,) = await db.transact(work)
    here = _history(form["address"])
    if done.error is not None:
        return page.go(here, Toast(done.error.message, "bad"))
    return page.go(
        here, Toast("Lifted. The history keeps both." if done.written else "It is lifted.")
    )


async def _show(
    request: AnyRequest,
    caller: Caller,
    page: Page,
    db: Database,
    *,
    given: Mapping[str, str] = _NOTHING,
    refusal: AppError | None = None,
) -> Response[Any]:
    asked = {name: _clean(request.query_params.get(name, "")) for name in _FIELDS}
    cursor = request.query_params.get("after", "")
    account = caller.account_id
    after = reading.after_of(cursor, account) if cursor else None
    async with db.read() as read:
        found = await queries.page(read, account, _wanted(asked, caller), SHOWN + 1, after)
        topics = await shown.topics(read, account)
    shows, has_more = found[:SHOWN], len(found) > SHOWN
    filters = {name: value for name, value in asked.items() if value}
    more = {**filters, "after": reading.cursor_of(account, shows[-1])} if has_more else {}
    return page.show(
        "optouts/index.html",
        status=status_of(refusal) if refusal else 200,
        parts={"list": "optouts/_index.html"},
        nav="optouts",
        optouts=shows,
        asked=asked,
        is_filtered=bool(filters),
        next=f"{HOME}?{urlencode(more)}" if more else "",
        export=f"{HOME}/export.csv?{urlencode(filters)}",
        is_later=bool(cursor),
        topics=topics,
        channels=[
            ("", "Every channel"),
            *((one, shown.channel(one, topics)) for one in (*Channel, *topics)),
        ],
        reasons=[("", "Every reason"), *((one.value, shown.REASONS[one]) for one in Reason)],
        given=given,
        problem=refusal.message if refusal else "",
        words=shown,
    )


def _wanted(asked: Mapping[str, str], caller: Caller) -> Wanted:
    """Read the filters of the page; what cannot be read is left out."""
    since, until = (_day(asked.get(name, ""), caller.time_zone) for name in ("since", "until"))
    return Wanted(
        channel=reading.channel_of(asked.get("channel", "")),
        reason=asked["reason"] if asked.get("reason") in set(Reason) else None,
        source=asked.get("source") or None,
        since=since,
        before=_day_after(until) if until else None,
        address=reading.beginning_of(asked.get("address", "")),
    )


def _day(text: str, zone: str) -> datetime | None:
    """Return when a day begins where the person is."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone_of(zone))
    except ValueError:
        return None


def _day_after(day: datetime) -> datetime | None:
    """Return the next day; after the last one that there is comes nothing."""
    try:
        return day + timedelta(days=1)
    except OverflowError:
        return None


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:320]


def _history(address: str) -> str:
    return f"{HOME}/history?{urlencode({'address': address})}"


def _read(text: str) -> str:
    """Return an address as the ledger knows it; what is none is shown as it is, with nothing."""
    text = _clean(text)
    if text.startswith(seals.PREFIX):
        return text
    try:
        return reading.address_of(text)
    except identifiers.Refused:
        return text


ROUTES = [
    index,
    create,
    history,
    lift,
    export,
    *of_pages.ROUTES,
    *blocklist_pages.ROUTES,
]
