"""The database: reads that cannot write, transactions that are visible, hand-written SQL.

`async with db.read() as read:` borrows a connection on which PostgreSQL itself refuses writes;
`async with db.tx() as tx:` opens one transaction that commits when the block ends. `Read` and `Tx`
are different types, so a query that takes a `Read` cannot write: a type error first, a PostgreSQL
error (25006) second. Nobody else commits.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, LiteralString, NamedTuple, TypeAlias, TypeVar

import msgspec
import psycopg
from psycopg import AsyncConnection, AsyncCopy, AsyncCursor, sql
from psycopg.abc import Buffer
from psycopg.errors import (
    DeadlockDetected,
    IdleInTransactionSessionTimeout,
    InvalidSqlStatementName,
    LockNotAvailable,
    QueryCanceled,
    SerializationFailure,
    TransactionTimeout,
)
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Json, Jsonb, set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from psycopg_pool.base import AttemptWithBackoff

from signalbook.kit.errors import DatabaseBusy, DatabaseDown
from signalbook.kit.together import Bound, Row, together

__all__ = [
    "Again",
    "Database",
    "Json",
    "Jsonb",
    "PoolSizes",
    "Query",
    "Read",
    "Row",
    "Touched",
    "Tx",
]

Query: TypeAlias = LiteralString | sql.SQL | sql.Composed
Params: TypeAlias = Mapping[str, Any] | Sequence[Any] | None
Touched: TypeAlias = dict[int, set[str]]
"""What a transaction changed that somebody outside has to hear of: addresses, by account."""

M = TypeVar("M")
R = TypeVar("R")

set_json_dumps(msgspec.json.encode)
set_json_loads(msgspec.json.decode)

_BLOCK_BYTES = 64 * 1024
_ATTEMPTS = 8
_PAUSE_SECONDS = 0.005

# A database that was killed is back within a second. The pool would look for it after 1, 3 and 7
# seconds, and writes waited as long (200 kills, 2026-11); so it looks five times a second.
AttemptWithBackoff.INITIAL_DELAY = 0.2
AttemptWithBackoff.DELAY_BACKOFF = 1.0


class Again(Exception):  # it is an instruction to the caller, not a failure
    """Another transaction got there first: roll back and run this one again."""


class PoolSizes(NamedTuple):
    """How many connections a process may hold for reads and for transactions."""

    read: int = 8
    write: int = 6


FOR_JOBS = PoolSizes(read=4, write=10)
"""Four jobs at once, each with two transactions at most, and the worker's own: none of them ever
waits for another's connection, nor a request for a job's."""


class Read:
    """Statements that only read; several in a row may each see newer data."""

    def __init__(self, conn: AsyncConnection[Row]) -> None:
        """Wrap a connection that the caller has borrowed."""
        self.conn = conn

    async def one_or_none(self, model: type[M], query: Query, params: Params = None) -> M | None:
        """Return the single row as `model`, made by column names, or None."""
        async with self.conn.cursor(row_factory=class_row(model)) as cursor:
            await cursor.execute(query, params)
            return await cursor.fetchone()

    async def one(self, model: type[M], query: Query, params: Params = None) -> M:
        """Return the row that must be there; its absence is a bug and raises LookupError."""
        found = await self.one_or_none(model, query, params)
        if found is None:
            raise LookupError(model.__name__)
        return found

    async def many(
        self, model: type[M], query: Query, params: Params = None, *, prepare: bool | None = None
    ) -> list[M]:
        """Return all rows as `model`; `prepare=False` plans anew with these very parameters."""
        async with self.conn.cursor(row_factory=class_row(model)) as cursor:
            await cursor.execute(query, params, prepare=prepare)
            return await cursor.fetchall()

    async def value(self, query: Query, params: Params = None) -> Any:  # noqa: ANN401  # a column is what it is
        """Return the first column of the first row, or None where there is no row."""
        async with self.conn.cursor(row_factory=scalar_row) as cursor:
            await cursor.execute(query, params)
            return await cursor.fetchone()

    async def values(self, query: Query, params: Params = None) -> list[Any]:
        """Return the first column of every row."""
        async with self.conn.cursor(row_factory=scalar_row) as cursor:
            await cursor.execute(query, params)
            return await cursor.fetchall()

    async def rows(
        self, query: Query, params: Params = None, *, prepare: bool | None = None
    ) -> list[Row]:
        """Return all rows as tuples."""
        async with self.conn.cursor() as cursor:
            await cursor.execute(query, params, prepare=prepare)
            return await cursor.fetchall()

    async def send(self, query: Query, params: Params = None) -> AsyncCursor[Row]:
        """Send a statement; inside `pipeline()` this does not wait, `fetchall` on it does."""
        return await self.conn.execute(query, params)

    async def copy_out(
        self, query: Query, params: Params = None, *, counted: Callable[[int], None] | None = None
    ) -> AsyncGenerator[bytes]:
        """Stream what `COPY … TO STDOUT` gives, in blocks of whole rows of 64 KB or somewhat more.

        `counted` is told at the end how many rows those were.

        It is one statement, and on a connection of `read()` a statement ends after 15 seconds, the
        time its reader takes between two blocks included: DatabaseBusy. So copy a long table in
        stretches. Leave it early through `contextlib.aclosing`, which cancels the rest.
        """
        block: list[Buffer] = []
        size = 0
        async with self.conn.cursor() as cursor, cursor.copy(query, params) as copy:
            while row := await copy.read():
                block.append(row)
                size += len(row)
                if size >= _BLOCK_BYTES:
                    yield b"".join(block)
                    block, size = [], 0
            rows = cursor.rowcount
        if block:
            yield b"".join(block)
        if counted is not None:
            counted(rows)

    def block(self) -> AbstractAsyncContextManager[object]:
        """Let settings that are made for a transaction hold for the statements of this block."""
        return self.conn.transaction()

    def pipeline(self) -> AbstractAsyncContextManager[object]:
        """Send the statements of this block without waiting for each other's results."""
        return self.conn.pipeline()


