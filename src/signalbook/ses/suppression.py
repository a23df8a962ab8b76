"""Every way the suppression list changes, and how it is read.

It is no list of its own: a bounce and a complaint on the channel `email` of the ledger. What the
account puts there itself it may take away again; what a bounce, a complaint or a person put there
stays until somebody who is signed in lifts it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from signalbook.contacts import restricting
from signalbook.kit.db import Read, Tx
from signalbook.kit.errors import AppError
from signalbook.ledger.model import Channel, Order
from signalbook.optouts import actions as optouts
from signalbook.optouts.model import Restriction
from signalbook.ses import suppression_queries as queries
from signalbook.ses.errors import NotSuppressed, SuppressionKept, SuppressionUnusable
from signalbook.ses.suppression_model import MEANS, Entry, Held, Suppressed, echoed, who_put


async def put(
    tx: Tx,
    account_id: int,
    entries: Sequence[Entry],
    *,
    source: str,
    actor: str,
    at: datetime,
    evidence: Mapping[str, Any] | None = None,
) -> list[AppError | None]:
    """Put addresses on the list; return an error for each that is none, and None for the others.

    What the account had put there before gets the new reason and time; a bounce or a complaint
    that came by itself stays beside it. Of an address given twice the last entry counts. Raises
    Again: run it in `Database.transact`.
    """
    last = {_key(one.address): one for one in entries}
    wanted = [
        Restriction(
            channel=Channel.EMAIL,
            address=one.address.strip(),
            reason=MEANS[one.reason],
            source=source,
            actor=actor,
            evidence={**(evidence or {}), **({"row": one.row} if one.row else {})},
        )
        for one in last.values()
    ]
    former = await _held(tx, account_id, list(last))
    own = [one for held in former.values() for one in held if one.is_own]
    await _lift(tx, account_id, own, source=source, actor=actor, at=at)
    outcomes = await optouts.restrict(tx, account_id, wanted, at=at)
    refused = {
        key for key, outcome in zip(last, outcomes, strict=True) if outcome.error is not None
    }
    return [
        SuppressionUnusable(address=one.address[:80]) if _key(one.address) in refused else None
        for one in entries
    ]


async def delete(
    tx: Tx, account_id: int, addresses: Sequence[str], *, source: str, actor: str, at: datetime
) -> list[AppError | None]:
    """Take addresses off the list; return for each the error that keeps it there, or None.

    The errors are NotSuppressed and SuppressionKept. Raises Again: run it in `Database.transact`.
    """
    found = await _held(tx, account_id, addresses)
    lifted: list[Held] = []
    done: list[AppError | None] = []
    for address in addresses:
        held = found.get(_key(address), [])
        others = [one for one in held if not one.is_own]
        if others:
            done.append(SuppressionKept(address=echoed(address), who=who_put(others)))
        elif not held:
            done.append(NotSuppressed(address=echoed(address)))
        else:
            done.append(None)
            lifted += held
    await _lift(tx, account_id, lifted, source=source, actor=actor, at=at)
    return done


async def get(db: Read, account_id: int, address: str) -> Suppressed:
    """Return the entry of an address; raises NotSuppressed."""
    held = await queries.held(db, account_id, [_key(address)])
    if not held:
        raise NotSuppressed(address=echoed(address))
    return Suppressed(held[0].address, held[0].reason, held[0].since)


async def page(
    db: Read,
    account_id: int,
    *,
    reasons: Sequence[str],
    after_time: datetime | None,
    before_time: datetime | None,
    after: str,
    size: int,
) -> list[Suppressed]:
    """Return the next entries by address, one for each; without reasons of every reason."""
    return await queries.page(
        db,
        account_id,
        reasons=[MEANS[one] for one in reasons or MEANS],
        after_time=after_time,
        before_time=before_time,
        after=after,
        size=size,
    )


async def _held(db: Read, account_id: int, addresses: Sequence[str]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for one in await queries.held(db, account_id, sorted({_key(one) for one in addresses})):
        found.setdefault(one.address, []).append(one)
    return found


async def _lift(
    tx: Tx, account_id: int, held: Sequence[Held], *, source: str, actor: str, at: datetime
) -> None:
    """Lift the account's own entries; what is put anew in the same transaction has a new time."""
    orders = [
        Order(
            kind="in",
            channel=Channel.EMAIL,
            reasons=(one.reason,),
            source=source,
            at=at,
            address=one.address,
            actor=actor,
        )
        for one in held
    ]
    if orders:
        await restricting.obey(tx, account_id, orders, at=at)


def _key(address: str) -> str:
    return address.strip().lower()
