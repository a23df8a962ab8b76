"""Opt-outs that come by themselves: addresses are restricted or freed, and contacts follow.

What a change to a contact says of its opt-outs is the verb's (`actions.apply`). Here an order
names an address, which somebody may have or nobody yet, or a contact; both write the same ledger
through the same fold.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from psycopg.errors import UniqueViolation

from signalbook.contacts import aligning, batch_queries, reach, recording, sealing
from signalbook.contacts import restricting_queries as queries
from signalbook.contacts.errors import ContactNotFound
from signalbook.contacts.folding import Fold
from signalbook.contacts.model import Source
from signalbook.contacts.registry import Registry
from signalbook.contacts.state import State
from signalbook.events.model import Kind
from signalbook.kit.db import Again, Tx
from signalbook.kit.errors import AppError
from signalbook.ledger import batch_queries as ledger
from signalbook.ledger.model import Order, Place
from signalbook.ledger.model import State as Restriction

AT_ONCE: Final = 1_000
"""How many orders are followed together."""


class Obeyed(NamedTuple):
    """What came of an order: each place and reason it changed, and what still holds there."""

    written: Sequence[tuple[Place, str]] = ()
    left: Sequence[tuple[Place, str]] = ()
    contacts: Sequence[UUID] = ()
    error: AppError | None = None


async def obey(
    tx: Tx, account_id: int, orders: Sequence[Order], *, at: datetime, write: bool = True
) -> list[Obeyed]:
    """Write orders into the ledger and bring the contacts with these addresses in line.

    An address that nobody has is restricted for whoever comes with it: for that, batches of the
    account that are under way end first and others wait. Orders are followed one after another;
    one for a contact that is not there has the error ContactNotFound. Raises Again where contacts
    moved meanwhile. Without `write` nothing is written and the outcome is what would be.
    """
    done: list[Obeyed] = []
    for first in range(0, len(orders), AT_ONCE):
        done += await _obey(tx, account_id, orders[first : first + AT_ONCE], at, write=write)
    return done


async def realign(
    tx: Tx, account_id: int, ids: Sequence[UUID], *, source: Source, at: datetime
) -> int:
    """Bring contacts in line with what the ledger says of them; return how many were not."""
    fold = await _fold(tx, account_id, at, set(ids), [])
    moved = [aligning.settle(fold, state, source, at, {}) for state in fold.states]
    await _write(tx, account_id, fold)
    return sum(moved)


async def _obey(
    tx: Tx, account_id: int, orders: Sequence[Order], at: datetime, *, write: bool
) -> list[Obeyed]:
    asked = sorted({order.address for order in orders if order.address})
    owners = await queries.owners(tx, account_id, asked) if asked else []
    is_alone = write and len({row[0] for row in owners if row[2]}) < len(asked)
    if is_alone:
        await queries.stop_batches(tx, account_id)
        owners = await queries.owners(tx, account_id, asked)
    ids = {row[1] for row in owners} | {one.contact_id for one in orders if one.contact_id}
    fold = await _fold(tx, account_id, at, ids, asked)
    here = _Here(fold)
    if write and not is_alone and any(one not in here.by_address for one in asked):
        raise Again
    done = [_one(fold, order, here, at) for order in orders]
    if write:
        await aligning.sharing(tx, account_id, fold)
        await _write(tx, account_id, fold)
    return done


class _Here:
    """Those whom orders may concern, by id and by address."""

    def __init__(self, fold: Fold) -> None:
        self.by_id = {state.contact.id: state for state in fold.states}
        self.by_address: dict[str, list[State]] = {}
        for state in fold.states:
            for address in {place[1] for place in reach.places(state.contact)}:
                self.by_address.setdefault(address, []).append(state)


async def _fold(
    tx: Tx, account_id: int, at: datetime, ids: set[UUID], asked: Sequence[str]
) -> Fold:
    """Lock and read contacts, with what is in force on these addresses and on all of theirs."""
    _, restricted = await tx.together(
        batch_queries.begin_batch(account_id), ledger.restrictions(account_id, asked)
    )
    fold = Fold(at, Registry({}, [], 0))
    fold.ledger.load(Restriction(*row) for row in restricted if row[1])
    fold.ledger.asked.update(asked)
    await aligning.load(tx, account_id, fold, ids)
    sealed = sealing.seals_of(account_id, restricted, asked, [])
    if sealing.are_there(restricted):
        sealed |= sealing.seals_for(account_id, [state.contact for state in fold.states])
        (held,) = await tx.together(ledger.restrictions(account_id, sealed.values()))
        fold.ledger.load(Restriction(*row) for row in held if row[1])
    fold.ledger.seals = sealed
    return fold


def _one(fold: Fold, order: Order, here: _Here, at: datetime) -> Obeyed:
    """Follow one order: the ledger first, then everybody with an address that it changed."""
    meant = order.places()
    if order.contact_id is not None:
        state = here.by_id.get(order.contact_id)
        if state is None:
            return Obeyed(error=ContactNotFound())
        meant = reach.named(state.contact, order.channel)
    written = fold.ledger.obey(order, meant, here.by_address)
    touched = {
        state.hex: state
        for address in dict.fromkeys(place[1] for place, _ in written)
        for state in here.by_address.get(address, ())
    }
    said: dict[str, object] = {
        "reason": order.reasons[0],
        "channels": " ".join(sorted({place[0] for place, _ in written})),
    }
    kind = Kind.UNSUBSCRIBED if order.kind == "out" else Kind.RESUBSCRIBED
    source = Source(order.source, order.actor)
    for state in touched.values():
        aligning.settle(fold, state, source, at, said, kind)
    left = [(place, reason) for place in meant for reason in sorted(fold.ledger.reasons(place))]
    return Obeyed(written, left, [state.contact.id for state in touched.values()])


async def _write(tx: Tx, account_id: int, fold: Fold) -> None:
    if not fold.ledger.entries and not fold.events:
        return
    try:
        await recording.write(tx, account_id, fold, {})
    except UniqueViolation as race:
        raise Again from race
