"""`POST /api/v1/imports` and the file behind it: sent whole, or in pieces that can be resumed."""

import asyncio
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, head, patch, post
from litestar.exceptions import HTTPException

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.imports import actions, examples, places, sandbox, uploading, wishes
from signalbook.imports.api import ID, ONE, SHOWN, TAG, TheWorker, found_in, ordered, shown
from signalbook.imports.errors import UploadMalformed, UploadMisplaced
from signalbook.imports.schemas import ImportOut, UploadIn, WishesIn
from signalbook.imports.uploading import Arrived
from signalbook.imports.wire import IMPORTS
from signalbook.kit.config import Settings
from signalbook.kit.db import Database, Tx
from signalbook.web import bodies, errors, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb, TheSettings
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import TEXT, TRUTH, Answered, Operation, Param
from signalbook.web.options import allowed
from signalbook.web.params import Params

OFFSET: Final = "Upload-Offset"
LENGTH: Final = "Upload-Length"

_Asked = Request[Any, Any, Any]
_FORM_TYPE: Final = "application/x-www-form-urlencoded"
_MOST_DIGITS: Final = 15
_BYTES: Final = {"type": "string", "format": "binary"}
_JSON_TEXT: Final = {"type": "string", "contentMediaType": "application/json"}
_upload = Shape(UploadIn)
_FILE: Final = ONE + "/file"
_OFFSET: Final = Param(
    OFFSET,
    "How many bytes of the file were sent before this piece.",
    {"type": "string", "pattern": "^[0-9]{1,15}$"},
    "0",
    "header",
    is_required=True,
)


@post(
    IMPORTS,
    access=key("write"),
    operation=Operation(
        id="createImport",
        tag=TAG,
        summary="Import a file",
        about="Send the file whole: as the part `file` of a form, or as the body itself with its"
        " own type (`text/csv`, `application/octet-stream`, …). Beside it, as parts of the form or"
        " in the query: `mapping` and `options` (JSON, as in mapImport), `dry_run`, `start`,"
        " `name`. Without a mapping the guess is used. It is started unless `start` is false, and"
        " nothing is kept of a file that cannot be read or does not fit its mapping. Or begin a"
        " file that is sent in pieces, with a JSON body, and go on with sendImportFile.",
        params=(
            Param("name", "What the file is called.", TEXT, "customers.csv"),
            Param("mapping", "What its columns become, in JSON.", _JSON_TEXT),
            Param("options", "How its rows are meant, in JSON.", _JSON_TEXT),
            Param("dry_run", "Check the rows and change nothing.", TRUTH, example=True),
            Param("start", "False leaves it for startImport.", TRUTH, example=False),
        ),
        body=UploadIn,
        examples={"in pieces": examples.UPLOAD},
        more_types={
            uploading.FORM: {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": _BYTES,
                    "name": {"type": "string"},
                    "mapping": _JSON_TEXT,
                    "options": _JSON_TEXT,
                    "dry_run": TRUTH,
                    "start": TRUTH,
                },
            },
            "text/csv": {"type": "string"},
            "application/octet-stream": _BYTES,
        },
        more_examples={
            uploading.FORM: {"file": "E-mail\nada@example.com\n", "dry_run": True},
            "text/csv": "E-mail\nada@example.com\n",
            "application/octet-stream": "E-mail\nada@example.com\n",
        },
        answers={
            201: Answered(ImportOut, examples.SHOWN, "It waits for its file, or its start.", "/id"),
            202: Answered(ImportOut, examples.SHOWN, "It is at work.", "/id"),
        },
        conflicts=True,
    ),
)
async def create(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings, worker: TheWorker
) -> Response[bytes]:
    """Take in a file, or make room for one that is sent in pieces."""
    kind = bodies.type_of(request)
    if kind == _FORM_TYPE:
        detail = "Send the file as a form of the type multipart/form-data, or as text/csv itself."
        raise HTTPException(status_code=415, detail=detail)
    if kind in {"", bodies.JSON_TYPE}:
        return await _begin(request, caller, db, settings)
    said = _said(request)
    wishes.read(said)  # what is wrong in the query is told before 2 GB are sent
    idempotency.key_of(request)
    arriving = uploading.arriving(
        request, settings.data_dir, caller.account_id, said.get("name", "")
    )
    async with arriving as arrived:
        answer = await _taken_in(request, caller, db, arrived, wishes.read(said | arrived.said))
    worker.nudge()
    return answer


