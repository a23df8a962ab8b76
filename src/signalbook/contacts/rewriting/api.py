"""`/api/v1/fields/{name}`: described, given a type, renamed, merged, emptied, deleted."""

from collections.abc import Callable
from typing import Any, Final

from litestar import Request, Response, delete, get, patch, post
from msgspec import UNSET

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.contacts.reading import as_id
from signalbook.contacts.rewriting import actions, examples, queries, wire
from signalbook.contacts.rewriting.errors import FieldJobNotFound
from signalbook.contacts.rewriting.model import FieldJob, Wish
from signalbook.contacts.rewriting.schemas import (
    FieldJobOut,
    MergeIn,
    RenameIn,
    RewritePreview,
    TypeIn,
)
from signalbook.fields import actions as fields
from signalbook.fields import examples as field_examples
from signalbook.fields import queries as registry
from signalbook.fields import wire as field_wire
from signalbook.fields.api import NAME, ONE, TAG, TheWorker, name_of
from signalbook.fields.schemas import FieldIn, FieldOut
from signalbook.kit.db import Database, Read, Tx
from signalbook.web import answering, bodies, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import Answered, Operation, Param
from signalbook.web.options import allowed
from signalbook.web.params import Params

JOB: Final = ONE + "/jobs/{job_id:str}"
BEGUN: Final = 202

_Asked = Request[Any, Any, Any]
_field, _type, _rename, _merge = Shape(FieldIn), Shape(TypeIn), Shape(RenameIn), Shape(MergeIn)
_JOB_ID = Param(
    "job_id", "The job's id.", {"type": "string", "format": "uuid"}, examples.JOB["id"], "path"
)
_BEGUN = Answered(
    FieldJobOut,
    examples.BEGUN,
    "It has begun: `GET /fields/{name}/jobs/{job_id}` tells how far it is.",
)
_PREVIEW = Answered(RewritePreview, examples.PREVIEW, "What it would come to.")
_THEN = (
    " The registry changes at once and a job follows contact by contact; it comes to the same as if"
    " all had changed in that moment."
)


@patch(
    ONE,
    access=key("write"),
    operation=Operation(
        id="updateField",
        tag=TAG,
        summary="Set a field's label, aliases or type, or hide it",
        about="Only what is sent changes. A type is set as by `POST /fields/{name}/type`: refused"
        " while contacts have values that do not fit, of which some are named.",
        params=(NAME,),
        body=FieldIn,
        examples={
            "type": {"type": "number"},
            "label": {"label": "Lead score", "aliases": ["Score"]},
        },
        answers={200: Answered(FieldOut, field_examples.SHOWN, "The field.")},
        conflicts=True,
    ),
)
async def update(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, name: str
) -> Response[bytes]:
    """Set a field's label, aliases or type, or hide it."""
    Params(request).done()
    body = _field.accepted(await bodies.read(request))
    account, name = caller.account_id, name_of(name)
    async with db.tx() as tx:
        field = await fields.describe(
            tx,
            account,
            name,
            label=None if body.label is UNSET else body.label,
            aliases=None if body.aliases is UNSET else body.aliases,
            is_hidden=None if body.is_hidden is UNSET else body.is_hidden,
        )
    if body.type is not UNSET:
        wish = Wish(action="type", name=field.name, target=body.type)
        await actions.begin(db, account, wish, caller.actor)
        worker.nudge()
    async with db.read() as read:
        field = await fields.one(read, account, field.name)
        total = await registry.contacts(read, account)
    return idempotency.respond(answering.answer(field_wire.out(field, total)))


@post(
    ONE + "/type",
    access=key("write"),
    status_code=BEGUN,
    operation=Operation(
        id="setFieldType",
        tag=TAG,
        summary="Hold a field to a type",
        about='Values that can be read as the type are converted (`"85"` → 85).' + _THEN,
        params=(NAME,),
        body=TypeIn,
        examples={"type": {"type": "number"}, "dry run": {"type": "number", "dry_run": True}},
        answers={BEGUN: _BEGUN, 200: _PREVIEW},
        conflicts=True,
    ),
)
async def set_type(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, name: str
) -> Response[bytes]:
    """Hold a field to a type, or tell what that would come to."""

    def wish(body: TypeIn) -> tuple[Wish, bool]:
        wanted = Wish(action="type", name=name_of(name), target=body.type, unfit=body.unfit)
        return wanted, body.dry_run

    return await _rewrite(request, caller, db, worker, _type, wish)


@post(
    ONE + "/rename",
    access=key("write"),
    status_code=BEGUN,
    operation=Operation(
        id="renameField",
        tag=TAG,
        summary="Rename a field",
        about="The old name stays an alias of it, unless that would mean another field." + _THEN,
        params=(NAME,),
        body=RenameIn,
        examples={"name": {"name": "score"}},
        answers={BEGUN: _BEGUN},
        conflicts=True,
    ),
)
async def rename(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, name: str
) -> Response[bytes]:
    """Rename a field."""

    def wish(body: RenameIn) -> tuple[Wish, bool]:
        return Wish(action="rename", name=name_of(name), target=body.name), False

    return await _rewrite(request, caller, db, worker, _rename, wish)


