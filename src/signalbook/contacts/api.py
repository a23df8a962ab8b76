"""`/api/v1/contacts`: one contact, added, shown, changed, deleted."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, delete, get, patch, post, put

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.contacts import erasing, examples, queries, reading, wire
from signalbook.contacts.answering import Change, TheWriter, source_of, write
from signalbook.contacts.errors import ContactNotFound
from signalbook.contacts.model import Contact, ContactChange, Mode
from signalbook.contacts.schemas import ContactIn, ContactOut, Deleted, NewContact
from signalbook.kit.db import Read
from signalbook.web import bodies, idempotency
from signalbook.web.access import key
from signalbook.web.bodies import Shape
from signalbook.web.held import TheDb
from signalbook.web.idempotency import Answer
from signalbook.web.openapi import TRUTH, Answered, Operation, Param
from signalbook.web.options import allowed
from signalbook.web.params import Params

CONTACTS: Final = "/api/v1/contacts"
ONE: Final = CONTACTS + "/{id:str}"
TAG: Final = "Contacts"

_Asked = Request[Any, Any, Any]
_contact = Shape(ContactIn)
REF = Param(
    "id",
    "The contact's id or your own external_id.",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[^/\x00-\x1f\x7f]+$"},
    "USER_12345",
    "path",
)
SHOWN = Answered(ContactOut, examples.SHOWN, "The contact.")
_NEW = Answered(ContactOut, examples.SHOWN, "It is new.", "/id")


@post(
    CONTACTS,
    access=key("write"),
    operation=Operation(
        id="createContact",
        tag=TAG,
        summary="Add a contact",
        about="Email, mobile and external_id are unique in the account; one of them is enough.",
        body=NewContact,
        examples={"contact": examples.NEW, "mobile only": {"mobile": "+442071838750"}},
        answers={201: _NEW},
        conflicts=True,
    ),
)
async def create(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter
) -> Response[bytes]:
    """Add a contact."""
    Params(request).done()
    raw = await bodies.read(request)
    change = _read(raw, caller, Mode.CREATE)
    return await write(request, caller, db, writer, raw, _known(change), status=201)


@post(
    CONTACTS + "/upsert",
    access=key("write"),
    operation=Operation(
        id="upsertContact",
        tag=TAG,
        summary="Add a contact or update it",
        about="The identifiers say whom: a contact that has one of them is updated, else one is"
        " added. Never 409 for a contact that is there; only for identifiers of two contacts."
        " It can add an opt-out and never lifts one.",
        body=NewContact,
        examples={"contact": examples.NEW},
        answers={200: SHOWN, 201: _NEW},
        conflicts=True,
    ),
)
async def upsert(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter
) -> Response[bytes]:
    """Add a contact or update it."""
    Params(request).done()
    raw = await bodies.read(request)
    change = _read(raw, caller, Mode.UPSERT)
    return await write(request, caller, db, writer, raw, _known(change))


@get(
    ONE,
    access=key("read"),
    operation=Operation(
        id="getContact",
        tag=TAG,
        summary="Show a contact",
        params=(REF,),
        answers={200: SHOWN},
    ),
)
async def show(request: _Asked, caller: TheCaller, db: TheDb, id: str) -> Response[bytes]:
    """Show a contact by its id or external_id."""
    Params(request).done()
    async with db.read() as read:
        contact = await reading.find(read, caller.account_id, id)
        return await _shown(read, caller, contact)


@get(
    CONTACTS + "/external/{external_id:path}",
    access=key("read"),
    operation=Operation(
        id="getContactByExternalId",
        tag=TAG,
        summary="Show a contact by your own id",
        params=(msgspec.structs.replace(REF, name="external_id", about="Your own id."),),
        answers={200: SHOWN},
    ),
)
async def show_external(
    request: _Asked, caller: TheCaller, db: TheDb, external_id: str
) -> Response[bytes]:
    """Show a contact by external_id, which may contain slashes."""
    Params(request).done()
    own = external_id.removeprefix("/")
    async with db.read() as read:
        contact = None
        if reading.may_be_external_id(own):
            contact = await queries.get_by_external_id(read, caller.account_id, own)
        if contact is None:
            raise ContactNotFound
        return await _shown(read, caller, contact)


@get(
    CONTACTS + "/by-email/{email:str}",
    access=key("read"),
    operation=Operation(
        id="getContactByEmail",
        tag=TAG,
        summary="Show a contact by e-mail",
        params=(
            Param(
                "email",
                "The address, however it is capitalised.",
                {"type": "string", "minLength": 1, "maxLength": 254, "pattern": r"^[^/\x00]+$"},
                "customer@example.com",
                "path",
            ),
        ),
        answers={200: SHOWN},
    ),
)
async def show_by_email(
    request: _Asked, caller: TheCaller, db: TheDb, email: str
) -> Response[bytes]:
    """Show a contact by e-mail."""
    Params(request).done()
    async with db.read() as read:
        contact = None
        if "\x00" not in email:
            contact = await queries.get_by_email(read, caller.account_id, email)
        if contact is None:
            raise ContactNotFound
        return await _shown(read, caller, contact)


_UPDATE = Operation(
    id="updateContact",
    tag=TAG,
    summary="Change a contact",
    about="Only what is sent changes. custom_fields and metadata merge per key and null removes"
    " one; tags replaces; null removes an identifier, but never the last."
    " `is_unsubscribed: false` lifts what the account itself had set, never what the person, a"
    " bounce or a complaint did: the answer then still says true, and `notes` says why.",
    params=(REF,),
    body=ContactIn,
    examples={"fields": examples.UPDATE, "tags": {"tags": ["customer"], "is_active": True}},
    answers={200: SHOWN},
    conflicts=True,
)


@put(ONE, access=key("write"), operation=_UPDATE)
async def update(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, id: str
) -> Response[bytes]:
    """Change what was sent and leave the rest."""
    return await _update(request, caller, db, writer, id)


@patch(
    ONE,
    access=key("write"),
    operation=msgspec.structs.replace(_UPDATE, id="patchContact", summary="Change a contact, too"),
)
async def modify(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, id: str
) -> Response[bytes]:
    """Do the same; Sendmator's SDK sends PATCH where its documentation says PUT."""
    return await _update(request, caller, db, writer, id)


