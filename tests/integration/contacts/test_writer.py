"""The group-commit writer: gathered, bounded, in order, and only the guilty one fails."""

import asyncio
from typing import Any

import psycopg
import pytest

from signalbook.contacts import actions
from signalbook.contacts.model import ContactChange, Outcome, Source, Status
from signalbook.contacts.writer import ChangeFailed, QueueFull, Stopping, Writer
from signalbook.kit.errors import DatabaseBusy
from tests.world import Place

SOURCE = Source("test")


def change(number: int, city: str = "Paris") -> ContactChange:
    return ContactChange(source=SOURCE, email=f"u{number}@x.example", fields={"city": city})


@pytest.fixture
async def writer(db):
    writer = Writer(db)
    writer.start()
    yield writer
    await writer.stop()


async def test_changes_that_arrive_together_share_transactions(db, writer, northwind: Place):
    outcomes = await asyncio.gather(
        *(writer.submit(northwind.id, change(number)) for number in range(300))
    )

    assert {outcome.status for outcome in outcomes} == {Status.CREATED}
    async with db.read() as read:
        transactions = await read.value("SELECT count(DISTINCT xmin::text) FROM contacts")
        assert await read.value("SELECT count(*) FROM contacts") == 300
    assert transactions < 20


async def test_the_order_for_one_contact_is_that_of_arrival(db, writer, northwind):
    cities = [f"city {number}" for number in range(200)]

    await asyncio.gather(*(writer.submit(northwind.id, change(1, city)) for city in cities))

    async with db.read() as read:
        told = await read.values(
            "SELECT payload->'city'->>1 FROM events WHERE kind = 'updated' ORDER BY at, id"
        )
    assert told == cities[1:]


async def test_accounts_are_written_together_and_kept_apart(db, writer, northwind, contoso):
    await asyncio.gather(
        *(
            writer.submit(account, change(number))
            for number in range(50)
            for account in (northwind.id, contoso.id)
        )
    )

    async with db.read() as read:
        counts = await read.rows("SELECT account_id, count(*) FROM contacts GROUP BY 1 ORDER BY 1")
    assert counts == [(northwind.id, 50), (contoso.id, 50)]


async def test_a_refused_change_does_not_disturb_its_neighbours(db, writer, northwind):
    bad = ContactChange(source=SOURCE, email="u1@x.example", fields={"birth_date": "soon"})

    outcomes = await asyncio.gather(
        writer.submit(northwind.id, change(1)),
        writer.submit(northwind.id, bad),
        writer.submit(northwind.id, change(2)),
    )

    assert [str(one.status) for one in outcomes] == ["created", "rejected", "created"]


async def test_a_batch_the_database_refuses_is_retried_change_by_change(
    db, writer, northwind, monkeypatch
):
    """A value that passes every check and that PostgreSQL refuses all the same."""
    real = actions.apply_checked

    async def poisoned(tx, account_id, changes, outcomes, besides) -> list[Outcome]:
        if any(one.email == "u13@x.example" for one in changes):
            await tx.execute("SELECT 1 / 0")
        return await real(tx, account_id, changes, outcomes, besides)

    monkeypatch.setattr(actions, "apply_checked", poisoned)
    results = await asyncio.gather(
        *(writer.submit(northwind.id, change(number)) for number in range(30)),
        return_exceptions=True,
    )

    failed = [number for number, one in enumerate(results) if isinstance(one, BaseException)]
    assert failed == [13]
    assert isinstance(results[13], ChangeFailed)
    assert isinstance(results[13].__cause__, psycopg.errors.DivisionByZero)
    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM contacts") == 29


async def test_a_full_queue_refuses_and_recovers(db, northwind):
    writer = Writer(db, max_waiting=10)
    waiting = [
        asyncio.create_task(writer.submit(northwind.id, change(number))) for number in range(10)
    ]
    await asyncio.sleep(0)

    with pytest.raises(QueueFull) as refusal:
        await writer.submit(northwind.id, change(11))

    assert refusal.value.retry_after_seconds == 1
    writer.start()
    await asyncio.gather(*waiting)
    assert (await writer.submit(northwind.id, change(11))).status is Status.CREATED
    await writer.stop()


async def test_the_queue_is_bounded_in_bytes_too(db, northwind):
    writer = Writer(db)
    first = asyncio.create_task(writer.submit(northwind.id, change(1), 40 * 1024 * 1024))
    await asyncio.sleep(0)

    with pytest.raises(QueueFull):
        await writer.submit(northwind.id, change(2), 40 * 1024 * 1024)

    writer.start()
    await first
    await writer.stop()


async def test_stopping_writes_what_waits_and_takes_no_more(db, northwind):
    writer = Writer(db)
    writer.start()
    waiting = [
        asyncio.create_task(writer.submit(northwind.id, change(number))) for number in range(50)
    ]
    await asyncio.sleep(0)

    await writer.stop()

    assert {task.result().status for task in waiting} == {Status.CREATED}
    with pytest.raises(Stopping):
        await writer.submit(northwind.id, change(51))


async def test_a_caller_who_leaves_does_not_stop_the_writer(db, writer, northwind):
    leaving = asyncio.create_task(writer.submit(northwind.id, change(1)))
    await asyncio.sleep(0)
    leaving.cancel()

    assert (await writer.submit(northwind.id, change(2))).status is Status.CREATED


async def test_the_changes_of_one_contact_keep_their_order_under_load(db, writer, northwind):
    """By whichever identifier they come, and though two batches are under way at once."""
    known = ContactChange(source=SOURCE, email="ada@x.example", mobile="+442071838750")
    await writer.submit(northwind.id, known)

    def step(number: int) -> ContactChange:
        name, value = ("email", "ada@x.example") if number % 2 else ("mobile", "+442071838750")
        by: dict[str, Any] = {name: value}
        return ContactChange(source=SOURCE, fields={"step": number}, **by)

    sent = [
        one
        for number in range(200)
        for one in (step(number), *map(change, range(number, number + 3)))
    ]
    await asyncio.gather(*(writer.submit(northwind.id, one) for one in sent))

    async with db.read() as read:
        told = await read.values(
            "SELECT (payload->'step'->>1)::int FROM events WHERE payload ? 'step' ORDER BY id"
        )
    assert told == sorted(told)
    assert told[-1] == 199


async def test_a_contact_locked_for_long_holds_up_nobody_else(db, writer, northwind):
    await writer.submit(northwind.id, change(1))
    async with db.tx() as tx:
        await tx.execute("SELECT 1 FROM contact_signals FOR UPDATE")

        results = await asyncio.gather(
            writer.submit(northwind.id, change(1, "Lyon")),
            writer.submit(northwind.id, change(2)),
            return_exceptions=True,
        )

    assert isinstance(results[0], DatabaseBusy)
    assert isinstance(results[1], Outcome)
    assert results[1].status is Status.CREATED
    assert (await writer.submit(northwind.id, change(1, "Lyon"))).status is Status.UPDATED
