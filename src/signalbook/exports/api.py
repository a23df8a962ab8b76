"""`/api/v1/exports`: ask for a file, watch it grow, fetch it; and all known of a contact."""

from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.response import File, Stream

from signalbook.accounts.frames import TheCaller
from signalbook.contacts import api as contacts_api
from signalbook.contacts import reading
from signalbook.exports import actions, examples, files, person, queries
from signalbook.exports.errors import ExportGone, ExportNotFound, ExportNotReady
from signalbook.exports.model import MEDIA_TYPES, Asked, Export
from signalbook.exports.pace import pace_of
from signalbook.exports.schemas import ExportDeleted, ExportIn, ExportList, ExportOut
from signalbook.kit import clock
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, Read, Tx
from signalbook.kit.jobs import Worker
from signalbook.web import answering, bodies, cursors, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb, TheSettings
from signalbook.web.idempotency import Answer
from signalbook.web.moments import shown
from signalbook.web.openapi import TEXT, Answered, Operation, Param, whole
from signalbook.web.options import allowed
from signalbook.web.params import Params

EXPORTS: Final = "/api/v1/exports"
ONE: Final = EXPORTS + "/{id:str}"
TAG: Final = "Exports"

TheWorker: TypeAlias = NamedDependency[Worker]
_Asked: TypeAlias = Request[Any, Any, Any]
_shape = Shape(ExportIn)
_ID = Param("id", "The export's id.", {"type": "string", "format": "uuid"}, examples.ID, "path")
_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}


@get(
    EXPORTS,
    access=key("read"),
    operation=Operation(
        id="listExports",
        tag=TAG,
        summary="List exports",
        about="The newest first. They are listed for 30 days; a file can be fetched for one.",
        params=(
            Param("limit", "Exports on a page.", whole(1, 100, 20), 20),
            Param("starting_after", "The next_cursor of the page before.", TEXT),
        ),
        answers={200: Answered(ExportList, examples.LISTED, "A page of exports.", "/data/0/id")},
    ),
)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List exports."""
    params = Params(request)
    size = params.whole("limit", 1, 100) or 20
    after = params.text("starting_after")
    params.done()
    account = caller.account_id
    before: UUID | None = cursors.read(after, account, "exports", (UUID,))[0] if after else None
    async with db.read() as read:
        found = await queries.page(read, account, size + 1, before)
    exports, has_more = found[:size], len(found) > size
    cursor = cursors.write(account, "exports", exports[-1].id) if has_more else None
    return _answer(ExportList([out(one) for one in exports], has_more, cursor))


@post(
    EXPORTS,
    access=key("read"),
    operation=Operation(
        id="createExport",
        tag=TAG,
        summary="Export contacts",
        about="A file of every contact that the filter means, made in the background. Cells that a"
        " spreadsheet would run as a formula get an apostrophe in front, which an import takes away"
        " again; `raw` leaves them as they are. JSON lines have none. The `ses` layout holds those"
        " with an e-mail, and the fields among the columns in its attributesData.",
        body=ExportIn,
        body_may_be_empty=True,
        examples={"filtered": examples.WANTED, "everything": {"format": "jsonl", "gzip": True}},
        answers={202: Answered(ExportOut, examples.SHOWN, "It is begun.", "/id")},
        conflicts=True,
    ),
    status_code=202,
)
async def create(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker
) -> Response[bytes]:
    """Begin an export."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _shape.accepted(raw, may_be_empty=True)
    asked = Asked(
        wanted=body.filter,
        columns=tuple(body.columns),
        format=body.format,
        compression="gzip" if body.gzip else "",
        is_raw=body.raw,
    )

    async def begin(tx: Tx) -> Answer:
        export_id = await actions.start(tx, caller.account_id, asked, actor=caller.actor)
        export = await _found(tx, caller.account_id, export_id)
        return Answer(202, msgspec.json.encode(out(export)))

    answer = await answering.write(request, db, caller.account_id, raw, begin)
    worker.nudge()
    return answer


