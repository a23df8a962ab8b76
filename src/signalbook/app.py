"""The one file that sees everything: it puts the features together into an application."""

import gc
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, ControllerRouterHandler

from signalbook.accounts import api as account_api
from signalbook.accounts import auth, frames, tidying
from signalbook.accounts import pages as account_pages
from signalbook.accounts.gate import Gate
from signalbook.accounts.keys import Keys
from signalbook.accounts.passwords import Passwords
from signalbook.accounts.plans import Meter
from signalbook.accounts.sessions import Sessions
from signalbook.accounts.signing import Signers
from signalbook.accounts.usage import Flusher, Tally
from signalbook.connector import api as connector_api
from signalbook.connector import drift_api as connector_drift
from signalbook.connector import jobs as connector_jobs
from signalbook.connector import notices_api as connector_notices
from signalbook.connector import pages as connector_pages
from signalbook.connector import storing as ses_storing
from signalbook.connector.working import Connector
from signalbook.contacts import api as contacts_api
from signalbook.contacts import batch_api as contacts_batch_api
from signalbook.contacts import following
from signalbook.contacts import jobs as contact_jobs
from signalbook.contacts import list_api as contacts_list_api
from signalbook.contacts import marks_api as contacts_marks_api
from signalbook.contacts import pages as contact_pages
from signalbook.contacts import timeline_api as contacts_timeline_api
from signalbook.contacts.rewriting import api as rewriting_api
from signalbook.contacts.rewriting import claims
from signalbook.contacts.rewriting import jobs as rewriting_jobs
from signalbook.contacts.rewriting import pages as rewriting_pages
from signalbook.contacts.writer import Writer
from signalbook.doors.digitaleo import contacts_api as digitaleo_contacts
from signalbook.doors.digitaleo import fields_api as digitaleo_fields
from signalbook.doors.digitaleo import imports_api as digitaleo_imports
from signalbook.doors.digitaleo import lists_api as digitaleo_lists
from signalbook.doors.digitaleo import optouts_api as digitaleo_optouts
from signalbook.doors.digitaleo import refusals as digitaleo_refusals
from signalbook.doors.digitaleo import statistics_api as digitaleo_statistics
from signalbook.doors.digitaleo import token_api as digitaleo_token
from signalbook.doors.sendmator import Sendmator
from signalbook.doors.sendwithses import api as sendwithses
from signalbook.doors.ses import api as ses
from signalbook.doors.ses import operations as ses_operations
from signalbook.events import keeping
from signalbook.exports import api as exports_api
from signalbook.exports import jobs as export_jobs
from signalbook.exports import pages as export_pages
from signalbook.exports import tidying as export_tidying
from signalbook.fields import api as fields_api
from signalbook.fields import counting as field_counting
from signalbook.imports import api as imports_api
from signalbook.imports import claiming as import_claiming
from signalbook.imports import jobs as import_jobs
from signalbook.imports import pages as import_pages
from signalbook.imports import rows_api as import_rows_api
from signalbook.imports import tidying as import_tidying
from signalbook.imports import upload_api as import_upload_api
from signalbook.kit import lifeline, log
from signalbook.kit.config import Settings
from signalbook.kit.db import FOR_JOBS, Database
from signalbook.kit.errors import AppError
from signalbook.kit.jobs import Handlers, Worker
from signalbook.ledger import seals
from signalbook.lists import api as lists_api
from signalbook.lists import batch_queries as lists_batch
from signalbook.lists import jobs as list_jobs
from signalbook.lists import keeping as list_keeping
from signalbook.lists import members_api as list_members_api
from signalbook.lists import pages as list_pages
from signalbook.optouts import api as optouts_api
from signalbook.optouts import blocklist_api
from signalbook.optouts import export_api as optout_export_api
from signalbook.optouts import file_api as optout_file_api
from signalbook.optouts import jobs as optout_jobs
from signalbook.optouts import of_api as reachability_api
from signalbook.optouts import pages as optout_pages
from signalbook.preferences import api as preferences_api
from signalbook.preferences import pages as preference_pages
from signalbook.preferences import public_pages
from signalbook.preferences.links import Links
from signalbook.ses import importing_jobs as ses_import_jobs
from signalbook.ses import jobs as ses_jobs
from signalbook.ses import keeping as ses_keeping
from signalbook.ses import pages as ses_pages
from signalbook.statistics import api as statistics_api
from signalbook.statistics import pages as statistics_pages
from signalbook.tags import api as tags_api
from signalbook.tags import pages as tag_pages
from signalbook.web import errors, health, reference, static
from signalbook.web.limits import Limiter
from signalbook.web.middleware import Answered
from signalbook.web.render import Frame, Page
from signalbook.web.render import environment as templates