class Tx(Read):
    """One open transaction."""

    def __init__(self, conn: AsyncConnection[Row]) -> None:
        """Wrap a connection; nothing was changed yet."""
        super().__init__(conn)
        self.touched: Touched = {}

    async def together(self, *group: Bound) -> list[list[Row]]:
        """Run statements in one round trip; each one's rows, or its count of rows changed."""
        return await together(self.conn, group)

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """Take back what is done in this block, and nothing else, when it raises."""
        return self.conn.transaction()

    async def execute(self, query: Query, params: Params = None) -> int:
        """Run a statement and return how many rows it changed."""
        return (await self.conn.execute(query, params)).rowcount

    @asynccontextmanager
    async def copy_in(self, query: Query, params: Params = None) -> AsyncGenerator[AsyncCopy]:
        """Fill a table with `COPY … FROM STDIN`: what `.write(bytes)` is given within the block.

        The rows need not end where a write ends. Nothing of them is there when the block raises.
        A row that does not fit is psycopg's DataError or IntegrityError at a later write or at the
        end of the block. The statement, waiting for writes included, may take 120 seconds.
        """
        async with self.conn.cursor() as cursor, cursor.copy(query, params) as copy:
            yield copy


class Database:
    """The pools of one process: `reads` whose sessions are read-only, `writes` for transactions."""

    def __init__(self, dsn: str, sizes: PoolSizes = PoolSizes()) -> None:  # noqa: B008  # immutable
        """Prepare the pools; `open` connects them."""
        self.dsn = dsn
        self.after_commit: Callable[[Touched], Awaitable[None]] | None = None
        """Called with what a transaction touched, after its commit and without its connection;
        what it raises, the transaction's block raises. So a write is acknowledged only after it."""
        self._reads = _pool(dsn, sizes.read, autocommit=True, read_only=True)
        self._writes = _pool(dsn, sizes.write, autocommit=False, read_only=False)

    async def open(self) -> None:
        """Connect; raises DatabaseDown when the server does not answer within 10 seconds."""
        try:
            await self._reads.open(wait=True, timeout=10)
            await self._writes.open(wait=True, timeout=10)
        except PoolTimeout as timeout:
            await self.close()
            raise DatabaseDown from timeout

    async def close(self) -> None:
        """Give every connection back to the server."""
        await self._reads.close()
        await self._writes.close()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Read]:
        """Borrow a connection that refuses writes."""
        with _told_as_down():
            async with self._reads.connection() as conn:
                yield Read(conn)

    @asynccontextmanager
    async def tx(self) -> AsyncGenerator[Tx]:
        """Open a transaction; it commits when the block ends and rolls back when it raises."""
        async with self._committed() as tx:
            yield tx
        await self.settle(tx.touched)

    async def settle(self, touched: Touched) -> None:
        """Wait until those outside have heard of what was touched, where somebody sees to that."""
        if touched and self.after_commit is not None:
            await self.after_commit(touched)

    @asynccontextmanager
    async def _committed(self) -> AsyncGenerator[Tx]:
        with _told_as_down():
            async with self._writes.connection() as conn:
                yield Tx(conn)

    async def transact(
        self, work: Callable[[Tx], Awaitable[R]], touched: Touched | None = None
    ) -> R:
        """Run `work` in a transaction, anew when a race or a deadlock asks for it.

        With `touched` nothing is waited for after the commit: what the transaction touched is
        added there, and the caller says `settle` when it will.

        A lost connection is never retried here: whether the commit happened is then unknown, and
        only the caller's own id can make a second try harmless. It raises DatabaseDown; and
        DatabaseBusy when it lost eight races, or waited too long for a lock.
        """
        for attempt in range(_ATTEMPTS):
            try:
                async with self._committed() as tx:
                    done = await work(tx)
            except (Again, DeadlockDetected, SerializationFailure, InvalidSqlStatementName) as race:
                if attempt == _ATTEMPTS - 1:
                    raise DatabaseBusy from race
                await asyncio.sleep(random.random() * _PAUSE_SECONDS * 2**attempt)  # noqa: S311  # no secret
            else:
                if touched is None:
                    await self.settle(tx.touched)
                else:
                    _add(touched, tx.touched)
                return done
        raise AssertionError  # the loop returns or raises


