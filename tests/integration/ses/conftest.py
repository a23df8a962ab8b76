"""Jobs are taken step by step here, so nobody else may take them."""

import pytest

from signalbook.contacts import following
from signalbook.lists import batch_queries
from signalbook.lists import keeping as lists
from signalbook.ses import keeping
from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]


@pytest.fixture(autouse=True)
def everything_follows():
    """Lists follow contacts and ask what they are to contact lists, as in the application."""
    following.follow("lists", batch_queries.FOLLOWER)
    lists.keep("ses", keeping.kept_as)