ROUTES: list[ControllerRouterHandler] = [
    sendwithses.add_contact,
    *health.ROUTES,
    static.serve,
    static.favicon,
    *account_pages.ROUTES,
    *contacts_api.ROUTES,
    *contacts_marks_api.ROUTES,
    *contacts_list_api.ROUTES,
    *contacts_batch_api.ROUTES,
    *contacts_timeline_api.ROUTES,
    *tags_api.ROUTES,
    *fields_api.ROUTES,
    *rewriting_api.ROUTES,
    *lists_api.ROUTES,
    *list_members_api.ROUTES,
    *statistics_api.ROUTES,
    *optouts_api.ROUTES,
    *blocklist_api.ROUTES,
    *optout_export_api.ROUTES,
    *optout_file_api.ROUTES,
    *reachability_api.ROUTES,
    *imports_api.ROUTES,
    *import_upload_api.ROUTES,
    *import_rows_api.ROUTES,
    *exports_api.ROUTES,
    *preferences_api.ROUTES,
    *account_api.ROUTES,
    *digitaleo_token.ROUTES,
    *digitaleo_contacts.ROUTES,
    *digitaleo_lists.ROUTES,
    *digitaleo_fields.ROUTES,
    *digitaleo_imports.ROUTES,
    *digitaleo_optouts.ROUTES,
    *digitaleo_statistics.ROUTES,
    *connector_api.ROUTES,
    *connector_drift.ROUTES,
    *connector_notices.ROUTES,
    *reference.ROUTES,
    *contact_pages.ROUTES,
    *tag_pages.ROUTES,
    *rewriting_pages.ROUTES,
    *statistics_pages.ROUTES,
    *import_pages.ROUTES,
    *export_pages.ROUTES,
    *list_pages.ROUTES,
    *optout_pages.ROUTES,
    *public_pages.ROUTES,
    *preference_pages.ROUTES,
    *ses_pages.ROUTES,
    *connector_pages.ROUTES,
]
following.follow("lists", lists_batch.FOLLOWER)
list_keeping.keep("ses", ses_keeping.kept_as)
claims.ask("imports", import_claiming.holder)
HOT: dict[str, ASGIApp] = {
    sendwithses.PATH: sendwithses.answered,
    ses_operations.ROOT: ses.answered,
}


def create() -> ASGIApp:
    """Make the application of one worker, from the environment that `serve` has set."""
    lifeline.end_with_parent()
    settings = Settings.from_env(os.environ)
    log.configure_worker(settings)
    return build(settings)


def build(settings: Settings) -> Answered:
    """Make the application; its lifespan opens what it needs and drains what is in flight."""
    seals.keep(settings.secret_key)
    app = Litestar(
        route_handlers=ROUTES,
        guards=[auth.guard],
        dependencies={
            **frames.DEPENDENCIES,
            **_held("db", "settings", "writer", "worker", "links"),
        },
        exception_handlers={
            **auth.exception_handlers,
            AppError: _refused,
            HTTPException: _refused,
            Exception: _refused,
        },
        lifespan=[lambda app: _running(app, settings)],
        openapi_config=None,
        logging_config=None,
    )
    return Answered(app, HOT, settings, Sendmator(app))


