"""`/api/v1/imports`: imports listed, shown, mapped, started, paused, cancelled and undone."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.imports import (
    actions,
    examples,
    progress,
    queries,
    uploading,
    wire,
    wishes,
)
from signalbook.imports.errors import ImportNotFound
from signalbook.imports.model import Hints, Import
from signalbook.imports.schemas import ImportList, ImportOut, MappingIn, StartIn
from signalbook.imports.wire import IMPORTS
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.jobs import Worker
from signalbook.web import bodies, cursors, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb, TheSettings
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import TEXT, Answered, Operation, Param, whole
from signalbook.web.options import allowed
from signalbook.web.params import Params

ONE: Final = IMPORTS + "/{id:uuid}"
TAG: Final = "Imports"
TheWorker: TypeAlias = NamedDependency[Worker]
ID: Final = Param(
    "id", "The import's id.", {"type": "string", "format": "uuid"}, examples.ID, "path"
)
SHOWN: Final = Answered(ImportOut, examples.SHOWN, "The import.")

_Asked = Request[Any, Any, Any]
S = TypeVar("S", bound=msgspec.Struct)
_mapping, _start = Shape(MappingIn), Shape(StartIn)


@get(
    IMPORTS,
    access=key("read"),
    operation=Operation(
        id="listImports",
        tag=TAG,
        summary="List imports",
        about="The newest first.",
        params=(
            Param("limit", "Imports on a page.", whole(1, 100, 20), 20),
            Param("starting_after", "The next_cursor of the page before.", TEXT),
        ),
        answers={200: Answered(ImportList, examples.LISTED, "Imports.", "/data/0/id")},
    ),
)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List imports, the newest first."""
    params = Params(request)
    size = params.whole("limit", 1, 100) or 20
    after = params.text("starting_after")
    params.done()
    account = caller.account_id
    before = cursors.read(after, account, "imports", (UUID,))[0] if after else None
    async with db.read() as read:
        found = await queries.page(read, account, before, size + 1)
    shown, has_more = found[:size], len(found) > size
    cursor = cursors.write(account, "imports", shown[-1].id) if has_more else None
    return answered(ImportList([wire.line(one) for one in shown], has_more, cursor))


@get(
    ONE,
    access=key("read"),
    operation=Operation(
        id="getImport",
        tag=TAG,
        summary="Show an import",
        about="How far it is, what its columns become, and what came of its rows so far.",
        params=(ID,),
        answers={200: SHOWN},
    ),
)
async def show(request: _Asked, caller: TheCaller, db: TheDb, id: UUID) -> Response[bytes]:
    """Show an import with its progress."""
    Params(request).done()
    async with db.read() as read:
        now = await progress.show(read, caller.account_id, id)
    return answered(wire.out(now))


@put(
    ONE + "/mapping",
    access=key("write"),
    operation=Operation(
        id="mapImport",
        tag=TAG,
        summary="Say what the columns become",
        about="What is not mentioned stays as it is. Options that say how the file is read (sheet,"
        " header_row, delimiter, encoding, member) have it read anew, and its columns guessed"
        " anew before the mapping is laid over them. What a dry run had found is forgotten.",
        params=(ID,),
        body=MappingIn,
        body_may_be_empty=True,
        examples={"mapping": examples.MAPPING},
        answers={200: SHOWN},
        conflicts=True,
    ),
)
async def configure(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings, id: UUID
) -> Response[bytes]:
    """Say what the columns of a file become and how its rows are meant."""
    Params(request).done()
    found = await found_in(db, caller, id)
    body, problems = _mapping.read(await bodies.read(request), may_be_empty=True)
    wishes.refuse_problems(body, problems)
    await _looked_into(db, settings, found, wishes.hints_of(body.options))

    async def work(tx: Tx) -> bytes:
        await wishes.carry_out(tx, caller.account_id, id, body, found.options)
        return await shown(tx, caller, id)

    return idempotency.respond(Answer(200, await db.transact(work)))


@post(
    ONE + "/start",
    access=key("write"),
    status_code=202,
    operation=Operation(
        id="startImport",
        tag=TAG,
        summary="Start an import",
        about="The rows are checked and, unless `dry_run` is true, applied. What a dry run has"
        " checked is applied as it is.",
        params=(ID,),
        body=StartIn,
        body_may_be_empty=True,
        examples={"dry run": {"dry_run": True}, "in earnest": {}},
        answers={202: Answered(ImportOut, examples.SHOWN, "It is at work.")},
        conflicts=True,
    ),
)
async def start(
    request: _Asked,
    caller: TheCaller,
    db: TheDb,
    settings: TheSettings,
    worker: TheWorker,
    id: UUID,
) -> Response[bytes]:
    """Check the rows of a file and, unless it is a dry run, apply them."""
    Params(request).done()
    found = await found_in(db, caller, id)
    raw = await bodies.read(request)
    body = _start.accepted(raw, may_be_empty=True)
    await _looked_into(db, settings, found)

    async def order(tx: Tx) -> None:
        await actions.start(tx, caller.account_id, id, dry_run=body.dry_run)

    answer = await ordered(request, caller, db, raw, id, order, status=202)
    worker.nudge()
    return answer


