"""Jobs are taken step by step here, so nobody else may take them."""

from tests.quiet import database, dsn, sweeper

__all__ = ["database", "dsn", "sweeper"]
