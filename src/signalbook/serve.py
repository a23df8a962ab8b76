"""The supervisor behind `signalbook serve`: one program that starts, watches and stops all others.

In order: the folder is taken and the workers are started; while they load their code, the database
is started and migrated and the first account made; then they serve. Until it is told to stop, the
supervisor brings back what dies: the database within a second, a worker at once. On SIGTERM or
Ctrl-C the workers finish what is in flight, then the database stops; on a second Ctrl-C they do not
finish. SIGHUP replaces the workers one by one without refusing a request. Killed by `kill -9`, it
takes its workers with it, and leaves the database running for its successor.
"""

import asyncio
import errno
import logging
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from signalbook.kit import log
from signalbook.kit.config import PREFIX, Settings
from signalbook.kit.errors import Conflict, DatabaseDown
from signalbook.kit.lock import only_server_in
from signalbook.kit.postgres import Embedded, PostgresFailed
from signalbook.workers import Workers

if TYPE_CHECKING:
    from signalbook.accounts.bootstrap import Welcome
    from signalbook.kit.db import Database

APP = "signalbook.app:create"
T = TypeVar("T")
_COME_BACK_SECONDS = 60.0
Fill: TypeAlias = "Callable[[Database], Awaitable[object]] | None"


class PortTaken(Conflict):
    """Another program already listens on {host}:{port}; stop it, or set SIGNALBOOK_PORT to another port."""  # noqa: E501  # the sentence is the first line


class AddressUnknown(Conflict):
    """This machine has no address {host} to listen on; set SIGNALBOOK_HOST to one it has."""


def serve(settings: Settings, target: str = APP, fill: Fill = None) -> None:
    """Run the server until it is told to stop; returns when everything has stopped in order.

    `fill` is called once the database is ready and before requests are served.

    Raises FolderInUse, PortTaken, AddressUnknown, PostgresFailed, MigrationsPending or
    WorkersFailed; what had been started is then stopped again.
    """
    log.configure(settings)
    with only_server_in(settings.data_dir) as lock, ExitStack() as running:
        _check_port(settings)
        os.environ[f"{PREFIX}DATA_DIR"] = str(settings.data_dir)  # what the workers will read
        if settings.database_url is None:
            os.environ.pop(f"{PREFIX}DATABASE_URL", None)
        _forget_workers(settings.data_dir / "run")
        if settings.workers > 1:
            _count_together(settings.data_dir / "run" / "metrics")

        def prepare() -> None:
            """Bring up the database while the workers load their code."""
            dsn = running.enter_context(_database(settings))
            welcome = _patiently(lambda: asyncio.run(_furnish(dsn, settings)))
            if fill is not None:
                asyncio.run(_filled(dsn, fill))
            running.callback(_print_once, welcome)
            lock.sign("ready")
            arguments = [settings, welcome, workers.has_answered]
            threading.Thread(target=_announce, args=arguments, daemon=True).start()

        workers = Workers(settings, target, prepare)
        workers.run()
        log.supervisor("workers have stopped")
    log.supervisor("stopped")


@contextmanager
def _database(settings: Settings) -> Generator[str]:
    """Give the address of a migrated database and keep the embedded one alive for the block."""
    from signalbook.kit import migrate  # noqa: PLC0415  # 0.15 s that the workers need not wait for

    if settings.database_url is not None:
        migrate.check(settings.database_url)
        yield settings.database_url
        return
    server = Embedded(settings.data_dir, settings.workers)
    with server.used():
        leaving = threading.Event()
        watch = threading.Thread(target=server.keep_alive, args=[leaving, _tell_of_database])
        watch.start()
        try:
            for applied in _patiently(lambda: migrate.apply(server.dsn)):
                log.supervisor("migrated", file=applied.file_name)
            yield server.dsn
        finally:
            leaving.set()
            watch.join()


