"""A job whose worker dies goes on elsewhere, and every contact is worked on once."""

import asyncio
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from signalbook.contacts import bulk_actions, bulk_queries
from signalbook.contacts.filters import ContactFilter
from tests.integration.bulk.people import crowd

PROCESS = Path(__file__).with_name("worker_process.py")
MANY = 2_000


@contextmanager
def worker(dsn: str):
    process = subprocess.Popen([sys.executable, PROCESS, dsn], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
        process.stdout.close()


async def job_of(db, account_id, job_id):
    async with db.read() as read:
        job = await bulk_queries.get(read, account_id, job_id)
    assert job is not None
    return job


async def until(db, account_id, job_id, reached):
    async with asyncio.timeout(30):
        while not reached(job := await job_of(db, account_id, job_id)):  # noqa: ASYNC110  # another process works
            await asyncio.sleep(0.01)
        return job


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
async def test_a_job_whose_worker_vanishes_ends_once(db, dsn, northwind, how):
    await crowd(db, northwind.id, MANY)
    async with db.tx() as tx:
        job_id = await bulk_actions.start(
            tx, northwind.id, "tag", "campaign", wanted=ContactFilter(), picked=None, actor="test"
        )

    with worker(dsn) as first:
        begun = await until(db, northwind.id, job_id, lambda job: job.done > 0)
        first.send_signal(how)
        assert begun.state == "running"
        with worker(dsn):
            ended = await until(db, northwind.id, job_id, lambda job: not job.is_active)
            first.send_signal(signal.SIGCONT)  # one that was only stopped finds its lease lost
            await asyncio.sleep(0.5)

    assert (ended.state, ended.done, ended.changed, ended.skipped) == ("done", MANY, MANY, 0)
    async with db.read() as read:
        times = await read.values(
            "SELECT count(*) FROM events WHERE account_id = %s AND kind = 'tagged'"
            " GROUP BY contact_id",
            [northwind.id],
        )
        left = await read.value("SELECT count(*) FROM procrastinate_jobs")
        carried = await read.value("SELECT contacts FROM tags WHERE name = 'campaign'")
    assert times == [1] * MANY
    assert left == 0
    assert carried == MANY
