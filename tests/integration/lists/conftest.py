"""Jobs are taken step by step here, so nobody else may take them."""

import pytest

from signalbook.contacts import following
from signalbook.lists import batch_queries
from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]


@pytest.fixture(autouse=True)
def lists_follow():
    """Lists follow contacts, as in the application."""
    following.follow("lists", batch_queries.FOLLOWER)
