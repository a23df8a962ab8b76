"""Jobs are rows of the same transaction, done once, tried again where that can help."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from signalbook.kit.errors import DatabaseDown, Invalid, Unavailable
from signalbook.kit.jobs import (
    MOST_ATTEMPTS,
    Handler,
    Interrupted,
    LeaseLost,
    Message,
    Worker,
    later,
)


class Greet(Message, frozen=True):
    """Say hello to somebody."""

    name: str


class Post:
    """What the jobs of a test did."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.done = []
        self.given_up = []

    async def run(self, db, lease, message):
        async with db.tx() as tx:
            await lease.hold(tx)
        self.done.append(message.name)
        if self.failures:
            raise self.failures.pop(0)

    async def give_up(self, _, message):
        self.given_up.append(message.name)

    @property
    def handlers(self):
        return {Greet: Handler(self.run, self.give_up)}


async def ordered(db, name="Ada"):
    async with db.tx() as tx:
        await later(tx, Greet(name))


async def rows(db):
    async with db.read() as read:
        return await read.rows(
            "SELECT status::text, attempts, worker_id IS NOT NULL FROM procrastinate_jobs"
        )


@asynccontextmanager
async def working(db, post):
    worker = Worker(db, post.handlers, beat_seconds=0.1, dead_seconds=0.5)
    async with worker.running():
        yield worker


async def until(reached):
    async with asyncio.timeout(15):
        while not await reached():  # noqa: ASYNC110  # a worker works meanwhile
            await asyncio.sleep(0.02)


async def test_a_job_is_done_once_and_leaves_nothing(db):
    post = Post()
    await ordered(db)

    async with working(db, post):
        await until(lambda: gone(db))

    assert post.done == ["Ada"]


async def gone(db):
    return await rows(db) == []


async def test_what_may_pass_is_tried_again_and_what_cannot_is_given_up(db):
    later_fine, never = Post(Unavailable("busy")), Post(Invalid("never"))

    await ordered(db)
    async with working(db, later_fine):
        await until(lambda: gone(db))
    await ordered(db, "Bob")
    async with working(db, never):
        await until(lambda: failed(db))

    assert later_fine.done == ["Ada", "Ada"]
    assert never.done == never.given_up == ["Bob"]


async def failed(db):
    return [row[0] for row in await rows(db)] == ["failed"]


async def test_a_job_that_brings_down_every_worker_is_given_up_at_last(db):
    post = Post()
    await ordered(db)
    async with db.tx() as tx:
        await tx.execute("UPDATE procrastinate_jobs SET attempts = %s", [MOST_ATTEMPTS])

    async with working(db, post):
        await until(lambda: failed(db))

    assert (post.done, post.given_up) == ([], ["Ada"])


async def test_what_a_worker_could_not_settle_is_taken_up_again(db):
    post = Post()
    async with working(db, post):
        async with asyncio.timeout(10):
            while not (here := await workers(db)):  # noqa: ASYNC110  # it registers meanwhile
                await asyncio.sleep(0.02)
        async with db.tx() as tx:  # as after a commit that the database never answered
            await later(tx, Greet("Ada"))
            await tx.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [max(here)]
            )
        await until(lambda: gone(db))

    assert post.done == ["Ada"]


async def workers(db):
    async with db.read() as read:
        return await read.values("SELECT id FROM procrastinate_workers")


async def test_an_order_nobody_understands_fails_alone(db):
    post = Post()
    await ordered(db)
    async with db.tx() as tx:
        await tx.execute("UPDATE procrastinate_jobs SET args = '{}'")
    async with working(db, post):
        await until(lambda: failed(db))
        await ordered(db, "Bob")
        await until(lambda: failed(db))

    assert post.done == ["Bob"]


async def test_a_worker_that_stops_gives_its_job_back_at_the_next_checkpoint(db):
    begun, leases = asyncio.Event(), []

    async def endless(db, lease, message):
        leases.append(lease)
        while True:
            async with db.tx() as tx:
                await lease.hold(tx)
            begun.set()
            await asyncio.sleep(0.01)

    await ordered(db)
    worker = Worker(db, {Greet: Handler(endless, Post().give_up)})
    async with worker.running():
        await begun.wait()

    assert [row[:2] for row in await rows(db)] == [("todo", 0)]
    with pytest.raises(Interrupted):
        async with db.tx() as tx:
            await leases[0].hold(tx)


async def test_who_lost_a_job_can_commit_nothing_in_its_name(db):
    lost = []

    async def sleeper(db, lease, message):
        async with db.tx() as tx:  # another worker believes us dead, and takes it over
            await tx.execute("UPDATE procrastinate_jobs SET attempts = attempts + 1")
        try:
            async with db.tx() as tx:
                await lease.hold(tx)
        except LeaseLost:
            lost.append(message.name)
            raise

    await ordered(db)
    async with Worker(db, {Greet: Handler(sleeper, Post().give_up)}).running():
        await until(lambda: asyncio.sleep(0, bool(lost)))

    assert set(lost) == {"Ada"}
    assert await rows(db) != []


async def test_a_worker_stopped_in_its_heartbeat_holds_up_nobody(db):
    async with db.tx() as tx:
        stopped = await tx.value(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (clock_timestamp() - interval '1 hour') RETURNING id"
        )
    silent = Worker(db, {}, dead_seconds=0.5)
    with suppress(DatabaseDown):  # which it meets when it wakes up
        async with silent._tx() as tx:
            await tx.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat WHERE id = %s",
                [stopped],
            )
            async with working(db, Post()):
                await until(lambda: buried(db, stopped))


async def buried(db, worker_id):
    async with db.read() as read:
        found = await read.values("SELECT 1 FROM procrastinate_workers WHERE id = %s", [worker_id])
    return not found
