"""What is killed, and how: always SIGKILL, which nobody can catch."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psutil

from signalbook.kit.postgres import Embedded

Victim = Literal["server", "worker", "child", "postmaster", "database"]


_NOBODY = 2**22 + 1  # no process has this number


class ServerEnded(Exception):
    """The server ended by itself, which nothing may make it do."""


class Patient:
    """A real `signalbook serve` on a folder, started again after it was killed."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / "server.log").open("ab")
        self.program = self._started()

    @property
    def dsn(self) -> str:
        """The address of its database just now."""
        return Embedded(self.folder).dsn

    def kill(self, victim: Victim) -> float:
        """Kill a part of it and return when that was dead (monotonic seconds).

        The server is started again at once, as a service manager would; the rest it does itself.
        """
        dead = 0.0
        if victim == "server":
            self.program.kill()
            self.program.wait()
            dead = time.monotonic()
            self.program = self._started()
        elif victim == "worker":
            workers = self._workers()
            if not workers:
                raise ProcessLookupError
            for worker in workers:
                worker.kill()
        elif victim == "child":
            children = self._readers()
            if not children:
                raise ProcessLookupError
            for child in children:
                child.kill()
        elif victim == "postmaster":
            os.kill(self.postmaster() or _NOBODY, signal.SIGKILL)
        else:
            _kill_whole(self.postmaster())
        return dead or time.monotonic()

    def kill_surely(self, victim: Victim) -> float:
        """Kill, and where the victim is just being replaced, its successor."""
        for _ in range(100):
            try:
                return self.kill(victim)
            except (OSError, ValueError, psutil.Error):
                time.sleep(0.02)
        raise TimeoutError(f"there was no {victim} to kill")

    def complaints(self) -> list[str]:
        """Ask the doctor; return the faults it finds, and its own failure as one."""
        told = subprocess.run(
            [sys.executable, "-m", "signalbook", "doctor", "--json"],
            env=self.environ(), capture_output=True, check=False,
        )  # fmt: skip
        try:
            findings = json.loads(told.stdout)["findings"]
        except (json.JSONDecodeError, KeyError):
            return [f"{told.stdout.decode()} {told.stderr.decode()}"]
        return [str(one) for one in findings if one["level"] == "fault"]

    def must_run(self) -> None:
        """Raise ServerEnded, with its last words, where it has ended by itself."""
        if self.program.poll() is not None:
            told = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
            raise ServerEnded(told[-2000:])

    def stop(self) -> None:
        """Stop it in order."""
        self.program.terminate()
        try:
            self.program.wait(60)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
        self._log.close()

    def environ(self) -> dict[str, str]:
        """Return the environment it runs in, for commands beside it."""
        return {
            **os.environ,
            "SIGNALBOOK_DATA_DIR": str(self.folder),
            "SIGNALBOOK_PORT": str(self.port),
            "SIGNALBOOK_LOG_LEVEL": "warning",
        }

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "signalbook", "serve"],
            env=self.environ(), stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip

    def _workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.program.pid).children()
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]

    def _readers(self) -> list[psutil.Process]:
        """Find the processes that read files for a worker."""
        return [child for worker in self._workers() for child in worker.children()]

    def postmaster(self) -> int:
        """Return the process id of its database; 0 when there is none just now."""
        try:
            return int((self.folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return 0

    def wait_for_another_database(self, before: int, seconds: float = 60) -> float:
        """Wait until a database other than `before` has begun; return when that was."""
        began = time.monotonic()
        while self.postmaster() in {0, before}:
            if time.monotonic() - began > seconds:
                raise TimeoutError("the database was not started again")
            time.sleep(0.005)
        return time.monotonic()


def _kill_whole(pid: int) -> None:
    """Kill a database with all its processes in one instant, as a power cut would."""
    main = psutil.Process(pid or _NOBODY)
    main.suspend()
    for child in main.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    main.kill()
