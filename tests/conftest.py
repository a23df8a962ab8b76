"""What a test may ask for: a real database that is empty, and a limit on what is asked of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import hypothesis
import pytest
import structlog
from litestar.types import ASGIApp
from psycopg import AsyncCursor

from signalbook.kit import log
from signalbook.kit.config import Settings
from signalbook.kit.db import Database
from signalbook.ledger import seals
from tests import asgi, cluster
from tests.redis_server import redis_server
from tests.world import Place, World, populate

# A busy machine is slow now and then, which is no property of the code.
hypothesis.settings.register_profile(
    "signalbook", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("signalbook")


seals.keep("a secret key that only the tests have")

# Whoever takes standard output for itself, as commands under test do, closes it for others who log.
structlog.configure(logger_factory=log.Writer)
_LOGGING = structlog.get_config()


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Take back how a command under test has configured the log."""
    yield
    structlog.configure(**_LOGGING)


@pytest.fixture(scope="session")
def server(worker_id: str) -> Iterator[str]:
    """The address of this run's PostgreSQL."""
    with cluster.cluster(cluster.run_id()) as address:
        yield address


@pytest.fixture(scope="session")
def dsn(server: str, worker_id: str) -> str:
    """The address of this worker's database, migrated."""
    return cluster.migrated_database(server, f"signalbook_{worker_id}")


@pytest.fixture(scope="session")
async def database(dsn: str) -> AsyncIterator[Database]:
    """The pools of this worker, for the whole run; a test asks for `db`."""
    async with cluster.opened(dsn) as database:
        yield database


@pytest.fixture(scope="session")
def sweeper(dsn: str) -> Iterator[Callable[[], None]]:
    """Empties every table that has rows; a table a test still locks is an error, not a wait."""
    with cluster.sweeping(dsn) as sweep:
        yield sweep


@pytest.fixture(scope="session")
def quiet_dsn(server: str, worker_id: str) -> str:
    """A second database, which no application works in; see `tests.quiet`."""
    return cluster.migrated_database(server, f"signalbook_quiet_{worker_id}")


@pytest.fixture(scope="session")
async def quiet_database(quiet_dsn: str) -> AsyncIterator[Database]:
    async with cluster.opened(quiet_dsn) as database:
        yield database


@pytest.fixture(scope="session")
def quiet_sweeper(quiet_dsn: str) -> Iterator[Callable[[], None]]:
    with cluster.sweeping(quiet_dsn) as sweep:
        yield sweep


@pytest.fixture
async def db(database: Database, sweeper: Callable[[], None]) -> AsyncIterator[Database]:
    """An empty database: everything commits as in production and is swept away afterwards."""
    yield database
    await asyncio.to_thread(sweeper)  # what the application does beside may have to end first


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real Redis, shared by the tests of one worker."""
    with TemporaryDirectory(prefix="redis-") as folder, redis_server(Path(folder)) as address:
        yield address


@pytest.fixture
async def world(db: Database) -> World:
    """Ada and Grace of Northwind, Kenji of Contoso."""
    async with db.tx() as tx:
        return await populate(tx)


@pytest.fixture
def northwind(world: World) -> Place:
    """The account the test is about."""
    return world.northwind


@pytest.fixture
def contoso(world: World) -> Place:
    """The other account, of which nothing may show."""
    return world.contoso


@pytest.fixture(scope="session")
def settings(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What a worker of `signalbook serve` would have been told."""
    environ = {
        "SIGNALBOOK_DATABASE_URL": dsn,
        "SIGNALBOOK_DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }
    return Settings.from_env(environ)


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[ASGIApp]:
    """The whole application, started once for the run; it commits to the same database as `db`."""
    from signalbook.app import build

    async with asgi.running(build(settings)) as running:
        yield running


@pytest.fixture
async def http(app: ASGIApp, db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client without credentials."""
    async with asgi.client(app) as client:
        yield client


@pytest.fixture
async def api(app: ASGIApp, northwind: Place) -> AsyncIterator[httpx.AsyncClient]:
    """A client with Northwind's API key."""
    async with asgi.client(app, {"X-API-Key": northwind.api_key}) as client:
        yield client


COUNTED = ("Task-", "writer")
"""How the tasks are called that a request has work done by; others work beside it, now and then."""


@pytest.fixture
def queries_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[int], AbstractContextManager[list[str]]]:
    """`with queries_at_most(2): …` fails when more statements than that reach the database."""

    @contextmanager
    def counted(limit: int) -> Iterator[list[str]]:
        seen: list[str] = []
        execute = AsyncCursor.execute

        async def noted(self, query, *args, **kwargs):
            task = asyncio.current_task()
            if task is None or task.get_name().startswith(COUNTED):
                seen.append(str(query))
            return await execute(self, query, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(AsyncCursor, "execute", noted)
            yield seen
        assert len(seen) <= limit, f"{len(seen)} queries:\n" + "\n".join(seen)

    return counted
