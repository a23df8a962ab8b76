"""Every way an export changes: asked for, begun, advanced, finished, cancelled, forgotten."""

from collections.abc import Iterator
from typing import Final, cast
from uuid import UUID

import msgspec

from signalbook.contacts import queries as contacts
from signalbook.contacts import reading
from signalbook.contacts.filters import ContactFilter
from signalbook.exports import columns, queries
from signalbook.exports.columns import Column
from signalbook.exports.errors import ExportInvalid, ExportNotFound, TooManyExports
from signalbook.exports.model import (
    LIFE,
    MOST_AT_ONCE,
    REMEMBERED,
    Asked,
    Export,
    Format,
    RunExport,
    State,
)
from signalbook.fields import queries as fields
from signalbook.fields.model import STANDARD
from signalbook.kit import clock, ids
from signalbook.kit.db import Read, Tx
from signalbook.kit.errors import Problem
from signalbook.kit.jobs import later

_LONGEST_TEXT: Final = 1_024


async def start(tx: Tx, account_id: int, asked: Asked, *, actor: str) -> UUID:
    """Let a file be written; return the export's id.

    Contacts that come later are not in it. Raises ExportInvalid, TooManyExports.
    """
    chosen = await checked(tx, account_id, asked)
    if await queries.count_active(tx, account_id) >= MOST_AT_ONCE:
        raise TooManyExports(retry_after_seconds=10)
    names = [column.name for column in chosen]
    if asked.format == Format.SES and not asked.columns:
        names = []
    export_id = ids.new_id()
    await queries.insert(tx, account_id, export_id, asked, names, actor=actor, at=clock.now())
    await later(tx, RunExport(account_id, export_id))
    return export_id


async def checked(db: Read, account_id: int, asked: Asked) -> list[Column]:
    """Return the columns of the file; raises ExportInvalid with all that is wrong."""
    problems: list[Problem] = []
    if asked.compression and asked.format == Format.XLSX:
        told = "A workbook is compressed already; leave gzip out"
        problems.append(Problem("gzip", told, "not_supported"))
    texts = list(_texts(msgspec.to_builtins(asked.wanted)))
    if any("\x00" in text for text in texts):
        told = "The filter contains a NUL character, which no contact can have"
        problems.append(Problem("filter", told, "nul"))
    if any(len(text) > _LONGEST_TEXT for text in texts):
        told = f"A text in a filter has at most {_LONGEST_TEXT:,} characters"
        problems.append(Problem("filter", told, "too_long"))
    try:
        known, on_list = await known_fields(db, account_id), bool(asked.wanted.lists)
        chosen = columns.chosen(asked.columns, known, asked.format, on_list=on_list)
    except ExportInvalid as refusal:
        raise ExportInvalid(problems=[*problems, *refusal.problems]) from None
    if problems:
        raise ExportInvalid(problems=problems)
    return chosen


async def known_fields(db: Read, account_id: int) -> list[tuple[str, str]]:
    """List the fields of an account with their labels, the standard ones first and in order."""
    order = {name: place for place, name in enumerate(STANDARD)}
    found = await fields.all_of(db, account_id)
    found.sort(key=lambda one: (order.get(one.name, len(order)), one.name))
    return [(one.name, one.label or one.name) for one in found]


async def begin(tx: Tx, account_id: int, export_id: UUID) -> Export | None:
    """Return an export that is to be worked on, None where it is not wanted any more.

    At its first beginning it is settled who is meant: nobody younger than the newest contact.
    """
    export = await queries.lock(tx, account_id, export_id)
    if export is None or not export.is_active:
        return None
    if export.state == State.QUEUED:
        wanted = filter_of(export)
        predicate = await contacts.predicate_of(tx, account_id, wanted)
        await queries.set_started(
            tx,
            account_id,
            export_id,
            last_id=await queries.newest_contact(tx, account_id),
            total=await reading.total(tx, account_id, wanted, predicate),
            at=clock.now(),
        )
        export = await queries.get(tx, account_id, export_id)
    return export


async def finish(tx: Tx, account_id: int, export_id: UUID, *, part: int, bytes: int) -> bool:
    """Offer the file for a day; tell whether it is still wanted."""
    now = clock.now()
    return await queries.set_done(
        tx, account_id, export_id, part=part, bytes=bytes, at=now, until=now + LIFE
    )


async def cancel(tx: Tx, account_id: int, export_id: UUID) -> Export:
    """Let an export end where it is; one that is over stays as it is. Raises ExportNotFound."""
    await queries.set_ended(tx, account_id, export_id, State.CANCELLED, clock.now())
    export = await queries.get(tx, account_id, export_id)
    if export is None:
        raise ExportNotFound
    return export


async def delete(tx: Tx, account_id: int, export_id: UUID) -> None:
    """Forget an export, whether it is over or not; its files go next. Raises ExportNotFound."""
    if not await queries.delete(tx, account_id, export_id):
        raise ExportNotFound


async def give_up(tx: Tx, account_id: int, export_id: UUID) -> None:
    """Say that an export cannot go on."""
    await queries.set_ended(tx, account_id, export_id, State.FAILED, clock.now())


async def tidy(tx: Tx, account_id: int) -> None:
    """Close files that are a day old, and forget exports after 30 days."""
    now = clock.now()
    await queries.expire(tx, account_id, now)
    await queries.forget(tx, account_id, now - REMEMBERED)


def filter_of(export: Export) -> ContactFilter:
    """Read the filter of an export as it is stored."""
    return msgspec.convert(export.filter, ContactFilter)


def _texts(tree: object) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for value in cast("dict[str, object]", tree).values():
            yield from _texts(value)
    elif isinstance(tree, list | tuple):
        for value in cast("list[object]", tree):
            yield from _texts(value)