@delete(
    ONE,
    access=key("write"),
    status_code=200,
    operation=Operation(
        id="deleteContact",
        tag=TAG,
        summary="Delete a contact",
        about="For good, with everything known of it; only the opt-out ledger stays, which knows"
        " addresses. `erase=true` removes these too and leaves a keyed hash of each, which still"
        " blocks it. `hard=false` sets the contact inactive instead.",
        params=(
            REF,
            Param("hard", "False to deactivate instead of delete.", TRUTH, example=True),
            Param("erase", "True to leave no address behind, not even an opt-out's.", TRUTH),
        ),
        answers={200: Answered(Deleted, examples.DELETED, "It is gone.")},
    ),
)
async def remove(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, id: str
) -> Response[bytes]:
    """Delete a contact, or deactivate it."""
    params = Params(request)
    hard, erase = params.flag("hard"), params.flag("erase")
    if erase and hard is False:
        params.refuse("erase", "Who is erased is not set inactive: leave hard out")
    params.done()
    await bodies.read(request)
    async with db.read() as read:
        contact = await reading.find(read, caller.account_id, id)
    if erase:
        source = source_of(caller)
        wire.accepted(
            await db.transact(lambda tx: erasing.erase(tx, caller.account_id, contact.id, source))
        )
        told = Deleted(deleted=True, id=str(contact.id))
        return idempotency.respond(Answer(200, wire.encode(told)))
    gone = hard is not False
    change = ContactChange(
        source=source_of(caller),
        id=contact.id,
        delete=gone,
        is_active=None if gone else False,
        mode=Mode.UPDATE,
    )
    wire.accepted(await writer.submit(caller.account_id, change))
    told = Deleted(deleted=gone, id=str(contact.id))
    return idempotency.respond(Answer(200, wire.encode(told)))


def _read(raw: bytes, caller: Caller, mode: Mode) -> ContactChange:
    """Read a body as a change; raises with all its problems."""
    body, problems = _contact.read(raw)
    change = wire.change_of(body, source_of(caller), mode)
    wire.refuse_problems(problems, body, change)
    return change


def _known(change: ContactChange) -> Change:
    async def same(_: Read) -> ContactChange:
        return change

    return same


async def _update(
    request: _Asked, caller: TheCaller, db: TheDb, writer: TheWriter, ref: str
) -> Response[bytes]:
    Params(request).done()
    raw = await bodies.read(request)
    body, problems = _contact.read(raw)

    async def change(read: Read) -> ContactChange:
        contact = await reading.find(read, caller.account_id, ref)
        found = wire.change_of(body, source_of(caller), Mode.UPDATE, id=contact.id, may_lift=True)
        wire.refuse_problems(problems, body, found)
        return found

    return await write(request, caller, db, writer, raw, change)


async def _shown(read: Read, caller: Caller, contact: Contact) -> Response[bytes]:
    names = await reading.tag_names(read, caller.account_id, [contact])
    return idempotency.respond(Answer(200, wire.encode(wire.out(contact, names))))


ROUTES = [
    allowed(CONTACTS, ONE), create, upsert, show, show_external, show_by_email, update, modify,
    remove,
]  # fmt: skip
