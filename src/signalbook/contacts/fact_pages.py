"""Values of one contact edited in place: identifiers and fields, each with its type's control."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post

from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import card, page_queries, shown, values
from signalbook.contacts.adding_pages import CONSOLE
from signalbook.contacts.card import Card, Fact
from signalbook.contacts.card_pages import CHANGED
from signalbook.contacts.errors import ContactInvalid
from signalbook.contacts.model import MAX_CONTACT_BYTES, Contact, ContactChange, Mode, Source
from signalbook.contacts.values import IDENTIFIERS, Known, known_fields, typed, value_of
from signalbook.contacts.writer import Writer
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

_TYPE_NAMES: Final = dict(values.TYPES)


@get("/contacts/{contact_id:uuid}/fact", access=person("viewer"))
async def show(
    contact_id: UUID, caller: Caller, page: Page, db: Database, name: str, edit: str = ""
) -> Response[Any]:
    """Show one value, or the control that changes it."""
    async with db.read() as read:
        one = await card.read(read, caller.account_id, contact_id)
    field = _field(one, name)
    if not (edit and caller.has_role("editor")):
        return page.part("contacts/_fact.html", card=one, fact=_fact(one.contact, field))
    return _editing(page, one, field, typed(_value(one.contact, name), field.type))


@post("/contacts/{contact_id:uuid}/fact", access=person("editor"))
async def save(
    request: AnyRequest,
    contact_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    writer: Writer,
) -> Response[Any]:
    """Save one value; what cannot be accepted is told beside it and stays as typed."""
    form = await request.form()
    name, text = _text(form.get("name")), _text(form.get("value"))
    async with db.read() as read:
        one = await card.read(read, caller.account_id, contact_id)
    field = _field(one, name)
    if field.type == "boolean":
        text = "" if form.get("remove") else text or "false"
    try:
        await _submit(writer, caller, contact_id, field, text)
    except AppError as refusal:
        told = values.problem_of(refusal, name) if isinstance(refusal, ContactInvalid) else ""
        return _editing(page, one, field, text, told or refusal.message, status_of(refusal))
    if not page.target:
        return page.go(f"/contacts/{contact_id}", Toast(f"{field.label} is saved."))
    async with db.read() as read:
        one = await card.read(read, caller.account_id, contact_id)
    answer = page.part("contacts/_fact.html", card=one, fact=_fact(one.contact, field))
    answer.headers["HX-Trigger"] = CHANGED
    return answer


@post("/contacts/{contact_id:uuid}/fields", access=person("editor"))
async def add(
    request: AnyRequest,
    contact_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    writer: Writer,
) -> Response[Any]:
    """Give a contact a field it had not; one that nobody had is made with it."""
    form = await request.form()
    name, text, kind = (_text(form.get(key)) for key in ("name", "value", "type"))
    here = f"/contacts/{contact_id}"
    name = name.strip()
    async with db.read() as read:
        known = known_fields(await page_queries.fields(read, caller.account_id))
    labels = {one.label.casefold(): one for one in known.values()}
    field = known.get(name) or labels.get(name.casefold())
    field = field or Known(name, name, kind if kind in _TYPE_NAMES else "text")
    if not text.strip():
        return page.go(here, Toast(f"Say which value {field.label or 'the field'} has.", "bad"))
    try:
        await _submit(writer, caller, contact_id, field, text)
    except AppError as refusal:
        if refusal.kind == "not_found":
            raise
        return page.go(here, Toast(refusal.message, "bad"))
    return page.go(here, Toast(f"{field.label} is added."))


async def _submit(
    writer: Writer, caller: Caller, contact_id: UUID, field: Known, text: str
) -> None:
    change = ContactChange(source=Source(CONSOLE, caller.actor), id=contact_id, mode=Mode.UPDATE)
    if field.name in IDENTIFIERS:
        setattr(change, field.name, text.strip() or None)
    else:
        change.fields = {field.name: value_of(field, text)}
    outcome = await writer.submit(caller.account_id, change, len(text) + 1024)
    if outcome.error is not None:
        raise outcome.error


def _editing(
    page: Page, one: Card, field: Known, text: str, problem: str = "", status: int = 200
) -> Response[Any]:
    """Show the control of a value: in its row, or alone on a page for who has no scripts."""
    template = "contacts/_fact_form.html" if page.target else "contacts/fact.html"
    return page.show(
        template,
        status=status,
        nav="contacts",
        card=one,
        field=field,
        text=text,
        local=shown.local_input(text) if field.type == "datetime" else "",
        problem=problem,
    )


def _field(one: Card, name: str) -> Known:
    """Find the field of this name among those that may be edited here."""
    if name in IDENTIFIERS:
        return Known(name, IDENTIFIERS[name], "text")
    for fact in one.facts:
        if fact.field.name == name:
            return fact.field
    return next((field for field in one.unused if field.name == name), Known(name, name, "text"))


def _fact(contact: Contact, field: Known) -> Fact:
    if field.name in IDENTIFIERS:
        return Fact(field, getattr(contact, field.name) or "")
    return card.fact_of(contact, field)


def _value(contact: Contact, name: str) -> Any:  # noqa: ANN401  # any JSON value
    return getattr(contact, name) if name in IDENTIFIERS else contact.fields.get(name)


def _text(given: object) -> str:
    """Read a form's value as text a database takes."""
    if not isinstance(given, str):
        return ""
    return given[:MAX_CONTACT_BYTES].encode("utf-8", "ignore").decode()


ROUTES = [show, save, add]
