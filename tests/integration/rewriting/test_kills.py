"""A rewriting whose worker dies goes on elsewhere, and every contact is changed once."""

import asyncio
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from signalbook.contacts.rewriting.model import State
from signalbook.doctor import actions as doctor

PROCESS = Path(__file__).with_name("worker_process.py")
MANY = 3_000
PATIENCE_SECONDS = 120
"""One that is stopped within a transaction holds its rows until the database hangs up on it."""


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


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
async def test_a_rewriting_whose_worker_vanishes_ends_once(fields, dsn, northwind, how):
    await fields.people(*({"pts": n} for n in range(MANY)))
    job = await fields.begin("rename", "pts", "points")

    async def until(reached):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not reached(found := await fields.job(job)):  # noqa: ASYNC110  # another process works
                await asyncio.sleep(0.005)
            return found

    with worker(dsn) as first:
        begun = await until(lambda one: one.done > 0)
        first.send_signal(how)
        assert begun.state == State.RUNNING
        with worker(dsn):
            ended = await until(lambda one: not one.is_active)
            first.send_signal(signal.SIGCONT)  # one that was only stopped finds its lease lost
            await asyncio.sleep(0.5)

    assert (ended.state, ended.done, ended.changed, ended.round) == (State.DONE, MANY, MANY, 1)
    assert await fields.stored() == [{"points": n} for n in range(MANY)]
    assert len(await fields.events()) == MANY
    findings = await doctor.recount(fields.db, northwind.id, northwind.account.name)
    assert [one for one in findings if one.level != "ok"] == []
