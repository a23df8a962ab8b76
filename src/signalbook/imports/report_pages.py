"""What came of an import: its numbers, every row of it, and what was rejected."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID

from litestar import Response, get
from litestar.response import Stream

from signalbook.accounts.model import Caller
from signalbook.contacts import queries as contacts
from signalbook.contacts import shown as contacts_shown
from signalbook.imports import (
    actions,
    outcomes,
    page_queries,
    progress,
    queries,
    rejecting,
    shown,
    wizard_shown,
    wording,
)
from signalbook.imports.errors import ImportNotFound
from signalbook.imports.model import Action, Counts, Import, Outcome, Reason, RowOutcome, State
from signalbook.imports.progress import Progress
from signalbook.kit.db import Database, Read
from signalbook.web.access import person
from signalbook.web.formats import zone_of
from signalbook.web.render import Page

PAGE: Final = 50
KEPT_SHOWN: Final = 100

_WORDS: Final = {
    Outcome.REJECTED: "Rejected",
    Outcome.CREATED: "Created",
    Outcome.UPDATED: "Updated",
    Outcome.DELETED: "Deleted",
    Outcome.UNCHANGED: "Unchanged",
    Outcome.DUPLICATE: "In the file twice",
}
_MOST_DIGITS: Final = 9


class Asked(NamedTuple):
    """Which rows are shown: those of one outcome, perhaps of one reason, after a row."""

    outcome: Outcome
    reason: str
    after: int


@get("/imports/{import_id:uuid}/report", access=person("viewer"))
async def report(  # what a handler asks for
    import_id: UUID,
    caller: Caller,
    page: Page,
    db: Database,
    outcome: str = "",
    reason: str = "",
    after: str = "",
) -> Response[Any]:
    """Show what came of an import, and its rows."""
    account_id = caller.account_id
    async with db.read() as read:
        now = await progress.show(read, account_id, import_id)
        found = now.of
        if found.state in shown.AT_WORK | shown.BEFORE | {State.UPLOADING}:
            return page.go(shown.place(found))
        asked = _asked(outcome, reason, after, now.counts)
        rows = await outcomes.page(
            read, account_id, import_id, asked.outcome, asked.after, PAGE + 1, asked.reason or None
        )
        kept = await page_queries.kept(read, account_id, import_id, KEPT_SHOWN)
        kept_count = await page_queries.count_kept(read, account_id, import_id) if kept else 0
        labels = wizard_shown.labels_of(await actions.known_fields(read, account_id))
        people = await _people(read, account_id, rows, [id for id, _ in kept])
        by = await shown.names(read, account_id, [found.actor])
    return page.show(
        "imports/report.html",
        nav="imports",
        found=found,
        look=shown.look(found),
        by=by.get(found.actor, ""),
        labels=labels,
        kept=kept,
        kept_count=kept_count,
        people=people,
        created_href=_contacts(found, now.counts, caller.time_zone),
        **_numbers(now, labels),
        **_table(found, asked, rows, now, labels),
        **wizard_shown.learned(found),
    )


@get("/imports/{import_id:uuid}/rejected.csv", access=person("viewer"))
async def rejected(import_id: UUID, caller: Caller, db: Database) -> Stream:
    """Download the rejected rows as they were in the file, with the reason beside them."""
    async with db.read() as read:
        found = await queries.get(read, caller.account_id, import_id)
    if found is None:
        raise ImportNotFound
    name = quote(f"{found.name.rpartition('.')[0] or found.name}, rejected rows.csv")
    headers = {
        "content-disposition": f"attachment; filename=\"rejected.csv\"; filename*=UTF-8''{name}"
    }
    rows = rejecting.rejected(db, caller.account_id, import_id)
    return Stream(rows, media_type="text/csv; charset=utf-8", headers=headers)


def _numbers(now: Progress, labels: Mapping[str, str]) -> dict[str, Any]:
    found, counts = now.of, now.counts
    return {
        "counts": counts if found.checking_at else None,
        "figures": wizard_shown.figures(found, counts, now.reasons),
        "said": wizard_shown.took(found, counts if found.checking_at else None),
        "reasons": wizard_shown.reasons(found, now.reasons, labels),
        "reasons_title": wizard_shown.reasons_title(found),
        "is_undone": found.state == State.UNDONE,
        "can_undo": now.can_undo,
        "undo_said": wizard_shown.undo_said(counts),
    }


def _table(
    found: Import,
    asked: Asked,
    rows: Sequence[RowOutcome],
    now: Progress,
    labels: Mapping[str, str],
) -> dict[str, Any]:
    here = shown.address(found, "report")
    numbers = {one: getattr(now.counts, one.value) for one in _WORDS}
    next_after = str(rows[PAGE - 1].row_no) if len(rows) > PAGE else ""

    def href(**given: str) -> str:
        return f"{here}?{urlencode({name: value for name, value in given.items() if value})}#rows"

    return {
        "here": here,
        "outcome": asked.outcome.value,
        "outcomes": [
            (one.value, word, href(outcome=one.value), numbers[one])
            for one, word in _words(found).items()
            if numbers[one] or one == asked.outcome
        ],
        "outcome_rows": wizard_shown.outcome_rows(found, rows[:PAGE], labels),
        "reason": asked.reason,
        "reason_options": _reason_options(found, now.reasons),
        "first_href": href(outcome=asked.outcome.value, reason=asked.reason) if asked.after else "",
        "page_rows": PAGE,
        "next_href": href(outcome=asked.outcome.value, reason=asked.reason, after=next_after)
        if next_after
        else "",
    }


def _words(found: Import) -> dict[Outcome, str]:
    if found.options.action == Action.DELETE:
        return _WORDS | {Outcome.REJECTED: "Not deleted"}
    return dict(_WORDS)


def _reason_options(found: Import, reasons: Sequence[Reason]) -> list[tuple[str, str]]:
    action = found.options.action
    return [
        ("", "All reasons"),
        *(
            (one.code, f"{wording.reason(action, one.code, one.reason)} ({one.count:,})")
            for one in reasons
        ),
    ]


def _asked(outcome: str, reason: str, after: str, counts: Counts) -> Asked:
    """Read which rows are wanted; at first those that a person can do something about."""
    first = Outcome.REJECTED if counts.rejected else Outcome.CREATED
    if first == Outcome.CREATED and not counts.created:
        numbers = {one: getattr(counts, one.value) for one in _WORDS}
        first = next((one for one in _WORDS if numbers[one]), first)
    wanted = Outcome(outcome) if outcome in set(Outcome) else first
    row = int(after) if after.isdecimal() and len(after) <= _MOST_DIGITS else 0
    code = reason[:80].replace("\0", "") if wanted == Outcome.REJECTED else ""
    return Asked(wanted, code, row)


async def _people(
    read: Read, account_id: int, rows: Sequence[RowOutcome], others: Sequence[UUID]
) -> dict[UUID, str]:
    """Name the contacts that are still there."""
    ids = {one.contact_id for one in rows if one.contact_id is not None} | set(others)
    found = await contacts.with_ids(read, account_id, sorted(ids)) if ids else []
    return {one.id: contacts_shown.name_of(one) for one in found}


def _contacts(found: Import, counts: Counts, zone: str) -> str:
    """Return the address of the table of contacts, narrowed to those of an import."""
    is_there = found.applying_at is not None and found.state != State.UNDONE
    if not (counts.created or counts.updated) or not is_there:
        return ""
    if found.options.tags:
        return f"/contacts?{urlencode({'tag': found.options.tags[0]})}"
    day = (found.applying_at or found.created_at).astimezone(zone_of(zone)).date().isoformat()
    name = "created_from" if counts.created else "active_from"
    return (
        f"/contacts?{urlencode({name: day, 'sort': '-created' if counts.created else '-activity'})}"
    )


ROUTES = [report, rejected]
