"""Work that must happen, as rows of the same database: Procrastinate's queue and a fenced worker.

`await later(tx, Message(…))` defers on the transaction's own connection: what was changed and the
job that follows exist together or not at all. Every worker process runs a `Worker`, which works on
several jobs at once, each in a lane of its own.

The library's schema and functions are used as they are, its worker is not: a job whose worker was
killed stays `doing` there for ever (its issues 740, 1408, 1518), and a worker that was only stopped
and wakes up can finish a job that has long been given to another. Here every worker beats its heart
and, at every beat, gives back the jobs of workers whose heart stopped; and whatever a job changes
is committed together with the proof that it still holds the job (`Lease.hold`).
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias, TypeVar, cast

import msgspec
import psycopg
import structlog

from signalbook.kit import job_queries as queries
from signalbook.kit.db import Again, Database, Jsonb, Tx
from signalbook.kit.errors import AppError, Conflict, DatabaseDown, TooMany, Unavailable
from signalbook.kit.job_queries import Taken

LANES: Final = 4
BEAT_SECONDS: Final = 4.0
DEAD_SECONDS: Final = 15.0
POLL_SECONDS: Final = 1.0
STOP_SECONDS: Final = 10.0
MOST_ATTEMPTS: Final = 8

_PASSING: Final = (Again, DatabaseDown, psycopg.Error, TooMany, Unavailable)
_log = structlog.stdlib.get_logger(__name__)


class Message(msgspec.Struct, frozen=True):
    """An order that a job carries; its class says which, its fields travel as JSON."""

    is_long: ClassVar[bool] = False
    """It may take minutes. A worker keeps one of its lanes free of such orders, so that the short
    ones of other accounts do not wait for all the long ones to end."""

    @classmethod
    def task(cls) -> str:
        """Name the order in the queue: `contacts.RunBulk`."""
        return f"{cls.__module__.split('.')[-2]}.{cls.__name__}"

    def lock(self) -> str | None:
        """Name what it must not run beside: orders of one name are done one after another.

        They are done in the order given, and one that waits to be tried again holds up those after
        it. None is beside everything.
        """
        return None


class LeaseLost(Exception):  # an instruction to stop, not a failure
    """The job was given to another worker; nothing more may be changed in its name."""


class Interrupted(Exception):  # as above
    """The worker is stopping; the job goes on elsewhere from its last checkpoint."""


class TriedTooOften(Conflict):
    """This job was tried {attempts} times, and no worker got on with it."""


class Lease:
    """The right to work on one job, good for as long as nobody gave the job to another."""

    def __init__(
        self, job: Taken, stopping: asyncio.Event, dead_seconds: float = DEAD_SECONDS
    ) -> None:
        """Hold a job that this worker has just taken."""
        self.job_id = job.id
        self.attempts = job.attempts
        self.worker_id = job.worker_id
        self._progress = job.progress
        self._stopping = stopping
        self._dead_seconds = dead_seconds

    @property
    def tries(self) -> int:
        """How often the job was begun before, and did not get on."""
        return self.attempts - self._progress

    async def hold(self, tx: Tx) -> None:
        """Commit with the proof that the job is still ours; raises LeaseLost, Interrupted.

        Say it first in the transaction. Several transactions of one job may hold it at the same
        time; nobody can give the job away until all of them have ended. A process that is stopped
        in the middle loses its connection with its lease, or its locks would keep the job from
        everybody else.
        """
        await self._prove(tx, queries.share)

    async def advance(self, tx: Tx) -> None:
        """Do as `hold`, and note with this transaction that the job gets on.

        A job that is begun eight times without getting on is given up, since it may be what brings
        its workers down; one that does a part of its work each time is not. So say it where a part
        is done that will not be done again, and `hold` where the work is only begun. The first to
        say it after the job was begun anew keeps other holders waiting until it has committed.
        """
        if self.tries:
            self._progress = self.attempts  # only one of several at a time shall write it
            await self._prove(tx, queries.advance)
        else:
            await self._prove(tx, queries.share)

    async def _prove(self, tx: Tx, held: "_Held") -> None:
        if self._stopping.is_set():
            raise Interrupted
        await queries.bound_silence(tx, self._dead_seconds)
        progress = await held(tx, self.job_id, self.worker_id, self.attempts)
        if progress is None:
            raise LeaseLost
        self._progress = progress  # less than we thought where who noted it was rolled back


_Held: TypeAlias = Callable[[Tx, int, int, int], Awaitable[int | None]]
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
    await queries.defer(tx, message.task(), message.lock(), arguments)


async def forget_former_workers(db: Database) -> None:
    """Let the jobs of all workers there were be taken at once, and not after their death is sure.

    Only for a database whose workers can all be known to be dead.
    """
    async with db.tx() as tx:
        await queries.silence(tx)
        await queries.rescue(tx, DEAD_SECONDS)
        await queries.bury(tx, DEAD_SECONDS)


class _Lane(NamedTuple):
    task: asyncio.Task[None]
    kind: type[Message]


class Worker:
    """Works on several jobs at once, and gives back those that dead workers held."""

    def __init__(
        self,
        db: Database,
        handlers: Handlers,
        *,
        lanes: int = LANES,
        beat_seconds: float = BEAT_SECONDS,
        dead_seconds: float = DEAD_SECONDS,
    ) -> None:
        """Prepare; `running` works."""
        self._db = db
        self._handlers = {kind.task(): (kind, handler) for kind, handler in handlers.items()}
        self._most = lanes
        self._lanes: dict[int, _Lane] = {}  # by the id of the job
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
        """Work for the length of the block; at its end every job stops at its next checkpoint."""
        tasks = [
            asyncio.create_task(self._work(), name="jobs"),
            asyncio.create_task(self._beat(), name="jobs-heart"),
        ]
        try:
            yield self
        finally:
            self._stopping.set()
            self._nudged.set()
            await asyncio.wait(tasks[:1], timeout=STOP_SECONDS)
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            if self._id:
                with suppress(DatabaseDown, psycopg.Error):
                    async with self._tx() as tx:
                        await queries.unregister(tx, self._id)

    @asynccontextmanager
    async def _tx(self) -> AsyncGenerator[Tx]:
        """Open a transaction whose locks do not outlive this worker's own silence.

        A worker that was stopped in the middle of its heartbeat kept its row, and with it every
        other worker from finding out that it was dead.
        """
        async with self._db.tx() as tx:
            await queries.bound_silence(tx, self._dead_seconds)
            yield tx

    async def _beat(self) -> None:
        while True:
            with suppress(DatabaseDown, psycopg.Error):
                if self._id:
                    async with self._tx() as tx:
                        if not await queries.touch(tx, self._id):
                            self._id = 0  # as in `_take`
                async with self._tx() as tx:
                    rescued = await queries.rescue(tx, self._dead_seconds)
                    await queries.bury(tx, self._dead_seconds)
                for job, task in rescued:
                    _log.warning("job_rescued", job=job, task=task)
                    self._nudged.set()
            await asyncio.sleep(self._beat_seconds)

    async def _work(self) -> None:
        """Fill the lanes until told to stop; return when every lane has ended."""
        async with asyncio.TaskGroup() as group:
            while not self._stopping.is_set():
                self._nudged.clear()
                if len(self._lanes) < self._most and await self._begin(group):
                    continue
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._nudged.wait(), POLL_SECONDS)

    async def _begin(self, group: asyncio.TaskGroup) -> bool:
        """Take a job and work on it in a lane of its own; tell whether there was one."""
        try:
            job = await self._take()
        except Exception as error:  # noqa: BLE001  # as in `_do`; what it held is reclaimed
            _log.warning("jobs_pause", reason=type(error).__name__)
            return False
        if job is None:
            return False
        if earlier := self._lanes.get(job.id):  # we were held for dead, and this is ours again
            earlier.task.cancel()
            await asyncio.wait([earlier.task])
        kind, _ = self._handlers[job.task]
        self._lanes[job.id] = _Lane(group.create_task(self._lane(job), name=job.task), kind)
        return True

    async def _take(self) -> Taken | None:
        async with self._tx() as tx:
            if not self._id:
                self._id = await queries.register(tx)
            try:
                await queries.reclaim(tx, self._id, list(self._lanes))
                return await queries.fetch(tx, self._id, self._wanted())
            except psycopg.errors.ForeignKeyViolation:
                self._id = 0  # others held us for dead; begin as somebody new
                raise

    def _wanted(self) -> list[str]:
        """Name the kinds of orders to take now: the last free lane is not for a long one."""
        long = sum(lane.kind.is_long for lane in self._lanes.values())
        room = long < max(1, self._most - 1)
        return [task for task, (kind, _) in self._handlers.items() if room or not kind.is_long]

    async def _lane(self, job: Taken) -> None:
        try:
            await self._do(job)
        except Exception as error:  # noqa: BLE001  # the worker goes on, and reclaims the job
            _log.warning("jobs_pause", reason=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), POLL_SECONDS)
        finally:
            del self._lanes[job.id]
            self._nudged.set()

    async def _do(self, job: Taken) -> None:
        lease = Lease(job, self._stopping, self._dead_seconds)
        kind, handler = self._handlers[job.task]
        message: Message | None = None
        try:
            message = msgspec.convert(job.arguments, kind)
            if lease.tries >= MOST_ATTEMPTS:
                raise TriedTooOften(attempts=lease.tries)  # noqa: TRY301  # the answer is below
            with _gist():
                await handler.run(self._db, lease, message)
        except LeaseLost:
            _log.warning("job_lost", job=job.id, task=job.task)
        except Interrupted:
            await self._give_back(lease, 0, is_counted=False)
        except _PASSING as error:
            _log.warning("job_tried_again", job=job.id, task=job.task, reason=type(error).__name__)
            is_back = isinstance(error, DatabaseDown)  # or this could not be written
            seconds = 1.0 if is_back else 2.0**lease.tries
            await self._give_back(lease, seconds, is_counted=True)
        except Exception as bug:  # noqa: BLE001  # the worker outlives whatever a job does
            told = bug if not isinstance(bug, AppError) else None
            _log.error("job_failed", job=job.id, task=job.task, exc_info=told)
            if message is not None:
                await handler.give_up(self._db, message)
            await self._end(lease, "failed")
        else:
            await self._end(lease, "succeeded")

    async def _end(self, lease: Lease, status: str) -> None:
        """Finish a job that is still ours."""
        async with self._tx() as tx:
            held = await queries.own(tx, lease.job_id, lease.worker_id, lease.attempts)
            if held is not None:
                await queries.finish(tx, lease.job_id, status)

    async def _give_back(self, lease: Lease, seconds: float, *, is_counted: bool) -> None:
        token = lease.job_id, lease.worker_id, lease.attempts
        async with self._tx() as tx:
            await queries.give_back(tx, *token, seconds, is_counted=is_counted)


@contextmanager
def _gist() -> Generator[None]:
    """Tell of several errors of one job that worked on parts at once the one that decides."""
    try:
        yield
    except ExceptionGroup as group:
        errors = list(_each(group))
        for kinds in (LeaseLost, Interrupted, _PASSING):
            for error in errors:
                if isinstance(error, kinds):
                    raise error from group
        raise errors[0] from group


def _each(group: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _each(cast("ExceptionGroup[Exception]", error))
        else:
            yield error
