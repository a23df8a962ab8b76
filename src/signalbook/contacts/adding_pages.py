"""The page that adds a contact by hand."""

from typing import Any, Final

from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import page_queries, shown, values
from signalbook.contacts.errors import ContactInvalid
from signalbook.contacts.model import ContactChange, Mode, Source
from signalbook.contacts.values import Known, known_fields, value_of
from signalbook.contacts.writer import Writer
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError, Problem
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.flash import Toast
from signalbook.web.render import Page

ROWS: Final = 3
CONSOLE: Final = "console"
_PLAIN: Final = ("email", "mobile", "external_id", "first_name", "last_name", "tags")
_TAKEN: Final = {
    "email_taken": "email",
    "mobile_taken": "mobile",
    "external_id_taken": "external_id",
}


@get("/contacts/new", access=person("editor"))
async def new(caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show an empty form."""
    return await _show(caller, page, db, {}, {})


@post("/contacts", access=person("editor"))
async def create(
    request: AnyRequest, caller: Caller, page: Page, db: Database, writer: Writer
) -> Response[Any]:
    """Add the contact and open it, or show the form again with what is wrong beside its field."""
    names = [*_PLAIN, *(f"{part}{n}" for part in ("field", "value") for n in range(1, ROWS + 1))]
    form = await forms.fields(request, names)
    async with db.read() as read:
        known = known_fields(await page_queries.fields(read, caller.account_id))
    try:
        change = _change(form, known, Source(CONSOLE, caller.actor))
        outcome = await writer.submit(caller.account_id, change)
        if outcome.error is not None:
            raise outcome.error
    except AppError as refusal:
        problems = _beside(refusal, form)
        return await _show(caller, page, db, form, problems, status_of(refusal))
    contact = outcome.contact
    assert contact is not None  # noqa: S101  # an outcome without an error has one
    toast = Toast(f"{shown.name_of(contact)} is added.", href="/contacts/new", link="Add another")
    return page.go(f"/contacts/{contact.id}", toast)


def _change(form: dict[str, str], known: dict[str, Known], source: Source) -> ContactChange:
    """Read the form; raises ContactInvalid with every field that cannot be read."""
    fields: dict[str, Any] = {
        name: form[name].strip() for name in ("first_name", "last_name") if form[name].strip()
    }
    problems: list[Problem] = []
    for n in range(1, ROWS + 1):
        name, text = form[f"field{n}"].strip(), form[f"value{n}"]
        if not name or not text.strip():
            continue
        try:
            fields[name] = value_of(known.get(name, Known(name, name, "text")), text)
        except ContactInvalid as refusal:
            problems += refusal.problems
    if problems:
        raise ContactInvalid(problems=problems)
    return ContactChange(
        source=source,
        email=form["email"],
        mobile=form["mobile"],
        external_id=form["external_id"],
        fields=fields,
        tags_add=tuple(dict.fromkeys(t.strip() for t in form["tags"].split(",") if t.strip())),
        mode=Mode.CREATE,
    )


def _beside(refusal: AppError, form: dict[str, str]) -> dict[str, str]:
    """Put what is wrong beside the field it is about; the rest stands above the form."""
    if not refusal.problems:
        return {_TAKEN.get(refusal.code(), ""): refusal.message}
    rows = {form[f"field{n}"].strip(): f"value{n}" for n in range(1, ROWS + 1)}
    found: dict[str, str] = {}
    for problem in refusal.problems:
        field = problem.field.removeprefix("fields.")
        place = rows.get(field, field if field in _PLAIN else "")
        found[place] = f"{found[place]}; {problem.message}" if place in found else problem.message
    return found


async def _show(
    caller: Caller,
    page: Page,
    db: Database,
    form: dict[str, str],
    problems: dict[str, str],
    status: int = 200,
) -> Response[Any]:
    async with db.read() as read:
        registered = await page_queries.fields(read, caller.account_id)
        tags = await page_queries.tags_like(read, caller.account_id, "")
    known = known_fields(registered).values()
    return page.show(
        "contacts/new.html",
        status=status,
        nav="contacts",
        form=dict.fromkeys(_PLAIN, "") | form,
        problems=problems,
        offered=[
            (one.name, one.label) for one in known if one.name not in _PLAIN and not one.is_hidden
        ],
        rows=range(1, ROWS + 1),
        tags=tags,
        identifiers=values.IDENTIFIERS,
    )


ROUTES = [new, create]
