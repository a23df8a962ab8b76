"""`/rest/fields`: what a property of contacts is called, how long it gets, how many have it.

Source: <https://developers.digitaleo.com/contacts-api/fields>, whose example shows texts only.
"""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, put

from signalbook.accounts.frames import TheCaller
from signalbook.accounts.model import Caller
from signalbook.doors.digitaleo import asking, listing, queries
from signalbook.doors.digitaleo import operations as told
from signalbook.doors.digitaleo.answering import answered, counted, metadata_in
from signalbook.doors.digitaleo.asking import Asked
from signalbook.doors.digitaleo.errors import RecordNotFound, ValuesInvalid
from signalbook.doors.digitaleo.listing import listing_of
from signalbook.doors.digitaleo.model import (
    ALIASES,
    CONTACT,
    FIELD,
    Row,
    contact_property,
    members_of,
    spelt,
    text_of,
)
from signalbook.fields import actions
from signalbook.fields.errors import FieldNotFound
from signalbook.fields.model import Registered, label_of
from signalbook.kit.db import Tx
from signalbook.kit.errors import Problem
from signalbook.statistics import reading
from signalbook.statistics.model import Subject
from signalbook.web.access import key
from signalbook.web.held import TheDb
from signalbook.web.options import allowed

FIELDS: Final = "/rest/fields"

_Asked = Request[Any, Any, Any]
_FIELDS: Final = {name: of.of for name, of in CONTACT.items() if of.of and of.kind != "optout"}
_NAMES: Final = tuple(
    name for name in CONTACT if name in _FIELDS or CONTACT[name].kind in {"email", "mobile"}
)


@get(FIELDS, access=key("read"), operation=told.LIST_FIELDS)
async def index(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """List the properties that hold something of a person."""
    asked = listing_of(asking.query_of(request), _naming, FIELD)
    async with db.read() as read:
        everything = await actions.everything(read, caller.account_id)
        known = {one.name: one for one in everything.fields}
        whole = await reading.statistics(read, caller.account_id, Subject("account"))
        email, mobile = await queries.longest(read, caller.account_id)
    rows = [_record(name, known.get(_FIELDS[name])) for name in _FIELDS]
    rows += [
        _row("email", email, whole.with_email, ALIASES["email"]),
        _row("mobile", mobile, whole.with_mobile, ALIASES["mobile"]),
    ]
    rows.sort(key=lambda row: _NAMES.index(row["name"]))
    return answered(request, listing.chosen(rows, asked))


@put(FIELDS, access=key("write"), operation=told.UPDATE_FIELDS)
async def update(request: _Asked, caller: TheCaller, db: TheDb) -> Response[bytes]:
    """Give a field another alias, by which files and people know it."""
    asked = await asking.read(request)
    name, alias = _wanted(asked)
    await db.transact(lambda tx: _rename(tx, caller, name, alias))
    return counted(request, 1)


async def _rename(tx: Tx, caller: Caller, name: str, alias: str) -> None:
    """Let a field go by one alias, or by none; one nobody has used yet is made."""
    aliases = [alias] if alias else []
    try:
        await actions.describe(tx, caller.account_id, name, aliases=aliases)
    except FieldNotFound:
        await actions.create(tx, caller.account_id, name, aliases=aliases)


def _wanted(asked: Asked) -> tuple[str, str]:
    """Read which field is meant and its alias; raises RecordNotFound, ValuesInvalid."""
    named = contact_property(text_of(asked.get("name") or asked.get("id")))
    if named is None or named not in _NAMES:
        raise RecordNotFound(what="field")
    given: Mapping[str, Any] = (
        metadata_in(asked) if asked.get("metaData") is not None else members_of(asked.body) or {}
    )
    known = {spelt(name, FIELD): value for name, value in given.items()}
    if "alias" not in known:
        told = 'metaData holds the alias: {"alias": "Shoe size"}'
        raise ValuesInvalid(problems=[Problem("alias", told, "alias_missing")])
    if isinstance(known["alias"], dict | list):
        told = "alias is a text, not a list or an object"
        raise ValuesInvalid(problems=[Problem("alias", told, "value_wrong")])
    if named not in _FIELDS:
        told = f"The alias of {named} is fixed"
        raise ValuesInvalid(problems=[Problem("alias", told, "alias_fixed")])
    return _FIELDS[named], text_of(known["alias"]).strip()


def _record(name: str, field: Registered | None) -> Row:
    assumed = ALIASES.get(name, label_of(_FIELDS[name]))
    if field is None:
        return _row(name, 0, 0, assumed)
    return _row(name, field.longest, field.contacts, field.alias or assumed)


def _row(name: str, longest: int, contacts: int, alias: str) -> Row:
    return {"name": name, "max": str(longest), "count": str(contacts), "alias": alias}


def _naming(name: str) -> str | None:
    return spelt(name, FIELD)


ROUTES = [allowed(FIELDS), index, update]
