"""Migrations: plain SQL files, forward only, each applied once, in its own transaction.

The files are `migrations/NNNN_name.sql`, numbered without gaps; a file that was applied must never
change. The job queue's own schema, shipped with its library, is brought up to date first.
Two programs that migrate at once wait for each other.
"""

import hashlib
import re
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import psycopg

from signalbook.kit.clock import now
from signalbook.kit.errors import Conflict, DatabaseDown, Unavailable

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

OLDEST_POSTGRES = 15
_RECOVERY_SECONDS = 60
_COMING_UP = ("starting up", "not yet accepting", "in recovery mode")
_LOCK = 0x51674B  # any number, as long as nobody else's
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


class MigrationsPending(Conflict):
    """The database is behind by {count} migration(s), first {first}; run `signalbook migrate`, then start again."""  # noqa: E501  # the sentence is the first line


class MigrationChanged(Conflict):
    """Migration {name} was changed after it had been applied to this database; restore the file and add a new one."""  # noqa: E501  # as above


class MigrationsNumberedWrongly(Conflict):
    """Migration files must be named NNNN_name.sql and numbered without gaps; {name} is not next."""


class MigrationBlocked(Unavailable):
    """Migration {name} waited 5 seconds for a table that others are using; nothing of it was changed, run it again."""  # noqa: E501  # as above


class PostgresTooOld(Conflict):
    """This PostgreSQL is version {found}; Signalbook needs 15 or newer."""


class Migration(NamedTuple):
    """One step: its number, its name, its statements and their digest."""

    version: int
    file_name: str
    sql: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, in hex."""
        return hashlib.sha256(self.sql).hexdigest()


def folder() -> Path:
    """Find the migration files: beside the code once installed, at the root of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


def load(source: Path | None = None) -> list[Migration]:
    """Read every migration in order; raises MigrationsNumberedWrongly at the first gap."""
    migrations: list[Migration] = []
    for path in sorted((source or folder()).glob("*.sql")):
        named = _NAME.fullmatch(path.name)
        if named is None or int(named.group(1)) != len(migrations) + 1:
            raise MigrationsNumberedWrongly(name=path.name)
        migrations.append(Migration(len(migrations) + 1, path.name, path.read_bytes()))
    return migrations


def pending(dsn: str, source: Path | None = None) -> list[Migration]:
    """List what has not been applied yet; raises MigrationChanged, PostgresTooOld, DatabaseDown."""
    with _connected(dsn) as connection:
        return _missing(connection, load(source))


def check(dsn: str, source: Path | None = None) -> None:
    """Raise MigrationsPending when the database is behind this version of the code."""
    if behind := pending(dsn, source):
        raise MigrationsPending(count=len(behind), first=behind[0].file_name)


def apply(dsn: str, source: Path | None = None) -> list[Migration]:
    """Apply what is missing and return it; the files before a failing one stay applied.

    Raises DatabaseDown when the database goes away meanwhile, and what `pending` raises.
    """
    migrations = load(source)
    with _connected(dsn) as connection, _told_as_down(connection):
        if not _missing(connection, migrations):
            return []
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _make_register(connection)
        missing = _missing(connection, migrations)
        for migration in missing:
            _apply_one(connection, migration)
        return missing


@contextmanager
def _told_as_down(connection: Connection) -> Generator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        if not connection.broken:
            raise
        raise DatabaseDown from error


def _apply_one(connection: Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(migration.sql)
            connection.execute(
                """
                INSERT INTO schema_migrations (version, name, sha256, applied_at)
                VALUES (%s, %s, %s, %s)
                """,
                [migration.version, migration.file_name, migration.digest, now()],
            )
    except psycopg.errors.LockNotAvailable as blocked:
        raise MigrationBlocked(name=migration.file_name) from blocked
    finally:
        if not connection.broken:
            connection.execute("RESET ALL")


def _missing(connection: Connection, migrations: Sequence[Migration]) -> list[Migration]:
    applied = _applied(connection)
    ours = {version: digest for version, _, digest in applied if version > 0}
    for migration in migrations:
        if ours.get(migration.version, migration.digest) != migration.digest:
            raise MigrationChanged(name=migration.file_name)
    queued = {name for version, name, _ in applied if version < 0}
    return [
        *_missing_of_queue(queued),
        *(migration for migration in migrations if migration.version not in ours),
    ]


def _missing_of_queue(applied: set[str]) -> list[Migration]:
    """List the steps of the job queue's library, numbered below zero.

    A new database gets its whole schema at once, marked with the name of the newest step it holds;
    an older one gets the steps that sort after the newest it has.
    """
    shipped = _shipped_by_queue()
    newest = shipped[-1].name
    if not applied:
        from procrastinate.schema import SchemaManager  # noqa: PLC0415  # 0.3 s that a start saves

        return [Migration(-1, newest, SchemaManager.get_schema().encode())]
    reached = max(applied)
    newer = [path for path in shipped if path.name > reached]
    return [
        Migration(-len(applied) - 1 - index, path.name, path.read_bytes())
        for index, path in enumerate(newer)
    ]


def _shipped_by_queue() -> list[Path]:
    from importlib.util import find_spec  # noqa: PLC0415  # the library itself need not be loaded

    spec = find_spec("procrastinate")
    assert spec is not None  # noqa: S101  # a declared dependency
    assert spec.origin is not None  # noqa: S101  # an ordinary package
    return sorted((Path(spec.origin).parent / "sql" / "migrations").glob("*.sql"))


def _applied(connection: Connection) -> list[tuple[int, str, str]]:
    there = connection.execute("SELECT to_regclass('schema_migrations')::text").fetchone()
    if there is None or there[0] is None:
        return []
    return [
        (row[0], row[1], row[2])
        for row in connection.execute(
            "SELECT version, name, sha256 FROM schema_migrations ORDER BY version"
        )
    ]


def _make_register(connection: Connection) -> None:
    connection.execute("""
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version    integer     NOT NULL,
            name       text        NOT NULL,
            sha256     text        NOT NULL,
            applied_at timestamptz NOT NULL,
            CONSTRAINT schema_migrations_pkey PRIMARY KEY (version)
        )
        """)


def _connected(dsn: str) -> Connection:
    connection = _connect(dsn)
    if connection.info.server_version < OLDEST_POSTGRES * 10000:
        found = connection.info.parameter_status("server_version")
        connection.close()
        raise PostgresTooOld(found=found)
    return connection


def _connect(dsn: str) -> Connection:
    """Connect; wait for a server that says that it is about to be ready."""
    end = time.monotonic() + _RECOVERY_SECONDS
    while True:
        try:
            return psycopg.connect(
                dsn, autocommit=True, connect_timeout=10, application_name="signalbook migrate"
            )
        except psycopg.OperationalError as error:
            told = str(error)
            if time.monotonic() > end or not any(word in told for word in _COMING_UP):
                reason = f"The database does not answer: {_first_line(error)}"
                raise DatabaseDown(reason) from error
            time.sleep(0.05)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason was given"])[0]
