"""The embedded PostgreSQL: started, shared, killed in every way, and back."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from typing import LiteralString

import psycopg
import pytest

from signalbook.kit.config import Settings
from signalbook.kit.postgres import Embedded, PostgresFailed, database_url
from signalbook.kit.postmaster import read_postmaster, socket_folder, works_in

pytestmark = pytest.mark.xdist_group("embedded")  # one cluster for the file, made once

JOIN = """
import sys
from pathlib import Path
from signalbook.kit.postgres import Embedded
server = Embedded(Path(sys.argv[1]))
server.join()
print(server.dsn, flush=True)
sys.stdin.read()
server.leave()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder whose cluster is made once for the file."""
    folder = tmp_path_factory.mktemp("embedded") / "data"
    with Embedded(folder).used():
        pass
    return folder


@pytest.fixture
def server(folder):
    """The running server, through the eyes of this program."""
    server = Embedded(folder)
    with server.used():
        yield server


@pytest.fixture
def kept_alive(server):
    """The running server, watched; the list tells what happened to it."""
    told: list[str] = []
    leaving = threading.Event()
    watch = threading.Thread(
        target=server.keep_alive, args=[leaving, lambda event, _: told.append(event)]
    )
    watch.start()
    yield server, told
    leaving.set()
    watch.join()


def another(folder):
    """Start another program that uses the same server."""
    other = subprocess.Popen(
        [sys.executable, "-c", JOIN, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout
    assert other.stdout.readline().startswith(b"postgresql://")
    return other


def pid_of(folder):
    postmaster = read_postmaster(folder / "postgres")
    return postmaster.pid if postmaster else 0


def value(dsn: str, query: LiteralString = "SELECT 1"):
    with psycopg.connect(dsn, autocommit=True) as conn:
        row = conn.execute(query).fetchone()
        return row[0] if row else None


def answers_within(server, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return value(server.dsn) == 1
        except (psycopg.OperationalError, PostgresFailed):
            time.sleep(0.02)
    return False


def test_it_is_private_durable_and_checks_its_pages(server):
    shown = {
        name: value(server.dsn, "SELECT current_setting('" + name + "')")
        for name in ("listen_addresses", "fsync", "synchronous_commit", "data_checksums", "jit")
    }
    assert shown == {
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "jit": "off",
    }
    assert value(server.dsn, "SHOW server_encoding") == "UTF8"
    assert value(server.dsn, "SELECT lower('ÄÖ') || upper('é')") == "äöÉ"
    assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700


def test_an_operators_own_settings_win_and_stay(folder):
    local = folder / "postgres" / "local.conf"
    local.write_text("work_mem = 9MB\n")
    server = Embedded(folder)
    with server.used():
        assert value(server.dsn, "SHOW work_mem") == "9MB"
    local.write_text("")


def test_the_last_to_leave_stops_it(folder):
    server = Embedded(folder)
    server.join()
    other = another(folder)
    pid = pid_of(folder)

    server.leave()
    assert works_in(pid, folder / "postgres")

    other.communicate()
    assert not pid_of(folder)
    assert not works_in(pid, folder / "postgres")


def test_a_server_left_behind_by_a_killed_program_is_adopted(folder):
    other = another(folder)
    pid = pid_of(folder)
    other.kill()
    other.communicate()

    server = Embedded(folder)
    with server.used():
        assert pid_of(folder) == pid
        assert value(server.dsn) == 1
    assert not pid_of(folder)


def test_a_killed_server_is_back_within_seconds_with_what_was_committed(kept_alive):
    server, told = kept_alive
    with psycopg.connect(server.dsn) as conn:
        conn.execute("CREATE TABLE kept (n int)")
        conn.execute("INSERT INTO kept VALUES (7)")

    os.kill(pid_of(server.data_dir), signal.SIGKILL)

    assert answers_within(server, 15)
    assert value(server.dsn, "SELECT n FROM kept") == 7
    while len(told) < 2:
        time.sleep(0.01)
    assert told == ["died", "returned"]


def test_a_busy_session_of_a_killed_server_does_not_hinder_the_next(kept_alive):
    server, _ = kept_alive
    busy = psycopg.connect(server.dsn, autocommit=True)
    thread = threading.Thread(
        target=_try, args=[busy, "SELECT sum(n) FROM generate_series(1,1e9) n"]
    )
    thread.start()
    time.sleep(0.2)

    os.kill(pid_of(server.data_dir), signal.SIGKILL)

    assert answers_within(server, 15)
    thread.join()
    busy.close()


def test_a_killed_session_ends_nothing_but_itself_for_long(kept_alive):
    server, told = kept_alive
    victim = psycopg.connect(server.dsn)
    os.kill(victim.info.backend_pid, signal.SIGKILL)

    assert answers_within(server, 15)
    assert told == []
    victim.close()


def test_a_pid_file_that_names_a_stranger_is_not_believed(folder):
    (folder / "postgres" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{folder}/postgres\n1\n5432\n{folder}/postgres\n\n1 1\nready\n"
    )
    server = Embedded(folder)
    with server.used():
        assert value(server.dsn) == 1


def test_a_server_that_cannot_start_says_why(folder):
    local = folder / "postgres" / "local.conf"
    local.write_text("nonsense = 1\n")

    with pytest.raises(PostgresFailed, match=r"nonsense.*postgres\.log"):
        Embedded(folder).join()

    local.write_text("")


def test_a_long_path_gets_a_socket_with_a_short_one(tmp_path):
    long = tmp_path / ("x" * 60) / ("y" * 60)

    folder = socket_folder(long, None)

    assert folder != long
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 107
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert socket_folder(long, None) == folder
    folder.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_runs_it_as_somebody_else_even_below_a_closed_home(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    server = Embedded(home / "deep" / "data")
    with server.used():
        assert value(server.dsn) == 1
        assert (home / "deep" / "data" / "postgres").stat().st_uid != 0
    assert stat.S_IMODE(home.stat().st_mode) & 0o007 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_may_restore_a_backup_by_copying_it(folder, tmp_path):
    shutil.copytree(folder / "postgres", tmp_path / "data" / "postgres")  # everything is root's now

    server = Embedded(tmp_path / "data")
    with server.used():
        assert value(server.dsn) == 1


def test_a_configured_database_is_used_as_it_is(tmp_path):
    settings = Settings(data_dir=tmp_path, database_url="postgresql://somewhere/else")

    with database_url(settings) as dsn:
        assert dsn == "postgresql://somewhere/else"
    assert list(tmp_path.iterdir()) == []


def _try(conn, query):
    try:
        conn.execute(query)
    except psycopg.OperationalError:
        return
