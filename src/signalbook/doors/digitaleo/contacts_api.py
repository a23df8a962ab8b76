"""`/rest/contacts`: read, made, updated, deleted, and filled from a file."""

from typing import Any, Final

from litestar import Request, Response, delete, get, post, put

from signalbook.accounts.frames import TheCaller
from signalbook.doors.digitaleo import asking, contact_reading, contact_writing, importing
from signalbook.doors.digitaleo import operations as told
from signalbook.doors.digitaleo.answering import (
    answered,
    counted,
    ids_in,
    metadata_in,
    records_in,
    refuse_action,
)
from signalbook.doors.digitaleo.listing import listing_of
from signalbook.doors.digitaleo.model import CONTACT, contact_property, text_of
from signalbook.imports.api import TheWorker
from signalbook.web.access import key
from signalbook.web.held import TheDb, TheSettings
from signalbook.web.options import allowed

CONTACTS: Final = "/rest/contacts"

_Asked = Request[Any, Any, Any]


@get(CONTACTS, access=key("read"), operation=told.LIST_CONTACTS)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List contacts by their properties."""
    asked = listing_of(asking.query_of(request), contact_property, tuple(CONTACT))
    return answered(request, await contact_reading.page(db, caller.account_id, asked))


@post(CONTACTS, access=key("write"), status_code=200, operation=told.CREATE_CONTACTS)
async def create(
    request: _Asked, caller: TheCaller, db: TheDb, settings: TheSettings, worker: TheWorker
) -> Response[bytes]:
    """Add contacts or update those that are there; with `action=import`, those of a file."""
    action = text_of(asking.query_of(request).get("action"))
    if action == "import":
        row = await importing.take_in(request, caller, db, settings.data_dir, worker)
        return answered(request, row)
    asked = await asking.read(request)
    refuse_action(asked, "create", known="create and import are known")
    records = records_in(asked, "contacts")
    return answered(request, await contact_writing.create(db, caller, records))


@put(CONTACTS, access=key("write"), operation=told.UPDATE_CONTACTS)
async def update(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Change properties of contacts and leave the rest."""
    asked = await asking.read(request)
    metadata = metadata_in(asked)
    return answered(request, await contact_writing.update(db, caller, ids_in(asked), metadata))


@delete(CONTACTS, access=key("write"), status_code=200, operation=told.DELETE_CONTACTS)
async def remove(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Delete contacts for good."""
    asked = await asking.read(request)
    return counted(request, await contact_writing.delete(db, caller, ids_in(asked)))


ROUTES = [allowed(CONTACTS), index, create, update, remove]
