"""Several statements in one round trip, for the batch verb.

psycopg's own pipeline sends and polls statement by statement, which costs the event loop 40 µs
each; here the whole group is sent at once, as prepared statements, and waited for once. Parameters
travel as text: a batch's columns already are (`kit/columns.py`).
"""

import re
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final, LiteralString, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, errors
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

Row = tuple[Any, ...]

_NAMED: Final = re.compile(r"%\((\w+)\)([sa])")
_FAILED: Final = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED})

_FIRST_LIFE: Final = 8
_LONGEST_LIFE: Final = 256

_numbers = count()
_prepared: WeakKeyDictionary[AsyncConnection[Any], dict[bytes, "_Plan"]] = WeakKeyDictionary()


class _Plan:
    """A prepared statement of one connection, and how often it may still be used.

    PostgreSQL keeps a generic plan while the table below it grows from nothing to a million rows.
    So it is made anew after 8 uses, then after 16, and in the end after every 256: 5 ms in three
    seconds of full load, against batches of 100 ms on a plan from the table's first minute.
    """

    __slots__ = ("life", "name", "uses")

    def __init__(self, life: int) -> None:
        self.name = b"sb%d" % next(_numbers)
        self.life = life
        self.uses = 0


class Statement:
    """A statement with its named parameters, turned once into the form PostgreSQL prepares.

    `%(name)s` is one value and `%(name)a` a column of them, an array of text for PostgreSQL.
    """

    __slots__ = ("names", "text")

    def __init__(self, text: LiteralString) -> None:
        """Number the parameters in the order of their first use."""
        names: dict[str, int] = {}

        def numbered(found: re.Match[str]) -> str:
            number = f"${names.setdefault(found[1], len(names) + 1)}"
            if found[2] == "a":
                return rf"string_to_array({number}, E'\x1f', E'\x1e')"
            return number

        self.text = _NAMED.sub(numbered, text).encode()
        self.names = tuple(names)


class Bound(NamedTuple):
    """A statement with the values of its parameters: text, numbers, times, ids or None."""

    statement: Statement
    values: Mapping[str, Any]


BEGIN: Final = Bound(Statement("BEGIN"), {})
COMMIT: Final = Bound(Statement("COMMIT"), {})


async def together(conn: AsyncConnection[Any], group: Sequence[Bound]) -> list[list[Row]]:
    """Run the statements in order, in the open transaction or a new one; return each one's rows.

    Raises the error of the first statement that failed; those after it did not run.
    """
    if conn.pgconn.transaction_status == TransactionStatus.IDLE:
        return (await together_in(conn, [BEGIN, *group]))[1:]
    return await together_in(conn, group)


async def together_in(conn: AsyncConnection[Any], group: Sequence[Bound]) -> list[list[Row]]:
    """Run the statements as they are."""
    known = _prepared.get(conn)
    if known is None:
        known = _prepared[conn] = {}
    results = await conn.wait(_exchange(conn.pgconn, group, known))
    rows: list[list[Row]] = []
    transformer = Transformer(conn)
    for result in results:
        if result.status in _FAILED:
            error = errors.error_from_result(result)
            if isinstance(error, errors.InvalidSqlStatementName):
                known.clear()  # somebody between us and the server has forgotten our plans
            raise error
        if result.status == ExecStatus.TUPLES_OK:
            if result.ntuples:
                transformer.set_pgresult(result)
                rows.append(transformer.load_rows(0, result.ntuples, tuple))
            else:
                rows.append([])
        else:
            rows.append([(result.command_tuples,)])
    return rows


def _exchange(
    pgconn: PGconn, group: Sequence[Bound], known: dict[bytes, _Plan]
) -> Generator[Wait, Ready | int, list[PGresult]]:
    """Send all, then read all; one result for each statement, in order."""
    pgconn.enter_pipeline_mode()
    wanted: list[bool] = []
    fresh: list[bytes] = []
    for statement, values in group:
        plan = known.get(statement.text)
        if plan is None or plan.uses >= plan.life:
            life = _FIRST_LIFE
            if plan is not None:
                life = min(2 * plan.life, _LONGEST_LIFE)
                pgconn.send_query_params(b"DEALLOCATE " + plan.name, None)
                wanted.append(False)
            plan = known[statement.text] = _Plan(life)
            fresh.append(statement.text)
            pgconn.send_prepare(plan.name, statement.text)
            wanted.append(False)
        plan.uses += 1
        pgconn.send_query_prepared(plan.name, [_written(values[key]) for key in statement.names])
        wanted.append(True)
    pgconn.pipeline_sync()
    try:
        results = yield from _results(pgconn)
    finally:
        if pgconn.status == 0 and pgconn.pipeline_status:
            pgconn.exit_pipeline_mode()
    failed = next((one for one in results if one.status in _FAILED), None)
    if failed is not None:
        for text in fresh:
            del known[text]
        return [failed]
    return [one for one, is_wanted in zip(results, wanted, strict=True) if is_wanted]


def _results(pgconn: PGconn) -> Generator[Wait, Ready | int, list[PGresult]]:
    results: list[PGresult] = []
    flushed = pgconn.flush() == 0
    while True:
        ready = yield Wait.R if flushed else Wait.RW
        if ready & Ready.W:
            flushed = pgconn.flush() == 0
        if ready & Ready.R:
            pgconn.consume_input()
            while pgconn.notifies() is not None:
                pass
            while not pgconn.is_busy():
                result = pgconn.get_result()
                if result is None:
                    continue
                if result.status == ExecStatus.PIPELINE_SYNC:
                    return results
                results.append(result)


def _written(value: object) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, datetime):
        return value.isoformat().encode()
    if isinstance(value, int | UUID):
        return str(value).encode()
    raise TypeError(type(value).__name__)
