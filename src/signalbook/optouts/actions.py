"""Every way an opt-out comes into force or is lifted from outside a contact."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from signalbook.contacts import list_queries, restricting
from signalbook.contacts.restricting import Obeyed
from signalbook.kit.db import Tx
from signalbook.kit.errors import AppError
from signalbook.ledger.model import Order, Reason, is_topic, list_of
from signalbook.optouts import domains, reading
from signalbook.optouts.errors import (
    LiftNeedsPerson,
    LiftReasonMissing,
    NoSuchTopic,
    OptoutNotTheirs,
    OptoutsNotYours,
)
from signalbook.optouts.model import LIFTED_BY, LIFTS, NEED_A_NOTE, By, Outcome, Restriction


async def restrict(
    tx: Tx,
    account_id: int,
    wanted: Sequence[Restriction],
    *,
    at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Put opt-outs in force; return one outcome for each, in order.

    The ledger, the opt-outs in force and the contacts with these addresses are written together;
    an address that nobody has blocks whoever comes with it. What holds already is `unchanged`, a
    reason that is left out is `user`. One that cannot be accepted is rejected alone, with its
    error: OptoutInvalid, ContactNotFound, NoSuchTopic. With `dry_run` nothing is written.

    Raises Again where another transaction was faster: run it in `Database.transact`.
    """
    orders = [_read("out", one, (one.reason or Reason.USER,), at) for one in wanted]
    if any(is_topic(one.channel) for one in wanted):
        known = {id for id, _ in await list_queries.topics(tx, account_id)}
        orders = [_of_known(one, known) for one in orders]
    return await _obey(tx, account_id, orders, at, write=not dry_run)


async def lift(
    tx: Tx,
    account_id: int,
    wanted: Sequence[Restriction],
    *,
    by: By,
    at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Lift opt-outs, as far as the one who asks may; return one outcome for each, in order.

    The account lifts reason `user`, the person theirs (`contact`), and a named person of the
    account also a bounce and a complaint, with a `note` in the evidence. A reason that is left out
    means all that may be lifted; `left` in the outcome tells what stays. The ledger keeps what was
    lifted and who lifted it. Rejected alone are OptoutInvalid, OptoutsNotYours, OptoutNotTheirs,
    LiftNeedsPerson, LiftReasonMissing, ContactNotFound.

    Raises Again where another transaction was faster: run it in `Database.transact`.
    """
    orders = [_lifting(one, by, at) for one in wanted]
    return await _obey(tx, account_id, orders, at, write=not dry_run)


def _lifting(asked: Restriction, by: By, at: datetime) -> Order | AppError:
    reasons = (Reason(asked.reason),) if asked.reason in set(Reason) else LIFTS[by]
    has_note = bool(str((asked.evidence or {}).get("note") or "").strip())
    if asked.reason is None and not has_note:
        reasons = tuple(reason for reason in reasons if reason not in NEED_A_NOTE)
    for reason in reasons:
        refusal = refusal_of(reason, by, has_note=has_note)
        if refusal is not None:
            return refusal
    return _read("in", asked, reasons, at)


def refusal_of(reason: Reason, by: By, *, has_note: bool) -> AppError | None:
    """Say why somebody may not lift an opt-out, or None where they may."""
    if reason in LIFTS[by]:
        return LiftReasonMissing() if reason in NEED_A_NOTE and not has_note else None
    if by is By.PERSON:
        return OptoutNotTheirs(reason=reason)
    if reason in NEED_A_NOTE:
        return LiftNeedsPerson()
    return OptoutsNotYours(reason=reason, who=LIFTED_BY[reason])


def _read(
    kind: Literal["out", "in"], asked: Restriction, reasons: tuple[str, ...], at: datetime
) -> Order | AppError:
    try:
        address = reading.checked(asked)
    except AppError as refusal:
        return refusal
    return Order(
        kind=kind,
        channel=asked.channel,
        reasons=reasons,
        source=asked.source,
        at=at,
        address=address,
        contact_id=asked.contact_id,
        actor=asked.actor,
        evidence=asked.evidence or None,
    )


def _of_known(order: Order | AppError, topics: set[UUID]) -> Order | AppError:
    """Refuse an order for a topic that is none of these."""
    if isinstance(order, AppError) or not is_topic(order.channel):
        return order
    if list_of(order.channel) in topics:
        return order
    return NoSuchTopic()


async def _obey(
    tx: Tx, account_id: int, asked: Sequence[Order | AppError], at: datetime, *, write: bool
) -> list[Outcome]:
    orders = [one for one in asked if isinstance(one, Order)]
    obeyed = iter(await restricting.obey(tx, account_id, orders, at=at, write=write))
    done: list[Outcome] = []
    for one in asked:
        if isinstance(one, Order):
            followed = next(obeyed)
            done.append(_outcome(one, followed))
            if write and followed.written and one.address.startswith("@"):
                await domains.begin(tx, account_id, one)
        else:
            done.append(Outcome(status="rejected", error=one))
    return done


def _outcome(order: Order, obeyed: Obeyed) -> Outcome:
    if obeyed.error is not None:
        return Outcome(status="rejected", error=obeyed.error)
    done = "restricted" if order.kind == "out" else "lifted"
    return Outcome(
        status=done if obeyed.written else "unchanged",
        written=list(obeyed.written),
        left=list(obeyed.left),
        contacts=list(obeyed.contacts),
    )
