"""A database in which no application is running, for tests that take jobs step by step themselves.

A folder's conftest.py, or a module, imports these fixtures, and they stand in for the shared ones
there. All of them are one database: PostgreSQL has only so many connections to give.
"""

from collections.abc import Callable

import pytest

from signalbook.kit.db import Database

__all__ = ["database", "dsn", "sweeper"]


@pytest.fixture(scope="session")
def dsn(quiet_dsn: str) -> str:
    return quiet_dsn


@pytest.fixture(scope="session")
def database(quiet_database: Database) -> Database:
    return quiet_database


@pytest.fixture(scope="session")
def sweeper(quiet_sweeper: Callable[[], None]) -> Callable[[], None]:
    return quiet_sweeper
