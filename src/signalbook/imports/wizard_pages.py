"""The steps before anything changes: how the file is read, what it means, what it would do."""

from typing import Any, Final, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post

from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.imports import (
    actions,
    mapping_form,
    page_queries,
    queries,
    shown,
    uploading,
    wizard_shown,
)
from signalbook.imports.errors import ImportNotFound, ImportNotReady, Unreadable
from signalbook.imports.mapping_form import Filled
from signalbook.imports.model import Action, Hints, Import, KnownField, State
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from signalbook.kit.errors import Invalid
from signalbook.kit.jobs import Worker
from signalbook.web.access import person
from signalbook.web.bodies import JSON_TYPE
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

_LONGEST: Final = 2_000


@post("/imports/{import_id:uuid}/reading", access=person("editor"))
async def read_again(
    request: AnyRequest,
    import_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    settings: Settings,
) -> Response[Any]:
    """Read a file that has arrived, or read it otherwise; the mapping is guessed anew."""
    form = await _form(request)
    found = await _found(db, caller.account_id, import_id)
    if found.state not in shown.BEFORE and not uploading.is_whole(found):
        raise ImportNotReady(state=found.state, verb="read")
    try:
        await uploading.finish(db, settings.data_dir, found, _hints(form, found))
    except Unreadable as refusal:
        if found.state == State.UPLOADING:
            return _on(request, page, shown.address(import_id, "report"))
        return page.go(shown.address(import_id, "mapping"), Toast(refusal.message, "bad"))
    return _on(request, page, shown.address(import_id, "mapping"))


@get("/imports/{import_id:uuid}/mapping", access=person("editor"))
async def mapping(
    import_id: UUID, caller: Caller, page: Page, db: Database, action: str = ""
) -> Response[Any]:
    """Show what every column becomes, beside the first rows; `action` was asked for before."""
    found = await _found(db, caller.account_id, import_id)
    if found.state not in shown.BEFORE:
        return page.go(shown.place(found))
    if action == Action.DELETE:
        options = msgspec.structs.replace(found.options, action=Action.DELETE)
        found = msgspec.structs.replace(found, options=options)
    return await _show_mapping(page, db, found)


