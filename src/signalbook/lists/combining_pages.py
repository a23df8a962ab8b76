"""A new list of those on others, asked for in a sentence: on A and B, but not on C."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import queries as contacts
from signalbook.contacts.reading import as_id
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import Conflict, Invalid, NotFound
from signalbook.kit.jobs import Worker
from signalbook.lists import combining, job_actions, queries
from signalbook.lists.errors import ListNotFound, NothingCombined
from signalbook.lists.model import MAX_LISTS, Combination, ContactList
from signalbook.web.access import person
from signalbook.web.errors import status_of
from signalbook.web.formats import plural
from signalbook.web.render import Page

COUNTED_TO: Final = 100_000

_ON: Final = ("on1", "on2", "on3", "on4")
_OFF: Final = ("off1", "off2")
_FIELDS: Final = (*_ON, *_OFF, "match", "name", "description")


@get("/lists/combine", access=person("editor"))
async def ask(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Ask which lists; what the address says is filled in."""
    asked = request.query_params
    given = {name: str(asked.get(name, ""))[:200] for name in _FIELDS}
    return await _show(caller, page, db, given=given)


@get("/lists/combine/count", access=person("editor"))
async def count(request: AnyRequest, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Say what is asked for in a sentence, and how many contacts it means now."""
    asked = request.query_params
    of = _combination({name: str(asked.get(name, ""))[:200] for name in _FIELDS})
    async with db.read() as read:
        said = await _sentence(read, caller.account_id, of)
    return page.part("lists/_combined.html", said=said)


@post("/lists/combinations", access=person("editor"))
async def combine(
    request: AnyRequest, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Make the list and go to it, or ask again with what is wrong."""
    given = await forms.fields(request, _FIELDS)
    try:
        begun = await db.transact(
            lambda tx: combining.combine(
                tx,
                caller.account_id,
                given["name"],
                given["description"],
                of=_combination(given),
                actor=caller.actor,
            )
        )
    except (Invalid, Conflict, NotFound) as refusal:
        return await _show(caller, page, db, given=given, refusal=refusal)
    worker.nudge()
    await db.transact(lambda tx: job_actions.step(tx, caller.account_id, begun.job_id))
    return page.go(f"/lists/{begun.one.id}")


async def _show(
    caller: Caller,
    page: Page,
    db: Database,
    *,
    given: Mapping[str, str],
    refusal: Invalid | Conflict | NotFound | None = None,
) -> Response[Any]:
    async with db.read() as read:
        lists = await queries.page(read, caller.account_id, MAX_LISTS)
        said = await _sentence(read, caller.account_id, _combination(given))
    is_of_lists = isinstance(refusal, NothingCombined | ListNotFound)
    message = refusal.message if refusal else ""
    return page.show(
        "lists/combine.html",
        status=status_of(refusal) if refusal else 200,
        nav="lists",
        options=[("", "choose a list"), *_options(lists)],
        more=[("", "no other"), *_options(lists)],
        given=given,
        said=said,
        problem="" if is_of_lists else message,
        lists_problem=message if is_of_lists else "",
        on=_ON,
        off=_OFF,
    )


def _options(lists: list[ContactList]) -> list[tuple[str, str]]:
    return [(str(one.id), f"{one.name} ({one.members:,})") for one in lists]


def _combination(given: Mapping[str, str]) -> Combination:
    on, off = (
        tuple(dict.fromkeys(id for name in names if (id := as_id(given[name])) is not None))
        for names in (_ON, _OFF)
    )
    if given["match"] == "any":
        return Combination(any=on, none=off)
    return Combination(all=on, none=off)


async def _sentence(read: Read, account_id: int, of: Combination) -> str:
    """Say whom a combination means: Contacts on A and B but not on C: 1,234. Else nothing."""
    try:
        wanted = await combining.filter_of(read, account_id, of)
    except (Invalid, NotFound):
        return ""
    names = {one.id: one.name for one in await queries.with_ids(read, account_id, of.ids())}
    predicate = await contacts.predicate_of(read, account_id, wanted)
    number = await contacts.count(read, account_id, predicate, COUNTED_TO + 1)
    on = (" or " if of.any else " and ").join(names[id] for id in (*of.any, *of.all))
    off = " or ".join(names[id] for id in of.none)
    many = (
        f"more than {COUNTED_TO:,} contacts" if number > COUNTED_TO else plural(number, "contact")
    )
    return f"On {on}{f' but not on {off}' if off else ''}: {many} now."


ROUTES = [ask, count, combine]
