"""Rewriting a field in the console: what it would come to, begun, watched, ended."""

from datetime import timedelta
from typing import Any, Final, cast, get_args
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post

from signalbook.accounts import forms
from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts.rewriting import actions, queries
from signalbook.contacts.rewriting.errors import FieldJobNotFound
from signalbook.contacts.rewriting.model import Action, FieldJob, OfUnfit, Winner, Wish
from signalbook.fields import actions as fields
from signalbook.fields.errors import FieldInvalid
from signalbook.fields.model import FieldType
from signalbook.kit import clock
from signalbook.kit.db import Database, Read
from signalbook.kit.errors import Conflict, Invalid, Problem
from signalbook.kit.jobs import Worker
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.formats import duration
from signalbook.web.render import Page

_HOME: Final = "/fields"
_SHOWN: Final = timedelta(minutes=3)
_RECENT: Final = 5
_WISH: Final = ("action", "name", "target", "winner", "unfit")


class Progress(msgspec.Struct, frozen=True):
    """A job with how fast it goes; `left` is empty where that cannot be told."""

    job: FieldJob
    rate: int = 0
    left: str = ""


async def recent(read: Read, account_id: int) -> list[Progress]:
    """Return the jobs worth showing: those that work, and those that have just ended."""
    found = await queries.since(read, account_id, clock.now() - _SHOWN)
    return [_progress(job) for job in found[-_RECENT:]]


@get(f"{_HOME}/rewriting", access=person("editor"))
async def preview(
    caller: Caller,
    page: Page,
    db: Database,
    action: str = "",
    name: str = "",
    target: str = "",
    winner: str = "target",
) -> Response[Any]:
    """Say what it would come to, and ask whether it shall be done."""
    given = {"action": action, "name": name, "target": target.strip(), "winner": winner}
    given = {key: value.replace("\x00", "")[:200] for key, value in given.items()}
    try:
        wish = _wish_of(given)
        async with db.read() as read:
            field = await fields.one(read, caller.account_id, wish.name)
            found = await actions.preview(read, caller.account_id, wish)
    except (Invalid, Conflict) as refusal:
        return page.go(_page_of(given["name"]), Toast(refusal.message, "bad"))
    return page.show(
        "fields/rewriting.html",
        nav="fields",
        wish=wish,
        field=field,
        found=found,
        back=_page_of(field.name),
    )


@post(f"{_HOME}/rewriting", access=person("editor"))
async def begin(
    request: AnyRequest, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Begin, and do the first contacts right away, so that a short job is over at once."""
    form = await forms.fields(request, _WISH)
    try:
        wish = _wish_of(form)
        job = await actions.begin(db, caller.account_id, wish, caller.actor)
    except (Invalid, Conflict) as refusal:
        return page.go(_page_of(form["name"]), Toast(refusal.message, "bad"))
    for _ in range(2):
        await db.transact(lambda tx: actions.step(tx, caller.account_id, job.id))
    worker.nudge()
    return page.go(_HOME if wish.action == "delete" else _page_of(wish.target_name))


@get(f"{_HOME}/jobs/{{job_id:uuid}}", access=person("viewer"))
async def watch(job_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show how far it is; when it has ended the page is read anew."""
    async with db.read() as read:
        job = await queries.get(read, caller.account_id, job_id)
    if job is None:
        raise FieldJobNotFound
    return _shown(job, page)


@post(f"{_HOME}/jobs/{{job_id:uuid}}/cancellation", access=person("editor"))
async def cancel(job_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """End it after the contacts it is at; what is done stays."""
    job = await db.transact(lambda tx: actions.cancel(tx, caller.account_id, job_id))
    if not page.target:
        return page.go(_HOME)
    return _shown(job, page)


def _shown(job: FieldJob, page: Page) -> Response[Any]:
    answer = page.part("fields/_job.html", progress=_progress(job))
    if not job.is_active:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _wish_of(given: dict[str, str]) -> Wish:
    """Read what is wished; raises FieldInvalid for what nothing on the page asks for."""
    action, target = given["action"], given["target"]
    if action not in get_args(Action) or (action == "type" and target not in set(FieldType)):
        told = "Choose what is to be done with the field"
        raise FieldInvalid(problems=[Problem("action", told, "action_unknown")])
    winner: Winner = "source" if given.get("winner") == "source" else "target"
    unfit: OfUnfit = "clear" if given.get("unfit") == "clear" else "refuse"
    return Wish(
        action=cast("Action", action),
        name=given["name"],
        target=target,
        winner=winner,
        unfit=unfit,
    )


def _page_of(name: str) -> str:
    return f"{_HOME}/one?{urlencode({'name': name})}"


def _progress(job: FieldJob) -> Progress:
    if not job.is_active or job.started_at is None or not job.done:
        return Progress(job)
    seconds = max((clock.now() - job.started_at).total_seconds(), 0.1)
    rate = job.done / seconds
    left = max(job.total - job.done, 0) / rate
    return Progress(job, round(rate), duration(left))


ROUTES = [preview, begin, watch, cancel]
