"""`/api/v1/fields`: what an account knows of its contacts, made and shown."""

from typing import Any, Final, TypeAlias

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import UNSET

from signalbook.accounts.frames import TheCaller
from signalbook.fields import actions, counting, examples, queries, wire
from signalbook.fields.errors import FieldNotFound
from signalbook.fields.model import MAX_NAME, FieldType
from signalbook.fields.schemas import FieldList, FieldOut, FieldValues, NewField
from signalbook.kit.db import Tx
from signalbook.kit.jobs import Worker
from signalbook.web import bodies, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import Answered, Operation, Param
from signalbook.web.options import allowed
from signalbook.web.params import Params

FIELDS: Final = "/api/v1/fields"
ONE: Final = FIELDS + "/{name:str}"
TAG: Final = "Fields"
NAME: Final = Param(
    "name",
    "The field's name, or one of its aliases.",
    {"type": "string", "minLength": 1, "maxLength": MAX_NAME, "pattern": r"^[^/\x00]+$"},
    "lead_score",
    "path",
)

TheWorker: TypeAlias = NamedDependency[Worker]
_Asked = Request[Any, Any, Any]
_new = Shape(NewField)
_SHOWN = Answered(FieldOut, examples.SHOWN, "The field.")


@get(
    FIELDS,
    access=key("read"),
    operation=Operation(
        id="listFields",
        tag=TAG,
        summary="List fields",
        about="The standard fields and the account's own, at most 1,000: one of those appears when"
        " it is made, or when a contact first has a value for it.",
        answers={200: Answered(FieldList, {"data": [examples.SHOWN]}, "All fields, by name.")},
    ),
)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List fields."""
    Params(request).done()
    async with db.read() as read:
        found = await actions.everything(read, caller.account_id)
    return _answer(FieldList([wire.out(one, found.contacts) for one in found.fields]))


@post(
    FIELDS,
    access=key("write"),
    operation=Operation(
        id="createField",
        tag=TAG,
        summary="Make a field",
        body=NewField,
        examples={"field": examples.NEW},
        answers={
            201: Answered(
                FieldOut,
                examples.SHOWN | {"contacts": 0, "share": 0.0, "max_length": 0},
                "It is new.",
            )
        },
        conflicts=True,
    ),
)
async def create(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Make a field."""
    Params(request).done()
    raw = await bodies.read(request)
    body = _new.accepted(raw)

    async def work(tx: Tx) -> Answer:
        field = await actions.create(
            tx,
            caller.account_id,
            body.name,
            label="" if body.label is UNSET else body.label,
            type=None if body.type is UNSET else FieldType(body.type),
            aliases=body.aliases,
        )
        return Answer(201, msgspec.json.encode(wire.out(field, 0)))

    if idempotency.key_of(request) is None:
        return idempotency.respond(await db.transact(work))
    return await idempotency.once(request, db, caller.account_id, raw, work)


@get(
    ONE,
    access=key("read"),
    operation=Operation(
        id="getField", tag=TAG, summary="Show a field", params=(NAME,), answers={200: _SHOWN}
    ),
)
async def show(request: _Asked, caller: TheCaller, db: TheDb, name: str) -> Response[bytes]:
    """Show one field."""
    Params(request).done()
    async with db.read() as read:
        field = await actions.one(read, caller.account_id, name_of(name))
        total = await queries.contacts(read, caller.account_id)
    return _answer(wire.out(field, total))


@get(
    ONE + "/values",
    access=key("read"),
    operation=Operation(
        id="getFieldValues",
        tag=TAG,
        summary="Show a field's most frequent values",
        about="They are counted in the background when they are asked for and the field was used"
        " since the last count, or that is an hour old: `as_of` says what they are true of, and"
        " `is_counting` that newer ones are on their way.",
        params=(NAME,),
        answers={200: Answered(FieldValues, examples.VALUES, "Up to ten values.")},
    ),
)
async def values(
    request: _Asked, caller: TheCaller, db: TheDb, worker: TheWorker, name: str
) -> Response[bytes]:
    """Show the most frequent values."""
    Params(request).done()
    found = await counting.ask(db, caller.account_id, name_of(name))
    worker.nudge()
    return _answer(wire.values_out(found))


def name_of(ref: str) -> str:
    """Read the name of a field; what can be none is none."""
    if not ref.strip() or "\x00" in ref:
        raise FieldNotFound
    return ref


def _answer(body: msgspec.Struct) -> Response[bytes]:
    return idempotency.respond(Answer(200, msgspec.json.encode(body)))


ROUTES = [allowed(FIELDS, ONE), index, create, show, values]
