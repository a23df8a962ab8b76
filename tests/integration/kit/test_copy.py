"""Rows stream in and out of a table by COPY."""

import asyncio
from contextlib import aclosing, suppress

import psycopg
import pytest

from signalbook.kit.errors import DatabaseBusy, DatabaseDown
from tests import cluster

ROWS = b"".join(b"%d\tname \\\\ %d\n" % (number, number) for number in range(20_000))


@pytest.fixture
async def pairs(db):
    async with db.tx() as tx:
        await tx.execute("CREATE TABLE pairs (number int PRIMARY KEY, name text)")
    yield db
    async with db.tx() as tx:
        await tx.execute("DROP TABLE pairs")


async def count(db):
    async with db.read() as read:
        return await read.value("SELECT count(*) FROM pairs")


async def copied(db, *pieces):
    async with db.tx() as tx, tx.copy_in("COPY pairs (number, name) FROM STDIN") as copy:
        for piece in pieces:
            await copy.write(piece)


async def test_what_goes_in_comes_out_whatever_the_pieces(pairs):
    await copied(pairs, ROWS[:7], ROWS[7:100_001], ROWS[100_001:])

    counts = []
    async with pairs.read() as read:
        blocks = [
            block
            async for block in read.copy_out(
                "COPY (SELECT number, name FROM pairs WHERE number >= %(first)s ORDER BY 1)"
                " TO STDOUT",
                {"first": 0},
                counted=counts.append,
            )
        ]

    assert b"".join(blocks) == ROWS
    assert counts == [20_000]
    assert all(block.endswith(b"\n") for block in blocks)
    assert 1 < len(blocks) <= len(ROWS) // (64 * 1024) + 1


async def test_nothing_is_there_when_the_block_raises(pairs):
    with suppress(ZeroDivisionError):
        async with pairs.tx() as tx, tx.copy_in("COPY pairs FROM STDIN") as copy:
            await copy.write(ROWS)
            raise ZeroDivisionError

    assert await count(pairs) == 0


async def test_a_row_that_does_not_fit_is_an_error_of_its_own(pairs):
    with pytest.raises(psycopg.DataError):
        await copied(pairs, b"seven\tAda\n")
    with pytest.raises(psycopg.errors.UniqueViolation):
        await copied(pairs, b"7\tAda\n7\tBob\n")

    assert await count(pairs) == 0


async def test_a_reader_who_leaves_early_leaves_the_connection_in_order(pairs):
    await copied(pairs, ROWS)

    async with pairs.read() as read:
        async with aclosing(read.copy_out("COPY pairs TO STDOUT")) as blocks:
            async for _ in blocks:
                break
        assert await read.value("SELECT count(*) FROM pairs") == 20_000


async def test_a_slow_statement_and_a_lost_server_are_told_as_elsewhere(pairs, dsn):
    with pytest.raises(DatabaseBusy):
        await too_slow(dsn)
    with pytest.raises(DatabaseDown):
        await cut_off(pairs)


async def too_slow(dsn):
    async with cluster.opened(dsn) as impatient, impatient.read() as read:
        await read.send("SET statement_timeout = '50ms'")
        async for _ in read.copy_out("COPY (SELECT pg_sleep(1)) TO STDOUT"):
            pass


async def cut_off(pairs):
    async with pairs.tx() as tx, tx.copy_in("COPY pairs FROM STDIN") as copy:
        async with pairs.tx() as other:
            await other.execute("SELECT pg_terminate_backend(%s)", [tx.conn.info.backend_pid])
        await asyncio.sleep(0.1)
        await copy.write(ROWS)


async def test_a_read_cannot_copy_in(pairs):
    async with pairs.read() as read:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            async for _ in read.copy_out("COPY (DELETE FROM pairs RETURNING number) TO STDOUT"):
                pass