def _add(touched: Touched, more: Touched) -> None:
    for account_id, addresses in more.items():
        touched.setdefault(account_id, set()).update(addresses)


class _told_as_down:  # noqa: N801  # a context manager that reads as a phrase
    """Turn a lost or missing connection into DatabaseDown, and a wait in vain into DatabaseBusy."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Translate what means 'the server is not there', or 'not now', and nothing else."""
        if isinstance(error, PoolTimeout) or (
            isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
            and (
                error.sqlstate is None or error.sqlstate[:3] in {"57P", "080", "530", "531", "533"}
            )
        ):
            raise DatabaseDown from error
        if isinstance(error, IdleInTransactionSessionTimeout | TransactionTimeout):
            raise DatabaseDown from error  # the server has hung up on us
        if isinstance(error, LockNotAvailable | QueryCanceled):
            raise DatabaseBusy from error


def _pool(
    dsn: str, size: int, *, autocommit: bool, read_only: bool
) -> AsyncConnectionPool[AsyncConnection[Row]]:
    settings = "-c statement_timeout=15s" if read_only else "-c statement_timeout=120s"
    if read_only:
        settings += " -c default_transaction_read_only=on"
    return AsyncConnectionPool(
        dsn,
        min_size=min(2, size),
        max_size=size,
        open=False,
        timeout=5,
        max_idle=300,
        reconnect_timeout=3600,
        kwargs={
            "autocommit": autocommit,
            # psycopg answers a rollback with DEALLOCATE ALL where it has prepared anything, and
            # that would take the statements of `together` with it.
            "prepare_threshold": 5 if read_only else None,
            "application_name": "signalbook",
            "options": settings,
        },
    )
