"""What was called how often, gathered and written in batches."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from signalbook.accounts import key_queries, tidying, usage, usage_queries
from signalbook.accounts.errors import RateLimited, StrangerLimited
from signalbook.accounts.keys import Keys
from signalbook.accounts.model import UsagePoint
from signalbook.accounts.plans import Meter, refuse
from signalbook.accounts.usage import Flusher, Tally
from signalbook.kit import clock
from signalbook.kit.db import Database
from signalbook.kit.errors import DatabaseDown
from signalbook.web.limits import Limiter
from tests.world import place

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def points(db, account_id):
    async with db.read() as read:
        return await usage_queries.since(read, account_id, LONG_AGO)


@pytest.fixture
async def meter(tmp_path):
    tally = Tally()
    limiter = Limiter(tmp_path, None)
    meter = Meter(limiter, tally)
    meter.tally = tally  # pyright: ignore[reportAttributeAccessIssue]  # for the test to look at
    yield meter
    await limiter.close()


async def test_calls_are_counted_by_door_and_written_at_the_end(db, northwind, contoso):
    tally, keys = Tally(), Keys(db)
    ours = await keys.authenticate(northwind.api_key, "read")
    theirs = await keys.authenticate(contoso.upload_key, "upload")
    async with Flusher(db, tally).running():
        for _ in range(5):
            tally.count(ours, "api")
        tally.count(ours, "api", refused=True)
        tally.count(theirs, "upload", over=True)

    total = usage.summed(await points(db, northwind.id), 86_400)
    assert [(p.door, p.calls, p.refused, p.over) for p in total] == [("api", 6, 1, 0)]
    total = usage.summed(await points(db, contoso.id), 86_400)
    assert [(p.door, p.calls, p.refused, p.over) for p in total] == [("upload", 1, 0, 1)]


async def test_two_workers_add_up_and_the_last_use_of_a_key_is_the_latest(db, northwind):
    keys = Keys(db)
    caller = await keys.authenticate(northwind.api_key, "read")
    assert caller.key_id
    for used_at in (1_800_000_000.0, 1_700_000_000.0):
        tally = Tally()
        tally.count(caller, "api")
        tally.key_uses[northwind.id, caller.key_id] = used_at
        await Flusher(db, tally).flush()

    assert sum(p.calls for p in await points(db, northwind.id)) == 2
    async with db.read() as read:
        shown = await key_queries.get(read, northwind.id, caller.key_id)
    assert shown
    assert shown.last_used_at == datetime.fromtimestamp(1_800_000_000, UTC)


async def test_what_could_not_be_written_is_written_later(db, northwind):
    caller = await Keys(db).authenticate(northwind.api_key, "read")
    tally = Tally()
    tally.count(caller, "api")
    closed = Database("host=/nowhere/at/all")
    with pytest.raises(DatabaseDown):
        await Flusher(closed, tally).flush()

    tally.count(caller, "api")
    await Flusher(db, tally).flush()
    assert sum(p.calls for p in await points(db, northwind.id)) == 2


async def test_minutes_become_hours_and_hours_become_days(db, northwind):
    now = clock.now().replace(minute=30, second=0, microsecond=0)
    made = [
        UsagePoint("api", now - timedelta(minutes=3), 1, 0, 0),
        UsagePoint("api", now - timedelta(days=3), 10, 1, 2),
        UsagePoint("api", now - timedelta(days=3, minutes=7), 100, 0, 0),
        UsagePoint("api", now - timedelta(days=100), 1_000, 0, 0),
        UsagePoint("upload", now - timedelta(days=100, minutes=1), 10_000, 0, 0),
    ]
    async with db.tx() as tx:
        await usage_queries.add(tx, northwind.id, made)
    await asyncio.gather(tidying.tidy(db), tidying.tidy(db))
    await tidying.tidy(db)

    seen = await points(db, northwind.id)
    assert sum(p.calls for p in seen) == 11_111
    assert [(p.door, p.calls, p.refused, p.over) for p in seen[-2:]] == [
        ("api", 110, 1, 2),
        ("api", 1, 0, 0),
    ]
    assert seen[-2].minute.minute == 0
    assert all(p.minute.hour == 0 for p in seen[:-2])


async def test_a_free_account_has_sixty_uploads_a_minute_and_is_counted(db, meter):
    async with db.tx() as tx:
        free = await place(tx, "Free", {"Fay": "owner"}, "free")
    caller = await Keys(db).authenticate(free.upload_key, "upload")
    for _ in range(60):
        refuse(await meter.admit(caller, "upload"))
    with pytest.raises(RateLimited, match="60 calls in 60 seconds") as error:
        refuse(await meter.admit(caller, "upload"))

    assert error.value.retry_after_seconds in {60, 61}
    assert list(meter.tally.counts.values())[-1][1] == 1


async def test_a_paid_account_may_burst_to_twice_its_limit(db, meter):
    async with db.tx() as tx:
        paid = await place(tx, "Paid", {"Pia": "owner"}, "paid")
    caller = await Keys(db).authenticate(paid.upload_key, "upload")
    seen = [await meter.admit(caller, "upload") for _ in range(3_601)]

    assert sum(one.allowed for one in seen) == 3_600
    assert sum(one.over_soft for one in seen) == 1_800
    assert sum(counts[2] for counts in meter.tally.counts.values()) == 1_800


async def test_strangers_are_counted_by_network_and_harm_nobody(db, meter, northwind):
    for last in range(300):
        refuse(await meter.stranger(f"192.0.2.{last % 250}"))
    with pytest.raises(StrangerLimited):
        refuse(await meter.stranger("192.0.2.9"))
    refuse(await meter.stranger("198.51.100.9"))
    assert not meter.tally.counts
