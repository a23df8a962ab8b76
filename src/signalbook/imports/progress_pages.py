"""An import while it works and after it: its progress, its orders, its report, its undo."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.response import ServerSentEvent, ServerSentEventMessage

from signalbook.accounts.model import Caller
from signalbook.imports import actions, progress, shown, watching, wizard_shown
from signalbook.imports.model import Action, Import, State
from signalbook.imports.progress import Progress
from signalbook.kit.db import Database, Tx
from signalbook.kit.jobs import Worker
from signalbook.web.access import person
from signalbook.web.flash import Toast
from signalbook.web.formats import duration, plural
from signalbook.web.render import Page, render

_EVERY_SECONDS: Final = 0.7
_STREAM_SECONDS: Final = 25.0
"""A stream ends by itself and the browser comes again, so that no server waits for it to stop."""
_RETRY_MS: Final = 300


@get("/imports/{import_id:uuid}/progress", access=person("viewer"))
async def watch(import_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Show how far an import is; what has ended goes on to its report."""
    now = await _progress(db, caller.account_id, import_id)
    if now.of.state not in shown.AT_WORK:
        return page.go(shown.place(now.of), _toast(now))
    return page.show("imports/progress.html", nav="imports", **_context(now))


@get("/imports/{import_id:uuid}/live", access=person("viewer"))
async def live(import_id: UUID, caller: Caller, page: Page, db: Database) -> ServerSentEvent:
    """Stream the numbers of an import at work, and `moved` when the page is another one."""
    began = await _progress(db, caller.account_id, import_id)
    watching.refuse_too_many(caller.account_id)

    async def told() -> AsyncGenerator[ServerSentEventMessage]:
        until = time.monotonic() + _STREAM_SECONDS
        now, last = began, ""
        with watching.counted(caller.account_id):
            while time.monotonic() < until:
                if now.of.state != began.of.state or now.of.state not in shown.AT_WORK:
                    yield ServerSentEventMessage(event="moved", data="over")
                    return
                html = render("imports/_live.html", page.frame, **_context(now))
                if html != last:
                    yield ServerSentEventMessage(event="progress", data=html, retry=_RETRY_MS)
                last = html
                await asyncio.sleep(_EVERY_SECONDS)
                now = await _progress(db, caller.account_id, import_id)

    return ServerSentEvent(told())


@post("/imports/{import_id:uuid}/pause", access=person("editor"))
async def pause(import_id: UUID, caller: Caller, page: Page, db: Database) -> Response[Any]:
    """Let an import rest where it is."""
    return await _ordered(db, page, caller, import_id, actions.pause)


@post("/imports/{import_id:uuid}/resumption", access=person("editor"))
async def resume(
    import_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Go on where it was."""
    answer = await _ordered(db, page, caller, import_id, actions.resume)
    worker.nudge()
    return answer


@post("/imports/{import_id:uuid}/undo", access=person("editor"))
async def undo(
    import_id: UUID, caller: Caller, page: Page, db: Database, worker: Worker
) -> Response[Any]:
    """Put back what an import changed."""
    answer = await _ordered(db, page, caller, import_id, actions.undo)
    worker.nudge()
    return answer


async def _ordered(
    db: Database,
    page: Page,
    caller: Caller,
    import_id: UUID,
    order: Callable[[Tx, int, UUID], Awaitable[None]],
) -> Response[Any]:
    async with db.tx() as tx:
        await order(tx, caller.account_id, import_id)
    return page.go(shown.address(import_id, "progress"))


async def _progress(db: Database, account_id: int, import_id: UUID) -> Progress:
    async with db.read() as read:
        return await progress.show(read, account_id, import_id)


def _context(now: Progress) -> dict[str, Any]:
    found = now.of
    title, lead = wizard_shown.titles(found)
    stage = found.paused_state or found.state
    is_paused = found.state == State.PAUSED
    is_comparing = stage == State.CHECKING and found.is_sorted
    moves = not is_paused and not is_comparing
    return {
        "found": found,
        "steps": []
        if stage == State.UNDOING
        else shown.steps(found, 2 if stage == State.CHECKING else 3),
        "title": title,
        "lead": lead,
        "is_working": not is_paused,
        "is_paused": is_paused,
        "is_comparing": is_comparing,
        "leaving": wizard_shown.leaving(found),
        "percent": now.percent,
        "done": now.done,
        "total_said": wizard_shown.total_said(now.done, now.total, is_guess=_is_guess(found)),
        "unit": "contacts" if stage == State.UNDOING else "rows",
        "rate": now.rows_per_second if moves else 0,
        "left": duration(now.seconds_left) if now.seconds_left and moves else "",
        "live_counts": wizard_shown.live_counts(found, now.counts),
        "orders": wizard_shown.orders(found),
        "changes_something": stage == State.APPLYING,
    }


def _is_guess(found: Import) -> bool:
    """Tell whether the rows in all are judged by the part of the file that is read."""
    stage = found.paused_state or found.state
    return stage == State.CHECKING and not found.is_sorted


def _toast(now: Progress) -> Toast | None:
    """Say what came of an import that has just ended."""
    found, counts = now.of, now.counts
    if found.state == State.DONE:
        verb = "deleted by" if found.options.action == Action.DELETE else "imported from"
        return Toast(f"{plural(shown.applied(counts), 'contact')} {verb} {found.name}.")
    if found.state == State.UNDONE:
        return Toast(f"{found.name} is undone.")
    if found.state == State.FAILED:
        return Toast(f"{found.name} could not be imported.", "bad")
    return None


ROUTES = [watch, live, pause, resume, undo]
