"""Filling an empty server with the made-up people, by the same verb that real ones come by."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from signalbook.accounts import queries as accounts
from signalbook.accounts import usage_queries as usage
from signalbook.accounts.bootstrap import ACCOUNT
from signalbook.accounts.model import UsagePoint
from signalbook.contacts import actions as contacts
from signalbook.contacts.model import Status
from signalbook.demo import queries
from signalbook.demo.people import DAYS, SEED, Person, people
from signalbook.events import actions as events
from signalbook.kit import clock, ids
from signalbook.kit.columns import column
from signalbook.kit.db import Database, Tx
from signalbook.ledger import batch_queries as ledger
from signalbook.lists import actions as lists

_AT_ONCE = 250
_LISTS = (
    ("Newsletter", "Everybody who wants to hear from us every other Thursday.", "newsletter", ""),
    ("Customers", "Bought at least once.", "purchased", ""),
    ("Evening in Paris", "Invited to the opening on the Rue de Charonne.", "vip", "France"),
    ("Win back", "Left something in the cart; Amara follows up.", "left-cart", ""),
)
_PER_LIST_AT_ONCE = 5_000


async def fill(db: Database) -> None:
    """Let 10,000 people have come to the first account over two years; takes about ten seconds."""
    now = clock.now()
    async with db.read() as read:
        account = await accounts.find(read, ACCOUNT)
    if account is None:
        raise LookupError(ACCOUNT)
    await db.transact(lambda tx: events.ensure_partitions(tx, _months(now.date())))
    everybody = people(now)
    while some := list(islice(everybody, _AT_ONCE)):
        await db.transact(lambda tx, some=some: _let_come(tx, account.id, some))
    await db.transact(lambda tx: _date(tx, account.id, now))
    for name, description, tag, country in _LISTS:
        await db.transact(
            lambda tx, made=(name, description), whom=(tag, country): _list(
                tx, account.id, made, whom
            )
        )


async def _let_come(tx: Tx, account_id: int, some: Sequence[Person]) -> None:
    """Write people with all that happened with them, oldest first."""
    fallen = [one for one in some if one.complaint]
    if fallen:
        await _note_complaints(tx, account_id, fallen)
    changes = [change for one in some for change in one.changes]
    for outcome in await contacts.apply(tx, account_id, changes):
        if outcome.status is Status.REJECTED:
            raise outcome.error or AssertionError(outcome)


async def _note_complaints(tx: Tx, account_id: int, fallen: Iterable[Person]) -> None:
    """Let the ledger know of bounces and complaints; it knows addresses and needs no contact."""
    rows = [(str(one.changes[0].email), str(one.complaint), one.complained_at) for one in fallen]
    columns: dict[str, object] = {
        "account_id": account_id,
        "addresses": column(email for email, _, _ in rows),
        "channels": column("email" for _ in rows),
        "ats": column(at.isoformat() for _, _, at in rows),
        "ids": column(str(ids.new_id()) for _ in rows),
        "kinds": column("out" for _ in rows),
        "reasons": column(reason for _, reason, _ in rows),
        "sources": column("ses" for _ in rows),
        "actors": column(None for _ in rows),
        "evidences": column(None for _ in rows),
    }
    await tx.together(ledger.insert(columns), ledger.restrict(columns))


async def _list(tx: Tx, account_id: int, made: tuple[str, str], whom: tuple[str, str]) -> None:
    """Make a list of those who carry a tag."""
    found = await lists.create(tx, account_id, *made, actor="demo")
    everybody, now = await queries.tagged(tx, account_id, *whom), clock.now()
    for first in range(0, len(everybody), _PER_LIST_AT_ONCE):
        some = everybody[first : first + _PER_LIST_AT_ONCE]
        await lists.join(tx, account_id, found.id, some, now, "demo")


async def _date(tx: Tx, account_id: int, now: datetime) -> None:
    """Give tags, complaints and the usage of the keys the past they would have."""
    await queries.date_tags(tx, account_id)
    await queries.date_complaints(tx, account_id)
    await queries.forget_days(tx, account_id)
    await queries.date_days(tx, account_id)
    await usage.add(tx, account_id, list(_calls(now)))


def _calls(now: datetime) -> Iterator[UsagePoint]:
    """Make up the calls of each hour: busy by day, quiet by night, a little more every week."""
    chance = random.Random(SEED)
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    for ago in range(DAYS * 24, 0, -1):
        hour = this_hour - timedelta(hours=ago)
        busy = max(0.08, 1 - abs(hour.hour - 14) / 11) * (0.7 if hour.weekday() > 4 else 1)
        growth = 1 + (DAYS * 24 - ago) / (DAYS * 24)
        for door, usual in (("upload", 420), ("api", 90)):
            calls = int(usual * busy * growth * chance.uniform(0.8, 1.25))
            yield UsagePoint(door, hour, calls, 0, 0)


def _months(today: date) -> list[date]:
    """List the months of the last ninety days, and those that come."""
    first = (today - timedelta(days=DAYS)).replace(day=1)
    return events.months_from(first, 3 + events.MONTHS_AHEAD)
