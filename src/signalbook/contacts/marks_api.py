"""`/api/v1/contacts/{id}/…`: what one contact is marked with: its tags, and whether it left."""

from typing import Any

from litestar import Request, Response, delete, post

from signalbook.accounts.frames import TheCaller
from signalbook.contacts import examples, reading
from signalbook.contacts.answering import TheWriter, source_of, write
from signalbook.contacts.api import ONE, REF, SHOWN, TAG
from signalbook.contacts.model import ContactChange, Mode
from signalbook.contacts.schemas import ContactOut, TagsIn
from signalbook.kit.db import Read
from signalbook.web import bodies
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.openapi import Answered, Operation
from signalbook.web.options import allowed
from signalbook.web.params import Params

_Asked = Request[Any, Any, Any]
_tags = Shape(TagsIn)


@post(
    ONE + "/tags",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="addTags",
        tag=TAG,
        summary="Attach tags",
        about="Each is a signal on the timeline, also when the contact carries the tag already.",
        params=(REF,),
        body=TagsIn,
        examples={"tags": {"tags": ["viewed-red-sneakers"]}},
        answers={200: SHOWN},
    ),
)
async def add_tags(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, id: str
) -> Response[bytes]:
    """Attach tags."""
    return await _retag(request, caller, db, writer, id, attach=True)


@delete(
    ONE + "/tags",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="removeTags",
        tag=TAG,
        summary="Detach tags",
        params=(REF,),
        body=TagsIn,
        examples={"tags": {"tags": ["trial"]}},
        answers={200: SHOWN},
    ),
)
async def remove_tags(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, id: str
) -> Response[bytes]:
    """Detach tags."""
    return await _retag(request, caller, db, writer, id, attach=False)


@post(
    ONE + "/unsubscribe",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="unsubscribeContact",
        tag=TAG,
        summary="Unsubscribe a contact",
        about="From every channel, by the word of the account.",
        params=(REF,),
        answers={200: Answered(ContactOut, examples.UNSUBSCRIBED, "The contact.")},
    ),
)
async def unsubscribe(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, id: str
) -> Response[bytes]:
    """Unsubscribe a contact."""
    return await _subscription(request, caller, db, writer, id, lift=False)


@post(
    ONE + "/resubscribe",
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="resubscribeContact",
        tag=TAG,
        summary="Lift the account's own opt-out",
        about="What the person, a bounce or a complaint did stays, and `notes` says so.",
        params=(REF,),
        answers={200: SHOWN},
    ),
)
async def resubscribe(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, id: str
) -> Response[bytes]:
    """Lift the opt-out that the account had set."""
    return await _subscription(request, caller, db, writer, id, lift=True)


async def _retag(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, ref: str, *, attach: bool
) -> Response[bytes]:
    Params(request).done()
    raw = await bodies.read(request)
    body = _tags.accepted(raw)

    async def change(read: Read) -> ContactChange:
        contact = await reading.find(read, caller.account_id, ref)
        return ContactChange(
            source=source_of(caller),
            id=contact.id,
            tags_add=tuple(body.tags) if attach else (),
            tags_remove=() if attach else tuple(body.tags),
            mode=Mode.UPDATE,
        )

    return await write(request, caller, db, writer, raw, change)


async def _subscription(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, ref: str, *, lift: bool
) -> Response[bytes]:
    Params(request).done()
    raw = await bodies.read(request)

    async def change(read: Read) -> ContactChange:
        contact = await reading.find(read, caller.account_id, ref)
        return ContactChange(
            source=source_of(caller),
            id=contact.id,
            status="resubscribe" if lift else "unsubscribe",
            mode=Mode.UPDATE,
        )

    return await write(request, caller, db, writer, raw, change)


ROUTES = [allowed(ONE + "/tags"), add_tags, remove_tags, unsubscribe, resubscribe]
