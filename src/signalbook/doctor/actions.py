"""The recount: every stored count of an account against its rows, and putting it right."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from signalbook.doctor import count_queries, queries
from signalbook.doctor import recount_queries as recounts
from signalbook.doctor import repair_queries as repairs
from signalbook.doctor.model import DRIFTS, Drift, Finding
from signalbook.kit import clock
from signalbook.kit.db import Database, Read, Row, Tx

SHOWN = 5
AT_ONCE = 5_000

_RECOUNTS: Mapping[str, Callable[[Read, int, int], Awaitable[list[Row]]]] = {
    "counts": count_queries.counts,
    "tags": queries.tags,
    "fields": queries.fields,
    "field_lengths": count_queries.field_lengths,
    "event_days": queries.event_days,
    "optout_states": queries.optout_states,
    "contact_optouts": queries.contact_optouts,
    "list_members": queries.list_members,
    "lists": queries.lists,
    "list_activity": count_queries.list_activity,
    "list_counts": count_queries.list_counts,
    "signals": queries.signals,
}

# What is derived comes after what it is derived from.
_REPAIR_ORDER = (
    "signals",
    "event_days",
    "optout_states",
    "contact_optouts",
    "tags",
    "fields",
    "field_lengths",
    "list_members",
    "lists",
    "list_activity",
    "counts",
    "list_counts",
)


async def recount(db: Database, account_id: int, account: str) -> list[Finding]:
    """Compare every stored count of the account with its rows; one finding for each kind.

    Each kind is one statement and sees one moment, so a busy server raises no false alarm.
    """
    findings: list[Finding] = []
    for drift in DRIFTS:
        async with db.read() as read:
            await queries.without_timeout(read)
            rows = await _RECOUNTS[drift.name](read, account_id, AT_ONCE + 1)
        findings.append(_verdict(drift, account, rows))
    return findings


async def repair(db: Database, account_id: int, account: str) -> list[Finding]:
    """Put right what `recount` finds, with the account's writers waiting meanwhile."""
    repaired: dict[str, int] = {}
    for name in _REPAIR_ORDER:
        while True:
            done = await db.transact(lambda tx, name=name: _repair_some(tx, account_id, name))
            repaired[name] = repaired.get(name, 0) + done
            if done < AT_ONCE:
                break
    return [
        Finding(
            check=drift.name,
            level="ok",
            message=f"{repaired[drift.name]:,} put right" if repaired[drift.name] else "agree",
            account=account,
            repaired=repaired[drift.name],
        )
        for drift in DRIFTS
    ]


async def _repair_some(tx: Tx, account_id: int, name: str) -> int:
    await repairs.hold(tx, account_id)
    await queries.without_timeout(tx)
    rows = await _RECOUNTS[name](tx, account_id, AT_ONCE)
    if rows:
        await _REPAIRS[name](tx, account_id, rows)
    return len(rows)


def _verdict(drift: Drift, account: str, rows: Sequence[Row]) -> Finding:
    if not rows:
        return Finding(check=drift.name, level="ok", message="agree", account=account)
    count = f"{len(rows):,}" if len(rows) <= AT_ONCE else f"more than {AT_ONCE:,}"
    return Finding(
        check=drift.name,
        level="fault",
        message=f"{count} disagree: {drift.sentence}",
        account=account,
        examples=[[_plain(value) for value in row] for row in rows[:SHOWN]],
    )


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | bool | None) else str(value)


async def _counts(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    tags, whats = [r[0] for r in rows], [r[1] for r in rows]
    await recounts.set_counts(tx, account_id, tags, whats, [r[3] for r in rows])


async def _list_counts(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    lists, whats = [r[0] for r in rows], [r[1] for r in rows]
    await recounts.set_list_counts(tx, account_id, lists, whats, [r[3] for r in rows])


async def _field_lengths(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    names, lengths = [r[0] for r in rows], [r[1] for r in rows]
    await recounts.set_lengths(tx, account_id, names, lengths, [r[3] for r in rows])


async def _list_activity(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    for is_active in (True, False):
        ids = [r[0] for r in rows if r[1] is is_active]
        await recounts.set_list_active(tx, account_id, ids, is_active=is_active)


async def _tags(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    await repairs.set_tags(tx, account_id, [r[0] for r in rows], [r[2] for r in rows])


async def _fields(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    await repairs.set_fields(tx, account_id, [r[0] for r in rows], [r[2] for r in rows])


async def _event_days(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    contacts, tags, days = [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]
    await repairs.set_days(tx, account_id, contacts, tags, days, [r[4] for r in rows])


async def _optout_states(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    await repairs.restrict(tx, account_id, [(r[0], r[1], r[2]) for r in rows if r[4]], clock.now())
    await repairs.lift(tx, account_id, [(r[0], r[1], r[2]) for r in rows if not r[4]])


async def _contact_optouts(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    due = [(r[0], r[1], r[2], r[3], r[4]) for r in rows]
    await repairs.set_optouts(tx, account_id, due, clock.now())


async def _list_members(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    await repairs.delete_members(tx, account_id, [r[0] for r in rows], [r[1] for r in rows])


async def _lists(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    await repairs.set_members(tx, account_id, [r[0] for r in rows], [r[2] for r in rows])


async def _signals(tx: Tx, account_id: int, rows: Sequence[Row]) -> None:
    await repairs.add_signals(tx, account_id, [r[0] for r in rows if r[1]], clock.now())
    await repairs.delete_signals(tx, account_id, [r[0] for r in rows if not r[1]])


_REPAIRS: Mapping[str, Callable[[Tx, int, Sequence[Row]], Awaitable[None]]] = {
    "counts": _counts,
    "tags": _tags,
    "fields": _fields,
    "field_lengths": _field_lengths,
    "event_days": _event_days,
    "optout_states": _optout_states,
    "contact_optouts": _contact_optouts,
    "list_members": _list_members,
    "lists": _lists,
    "list_activity": _list_activity,
    "list_counts": _list_counts,
    "signals": _signals,
}
