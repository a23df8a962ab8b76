"""Work on a list as its page shows it: how far it is, and ending it."""

import json
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post

from signalbook.accounts.model import Caller
from signalbook.kit import clock
from signalbook.kit.db import Database, Read
from signalbook.lists import job_actions, job_queries, queries
from signalbook.lists.errors import ListJobNotFound
from signalbook.lists.model import ContactList, ListJob
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.formats import duration, plural
from signalbook.web.render import Page

RECENT: Final = 3

_SHOWN_SECONDS = 180


class Progress(msgspec.Struct, frozen=True):
    """A job with how fast it goes; `left` is empty where that cannot be told."""

    job: ListJob
    rate: int = 0
    left: str = ""


async def recent(read: Read, account_id: int, list_id: UUID) -> list[Progress]:
    """Return the jobs worth showing: those that work, and those that have just ended."""
    now = clock.now()
    found = await job_queries.recent(read, account_id, list_id, RECENT)
    return [
        _progress(job)
        for job in reversed(found)
        if job.is_active
        or (job.finished_at and (now - job.finished_at).total_seconds() < _SHOWN_SECONDS)
    ]


@get("/lists/jobs/{job_id:uuid}", access=person("viewer"))
async def watch(job_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show how far it is; when it has ended the table is read anew."""
    async with db.read() as read:
        job = await _job(read, caller.account_id, job_id)
        one = None if job.is_active else await queries.get(read, caller.account_id, job.list_id)
    return _shown(job, page, one)


@post("/lists/jobs/{job_id:uuid}/cancellation", access=person("editor"))
async def cancel(job_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """End it after the contacts it is at; what is done stays."""
    async with db.tx() as tx:
        await job_actions.cancel(tx, caller.account_id, job_id)
        job = await _job(tx, caller.account_id, job_id)
        one = await queries.get(tx, caller.account_id, job.list_id)
    if not page.target:
        return page.go(f"/lists/{job.list_id}")
    return _shown(job, page, one)


async def _job(read: Read, account_id: int, job_id: UUID) -> ListJob:
    job = await job_queries.get(read, account_id, job_id)
    if job is None:
        raise ListJobNotFound
    return job


def _shown(job: ListJob, page: Page, one: ContactList | None) -> Response[Any]:
    members = one.members if one and not job.is_active else None
    answer = page.part("lists/_job_part.html", progress=_progress(job), members=members)
    if not job.is_active:
        said = f"{job.title}: {plural(job.changed, 'contact')}."
        toast = Toast(said, "good" if job.changed else "info")
        told = {"list-changed": True, "toast": msgspec.to_builtins(toast)}
        answer.headers["HX-Trigger"] = json.dumps(told)  # in ASCII, as a header has to be
    return answer


def _progress(job: ListJob) -> Progress:
    if not job.is_active or job.started_at is None or not job.done:
        return Progress(job)
    seconds = max((clock.now() - job.started_at).total_seconds(), 0.1)
    rate = job.done / seconds
    left = max((job.total or 0) - job.done, 0) / rate
    return Progress(job, round(rate), duration(left))


ROUTES = [watch, cancel]
