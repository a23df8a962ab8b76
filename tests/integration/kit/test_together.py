"""Statements in one round trip: in order, in one transaction, with plans that are renewed."""

import asyncio

import pytest
from psycopg import errors

from signalbook.kit.columns import column
from signalbook.kit.db import Database, Tx
from signalbook.kit.together import Bound, Statement

ADD = Statement("INSERT INTO jotted (word) SELECT unnest(%(words)a) RETURNING word")
COUNT = Statement("SELECT count(*), %(note)s::text FROM jotted")
FAIL = Statement("SELECT 1 / %(by)s::integer")


@pytest.fixture
async def jotted(db: Database):
    async with db.tx() as tx:
        await tx.execute("CREATE TABLE jotted (word text)")
    yield
    async with db.tx() as tx:
        await tx.execute("DROP TABLE jotted")


def words(*listed: str | None) -> Bound:
    return Bound(ADD, {"words": column(listed)})


async def test_each_statement_returns_its_rows_in_order(db, jotted):
    async with db.tx() as tx:
        first, counted = await tx.together(words("a", None, "b"), Bound(COUNT, {"note": "x"}))

    assert first == [("a",), (None,), ("b",)]
    assert counted == [(3, "x")]


async def test_a_failure_takes_back_the_whole_transaction_and_the_next_one_works(db, jotted):
    async def failing(tx: Tx) -> None:
        await tx.together(words("a"))
        await tx.together(words("b"), Bound(FAIL, {"by": 0}), words("c"))

    with pytest.raises(errors.DivisionByZero):
        await db.transact(failing)

    async with db.tx() as tx:
        await tx.together(words("d"))
    async with db.read() as read:
        assert await read.values("SELECT word FROM jotted") == ["d"]


async def test_plans_are_renewed_without_losing_a_statement(db, jotted):
    async with db.tx() as tx:
        for number in range(600):
            (rows,) = await tx.together(words(str(number)))
            assert rows == [(str(number),)]


async def test_failures_between_successes_never_lose_a_prepared_statement(db, jotted):
    async def one(number: int) -> None:
        try:
            async with db.tx() as tx:
                await tx.execute("SELECT %s::integer", [number])
                await tx.together(words(str(number)), Bound(FAIL, {"by": number % 3}))
        except errors.DivisionByZero:
            pass

    await asyncio.gather(*(one(number) for number in range(90)))

    async with db.read() as read:
        assert await read.value("SELECT count(*) FROM jotted") == 60


async def test_a_large_group_does_not_block(db, jotted):
    big = "x" * 2_000_000

    async with db.tx() as tx:
        results = await tx.together(*(words(big, big) for _ in range(6)))

    assert all(rows == [(big,), (big,)] for rows in results)


def test_a_lone_empty_text_cannot_be_a_column():
    with pytest.raises(ValueError, match=r"^$"):
        column([""])
