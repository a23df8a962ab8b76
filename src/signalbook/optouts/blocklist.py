"""A complete list of what the account blocks on a channel, from somewhere else: kept in step.

What is on the list and not blocked is added, what the list had put in force and is no longer on it
is lifted. It manages only its own, reason `user` from source `blocklist`: what a person, a bounce
or somebody at the console has said stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from signalbook.contacts import identifiers
from signalbook.kit import clock
from signalbook.kit.db import Database, Read, Tx
from signalbook.ledger.model import Channel, Reason, channels_of
from signalbook.optouts import actions, queries, reading
from signalbook.optouts.errors import BlocklistTooLong, ListUnreadable
from signalbook.optouts.model import By, Outcome, Restriction

SOURCE: Final = "blocklist"
MOST: Final = 100_000
SHOWN: Final = 20
_AT_ONCE: Final = 1_000
_PAGE: Final = 10_000


class Difference(NamedTuple):
    """What a list changes; of the rejected there is why."""

    add: Sequence[str]
    lift: Sequence[str]
    unchanged: int
    rejected: Sequence[str]


async def difference(
    db: Database, account_id: int, channel: Channel, listed: Sequence[str]
) -> Difference:
    """Tell what a complete list would change; raises BlocklistTooLong, ListUnreadable."""
    if len(listed) > MOST:
        raise BlocklistTooLong(count=len(listed))
    wanted, rejected = _read(channel, listed)
    if rejected and not wanted:  # a wrong file must not lift all there is
        raise ListUnreadable(reason=f"none of its lines is an address of {channel}")
    async with db.read() as read:
        managed = await _managed(read, account_id, channel)
        fresh = sorted(wanted - managed)
        held = set[str]()
        for some in _chunks(fresh, _PAGE):
            held.update(await queries.blocked(read, account_id, channel, some))
    add = [address for address in fresh if address not in held]
    return Difference(add, sorted(managed - wanted), len(wanted) - len(add), rejected)


async def apply(
    db: Database,
    account_id: int,
    channel: Channel,
    found: Difference,
    *,
    actor: str,
    evidence: dict[str, Any] | None = None,
) -> None:
    """Add and lift what a difference says, a thousand at a time.

    Each thousand is a transaction of its own: where it breaks off, the same list goes on with it.
    """
    for some in _chunks(found.add, _AT_ONCE):
        adding = [_of(channel, address, actor, evidence) for address in some]

        async def add(tx: Tx, adding: list[Restriction] = adding) -> list[Outcome]:
            return await actions.restrict(tx, account_id, adding, at=clock.now())

        await db.transact(add)
    for some in _chunks(found.lift, _AT_ONCE):
        lifting = [_of(channel, address, actor, evidence) for address in some]

        async def lift(tx: Tx, lifting: list[Restriction] = lifting) -> list[Outcome]:
            return await actions.lift(tx, account_id, lifting, by=By.ACCOUNT, at=clock.now())

        await db.transact(lift)


def _of(channel: Channel, address: str, actor: str, evidence: dict[str, Any] | None) -> Restriction:
    return Restriction(
        channel=channel,
        address=address,
        reason=Reason.USER,
        source=SOURCE,
        actor=actor,
        evidence=evidence,
    )


def _read(channel: Channel, listed: Iterable[str]) -> tuple[set[str], list[str]]:
    wanted: set[str] = set()
    rejected: list[str] = []
    for one in listed:
        try:
            address = reading.address_of(one)
        except identifiers.Refused as reason:
            rejected.append(str(reason))
            continue
        if channel in channels_of(address):
            wanted.add(address)
        else:
            rejected.append(f"{address[:80]} cannot be reached by {channel}")
    return wanted, rejected


async def _managed(read: Read, account_id: int, channel: Channel) -> set[str]:
    found: list[str] = []
    while True:
        after = found[-1] if found else ""
        some = await queries.of_blocklist(read, account_id, channel, after, _PAGE)
        found += some
        if len(some) < _PAGE:
            return set(found)


def _chunks(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(values), size):
        yield values[first : first + size]
