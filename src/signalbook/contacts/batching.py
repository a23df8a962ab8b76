"""Many changes at once: in transactions of at most 1,000, or all in one where it must be so."""

from collections.abc import Sequence
from typing import Final

import psycopg

from signalbook.contacts import actions, checking
from signalbook.contacts.errors import BatchTooLong, ContactInvalid
from signalbook.contacts.model import ContactChange, Outcome, Status
from signalbook.contacts.writer import ChangeFailed
from signalbook.kit.db import Again, Database, Touched, Tx

MAX_CHANGES: Final = 10_000
PER_TRANSACTION: Final = 1_000


class Batch:
    """Changes in order; one that cannot be accepted has its outcome from the start."""

    def __init__(self) -> None:
        """Begin empty."""
        self.changes: list[ContactChange] = []
        self.outcomes: list[Outcome | None] = []

    def add(self, change: ContactChange) -> None:
        """Take a change in, checked."""
        self.changes.append(change)
        try:
            checking.checked(change)
        except ContactInvalid as refusal:
            self.outcomes.append(Outcome(Status.REJECTED, error=refusal))
        else:
            self.outcomes.append(None)

    def reject(self, placeholder: ContactChange, outcome: Outcome) -> None:
        """Take in the outcome of something that did not even become a change."""
        self.changes.append(placeholder)
        self.outcomes.append(outcome)


def refuse_too_long(count: int) -> None:
    """Raise BatchTooLong for more changes than one call takes."""
    if count > MAX_CHANGES:
        raise BatchTooLong(count=count)


async def apply(db: Database, account_id: int, batch: Batch) -> list[Outcome]:
    """Apply a batch stretch by stretch, each in a transaction of its own.

    Where a stretch fails as a whole it is halved until the guilty change is alone and rejected.
    """
    done: list[Outcome] = []
    touched: Touched = {}
    for start in range(0, len(batch.changes), PER_TRANSACTION):
        stretch = slice(start, start + PER_TRANSACTION)
        known = batch.outcomes[stretch]
        done += await _stretch(db, account_id, batch.changes[stretch], known, touched)
    await db.settle(touched)
    return done


async def apply_in(tx: Tx, account_id: int, batch: Batch) -> list[Outcome]:
    """Apply a batch within one transaction, which keeps all of it or nothing."""
    done: list[Outcome] = []
    for start in range(0, len(batch.changes), PER_TRANSACTION):
        stretch = slice(start, start + PER_TRANSACTION)
        known = list(batch.outcomes[stretch])
        done += await actions.apply_checked(tx, account_id, batch.changes[stretch], known)
    return done


async def dry_run(db: Database, account_id: int, batch: Batch) -> list[Outcome]:
    """Apply a batch and take it back, so that its outcomes are exactly what would be."""
    try:
        await db.transact(lambda tx: _undone(tx, account_id, batch))
    except _Undo as undo:
        return undo.outcomes
    raise AssertionError  # the transaction above never commits


async def _undone(tx: Tx, account_id: int, batch: Batch) -> None:
    raise _Undo(await apply_in(tx, account_id, batch))


async def _stretch(
    db: Database,
    account_id: int,
    changes: Sequence[ContactChange],
    known: Sequence[Outcome | None],
    touched: Touched,
) -> list[Outcome]:
    async def work(tx: Tx) -> list[Outcome]:
        return await actions.apply_checked(tx, account_id, changes, list(known))

    try:
        return await db.transact(work, touched)
    except (Again, psycopg.Error):
        if len(changes) == 1:
            return [Outcome(Status.REJECTED, error=ChangeFailed())]
        half = len(changes) // 2
        first = await _stretch(db, account_id, changes[:half], known[:half], touched)
        return first + await _stretch(db, account_id, changes[half:], known[half:], touched)


class _Undo(Exception):  # an order to roll back, which carries what was found out
    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__()
        self.outcomes = outcomes
