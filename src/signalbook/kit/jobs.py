"""Work that must happen, as rows of the same database: Procrastinate's queue and a fenced worker.

`await later(tx, Message(…))` defers on the transaction's own connection: what was changed and the
job that follows exist together or not at all. Every worker process runs a `Worker`, which takes one
job at a time.

The library's schema and functions are used as they are, its worker is not: a job whose worker was
killed stays `doing` there for ever (its issues 740, 1408, 1518), and a worker that was only stopped
and wakes up can finish a job that has long been given to another. Here every worker beats its heart
and, at every beat, gives back the jobs of workers whose heart stopped; and whatever a job changes
is committed together with the proof that it still holds the job (`Lease.hold`). Time is the
database's, as the clocks of two machines may differ.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import msgspec
import psycopg
import structlog

from signalbook.kit.db import Again, Database, Jsonb, Row, Tx
from signalbook.kit.errors import AppError, Conflict, DatabaseDown, TooMany, Unavailable

BEAT_SECONDS: Final = 4.0
DEAD_SECONDS: Final = 15.0
POLL_SECONDS: Final = 1.0
MOST_ATTEMPTS: Final = 8

_log = structlog.stdlib.get_logger(__name__)


class Message(msgspec.Struct, frozen=True):
    """An order that a job carries; its class says which, its fields travel as JSON."""

    @classmethod
    def task(cls) -> str:
        """Name the order in the queue: `contacts.RunBulk`."""
        return f"{cls.__module__.split('.')[-2]}.{cls.__name__}"


class LeaseLost(Exception):  # an instruction to stop, not a failure
    """The job was given to another worker; nothing more may be changed in its name."""


class Interrupted(Exception):  # as above
    """The worker is stopping; the job goes on elsewhere from its last checkpoint."""


class TriedTooOften(Conflict):
    """This job was tried {attempts} times, and no worker lived to its end."""


class Lease:
    """The right to work on one job, good for as long as nobody gave the job to another."""

    def __init__(
        self,
        job_id: int,
        worker_id: int,
        attempts: int,
        stopping: asyncio.Event,
        dead_seconds: float = DEAD_SECONDS,
    ) -> None:
        """Hold a job that this worker has just taken."""
        self.job_id = job_id
        self.attempts = attempts
        self.worker_id = worker_id
        self._stopping = stopping
        self._dead_seconds = dead_seconds

    async def hold(self, tx: Tx) -> None:
        """Commit with the proof that the job is still ours; raises LeaseLost, Interrupted.

        A process that is stopped in the middle loses its connection with its lease, or its locks
        would keep the job from everybody else.
        """
        if self._stopping.is_set():
            raise Interrupted
        await _bound_silence(tx, self._dead_seconds)
        if not await _held(tx, self.job_id, self.worker_id, self.attempts):
            raise LeaseLost


M = TypeVar("M", bound=Message)
Run: TypeAlias = Callable[[Database, Lease, Any], Awaitable[None]]
GiveUp: TypeAlias = Callable[[Database, Any], Awaitable[None]]


class Handler(NamedTuple):
    """What is done with a message, and what when it cannot be done at all."""

    run: Run
    give_up: GiveUp


Handlers: TypeAlias = Mapping[type[Message], Handler]


async def later(tx: Tx, message: Message) -> None:
    """Do this after the transaction has committed, and only then.

    Each kind of message has a queue of its own, so that a worker takes none that it does not know,
    as while an upgrade replaces the workers one by one.
    """
    arguments = Jsonb(msgspec.to_builtins(message))
    await tx.value(
        """
        SELECT procrastinate_defer_jobs_v1(
               ARRAY[ROW(%(task)s, %(task)s, 0, NULL, NULL, %(arguments)s, NULL)
                     ::procrastinate_job_to_defer_v1])
        """,
        {"task": message.task(), "arguments": arguments},
    )


class Worker:
    """Takes jobs one after another, and gives back those that dead workers held."""

    def __init__(
        self,
        db: Database,
        handlers: Handlers,
        *,
        beat_seconds: float = BEAT_SECONDS,
        dead_seconds: float = DEAD_SECONDS,
    ) -> None:
        """Prepare; `running` works."""
        self._db = db
        self._handlers = {kind.task(): (kind, handler) for kind, handler in handlers.items()}
        self._beat_seconds = beat_seconds
        self._dead_seconds = dead_seconds
        self._stopping = asyncio.Event()
        self._nudged = asyncio.Event()
        self._id = 0

    def nudge(self) -> None:
        """Look for jobs now, and not only at the next second."""
        self._nudged.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Worker"]:
        """Work for the length of the block; at its end a job stops at its next checkpoint."""
        tasks = [
            asyncio.create_task(self._work(), name="jobs"),
            asyncio.create_task(self._beat(), name="jobs-heart"),
        ]
        try:
            yield self
        finally:
            self._stopping.set()
            self._nudged.set()
            await asyncio.wait(tasks[:1], timeout=10)
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            if self._id:
                with suppress(DatabaseDown, psycopg.Error):
                    async with self._tx() as tx:
                        await _unregister(tx, self._id)

    @asynccontextmanager
    async def _tx(self) -> AsyncGenerator[Tx]:
        """Open a transaction whose locks do not outlive this worker's own silence.

        A worker that was stopped in the middle of its heartbeat kept its row, and with it every
        other worker from finding out that it was dead.
        """
        async with self._db.tx() as tx:
            await _bound_silence(tx, self._dead_seconds)
            yield tx

    async def _beat(self) -> None:
        while True:
            with suppress(DatabaseDown, psycopg.Error):
                if self._id:
                    async with self._tx() as tx:
                        if not await _touch(tx, self._id):
                            self._id = 0  # as in `_take`
                async with self._tx() as tx:
                    rescued = await _rescue(tx, self._dead_seconds)
                for job, task in rescued:
                    _log.warning("job_rescued", job=job, task=task)
                    self._nudged.set()
            await asyncio.sleep(self._beat_seconds)

    async def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                found = await self._take()
                if found is not None:
                    await self._do(found)
                    continue
            except Exception as error:  # noqa: BLE001  # as in `_do`; what it held is reclaimed
                _log.warning("jobs_pause", reason=type(error).__name__)
            self._nudged.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudged.wait(), POLL_SECONDS)

    async def _take(self) -> Row | None:
        async with self._tx() as tx:
            if not self._id:
                self._id = await _register(tx)
            try:
                await _reclaim(tx, self._id)
                return await _fetch(tx, self._id, list(self._handlers))
            except psycopg.errors.ForeignKeyViolation:
                self._id = 0  # others held us for dead; begin as somebody new
                raise

    async def _do(self, found: Row) -> None:
        job_id, task, arguments, attempts = found
        lease = Lease(job_id, self._id, attempts, self._stopping, self._dead_seconds)
        kind, handler = self._handlers[task]
        message: Message | None = None
        try:
            message = msgspec.convert(arguments, kind)
            if attempts >= MOST_ATTEMPTS:
                raise TriedTooOften(attempts=attempts)  # noqa: TRY301  # the answer is below
            await handler.run(self._db, lease, message)
        except LeaseLost:
            _log.warning("job_lost", job=job_id, task=task)
        except Interrupted:
            await self._give_back(lease, 0, counted=False)
        except (Again, DatabaseDown, psycopg.Error, TooMany, Unavailable) as error:
            _log.warning("job_tried_again", job=job_id, task=task, reason=type(error).__name__)
            await self._give_back(lease, 2.0**attempts, counted=True)
        except Exception as bug:  # noqa: BLE001  # the worker outlives whatever a job does
            told = bug if not isinstance(bug, AppError) else None
            _log.error("job_failed", job=job_id, task=task, exc_info=told)
            if message is not None:
                await handler.give_up(self._db, message)
            await self._end(lease, "failed")
        else:
            await self._end(lease, "succeeded")

    async def _end(self, lease: Lease, status: str) -> None:
        """Finish a job that is still ours; what succeeded needs no row any more."""
        async with self._tx() as tx:
            if await _held(tx, lease.job_id, lease.worker_id, lease.attempts):
                await _finish(tx, lease.job_id, status)

    async def _give_back(self, lease: Lease, seconds: float, *, counted: bool) -> None:
        async with self._tx() as tx:
            await _return(tx, lease, seconds, counted=counted)


async def _register(tx: Tx) -> int:
    return int(await tx.value("SELECT procrastinate_register_worker_v1()"))


async def _unregister(tx: Tx, worker_id: int) -> None:
    await tx.execute("SELECT procrastinate_unregister_worker_v1(%(id)s)", {"id": worker_id})


async def _touch(tx: Tx, worker_id: int) -> int:
    return await tx.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp() WHERE id = %(id)s",
        {"id": worker_id},
    )


async def _reclaim(tx: Tx, worker_id: int) -> int:
    """Give back what this very worker could not finish, as when the database was away.

    It takes one job at a time, so whatever it still holds when it looks for the next was left.
    """
    return await tx.execute(
        """
        UPDATE procrastinate_jobs
           SET status = 'todo', attempts = attempts + 1, worker_id = NULL
         WHERE worker_id = %(worker_id)s AND status = 'doing'
        """,
        {"worker_id": worker_id},
    )


async def _fetch(tx: Tx, worker_id: int, tasks: list[str]) -> Row | None:
    rows = await tx.rows(
        """
        SELECT id, task_name, args, attempts
          FROM procrastinate_fetch_job_v2(%(tasks)s::varchar[], %(worker_id)s)
         WHERE id IS NOT NULL
        """,
        {"tasks": tasks, "worker_id": worker_id},
    )
    return rows[0] if rows else None


async def _bound_silence(tx: Tx, seconds: float) -> None:
    """Let the server end this transaction when its client falls silent.

    Between two statements that is the idle time. In the middle of one that was half sent no idle
    time counts, and only PostgreSQL 17 and newer can bound the transaction itself.
    """
    await tx.execute(
        """
        SELECT set_config('idle_in_transaction_session_timeout', %(short)s, true),
               CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL
                    THEN set_config('transaction_timeout', %(long)s, true)
               END
        """,
        {"short": f"{round(seconds * 1000)}ms", "long": f"{round(seconds * 8000)}ms"},
    )


async def _held(tx: Tx, job_id: int, worker_id: int, attempts: int) -> bool:
    """Tell whether a job is still held, and keep it so until the transaction ends."""
    rows = await tx.rows(
        """
        SELECT id
          FROM procrastinate_jobs
         WHERE id = %(job_id)s AND worker_id = %(worker_id)s AND attempts = %(attempts)s
           AND status = 'doing'
           FOR NO KEY UPDATE
        """,
        {"job_id": job_id, "worker_id": worker_id, "attempts": attempts},
    )
    return bool(rows)


async def _finish(tx: Tx, job_id: int, status: str) -> None:
    await tx.execute(
        """
        SELECT procrastinate_finish_job_v1(
               %(job_id)s, %(status)s::procrastinate_job_status, %(status)s = 'succeeded')
        """,
        {"job_id": job_id, "status": status},
    )


async def _return(tx: Tx, lease: Lease, seconds: float, *, counted: bool) -> None:
    await tx.execute(
        """
        UPDATE procrastinate_jobs
           SET status = 'todo',
               worker_id = NULL,
               attempts = attempts + %(counted)s,
               scheduled_at = clock_timestamp() + make_interval(secs => %(seconds)s)
         WHERE id = %(job_id)s AND worker_id = %(worker_id)s AND attempts = %(attempts)s
           AND status = 'doing'
        """,
        {
            "job_id": lease.job_id,
            "worker_id": lease.worker_id,
            "attempts": lease.attempts,
            "counted": int(counted),
            "seconds": seconds,
        },
    )


async def _rescue(tx: Tx, dead_seconds: float) -> list[Row]:
    """Give back the jobs of workers that are dead or gone; a job being committed is left alone."""
    rescued = await tx.rows(
        """
          WITH orphaned AS (
               SELECT j.id
                 FROM procrastinate_jobs AS j
            LEFT JOIN procrastinate_workers AS w
                   ON w.id = j.worker_id
                WHERE j.status = 'doing'
                  AND (w.id IS NULL
                       OR w.last_heartbeat
                          < clock_timestamp() - make_interval(secs => %(seconds)s))
                  FOR NO KEY UPDATE OF j SKIP LOCKED)
        UPDATE procrastinate_jobs AS j
           SET status = 'todo', attempts = j.attempts + 1, worker_id = NULL
          FROM orphaned
         WHERE j.id = orphaned.id
     RETURNING j.id, j.task_name
        """,
        {"seconds": dead_seconds},
    )
    await tx.execute(
        """
        DELETE FROM procrastinate_workers
         WHERE last_heartbeat < clock_timestamp() - make_interval(secs => %(seconds)s)
        """,
        {"seconds": dead_seconds},
    )
    return rescued
