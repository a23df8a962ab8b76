"""The imports of an account as pages: the list, a new one, and where each of them stands."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post

from signalbook.accounts import key_queries
from signalbook.accounts.model import Caller
from signalbook.contacts.reading import as_id
from signalbook.imports import (
    actions,
    page_queries,
    progress_pages,
    queries,
    report_pages,
    shown,
    upload_pages,
    wizard_pages,
)
from signalbook.imports.errors import ImportNotFound
from signalbook.imports.model import Counts, Import
from signalbook.kit.db import Database, Read
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.render import Page

PAGE: Final = 50

_EXAMPLES: Final = {
    "contacts.csv": (
        "E-mail,Mobile,First name,Last name,City,Country,Date of birth,Tags\r\n"
        'ada@example.com,+442079460958,Ada,Lovelace,London,England,1990-12-10,"vip, spring"\r\n'
        "grace@example.com,+12025550143,Grace,Hopper,New York,United States,1986-12-09,vip\r\n"
    ),
    "ses.csv": (
        "emailAddress,unsubscribeAll,attributesData\r\n"
        'ada@example.com,false,"{""first_name"": ""Ada"", ""city"": ""London""}"\r\n'
        'grace@example.com,true,"{""first_name"": ""Grace"", ""city"": ""New York""}"\r\n'
    ),
    "sendbase.csv": (
        "emailAddress,unsubscribeAll,attributesData\n"
        'john.doe@example.com,false,"{""Name"": ""John"", ""Company"": ""ACM Inc""}"\n'
        'jane.smith@example.com,true,"{""Name"": ""Jane"", ""Company"": null}"\n'
    ),
    "sendbase.json": (
        "{\n"
        '     "emailAddress": "john.deo@example.com",\n'
        '     "unsubscribeAll": false,\n'
        '     "attributesData": "{\\"Name\\":\\"John\\"}"\n'
        "}\n"
        "{\n"
        '     "emailAddress": "jane.smith@example.com",\n'
        '     "unsubscribeAll": true,\n'
        "}\n"
    ),
}
"""Small files to start from; those of Sendbase are its own, to the letter."""


@get(shown.HOME, access=person("viewer"))
async def index(caller: Caller, page: Page, db: Database, before: str = "") -> Response[Any]:
    """List imports, newest first; for htmx only the rows that follow."""
    async with db.read() as read:
        found = await queries.page(read, caller.account_id, as_id(before), PAGE + 1)
        counts = await _counts(read, caller.account_id, found)
        by = await shown.names(read, caller.account_id, (one.actor for one in found))
        keys = [] if found else await key_queries.list_all(read, caller.account_id)
    more = f"{shown.HOME}?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    return page.show(
        "imports/index.html",
        parts={"more": "imports/_lines.html"},
        nav="imports",
        lines=shown.lines(found[:PAGE], counts, by),
        more=more,
        is_later=bool(before),
        api_key=next((k for k in keys if k.kind == "api" and not k.revoked_at), None),
    )


@get("/imports/{import_id:uuid}", access=person("viewer"))
async def stand(import_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Go on to the step at which an import is."""
    async with db.read() as read:
        found = await queries.get(read, caller.account_id, import_id)
    if found is None:
        raise ImportNotFound
    return page.go(shown.place(found))


@post("/imports/{import_id:uuid}/cancellation", access=person("editor"))
async def cancel(import_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """End an import; what it has applied stays, and can be undone."""
    async with db.tx() as tx:
        await actions.cancel(tx, caller.account_id, import_id)
    async with db.read() as read:
        found = await queries.get(read, caller.account_id, import_id)
    if found is None or found.applying_at is None:
        return page.go(shown.HOME, Toast("The import is cancelled; nothing was changed.", "info"))
    return page.go(shown.place(found), Toast("The import is cancelled.", "info"))


@get("/imports/examples/{name:str}", access=person("viewer"), sync_to_thread=False)
def example(name: str) -> Response[str]:
    """Give a small file to start from."""
    if name not in _EXAMPLES:
        raise ImportNotFound
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    kind = "application/json" if name.endswith(".json") else "text/csv"
    return Response(_EXAMPLES[name], media_type=f"{kind}; charset=utf-8", headers=headers)


async def _counts(read: Read, account_id: int, found: list[Import]) -> dict[UUID, Counts]:
    """Count what the imports that were applied, whole or in part, came to."""
    begun = [one.id for one in found if one.applying_at is not None]
    if not begun:
        return {}
    counts: dict[UUID, dict[str, int]] = {
        one.id: {"rejected": one.rejected} for one in found if one.applying_at is not None
    }
    for id, name, number in await page_queries.counted(read, account_id, begun):
        counts[id][name] = counts[id].get(name, 0) + number
    return {
        id: Counts(**{name: n for name, n in one.items() if name in Counts.__struct_fields__})
        for id, one in counts.items()
    }


ROUTES = [
    index,
    stand,
    cancel,
    example,
    *upload_pages.ROUTES,
    *wizard_pages.ROUTES,
    *progress_pages.ROUTES,
    *report_pages.ROUTES,
]
