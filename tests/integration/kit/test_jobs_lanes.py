"""A worker works on several jobs at once, and what must not run beside each other does not."""

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import ClassVar

import pytest

from signalbook.kit import job_queries
from signalbook.kit.errors import DatabaseDown, Invalid
from signalbook.kit.jobs import (
    DEAD_SECONDS,
    MOST_ATTEMPTS,
    Handler,
    Interrupted,
    Lease,
    LeaseLost,
    Message,
    Worker,
    forget_former_workers,
    later,
)

LANES = 3


class Paint(Message, frozen=True):
    """Paint a wall; no two at once of one house."""

    wall: str
    house: str | None = None

    def lock(self):
        return self.house


class Restore(Message, frozen=True):
    """Work that takes weeks."""

    is_long: ClassVar[bool] = True
    wall: str


class Painters:
    """Painters who do not end before they are told."""

    def __init__(self):
        self.at_work = []
        self.done = []
        self.given_up = []
        self.leases = {}
        self.may_end = asyncio.Event()

    async def run(self, db, lease, message):
        self.leases[message.wall] = lease
        self.at_work.append(message.wall)
        try:
            while not self.may_end.is_set():
                async with db.tx() as tx:
                    await lease.hold(tx)
                await asyncio.sleep(0.01)
            self.done.append(message.wall)
        finally:
            self.at_work.remove(message.wall)

    async def give_up(self, _, message):
        self.given_up.append(message.wall)

    @property
    def handlers(self):
        handler = Handler(self.run, self.give_up)
        return {Paint: handler, Restore: handler}


async def ordered(db, *messages):
    async with db.tx() as tx:
        for message in messages:
            await later(tx, message)


@asynccontextmanager
async def working(db, handlers):
    worker = Worker(db, handlers, lanes=LANES, beat_seconds=0.1, dead_seconds=0.5)
    async with worker.running():
        yield worker


async def until(reached):
    async with asyncio.timeout(15):
        while not reached():  # noqa: ASYNC110  # a worker works meanwhile
            await asyncio.sleep(0.01)


async def until_gone(db):
    async with asyncio.timeout(15):
        while await jobs(db):  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.02)


async def jobs(db):
    async with db.read() as read:
        return await read.rows(
            "SELECT status::text, attempts, worker_id FROM procrastinate_jobs ORDER BY id"
        )


async def test_several_jobs_run_at_once_and_each_is_done_once(db):
    painters = Painters()
    await ordered(db, *(Paint(name) for name in "abcde"))

    async with working(db, painters.handlers):
        await until(lambda: len(painters.at_work) == LANES)
        await asyncio.sleep(1.2)  # a poll and many heartbeats later
        assert sorted(painters.at_work) == ["a", "b", "c"]
        painters.may_end.set()
        await until_gone(db)

    assert sorted(painters.done) == ["a", "b", "c", "d", "e"]


async def test_orders_of_one_lock_are_done_one_after_another(db):
    painters = Painters()
    await ordered(db, Paint("a", "manor"), Paint("b", "manor"), Paint("c"), Paint("d", "cottage"))

    async with working(db, painters.handlers):
        await until(lambda: len(painters.at_work) == LANES)
        assert sorted(painters.at_work) == ["a", "c", "d"]
        painters.may_end.set()
        await until_gone(db)

    assert painters.done.index("a") < painters.done.index("b")


async def test_long_orders_leave_a_lane_to_short_ones(db):
    painters = Painters()
    await ordered(db, *(Restore(name) for name in "abc"))

    async with working(db, painters.handlers) as worker:
        await until(lambda: len(painters.at_work) == LANES - 1)
        await ordered(db, Paint("z"))
        worker.nudge()
        await until(lambda: sorted(painters.at_work) == ["a", "b", "z"])
        painters.may_end.set()
        await until_gone(db)

    assert sorted(painters.done) == ["a", "b", "c", "z"]


async def test_a_worker_with_one_lane_takes_long_orders_too(db):
    painters = Painters()
    painters.may_end.set()
    await ordered(db, Restore("a"))

    async with Worker(db, painters.handlers, lanes=1).running():
        await until_gone(db)

    assert painters.done == ["a"]


