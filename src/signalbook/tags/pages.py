"""The page of signals: every tag with its counts; rename, merge and delete."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.kit.db import Database
from signalbook.kit.errors import AppError, NotFound
from signalbook.tags import actions, page_queries, queries
from signalbook.tags.errors import TagNotFound
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.formats import plural
from signalbook.web.render import Page

SHOWN: Final = 500

_HERE: Final = "/tags"
_DEFAULT: Final = "-contacts"
_COLUMNS: Final = (
    ("name", "Tag"),
    ("contacts", "Contacts"),
    ("signals", "Signals"),
    ("first", "First seen"),
    ("last", "Last seen"),
)


@get(_HERE, access=person("viewer"))
async def index(
    caller: Caller, page: Page, db: Database, search: str = "", sort: str = _DEFAULT
) -> Response[Any]:
    """List tags; for htmx only the table."""
    search = search.replace("\x00", "").strip()[:128]
    sort = sort if sort in page_queries.SORTS else _DEFAULT
    async with db.read() as read:
        found = await page_queries.listed(read, caller.account_id, search, sort, SHOWN + 1)
    return page.show(
        "tags/index.html",
        parts={"list": "tags/_list.html"},
        nav="tags",
        tags=found[:SHOWN],
        is_cut=len(found) > SHOWN,
        search=search,
        sort=sort,
        heads=[(*one, *_turned(one[0], sort, search)) for one in _COLUMNS],
    )


@post("/tags/{tag_id:int}/name", access=person("editor"))
async def rename(
    request: AnyRequest, tag_id: int, caller: Caller, page: Page, db: Database
) -> Response[Any]:
    """Give a tag another name."""
    name = (await forms.fields(request, ("name",)))["name"].strip()
    try:
        async with db.tx() as tx:
            tag = await actions.rename(tx, caller.account_id, _id(tag_id), name)
    except NotFound:
        raise
    except AppError as refusal:
        return page.go(_HERE, Toast(refusal.message, "bad"))
    return page.go(_HERE, Toast(f"The tag is called {tag.name} now."))


@post("/tags/{tag_id:int}/merger", access=person("editor"))
async def merge(
    request: AnyRequest, tag_id: int, caller: Caller, page: Page, db: Database
) -> Response[Any]:
    """Let another tag take over everybody who carries this one."""
    name = (await forms.fields(request, ("into",)))["into"].strip()
    async with db.read() as read:
        gone = await queries.get(read, caller.account_id, _id(tag_id))
        into = await page_queries.named(read, caller.account_id, name)
    if gone is None:
        raise TagNotFound
    if into is None:
        return page.go(_HERE, Toast(f"There is no tag {name}; rename the tag instead.", "bad"))
    try:
        kept = await actions.merge(db, caller.account_id, gone.id, into.id)
    except AppError as refusal:
        return page.go(_HERE, Toast(refusal.message, "bad"))
    said = f"{gone.name} is now {kept.name}, on {plural(kept.contacts, 'contact')}."
    return page.go(_HERE, Toast(said))


@post("/tags/{tag_id:int}/deletion", access=person("editor"))
async def delete(tag_id: int, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Take a tag from everybody and forget it."""
    tag = await actions.delete(db, caller.account_id, _id(tag_id))
    said = f"{tag.name} is deleted; {plural(tag.contacts, 'contact')} carried it."
    return page.go(_HERE, Toast(said))


def _turned(name: str, sort: str, search: str) -> tuple[str, str]:
    """Return where a header leads, and how it sorts now."""
    order = {name: "asc", f"-{name}": "desc"}.get(sort, "")
    first = name if name == "name" else f"-{name}"
    turned = name if sort.startswith("-") else f"-{name}"
    pairs = [("search", search), ("sort", turned if order else first)]
    return f"{_HERE}?{urlencode([pair for pair in pairs if pair[1]])}", order


def _id(number: int) -> int:
    """Read an id; what is none is nobody's."""
    if not 0 < number < 2**31:
        raise TagNotFound
    return number


ROUTES = [index, rename, merge, delete]
