"""The pages of exports: choose columns and a format, watch the file grow, fetch it."""

import json
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.response import File, Stream

from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import page_queries, queries, reading, shown, views
from signalbook.contacts.views import Chip, View
from signalbook.exports import actions, api, columns, files, person
from signalbook.exports import queries as exports
from signalbook.exports.errors import ExportInvalid, ExportNotFound
from signalbook.exports.model import LABELS, Asked, Export, Format, State
from signalbook.exports.pace import pace_of
from signalbook.kit import clock
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError
from signalbook.kit.jobs import Worker
from signalbook.web.access import person as somebody
from signalbook.web.flash import Toast
from signalbook.web.formats import duration, plural
from signalbook.web.render import Page

HOME: Final = "/exports"
SHOWN: Final = 50
COUNTED_TO: Final = 10_000

_NEW: Final = HOME + "/new"
_MOST_COLUMNS: Final = 1_100
_LONGEST: Final = 80
_LONGEST_QUERY: Final = 16_000
_FORMATS: Final = (
    (Format.CSV, LABELS[Format.CSV], "Opens everywhere, and can be imported again."),
    (Format.XLSX, LABELS[Format.XLSX], "Every cell is text, so numbers stay as they are."),
    (Format.JSONL, LABELS[Format.JSONL], "One object a line, for programs; types are kept."),
    (
        Format.SES,
        LABELS[Format.SES],
        "The layout of an SES contact list: e-mail, opted out or not, and the chosen fields.",
    ),
)


