"""Work that comes round, and what it does when the database is away."""

import asyncio

import pytest
from structlog.testing import capture_logs

from signalbook.kit import background
from signalbook.kit.errors import DatabaseBusy, DatabaseDown


@pytest.mark.parametrize("error", [DatabaseDown(), DatabaseBusy(), OSError("no room")])
async def test_work_that_fails_is_told_and_done_again(error):
    times, again = 0, asyncio.Event()

    async def work() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise error
        again.set()

    with capture_logs() as logs:
        async with background.repeated(work, 0.01, name="w", failed="not_done", at_once=True):
            await asyncio.wait_for(again.wait(), 5)

    told = [one for one in logs if one["event"] == "not_done"]  # others work in this process too
    assert [one["reason"] for one in told] == [type(error).__name__]


async def test_the_first_time_waits_unless_it_is_asked_for_and_the_end_ends_it():
    done: list[str] = []

    async def work() -> None:
        done.append("done")

    async with (
        background.repeated(work, 60, name="w", failed="not_done"),
        background.repeated(work, 60, name="w", failed="not_done", at_once=True),
    ):
        await asyncio.sleep(0.05)

    assert done == ["done"]
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "w"]