async def test_what_a_lane_could_not_settle_is_taken_up_again_and_no_more_than_that(db):
    painters = Painters()
    await ordered(db, Paint("a"))

    async with working(db, painters.handlers) as worker:
        await until(lambda: painters.at_work == ["a"])
        async with db.tx() as tx:  # as after a commit that the database never answered
            await later(tx, Paint("b"))
            await tx.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s"
                " WHERE status = 'todo'",
                [worker._id],
            )
        await until(lambda: sorted(painters.at_work) == ["a", "b"])
        assert [row[:2] for row in await jobs(db)] == [("doing", 0), ("doing", 1)]
        painters.may_end.set()
        await until_gone(db)

    assert sorted(painters.done) == ["a", "b"]


async def test_at_the_end_every_lane_stops_at_its_next_checkpoint(db):
    painters = Painters()
    await ordered(db, *(Paint(name) for name in "abcd"))

    async with working(db, painters.handlers):
        await until(lambda: len(painters.at_work) == LANES)

    assert [row[:2] for row in await jobs(db)] == [("todo", 0)] * 4
    assert painters.done == painters.given_up == []


async def test_a_worker_held_for_dead_goes_on_as_somebody_new_with_each_job_once(db):
    painters = Painters()
    await ordered(db, Paint("a"), Paint("b"))

    async with working(db, painters.handlers) as worker:
        await until(lambda: len(painters.at_work) == 2)
        first = worker._id
        while worker._id == first:  # a job that is just being held keeps its worker alive
            await forget_former_workers(db)
            await asyncio.sleep(0.1)
        await until(lambda: worker._id not in {0, first})
        await until(lambda: {lease.worker_id for lease in painters.leases.values()} == {worker._id})
        await asyncio.sleep(0.1)
        assert sorted(painters.at_work) == ["a", "b"]
        painters.may_end.set()
        await until_gone(db)

    assert sorted(painters.done) == ["a", "b"]


async def test_a_lane_that_is_slow_to_notice_is_ended_before_its_job_begins_anew(db):
    begun, at_work = [], []

    async def deaf(db, lease, message):
        at_work.append(message.wall)
        begun.append(list(at_work))
        try:
            await asyncio.Event().wait()
        finally:
            at_work.remove(message.wall)

    await ordered(db, Paint("a"))
    async with working(db, {Paint: Handler(deaf, Painters().give_up)}) as worker:
        await until(lambda: begun)
        await forget_former_workers(db)
        await until(lambda: len(begun) == 2)
        worker._lanes[min(worker._lanes)].task.cancel()

    assert len(begun) > 1
    assert all(lanes == ["a"] for lanes in begun)  # and never two at once


async def taken(db, wall="a"):
    """Take a job by hand; return its lease, which no lane works on."""
    await ordered(db, Paint(wall))
    async with db.tx() as tx:
        worker_id = await job_queries.register(tx)
        job = await job_queries.fetch(tx, worker_id, [Paint.task()])
    assert job is not None
    return Lease(job, asyncio.Event())


async def rescued(db, seconds=0.0):
    async with db.tx() as tx:
        found = await job_queries.rescue(tx, seconds)
        await job_queries.bury(tx, seconds)
        return found


async def test_two_transactions_of_one_job_hold_it_together(db):
    lease = await taken(db)

    async with asyncio.timeout(5), db.tx() as one, db.tx() as other:
        await lease.hold(one)
        await lease.advance(other)
        await other.execute("SELECT 1")

    assert [row[:2] for row in await jobs(db)] == [("doing", 0)]


async def test_nobody_gives_away_a_job_that_is_just_being_committed(db):
    lease = await taken(db)

    async with asyncio.timeout(5):
        async with db.tx() as one:
            await lease.hold(one)
            async with db.tx() as other:
                await lease.hold(other)
            assert await rescued(db) == []
            await forget_former_workers(db)
        assert len(await rescued(db)) == 1

    with pytest.raises(LeaseLost):
        async with db.tx() as tx:
            await lease.hold(tx)
    with pytest.raises(LeaseLost):
        async with db.tx() as tx:
            await lease.advance(tx)