@get(
    ONE,
    access=key("read"),
    operation=Operation(
        id="getExport",
        tag=TAG,
        summary="Show an export",
        about="`done` of `total` contacts are written; `file` appears when it can be fetched.",
        params=(_ID,),
        answers={200: Answered(ExportOut, examples.SHOWN, "The export.")},
    ),
)
async def show(request: _Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Show how far an export is."""
    Params(request).done()
    async with db.read() as read:
        return _answer(out(await _found(read, caller.account_id, _id_of(id))))


@get(
    ONE + "/file",
    access=key("read"),
    operation=Operation(
        id="getExportFile",
        tag=TAG,
        summary="Fetch the file of an export",
        about="For 24 hours after it was done. 409 while it is being written, 404 when it is gone.",
        params=(_ID,),
        answers={
            200: Answered(
                _BINARY,
                "email\nada@example.com\n",
                "The file.",
                media_type=MEDIA_TYPES[0],
                more_media=MEDIA_TYPES[1:],
            )
        },
    ),
)
async def fetch(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings, id: str
) -> File:
    """Send the file."""
    Params(request).done()
    return await file_of(db, settings, caller.account_id, _id_of(id))


@post(
    ONE + "/cancel",
    access=key("read"),
    status_code=200,
    operation=Operation(
        id="cancelExport",
        tag=TAG,
        summary="Cancel an export",
        about="It ends within a second or so; one that is over stays as it is.",
        params=(_ID,),
        answers={200: Answered(ExportOut, examples.CANCELLED, "The export.")},
    ),
)
async def cancel(request: _Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Cancel an export."""
    Params(request).done()
    raw = await bodies.read(request)

    async def work(tx: Tx) -> Answer:
        export = await actions.cancel(tx, caller.account_id, _id_of(id))
        return Answer(200, msgspec.json.encode(out(export)))

    return await answering.write(request, db, caller.account_id, raw, work)


@delete(
    ONE,
    access=key("read"),
    status_code=200,
    operation=Operation(
        id="deleteExport",
        tag=TAG,
        summary="Delete an export",
        about="Its file is gone at once; one that is being written is cancelled. No contact is"
        " touched, so a key that may read may do it.",
        params=(_ID,),
        answers={200: Answered(ExportDeleted, examples.DELETED, "It is gone.")},
    ),
)
async def remove(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings, id: str
) -> Response[bytes]:
    """Delete an export and its file."""
    Params(request).done()
    await bodies.read(request)
    export_id = _id_of(id)
    async with db.tx() as tx:
        await actions.delete(tx, caller.account_id, export_id)
    files.remove(files.home(settings.data_dir, caller.account_id, export_id))
    return _answer(ExportDeleted(deleted=True, id=export_id))


@get(
    contacts_api.ONE + "/export",
    access=key("read"),
    operation=Operation(
        id="exportContact",
        tag=contacts_api.TAG,
        summary="Export everything known of a contact",
        about="For somebody who asks what is stored of them: the contact, its tags and lists, what"
        " the opt-out ledger says of its addresses, what jobs and files changed, and the whole"
        " timeline.",
        params=(contacts_api.REF,),
        answers={200: Answered({"type": "object"}, examples.KNOWN, "All that is known.")},
    ),
)
async def everything(request: _Asked, caller: TheCaller, db: TheDb, id: str) -> Stream:
    """Write down everything known of a contact."""
    Params(request).done()
    async with db.read() as read:
        contact = await reading.find(read, caller.account_id, id)
    return Stream(person.everything(db, caller.account_id, contact), media_type="application/json")


async def file_of(db: Database, settings: Settings, account_id: int, export_id: UUID) -> File:
    """Answer with a file; raises ExportNotFound, ExportNotReady, ExportGone."""
    async with db.read() as read:
        export = await _found(read, account_id, export_id)
    if export.is_active:
        raise ExportNotReady(state=export.state)
    path = files.file_of(files.home(settings.data_dir, account_id, export_id), export)
    if not export.is_ready(clock.now()) or not path.is_file():
        raise ExportGone
    return File(
        path,
        filename=export.file_name,
        media_type=export.media_type,
        headers={"cache-control": "private, no-store"},
    )


def out(export: Export) -> ExportOut:
    """Show an export as it is now."""
    now = clock.now()
    export = export.as_of(now)
    pace = pace_of(export, now)
    return ExportOut(
        id=export.id,
        state=export.state,
        format=export.format,
        gzip=bool(export.compression),
        raw=export.is_raw,
        columns=list(export.columns),
        filter=export.filter,
        total=export.total,
        done=export.done,
        rows_per_second=pace.rows_per_second,
        seconds_left=None if pace.seconds_left is None else round(pace.seconds_left, 1),
        bytes=export.bytes,
        file=f"{EXPORTS}/{export.id}/file" if export.is_ready(now) else None,
        created_at=shown(export.created_at),
        finished_at=shown(export.finished_at) if export.finished_at else None,
        expires_at=shown(export.expires_at) if export.expires_at else None,
    )


async def _found(read: Read, account_id: int, export_id: UUID) -> Export:
    export = await queries.get(read, account_id, export_id)
    if export is None:
        raise ExportNotFound
    return export


def _id_of(ref: str) -> UUID:
    """Read an id; what is none is nobody's."""
    id = reading.as_id(ref)
    if id is None:
        raise ExportNotFound
    return id


def _answer(body: msgspec.Struct) -> Response[bytes]:
    return idempotency.respond(Answer(200, msgspec.json.encode(body)))


ROUTES = [
    allowed(EXPORTS, ONE), index, create, show, fetch, cancel, remove, everything,
]  # fmt: skip
