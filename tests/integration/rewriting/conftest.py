"""Jobs are taken step by step here, so nobody else may take them."""

import pytest

from signalbook.contacts.rewriting import claims
from signalbook.imports import claiming
from tests.integration.rewriting.fields import Fields
from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]


@pytest.fixture(autouse=True)
def imports_claim():
    """Imports are asked, as in the application."""
    claims.ask("imports", claiming.holder)


@pytest.fixture
def fields(db, northwind) -> Fields:
    return Fields(db, northwind.id)