async def test_a_job_is_finished_only_after_all_its_transactions(db):
    lease = await taken(db)
    worker = Worker(db, {})

    async with db.tx() as tx:
        await lease.hold(tx)
        ending = asyncio.create_task(worker._end(lease, "succeeded"))
        await asyncio.sleep(0.1)
        assert not ending.done()
    await ending

    assert await jobs(db) == []


async def test_a_job_that_is_just_being_finished_is_nobody_elses(db):
    lease = await taken(db)

    async with db.tx() as tx:
        await job_queries.own(tx, lease.job_id, lease.worker_id, lease.attempts)
        assert await rescued(db) == []


@pytest.mark.parametrize("method", ["hold", "advance"])
async def test_a_lease_is_lost_to_the_same_worker_too(db, method):
    lease = await taken(db)
    async with db.tx() as tx:
        await job_queries.reclaim(tx, lease.worker_id, [])
        again = await job_queries.fetch(tx, lease.worker_id, [Paint.task()])
    assert again is not None

    with pytest.raises(LeaseLost):
        async with db.tx() as tx:
            await getattr(lease, method)(tx)
    async with db.tx() as tx:
        await getattr(Lease(again, asyncio.Event()), method)(tx)


async def test_the_jobs_of_a_former_run_are_taken_at_once(db):
    painters = Painters()
    painters.may_end.set()
    await taken(db)

    await forget_former_workers(db)

    assert await jobs(db) == [("todo", 1, None)]
    async with asyncio.timeout(DEAD_SECONDS / 2), working(db, painters.handlers):
        await until_gone(db)
    assert painters.done == ["a"]


async def died(db, lease):
    """Let the job's worker die and another take it; return the new lease."""
    await rescued(db)
    async with db.tx() as tx:
        worker_id = await job_queries.register(tx)
        job = await job_queries.fetch(tx, worker_id, [Paint.task()])
    assert job is not None
    assert job.arguments == {"wall": "a", "house": None}
    return Lease(job, asyncio.Event())


async def test_tries_count_only_since_the_job_last_got_on(db):
    lease = await taken(db)
    for _ in range(MOST_ATTEMPTS):
        async with db.tx() as tx:
            await lease.hold(tx)
        lease = await died(db, lease)
    assert lease.tries == MOST_ATTEMPTS

    for _ in range(3):
        async with db.tx() as tx:
            await lease.advance(tx)
        async with db.tx() as tx:
            await lease.advance(tx)
        assert lease.tries == 0
        lease = await died(db, lease)
        assert lease.tries == 1


async def test_an_advance_that_is_rolled_back_does_not_count(db):
    lease = await died(db, await taken(db))

    with suppress(ZeroDivisionError):
        async with db.tx() as tx:
            await lease.advance(tx)
            raise ZeroDivisionError
    async with db.tx() as tx:
        await lease.hold(tx)
    assert lease.tries == 1
    async with db.tx() as tx:
        await lease.advance(tx)
    assert lease.tries == 0


@pytest.mark.parametrize(
    ("errors", "status"),
    [
        ([Invalid("bug"), LeaseLost()], "doing"),
        ([Invalid("bug"), Interrupted()], "todo"),
        ([Invalid("bug"), DatabaseDown()], "todo"),
        ([Invalid("bug"), Invalid("another")], "failed"),
    ],
)
async def test_of_several_errors_of_one_job_the_one_that_decides_counts(db, errors, status):
    async def run(db, lease, message):
        raise ExceptionGroup("parts", [ExceptionGroup("inner", errors)])

    painters = Painters()
    lease = await taken(db)
    worker = Worker(db, {Paint: Handler(run, painters.give_up)})
    job = job_queries.Taken(lease.job_id, Paint.task(), {"wall": "a"}, 0, 0, lease.worker_id)

    await worker._do(job)

    assert [row[0] for row in await jobs(db)] == [status]
    assert painters.given_up == (["a"] if status == "failed" else [])
