"""One action on the contacts that were picked, or on all that match: start, watch, cancel, undo."""

import json
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post

from signalbook.accounts.forms import AnyRequest
from signalbook.accounts.model import Caller
from signalbook.contacts import bulk_actions, bulk_queries, queries, views
from signalbook.contacts.bulk_model import ACTIONS, MOST_PICKED, Action, BulkJob, State
from signalbook.contacts.errors import BulkJobNotFound, NobodySelected
from signalbook.contacts.filters import ContactFilter
from signalbook.contacts.reading import as_id
from signalbook.kit import clock
from signalbook.kit.db import Database
from signalbook.kit.errors import Invalid
from signalbook.kit.jobs import Worker
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.formats import duration, plural
from signalbook.web.render import Page

_MOST_QUERY: Final = 16_000


class Asked(msgspec.Struct, frozen=True):
    """What the selection bar asks for; without `picked` all that the view means."""

    action: Action
    tag: str
    query: str
    wanted: ContactFilter
    picked: list[UUID] | None
    is_confirmed: bool


@post("/contacts/bulk", access=person("editor"))
async def start(
    request: AnyRequest, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Begin; deleting is asked about once more, with the number of contacts."""
    try:
        asked = await _asked(request, caller)
        if asked.action == "delete" and not asked.is_confirmed:
            return await _confirm(asked, caller, page, db)
        async with db.tx() as tx:
            job_id = await bulk_actions.start(
                tx,
                caller.account_id,
                asked.action,
                asked.tag,
                wanted=asked.wanted,
                picked=asked.picked,
                actor=caller.actor,
            )
    except Invalid as refusal:
        return page.go(views.HOME, Toast(refusal.message, "bad"))
    worker.nudge()
    await _first_moment(db, caller.account_id, job_id)
    return page.go(_back(asked))


@get("/contacts/bulk/{job_id:uuid}", access=person("viewer"))
async def watch(job_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show how far it is; when it has ended the table is read anew."""
    job = await _job(db, caller.account_id, job_id)
    answer = page.part("contacts/_job.html", job=job, **_pace(job))
    if not job.is_active:
        answer.headers["HX-Trigger"] = _ended(job)
    return answer


@post("/contacts/bulk/{job_id:uuid}/cancellation", access=person("editor"))
async def cancel(job_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """End it after the contacts it is at; to end what is over already is no error."""
    await _job(db, caller.account_id, job_id)
    async with db.tx() as tx:
        await bulk_actions.cancel(tx, caller.account_id, job_id)
    if not page.target:
        return page.go(views.HOME)
    return await _watched(job_id, caller, page, db)


@post("/contacts/bulk/{job_id:uuid}/undo", access=person("editor"))
async def undo(
    job_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Take back what it changed, except where that was changed again since."""
    async with db.tx() as tx:
        await bulk_actions.undo(tx, caller.account_id, job_id)
    worker.nudge()
    await _first_moment(db, caller.account_id, job_id)
    return page.go(views.HOME)


async def _asked(request: AnyRequest, caller: Caller) -> Asked:
    """Read the form of the selection bar; raises NobodySelected."""
    form = await request.form()
    given = {
        name: value[:_MOST_QUERY]
        for name in ("action", "tag", "query", "all", "confirmed")
        if isinstance(value := form.get(name), str)
    }
    action = given.get("action", "")
    if action not in ACTIONS:
        raise NobodySelected
    texts = [one for one in form.getall("id", []) if isinstance(one, str)][:MOST_PICKED]
    picked = [id for one in texts if (id := as_id(one)) is not None]
    query = given.get("query", "")
    view = views.view_of(views.pairs_of(query), caller.time_zone)
    return Asked(
        action=action,
        tag=given.get("tag", "").replace("\x00", "").strip(),
        query=view.query(),
        wanted=view.wanted,
        picked=None if given.get("all") else picked,
        is_confirmed=bool(given.get("confirmed")),
    )


async def _confirm(asked: Asked, caller: Caller, page: Page, db: Database) -> Response[Any]:
    async with db.read() as read:
        if asked.picked is None:
            predicate = await queries.predicate_of(read, caller.account_id, asked.wanted)
            number = await queries.count(read, caller.account_id, predicate)
        else:
            number = len(asked.picked)
    if not number:
        raise NobodySelected
    return page.show(
        "contacts/deletion.html",
        nav="contacts",
        asked=asked,
        number=number,
        said=plural(number, "contact"),
        back=_back(asked),
    )


async def _first_moment(db: Database, account_id: int, job_id: UUID) -> None:
    """Do the first chunk right away, so that a short job is over when the next page shows."""
    await db.transact(lambda tx: bulk_actions.step(tx, account_id, job_id))


async def _watched(job_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    job = await _job(db, caller.account_id, job_id)
    answer = page.part("contacts/_job.html", job=job)
    answer.headers["HX-Trigger"] = _ended(job)
    return answer


def _ended(job: BulkJob) -> str:
    """Let the table be read anew, and say what came of the job."""
    number = job.undo_changed if job.state == State.UNDONE else job.changed
    toast = Toast(f"{job.title}: {plural(number, 'contact')}.", "good" if number else "info")
    said = {"list-changed": True, "toast": msgspec.to_builtins(toast)}
    return json.dumps(said)  # in ASCII, as a header has to be


async def _job(db: Database, account_id: int, job_id: UUID) -> BulkJob:
    async with db.read() as read:
        job = await bulk_queries.get(read, account_id, job_id)
    if job is None:
        raise BulkJobNotFound
    return job


def _pace(job: BulkJob) -> dict[str, Any]:
    """Say how fast it goes and how long it will take, once that can be told."""
    if not job.is_active or job.started_at is None or job.state == "undoing" or not job.done:
        return {}
    seconds = max((clock.now() - job.started_at).total_seconds(), 0.1)
    rate = job.done / seconds
    left = max((job.total or 0) - job.done, 0) / rate
    return {"rate": round(rate), "left": duration(left)}


def _back(asked: Asked) -> str:
    return views.HOME + (f"?{asked.query}" if asked.query else "")


ROUTES = [start, watch, cancel, undo]