@get(HOME, access=somebody("viewer"))
async def index(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """List exports, those that are being written first of all."""
    async with db.read() as read:
        found = await exports.page(read, caller.account_id, SHOWN)
    return page.show("exports/index.html", nav="exports", cards=[_card(export) for export in found])


@get(_NEW, access=somebody("viewer"))
async def new(
    request: AnyRequest, caller: Caller, page: Page, db: Database, preset: str = ""
) -> Response[Any]:
    """Offer columns and formats for the contacts of a view."""
    view = views.view_of(views.pairs_of(request.url.query), caller.time_zone)
    async with db.read() as read:
        around = await page_queries.surroundings(
            read, caller.account_id, caller.user_id, view.wanted.list_ids()
        )
        predicate = await queries.predicate_of(read, caller.account_id, view.wanted)
        number = await reading.total(
            read, caller.account_id, view.wanted, predicate, COUNTED_TO + 1
        )
        known = await actions.known_fields(read, caller.account_id)
    there = columns.all_of(known, on_list=bool(view.wanted.lists))
    seen = shown.SHOWN_FIRST if around.columns is None else around.columns
    checked = (
        {column.name for column in there}
        if preset == "all"
        else {*columns.named_on_the_page(seen, known), *columns.MEMBERSHIP}
    )
    return page.show(
        "exports/new.html",
        nav="exports",
        view=view,
        chips=_chips(view, dict(known), around.list_names()),
        said=_said(number, is_whole=not predicate),
        groups=[
            ("Contact", [column for column in there if not column.field]),
            ("Fields", [column for column in there if column.field]),
        ],
        checked=checked,
        preset=preset,
        formats=_FORMATS,
        presets=[
            ("", "As in the table", _address(view)),
            ("all", "All", _address(view, ("preset", "all"))),
        ],
    )


@post(HOME, access=somebody("viewer"))
async def start(
    request: AnyRequest, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Begin."""
    asked = await _asked(request, caller)
    again = _NEW + (f"?{asked.query}" if asked.query else "")
    if not asked.columns:  # Which the action takes for all of them; who unticked each means none.
        return page.go(again, Toast("Tick one column at least.", "bad"))
    try:
        async with db.tx() as tx:
            await actions.start(tx, caller.account_id, asked, actor=caller.actor)
    except ExportInvalid as refusal:
        return page.go(again, Toast(refusal.message, "bad"))
    except AppError as refusal:
        return page.go(HOME, Toast(refusal.message, "bad"))
    worker.nudge()
    return page.go(HOME)


@get(HOME + "/{export_id:uuid}", access=somebody("viewer"))
async def watch(export_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show how far it is; when it has ended, say so."""
    export = await _export(db, caller.account_id, export_id)
    answer = page.part("exports/_export.html", card=_card(export))
    if not export.is_active:
        answer.headers["HX-Trigger"] = _ended(export)
    return answer


@get(HOME + "/{export_id:uuid}/file", access=somebody("viewer"))
async def fetch(export_id: UUID, caller: Caller, db: Database, settings: Settings) -> File:
    """Send the file."""
    return await api.file_of(db, settings, caller.account_id, export_id)


@post(HOME + "/{export_id:uuid}/cancellation", access=somebody("viewer"))
async def cancel(export_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """End it; to end what is over is no error."""
    async with db.tx() as tx:
        export = await actions.cancel(tx, caller.account_id, export_id)
    if not page.target:
        return page.go(HOME)
    return page.part("exports/_export.html", card=_card(export))


@post(HOME + "/{export_id:uuid}/deletion", access=somebody("viewer"))
async def delete(
    export_id: UUID, caller: Caller, page: Page, db: Database, settings: Settings
) -> Response[Any]:
    """Remove the file and forget the export."""
    async with db.tx() as tx:
        await actions.delete(tx, caller.account_id, export_id)
    files.remove(files.home(settings.data_dir, caller.account_id, export_id))
    return page.go(HOME, Toast("The export and its file are deleted."))


@get("/contacts/{contact_id:uuid}/export", access=somebody("viewer"))
async def everything(contact_id: UUID, caller: Caller, db: Database) -> Stream:
    """Send everything known of a contact."""
    async with db.read() as read:
        contact = await reading.find(read, caller.account_id, str(contact_id))
    return Stream(
        person.everything(db, caller.account_id, contact),
        media_type="application/json",
        headers={
            "content-disposition": f'attachment; filename="contact-{contact_id}.json"',
            "cache-control": "private, no-store",
        },
    )


class Card(msgspec.Struct, frozen=True):
    """An export as the page shows it."""

    export: Export
    title: str
    facts: list[str]
    is_ready: bool
    source: str


def _card(export: Export) -> Card:
    now = clock.now()
    export = export.as_of(now)
    return Card(
        export,
        _title(export),
        _facts(export),
        export.is_ready(now),
        views.HOME + (f"?{export.query}" if export.query else ""),
    )


def _title(export: Export) -> str:
    words = {
        State.QUEUED: "Waiting to begin: {}",
        State.RUNNING: "Writing {}",
        State.CANCELLED: "Cancelled: {}",
        State.FAILED: "Failed: {}",
        State.EXPIRED: "Expired: {}",
    }
    return words.get(export.state, "{}").format(export.label)


def _facts(export: Export) -> list[str]:
    facts: list[str] = []
    if export.is_active and export.total:
        facts.append(f"{export.done:,} of {plural(export.total, 'contact')}")
    elif export.state in {State.DONE, State.EXPIRED}:
        facts.append(plural(export.done, "contact"))
    pace = pace_of(export, clock.now())
    if export.is_active and pace.rows_per_second is not None:
        facts.append(f"{pace.rows_per_second:,} contacts/s")
        if export.total and export.done >= export.total:
            facts.append("packing the file")
        elif pace.seconds_left:
            facts.append(f"{duration(pace.seconds_left)} left")
    if export.state == State.DONE:
        facts.append(_size(export.bytes))
    names = len(export.columns)
    if names:
        facts.append(plural(names, "column"))
    return facts


def _size(size: float) -> str:
    """Write how large a file is: 950 B, 12.3 kB, 1.2 MB."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004  # a kilobyte
            return f"{size:.3g} {unit}" if unit != "B" else f"{size:.0f} B"
        size /= 1000
    return f"{size:.3g} GB"


def _ended(export: Export) -> str:
    if export.state == State.DONE:
        toast = Toast(
            f"The export is ready: {plural(export.done, 'contact')}.",
            "good",
            href=f"{HOME}/{export.id}/file",
            link="Download",
        )
    elif export.state == State.FAILED:
        toast = Toast("The export failed, and nothing of it is kept. Export again.", "bad")
    else:
        toast = Toast(f"The export is {export.state}.", "info")
    return json.dumps({"toast": msgspec.to_builtins(toast)})


def _chips(view: View, labels: dict[str, str], lists: dict[str, str]) -> list[Chip]:
    """List what narrows the view, each with the address of this page without it."""
    return [
        chip._replace(href=_NEW + chip.href.removeprefix(views.HOME))
        for chip in views.chips(view, labels, lists)
    ]


def _address(view: View, *more: tuple[str, str]) -> str:
    return _NEW + View(view.wanted, (*view.pairs, *more), view.sort).href().removeprefix(views.HOME)


def _said(number: int, *, is_whole: bool) -> str:
    if is_whole or number <= COUNTED_TO:
        return plural(number, "contact")
    return f"more than {COUNTED_TO:,} contacts"


async def _asked(request: AnyRequest, caller: Caller) -> Asked:
    form = await request.form()
    given = {
        name: value[:_LONGEST_QUERY] if isinstance(value := form.get(name), str) else ""
        for name in ("query", "format", "gzip", "raw")
    }
    view = views.view_of(views.pairs_of(given["query"]), caller.time_zone)
    names = [one for one in form.getall("columns", []) if isinstance(one, str)]
    chosen = given["format"] if given["format"] in set(Format) else "csv"
    return Asked(
        wanted=view.wanted,
        columns=tuple(one[:_LONGEST] for one in names[:_MOST_COLUMNS]),
        format=Format(chosen),
        compression="gzip" if given["gzip"] and chosen != Format.XLSX else "",
        is_raw=bool(given["raw"]),
        query=view.query(),
    )


async def _export(db: Database, account_id: int, export_id: UUID) -> Export:
    async with db.read() as read:
        export = await exports.get(read, account_id, export_id)
    if export is None:
        raise ExportNotFound
    return export


ROUTES = [index, new, start, watch, fetch, cancel, delete, everything]
