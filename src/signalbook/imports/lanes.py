"""Two chunks of one import at a time: the database works on one while we prepare the other."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

LANES: Final = 2


class Ended(Exception):  # an instruction to stop, not a failure
    """The import was paused, cancelled, or has ended; nothing more is done for it."""


class RolledBack(Exception):  # as above
    """What was tried is known, and must not stay."""


async def in_lanes(chunks: Iterable[int], work: Callable[[int], Awaitable[None]]) -> None:
    """Work on the chunks in their order, two at a time; the first error ends it all."""
    todo = iter(chunks)

    async def lane() -> None:
        for no in todo:
            await work(no)

    tasks = [asyncio.create_task(lane()) for _ in range(LANES)]
    try:
        for task in asyncio.as_completed(tasks):
            await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