def _order(name: str, verb: str, about: str) -> dict[str, Any]:
    """Declare the order to do something with an import."""
    operation = Operation(
        id=f"{name}Import",
        tag=TAG,
        summary=f"{verb} an import",
        about=about,
        params=(ID,),
        answers={200: SHOWN},
        conflicts=True,
    )
    return {"access": key("write"), "status_code": 200, "operation": operation}


@post(ONE + "/pause", **_order("pause", "Pause", "It ends at its next checkpoint."))
async def pause(request: _Asked, caller: TheCaller, db: TheDb, id: UUID) -> Response[bytes]:
    """Let an import rest at its next checkpoint."""
    return await _told(request, caller, db, id, actions.pause)


@post(ONE + "/resume", **_order("resume", "Resume", "A paused import goes on where it was."))
async def resume(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, id: UUID
) -> Response[bytes]:
    """Go on where a paused import was."""
    answer = await _told(request, caller, db, id, actions.resume)
    worker.nudge()
    return answer


@post(ONE + "/cancel", **_order("cancel", "Cancel", "What is applied stays, and can be undone."))
async def cancel(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, id: UUID
) -> Response[bytes]:
    """End an import at its next checkpoint; what is applied stays."""
    answer = await _told(request, caller, db, id, actions.cancel)
    worker.nudge()
    return answer


@post(
    ONE + "/undo",
    **_order(
        "undo",
        "Undo",
        "What it changed is put back and what it created is removed, unless something newer has"
        " touched it.",
    ),
)
async def undo(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, id: UUID
) -> Response[bytes]:
    """Put back what an import changed, unless something newer touched it."""
    answer = await _told(request, caller, db, id, actions.undo)
    worker.nudge()
    return answer


async def found_in(db: Database, caller: Caller, id: UUID) -> Import:
    """Return an import of the caller's account; raises ImportNotFound."""
    async with db.read() as read:
        found = await queries.get(read, caller.account_id, id)
    if found is None:
        raise ImportNotFound
    return found


async def shown(read: Read, caller: Caller, id: UUID) -> bytes:
    """Write an import as the API answers it."""
    return msgspec.json.encode(wire.out(await progress.show(read, caller.account_id, id)))


def answered(body: msgspec.Struct) -> Response[bytes]:
    """Answer with a published struct."""
    return idempotency.respond(Answer(200, msgspec.json.encode(body)))


async def ordered(
    request: _Asked,
    caller: Caller,
    db: Database,
    raw: bytes,
    id: UUID,
    order: Callable[[Tx], Awaitable[None]],
    *,
    status: int = 200,
) -> Response[bytes]:
    """Carry out an order in one transaction, once for each Idempotency-Key, and show the import."""

    async def work(tx: Tx) -> Answer:
        await order(tx)
        return Answer(status, await shown(tx, caller, id))

    if idempotency.key_of(request) is None:
        return idempotency.respond(await db.transact(work))
    return await idempotency.once(request, db, caller.account_id, raw, work)


async def _told(
    request: _Asked,
    caller: Caller,
    db: Database,
    id: UUID,
    action: Callable[[Tx, int, UUID], Awaitable[None]],
) -> Response[bytes]:
    Params(request).done()
    raw = await bodies.read(request)

    async def order(tx: Tx) -> None:
        await action(tx, caller.account_id, id)

    return await ordered(request, caller, db, raw, id, order)


async def _looked_into(
    db: Database, settings: Settings, found: Import, hints: Hints | None = None
) -> None:
    """Look into a file that nobody has looked into, or that is to be read otherwise."""
    hints = hints or Hints()
    if uploading.is_whole(found):
        await uploading.finish(db, settings.data_dir, found, hints, recall_options=False)
    elif hints != Hints() and found.source is not None:
        hints = wishes.beside(hints, found.source)
        await uploading.finish(db, settings.data_dir, found, hints, recall_options=False)


ROUTES = [
    allowed(IMPORTS, ONE), index, show, configure, start, pause, resume, cancel, undo,
]  # fmt: skip
