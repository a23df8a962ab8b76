"""A database in which no application is running, for tests that take jobs step by step themselves.

A folder's conftest.py imports these fixtures, and they stand in for the shared ones there.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count

import pytest

from signalbook.kit.db import Database
from tests import cluster

__all__ = ["database", "dsn", "sweeper"]

_numbers = count(1)


@pytest.fixture(scope="session")
def dsn(server: str, worker_id: str) -> str:
    return cluster.migrated_database(server, f"signalbook_quiet_{worker_id}_{next(_numbers)}")


@pytest.fixture(scope="session")
async def database(dsn: str) -> AsyncIterator[Database]:
    async with cluster.opened(dsn) as database:
        yield database


@pytest.fixture(scope="session")
def sweeper(dsn: str) -> Iterator[Callable[[], None]]:
    with cluster.sweeping(dsn) as sweep:
        yield sweep
