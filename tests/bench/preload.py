"""A folder with a million contacts, made once by the verb itself and kept for the next run.

`python -m tests.bench.preload 1000000` prepares one ahead of time.
"""

import asyncio
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
from rich.progress import track

from signalbook.accounts import actions as accounts
from signalbook.accounts import queries as account_queries
from signalbook.contacts import actions
from signalbook.contacts.model import ContactChange, Source
from signalbook.events import keeping
from signalbook.kit import clock, migrate
from signalbook.kit.db import Database, PoolSizes
from signalbook.kit.postgres import Embedded
from tests.bench import bodies
from tests.bench.server import ACCOUNT

_AT_ONCE = 4_000
_RARE_EVERY = 20_000
_SOURCE = Source("import")


def folder_of(contacts: int) -> Path:
    """Name the kept folder of so many contacts under these very migrations."""
    digest = hashlib.sha256("".join(step.digest for step in migrate.load()).encode()).hexdigest()
    return Path(tempfile.gettempdir()) / "signalbook-bench" / f"{contacts}-{digest[:12]}"


def prepared(contacts: int) -> Path:
    """Return the folder, filled where it is not yet."""
    folder = folder_of(contacts)
    done = folder / "filled"
    if not done.exists():
        server = Embedded(folder)
        with server.used():
            migrate.apply(server.dsn)
            asyncio.run(fill(server.dsn, contacts))
        done.touch()
    return folder


async def fill(dsn: str, contacts: int) -> None:
    """Add contacts that are not there yet, then let the database tidy up after the flood."""
    database = Database(dsn, PoolSizes(read=1, write=1))
    await database.open()
    try:
        await keeping.keep(database)
        async with database.tx() as tx:
            account = await account_queries.find(tx, ACCOUNT) or await accounts.create(
                tx, ACCOUNT, "unlimited", actor="bench"
            )
        starts = range(0, contacts, _AT_ONCE)
        for start in track(starts, f"filling {contacts:,} contacts"):
            changes = list(_changes(range(start, min(start + _AT_ONCE, contacts)), contacts))
            await database.transact(
                lambda tx, changes=changes: actions.apply(tx, account.id, changes)
            )
    finally:
        await database.close()
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("VACUUM (ANALYZE)")
        conn.execute("CHECKPOINT")


def _changes(numbers: range, contacts: int) -> Iterator[ContactChange]:
    """Make contacts with eight tags or so, who came over the last two years."""
    now = clock.now()
    for number in numbers:
        chance = random.Random(-number)
        one = bodies.person(number)
        first, _, last = one["full_name"].partition(" ")
        tags = bodies.tags(chance, chance.randint(2, 14))
        if number % _RARE_EVERY == 0:
            tags.append(bodies.RARE_TAG)
        yield ContactChange(
            source=_SOURCE,
            email=one["email"],
            mobile=one["mobile"],
            at=now - timedelta(days=730 * (1 - number / contacts)),
            fields={
                "first_name": first,
                "last_name": last,
                "birth_date": "-".join(reversed(one["dob"].split("-"))),
                **{name: one[name] for name in ("gender", "city", "country")},
            },
            tags_add=tuple(tags),
            status="unsubscribe" if number % 25 == 0 else None,
        )


def main() -> None:
    """Prepare the folder of so many contacts and say how long that took."""
    began = time.monotonic()
    print(prepared(int(sys.argv[1])), f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
