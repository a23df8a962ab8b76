"""A batch is taken back, contact by contact, unless something newer has touched them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from signalbook.contacts import actions, batch_queries
from signalbook.contacts.model import ContactChange, Former, Mode, Outcome, Source, Status
from signalbook.contacts.staging import undo_queries as queries
from signalbook.contacts.staging.model import Batch
from signalbook.contacts.staging.undo_queries import Before
from signalbook.kit import clock
from signalbook.kit.db import Tx

_AT_ONCE = 500


class Undone(NamedTuple):
    """How many contacts were looked at, and which were left as they are."""

    done: int
    kept: int


async def remove(tx: Tx, batch: Batch, made: Sequence[tuple[int, UUID]], at: datetime) -> Undone:
    """Delete contacts that rows of the batch have made at a time, unless they changed since."""
    await tx.together(batch_queries.begin_batch(batch.account_id))
    ids = [one for _, one in made]
    ours = await queries.touched_by_batch(tx, batch.account_id, batch.id, ids)
    there = dict(await queries.lock(tx, batch.account_id, ids))
    fit: list[UUID] = []
    kept: list[tuple[int, UUID]] = []
    for row_no, one in made:
        if one in there:
            touched = there[one] > max(at, ours.get(one, at))
            kept.append((row_no, one)) if touched else fit.append(one)
    changes = [
        ContactChange(source=_source(batch), id=one, mode=Mode.UPDATE, delete=True) for one in fit
    ]
    await actions.apply(tx, batch.account_id, changes)
    if kept:
        await queries.keep(tx, batch.account_id, batch.id, kept, clock.now())
    return Undone(len(made), len(kept))


async def restore(tx: Tx, batch: Batch) -> Undone:
    """Give the next contacts back what they had before the batch; done is 0 when there are none."""
    befores = await queries.befores(tx, batch.account_id, batch.id, _AT_ONCE)
    if not befores:
        return Undone(0, 0)
    await tx.together(batch_queries.begin_batch(batch.account_id))
    there = dict(await queries.lock(tx, batch.account_id, [one.contact_id for one in befores]))
    last: dict[UUID, datetime] = {}
    for one in befores:
        last[one.contact_id] = max(one.at, last.get(one.contact_id, one.at))
    gone = [one for one in befores if "contact" in one.before]
    fit, kept = list[Before](), list[Before]()
    for one in befores:
        if "contact" not in one.before and one.contact_id in there:
            newer = there[one.contact_id] > last[one.contact_id]
            (kept if newer else fit).append(one)
    outcomes = await actions.apply(
        tx, batch.account_id, await _changes(tx, batch, fit) + [_again(batch, one) for one in gone]
    )
    kept += [one for one, was in zip([*fit, *gone], outcomes, strict=True) if _failed(was)]
    back = [one.contact_id for one in gone if one not in kept]
    if back:
        await queries.restore_events(tx, batch.account_id, batch.id, back)
        await queries.restore_days(tx, batch.account_id, batch.id, back)
    await queries.set_undone(tx, batch.account_id, batch.id, [one.row_no for one in befores])
    if kept:
        rows = [(one.row_no, one.contact_id) for one in kept]
        await queries.keep(tx, batch.account_id, batch.id, rows, clock.now())
    return Undone(len(befores), len(kept))


def _failed(outcome: Outcome) -> bool:
    return outcome.status is Status.REJECTED


def _source(batch: Batch) -> Source:
    return Source(f"{batch.source.name}-undo", batch.source.actor)


async def _changes(tx: Tx, batch: Batch, befores: Sequence[Before]) -> list[ContactChange]:
    added = sorted({tag for one in befores for tag in one.before.get("tags", ())})
    names = await queries.tag_names(tx, batch.account_id, added)
    with_metadata = [one.contact_id for one in befores if "metadata" in one.before]
    keys = await queries.metadata_keys(tx, batch.account_id, with_metadata)
    everybody = [one.contact_id for one in befores]
    restricted = await queries.optouts(tx, batch.account_id, batch.mark_json, everybody)
    changes: list[ContactChange] = []
    for one in befores:
        before = one.before
        change = ContactChange(
            source=_source(batch),
            id=one.contact_id,
            mode=Mode.UPDATE,
            fields=before.get("fields", {}),
            tags_remove=tuple(names[tag] for tag in before.get("tags", ()) if tag in names),
            news=batch.mark | {"undone": True},
        )
        change.is_active = before.get("is_active")
        if "metadata" in before:
            change.metadata = dict.fromkeys(keys.get(one.contact_id, ())) | before["metadata"]
        for name, was in before.get("identifiers", {}).items():
            setattr(change, name, was)
        if one.contact_id in restricted:
            change.status = "resubscribe"
            change.channels = frozenset(restricted[one.contact_id])
        changes.append(change)
    return changes


def _again(batch: Batch, one: Before) -> ContactChange:
    """Make a deleted contact once more, with its id and as old as it was."""
    was: dict[str, Any] = one.before["contact"]
    left_at: str | None = was["unsubscribed_at"]
    change = ContactChange(
        source=_source(batch),
        mode=Mode.CREATE,
        former=Former(
            one.contact_id,
            datetime.fromisoformat(was["created_at"]),
            None if left_at is None else datetime.fromisoformat(left_at),
            was.get("source", ""),
        ),
        fields=was["fields"],
        metadata=was["metadata"],
        tags_add=tuple(one.before["tag_names"]),
        is_active=was["is_active"],
        news=batch.mark | {"undone": True},
    )
    for name in ("email", "mobile", "external_id"):
        if was[name] is not None:
            setattr(change, name, was[name])
    return change
