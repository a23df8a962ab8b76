"""`signalbook serve` as a program: it starts, survives, is replaced, and ends in order."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from signalbook.kit.postgres import Embedded
from signalbook.kit.postmaster import read_postmaster
from tests import cluster

pytestmark = pytest.mark.xdist_group("serve")

SERVE = """
import os, sys
from signalbook.kit.command import refuse
from signalbook.kit.config import Settings
from signalbook.kit.errors import AppError
from signalbook.serve import serve
try:
    serve(Settings.from_env(os.environ), "tests.integration.kit.tiny:" + sys.argv[1])
except AppError as error:
    sys.exit(refuse(error, as_json=False))
"""


class Program:
    """A running `serve`, and what can be asked of it."""

    def __init__(self, folder, port, target="create", **settings):
        self.folder, self.port = folder, port
        self.log = (folder.parent / "log.txt").open("ab+")
        environ = {name: text for name, text in os.environ.items() if "SIGNALBOOK" not in name}
        told = {"data_dir": folder, "port": port, **settings}
        self.running = subprocess.Popen(
            [sys.executable, "-c", SERVE, target],
            env=environ | {f"SIGNALBOOK_{name.upper()}": str(told[name]) for name in told},
            stdout=self.log,
            stderr=self.log,
        )

    def get(self, path="/"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def wait(self, path="/", seconds=20.0):
        """Wait until it answers and return how long that took."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            try:
                if self.get(path):
                    return time.monotonic() - began
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
        raise AssertionError(self.told())

    def stop(self, with_signal=signal.SIGTERM):
        self.running.send_signal(with_signal)
        code = self.running.wait(timeout=30)
        self.log.close()
        return code

    def told(self):
        self.log.seek(0)
        return self.log.read().decode()

    def database_pid(self):
        found = read_postmaster(self.folder / "postgres")
        return found.pid if found else 0


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One data folder for the file; its first start is made by whichever test comes first."""
    return tmp_path_factory.mktemp("serve") / "data"


@contextmanager
def serving(folder, port, **settings):
    program = Program(folder, port, **settings)
    try:
        program.wait()
        yield program
    finally:
        if program.running.poll() is None:
            program.stop()
        program.log.close()


def test_it_ends_in_order_and_finishes_what_is_in_flight(folder, port):
    with serving(folder, port) as program:
        answers: list[str] = []
        asking = threading.Thread(target=lambda: answers.append(program.get("/slow")))
        asking.start()
        time.sleep(0.3)

        assert program.stop() == 0

        asking.join()
        assert answers == ["done"]
        assert program.database_pid() == 0


def test_the_first_start_tells_its_secrets_once(tmp_path, port):
    folder, told = tmp_path / "data", ""
    for _ in range(2):
        with serving(folder, port) as program:
            told = program.told()
            while "serving" not in told:
                told = program.told()
    assert told.count("Upload key") == 1
    assert f"curl http://127.0.0.1:{port}/add-contact" in told


def test_a_second_server_on_the_folder_is_refused(folder, port):
    with serving(folder, port) as program:
        second = Program(folder, port + 1)

        assert second.running.wait(timeout=20) == 5

        told = second.told()
        second.log.close()
        assert f"Another server (process {program.running.pid}) already runs on {folder}" in told
        assert program.get()


def test_a_port_in_use_is_refused_with_a_sentence(folder, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        program = Program(folder, port)

        assert program.running.wait(timeout=20) == 5

        assert f"already listens on 127.0.0.1:{port}" in program.told()
        program.log.close()


def test_killed_it_takes_its_workers_along_and_its_successor_adopts_the_database(folder, port):
    with serving(folder, port) as program:
        worker, database = int(program.get()), program.database_pid()
        program.running.kill()
        program.running.wait()
        program.log.close()

    with serving(folder, port) as successor:
        assert int(successor.get()) != worker
        assert not psutil.pid_exists(worker) or psutil.Process(worker).status() == "zombie"
        assert successor.database_pid() == database
        assert successor.stop() == 0
        assert successor.database_pid() == 0


@pytest.mark.parametrize("seconds", [0.03, 0.08, 0.2])
def test_a_start_survives_the_death_of_the_database_it_has_just_adopted(folder, port, seconds):
    """In the moment before anybody watched it, that ended the server."""
    with serving(folder, port) as first:
        first.running.kill()
        first.running.wait()
        second = Program(folder, port)
        while not _has_open(second.running.pid, "postgres.users"):
            time.sleep(0.001)
        time.sleep(seconds)
        os.kill(second.database_pid(), signal.SIGKILL)

        second.wait()

        assert second.stop() == 0


def _has_open(pid, name):
    with suppress(psutil.Error, OSError):
        opened = [one.readlink() for one in Path(f"/proc/{pid}/fd").iterdir()]
        return any(path.name == name for path in opened)
    return False


def test_what_the_former_run_was_working_on_is_taken_up_at_once(folder, port):
    with serving(folder, port), psycopg.connect(Embedded(folder).dsn) as conn:
        conn.execute("SELECT procrastinate_register_worker_v1()")
        conn.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " SELECT 'q', 't', 'doing', max(id) FROM procrastinate_workers"
        )

    with serving(folder, port), psycopg.connect(Embedded(folder).dsn) as conn:
        left = conn.execute("SELECT status, attempts, worker_id FROM procrastinate_jobs").fetchall()
        conn.execute("DELETE FROM procrastinate_jobs")

    assert left == [("todo", 1, None)]


@pytest.mark.parametrize("victim", ["worker", "database", "both"])
def test_it_is_back_within_seconds_of_a_kill(folder, port, victim):
    with serving(folder, port) as program:
        worker, database = int(program.get()), program.database_pid()
        for pid in {"worker": [worker], "database": [database], "both": [worker, database]}[victim]:
            os.kill(pid, signal.SIGKILL)

        assert program.wait("/database", 15) < 15  # `make kill-test` holds it to 5
        assert program.stop() == 0


def test_workers_are_replaced_without_refusing_a_request(folder, port):
    with serving(folder, port) as program:
        before, failures, leaving = program.get(), [], threading.Event()
        load = [threading.Thread(target=_ask, args=[program, failures, leaving]) for _ in range(2)]
        for thread in load:
            thread.start()

        program.running.send_signal(signal.SIGHUP)
        while "replaced a worker" not in program.told():
            time.sleep(0.1)

        leaving.set()
        for thread in load:
            thread.join()
        assert failures == []
        assert program.get() != before


def test_told_twice_it_does_not_wait(folder, port):
    with serving(folder, port) as program:
        asking = threading.Thread(target=_ask_in_vain, args=[program])
        asking.start()
        time.sleep(0.3)
        program.running.send_signal(signal.SIGINT)
        time.sleep(1)

        began = time.monotonic()
        assert program.stop(signal.SIGINT) == 0
        assert time.monotonic() - began < 5
        assert program.database_pid() == 0
        asking.join()


def test_workers_that_cannot_start_end_it_with_a_sentence(folder, port):
    program = Program(folder, port, "create_broken")

    assert program.running.wait(timeout=60) == 7

    assert "The workers end as soon as they are started" in program.told()
    assert program.database_pid() == 0
    program.log.close()


def test_with_its_own_database_it_starts_nothing_and_refuses_to_be_behind(
    tmp_path, port, server, worker_id
):
    address = cluster.new_database(server, f"serve_{worker_id}")
    program = Program(tmp_path / "data", port, database_url=address)

    assert program.running.wait(timeout=20) == 5

    assert "run `signalbook migrate`" in program.told()
    assert not (tmp_path / "data" / "postgres").exists()
    program.log.close()


def _ask(program, failures, leaving):
    """Ask again and again on one kept connection, as a client without retries does."""
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=5)
    while not leaving.is_set():
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException) as failure:
            failures.append(failure)
            connection.close()
        time.sleep(0.005)
    connection.close()


def _ask_in_vain(program):
    try:
        program.get("/stuck")
    except (OSError, http.client.HTTPException):
        return