def _patiently(step: Callable[[], T]) -> T:
    """Take a step of the start, and take it again when the database died under it.

    Somebody brings the embedded one back; after a minute without, raises what the step raised.
    """
    end = time.monotonic() + _COME_BACK_SECONDS
    while True:
        try:
            return step()
        except (DatabaseDown, PostgresFailed):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _forget_workers(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for left_behind in folder.glob("ready.*"):
        left_behind.unlink(missing_ok=True)


def _count_together(folder: Path) -> None:
    """Let the workers count into files of one empty folder, so `/metrics` tells of them all."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # read when a worker loads the library


def _tell_of_database(event: str, seconds: float) -> None:
    told = {
        "died": ("the database died, starting it again", logging.ERROR),
        "failed": ("the database did not start, trying again", logging.ERROR),
        "returned": ("the database is back", logging.WARNING),
    }
    sentence, level = told[event]
    log.supervisor(sentence, level, after_ms=round(seconds * 1000))


async def _furnish(dsn: str, settings: Settings) -> list[str]:
    """Make the first account where there is none; return what its owner must read, or nothing.

    What a former run of an embedded database was working on is taken up at once.
    """
    from signalbook.accounts import bootstrap  # noqa: PLC0415  # while the workers load, not before
    from signalbook.kit import jobs  # noqa: PLC0415  # as above

    async with _opened(dsn) as db:
        if settings.database_url is None:  # nobody else can serve it, and nothing outlives `serve`
            await jobs.forget_former_workers(db)
        welcome = await bootstrap.first_run(db)
    return [] if welcome is None else [welcome_text(settings.public_url, welcome)]


async def _filled(dsn: str, fill: "Callable[[Database], Awaitable[object]]") -> None:
    async with _opened(dsn) as db:
        await fill(db)


@asynccontextmanager
async def _opened(dsn: str) -> "AsyncGenerator[Database]":
    from signalbook.kit.db import Database, PoolSizes  # noqa: PLC0415  # as above

    db = Database(dsn, PoolSizes(read=1, write=1))
    await db.open()
    try:
        yield db
    finally:
        await db.close()


def welcome_text(url: str, welcome: "Welcome") -> str:
    """Write what the first start tells: where to go, the owner, the keys, and a first request."""
    rows = {
        "Console": url,
        "Owner": welcome.email,
        "Password": welcome.password,
        "API key": welcome.api_key,
        "Upload key": welcome.upload_key,
    }
    rule = "─" * 72
    return "\n".join(
        [
            "",
            rule,
            "  Signalbook is running. This is its first start, and the only time that",
            "  the password and the keys are shown.",
            "",
            *(f"  {name:<11} {value}" for name, value in rows.items()),
            "",
            "  Add the first contact, then look at the console:",
            "",
            f"curl {url}/add-contact -H 'template-key: {welcome.upload_key}' \\",
            f"  -H 'Content-Type: application/json' -d '{_FIRST_CONTACT}'",
            rule,
            "",
        ]
    )


_FIRST_CONTACT = (
    '{"email": "example@gmail.com", "status": "Subscribe", "full_name": "John Due",'
    ' "mobile": "+918098763849", "dob": "10-10-1990", "gender": "Male", "city": "Hyderabad",'
    ' "country": "India", "add_tags": "viewed-red-sneakers,wishlist"}'
)


def _check_port(settings: Settings) -> None:
    """Raise PortTaken when somebody listens there; our workers alone would not notice.

    They share the port among themselves, and so would share it with a stranger of the same kind. A
    predecessor that was just killed may take a moment to vanish.
    """
    end = time.monotonic() + 2
    while True:
        try:
            _bind_once(settings)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
                raise AddressUnknown(host=settings.host) from error
            if time.monotonic() > end:
                raise PortTaken(host=settings.host, port=settings.port) from error
            time.sleep(0.05)
        else:
            return


def _bind_once(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((settings.host, settings.port))
        probe.listen(1)


def _announce(settings: Settings, welcome: list[str], has_answered: threading.Event) -> None:
    """Once a worker answers: say so, and print the welcome of a first start."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    while True:
        try:
            socket.create_connection((host, settings.port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            break
    has_answered.set()
    log.supervisor("serving", url=settings.public_url, workers=settings.workers)
    _print_once(welcome)


def _print_once(welcome: list[str]) -> None:
    """Print the welcome when a worker answers, or at the latest when the server ends without."""
    with suppress(IndexError):
        text = welcome.pop() + "\n"
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))  # in any locale
        sys.stdout.flush()