def _held(*names: str) -> dict[str, Provide]:
    """Offer what the application's state holds to handlers, by name."""

    def giving(name: str) -> Provide:
        def give(request: Request[Any, Any, Any]) -> Any:  # noqa: ANN401  # whatever is held
            return request.app.state[name]

        return Provide(give, sync_to_thread=False)

    return {name: giving(name) for name in names}


def _refused(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer an error in the shape of the place it happened: its door's, or a page for people.

    A part of a page that htmx asked for gets the sentence alone, which appears as a toast.
    """
    if digitaleo_refusals.speaks(request.url.path):
        return digitaleo_refusals.told(request, error)
    told = errors.told(request, error)
    if not errors.is_for_people(request):
        return told
    refusal = told.content
    frame = auth.state_of(request).get("caller")
    page = Page(
        request, frames.frame_of(frame, request.app.state["settings"]) if frame else Frame()
    )
    if page.target:
        return Response(refusal.message, status_code=refusal.statusCode, media_type="text/plain")
    return page.show(
        "error.html",
        status=refusal.statusCode,
        heading=errors.heading(refusal.statusCode),
        message=refusal.message,
    )


@asynccontextmanager
async def _running(app: Litestar, settings: Settings) -> AsyncGenerator[None]:
    """Hold open what requests use, and at the end write what was accepted before closing it."""
    db = Database(settings.database_url or "")
    await db.open()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        tally = Tally()
        limiter = Limiter(settings.data_dir / "run", settings.redis_url)
        stack.push_async_callback(limiter.close)
        await stack.enter_async_context(Flusher(db, tally).running())
        await _tidying(stack, db, settings)
        passwords = Passwords()
        stack.callback(passwords.close)
        await stack.enter_async_context(ses_storing.Keeper(db).running())
        writer = Writer(db)
        writer.start()
        stack.push_async_callback(writer.stop)
        worker = await stack.enter_async_context(_working(settings))
        keys, meter = Keys(db, settings.secret_key), Meter(limiter, tally)
        signers = Signers(db, settings.secret_key)
        app.state.update(
            {
                "settings": settings,
                "db": db,
                "api_keys": keys,
                "signers": signers,
                "sessions": Sessions(db),
                "passwords": passwords,
                "meter": meter,
                "limiter": limiter,
                "links": Links(db, settings.secret_key, settings.public_url),
                "gate": Gate(keys, meter),
                "writer": writer,
                "worker": worker,
            }
        )
        _settle_memory()
        yield


async def _tidying(stack: AsyncExitStack, db: Database, settings: Settings) -> None:
    """Do what comes round in every worker."""
    await stack.enter_async_context(tidying.running(db))
    await stack.enter_async_context(keeping.running(db))
    await stack.enter_async_context(import_tidying.running(db, settings.data_dir))
    await stack.enter_async_context(export_tidying.running(db, settings.data_dir))


def _settle_memory() -> None:
    """Keep what is there for good out of the way of looking for garbage."""
    templates()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # a batch of 1,000 is no garbage: 8 % less CPU (2026-11)


@asynccontextmanager
async def _working(settings: Settings) -> AsyncGenerator[Worker]:
    """Work on jobs and on what SES is to hear, with connections that no request waits for."""
    db = Database(settings.database_url or "", FOR_JOBS)
    await db.open()
    try:
        async with (
            Connector(db, settings).running(),
            Worker(db, job_handlers(settings)).running() as worker,
        ):
            yield worker
    finally:
        await db.close()


def job_handlers(settings: Settings) -> Handlers:
    """Say what is done with each kind of order; who keeps files is given the data folder."""
    return {
        **contact_jobs.HANDLERS,
        **field_counting.HANDLERS,
        **rewriting_jobs.HANDLERS,
        **export_jobs.handlers(settings.data_dir),
        **list_jobs.HANDLERS,
        **ses_jobs.HANDLERS,
        **optout_jobs.HANDLERS,
        **import_jobs.handlers(settings.data_dir),
        **ses_import_jobs.handlers(settings),
        **connector_jobs.handlers(settings.secret_key),
    }
