"""A real server for the benchmark: `signalbook serve` with its defaults, on a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil

from signalbook.accounts import actions as accounts
from signalbook.accounts import key_actions as keys
from signalbook.accounts import people_actions as people
from signalbook.accounts import people_queries, session_actions
from signalbook.accounts import queries as account_queries
from signalbook.kit.db import Database, PoolSizes
from signalbook.kit.postgres import Embedded

ACCOUNT = "bench"


class Door(msgspec.Struct):
    """An account of the benchmark and the keys that open it."""

    account_id: int
    api_key: str
    upload_key: str
    session: str


class Server:
    """A running server, as the benchmark sees it: where it is, what it weighs, what it costs."""

    def __init__(self, program: subprocess.Popen[bytes], folder: Path, port: int) -> None:
        self.program = program
        self.folder = folder
        self.port = port
        self.dsn = Embedded(folder).dsn
        self.peak_mb = 0.0

    def workers(self) -> list[psutil.Process]:
        """Find the workers: Python processes below the server, without the database."""
        children = psutil.Process(self.program.pid).children()
        return [child for child in children if _is_worker(child)]

    def weigh(self) -> float:
        """Return the resident memory of the heaviest worker in MB, and remember the peak."""
        heaviest = max((one.memory_info().rss for one in self.workers()), default=0) / 1e6
        self.peak_mb = max(self.peak_mb, heaviest)
        return heaviest

    def cpu_seconds(self) -> dict[str, float]:
        """Return the CPU time spent so far by workers and by the database."""
        workers = sum(sum(one.cpu_times()[:2]) for one in self.workers())
        return {"workers": workers, "database": sum(_cpu(one) for one in self.database())}

    def database(self) -> list[psutil.Process]:
        """List the processes of the embedded database."""
        pid = int((self.folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        main = psutil.Process(pid)
        return [main, *main.children(recursive=True)]


@contextmanager
def running(
    folder: Path, *, workers: int = 1, target: str = "tests.bench.app:create", **settings: str
) -> Iterator[Server]:
    """Run a server on `folder` for the block, with the default settings."""
    port = free_port()
    environ = {
        **os.environ,
        "SIGNALBOOK_DATA_DIR": str(folder),
        "SIGNALBOOK_PORT": str(port),
        "SIGNALBOOK_WORKERS": str(workers),
        "SIGNALBOOK_LOG_LEVEL": "warning",
        **{f"SIGNALBOOK_{name.upper()}": value for name, value in settings.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.log").open("ab") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.server", target],
            env=environ, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until_ready(port, program)
        yield Server(program, folder, port)
    finally:
        program.send_signal(signal.SIGTERM)
        try:
            program.wait(60)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def wait_until_ready(port: int, program: subprocess.Popen[bytes], seconds: float = 90) -> float:
    """Wait for the first answer of `/readyz`; return the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if program.poll() is not None:
            raise RuntimeError(f"the server ended with {program.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
        except OSError:
            time.sleep(0.02)
    raise TimeoutError("the server did not become ready")


async def open_door(dsn: str, name: str = ACCOUNT, plan: str = "unlimited", **limits: int) -> Door:
    """Make new keys for an account, and the account itself where it is missing."""
    database = Database(dsn, PoolSizes(read=1, write=1))
    await database.open()
    try:
        async with database.tx() as tx:
            account = await account_queries.find(tx, name) or await accounts.create(
                tx, name, plan, actor="bench", **limits
            )
            api = await keys.create(tx, account.id, "api", actor="bench")
            upload = await keys.create(tx, account.id, "upload", actor="bench")
            owner = await people_queries.find(tx, f"{name}@signalbook.internal")
            if owner is None:
                owner, _ = await people.create(
                    tx, account.id, f"{name}@signalbook.internal", "owner",
                    password_hash="nobody signs in with it", actor="bench",
                )  # fmt: skip
            session = await session_actions.start(tx, owner.id, session_actions.Place())
        return Door(account.id, api.key, upload.key, session)
    finally:
        await database.close()


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_worker(child: psutil.Process) -> bool:
    return "spawn_main" in " ".join(child.cmdline())


def _cpu(one: psutil.Process) -> float:
    try:
        return sum(one.cpu_times()[:2])
    except psutil.NoSuchProcess:
        return 0.0


def main() -> None:
    """Serve `sys.argv[1]`, an application factory, as `signalbook serve` serves its own."""
    from signalbook.kit.config import Settings
    from signalbook.serve import serve

    serve(Settings.from_env(os.environ), sys.argv[1])


if __name__ == "__main__":
    main()