@post(
    ONE + "/merge",
    access=key("write"),
    status_code=BEGUN,
    operation=Operation(
        id="mergeField",
        tag=TAG,
        summary="Merge a field into another",
        about="Its values become those of the other, and its name an alias of it." + _THEN,
        params=(NAME,),
        body=MergeIn,
        examples={"into": {"into": "score"}, "dry run": {"into": "score", "dry_run": True}},
        answers={BEGUN: _BEGUN, 200: _PREVIEW},
        conflicts=True,
    ),
)
async def merge(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, name: str
) -> Response[bytes]:
    """Merge a field into another, or tell what that would come to."""

    def wish(body: MergeIn) -> tuple[Wish, bool]:
        wanted = Wish(
            action="merge",
            name=name_of(name),
            target=body.into,
            winner="target" if body.winner == "into" else "source",
            unfit=body.unfit,
        )
        return wanted, body.dry_run

    return await _rewrite(request, caller, db, worker, _merge, wish)


@post(
    ONE + "/empty",
    access=key("write"),
    status_code=BEGUN,
    operation=Operation(
        id="emptyField",
        tag=TAG,
        summary="Take a field's values from all contacts",
        about="The field stays; values that come meanwhile stay too.",
        params=(NAME,),
        answers={BEGUN: _BEGUN},
        conflicts=True,
    ),
)
async def empty(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, name: str
) -> Response[bytes]:
    """Take a field's values from all contacts."""
    wish = Wish(action="empty", name=name_of(name))
    return await _begin(request, caller, db, worker, await bodies.read(request), wish)


@delete(
    ONE,
    access=key("write"),
    status_code=BEGUN,
    operation=Operation(
        id="deleteField",
        tag=TAG,
        summary="Delete a field with its values",
        about="A standard field can only be emptied or hidden. A contact that is given a value"
        " meanwhile keeps it, and with it the field." + _THEN,
        params=(NAME,),
        answers={BEGUN: _BEGUN},
        conflicts=True,
    ),
)
async def remove(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, name: str
) -> Response[bytes]:
    """Delete a field."""
    wish = Wish(action="delete", name=name_of(name))
    return await _begin(request, caller, db, worker, await bodies.read(request), wish)


@get(
    JOB,
    access=key("read"),
    operation=Operation(
        id="getFieldJob",
        tag=TAG,
        summary="Show how far the rewriting of a field is",
        params=(NAME, _JOB_ID),
        answers={200: Answered(FieldJobOut, examples.JOB, "The job.")},
    ),
)
async def show_job(
    request: _Asked, caller: TheCaller, db: TheDb, name: str, job_id: str
) -> Response[bytes]:
    """Show work on a field."""
    Params(request).done()
    async with db.read() as read:
        job = await _job(read, caller, name, job_id)
    return idempotency.respond(answering.answer(wire.job_out(job)))


@post(
    JOB + "/cancel",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="cancelFieldJob",
        tag=TAG,
        summary="End the rewriting of a field",
        about="What is done stays: a field that was being renamed or merged is two again. Ending"
        " what is over already changes nothing.",
        params=(NAME, _JOB_ID),
        answers={200: Answered(FieldJobOut, examples.JOB | {"state": "cancelled"}, "The job.")},
    ),
)
async def cancel_job(
    request: _Asked, caller: TheCaller, db: TheDb, name: str, job_id: str
) -> Response[bytes]:
    """End work on a field."""
    Params(request).done()
    raw = await bodies.read(request)

    async def work(tx: Tx) -> Answer:
        job = await _job(tx, caller, name, job_id)
        return answering.answer(wire.job_out(await actions.cancel(tx, caller.account_id, job.id)))

    return await answering.write(request, db, caller.account_id, raw, work)


async def _job(read: Read, caller: Caller, name: str, ref: str) -> FieldJob:
    """Find work on a field, by the name it had or by the one it got."""
    id = as_id(ref)
    job = await queries.get(read, caller.account_id, id) if id else None
    if job is None or name not in {job.name, job.target}:
        raise FieldJobNotFound
    return job


async def _rewrite(
    request: _Asked,
    caller: Caller,
    db: Database,
    worker: TheWorker,
    shape: Shape[Any],
    read: Callable[[Any], tuple[Wish, bool]],
) -> Response[bytes]:
    """Do what a body wishes, or with `dry_run` tell what it would come to."""
    Params(request).done()
    raw = await bodies.read(request)
    body = shape.accepted(raw)
    wish, is_dry = read(body)
    if not is_dry:
        return await _begin(request, caller, db, worker, raw, wish)
    async with db.read() as reading:
        preview = await actions.preview(reading, caller.account_id, wish)
    return idempotency.respond(answering.answer(wire.preview_out(preview)))


async def _begin(
    request: _Asked, caller: Caller, db: Database, worker: TheWorker, raw: bytes, wish: Wish
) -> Response[bytes]:
    Params(request).done()

    async def begun() -> Answer:
        job: FieldJob = await actions.begin(db, caller.account_id, wish, caller.actor)
        return answering.answer(wire.job_out(job), BEGUN)

    async def work(_: Tx) -> Answer:
        return await begun()

    if request.method != "POST" or idempotency.key_of(request) is None:
        response = idempotency.respond(await begun())
    else:
        response = await idempotency.once(request, db, caller.account_id, raw, work)
    worker.nudge()
    return response


ROUTES = [
    allowed(
        JOB, JOB + "/cancel", *(f"{ONE}/{verb}" for verb in ("type", "rename", "merge", "empty"))
    ),
    update,
    set_type,
    rename,
    merge,
    empty,
    remove,
    show_job,
    cancel_job,
]
