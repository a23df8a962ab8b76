"""The first step: a file arrives, in one form or in pieces that go on after an interruption."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post, put

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.imports import actions, places, queries, shown, uploading
from signalbook.imports.errors import ImportNotFound, ImportNotReady, UploadMisplaced
from signalbook.imports.model import Action, Import, State
from signalbook.imports.places import MOST_BYTES
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.render import Page

_MOST_DIGITS: Final = 15


@get("/imports/new", access=person("editor"), sync_to_thread=False)
def new(page: Page, action: str = "") -> Response[Any]:
    """Show where a file is dropped; with `action` the contacts of it are meant to be deleted."""
    return _show(page, action=action)


@get("/imports/{import_id:uuid}/upload", access=person("editor"))
async def resume(import_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show how much of a file has arrived, and where it is dropped again to go on."""
    found = await _found(db, caller.account_id, import_id)
    if found.state != State.UPLOADING:
        return page.go(shown.place(found))
    return _show(page, found=found)


@post(shown.HOME, access=person("editor"))
async def create(
    request: AnyRequest,
    caller: Caller,
    page: Page,
    db: Database,
    settings: Settings,
    action: str = "",
) -> Response[Any]:
    """Take a whole file from a form, and go on to what its columns mean."""
    account_id = caller.account_id
    try:
        async with uploading.arriving(request, settings.data_dir, account_id) as arrived:
            id = arrived.import_id
            async with db.tx() as tx:
                await actions.begin(
                    tx,
                    account_id,
                    name=arrived.name,
                    expected=arrived.bytes,
                    actor=caller.actor,
                    import_id=id,
                )
                await actions.received(tx, account_id, id, arrived.bytes)
            arrived.is_kept = True
        await uploading.finish(db, settings.data_dir, await _found(db, account_id, id))
    except AppError as refusal:
        return _show(page, problem=refusal.message, status=status_of(refusal), action=action)
    return page.go(shown.address(id, "mapping") + _asked(action))


@post("/imports/uploads", access=person("editor"))
async def begin(
    request: AnyRequest, caller: Caller, db: Database, settings: Settings
) -> dict[str, str]:
    """Make room for a file that a script sends in pieces."""
    form = await forms.fields(request, ("name", "size"))
    size = form["size"]
    expected = int(size) if size.isdecimal() and len(size) <= _MOST_DIGITS else 0
    places.refuse_too_large(expected)
    await asyncio.to_thread(places.refuse_without_room, settings.data_dir, expected)
    async with db.tx() as tx:
        id = await actions.begin(
            tx,
            caller.account_id,
            name=uploading.name_of(form["name"]),
            expected=expected,
            actor=caller.actor,
        )
    return {"id": str(id)}


@get("/imports/{import_id:uuid}/file", access=person("editor"))
async def arrived(import_id: UUID, caller: Caller, db: Database) -> dict[str, int]:
    """Tell how much of a file is safely here."""
    return {"bytes": (await _found(db, caller.account_id, import_id)).bytes}


@put("/imports/{import_id:uuid}/file", access=person("editor"))
async def append(  # what a handler asks for
    request: AnyRequest,
    import_id: UUID,
    caller: Caller,
    db: Database,
    settings: Settings,
    at: str = "",
) -> dict[str, int]:
    """Take the piece that follows on what is here."""
    found = await _found(db, caller.account_id, import_id)
    if found.state != State.UPLOADING:
        raise ImportNotReady(state=found.state, verb="sent to")
    if not at.isdecimal() or len(at) > _MOST_DIGITS:
        raise UploadMisplaced(bytes=found.bytes)
    return {"bytes": await uploading.append(request, db, settings.data_dir, found, int(at))}


def _asked(action: str) -> str:
    """Carry what a person wants done with the file to the step that asks about it."""
    return f"?action={Action.DELETE}" if action == Action.DELETE else ""


def _show(
    page: Page,
    *,
    found: Import | None = None,
    problem: str = "",
    status: int = 200,
    action: str = "",
) -> Response[Any]:
    arrived = shown.size_said(found.bytes) if found is not None and found.bytes else "Nothing"
    whole = shown.size_said(found.expected) if found is not None and found.expected else ""
    return page.show(
        "imports/new.html",
        status=status,
        nav="imports",
        found=found,
        arrived=arrived,
        whole=whole,
        problem=problem,
        action=Action.DELETE.value if action == Action.DELETE else "",
        most=MOST_BYTES,
        steps=shown.steps(None, 0),
    )


async def _found(db: Database, account_id: int, import_id: UUID) -> Import:
    async with db.read() as read:
        found = await queries.get(read, account_id, import_id)
    if found is None:
        raise ImportNotFound
    return found


ROUTES = [new, resume, create, begin, arrived, append]