@post("/imports/{import_id:uuid}/mapping", access=person("editor"))
async def check_mapping(
    request: AnyRequest, import_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Keep the mapping and check every row by it, or show it again with what is wrong."""
    found = await _found(db, caller.account_id, import_id)
    if found.source is None or found.state not in shown.BEFORE:
        return page.go(shown.place(found), Toast("The import has gone on meanwhile.", "info"))
    filled = mapping_form.read(await _form(request), found.source, found.columns)
    if filled.problems:
        said = "Some of this does not fit yet; see the fields in red."
        return await _show_mapping(page, db, found, filled, said)
    try:
        async with db.tx() as tx:
            await actions.configure(
                tx, caller.account_id, import_id, filled.columns, filled.options
            )
            await actions.start(tx, caller.account_id, import_id, dry_run=True)
    except Invalid as refusal:
        return await _show_mapping(page, db, found, filled, refusal.message, status_of(refusal))
    worker.nudge()
    return page.go(shown.address(import_id, "progress"))


@get("/imports/{import_id:uuid}/check", access=person("viewer"))
async def check(import_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show what would happen."""
    found = await _found(db, caller.account_id, import_id)
    if found.state != State.CHECKED or found.verdict is None:
        return page.go(shown.place(found))
    known = await _known(db, caller.account_id)
    return page.show(
        "imports/check.html",
        nav="imports",
        found=found,
        steps=shown.steps(found, 2),
        **wizard_shown.check(found, wizard_shown.labels_of(known)),
    )


@post("/imports/{import_id:uuid}/start", access=person("editor"))
async def start(
    request: AnyRequest, import_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Apply what was checked; deleting is asked about once more, with the number."""
    found = await _found(db, caller.account_id, import_id)
    if found.state != State.CHECKED or found.verdict is None:
        return page.go(shown.place(found), Toast("The import has gone on meanwhile.", "info"))
    if actions.needs_confirmation(found.options):
        form, number = await _form(request), found.verdict.counts.deleted
        if "number" not in form:
            return page.go(shown.address(import_id, "deletion"))
        if "".join(filter(str.isdigit, form["number"])) != str(number):
            return await _confirm(page, db, found, f"To go on, type {number}.")
    async with db.tx() as tx:
        await actions.start(tx, caller.account_id, import_id, dry_run=False)
    worker.nudge()
    return page.go(shown.address(import_id, "progress"))


async def _show_mapping(  # what a page is made of
    page: Page,
    db: Database,
    found: Import,
    filled: Filled | None = None,
    problem: str = "",
    status: int = 200,
) -> Response[Any]:
    assert found.source is not None  # noqa: S101  # it is ready
    async with db.read() as read:
        known = await actions.known_fields(read, found.account_id)
        is_remembered = filled is None and await page_queries.is_remembered(
            read, found.account_id, found.fingerprint, found.created_at
        )
    return page.show(
        "imports/mapping.html",
        parts={"mapping": "imports/_mapping_form.html"},
        status=400 if problem and status == 200 else status,  # noqa: PLR2004  # of HTTP
        nav="imports",
        found=found,
        steps=shown.steps(found, 1),
        problem=problem,
        is_remembered=is_remembered,
        **wizard_shown.mapping(found, found.source, known, filled, is_remembered=is_remembered),
    )


@get("/imports/{import_id:uuid}/deletion", access=person("editor"))
async def deletion(import_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Name what would be deleted, and ask for the number."""
    found = await _found(db, caller.account_id, import_id)
    if found.state != State.CHECKED or found.options.action != Action.DELETE:
        return page.go(shown.place(found))
    return await _confirm(page, db, found)


async def _confirm(page: Page, db: Database, found: Import, problem: str = "") -> Response[Any]:
    known = await _known(db, found.account_id)
    return page.show(
        "imports/deletion.html",
        status=400 if problem else 200,
        nav="imports",
        found=found,
        problem=problem,
        **wizard_shown.check(found, wizard_shown.labels_of(known)),
    )


def _on(request: AnyRequest, page: Page, href: str) -> Response[Any]:
    """Go on to a page: a script is told where, since it follows no redirect."""
    if request.headers.get("accept", "") == JSON_TYPE:
        return Response({"href": href}, status_code=200)
    return page.go(href)


def _hints(form: dict[str, str], found: Import) -> Hints:
    """Read what a person chose instead of what was found; another sheet is looked at anew."""
    source = found.source
    sheet, member = form.get("sheet", ""), form.get("member", "")
    if source is not None and sheet not in {"", source.sheet}:
        return Hints(sheet=sheet)
    if source is not None and member not in {"", source.member}:
        return Hints(member=member)
    header = form.get("header_row", "")
    return Hints(
        sheet=sheet or None,
        member=member or None,
        header_row=int(header) if header.isdecimal() and len(header) < 5 else None,  # noqa: PLR2004
        delimiter=form.get("delimiter") or None,
        encoding=form.get("encoding") or None,
    )


async def _form(request: AnyRequest) -> dict[str, str]:
    form = cast("Any", await request.form())
    return {
        str(name): value[:_LONGEST].replace("\0", "")
        for name, value in form.items()
        if isinstance(value, str)
    }


async def _found(db: Database, account_id: int, import_id: UUID) -> Import:
    async with db.read() as read:
        found = await queries.get(read, account_id, import_id)
    if found is None:
        raise ImportNotFound
    return found


async def _known(db: Database, account_id: int) -> tuple[KnownField, ...]:
    async with db.read() as read:
        return await actions.known_fields(read, account_id)


ROUTES = [read_again, mapping, check_mapping, check, start, deletion]
