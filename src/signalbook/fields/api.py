"""`/api/v1/fields`: what an account knows of its contacts, and setting what a field takes."""

import re
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, patch
from msgspec import UNSET

from signalbook.accounts.frames import TheCaller
from signalbook.fields import actions, queries
from signalbook.fields.errors import FieldNotFound
from signalbook.fields.model import MAX_NAME, FieldType, Registered
from signalbook.fields.schemas import FieldIn, FieldList, FieldOut
from signalbook.kit.errors import Problem
from signalbook.web import bodies, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import BodyInvalid, Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.moments import shown
from signalbook.web.openapi import Answered, Operation, Param
from signalbook.web.params import Params

FIELDS: Final = "/api/v1/fields"
TAG: Final = "Fields"
MAX_LABEL: Final = 128

_Asked = Request[Any, Any, Any]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_field = Shape(FieldIn)
_SHOWN: dict[str, Any] = {
    "name": "lead_score",
    "label": "Lead score",
    "type": "number",
    "is_standard": False,
    "type_is_set": True,
    "contacts": 1280,
    "created_at": "2024-01-15T10:30:00.000Z",
    "last_used_at": "2024-03-01T18:04:11.250Z",
}


@get(
    FIELDS,
    access=key("read"),
    operation=Operation(
        id="listFields",
        tag=TAG,
        summary="List fields",
        about="A field appears when a contact first has a value for it; an account has at most"
        " 1,000.",
        answers={200: Answered(FieldList, {"data": [_SHOWN]}, "All fields, by name.")},
    ),
)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List fields."""
    Params(request).done()
    async with db.read() as read:
        fields = await queries.all_of(read, caller.account_id)
    return _answer(FieldList([_out(field) for field in fields]))


@patch(
    FIELDS + "/{name:str}",
    access=key("write"),
    operation=Operation(
        id="updateField",
        tag=TAG,
        summary="Set a field's label or type",
        about="A type that is set is held to: a value that does not fit is refused. Setting one is"
        " itself refused while contacts have values that do not fit, and some of them are named.",
        params=(
            Param(
                "name",
                "The field's name.",
                {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^[^/\x00]+$"},
                "lead_score",
                "path",
            ),
        ),
        body=FieldIn,
        examples={"type": {"type": "number"}, "label": {"label": "Lead score"}},
        answers={200: Answered(FieldOut, _SHOWN, "The field.")},
        conflicts=True,
    ),
)
async def update(request: _Asked, caller: TheCaller, db: TheDb, name: str) -> Response[bytes]:
    """Set a field's label or type."""
    Params(request).done()
    body, problems = _field.read(await bodies.read(request))
    if body.label is not UNSET and not _is_label(body.label):
        told = f"A label has 1 to {MAX_LABEL} characters and no control characters"
        problems.append(Problem("label", told, "label_invalid"))
    if problems:
        raise BodyInvalid(problems=problems)
    if not 0 < len(name) <= MAX_NAME or "\x00" in name:
        raise FieldNotFound
    account = caller.account_id
    if body.type is not UNSET:
        await actions.set_type(db, account, name, FieldType(body.type))
    async with db.tx() as tx:
        if body.label is not UNSET:
            await actions.set_label(tx, account, name, body.label)
        field = await queries.get(tx, account, name)
    if field is None:
        raise FieldNotFound
    return _answer(_out(field))


def _is_label(text: str) -> bool:
    return 0 < len(text.strip()) <= MAX_LABEL and not _CONTROL.search(text)


def _out(field: Registered) -> FieldOut:
    return FieldOut(
        name=field.name,
        label=field.label,
        type=FieldType(field.type),
        is_standard=field.is_standard,
        type_is_set=field.type_is_set,
        contacts=field.contacts,
        created_at=shown(field.created_at),
        last_used_at=shown(field.last_used_at),
    )


def _answer(body: msgspec.Struct) -> Response[bytes]:
    return idempotency.respond(Answer(200, msgspec.json.encode(body)))


ROUTES = [index, update]
