"""Staged rows that need a decision go through the verb, in the order of the file."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET

from signalbook.contacts import actions
from signalbook.contacts.actions import Besides
from signalbook.contacts.errors import ContactsConflict, IdentifierOfAnother
from signalbook.contacts.model import Contact, ContactChange, Listed, Mode, Outcome, Status
from signalbook.contacts.recording import Tallies
from signalbook.contacts.staging import odd_queries as queries
from signalbook.contacts.staging import refusing
from signalbook.contacts.staging.model import INACTIVE, Applied, Batch, Kind, Refused, Rule
from signalbook.contacts.staging.odd_queries import Staged
from signalbook.kit import clock
from signalbook.kit.db import Again, Tx
from signalbook.kit.errors import AppError, Conflict, NotFound

_MODES = {
    Rule.UPSERT: Mode.UPSERT,
    Rule.CREATE: Mode.CREATE,
    Rule.UPDATE: Mode.UPDATE,
    Rule.DELETE: Mode.UPDATE,
}
_IDENTIFIERS = {"x": "external_id", "e": "email", "m": "mobile"}
_LETTERS = {
    Status.CREATED: "c",
    Status.UPDATED: "u",
    Status.UNCHANGED: "=",
    Status.DELETED: "d",
    Status.REJECTED: "r",
}


async def apply(
    tx: Tx, batch: Batch, numbers: Sequence[int], applied: Applied, tallies: Tallies
) -> None:
    """Apply rows through the verb, keep what the contacts were, and note what came of each."""
    staged = await queries.rows(tx, batch.account_id, batch.id, sorted(numbers))
    changes = [_change(batch, row) for row in staged]
    before: dict[str, dict[str, Any]] = {}

    def remember(contacts: Sequence[Contact]) -> None:
        before.update({str(one.id): _image(one) for one in contacts})

    if batch.rule is Rule.DELETE:
        await _keep_whole(tx, batch, staged)
    outcomes = await _through_the_verb(
        tx, batch.account_id, changes, Besides(remember, also=tallies)
    )
    kept: list[dict[str, Any]] = []
    refused: list[tuple[Staged, AppError]] = []
    for row, outcome in zip(staged, outcomes, strict=True):
        contact = str(outcome.contact.id) if outcome.contact else None
        applied.outcomes[row.row_no] = (_LETTERS[outcome.status], contact)
        if outcome.error is not None:
            refused.append((row, outcome.error))
        applied.opted_out += _opted_out(row, outcome)
        if outcome.status is Status.UPDATED and outcome.contact is not None:
            was = before.pop(str(outcome.contact.id), None)
            if was is not None:
                kept.append(
                    {
                        "row_no": row.row_no,
                        "contact_id": contact,
                        "before": _difference(was, outcome.contact),
                    }
                )
    await _refuse(tx, batch, refused, applied)
    if kept:
        await queries.insert_befores(tx, batch.account_id, batch.id, kept, clock.now())


async def _through_the_verb(
    tx: Tx, account_id: int, changes: list[ContactChange], besides: Besides
) -> list[Outcome]:
    """Apply all at once; or one by one where one takes an identifier that another gives up."""
    try:
        async with tx.savepoint():
            return await actions.apply_checked(
                tx, account_id, changes, [None] * len(changes), besides
            )
    except Again:
        outcomes: list[Outcome] = []
        for change in changes:
            outcomes += await actions.apply_checked(tx, account_id, [change], [None], besides)
            besides = besides._replace(also=None)
        return outcomes


async def _keep_whole(tx: Tx, batch: Batch, staged: Sequence[Staged]) -> None:
    """Keep everything of the contacts that rows will delete; those it does not find are refused."""
    found = await queries.found(tx, batch.account_id, batch.id, [row.row_no for row in staged])
    rows, ids = [row for row, _ in found], [one for _, one in found]
    await queries.keep_whole(tx, batch.account_id, batch.id, rows, ids, clock.now())


def _change(batch: Batch, row: Staged) -> ContactChange:
    change = ContactChange(
        source=batch.source,
        mode=_MODES[batch.rule],
        careful=True,
        delete=batch.rule is Rule.DELETE and batch.listing is None,
        news=batch.mark | {"row": row.row_no},
    )
    if row.email is not None:
        change.email = row.email
    if row.mobile is not None:
        change.mobile = row.mobile
    if row.external_id is not None:
        change.external_id = row.external_id
    if batch.rule is not Rule.DELETE:
        change.fields = {**dict.fromkeys(row.cleared or ()), **row.fields}
        change.metadata = row.metadata or {}
        change.tags_add = tuple(batch.tags[number] for number in row.tags)
        change.optouts = tuple(
            (channel, reason)
            for channel, _, reason in (one.rpartition(":") for one in _optouts(row))
        )
        if INACTIVE in (row.optouts or "").split():
            change.is_active = False
    if batch.listing is not None:
        said = row.listed or {}
        change.listed = Listed(
            list_id=batch.listing,
            attributes=said.get("attributes", UNSET),
            leave=batch.rule is Rule.DELETE,
        )
        change.joins = frozenset(map(UUID, said.get("joins", ())))
    return change


def _optouts(row: Staged) -> list[str]:
    return [one for one in (row.optouts or "").split() if one != INACTIVE]


def _image(contact: Contact) -> dict[str, Any]:
    """Take down what a change may alter; the verb replaces these values and never alters them."""
    return {
        "email": contact.email,
        "mobile": contact.mobile,
        "external_id": contact.external_id,
        "fields": contact.fields,
        "metadata": contact.metadata,
        "tags": contact.tags,
        "is_active": contact.is_active,
    }


def _difference(was: dict[str, Any], after: Contact) -> dict[str, Any]:
    """Say what of a contact is different now, in the form `contact_befores` keeps."""
    fields: dict[str, Any] = was["fields"]
    before: dict[str, Any] = {
        "fields": {
            name: fields.get(name)
            for name in {*fields, *after.fields}
            if fields.get(name) != after.fields.get(name)
        },
        "tags": [tag for tag in after.tags if tag not in was["tags"]],
    }
    if was["is_active"] != after.is_active:
        before["is_active"] = was["is_active"]
    if was["metadata"] != after.metadata:
        before["metadata"] = was["metadata"]
    changed = {
        name: was[name]
        for name in ("email", "mobile", "external_id")
        if was[name] != getattr(after, name)
    }
    if changed:
        before["identifiers"] = changed
    return before


async def _refuse(
    tx: Tx, batch: Batch, refused: Sequence[tuple[Staged, AppError]], applied: Applied
) -> None:
    """Note which rows the verb refuses, and why."""
    numbers: dict[Kind, list[int]] = {}
    for row, error in refused:
        kind = _kind_of(error)
        if kind is None:
            applied.refused.append(_refused(row, error))
        else:
            numbers.setdefault(kind, []).append(row.row_no)
    for kind, rows in numbers.items():
        applied.refused += await refusing.refused(tx, batch, kind, rows)
    applied.conflicts += len(numbers.get(Kind.CLASH, ()))


def _kind_of(error: AppError) -> Kind | None:
    """Tell what a row that the verb refuses would be by the statement; None for other reasons."""
    if isinstance(error, ContactsConflict | IdentifierOfAnother):
        return Kind.CLASH
    if isinstance(error, NotFound):
        return Kind.MISSING
    return None


def _refused(row: Staged, error: AppError) -> Refused:
    if isinstance(error, Conflict):
        field = _IDENTIFIERS[row.key[:1]]
        return Refused(row.row_no, field, row.key[2:], "exists", error.message)
    problem = error.problems[0] if error.problems else None
    field, code = (problem.field, problem.code) if problem else ("", error.code())
    return Refused(row.row_no, field, row.key[2:], code, error.message)


def _opted_out(row: Staged, outcome: Outcome) -> int:
    return int(bool(_optouts(row)) and outcome.status in {Status.CREATED, Status.UPDATED})
