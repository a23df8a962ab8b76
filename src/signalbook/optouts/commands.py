"""What the commands on opt-outs do, through the same actions as every other face."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from signalbook.accounts import queries as accounts
from signalbook.accounts.errors import AccountUnknown
from signalbook.contacts import commands as contacts
from signalbook.contacts.identifiers import Refused
from signalbook.kit import clock
from signalbook.kit.db import Database, Tx
from signalbook.kit.errors import Problem
from signalbook.ledger import seals
from signalbook.ledger.model import Channel
from signalbook.optouts import (
    actions,
    blocklist,
    exporting,
    filing,
    listed,
    queries,
    reachability,
    reading,
    wire,
)
from signalbook.optouts.blocklist import Difference
from signalbook.optouts.errors import OptoutInvalid
from signalbook.optouts.filing import Filed
from signalbook.optouts.model import By, Outcome, Restriction, Wanted
from signalbook.optouts.schemas import (
    History,
    OptoutOut,
    OptoutResult,
    Reachability,
)

CLI = "cli"
MOST_LINES = 1_000


async def listing(db: Database, account: str, wanted: Wanted, limit: int) -> list[OptoutOut]:
    """Return opt-outs in force, the latest first."""
    account_id = await _account(db, account)
    async with db.read() as read:
        found = await queries.page(read, account_id, wanted, limit)
    return [wire.out(one) for one in found]


async def add(db: Database, account: str, asked: Restriction) -> OptoutResult:
    """Add an opt-out; raises what it was refused for."""
    account_id = await _account(db, account)

    async def work(tx: Tx) -> list[Outcome]:
        return await actions.restrict(tx, account_id, [asked], at=clock.now())

    return _told(await db.transact(work))


async def lift(db: Database, account: str, asked: Restriction) -> OptoutResult:
    """Lift an opt-out, as somebody with a name and, where it needs one, a reason."""
    account_id = await _account(db, account)

    async def work(tx: Tx) -> list[Outcome]:
        return await actions.lift(tx, account_id, [asked], by=By.OPERATOR, at=clock.now())

    return _told(await db.transact(work))


async def history(db: Database, account: str, text: str) -> History:
    """Return what was ever said of an address, the last word first."""
    account_id = await _account(db, account)
    try:
        address = reading.address_of(text)
    except Refused as reason:
        problem = Problem("address", str(reason), "address_invalid")
        raise OptoutInvalid(problems=[problem]) from reason
    both = [address, seals.seal(account_id, address)]
    async with db.read() as read:
        lines = await queries.history(read, account_id, both, MOST_LINES)
    return History(address, [wire.line_out(line) for line in lines])


async def synchronise(
    db: Database, account: str, channel: Channel, file: Path, *, dry_run: bool
) -> Difference:
    """Keep the blocklist of a channel in step with a file; return the difference."""
    account_id = await _account(db, account)
    addresses = listed.addresses(await asyncio.to_thread(file.read_bytes))
    found = await blocklist.difference(db, account_id, channel, addresses)
    if not dry_run:
        evidence = {"file": file.name}
        await blocklist.apply(db, account_id, channel, found, actor=CLI, evidence=evidence)
    return found


async def take_in(
    db: Database, account: str, file: Path, *, channel: str, reason: str, dry_run: bool
) -> Filed:
    """Add the opt-outs of a file."""
    account_id = await _account(db, account)
    rows = listed.rows(await asyncio.to_thread(file.read_bytes), channel, reason)
    return await filing.add(db, account_id, rows, name=file.name, actor=CLI, dry_run=dry_run)


async def export(db: Database, account: str, wanted: Wanted) -> AsyncGenerator[bytes]:
    """Write opt-outs as a CSV."""
    account_id = await _account(db, account)
    async for block in exporting.lines(db, account_id, wanted):
        yield block


async def reached(db: Database, account: str, ref: str) -> Reachability:
    """Tell whether a contact can be reached, and if not, why not."""
    account_id = await _account(db, account)
    async with db.read() as read:
        contact = await contacts.named(read, account_id, ref)
        found = await reachability.of(read, account_id, contact)
    return wire.reachability_out(contact, found)


def _told(outcomes: list[Outcome]) -> OptoutResult:
    (outcome,) = outcomes
    if outcome.error is not None:
        raise outcome.error
    return wire.result_of(outcome)


async def _account(db: Database, name: str) -> int:
    async with db.read() as read:
        account = await accounts.find(read, name)
    if account is None:
        raise AccountUnknown(name=name)
    return account.id