@head(
    _FILE,
    access=key("read"),
    operation=Operation(
        id="askImportFile",
        tag=TAG,
        summary="Ask how much of a file is there",
        about=f"`{OFFSET}` says how many bytes are safe, `{LENGTH}` how many it will have.",
        params=(ID,),
        answers={200: Answered({}, None, "In the headers.", media_type="")},
    ),
)
async def offset(request: _Asked, caller: TheCaller, db: TheDb, id: UUID) -> Response[None]:
    """Tell how many bytes of a file are safely there."""
    Params(request).done()
    found = await found_in(db, caller, id)
    return Response(None, headers=_lengths(found.bytes, found.expected))


@patch(
    _FILE,
    access=key("write"),
    operation=Operation(
        id="sendImportFile",
        tag=TAG,
        summary="Send a piece of a file",
        about="The body is appended, from a byte to the whole rest. What is acknowledged survives"
        " a crash of the server; of a piece whose connection breaks, what came is kept. A piece in"
        f" the wrong place is refused with 409 and the right `{OFFSET}`. With its last byte the"
        " file is read and its columns are guessed: then it is `ready` for mapImport and"
        " startImport.",
        params=(ID, _OFFSET),
        more_types={"application/offset+octet-stream": _BYTES},
        more_examples={"application/offset+octet-stream": "E-mail\nada@example.com\n"},
        answers={200: SHOWN},
        conflicts=True,
    ),
)
async def append(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings, id: UUID
) -> Response[bytes]:
    """Append a piece to a file; with the last one the file is looked into."""
    Params(request).done()
    found = await found_in(db, caller, id)
    stated = request.headers.get(OFFSET, "")
    if not (stated.isascii() and stated.isdigit() and len(stated) <= _MOST_DIGITS):
        raise UploadMalformed(reason=f"{OFFSET} must say how many bytes were sent before this")
    try:
        there = await uploading.append(request, db, settings.data_dir, found, int(stated))
    except UploadMisplaced as refusal:
        refused = msgspec.json.encode(errors.refusal_of(refusal))
        now = await found_in(db, caller, id)
        answer = idempotency.respond(Answer(errors.status_of(refusal), refused))
        answer.headers.update(_lengths(now.bytes, now.expected))
        return answer
    if there == found.expected:
        await uploading.finish(db, settings.data_dir, found, recall_options=False)
    async with db.read() as read:
        answer = idempotency.respond(Answer(200, await shown(read, caller, id)))
    answer.headers.update(_lengths(there, found.expected))
    return answer


async def _begin(
    request: _Asked, caller: Caller, db: Database, settings: Settings
) -> Response[bytes]:
    """Make room for a file that is sent in pieces."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _upload.accepted(raw)
    await asyncio.to_thread(places.refuse_without_room, settings.data_dir, body.bytes)

    async def work(tx: Tx) -> Answer:
        name = uploading.name_of(body.name)
        account, actor = caller.account_id, caller.actor
        id = await actions.begin(tx, account, name=name, expected=body.bytes, actor=actor)
        return Answer(201, await shown(tx, caller, id))

    if idempotency.key_of(request) is None:
        return idempotency.respond(await db.transact(work))
    return await idempotency.once(request, db, caller.account_id, raw, work)


async def _taken_in(
    request: _Asked, caller: Caller, db: Database, arrived: Arrived, asked: WishesIn
) -> Response[bytes]:
    """Look into a file, and write down what it is and what is wished, all or nothing."""
    account, id = caller.account_id, arrived.import_id
    source = await sandbox.inspect(arrived.path, arrived.name, wishes.hints_of(asked.options))

    async def order(tx: Tx) -> None:
        await wishes.take_in(
            tx,
            account,
            id,
            asked,
            source,
            name=arrived.name,
            bytes=arrived.bytes,
            actor=caller.actor,
        )
        if asked.start:
            await actions.start(tx, account, id, dry_run=asked.dry_run)
        arrived.is_kept = True

    digest = arrived.digest.encode()
    return await ordered(request, caller, db, digest, id, order, status=202 if asked.start else 201)


def _said(request: _Asked) -> dict[str, str]:
    """Read what the query says beside the file; JSON may be longer there than other texts."""
    Params(request).done(also=wishes.SAID)
    return {name: text for name in wishes.SAID if (text := request.query_params.get(name))}


def _lengths(there: int, expected: int | None) -> dict[str, str]:
    whole = {} if expected is None else {LENGTH: str(expected)}
    return {OFFSET: str(there), "Cache-Control": "no-store", **whole}


ROUTES = [allowed(_FILE), create, offset, append]
